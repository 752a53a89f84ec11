/** Watchers of all members, with the line that opened each. */

import { answered } from '#host/data/ask-member.ts';
import { terminalOf } from '#host/terminals.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { WatchersAnswer as MemberAnswer } from '#etcd/inspection.ts';
import { actorName } from '#sim/world-core.ts';
import type { WatcherView, WatchersAnswer } from '#view/data.ts';

/** Watchers in one answer at most. */
const WATCHERS_MAX = 500;
const LINE_CHARS_MAX = 200;

const stateOf = (state: string): WatcherView['state'] => (state === 'synced' || state === 'unsynced' ? state : 'victim');

/** `--rev N` of an etcdctl watch: a watcher that began in the past. */
function askedRevision(argv: readonly string[]): number | undefined {
  const at = argv.findIndex((word) => word === '--rev' || word.startsWith('--rev='));
  const text = argv[at]?.slice('--rev='.length) || argv[at + 1];
  return at !== -1 && text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

export async function readWatchers(run: LiveRun): Promise<WatchersAnswer> {
  const { core } = run.world;
  const watchers: WatcherView[] = [];
  for (const seat of core.seats) {
    if (seat.life !== 'up' && seat.life !== 'frozen') continue;
    const answer = await run.ask(seat.actor, { type: 'watchers' });
    if (answer === undefined) continue;
    const found = answer as unknown as MemberAnswer; // the member's own answer; both ends are the same build
    for (const watcher of found.watchers.slice(0, WATCHERS_MAX - watchers.length)) {
      const { key, rangeEnd, call, watch } = watcher;
      const state = stateOf(watcher.state);
      const revision = seat.status?.revision ?? 0;
      const client = core.clients.get(watcher.client);
      const process = client?.processes.get(client.calls.get(call)?.process ?? '');
      watchers.push({
        member: seat.name,
        client: actorName(core, watcher.client),
        line: (process?.argv ?? []).join(' ').slice(0, LINE_CHARS_MAX),
        since: askedRevision(process?.argv ?? []) ?? watcher.nextRevision,
        terminal: process === undefined ? '' : terminalOf(process.name),
        call,
        watch,
        key,
        rangeEnd,
        state,
        // etcd does not move the revision of a watcher that has heard everything.
        nextRevision: state === 'synced' ? Math.max(revision + 1, watcher.nextRevision) : watcher.nextRevision,
        revision,
      });
    }
  }
  return { type: 'watchers', watchers, ...answered(run, '') };
}
