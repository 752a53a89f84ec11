/**
 * What the page remembers with a checkpoint, in parts: each item of its lists is one, so that facts and marks that a checkpoint has in common with the one
 * before it are encoded once and kept once.
 */

import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';

type PlainRecord = Readonly<Record<string, Plain>>;

const isRecord = (value: Plain): value is PlainRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** Records in lists are never changed once they are there: facts, marks, bands of terms. */
const ENCODED = new WeakMap<PlainRecord, Bytes>();

function encodeItem(item: Plain): Bytes {
  if (!isRecord(item)) return encodePlain(item);
  const bytes = ENCODED.get(item) ?? encodePlain(item);
  ENCODED.set(item, bytes);
  return bytes;
}

/** The first part says how the others are put together. */
export function partsOf(view: Plain): readonly Bytes[] {
  const items: Bytes[] = [];
  const frame = frameOf(view, items);
  return [encodePlain(frame), ...items];
}

/** What holds the parts together: a list is the number of its items, any other value null; both stand in `items`. */
function frameOf(value: Plain, items: Bytes[]): Plain {
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, frameOf(each, items)]));
  if (!Array.isArray(value)) {
    items.push(encodePlain(value));
    return null;
  }
  for (const item of value as readonly Plain[]) /* isArray forgets the items' type */ items.push(encodeItem(item));
  return value.length;
}

/** What {@link partsOf} was given. @throws DecodeError */
export function viewOf([frame, ...items]: readonly Bytes[]): Plain {
  if (frame === undefined) throw new DecodeError('a view of no parts');
  let at = 0;
  const take = (count: number): readonly Plain[] => items.slice(at, (at += count)).map(decodePlain);
  const fill = (part: Plain): Plain => {
    if (isRecord(part)) return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, fill(each)]));
    return typeof part === 'number' ? take(part) : take(1)[0];
  };
  return fill(decodePlain(frame));
}
