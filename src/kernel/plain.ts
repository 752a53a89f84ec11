/**
 * One deterministic encoding for plain data: null, undefined, booleans, numbers, bigints, strings, byte arrays, arrays and
 * objects with string keys (kept in insertion order). Used for checkpoints of actors whose state is plain data.
 */

import { AssertionError } from '#kernel/assert.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';

/** Data that {@link encodePlain} can carry. */
export type Plain = null | undefined | boolean | number | bigint | string | Bytes | readonly Plain[] | { readonly [key: string]: Plain };

const TAG = {
  null: 0,
  undefined: 1,
  false: 2,
  true: 3,
  uint: 4,
  float: 5,
  bigint: 6,
  negativeBigint: 7,
  text: 8,
  bytes: 9,
  array: 10,
  object: 11,
  units: 12,
} as const;
const DEPTH_MAX = 64;

function writeBigint(w: Writer, tag: number, magnitude: bigint): void {
  w.u8(tag).text(magnitude.toString(16));
}

/** UTF-8 cannot carry half of a character, which stands for a byte that is none in the v2 API's texts. */
function writeText(w: Writer, text: string): void {
  if (!/\p{Surrogate}/u.test(text)) {
    w.u8(TAG.text).text(text);
    return;
  }
  w.u8(TAG.units).varint(text.length);
  for (let i = 0; i < text.length; i++) w.varint(text.charCodeAt(i));
}

function write(w: Writer, value: Plain, depth: number): void {
  if (depth > DEPTH_MAX) throw new AssertionError(`plain data nested deeper than ${DEPTH_MAX}`);
  if (value === null) w.u8(TAG.null);
  else if (value === undefined) w.u8(TAG.undefined);
  else if (typeof value === 'boolean') w.u8(value ? TAG.true : TAG.false);
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) w.u8(TAG.uint).varint(value);
    else w.u8(TAG.float).f64(value);
  } else if (typeof value === 'bigint') {
    if (value >= 0n) writeBigint(w, TAG.bigint, value);
    else writeBigint(w, TAG.negativeBigint, -value);
  } else if (typeof value === 'string') writeText(w, value);
  else if (value instanceof Uint8Array) w.u8(TAG.bytes).bytes(value);
  else if (Array.isArray(value)) {
    w.u8(TAG.array).varint(value.length);
    for (const item of value as readonly Plain[]) /* isArray forgets the items' type */ write(w, item, depth + 1);
  } else {
    const entries = Object.entries(value as { readonly [key: string]: Plain }); // all that is left of Plain
    w.u8(TAG.object).varint(entries.length);
    for (const [key, item] of entries) {
      w.text(key);
      write(w, item, depth + 1);
    }
  }
}

function read(r: Reader, depth: number): Plain {
  if (depth > DEPTH_MAX) throw new DecodeError(`plain data nested deeper than ${DEPTH_MAX}`);
  const tag = r.u8();
  switch (tag) {
    case TAG.null:
      return null;
    case TAG.undefined:
      return undefined;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.uint:
      return r.varint();
    case TAG.float:
      return r.f64();
    case TAG.bigint:
      return BigInt(`0x${r.text()}`);
    case TAG.negativeBigint:
      return -BigInt(`0x${r.text()}`);
    case TAG.text:
      return r.text();
    case TAG.bytes:
      return r.bytes().slice();
    case TAG.units: {
      let text = '';
      for (let n = r.varint(); n > 0; n--) text += String.fromCharCode(r.varint());
      return text;
    }
    case TAG.array: {
      const items: Plain[] = [];
      const n = r.varint();
      for (let i = 0; i < n; i++) items.push(read(r, depth + 1));
      return items;
    }
    case TAG.object: {
      const entries: [string, Plain][] = [];
      const n = r.varint();
      for (let i = 0; i < n; i++) entries.push([r.text(), read(r, depth + 1)]);
      return Object.fromEntries(entries); // own properties even for a key such as __proto__
    }
    default:
      throw new DecodeError(`unknown tag ${tag} at offset ${r.offset - 1}`);
  }
}

/** Encodes plain data; the same value always gives the same bytes. */
export function encodePlain(value: Plain): Uint8Array<ArrayBuffer> {
  const w = new Writer();
  write(w, value, 0);
  return w.finish();
}

/** Decodes {@link encodePlain}'s bytes. @throws DecodeError on anything else */
export function decodePlain(bytes: Bytes): Plain {
  const r = new Reader(bytes);
  const value = read(r, 0);
  if (!r.done) throw new DecodeError(`${bytes.length - r.offset} bytes after the value`);
  return value;
}
