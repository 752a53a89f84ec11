/** A range of keys in words. */

import type { Bytes } from '#kernel/bytes.ts';
import { isPrefix, showBytes } from '#view/byte-text.ts';
import type { DataWords } from '#words/english-data.ts';

export function rangeText(key: Bytes, rangeEnd: Bytes, words: DataWords): string {
  const { range } = words.watchers;
  if (rangeEnd.length === 0) return showBytes(key);
  const isOpen = rangeEnd.length === 1 && rangeEnd[0] === 0;
  if (isOpen) return key.length === 0 || (key.length === 1 && key[0] === 0) ? range.all : range.from(showBytes(key));
  return isPrefix(key, rangeEnd) ? range.prefix(showBytes(key)) : range.between(showBytes(key), showBytes(rangeEnd));
}
