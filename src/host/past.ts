/**
 * Checkpoints of one branch, in memory, to go back to. They share what they have in common ({@link ChunkPool}). Over the limit they are thinned out, the older
 * the sparser: going far back then takes a longer replay, and nothing else.
 */

import type { StoredCheckpoint } from '#host/run-store.ts';
import type { ChunkPool, Pooled } from '#host/chunk-pool.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import { decodePlain, encodePlain } from '#kernel/plain.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#sim/checkpoint.ts';

/** Virtual µs between two checkpoints, if memory allows. */
export const PAST_INTERVAL_MICROS = 5_000_000;
/** Bytes that all checkpoints of a tab may take. */
export const PAST_BYTES_MAX = 96 * 1024 * 1024;

interface Kept {
  readonly at: number;
  readonly pooled: Pooled;
}

/** Mutable; one for each branch, over one pool for all of them. */
export class Past {
  readonly #pool: ChunkPool;
  readonly #limit: number;
  #kept: Kept[];

  private constructor(pool: ChunkPool, limit: number, kept: readonly Kept[]) {
    this.#pool = pool;
    this.#limit = limit;
    this.#kept = [...kept];
  }

  static begin(pool: ChunkPool, limit = PAST_BYTES_MAX): Past {
    return new Past(pool, limit, []);
  }

  /** Times (virtual µs) that can be restored at once, ascending. */
  get times(): readonly number[] {
    return this.#kept.map((kept) => kept.at);
  }

  /** Whether another one at this time would lie an interval from its neighbours. */
  isDue(at: number): boolean {
    return this.#kept.every((kept) => Math.abs(kept.at - at) >= PAST_INTERVAL_MICROS);
  }

  /** Keeps one; an earlier one of the same time is replaced. */
  add({ at, checkpoint, view }: StoredCheckpoint): void {
    const bytes = new Writer(1 << 16).varint(at).bytes(encodePlain(view)).bytes(encodeCheckpoint(checkpoint)).finish();
    this.#drop((kept) => kept.at === at);
    this.#kept.push({ at, pooled: this.#pool.keep(bytes) });
    this.#kept.sort((a, b) => a.at - b.at);
    while (this.#pool.size > this.#limit && this.#kept.length > 1) this.#thin();
  }

  /** The newest one not later than `at`. */
  nearest(at: number): StoredCheckpoint | undefined {
    const kept = this.#kept.findLast((each) => each.at <= at);
    if (kept === undefined) return undefined;
    const r = new Reader(this.#pool.read(kept.pooled));
    return { at: r.varint(), view: decodePlain(r.bytes()), checkpoint: decodeCheckpoint(r.bytes()) };
  }

  /** Another branch that has what came up to and with `at` in common with this one. */
  fork(at: number): Past {
    const common = this.#kept.filter((kept) => kept.at <= at);
    return new Past(
      this.#pool,
      this.#limit,
      common.map((kept) => ({ at: kept.at, pooled: this.#pool.share(kept.pooled) })),
    );
  }

  /** Forgets everything. */
  clear(): void {
    this.#drop(() => true);
  }

  /** Drops the one whose loss is felt least: a gap counts by how long ago it is. */
  #thin(): void {
    const newest = this.#kept.at(-1)?.at ?? 0;
    let least = Infinity;
    let victim = 0;
    for (const [i, kept] of this.#kept.entries()) {
      if (i === this.#kept.length - 1) break;
      const gap = (this.#kept[i + 1]?.at ?? newest) - (this.#kept[i - 1]?.at ?? 0);
      const felt = gap / (newest - kept.at + PAST_INTERVAL_MICROS);
      if (felt < least) [least, victim] = [felt, i];
    }
    this.#drop((_, i) => i === victim);
  }

  #drop(goes: (kept: Kept, i: number) => boolean): void {
    this.#kept = this.#kept.filter((kept, i) => {
      if (!goes(kept, i)) return true;
      this.#pool.release(kept.pooled);
      return false;
    });
  }
}
