/** A watcher, what it has been promised, and the batches of events made for it. */

import type { Revision } from '#kernel/brand.ts';
import type { KeyRange } from '#mvcc/byte-key.ts';
import type { StoredRevision, WatchEvent } from '#mvcc/record.ts';

/** Responses that a stream holds for its client before a watcher on it becomes a victim (etcd's chanBufLen). */
export const STREAM_BUFFER_MAX = 128;
/** Unsynced watchers looked after in one pass (maxWatchersPerSync). */
export const WATCHERS_PER_SYNC_MAX = 512;
/** Revisions that one watcher gets in one batch (watchBatchMaxRevs). */
export const REVISIONS_PER_BATCH_MAX = 1000;
/** Pause between passes over unsynced watchers, virtual milliseconds. */
export const SYNC_PAUSE_MILLIS = 100;
/** Pause before victims are tried again, virtual milliseconds. */
export const VICTIM_PAUSE_MILLIS = 10;

/**
 * Where a watcher stands. `synced`: it has every event so far and hears of the next as it happens. `unsynced`: it still reads history.
 * `victim`: a batch made for it did not fit its stream's buffer and waits. `ended`: its history was compacted away and it was told so.
 */
export type WatcherState = 'synced' | 'unsynced' | 'victim' | 'ended';

/** Mutable; owned by the watchable store. */
export interface Watcher {
  readonly stream: number;
  readonly id: number;
  readonly range: KeyRange;
  readonly startRevision: number;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly prevKv: boolean;
  /** Events below this main revision it has already, or did not ask for. */
  minRevision: number;
  state: WatcherState;
  /** It was synced when a snapshot replaced the store: it may wait for revisions that the store does not have. */
  restored: boolean;
}

/** What a stream delivers to its client. */
export interface WatchResponse {
  /** -1: for the whole stream (progress of all its watchers). */
  readonly watchId: number;
  /** In order of revision. Empty: progress, or the end by compaction. */
  readonly events: readonly WatchEvent[];
  /** The store's revision when it was made: every event up to it has been delivered. */
  readonly revision: Revision;
  /** Not 0: the watcher ended because what it wanted is compacted up to here. */
  readonly compactRevision: number;
}

/** A response in a stream's buffer: previous values are looked up when it is taken out. */
export interface BufferedResponse {
  readonly watchId: number;
  readonly changes: readonly StoredRevision[];
  readonly revision: number;
  readonly compactRevision: number;
}

/** Mutable; one client's stream. */
export interface StreamState {
  readonly id: number;
  readonly watchers: Map<number, Watcher>;
  buffer: BufferedResponse[];
  nextWatchId: number;
}

/** Events for one watcher, whole revisions only. */
export interface EventBatch {
  readonly changes: StoredRevision[];
  revisions: number;
  /** Not 0: the batch is full and the next one begins with this revision. */
  moreRevision: number;
}

/** Adds an event unless the batch is full. Events come in order of revision. */
export function addToBatch(batch: EventBatch, change: StoredRevision): void {
  if (batch.revisions > REVISIONS_PER_BATCH_MAX) return;
  const last = batch.changes.at(-1);
  if (last === undefined) batch.revisions = 1;
  else if (change.modRevision > last.modRevision && ++batch.revisions > REVISIONS_PER_BATCH_MAX) {
    batch.moreRevision = change.modRevision;
    return;
  }
  batch.changes.push(change);
}

/**
 * Puts a response into the buffer of a watcher's stream, without the events that the watcher filters out; nothing is left: nothing is sent.
 * @returns false if the buffer is full and nothing happened
 */
export function sendTo(stream: StreamState, watcher: Watcher, changes: readonly StoredRevision[], revision: number): boolean {
  const wanted = watcher.noPut || watcher.noDelete ? changes.filter((c) => !(c.tombstone ? watcher.noDelete : watcher.noPut)) : changes;
  if (changes.length > 0 && wanted.length === 0) return true;
  if (stream.buffer.length >= STREAM_BUFFER_MAX) return false;
  stream.buffer.push({ watchId: watcher.id, changes: wanted, revision, compactRevision: 0 });
  return true;
}
