/**
 * A run at an instant of its past, replayed in this thread from the nearest checkpoint: for looking. It touches no worker and no file, and what its
 * programs print was printed when the instant was the present.
 */

import type { Environment } from '#host/environment.ts';
import { LiveRun, type Resumed } from '#host/live-run.ts';
import { LocalHost } from '#host/local-host.ts';
import { CheckpointSpacing } from '#host/checkpoint-spacing.ts';
import type { Past } from '#host/past.ts';
import { viewOf } from '#host/reopen.ts';
import type { StoredCheckpoint } from '#host/run-store.ts';
import { simTime } from '#kernel/brand.ts';
import { equalBytes } from '#kernel/bytes.ts';
import { encodePlain } from '#kernel/plain.ts';
import { restoreInfo } from '#sim/checkpoint.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import type { RunSpec } from '#sim/run-spec.ts';

/** How a replay shares its thread: wall µs after which others get their turn, and wall ms that they have at least. */
export interface ReplayPace {
  readonly turnMicros: number;
  readonly restMillis: number;
}

/** Of a replay for which somebody waits. */
const AWAITED: ReplayPace = { turnMicros: 40_000, restMillis: 0 };

/** What a replay needs of its surroundings. */
export type ReplayEnvironment = Pick<Environment, 'now' | 'after' | 'programs' | 'memberKind'>;

/** The run as a checkpoint has it, or at its beginning. @throws DecodeError */
async function replicaAt(environment: ReplayEnvironment, spec: RunSpec, base: StoredCheckpoint | undefined): Promise<LiveRun> {
  const host = new LocalHost(new InProcessHost(environment.memberKind));
  const resumed: Resumed | undefined =
    base === undefined
      ? undefined
      : { world: base.checkpoint.world, played: base.at, now: base.at, paused: true, trace: [], ...viewOf(base.view) };
  const nothing = (): void => undefined;
  const run = new LiveRun({
    spec,
    programs: environment.programs,
    host,
    store: undefined,
    resumed,
    onNewRun: nothing,
    onRefused: nothing,
    onAssertion: nothing,
    onBranched: nothing,
    head: () => -1,
  });
  for (const member of base?.checkpoint.members ?? []) {
    const how = restoreInfo(run.world, member.actor);
    if (how !== undefined) await host.restore(member, how);
  }
  return run;
}

/** What {@link replayTo} needs besides the time. */
export interface Replay {
  readonly environment: ReplayEnvironment;
  readonly spec: RunSpec;
  /** Where to begin, and where checkpoints that the replay passes are kept. */
  readonly past: Past;
  /** A replica of the same branch that may be played on. */
  readonly known: LiveRun | undefined;
  /** Somebody wants something else by now. Asked once after each turn. */
  readonly isStale: () => boolean;
  /** Somebody waits for it, if nothing else is said. */
  readonly pace?: ReplayPace;
  /** A replay is not what was played: `detail` says where. */
  readonly onDiffers?: (detail: string) => void;
}

/**
 * Whether a replay comes out as the run was played: from the checkpoint at `from` on to the next one, at `to` (virtual µs), where every member's whole state is
 * compared with the recorded one, by digest.
 */
export async function proveGap({ from, to }: { readonly from: number; readonly to: number }, replay: Replay): Promise<void> {
  const { environment, spec, past, onDiffers } = replay;
  const recorded = past.nearest(to);
  const base = from < 0 ? undefined : past.nearest(from);
  if (recorded?.at !== to || (from >= 0 && base?.at !== from)) return; // thinned out meanwhile
  const replayed = await playOn(await replicaAt(environment, spec, base), to, replay);
  if (replayed === undefined) return;
  const kept = await replicaAt(environment, spec, recorded);
  for (const { actor } of recorded.checkpoint.members) {
    if (restoreInfo(kept.world, actor) === undefined) continue;
    const [there, here] = await Promise.all([replayed.host, kept.host].map((host) => host.inspect(actor, { type: 'digest' })));
    if (!equalBytes(encodePlain(there), encodePlain(here)))
      onDiffers?.(`the replay of the run to ${to} µs: ${kept.cast.actorName(actor)} is not what was recorded of it`);
  }
}

/** The run at `at` (virtual µs): all instants up to and with it played. Undefined if it got stale on the way. */
export async function replayTo(at: number, replay: Replay): Promise<LiveRun | undefined> {
  const { environment, spec, past, known } = replay;
  const base = past.times.findLast((time) => time <= at) ?? -1;
  const goesOn = known !== undefined && known.playhead <= at && known.played >= base;
  return playOn(goesOn ? known : await replicaAt(environment, spec, past.nearest(at)), at, replay);
}

/** Plays a replica on up to and with `at`; undefined if it got stale on the way. Where the trace was marked, it has to be the same. */
async function playOn(
  run: LiveRun,
  at: number,
  { environment, past, isStale, onDiffers, pace = AWAITED }: Replay,
): Promise<LiveRun | undefined> {
  const spacing = new CheckpointSpacing(environment.now, run, past);
  let turn = environment.now();
  for (let next = run.world.nextInstantAt(); next !== undefined && next <= at; next = run.world.nextInstantAt()) {
    const before = run.played;
    await run.playInstant();
    run.terminals.take();
    const missed = past.marks.missed(before, run.played, () => run.world.traceHash().hash);
    if (missed !== undefined) onDiffers?.(`the replay of the run up to ${missed.at} µs has another trace than the run had`);
    if (spacing.isDue(run, past)) await spacing.take(run, past);
    if (environment.now() - turn > pace.turnMicros) {
      await new Promise<void>((resolve) => environment.after(pace.restMillis, resolve));
      if (isStale()) return undefined;
      turn = environment.now();
    }
  }
  if (at > run.world.now) run.world.advanceTo(simTime(at));
  run.playhead = at;
  return run;
}
