/**
 * Coming back after a reload (DESIGN §1): the run is replayed in this thread from its newest checkpoint to the last instant that was played, and what
 * lies on the members' disks is held against it. A tab may end between the writes of the instants that were begun, so each file may also be on the way of
 * those (disk-way.ts); anything else is a disagreement, and the user decides.
 */

import type { Bytes } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import { diskWays, type DiskWay, type Walk } from '#host/disk-way.ts';
import type { Resumed } from '#host/live-run.ts';
import type { StoredRun } from '#host/run-store.ts';
import type { TapeState } from '#host/tape-builder.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import type { Plain } from '#kernel/plain.ts';
import { restoreCheckpoint, takeCheckpoint } from '#sim/checkpoint.ts';
import { InProcessHost, type MemberKind, type MemberMachine } from '#sim/in-process-host.ts';
import type { MemberCheckpoint } from '#sim/node-host.ts';
import { playUntil } from '#sim/player.ts';
import { World } from '#sim/world.ts';
import type { FeedItem } from '#view/feed.ts';
import type { MemoryDisk } from '#wal/memory-disk.ts';

export interface Replayed {
  readonly resumed: Resumed;
  readonly members: readonly MemberCheckpoint[];
  /** Names of the members, in the order of their numbers. */
  readonly names: readonly string[];
  /** Where the disks may be, by member: from the last instant that was played on to the last that may have been begun. */
  readonly ways: readonly DiskWay[];
}

/** Replays a stored run of which at least one instant was played. @throws DecodeError if a checkpoint does not fit */
export function replayStored(run: StoredRun, programs: ProgramRegistry, kind: MemberKind<MemberMachine, MemoryDisk>): Replayed {
  const host = new InProcessHost(kind);
  const trace: Bytes[] = [];
  const setup = { spec: run.spec, programs, sink: { block: (bytes: Bytes) => void trace.push(bytes) } };
  const { checkpoint, present } = run;
  const world = checkpoint === undefined ? World.begin(setup) : restoreCheckpoint(setup, checkpoint.checkpoint, host);
  // A checkpoint of an instant that was looked at stands between the last instant that was played and the next.
  playUntil(world, host, simTime(Math.max(world.now, present.played)));
  const here = takeCheckpoint(world, host);
  const { world: bytes, members } = here;
  const names = world.core.seats.map((seat) => seat.name);
  const actors = members.map(({ actor }) => actor);
  const fork = (): Walk => {
    const twins = new InProcessHost(kind);
    return { world: restoreCheckpoint({ spec: run.spec, programs }, here, twins), host: twins };
  };
  return {
    resumed: { world: bytes, played: present.played, now: present.now, paused: present.paused, trace, ...viewOf(checkpoint?.view) },
    members,
    names,
    ways: diskWays(fork, actors, present.begun),
  };
}

/** What the page remembers; a damaged one costs the tape, not the run. */
export function viewOf(view: Plain): Pick<Resumed, 'feedSeq' | 'tape' | 'feed' | 'details' | 'safety'> {
  const empty = { feedSeq: 0, tape: { marks: [], bands: [] }, feed: [], details: [], safety: undefined };
  if (typeof view !== 'object' || view === null || Array.isArray(view) || view instanceof Uint8Array) return empty;
  const parts = view as {
    readonly feedSeq?: Plain;
    readonly tape?: Plain;
    readonly feed?: Plain;
    readonly details?: Plain;
    readonly safety?: Plain;
  }; // an object, as was just seen
  const { feedSeq, tape } = parts;
  if (typeof feedSeq !== 'number' || typeof tape !== 'object' || tape === null || !('marks' in tape) || !('bands' in tape)) return empty;
  const feed: readonly FeedItem[] = Array.isArray(parts.feed) ? parts.feed : []; // this, the tape and the details were written by LiveRun.checkpoint, behind a CRC
  const details: Resumed['details'] = Array.isArray(parts.details) ? parts.details : []; // as above
  return { feedSeq, tape: tape as unknown as TapeState, feed, details, safety: parts.safety }; // as above
}
