/**
 * Checkpoints of the present run, taken as it is played, where they are due ({@link CheckpointSpacing}): at the fastest pace in the middle of a slice, of the
 * members as they run ahead. Each is kept in memory, to go back to ({@link Past}). Of a run that is kept some go to the tab's storage, to come back to
 * after a reload: all of one is written, so that has a budget of wall time.
 */

import { CheckpointSpacing } from '#host/checkpoint-spacing.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { Past } from '#host/past.ts';
import type { RunStore, StoredCheckpoint } from '#host/run-store.ts';
import type { Storage } from '#host/environment.ts';

/** Wall µs between two in the tab's storage. */
const STORED_LEAST = 1_000_000;
/** Storing them takes at most this part of the time. */
const COST_SHARE = 20;

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
  #spacing: CheckpointSpacing | undefined;
  /** The newest one that is not stored. */
  #unstored: StoredCheckpoint | undefined;
  #nextStored = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Another run, or another instant. */
  reset(run: LiveRun, past: Past): void {
    this.#spacing = new CheckpointSpacing(this.#now, run, past);
    this.#unstored = undefined;
  }

  /** An instant was played: marks the trace, and takes a checkpoint into memory if it is time. */
  async played(run: LiveRun, past: Past): Promise<void> {
    past.marks.note(run.played, () => run.world.traceHash().hash);
    if (this.#spacing?.isDue(run, past) === true) this.#unstored = await this.#spacing.take(run, past);
  }

  /** Stores the newest one if it is time. The members' disks must have come along to it. */
  async store(places: CheckpointPlaces): Promise<void> {
    const kept = this.#unstored;
    const wall = this.#now();
    if (kept === undefined || wall < this.#nextStored) return;
    this.#unstored = undefined;
    await storeCheckpoint(kept, places);
    const after = this.#now();
    this.#nextStored = after + Math.max(STORED_LEAST, COST_SHARE * (after - wall));
  }
}

async function storeCheckpoint(kept: StoredCheckpoint, { store, storage }: CheckpointPlaces): Promise<void> {
  if (store === undefined || storage.type !== 'owned') return;
  await storage.files.reserve();
  store.checkpoint(kept);
  await storage.files.reserve();
}

/** Takes a checkpoint of a run now, and stores it; the world must be between instants. */
export async function keepCheckpoint(run: LiveRun, places: CheckpointPlaces): Promise<StoredCheckpoint> {
  const kept = { at: run.played, ...(await run.checkpoint()) };
  places.past.add(kept);
  await storeCheckpoint(kept, places);
  return kept;
}
