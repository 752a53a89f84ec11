/**
 * The window of append messages that a peer has not acknowledged yet: the last index and the bytes of each, oldest first.
 * Limited in messages and in bytes. Mutable; owned by one progress.
 */

import { assert } from '#kernel/assert.ts';

export interface InflightLimits {
  /** Messages, at least 1. */
  readonly messagesMax: number;
  /** Bytes of payload; NO_LIMIT for none. The message that crosses the limit is still sent. */
  readonly bytesMax: number;
}

export class Inflights {
  readonly #limits: InflightLimits;
  #indexes: number[] = [];
  #sizes: number[] = [];
  /** The oldest message's place in the two lists. */
  #start = 0;
  #bytes = 0;

  constructor(limits: InflightLimits) {
    this.#limits = limits;
  }

  /** Messages in flight. */
  get count(): number {
    return this.#indexes.length - this.#start;
  }

  /** True when nothing more may be sent. */
  get full(): boolean {
    return this.count >= this.#limits.messagesMax || this.#bytes >= this.#limits.bytesMax;
  }

  /** Adds a message that ends at `index`. The window must not be full, and indexes must not go down. */
  add(index: number, bytes: number): void {
    assert(!this.full, () => `cannot add index ${index} to a full window of ${this.count} messages and ${this.#bytes} bytes`);
    const last = this.#indexes.at(-1);
    assert(last === undefined || last <= index, () => `inflight index ${index} below the last one ${last}`);
    this.#indexes.push(index);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
  }

  /** Forgets every message that ends at or before `index`. */
  freeUpTo(index: number): void {
    while (this.#start < this.#indexes.length && (this.#indexes[this.#start] ?? 0) <= index) {
      this.#bytes -= this.#sizes[this.#start] ?? 0;
      this.#start += 1;
    }
    // Cut off what was passed, but only when it is half of the list: a shift for every message would cost its length.
    if (this.#start * 2 >= this.#indexes.length) {
      this.#indexes = this.#indexes.slice(this.#start);
      this.#sizes = this.#sizes.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The messages in flight, oldest first, for checkpoints. */
  items(): readonly { readonly index: number; readonly bytes: number }[] {
    return this.#indexes.slice(this.#start).map((index, i) => ({ index, bytes: this.#sizes[this.#start + i] ?? 0 }));
  }
}
