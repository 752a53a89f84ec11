/**
 * Binary writer and reader for engine state, trace events and worker messages: little-endian, varints for counters,
 * length-prefixed bytes. Reading past the end or a malformed varint throws {@link DecodeError}; nothing else does.
 */

import { EMPTY_BYTES, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';

/** Stored or received bytes that are not what their format says. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Appends values to a growing buffer. */
export class Writer {
  #buffer: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  get length(): number {
    return this.#length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    let capacity = this.#buffer.length * 2;
    while (capacity < this.#length + more) capacity *= 2;
    const next = new Uint8Array(capacity);
    next.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = next;
    this.#view = new DataView(next.buffer);
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  f64(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  /** Unsigned 64-bit. */
  u64(value: bigint): this {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  /** A whole number in [0, 2^53). */
  varint(value: number): this {
    this.#reserve(8);
    let v = value;
    // Beyond 31 bits there are only divisions; below, shifts take a fraction of the time.
    while (v > 0x7fffffff) {
      this.#buffer[this.#length++] = (v % 0x80) | 0x80;
      v = Math.floor(v / 0x80);
    }
    while (v >= 0x80) {
      this.#buffer[this.#length++] = (v & 0x7f) | 0x80;
      v >>>= 7;
    }
    this.#buffer[this.#length++] = v;
    return this;
  }

  /** Length-prefixed bytes. */
  bytes(value: Bytes): this {
    this.varint(value.length);
    return this.raw(value);
  }

  /** Bytes without a length. */
  raw(value: Bytes): this {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  text(value: string): this {
    const n = value.length;
    // Short ASCII, nearly all that is written, needs no bytes of its own in between.
    if (n >= 0x80) return this.bytes(utf8(value));
    this.#reserve(n + 1);
    const buffer = this.#buffer;
    const start = this.#length;
    buffer[start] = n;
    for (let i = 0; i < n; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return this.bytes(utf8(value));
      buffer[start + 1 + i] = code;
    }
    this.#length = start + 1 + n;
    return this;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#length);
  }

  /** Forgets everything and keeps the buffer. */
  reset(): void {
    this.#length = 0;
  }

  /** What was written, without a copy: valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }
}

/** Reads what {@link Writer} wrote. */
export class Reader {
  readonly #bytes: Bytes;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  #take(n: number): number {
    const at = this.#at;
    if (n < 0 || at + n > this.#bytes.length) {
      throw new DecodeError(`need ${n} bytes at offset ${at}, have ${this.#bytes.length - at}`);
    }
    this.#at = at + n;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  bool(): boolean {
    return this.u8() !== 0;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const b = this.u8();
      value += (b & 0x7f) * scale;
      if (b < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new DecodeError(`varint beyond 2^53 at offset ${this.#at}`);
        return value;
      }
      scale *= 0x80;
    }
    throw new DecodeError(`varint too long at offset ${this.#at}`);
  }

  /** Length-prefixed bytes, as a view into the source. */
  bytes(): Bytes {
    return this.raw(this.varint());
  }

  raw(n: number): Bytes {
    if (n === 0) return EMPTY_BYTES;
    const at = this.#take(n);
    return this.#bytes.subarray(at, at + n);
  }

  text(): string {
    return fromUtf8(this.bytes());
  }
}
