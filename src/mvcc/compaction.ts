/**
 * Compaction in etcd's two halves: scheduling moves the compact revision, below which nobody reads any more; the physical pass then takes old
 * versions out of the index and of storage in batches, so that a large compaction does not stop the member (kvstore.go, kvstore_compaction.go).
 */

import { compactedError, futureRevisionError, type MvccError } from '#mvcc/errors.ts';
import { crc32c } from '#kernel/crc32c.ts';
import { encodeBackendKey, encodeKeyValue } from '#mvcc/key-value-codec.ts';
import type { StoredRevision } from '#mvcc/record.ts';
import { FRESH_HASH, type CompactionHash, type PendingCompaction, type StoreState } from '#mvcc/store-state.ts';

/** Stored changes looked at in one step of the physical pass (etcd's CompactionBatchLimit). */
export const COMPACTION_BATCH = 1000;

/** A compaction accepted; the physical pass is still to come. */
export interface Compacted {
  readonly type: 'scheduled';
  readonly compactRevision: number;
}

/** Schedules a compaction. Refuses a revision at or below the last one and one that does not exist yet. */
export function compact(state: StoreState, at: number): Compacted | MvccError {
  if (at <= state.compactRevision) return compactedError(state.compactRevision);
  if (at > state.currentRevision) return futureRevisionError(state.currentRevision);
  const follows = state.compactRevision === state.finishedCompactRevision;
  state.compactRevision = at;
  state.pendingCompactions.push({ revision: at, follows });
  return { type: 'scheduled', compactRevision: at };
}

/** A physical pass that has come to its end. */
export interface FinishedCompaction {
  readonly revision: number;
  /** The compaction before it; -1 for none. */
  readonly since: number;
  /** CRC-32C of what was there up to `revision`, as HashKV counts it; undefined for 3.4.23, which makes none. */
  readonly hash: number | undefined;
  /** The one before had ended when this was scheduled, so that the hash stands for everything since then. */
  readonly follows: boolean;
}

/**
 * Does one batch of the physical pass.
 * @returns whether more is to do: the caller comes back after a pause (etcd: 10 ms); and the compaction that has ended with it, if one has
 */
export function compactStep(
  state: StoreState,
  limit = COMPACTION_BATCH,
): { readonly hasMore: boolean; readonly finished: FinishedCompaction | undefined } {
  const pending = state.pendingCompactions[0];
  if (pending === undefined) return { hasMore: false, finished: undefined };
  const at = pending.revision;
  const end = state.log.lowerBound(at + 1);
  const batch = Math.min(limit, end - state.compactionCursor);
  const changes = state.log.batch(state.compactionCursor, batch);
  const gone = state.index.compact(changes, at, state.profile !== '3.4.23');
  if (state.profile !== '3.4.23') state.compactionHash = hashBatch(state, changes, gone);
  if (gone.size > 0) {
    state.log.remove(state.compactionCursor, batch, gone);
    state.size.removed(gone);
  }
  state.compactionCursor += batch - gone.size;
  return { hasMore: batch >= limit || state.pendingCompactions.length > 1, finished: batch < limit ? endPass(state, pending) : undefined };
}

function endPass(state: StoreState, { revision, follows }: PendingCompaction): FinishedCompaction {
  const { compactionHash: hash, finishedCompactRevision: since } = state;
  state.pendingCompactions.shift();
  state.compactionCursor = 0;
  state.finishedCompactRevision = revision;
  state.compactionHash = FRESH_HASH;
  return { revision, since, hash: state.profile === '3.4.23' ? undefined : hash.keeps ? hash.kept : hash.all, follows };
}

/** Goes on with a pass's hash: what the compaction before it has left counts only where this one keeps it, unless this one keeps nothing (hash.go). */
function hashBatch(state: StoreState, changes: readonly StoredRevision[], gone: ReadonlySet<StoredRevision>): CompactionHash {
  let { kept, all, keeps } = state.compactionHash;
  for (const change of changes) {
    const isGone = gone.has(change);
    keeps ||= !isGone;
    const [key, value] = [encodeBackendKey(change), encodeKeyValue(change)];
    all = crc32c(value, crc32c(key, all));
    if (!isGone || change.modRevision > state.finishedCompactRevision) kept = crc32c(value, crc32c(key, kept));
  }
  return { kept, all, keeps };
}
