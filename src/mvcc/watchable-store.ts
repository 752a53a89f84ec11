/**
 * The engine with watchers. A finished write transaction is told to the synced watchers at once; what they get waits in their streams'
 * buffers until it is drained, so nothing is called outward. The member calls `syncWatchers` every 100 ms while `needsSync` and
 * `serveVictims` 10 ms after `victimsHaveRoom`.
 */

import { MvccStore, type MvccOptions } from '#mvcc/store.ts';
import type { StoreState } from '#mvcc/store-state.ts';
import { freshWatchState, notify, place, serveVictims, streamOf, syncWatchers, type WatchState } from '#mvcc/watch-sync.ts';
import { streamHandle, WatchStream } from '#mvcc/watch-stream.ts';
import type { Committed, WriteTxn } from '#mvcc/write-txn.ts';
import { STREAM_BUFFER_MAX, type StreamState, type Watcher } from '#mvcc/watcher.ts';

export class WatchableStore extends MvccStore {
  readonly #watches: WatchState;

  /** A fresh store. @param state and `watches`: decoded ones instead, see store-codec.ts and watch-codec.ts */
  constructor(options: MvccOptions, state?: StoreState, watches: WatchState = freshWatchState()) {
    super(options, state);
    this.#watches = watches;
  }

  override writeTxn(onEnd?: (committed: Committed) => void): WriteTxn {
    return super.writeTxn((committed) => {
      if (committed.changes.length > 0) notify(this.#watches, committed.revision, committed.changes);
      onEnd?.(committed);
    });
  }

  /** Opens a client's stream. Its id counts from 1. */
  openStream(): WatchStream {
    const stream: StreamState = { id: this.#watches.nextStream++, watchers: new Map(), buffer: [], nextWatchId: 0 };
    this.#watches.streams.set(stream.id, stream);
    return new WatchStream(this, this.#watches, stream);
  }

  /** A handle on an open stream, after a restore for instance. */
  stream(id: number): WatchStream {
    return streamHandle(this, this.#watches, id);
  }

  /** Ids of the streams that have something to drain, in the order of their opening. */
  streamsWithResponses(): readonly number[] {
    const ids: number[] = [];
    for (const stream of this.#watches.streams.values()) if (stream.buffer.length > 0) ids.push(stream.id);
    return ids;
  }

  /** Watchers still reading history. */
  get needsSync(): boolean {
    return this.#watches.unsynced.size > 0;
  }

  /** Watchers whose last batch did not fit their stream. */
  get hasVictims(): boolean {
    return this.#watches.victims.size > 0;
  }

  /** Whether a watcher whose last batch did not fit could be served now: its stream was drained meanwhile. */
  get victimsHaveRoom(): boolean {
    for (const watcher of this.#watches.victims.keys()) if (streamOf(this.#watches, watcher).buffer.length < STREAM_BUFFER_MAX) return true;
    return false;
  }

  /** Watchers still reading history whose stream is full. */
  unsyncedWithoutRoom(): readonly Watcher[] {
    return [...this.#watches.unsynced].filter((watcher) => streamOf(this.#watches, watcher).buffer.length >= STREAM_BUFFER_MAX);
  }

  /** Open streams. */
  get streamCount(): number {
    return this.#watches.streams.size;
  }

  /** Numbers of watchers in each state, for metrics and drawings. */
  get watcherCounts(): { readonly synced: number; readonly unsynced: number; readonly victims: number } {
    return { synced: this.#watches.synced.size, unsynced: this.#watches.unsynced.size, victims: this.#watches.victims.size };
  }

  /** One pass over unsynced watchers; a snapshot may have left some waiting for revisions that are still to come. */
  syncWatchers(): void {
    syncWatchers(this.#watches, this);
  }

  /** Another try for the victims. */
  serveVictims(): void {
    serveVictims(this.#watches, this.currentRevision);
  }

  /**
   * Replaces the store by another one's state, as an installed snapshot does, and keeps the watchers: the synced ones go through the new history
   * from where they were (etcd's Restore). Deviation: etcd takes them back to where they began, so that they hear of events twice.
   */
  replaceState(state: StoreState): void {
    const next = this.currentRevision + 1;
    this.adoptState(state);
    const synced = [...this.#watches.synced.all()];
    this.#watches.synced.clear();
    for (const watcher of synced) {
      watcher.restored = true;
      watcher.minRevision = Math.max(watcher.minRevision, next);
      place(this.#watches, watcher, 'unsynced');
    }
  }

  /** The watchers' state, for watch-codec.ts. */
  watches(): WatchState {
    return this.#watches;
  }
}
