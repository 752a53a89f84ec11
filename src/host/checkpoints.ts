/** When to write a checkpoint of the present run: every few virtual seconds, but never so often that it costs more than a twentieth of the time. */

import type { LiveRun } from '#host/live-run.ts';
import type { RunStore } from '#host/run-store.ts';
import type { Storage } from '#host/environment.ts';

const INTERVAL_MICROS = 3_000_000;
const COST_SHARE = 20;
const WALL_LEAST = 1_000_000;

/** Mutable; owned by the conductor. */
export class Checkpoints {
  readonly #now: () => number;
  #lastAt = 0;
  #nextWall = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Another run: its first checkpoint is due after the interval. */
  reset(): void {
    this.#lastAt = 0;
    this.#nextWall = this.#now() + WALL_LEAST;
  }

  /** Writes one if it is time. The world must be between instants. */
  async keep(run: LiveRun, store: RunStore | undefined, storage: Storage): Promise<void> {
    if (store === undefined || storage.type !== 'owned' || run.played < this.#lastAt + INTERVAL_MICROS) return;
    const wall = this.#now();
    if (wall < this.#nextWall) return;
    this.#lastAt = run.played;
    await keepCheckpoint(run, store, storage);
    this.#nextWall = this.#now() + Math.max(WALL_LEAST, COST_SHARE * (this.#now() - wall));
  }
}

/** Writes a checkpoint of a run now; the world must be between instants. */
export async function keepCheckpoint(run: LiveRun, store: RunStore, storage: Storage): Promise<void> {
  const kept = await run.checkpoint();
  if (storage.type === 'owned') await storage.files.reserve();
  store.checkpoint({ at: run.played, ...kept });
  if (storage.type === 'owned') await storage.files.reserve();
}
