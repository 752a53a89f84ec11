/**
 * The run's trace as a stream: a SHA-256 over all bytes in order, and a sink for whoever keeps or shows a part. The hash does not depend on
 * how much is kept (DESIGN §1), and its state is part of a checkpoint.
 */

import { _SHA256 as NobleSha256 } from '@noble/hashes/sha2.js';

import type { SimTime } from '#kernel/brand.ts';
import { toHex, type Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';

const WORDS = 8;

/** SHA-256 whose running state can be saved; the library's class keeps it to its subclasses. */
class ResumableSha256 extends NobleSha256 {
  save(): Bytes {
    const w = new Writer();
    for (const word of this.get()) w.u32(word >>> 0);
    return w.varint(this.length).bytes(this.buffer.subarray(0, this.pos)).finish();
  }

  load(bytes: Bytes): this {
    const r = new Reader(bytes);
    const words = Array.from({ length: WORDS }, () => r.u32() | 0);
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
    this.set(a, b, c, d, e, f, g, h);
    const length = r.varint();
    const rest = r.bytes();
    if (rest.length !== length % this.blockLen) throw new DecodeError(`hash state: ${rest.length} pending bytes after ${length}`);
    this.buffer.set(rest);
    this.pos = rest.length;
    this.length = length;
    return this;
  }
}

/** Sees the blocks of a trace as they come. */
export interface TraceSink {
  /** Whole records of one actor of one instant. The bytes are not written again. */
  block(bytes: Bytes, at: SimTime): void;
}

/** Mutable; owned by the world. */
export class TraceLog {
  #hash = new ResumableSha256();
  #bytes = 0;
  #latest: Bytes[] = [];
  #latestAt = -1;
  sink: TraceSink | undefined;

  append(block: Bytes, at: SimTime): void {
    if (block.length === 0) return;
    if (at !== this.#latestAt) {
      this.#latest = [];
      this.#latestAt = at;
    }
    this.#latest.push(block);
    this.#hash.update(block);
    this.#bytes += block.length;
    this.sink?.block(block, at);
  }

  /** What was written in an instant, in blocks, if it is the latest that wrote; empty after a restore. */
  blocksAt(at: number): readonly Bytes[] {
    return at === this.#latestAt ? this.#latest : [];
  }

  /** Bytes since the start of the run. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Hex SHA-256 of all bytes so far. */
  digest(): string {
    return toHex(this.#hash.clone().digest());
  }

  save(): Bytes {
    return new Writer().varint(this.#bytes).bytes(this.#hash.save()).finish();
  }

  restore(bytes: Bytes): void {
    const r = new Reader(bytes);
    this.#bytes = r.varint();
    this.#hash = new ResumableSha256().load(r.bytes());
  }
}
