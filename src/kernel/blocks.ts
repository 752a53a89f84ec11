/**
 * Long lists that only grow at their end, encoded for checkpoints in blocks that are kept apart from the rest: a block is encoded once and is the same bytes
 * (the same object) in every later checkpoint, and decoded once however many members hold it.
 */

import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';

/** Hands out the blocks of a checkpoint in the order in which they were put. */
export class BlockSource {
  readonly #blocks: readonly Bytes[];
  #at = 0;

  constructor(blocks: readonly Bytes[]) {
    this.#blocks = blocks;
  }

  /** @throws DecodeError if there are fewer */
  take(count: number): readonly Bytes[] {
    const taken = this.#blocks.slice(this.#at, this.#at + count);
    if (taken.length < count) throw new DecodeError(`${count} blocks wanted, ${taken.length} left`);
    this.#at += count;
    return taken;
  }
}

interface Encoded<T> {
  readonly last: T | undefined;
  readonly count: number;
  readonly bytes: Bytes;
}

/** How one kind of item is put into blocks. What it remembers changes no result, only how long one takes. */
export class BlockCodec<T extends object> {
  readonly #numberOf: (item: T) => number;
  readonly #write: (w: Writer, item: T) => void;
  readonly #read: (r: Reader) => T;
  readonly #size: number;
  readonly #writer = new Writer(4096);
  readonly #encoded = new WeakMap<T, Encoded<T>>();
  readonly #decoded = new WeakMap<Bytes, readonly T[]>();

  /**
   * @param size numbers that one block spans
   * @param numberOf an item's place in the whole list, rising: it decides which block the item is in, whatever was cut off before it
   */
  constructor(size: number, numberOf: (item: T) => number, write: (w: Writer, item: T) => void, read: (r: Reader) => T) {
    this.#size = size;
    this.#numberOf = numberOf;
    this.#write = write;
    this.#read = read;
  }

  /** Puts all blocks that will not grow any more into `blocks`. @returns how many of the items they hold */
  write(items: readonly T[], blocks: Bytes[]): number {
    let from = 0;
    for (let end = this.#endOf(items, 0); end < items.length; end = this.#endOf(items, from)) {
      blocks.push(this.#encode(items, from, end));
      from = end;
    }
    return from;
  }

  /** Where the block that begins at `from` ends. Most lists have an item for each number, so it is looked for around a whole block later. */
  #endOf(items: readonly T[], from: number): number {
    const first = items[from];
    if (first === undefined) return items.length;
    const next = (Math.floor(this.#numberOf(first) / this.#size) + 1) * this.#size;
    const isBeyond = (i: number): boolean => {
      const item = items[i];
      return item === undefined || this.#numberOf(item) >= next;
    };
    let low = from;
    let high = from + next - this.#numberOf(first);
    while (!isBeyond(high)) [low, high] = [high, high + this.#size];
    if (!isBeyond(high - 1)) return high;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (isBeyond(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  #encode(items: readonly T[], from: number, to: number): Bytes {
    const first = items[from];
    const last = items[to - 1];
    const known = first === undefined ? undefined : this.#encoded.get(first);
    // What follows the first of a block changes only with all that comes after it, or by being taken out.
    if (known?.last === last && known?.count === to - from) return known.bytes;
    const w = this.#writer;
    w.reset();
    w.varint(to - from);
    for (let i = from; i < to; i++) {
      const item = items[i];
      if (item !== undefined) this.#write(w, item);
    }
    const bytes = w.finish();
    if (first !== undefined) this.#encoded.set(first, { last, count: to - from, bytes });
    return bytes;
  }

  /** The items of a block; they may share memory with it. @throws DecodeError */
  read(block: Bytes): readonly T[] {
    const known = this.#decoded.get(block);
    if (known !== undefined) return known;
    const r = new Reader(block);
    const items = Array.from({ length: r.varint() }, () => this.#read(r));
    if (!r.done) throw new DecodeError(`${block.length - r.offset} bytes after a block`);
    this.#decoded.set(block, items);
    const [first] = items;
    if (first !== undefined) this.#encoded.set(first, { last: items.at(-1), count: items.length, bytes: block });
    return items;
  }
}
