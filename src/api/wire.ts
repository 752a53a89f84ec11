/**
 * The protobuf wire format: what the generated codecs in `gen/` write to and read from. Our own instead of a library's because an engine
 * layer has no TextEncoder, because 64-bit fields are bigint throughout, and because this is the hottest code of a member (measured:
 * see wire.test.ts). Format: varints, 64-bit fields as varints, length-delimited bytes; groups and fixed fields are only skipped.
 */

import { fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';

/** Bytes that are not the expected message. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Fields of `T` that may be left out take their zero value: 0n, '', false, no bytes, no items, undefined. */
export interface MessageCodec<T> {
  create(fields?: Partial<T>): T;
  encode(message: T, writer?: BinaryWriter): BinaryWriter;
  /** @throws WireError on malformed input */
  decode(input: BinaryReader | Uint8Array, length?: number): T;
}

/** A message under construction. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

const TWO_32 = 2 ** 32;
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
/** Bytes of a length prefix that a nested message reserves; moved up when its body is longer. */
const FORK_PREFIX = 1;
const EMPTY = new Uint8Array(0);
/** Nested messages deeper than this are refused, as etcd's Go decoder does not, but a hostile input must not exhaust the stack. */
export const DEPTH_MAX = 100;

/** Buffers between two encodings: a fresh one per message costs more than the encoding. */
const POOL: Uint8Array<ArrayBuffer>[] = [];
const POOL_MAX = 4;
const BUFFER_BYTES = 1024;
const KEPT_BYTES_MAX = 64 * 1024;

/** Growing buffer of one encoding. Methods chain; `finish` copies out and leaves the writer empty for the next. */
export class BinaryWriter {
  #buffer = POOL.pop() ?? new Uint8Array(BUFFER_BYTES);
  #length = 0;
  #forks: number[] | undefined;

  #reserve(extra: number): void {
    const need = this.#length + extra;
    if (need <= this.#buffer.length) return;
    const bigger = new Uint8Array(Math.max(need, BUFFER_BYTES, this.#buffer.length * 2));
    bigger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = bigger;
  }

  /** @param value a whole number in [0, 2^53) */
  #varint(value: number): void {
    let v = value;
    while (v >= TWO_32) {
      this.#buffer[this.#length++] = (v % 128) | 128;
      v = Math.floor(v / 128);
    }
    v = v >>> 0;
    while (v >= 128) {
      this.#buffer[this.#length++] = (v & 127) | 128;
      v >>>= 7;
    }
    this.#buffer[this.#length++] = v;
  }

  uint32(value: number): this {
    this.#reserve(10);
    this.#varint(value);
    return this;
  }

  int32(value: number): this {
    return value >= 0 ? this.uint32(value) : this.int64(BigInt(value));
  }

  bool(value: boolean): this {
    return this.uint32(value ? 1 : 0);
  }

  uint64(value: bigint): this {
    this.#reserve(10);
    let v = value;
    while (v > SAFE_MAX) {
      this.#buffer[this.#length++] = Number(v & 127n) | 128;
      v >>= 7n;
    }
    this.#varint(Number(v));
    return this;
  }

  int64(value: bigint): this {
    return this.uint64(value < 0n ? BigInt.asUintN(64, value) : value);
  }

  bytes(value: Bytes): this {
    this.#reserve(10 + value.length);
    this.#varint(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  string(value: string): this {
    return this.bytes(utf8(value));
  }

  /** Begins a nested message; {@link join} ends it and puts its length before it. */
  fork(): this {
    this.#reserve(FORK_PREFIX);
    this.#length += FORK_PREFIX;
    (this.#forks ??= []).push(this.#length);
    return this;
  }

  join(): this {
    const start = this.#forks?.pop();
    if (start === undefined) throw new WireError('join without fork');
    const size = this.#length - start;
    let prefix = FORK_PREFIX;
    for (let v = size; v >= 128; v = Math.floor(v / 128)) prefix++;
    if (prefix > FORK_PREFIX) {
      this.#reserve(prefix);
      this.#buffer.copyWithin(start - FORK_PREFIX + prefix, start, this.#length);
    }
    this.#length = start - FORK_PREFIX;
    this.#varint(size);
    this.#length += size;
    return this;
  }

  /** The encoding, as bytes of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    const out = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    if (POOL.length < POOL_MAX && this.#buffer.length <= KEPT_BYTES_MAX) POOL.push(this.#buffer);
    this.#buffer = EMPTY;
    return out;
  }
}

/** Reads one encoding. Every read checks its bounds. Byte fields are copies, so that a kept field never keeps its whole message. */
export class BinaryReader {
  readonly #bytes: Bytes;
  /** Length of the input in bytes. */
  readonly len: number;
  /** Next byte to read. */
  pos = 0;
  /** Nesting of the message being read. */
  depth = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
    this.len = bytes.length;
  }

  #byte(): number {
    const b = this.#bytes[this.pos];
    if (b === undefined) throw new WireError(`unexpected end at ${this.pos} of ${this.len} bytes`);
    this.pos++;
    return b;
  }

  /** The lower 32 bits of a varint, unsigned. */
  uint32(): number {
    let b = this.#byte();
    if (b < 128) return b;
    let value = b & 127;
    for (let shift = 7; shift < 70; shift += 7) {
      b = this.#byte();
      if (shift < 32) value |= (b & 127) << shift;
      if (b < 128) return value >>> 0;
    }
    throw new WireError(`varint too long at ${this.pos}`);
  }

  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    return this.uint64() !== 0n;
  }

  uint64(): bigint {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 7; i++) {
      const b = this.#byte();
      value += (b & 127) * scale;
      if (b < 128) return BigInt(value);
      scale *= 128;
    }
    let high = BigInt(this.#byte());
    let wide = BigInt(value) + ((high & 127n) << 49n);
    for (let shift = 56n; high >= 128n; shift += 7n) {
      if (shift > 63n) throw new WireError(`varint too long at ${this.pos}`);
      high = BigInt(this.#byte());
      wide += (high & 127n) << shift;
    }
    return BigInt.asUintN(64, wide);
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  #take(size: number): number {
    const at = this.pos;
    if (at + size > this.len) throw new WireError(`need ${size} bytes at ${at} of ${this.len}`);
    this.pos = at + size;
    return at;
  }

  bytes(): Uint8Array {
    const size = this.uint32();
    const at = this.#take(size);
    return this.#bytes.slice(at, at + size);
  }

  string(): string {
    const size = this.uint32();
    const at = this.#take(size);
    return fromUtf8(this.#bytes.subarray(at, at + size));
  }

  /** Passes over a field of an unknown number. */
  skip(wireType: number): void {
    if (wireType === 0) this.uint64();
    else if (wireType === 1) this.#take(8);
    else if (wireType === 2) this.#take(this.uint32());
    else if (wireType === 5) this.#take(4);
    else throw new WireError(`wire type ${wireType} at ${this.pos}`);
  }
}
