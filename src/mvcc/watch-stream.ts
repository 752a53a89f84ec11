/** The watchers of one client's stream and the buffer through which they reach it (watcher.go's watchStream). */

import { present } from '#kernel/assert.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { revision as revisionOf, type Revision } from '#kernel/brand.ts';
import { keyRange } from '#mvcc/byte-key.ts';
import { DUPLICATE_WATCH_ID, EMPTY_WATCHER_RANGE, WATCHER_NOT_EXIST, type MvccError } from '#mvcc/errors.ts';
import type { StoredRevision, WatchEvent } from '#mvcc/record.ts';
import type { MvccStore } from '#mvcc/store.ts';
import { displace, place, type WatchState } from '#mvcc/watch-sync.ts';
import { STREAM_BUFFER_MAX, type StreamState, type Watcher, type WatchResponse } from '#mvcc/watcher.ts';

export interface WatchRequest {
  readonly key: Bytes;
  /** Absent or empty: the single key; one zero byte: all keys from `key` on. */
  readonly rangeEnd?: Bytes;
  /** First main revision of interest; 0: what comes from now on. */
  readonly startRevision?: number;
  /** Wanted id; 0: the stream chooses, counting from 0. */
  readonly watchId?: number;
  readonly noPut?: boolean;
  readonly noDelete?: boolean;
  /** With each event the key as it was before, where it still can be had. */
  readonly prevKv?: boolean;
}

/** A watcher was made; its first response comes by `drain`. */
export interface WatchCreated {
  readonly type: 'created';
  readonly watchId: number;
  /** The store's revision then. */
  readonly revision: Revision;
}

/** All watchers of a stream are progressed under this id. */
const WHOLE_STREAM = -1;

/** A handle; the state is the store's, so that a restored store can hand out the same streams again. */
export class WatchStream {
  readonly #store: MvccStore;
  readonly #state: WatchState;
  readonly #stream: StreamState;

  /** Use `WatchableStore.openStream` or `.stream`. */
  constructor(store: MvccStore, state: WatchState, stream: StreamState) {
    this.#store = store;
    this.#state = state;
    this.#stream = stream;
  }

  get id(): number {
    return this.#stream.id;
  }

  /** The watchers in the order of their making, ended ones included. For drawings and progress. */
  watchers(): readonly Watcher[] {
    return [...this.#stream.watchers.values()];
  }

  /** Responses waiting to be drained, at most STREAM_BUFFER_MAX. */
  get buffered(): number {
    return this.#stream.buffer.length;
  }

  /** Makes a watcher. Refuses an interval that is none and an id in use. */
  watch(request: WatchRequest): WatchCreated | MvccError {
    const range = keyRange(request.key, request.rangeEnd);
    if (range.end !== undefined && range.end !== '' && range.start >= range.end) return EMPTY_WATCHER_RANGE;
    const id = this.#chooseId(request.watchId ?? 0);
    if (id === undefined) return DUPLICATE_WATCH_ID;
    const start = request.startRevision ?? 0;
    const current = this.#store.currentRevision;
    const isSynced = start === 0 || start > current;
    const watcher: Watcher = {
      stream: this.#stream.id,
      id,
      range,
      startRevision: start,
      noPut: request.noPut ?? false,
      noDelete: request.noDelete ?? false,
      prevKv: request.prevKv ?? false,
      minRevision: isSynced ? Math.max(current + 1, start) : start,
      state: 'unsynced',
      restored: false,
    };
    this.#stream.watchers.set(id, watcher);
    place(this.#state, watcher, isSynced ? 'synced' : 'unsynced');
    return { type: 'created', watchId: id, revision: current };
  }

  /** Ends a watcher; what is buffered for it is not delivered any more. */
  cancel(watchId: number): MvccError | undefined {
    const watcher = this.#stream.watchers.get(watchId);
    if (watcher === undefined) return WATCHER_NOT_EXIST;
    displace(this.#state, watcher);
    this.#stream.watchers.delete(watchId);
    return undefined;
  }

  /** Sends a watcher an empty response with the store's revision if it is synced; otherwise events are on their way to it anyway. */
  requestProgress(watchId: number): void {
    const watcher = this.#stream.watchers.get(watchId);
    if (watcher !== undefined) this.#progress([watcher], watchId);
  }

  /** The same for the stream as a whole, once all its watchers are synced (etcd 3.5). Returns whether they were. */
  requestProgressAll(): boolean {
    return this.#progress([...this.#stream.watchers.values()], WHOLE_STREAM);
  }

  /**
   * Takes responses out of the buffer, oldest first; victims get their turn at the next `serveVictims`.
   * @param max at most so many
   */
  drain(max = STREAM_BUFFER_MAX): readonly WatchResponse[] {
    if (this.#stream.buffer.length === 0) return [];
    const taken = this.#stream.buffer.splice(0, max);
    const responses: WatchResponse[] = [];
    for (const { watchId, changes, revision, compactRevision } of taken) {
      const watcher = this.#stream.watchers.get(watchId);
      if (watcher === undefined && watchId !== WHOLE_STREAM) continue;
      const withPrevious = watcher?.prevKv ?? false;
      responses.push({
        watchId,
        events: changes.map((c) => this.#event(c, withPrevious)),
        revision: revisionOf(revision),
        compactRevision,
      });
    }
    return responses;
  }

  /** Ends all watchers and the stream. */
  close(): void {
    for (const watcher of this.#stream.watchers.values()) displace(this.#state, watcher);
    this.#stream.watchers.clear();
    this.#stream.buffer = [];
    this.#state.streams.delete(this.#stream.id);
  }

  #chooseId(wanted: number): number | undefined {
    const { watchers } = this.#stream;
    if (wanted !== 0) return watchers.has(wanted) ? undefined : wanted;
    while (watchers.has(this.#stream.nextWatchId)) this.#stream.nextWatchId++;
    return this.#stream.nextWatchId++;
  }

  #progress(watchers: readonly Watcher[], watchId: number): boolean {
    const revision = this.#store.currentRevision;
    for (const watcher of watchers) if (watcher.state !== 'synced' || revision < watcher.startRevision) return false;
    if (watchers.length === 0) return true;
    const { buffer } = this.#stream;
    if (buffer.length < STREAM_BUFFER_MAX) buffer.push({ watchId, changes: [], revision, compactRevision: 0 });
    return true;
  }

  #event(change: StoredRevision, withPrevious: boolean): WatchEvent {
    const type = change.tombstone ? 'delete' : 'put';
    const isCreation = !change.tombstone && change.createRevision === change.modRevision;
    const prevKv = withPrevious && !isCreation ? this.#store.get(change.key, change.modRevision - 1) : undefined;
    return prevKv === undefined ? { type, kv: change } : { type, kv: change, prevKv };
  }
}

/** A handle on a stream that exists. */
export const streamHandle = (store: MvccStore, state: WatchState, id: number): WatchStream =>
  new WatchStream(
    store,
    state,
    present(state.streams.get(id), () => `watch stream ${id}`),
  );
