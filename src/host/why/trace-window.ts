/**
 * The newest part of a run's trace, kept as it came, for "why" and for the life of a request. Keeping costs nothing on the hot path; decoding happens when
 * somebody asks, and goes on from where it stopped. Bounded: the oldest blocks go first, and what they told is forgotten.
 */

import type { Bytes } from '#kernel/bytes.ts';
import { Reader } from '#kernel/codec.ts';
import type { Cast } from '#host/cast.ts';
import { EventIndex } from '#host/why/event-index.ts';

/** Bytes of trace kept: some minutes of a calm cluster, some seconds under heavy load. */
const BYTES_MAX = 3 * 1024 * 1024;
/** Share of the index that may be about forgotten blocks before it is made anew. */
const STALE_SHARE = 0.3;

interface Block {
  readonly bytes: Bytes;
  readonly at: number;
}

/** Mutable; owned by a run. */
export class TraceWindow {
  readonly #cast: Cast;
  readonly #limit: number;
  #blocks: Block[] = [];
  #bytes = 0;
  #index: EventIndex | undefined;
  /** Blocks that the index has taken, and bytes of them that are forgotten. */
  #indexed = 0;
  #stale = 0;

  constructor(cast: Cast, limit = BYTES_MAX) {
    this.#cast = cast;
    this.#limit = limit;
  }

  /** Takes whole records of one instant. */
  add(bytes: Bytes): void {
    if (bytes.length === 0) return;
    this.#blocks.push({ bytes, at: instantOf(bytes) });
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limit) this.#forget();
  }

  #forget(): void {
    let gone = 0;
    while (this.#bytes > this.#limit * 0.9 && gone < this.#blocks.length - 1) {
      const bytes = this.#blocks[gone++]?.bytes.length ?? 0;
      this.#bytes -= bytes;
      this.#stale += bytes;
    }
    this.#blocks.splice(0, gone);
    if (this.#indexed < gone || this.#stale > STALE_SHARE * this.#limit) this.#index = undefined;
    else this.#indexed -= gone;
  }

  /** Takes over what another window knows up to `at` (virtual µs): this one hears what comes later. */
  adopt(earlier: TraceWindow, at: number): void {
    const own = this.#blocks;
    this.#blocks = [];
    this.#bytes = 0;
    this.#index = undefined;
    for (const { bytes, at: instant } of earlier.#blocks) if (instant <= at) this.add(bytes);
    for (const { bytes } of own) this.add(bytes);
  }

  /** The first instant that is remembered, µs; Infinity if nothing is. */
  get since(): number {
    return this.#blocks[0]?.at ?? Infinity;
  }

  /** Everything that is remembered, decoded. */
  index(): EventIndex {
    if (this.#index === undefined) {
      this.#index = new EventIndex(this.#cast);
      this.#indexed = 0;
      this.#stale = 0;
    }
    for (; this.#indexed < this.#blocks.length; this.#indexed++) {
      const block = this.#blocks[this.#indexed];
      if (block !== undefined) this.#index.take(block.bytes);
    }
    return this.#index;
  }
}

/** The instant of a block's first record. */
function instantOf(block: Bytes): number {
  const record = new Reader(new Reader(block).bytes());
  record.varint();
  record.varint();
  return record.varint();
}
