/** A member's keys, asked for as the data views do. */

import { utf8 } from '#kernel/bytes.ts';
import { showBytes } from '#view/byte-text.ts';
import type { Conductor } from '#view/conductor.ts';
import { prefixEnd, type StoredKey } from '#view/data.ts';

/** A key, and the start of its value, as text. */
export type TextKey = Omit<StoredKey, 'key' | 'value'> & { readonly key: string; readonly value: string };

/** The newest keys that begin with a prefix. Throws if the member does not answer. */
export async function keysOf(conductor: Conductor, member: string, prefix: string): Promise<readonly TextKey[]> {
  const key = prefix === '' ? Uint8Array.of(0) : utf8(prefix);
  const answer = await conductor.data({ type: 'range', member, key, rangeEnd: prefixEnd(utf8(prefix)), revision: 0, limit: 500 });
  if (answer.type !== 'range' || answer.error !== undefined) throw new Error(answer.error ?? answer.type);
  return answer.keys.map((stored) => ({ ...stored, key: showBytes(stored.key), value: showBytes(stored.value) }));
}
