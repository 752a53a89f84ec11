/**
 * When to take a checkpoint of the present run: every few virtual seconds, sooner where much happens, but never so often that it costs more than a twentieth of the time. Each is kept
 * in memory, to go back to ({@link Past}), and, of a run that is kept, in the tab's storage, to come back to after a reload.
 */

import type { LiveRun } from '#host/live-run.ts';
import { checkpointDue, stationOf, type Past, type PastStation } from '#host/past.ts';
import type { RunStore, StoredCheckpoint } from '#host/run-store.ts';
import type { Storage } from '#host/environment.ts';

const COST_SHARE = 20;
/** Wall µs between two in memory: at 60 times the speed of the wall clock, less than 5 virtual seconds. */
const WALL_LEAST = 60_000;
/** Wall µs between two in the tab's storage, where all of it is written. */
const STORED_LEAST = 1_000_000;

/** Where checkpoints go. */
export interface CheckpointPlaces {
  readonly past: Past;
  /** Undefined for a run that is not kept. */
  readonly store: RunStore | undefined;
  readonly storage: Storage;
}

/** Mutable; owned by the conductor. */
export class Checkpoints {
  readonly #now: () => number;
  #last: PastStation = { at: 0, traceBytes: 0 };
  #nextWall = 0;
  #nextStored = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Another run, or another instant: the first checkpoint is due after the interval. */
  reset(run: LiveRun): void {
    this.#last = stationOf(run);
    this.#nextWall = this.#now() + WALL_LEAST;
  }

  /** Marks the trace, and takes a checkpoint if it is time. The world must be between instants. */
  async keep(run: LiveRun, places: CheckpointPlaces): Promise<void> {
    places.past.marks.note(run.played, () => run.world.traceHash().hash);
    const station = stationOf(run);
    if (checkpointDue(this.#last, station) === undefined) return;
    const wall = this.#now();
    if (wall < this.#nextWall) return;
    this.#last = station;
    const isStored = wall >= this.#nextStored;
    await keepCheckpoint(run, isStored ? places : { ...places, store: undefined });
    const after = this.#now();
    this.#nextWall = after + Math.max(WALL_LEAST, COST_SHARE * (after - wall));
    if (isStored) this.#nextStored = after + Math.max(STORED_LEAST, COST_SHARE * (after - wall));
  }
}

/** Takes a checkpoint of a run now; the world must be between instants. */
export async function keepCheckpoint(run: LiveRun, { past, store, storage }: CheckpointPlaces): Promise<StoredCheckpoint> {
  const kept = { at: run.played, ...(await run.checkpoint()) };
  past.add(kept);
  if (store === undefined || storage.type !== 'owned') return kept;
  await storage.files.reserve();
  store.checkpoint(kept);
  await storage.files.reserve();
  return kept;
}
