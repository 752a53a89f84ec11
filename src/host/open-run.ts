/** Opens runs: a new one, the stored one, one from a link. Makes the members' host and says what the user should know. */

import { equalBytes } from '#kernel/bytes.ts';
import { encodePlain } from '#kernel/plain.ts';
import { AheadHost, type RecoveredMember } from '#host/ahead-host.ts';
import { memberStorage, type Environment, type Storage } from '#host/environment.ts';
import { LiveRun, type LiveRunSetup } from '#host/live-run.ts';
import { keepCheckpoint, type CheckpointPlaces } from '#host/checkpoints.ts';
import { diskDisagreement } from '#host/disk-way.ts';
import { lostMembers } from '#host/lost-members.ts';
import { replayStored, viewOf, type Replayed } from '#host/reopen.ts';
import type { RunStore, StoredRun } from '#host/run-store.ts';
import { WorkerHost } from '#host/worker-host.ts';
import { ENGINE_VERSION, type RunSpec } from '#sim/run-spec.ts';
import { restoreInfo } from '#sim/checkpoint.ts';

export interface OpenSetup {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly onNewRun: LiveRunSetup['onNewRun'];
  readonly onBreak: NonNullable<LiveRunSetup['onBreak']>;
  readonly isFromDisks: NonNullable<LiveRunSetup['isFromDisks']>;
  readonly onRefused: LiveRunSetup['onRefused'];
  readonly onAssertion: LiveRunSetup['onAssertion'];
  readonly onBranched: LiveRunSetup['onBranched'];
  readonly head: LiveRunSetup['head'];
  readonly onPlayed: NonNullable<LiveRunSetup['onPlayed']>;
  /** A worker was lost, and the run cannot say so by a command. */
  readonly onWorkerLost: (actor: number, message: string) => void;
  /** A member as the run has it between the last instant that was played and the next. */
  readonly recover: (run: LiveRun, actor: number) => Promise<RecoveredMember | undefined>;
}

/** A run on its members, with the ears of the tab. */
function liveRun(setup: OpenSetup, own: Pick<LiveRunSetup, 'spec' | 'host' | 'store' | 'resumed'>): LiveRun {
  const { environment, onNewRun, onBreak, isFromDisks, onRefused, onAssertion, onBranched, head, onPlayed } = setup;
  const ears = { onNewRun, onBreak, isFromDisks, onRefused, onAssertion, onBranched, head, onPlayed };
  const run = new LiveRun({ ...own, programs: environment.programs, ...ears });
  own.host.recover = (actor) => setup.recover(run, actor);
  return run;
}

/**
 * `kept` says whether the run lies in the tab's storage, or only in memory. Of members up to `asIsTo` the disk is what lies there; another may have left something
 * in the place of one that comes later.
 */
function hostFor({ environment, storage, onWorkerLost }: OpenSetup, kept: boolean, asIsTo: number): AheadHost {
  const workers = new WorkerHost({
    spawn: environment.spawn,
    after: environment.after,
    storageOf: (actor) => (kept ? memberStorage(storage, actor) : { type: 'memory' }),
    asIsTo,
  });
  return new AheadHost(workers, environment.memberKind, onWorkerLost);
}

/** Begins a run at time 0. `store` undefined: nothing of it is kept. */
export function openNewRun(setup: OpenSetup, spec: RunSpec, store: RunStore | undefined): LiveRun {
  store?.begin(spec);
  const host = hostFor(setup, store !== undefined, 0);
  return liveRun(setup, { spec, host, store, resumed: undefined });
}

export type ReopenResult =
  { readonly type: 'open'; readonly run: LiveRun } | { readonly type: 'broken' | 'disagree'; readonly detail: string };

/** Comes back to the stored instant. Changes nothing that is stored unless it succeeds; whatever goes wrong is an answer, not an exception. */
export async function reopenRun(setup: OpenSetup, stored: StoredRun, store: RunStore): Promise<ReopenResult> {
  if (stored.spec.engine !== ENGINE_VERSION) {
    return { type: 'broken', detail: `the run was made by engine version ${stored.spec.engine}, this page has ${ENGINE_VERSION}` };
  }
  if (stored.present.played < 0) return { type: 'open', run: openNewRun(setup, stored.spec, store) };
  let host: AheadHost | undefined;
  try {
    const replayed = replayStored(stored, setup.environment.programs, setup.environment.memberKind);
    host = hostFor(setup, true, replayed.members.length);
    const lost = lostMembers(stored.spec.commands);
    const detail = stored.present.moving ? undefined : await disagreement(replayed, host, lost);
    if (detail === undefined) return { type: 'open', run: await resume(setup, stored, store, replayed, host) };
    await host.dispose();
    return { type: 'disagree', detail };
  } catch (error) {
    await host?.dispose();
    return { type: 'broken', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** The first member whose disk is not what the run leads to, in words. @param lost members whose disk is written anew, whatever lies there */
async function disagreement({ members, names, ways }: Replayed, host: AheadHost, lost: ReadonlySet<string>): Promise<string | undefined> {
  const found = await Promise.all(members.map((m) => host.diskImage(m.actor)));
  for (const [i, image] of found.entries()) {
    const name = names[i] ?? '';
    const detail = lost.has(name) ? undefined : diskDisagreement(name, image, ways[i] ?? []);
    if (detail !== undefined) return detail;
  }
  return undefined;
}

async function resume(setup: OpenSetup, { spec }: StoredRun, store: RunStore, replayed: Replayed, host: AheadHost): Promise<LiveRun> {
  const run = liveRun(setup, { spec, host, store, resumed: replayed.resumed });
  await Promise.all(
    replayed.members.map(async (member) => {
      const how = restoreInfo(run.world, member.actor);
      if (how !== undefined) await host.restore(member, how);
    }),
  );
  return run;
}

/**
 * Boots the members from what lies on their disks, as a new run. Its first instant is played here and kept as a checkpoint, since a replay could not
 * begin from disks that are not empty.
 */
export async function openFromDisks(setup: OpenSetup, old: RunSpec, store: RunStore, places: CheckpointPlaces): Promise<LiveRun> {
  const spec: RunSpec = { ...old, engine: ENGINE_VERSION, commands: [] };
  store.begin(spec);
  const host = hostFor(setup, true, spec.options.nodes);
  const run = liveRun(setup, { spec, host, store, resumed: undefined });
  const { recover } = host;
  host.recover = undefined; // no replay knows what lies there
  await run.playInstant();
  host.recover = recover;
  store.origin(await keepCheckpoint(run, places));
  run.keepPresent();
  return run;
}

/**
 * Brings a tab's members to where a replica of the run stands, and gives the run there. What the members' workers and files held is gone; every member is
 * then asked whether it is what the replica says.
 * @throws Error if a member is not
 */
export async function moveTo(setup: OpenSetup, from: LiveRun, replica: LiveRun, store: RunStore | undefined): Promise<LiveRun> {
  const { checkpoint, view } = await replica.checkpoint();
  const resumed = { world: checkpoint.world, played: replica.played, now: replica.playhead, paused: true, trace: [], ...viewOf(view) };
  const { host } = from;
  const run = liveRun(setup, { spec: replica.world.spec(), host, store, resumed });
  run.announceMove();
  const started = checkpoint.members.filter((member) => restoreInfo(run.world, member.actor) !== undefined);
  // Members may have been started for the first time in one of the two only.
  const longer = [from, replica].map((each) => each.world.core.seats).sort((a, b) => b.length - a.length)[0] ?? [];
  await Promise.all(
    longer.map(async ({ actor }) => {
      const member = started.find((each) => each.actor === actor);
      const how = restoreInfo(run.world, actor);
      if (member === undefined || how === undefined) await host.perform({ actor, ops: [{ type: 'kill', disk: { type: 'wipe' } }] });
      else await host.restore(member, how);
    }),
  );
  for (const { actor } of started) {
    const [there, here] = await Promise.all([host, replica.host].map((each) => each.inspect(actor, { type: 'digest' })));
    if (!equalBytes(encodePlain(there), encodePlain(here))) throw new Error(`member ${actor} is not what the replay of the run says`);
  }
  return run;
}
