/**
 * Checkpoints of one branch, in memory, to go back to. They share what they have in common ({@link ChunkPool}). Over a limit they are thinned out, the older
 * the sparser: going far back then takes a longer replay. Where that would be too long, the oldest falls away, and nothing before the next can be gone to.
 */

import type { StoredCheckpoint } from '#host/run-store.ts';
import type { ChunkPool, Pooled } from '#host/chunk-pool.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import { TraceMarks } from '#host/trace-marks.ts';
import { partsOf, viewOf } from '#host/view-parts.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#sim/checkpoint.ts';

/** Virtual µs between two checkpoints, if memory allows. */
export const PAST_INTERVAL_MICROS = 3_000_000;
/** Virtual µs that two checkpoints lie apart at most, as long as there are not too many of them. */
export const PAST_APART_MAX = 5_000_000;
/** Bytes that all checkpoints of a tab may take. */
export const PAST_BYTES_MAX = 96 * 1024 * 1024;
/** Checkpoints of one branch. */
export const PAST_COUNT_MAX = 360;
/** Virtual µs between two checkpoints of the same branch at most: what a replay may have to pass. */
export const PAST_GAP_MAX = 60_000_000;

/** More than any other reason to keep a checkpoint. */
const WIDE = 1e6;

interface Kept {
  readonly at: number;
  readonly pooled: Pooled;
  /** What the page remembers, in parts: most of them were there before. */
  readonly view: Pooled;
  /** Blocks of the members, in order: of the state, of the disk. */
  readonly blocks: readonly Pooled[];
}

/** Mutable; one for each branch, over one pool for all of them. */
export class Past {
  readonly #pool: ChunkPool;
  readonly #limit: number;
  #kept: Kept[];
  #floor: number;
  /** Times of checkpoints that a replay came to. */
  readonly #proved = new Set<number>();
  /** The trace as it was played. */
  readonly marks: TraceMarks;

  private constructor(pool: ChunkPool, limit: number, kept: readonly Kept[], floor: number, marks: TraceMarks) {
    this.marks = marks;
    this.#pool = pool;
    this.#limit = limit;
    this.#kept = [...kept];
    this.#floor = floor;
  }

  static begin(pool: ChunkPool, limit = PAST_BYTES_MAX): Past {
    return new Past(pool, limit, [], 0, new TraceMarks());
  }

  /** The earliest instant (virtual µs) that can be gone to; 0 as long as nothing has fallen away, and the run can be replayed from its beginning. */
  get floor(): number {
    return this.#floor;
  }

  /** Nothing before `at` can be replayed: the checkpoint of that instant is where everything begins. */
  beginsAt(at: number): void {
    this.#floor = at;
  }

  /** Times (virtual µs) that can be restored at once, ascending. */
  get times(): readonly number[] {
    return this.#kept.map((kept) => kept.at);
  }

  /** The first one (virtual µs) later than `at`; undefined if there is none. */
  next(at: number): number | undefined {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#kept[middle]?.at ?? Infinity) > at) high = middle;
      else low = middle + 1;
    }
    return this.#kept[low]?.at;
  }

  /** Whether there is one of this time. */
  has(at: number): boolean {
    return this.next(at - 1) === at;
  }

  /**
   * The checkpoint after `at` that no replay has been held against yet, and the one before it, from which a replay comes to it (-1: from the beginning
   * of the run); undefined if there is none. It counts as held against from now on.
   */
  takeUnproved(at: number): { readonly from: number; readonly to: number } | undefined {
    const i = this.#kept.findIndex((kept) => kept.at > at);
    const from = this.#kept[i - 1]?.at ?? (this.#floor === 0 ? -1 : undefined);
    const to = this.#kept[i]?.at;
    if (from === undefined || to === undefined || this.#proved.has(to)) return undefined;
    this.#proved.add(to);
    return { from, to };
  }

  /** Keeps one; an earlier one of the same time is replaced. */
  add({ at, checkpoint, view }: StoredCheckpoint): void {
    const { world, members } = checkpoint;
    const bare = members.map((member) => ({ ...member, stateBlocks: [], diskBlocks: [] }));
    const bytes = new Writer(1 << 16)
      .varint(at)
      .bytes(encodeCheckpoint({ world, members: bare }))
      .finish();
    const blocks = members.flatMap(({ stateBlocks, diskBlocks }) => [this.#pool.keepWhole(stateBlocks), this.#pool.keepWhole(diskBlocks)]);
    this.#drop((kept) => kept.at === at);
    this.#kept.push({ at, pooled: this.#pool.keep(bytes), view: this.#pool.keepWhole(partsOf(view)), blocks });
    this.#kept.sort((a, b) => a.at - b.at);
    while ((this.#pool.held > this.#limit || this.#kept.length > PAST_COUNT_MAX) && this.#kept.length > 1) this.#thin();
  }

  /** The newest one not later than `at`. */
  nearest(at: number): StoredCheckpoint | undefined {
    const kept = this.#kept.findLast((each) => each.at <= at);
    if (kept === undefined) return undefined;
    const r = new Reader(this.#pool.read(kept.pooled));
    const [time, bare] = [r.varint(), decodeCheckpoint(r.bytes())];
    const view = viewOf(this.#pool.readWhole(kept.view));
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
      common.map(({ at: time, pooled, view, blocks }) => ({
        at: time,
        pooled: this.#pool.share(pooled),
        view: this.#pool.share(view),
        blocks: blocks.map((each) => this.#pool.share(each)),
      })),
      this.#floor,
      this.marks.fork(at),
    );
  }

  /** Forgets everything. */
  clear(): void {
    this.#drop(() => true);
  }

  /**
   * Drops the one whose loss is felt least: a gap counts by how long ago it is, and one of more than a few seconds is made only where there is no other.
   * Where it would be too long for a replay, the oldest falls away.
   */
  #thin(): void {
    const newest = this.#kept.at(-1)?.at ?? 0;
    let least = Infinity;
    let victim: number | undefined;
    for (const [i, kept] of this.#kept.entries()) {
      if (i === this.#kept.length - 1) break;
      // A run of which nothing fell away can be replayed from its beginning; otherwise its first checkpoint is where everything begins.
      if (i === 0 && this.#floor > 0) continue;
      const gap = (this.#kept[i + 1]?.at ?? newest) - (this.#kept[i - 1]?.at ?? 0);
      const felt = gap / (newest - kept.at + PAST_INTERVAL_MICROS) + (gap > PAST_APART_MAX ? WIDE : 0);
      if (felt < least) [least, victim] = [felt, gap <= PAST_GAP_MAX ? i : undefined];
    }
    this.#drop((_, i) => i === (victim ?? 0));
    if (victim === undefined) this.#floor = this.#kept[0]?.at ?? this.#floor;
  }

  #drop(goes: (kept: Kept, i: number) => boolean): void {
    this.#kept = this.#kept.filter((kept, i) => {
      if (!goes(kept, i)) return true;
      for (const each of [kept.pooled, kept.view, ...kept.blocks]) this.#pool.release(each);
      return false;
    });
  }
}
