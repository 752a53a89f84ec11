/**
 * etcd's two hashes, both CRC-32C: HashKV over the stored changes up to a revision, which healthy members share, and Hash over the whole
 * backend, bucket by bucket (hash.go, kvstore.go, backend.go).
 */

import { compareBytes, utf8, type Bytes } from '#kernel/bytes.ts';
import { revision, type Revision } from '#kernel/brand.ts';
import { crc32c } from '#kernel/crc32c.ts';
import { compactedError, futureRevisionError, type MvccError } from '#mvcc/errors.ts';
import { encodeBackendKey, encodeKeyValue, encodeRevision } from '#mvcc/key-value-codec.ts';
import { keyAt } from '#mvcc/key-index.ts';
import type { StoredRevision } from '#mvcc/record.ts';
import type { StoreState } from '#mvcc/store-state.ts';

export interface HashKvResult {
  readonly type: 'hash';
  /** Unsigned 32-bit. */
  readonly hash: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
  /** The store's revision. */
  readonly currentRevision: Revision;
  /** The revision that was hashed. */
  readonly hashRevision: Revision;
}

/** A bucket of the backend: its name and its pairs in byte order of their keys. */
export interface BackendBucket {
  readonly name: string;
  readonly pairs: readonly { readonly key: Bytes; readonly value: Bytes }[];
}

const KEY_BUCKET = 'key';
const META_BUCKET = 'meta';

/**
 * Hashes every change up to `at`, leaving out those at or below the compacted revision that a compaction at `at` would not keep; if that
 * would keep nothing, nothing is left out. (So seen on 3.4.23: after compaction an older version of a key does not count, whatever is stored.)
 * @param at 0: the newest revision. 3.4.23 refuses the compacted revision itself, 3.5 only those below it.
 */
export function hashKv(state: StoreState, at: number): HashKvResult | MvccError {
  const { compactRevision, currentRevision } = state;
  const refused = state.profile === '3.4.23' ? at <= compactRevision : at < compactRevision;
  if (at > 0 && refused) return compactedError(compactRevision);
  if (at > currentRevision) return futureRevisionError(currentRevision);
  const upTo = at <= 0 ? currentRevision : at;
  const changes = state.log.between(0, upTo);
  const kept = new Set<StoredRevision>();
  state.index.visit({ start: '', end: '' }, (history) => {
    const live = keyAt(history, upTo);
    if (live !== undefined) kept.add(live);
  });
  let hash = crc32c(utf8(KEY_BUCKET));
  for (const c of changes) {
    if (kept.size > 0 && c.modRevision <= compactRevision && !kept.has(c)) continue;
    hash = crc32c(encodeKeyValue(c), crc32c(encodeBackendKey(c), hash));
  }
  return { type: 'hash', hash, compactRevision, currentRevision: revision(currentRevision), hashRevision: revision(upTo) };
}

/** Hashes all buckets in byte order of their names. @param others the buckets that the store does not hold, in any order, empty ones included @param meta more pairs of the `meta` bucket */
export function hashBackend(state: StoreState, others: readonly BackendBucket[], meta: BackendBucket['pairs'] = []): number {
  const own: BackendBucket[] = [
    { name: KEY_BUCKET, pairs: state.log.all().map((c) => ({ key: encodeBackendKey(c), value: encodeKeyValue(c) })) },
    { name: META_BUCKET, pairs: [...metaPairs(state), ...meta].sort((a, b) => compareBytes(a.key, b.key)) },
  ];
  const buckets = [...own, ...others].map((b) => ({ name: utf8(b.name), pairs: b.pairs }));
  let hash = 0;
  for (const bucket of buckets.sort((a, b) => compareBytes(a.name, b.name))) {
    hash = crc32c(bucket.name, hash);
    for (const { key, value } of bucket.pairs) hash = crc32c(value, crc32c(key, hash));
  }
  return hash;
}

/** The compaction marks; etcd leaves the consistent index out of the hash. */
function metaPairs(state: StoreState): { readonly key: Bytes; readonly value: Bytes }[] {
  const pairs: { readonly key: Bytes; readonly value: Bytes }[] = [];
  if (state.finishedCompactRevision >= 0)
    pairs.push({ key: utf8('finishedCompactRev'), value: encodeRevision(state.finishedCompactRevision, 0) });
  if (state.compactRevision >= 0) pairs.push({ key: utf8('scheduledCompactRev'), value: encodeRevision(state.compactRevision, 0) });
  return pairs;
}
