/**
 * Coming back after a reload (DESIGN §1): the run is replayed in this thread from its newest checkpoint to the last instant that was played, and what
 * lies on the members' disks is held against it. A tab may end between an instant's writes, so each file may also be as the next instant
 * leaves it, or anything in between; anything else is a disagreement, and the user decides.
 */

import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
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
import { MemoryDisk } from '#wal/memory-disk.ts';

export interface Replayed {
  readonly resumed: Resumed;
  readonly members: readonly MemberCheckpoint[];
  /** Names of the members, in the order of their numbers. */
  readonly names: readonly string[];
  /** Disks after the instant that may have been begun, by member; the same as before if there was none. */
  readonly ahead: readonly MemberCheckpoint[];
}

/** Replays a stored run of which at least one instant was played. @throws DecodeError if a checkpoint does not fit */
export function replayStored(run: StoredRun, programs: ProgramRegistry, kind: MemberKind<MemberMachine, MemoryDisk>): Replayed {
  const host = new InProcessHost(kind);
  const trace: Bytes[] = [];
  let isPast = true;
  const sink = {
    block: (bytes: Bytes): void => {
      if (isPast) trace.push(bytes);
    },
  };
  const setup = { spec: run.spec, programs, sink };
  const { checkpoint, present } = run;
  const world = checkpoint === undefined ? World.begin(setup) : restoreCheckpoint(setup, checkpoint.checkpoint, host);
  // A checkpoint of an instant that was looked at stands between the last instant that was played and the next.
  playUntil(world, host, simTime(Math.max(world.now, present.played)));
  const { world: bytes, members } = takeCheckpoint(world, host);
  const names = world.core.seats.map((seat) => seat.name);
  isPast = false;
  if (present.begun > present.played) playUntil(world, host, simTime(Math.max(world.now, present.begun)));
  const ahead = world.core.seats.map((seat) => host.checkpoint(seat.actor));
  return {
    resumed: { world: bytes, played: present.played, now: present.now, paused: present.paused, trace, ...viewOf(checkpoint?.view) },
    members,
    names,
    ahead,
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

/** Why what lies on a member's disk cannot be what the run leads to; undefined if it can. */
export function diskDisagreement(name: string, found: Bytes, before: Bytes, after: Bytes): string | undefined {
  const [there, old, next] = [found, before, after].map((image) => MemoryDisk.restore(image));
  if (there === undefined || old === undefined || next === undefined) return undefined;
  const names = new Set([...there.list(), ...old.list(), ...next.list()]);
  for (const file of [...names].sort()) {
    if (!isBetween(there.read(file), old.read(file), next.read(file))) {
      return `${name}: ${file} has ${there.size(file) ?? 'no'} bytes, the run leads to ${old.size(file) ?? 'no'}`;
    }
  }
  return undefined;
}

/** A file as it was, as it will be, or a part of the way from one to the other by appending. */
function isBetween(there: Bytes | undefined, old: Bytes | undefined, next: Bytes | undefined): boolean {
  if (isSame(there, old) || isSame(there, next)) return true;
  if (there === undefined || next === undefined) return false;
  const start = old ?? EMPTY_BYTES;
  return there.length >= start.length && isPrefix(start, there) && isPrefix(there, next);
}

const isSame = (a: Bytes | undefined, b: Bytes | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.length === b.length && isPrefix(a, b);

function isPrefix(a: Bytes, b: Bytes): boolean {
  if (a.length > b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
