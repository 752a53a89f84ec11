/**
 * Where the checkpoints of a branch lie, whoever plays it: the present run, the same run as it comes by again, a replay. No two neighbours are more than
 * {@link PAST_APART_MAX} apart, at whatever pace that goes by and whatever it costs. Where much happens they are nearer, since what a replay from one to the next
 * costs grows with its trace: as long as that takes a twentieth of the time.
 */

import type { LiveRun } from '#host/live-run.ts';
import { PAST_APART_MAX, PAST_INTERVAL_MICROS, type Past } from '#host/past.ts';
import type { StoredCheckpoint } from '#host/run-store.ts';

/** Bytes of trace whose replay takes about 10 ms. An idle cluster of seven members makes as much in {@link PAST_INTERVAL_MICROS}. */
const TRACE_BYTES = 24 * 1024;
/** Virtual µs that two checkpoints lie apart, however much happens between them. */
const LEAST_MICROS = 250_000;

const COST_SHARE = 20;
/** Wall µs before one that may be taken, and need not. */
const WALL_LEAST = 60_000;

/** A run, as far as it was played. */
export interface Playing {
  /** Virtual µs. */
  readonly played: number;
  readonly world: { readonly traceBytes: number };
}

/** Mutable; one for each that plays. */
export class CheckpointSpacing {
  readonly #now: () => number;
  /** The last checkpoint that was passed. */
  #at: number;
  #traceBytes: number;
  /** From this wall µs on one may be taken that need not. */
  #nextWall: number;

  /** @param now wall µs */
  constructor(now: () => number, { played, world }: Playing, past: Past) {
    this.#now = now;
    this.#at = past.times.findLast((at) => at <= played) ?? played;
    this.#traceBytes = world.traceBytes;
    this.#nextWall = now() + WALL_LEAST;
  }

  /** An instant was played: whether a checkpoint is to be taken here. */
  isDue(run: Playing, past: Past): boolean {
    const { played } = run;
    if (past.has(played)) {
      this.#passed(run);
      return false;
    }
    const passed = played - this.#at;
    if (passed < LEAST_MICROS) return false;
    const next = past.next(played) ?? Infinity;
    if (passed >= PAST_INTERVAL_MICROS && next - this.#at > PAST_APART_MAX) return true;
    const isLong = run.world.traceBytes - this.#traceBytes >= TRACE_BYTES;
    return isLong && next - played >= LEAST_MICROS && this.#now() >= this.#nextWall;
  }

  /** Takes one; the world must be between instants. */
  async take(run: LiveRun, past: Past): Promise<StoredCheckpoint> {
    const before = this.#now();
    const kept = { at: run.played, ...(await run.checkpoint()) };
    past.add(kept);
    this.#passed(run);
    const after = this.#now();
    this.#nextWall = after + Math.max(WALL_LEAST, COST_SHARE * (after - before));
    return kept;
  }

  #passed({ played, world }: Playing): void {
    this.#at = played;
    this.#traceBytes = world.traceBytes;
  }
}
