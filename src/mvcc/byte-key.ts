/**
 * Keys as strings of one UTF-16 unit per byte: `<` on them is etcd's byte order, and a Map can hold them.
 * Measured on Node 20 with 20-byte keys: a point lookup through a Map takes 0.35 µs with the conversion, 2.5 µs in a B-tree of byte arrays.
 */

import type { Bytes } from '#kernel/bytes.ts';

/** Units per call: engines limit the number of arguments of a call. */
const CHUNK = 4096;

/** A key in the engine's own form. Not text: never shown, never decoded as UTF-8. */
export function bytesToKey(bytes: Bytes): string {
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, toUnits(bytes));
  let key = '';
  for (let at = 0; at < bytes.length; at += CHUNK) key += String.fromCharCode.apply(null, toUnits(bytes.subarray(at, at + CHUNK)));
  return key;
}

/** The compiler wants a number[], while the platform takes any array-like of numbers, without a copy. */
const toUnits = (bytes: Bytes): number[] => bytes as unknown as number[]; // see above: array-like of numbers

/** The inverse of {@link bytesToKey}. */
export function keyToBytes(key: string): Bytes {
  const bytes = new Uint8Array(key.length);
  for (let i = 0; i < key.length; i++) bytes[i] = key.charCodeAt(i);
  return bytes;
}

/** The keys from `start` up to but not `end`; `end` undefined: one key; `end` '': everything from `start` on. */
export interface KeyRange {
  readonly start: string;
  readonly end: string | undefined;
}

/**
 * A request's interval as etcd reads it.
 * @param rangeEnd absent or empty: the single key; one zero byte: all keys from `key` on; else exclusive end
 */
export function keyRange(key: Bytes, rangeEnd?: Bytes): KeyRange {
  const start = bytesToKey(key);
  if (rangeEnd === undefined || rangeEnd.length === 0) return { start, end: undefined };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return { start, end: '' };
  return { start, end: bytesToKey(rangeEnd) };
}

/** Whether a key lies in a range. */
export function isInRange(key: string, range: KeyRange): boolean {
  if (range.end === undefined) return key === range.start;
  return key >= range.start && (range.end === '' || key < range.end);
}
