/** Range requests over the index, with etcd's rules for revision, count, filters, order, limit and `more` (apply.go, kvstore_txn.go). */

import { compareBytes, EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { revision, type Revision } from '#kernel/brand.ts';
import { keyRange } from '#mvcc/byte-key.ts';
import { compactedError, futureRevisionError, type MvccError } from '#mvcc/errors.ts';
import { keyAt, type KeyIndex } from '#mvcc/key-index.ts';
import type { KeyValue } from '#mvcc/record.ts';

export interface RangeRequest {
  readonly key: Bytes;
  /** Absent or empty: the single key; one zero byte: all keys from `key` on. */
  readonly rangeEnd?: Bytes;
  /** At most 0: the newest. */
  readonly revision?: number;
  /** At most 0: no limit. */
  readonly limit?: number;
  readonly countOnly?: boolean;
  readonly keysOnly?: boolean;
  /** `unknown`: one that etcd does not know; it fetches everything, as for an order, and sorts nothing. */
  readonly sortOrder?: 'none' | 'ascend' | 'descend' | 'unknown';
  readonly sortTarget?: 'key' | 'version' | 'create' | 'mod' | 'value';
  /** 0: no bound, for each of the four. */
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface RangeResult {
  readonly type: 'range';
  readonly kvs: readonly KeyValue[];
  /** Keys in the range at that revision, whatever limit and filters say. */
  readonly count: number;
  readonly more: boolean;
  /** The store's revision when read, not the requested one. */
  readonly revision: Revision;
}

/** What a range reads from: the index between two revisions. */
export interface RangeSource {
  readonly index: KeyIndex;
  readonly currentRevision: number;
  readonly compactRevision: number;
}

/** Answers a range request, or says why its revision cannot be read. */
export function rangeOf(source: RangeSource, request: RangeRequest): RangeResult | MvccError {
  const current = source.currentRevision;
  const asked = request.revision ?? 0;
  if (asked > current) return futureRevisionError(current);
  const at = asked <= 0 ? current : asked;
  if (at < source.compactRevision) return compactedError(source.compactRevision);

  const limit = Math.max(request.limit ?? 0, 0);
  // One more than the limit tells whether there are more. Filters and an order need everything first; a sort target without an order does not
  // get it: etcd then sorts only what the limit let through.
  const fetchMax = needsAll(request) || limit === 0 ? Infinity : limit + 1;
  let count = 0;
  let kvs: KeyValue[] = [];
  source.index.visit(keyRange(request.key, request.rangeEnd), (history) => {
    const found = keyAt(history, at);
    if (found === undefined) return;
    count++;
    if (request.countOnly !== true && kvs.length < fetchMax) kvs.push(found);
  });

  if (needsAll(request) || (request.sortTarget ?? 'key') !== 'key') kvs = shape(kvs, request);
  const more = limit > 0 && kvs.length > limit;
  if (more) kvs = kvs.slice(0, limit);
  if (request.keysOnly === true) kvs = kvs.map((kv) => ({ ...kv, value: EMPTY_BYTES }));
  return { type: 'range', kvs, count, more, revision: revision(current) };
}

const needsAll = (r: RangeRequest): boolean =>
  (r.sortOrder ?? 'none') !== 'none' ||
  (r.minModRevision ?? 0) !== 0 ||
  (r.maxModRevision ?? 0) !== 0 ||
  (r.minCreateRevision ?? 0) !== 0 ||
  (r.maxCreateRevision ?? 0) !== 0;

function shape(all: readonly KeyValue[], r: RangeRequest): KeyValue[] {
  const maxMod = r.maxModRevision ?? 0;
  const minMod = r.minModRevision ?? 0;
  const maxCreate = r.maxCreateRevision ?? 0;
  const minCreate = r.minCreateRevision ?? 0;
  const kvs = all.filter(
    (kv) =>
      (maxMod === 0 || kv.modRevision <= maxMod) &&
      (minMod === 0 || kv.modRevision >= minMod) &&
      (maxCreate === 0 || kv.createRevision <= maxCreate) &&
      (minCreate === 0 || kv.createRevision >= minCreate),
  );
  const target = r.sortTarget ?? 'key';
  // A target without an order means ascending; by key ascending is how they come.
  const order = r.sortOrder === 'descend' ? -1 : 1;
  if ((target === 'key' && order === 1) || r.sortOrder === 'unknown') return kvs;
  const compare = COMPARE[target];
  return kvs.sort((a, b) => order * compare(a, b));
}

const COMPARE: Readonly<Record<'key' | 'version' | 'create' | 'mod' | 'value', (a: KeyValue, b: KeyValue) => number>> = {
  key: (a, b) => compareBytes(a.key, b.key),
  version: (a, b) => a.version - b.version,
  create: (a, b) => a.createRevision - b.createRevision,
  mod: (a, b) => a.modRevision - b.modRevision,
  value: (a, b) => compareBytes(a.value, b.value),
};
