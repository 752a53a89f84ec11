/**
 * Which states a member's disk passes through between two instants of a run, and whether what was found on one can be a state in between. A tab may end anywhere
 * between the writes of instants that were begun, and the members of a run that was played ahead (ahead-host.ts) may have written none, some or all of many.
 */

import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import type { InProcessHost, MemberMachine } from '#sim/in-process-host.ts';
import { playInstant } from '#sim/player.ts';
import type { World } from '#sim/world.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';

/** Images of a disk in the order of time: from one to the next files only grow, or it is a single instant that lies between. */
export type DiskWay = readonly Bytes[];

/** A run that can be played on. */
export interface Walk {
  readonly world: World;
  readonly host: InProcessHost<MemberMachine, MemoryDisk>;
}

/**
 * The ways of members' disks up to an instant.
 * @param fork the run where the ways begin, anew each time
 * @param end virtual µs
 */
export function diskWays(fork: () => Walk, actors: readonly number[], end: number): readonly DiskWay[] {
  const scout = fork();
  const imagesIn = ({ host }: Walk): readonly Bytes[] => actors.map((actor) => host.diskImage(actor));
  const stages = [imagesIn(scout)];
  const rewritten = new Set<number>();
  const states = (): readonly unknown[] => actors.map((actor) => scout.host.disk(actor)).flatMap((disk) => [disk, disk.rewrites]);
  let before = states();
  for (let at = next(scout, end); at !== undefined; at = next(scout, end)) {
    playInstant(scout.world, scout.host);
    const after = states();
    if (after.some((state, i) => state !== before[i])) rewritten.add(at);
    before = after;
  }
  if (rewritten.size > 0) stages.push(...imagesAround(rewritten, fork(), imagesIn));
  stages.push(imagesIn(scout));
  return actors.map((_, i) => stages.map((stage) => stage[i] ?? EMPTY_BYTES));
}

/** Images before and after each of some instants. */
function imagesAround(instants: ReadonlySet<number>, walk: Walk, imagesIn: (walk: Walk) => readonly Bytes[]): (readonly Bytes[])[] {
  const stages: (readonly Bytes[])[] = [];
  const last = Math.max(...instants);
  for (let at = next(walk, last); at !== undefined; at = next(walk, last)) {
    if (instants.has(at)) stages.push(imagesIn(walk));
    playInstant(walk.world, walk.host);
    if (instants.has(at)) stages.push(imagesIn(walk));
  }
  return stages;
}

function next({ world }: Walk, end: number): number | undefined {
  const at = world.nextInstantAt();
  return at !== undefined && at <= end ? at : undefined;
}

/** Why what lies on a member's disk cannot be on its way; undefined if it can. */
export function diskDisagreement(name: string, found: Bytes, way: DiskWay): string | undefined {
  const there = MemoryDisk.restore(found);
  const stages = way.map((image) => MemoryDisk.restore(image));
  const [first] = stages;
  const names = new Set([there, ...stages].flatMap((disk) => disk.list()));
  for (const file of [...names].sort()) {
    const content = there.read(file);
    const states = stages.map((disk) => disk.read(file));
    if (!states.some((state, i) => isBetween(content, state, states[i + 1] ?? state))) {
      return `${name}: ${file} has ${there.size(file) ?? 'no'} bytes, the run leads to ${first?.size(file) ?? 'no'}`;
    }
  }
  return undefined;
}

/** A file as it was, as it will be, or a part of the way from one to the other by appending. */
function isBetween(there: Bytes | undefined, old: Bytes | undefined, later: Bytes | undefined): boolean {
  if (isSame(there, old) || isSame(there, later)) return true;
  if (there === undefined || later === undefined) return false;
  const start = old ?? EMPTY_BYTES;
  return there.length >= start.length && isPrefix(start, there) && isPrefix(there, later);
}

const isSame = (a: Bytes | undefined, b: Bytes | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.length === b.length && isPrefix(a, b);

function isPrefix(a: Bytes, b: Bytes): boolean {
  if (a.length > b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
