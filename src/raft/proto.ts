/** The part of protobuf's wire form that stored configuration changes need: varints and length-delimited fields. */

import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';

const U64_MAX = 2n ** 64n - 1n;

/** Writes fields in the order of the calls, zero values included. */
export class ProtoWriter {
  readonly #out = new Writer(32);

  uint64(field: number, value: bigint): this {
    this.#out.varint(field * 8);
    let v = value;
    for (; v >= 0x80n; v >>= 7n) this.#out.u8(Number(v & 0x7fn) | 0x80);
    this.#out.u8(Number(v));
    return this;
  }

  bytes(field: number, value: Bytes): this {
    this.#out.varint(field * 8 + 2).bytes(value);
    return this;
  }

  finish(): Bytes {
    return this.#out.finish();
  }
}

/** Walks the fields of a message: `next`, then one of the readers. All throw DecodeError on malformed input. */
export class ProtoReader {
  readonly #in: Reader;
  #field = 0;
  #wire = 0;

  constructor(bytes: Bytes) {
    this.#in = new Reader(bytes);
  }

  /** The number of the field at hand. */
  get field(): number {
    return this.#field;
  }

  /** Goes to the next field; false at the end. */
  next(): boolean {
    if (this.#in.done) return false;
    const tag = this.#in.varint();
    this.#field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.#field === 0) throw new DecodeError(`field number 0 at offset ${this.#in.offset}`);
    return true;
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw new DecodeError(`field ${this.#field} has wire type ${this.#wire}, expected ${wire}`);
  }

  uint64(): bigint {
    this.#expect(0);
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const b = this.#in.u8();
      value |= BigInt(b & 0x7f) << shift;
      if (b < 0x80) {
        if (value > U64_MAX) throw new DecodeError(`varint beyond 2^64 in field ${this.#field}`);
        return value;
      }
    }
    throw new DecodeError(`varint too long in field ${this.#field}`);
  }

  bytes(): Bytes {
    this.#expect(2);
    return this.#in.bytes();
  }

  /** An enumeration whose values are the positions in `names`. */
  oneOf<T>(names: readonly T[]): T {
    const value = this.uint64();
    const name = value < BigInt(names.length) ? names[Number(value)] : undefined;
    if (name === undefined) throw new DecodeError(`field ${this.#field} has unknown value ${value}`);
    return name;
  }

  /** Passes over a field that this version does not know. */
  skip(): void {
    if (this.#wire === 0) this.uint64();
    else if (this.#wire === 1) this.#in.raw(8);
    else if (this.#wire === 2) this.#in.bytes();
    else if (this.#wire === 5) this.#in.raw(4);
    else throw new DecodeError(`field ${this.#field} has unknown wire type ${this.#wire}`);
  }
}
