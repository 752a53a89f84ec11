/**
 * Where the checkpoints of a branch lie, whoever plays it: the present run, the same run as it comes by again, a replay. No two neighbours are more than
 * {@link PAST_APART_MAX} apart, and where much happens they are nearer, since what a replay from one to the next costs grows with its trace.
 */

import { PAST_APART_MAX, PAST_INTERVAL_MICROS, type Past } from '#host/past.ts';

/** Bytes of trace whose replay takes about 10 ms. An idle cluster of seven members makes as much in {@link PAST_INTERVAL_MICROS}. */
const TRACE_BYTES = 24 * 1024;
/** Virtual µs that two checkpoints lie apart, however much happens between them. */
const LEAST_MICROS = 250_000;

/** A run, as far as it was played. */
interface Playing {
  /** Virtual µs. */
  readonly played: number;
  readonly world: { readonly traceBytes: number };
}

/** Mutable; one for each that plays. */
export class CheckpointSpacing {
  /** The last checkpoint that was passed. */
  #at: number;
  #traceBytes: number;

  constructor({ played, world }: Playing, past: Past) {
    this.#at = past.times.findLast((at) => at <= played) ?? played;
    this.#traceBytes = world.traceBytes;
  }

  /**
   * An instant was played.
   * @returns `must`: without a checkpoint here two would be too far apart; `may`: one would save somebody time; undefined: none is of use, or there is one
   */
  due(run: Playing, past: Past): 'must' | 'may' | undefined {
    const { played } = run;
    if (past.has(played)) {
      this.took(run);
      return undefined;
    }
    const passed = played - this.#at;
    if (passed < LEAST_MICROS) return undefined;
    const next = past.next(played) ?? Infinity;
    if (passed >= PAST_INTERVAL_MICROS && next - this.#at > PAST_APART_MAX) return 'must';
    const isLong = run.world.traceBytes - this.#traceBytes >= TRACE_BYTES;
    return isLong && next - played >= LEAST_MICROS ? 'may' : undefined;
  }

  /** There is a checkpoint where the run is now. */
  took({ played, world }: Playing): void {
    this.#at = played;
    this.#traceBytes = world.traceBytes;
  }
}
