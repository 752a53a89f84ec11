/** Expected failures of the key-value engine, as values, with etcd's texts (server/storage/mvcc). None of them has any effect. */

export type MvccError =
  /** The wanted revision is older than what compaction kept (or, for a compaction, not newer than the last one). */
  | { readonly type: 'compacted'; readonly message: string; readonly compactRevision: number }
  /** The wanted revision does not exist yet. */
  | { readonly type: 'future-revision'; readonly message: string; readonly currentRevision: number }
  /** `rangeEnd` is not behind `key`. */
  | { readonly type: 'empty-watcher-range'; readonly message: string }
  /** The watch id given by the client is in use on its stream. */
  | { readonly type: 'duplicate-watch-id'; readonly message: string }
  /** No watcher has the id. */
  | { readonly type: 'watcher-not-exist'; readonly message: string };

export const compactedError = (compactRevision: number): MvccError => ({
  type: 'compacted',
  message: 'mvcc: required revision has been compacted',
  compactRevision,
});

export const futureRevisionError = (currentRevision: number): MvccError => ({
  type: 'future-revision',
  message: 'mvcc: required revision is a future revision',
  currentRevision,
});

export const EMPTY_WATCHER_RANGE: MvccError = { type: 'empty-watcher-range', message: 'mvcc: watcher range is empty' };
export const DUPLICATE_WATCH_ID: MvccError = {
  type: 'duplicate-watch-id',
  message: 'mvcc: duplicate watch ID provided on the WatchStream',
};
export const WATCHER_NOT_EXIST: MvccError = { type: 'watcher-not-exist', message: 'mvcc: watcher does not exist' };
