/**
 * Compaction in etcd's two halves: scheduling moves the compact revision, below which nobody reads any more; the physical pass then takes old
 * versions out of the index and of storage in batches, so that a large compaction does not stop the member (kvstore.go, kvstore_compaction.go).
 */

import { compactedError, futureRevisionError, type MvccError } from '#mvcc/errors.ts';
import type { StoreState } from '#mvcc/store-state.ts';

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
  state.compactRevision = at;
  state.pendingCompactions.push(at);
  return { type: 'scheduled', compactRevision: at };
}

/**
 * Does one batch of the physical pass.
 * @returns whether more is to do: the caller comes back after a pause (etcd: 10 ms)
 */
export function compactStep(state: StoreState, limit = COMPACTION_BATCH): boolean {
  const at = state.pendingCompactions[0];
  if (at === undefined) return false;
  const end = state.log.lowerBound(at + 1);
  const batch = Math.min(limit, end - state.compactionCursor);
  const changes = state.log.batch(state.compactionCursor, batch);
  const gone = state.index.compact(changes, at, state.profile !== '3.4.23');
  if (gone.size > 0) {
    state.log.remove(state.compactionCursor, batch, gone);
    state.size.removed(gone);
  }
  state.compactionCursor += batch - gone.size;
  if (batch < limit) {
    state.pendingCompactions.shift();
    state.compactionCursor = 0;
    state.finishedCompactRevision = at;
  }
  return state.pendingCompactions.length > 0;
}
