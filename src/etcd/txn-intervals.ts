/**
 * Whether one branch of a transaction would write a key twice: two puts, or a put inside a deleted interval (v3rpc/key.go, checkIntervals).
 * Puts in the two branches of a nested transaction may name the same key, since only one of them happens. Deletes may overlap.
 */

import type { RequestOp } from '#api/gen/rpc.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { bytesToKey, isInRange, keyRange, type KeyRange } from '#mvcc/byte-key.ts';

interface Writes {
  readonly puts: Set<string>;
  readonly deletes: KeyRange[];
}

export const hasOverlappingWrites = (ops: readonly RequestOp[]): boolean => writesOf(ops) === undefined;

/** etcd's interval tree takes the one zero byte that means "everything from the key on" as an end before the key: it holds nothing (recorded). */
const isFromKey = (rangeEnd: Bytes): boolean => rangeEnd.length === 1 && rangeEnd[0] === 0;

/** What the operations write; undefined if they overlap. */
function writesOf(ops: readonly RequestOp[]): Writes | undefined {
  const deletes: KeyRange[] = [];
  for (const { request } of ops) {
    if (request?.type === 'requestDeleteRange' && !isFromKey(request.value.rangeEnd))
      deletes.push(keyRange(request.value.key, request.value.rangeEnd));
  }
  const puts = new Set<string>();
  const isDeleted = (key: string): boolean => deletes.some((range) => isInRange(key, range));

  for (const { request } of ops) {
    if (request?.type !== 'requestTxn') continue;
    const then = writesOf(request.value.success);
    const otherwise = writesOf(request.value.failure);
    if (then === undefined || otherwise === undefined) return undefined;
    for (const key of then.puts) {
      if (puts.has(key) || isDeleted(key)) return undefined;
      puts.add(key);
    }
    for (const key of otherwise.puts) {
      if ((puts.has(key) && !then.puts.has(key)) || isDeleted(key)) return undefined;
      puts.add(key);
    }
    deletes.push(...then.deletes, ...otherwise.deletes);
  }

  for (const { request } of ops) {
    if (request?.type !== 'requestPut') continue;
    const key = bytesToKey(request.value.key);
    if (puts.has(key) || isDeleted(key)) return undefined;
    puts.add(key);
  }
  return { puts, deletes };
}
