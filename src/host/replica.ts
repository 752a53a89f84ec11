/**
 * A run at an instant of its past, replayed in this thread from the nearest checkpoint: for looking. It touches no worker and no file, and what its
 * programs print was printed when the instant was the present.
 */

import type { Environment } from '#host/environment.ts';
import { LiveRun, type Resumed } from '#host/live-run.ts';
import { LocalHost } from '#host/local-host.ts';
import { PAST_INTERVAL_MICROS, type Past } from '#host/past.ts';
import { viewOf } from '#host/reopen.ts';
import type { StoredCheckpoint } from '#host/run-store.ts';
import { simTime } from '#kernel/brand.ts';
import { restoreInfo } from '#sim/checkpoint.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import type { RunSpec } from '#sim/run-spec.ts';

/** Wall µs of replay after which others get their turn. */
const TURN_MICROS = 40_000;

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
  /** Somebody wants something else by now. */
  readonly isStale: () => boolean;
}

/** The run at `at` (virtual µs): all instants up to and with it played. Undefined if it got stale on the way. */
export async function replayTo(at: number, { environment, spec, past, known, isStale }: Replay): Promise<LiveRun | undefined> {
  const base = past.times.findLast((time) => time <= at) ?? -1;
  const goesOn = known !== undefined && known.playhead <= at && known.played >= base;
  const run = goesOn ? known : await replicaAt(environment, spec, past.nearest(at));
  let due = run.played + PAST_INTERVAL_MICROS;
  let turn = environment.now();
  for (let next = run.world.nextInstantAt(); next !== undefined && next <= at; next = run.world.nextInstantAt()) {
    await run.playInstant();
    run.terminals.take();
    if (run.played >= due) {
      if (past.isDue(run.played)) past.add({ at: run.played, ...(await run.checkpoint()) });
      due = run.played + PAST_INTERVAL_MICROS;
    }
    if (environment.now() - turn > TURN_MICROS) {
      await new Promise<void>((resolve) => environment.after(0, resolve));
      if (isStale()) return undefined;
      turn = environment.now();
    }
  }
  if (at > run.world.now) run.world.advanceTo(simTime(at));
  run.playhead = at;
  return run;
}
