/**
 * When to take a checkpoint of the present run: where it must lie ({@link CheckpointSpacing}), at whatever pace that goes by and whatever it costs; where one
 * would only save time, for a twentieth of the time. At the fastest pace that is in the middle of a slice, of the members as they run ahead. Each is
 * kept in memory, to go back to ({@link Past}). Of a run that is kept some go to the tab's storage, to come back to after a reload: all of one is written, so
 * that has a budget of wall time too.
 */

import { CheckpointSpacing } from '#host/checkpoint-spacing.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { Past } from '#host/past.ts';
import type { RunStore, StoredCheckpoint } from '#host/run-store.ts';
import type { Storage } from '#host/environment.ts';

const COST_SHARE = 20;
/** Wall µs before one that may be taken, and need not. */
const WALL_LEAST = 60_000;
/** Wall µs between two in the tab's storage. */
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
  #spacing: CheckpointSpacing | undefined;
  /** The newest one that is not stored. */
  #unstored: StoredCheckpoint | undefined;
  /** Wall µs from when on one may be taken, and one may be stored. */
  #nextWall = 0;
  #nextStored = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Another run, or another instant. */
  reset(run: LiveRun, past: Past): void {
    this.#spacing = new CheckpointSpacing(run, past);
    this.#unstored = undefined;
    this.#nextWall = this.#now() + WALL_LEAST;
  }

  /** An instant was played: marks the trace, and takes a checkpoint into memory if it is time. */
  async played(run: LiveRun, past: Past): Promise<void> {
    past.marks.note(run.played, () => run.world.traceHash().hash);
    const due = this.#spacing?.due(run, past);
    if (due === undefined) return;
    const wall = this.#now();
    if (due === 'may' && wall < this.#nextWall) return;
    this.#unstored = await takeCheckpoint(run, past);
    this.#spacing?.took(run);
    const after = this.#now();
    this.#nextWall = after + Math.max(WALL_LEAST, COST_SHARE * (after - wall));
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

async function takeCheckpoint(run: LiveRun, past: Past): Promise<StoredCheckpoint> {
  const kept = { at: run.played, ...(await run.checkpoint()) };
  past.add(kept);
  return kept;
}

async function storeCheckpoint(kept: StoredCheckpoint, { store, storage }: CheckpointPlaces): Promise<void> {
  if (store === undefined || storage.type !== 'owned') return;
  await storage.files.reserve();
  store.checkpoint(kept);
  await storage.files.reserve();
}

/** Takes a checkpoint of a run now, and stores it; the world must be between instants. */
export async function keepCheckpoint(run: LiveRun, places: CheckpointPlaces): Promise<StoredCheckpoint> {
  const kept = await takeCheckpoint(run, places.past);
  await storeCheckpoint(kept, places);
  return kept;
}
