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
  /** Blocks of the members, in order: of the state, of the disk. */
  readonly blocks: readonly Pooled[];
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
    const { world, members } = checkpoint;
    const bare = members.map((member) => ({ ...member, stateBlocks: [], diskBlocks: [] }));
    const bytes = new Writer(1 << 16)
      .varint(at)
      .bytes(encodePlain(view))
      .bytes(encodeCheckpoint({ world, members: bare }))
      .finish();
    const blocks = members.flatMap(({ stateBlocks, diskBlocks }) => [this.#pool.keepWhole(stateBlocks), this.#pool.keepWhole(diskBlocks)]);
    this.#drop((kept) => kept.at === at);
    this.#kept.push({ at, pooled: this.#pool.keep(bytes), blocks });
    this.#kept.sort((a, b) => a.at - b.at);
    while (this.#pool.size > this.#limit && this.#kept.length > 1) this.#thin();
  }

  /** The newest one not later than `at`. */
  nearest(at: number): StoredCheckpoint | undefined {
    const kept = this.#kept.findLast((each) => each.at <= at);
    if (kept === undefined) return undefined;
    const r = new Reader(this.#pool.read(kept.pooled));
    const [time, view, bare] = [r.varint(), decodePlain(r.bytes()), decodeCheckpoint(r.bytes())];
    const blocks = kept.blocks.map((each) => this.#pool.readWhole(each));
    const members = bare.members.map((member, i) => ({ ...member, stateBlocks: blocks[2 * i] ?? [], diskBlocks: blocks[2 * i + 1] ?? [] }));
    return { at: time, view, checkpoint: { world: bare.world, members } };
  }

  /** Another branch that has what came up to and with `at` in common with this one. */
  fork(at: number): Past {
    const common = this.#kept.filter((kept) => kept.at <= at);
    return new Past(
      this.#pool,
      this.#limit,
      common.map(({ at: time, pooled, blocks }) => ({
        at: time,
        pooled: this.#pool.share(pooled),
        blocks: blocks.map((each) => this.#pool.share(each)),
      })),
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
      for (const each of [kept.pooled, ...kept.blocks]) this.#pool.release(each);
      return false;
    });
  }
}
