/**
 * How events reach watchers (watchable_store.go): a write is told to the synced ones at once; unsynced ones read history in passes until they
 * have caught up; whoever's buffer was full keeps its batch as a victim and is tried again. Each watcher gets every event of its range from
 * its start revision on once, in order of revision, or is told that the history is compacted.
 */

import { assert, present } from '#kernel/assert.ts';
import { bytesToKey } from '#mvcc/byte-key.ts';
import type { StoredRevision } from '#mvcc/record.ts';
import {
  addToBatch,
  sendTo,
  STREAM_BUFFER_MAX,
  WATCHERS_PER_SYNC_MAX,
  type EventBatch,
  type StreamState,
  type Watcher,
} from '#mvcc/watcher.ts';
import { WatcherIndex } from '#mvcc/watcher-index.ts';

/** All watchers of a store. Mutable; owned by the watchable store. */
export interface WatchState {
  readonly streams: Map<number, StreamState>;
  readonly synced: WatcherIndex;
  /** In the order in which passes take them. */
  readonly unsynced: Set<Watcher>;
  readonly victims: Map<Watcher, EventBatch>;
  nextStream: number;
}

/** The part of the store that watchers read. */
export interface WatchHistory {
  readonly currentRevision: number;
  readonly compactRevision: number;
  changesBetween(from: number, to: number): readonly StoredRevision[];
}

export const freshWatchState = (): WatchState => ({
  streams: new Map(),
  synced: new WatcherIndex(),
  unsynced: new Set(),
  victims: new Map(),
  nextStream: 1,
});

export const streamOf = (state: WatchState, watcher: Watcher): StreamState =>
  present(state.streams.get(watcher.stream), () => `watch stream ${watcher.stream}`);

/** Moves a watcher into one of the groups that need no batch. */
export function place(state: WatchState, watcher: Watcher, group: 'synced' | 'unsynced'): void {
  watcher.state = group;
  if (group === 'synced') state.synced.add(watcher);
  else state.unsynced.add(watcher);
}

/** Takes a watcher out of whatever group it is in. */
export function displace(state: WatchState, watcher: Watcher): void {
  if (watcher.state === 'synced') state.synced.delete(watcher);
  state.unsynced.delete(watcher);
  state.victims.delete(watcher);
}

/** Tells the synced watchers of the changes of one revision. */
export function notify(state: WatchState, revision: number, changes: readonly StoredRevision[]): void {
  if (state.synced.size === 0) return;
  for (const [watcher, batch] of batchesFor(state.synced, changes)) {
    assert(batch.revisions === 1, () => `notify: ${batch.revisions} revisions in one batch`);
    if (sendTo(streamOf(state, watcher), watcher, batch.changes, revision)) continue;
    watcher.minRevision = revision + 1;
    state.synced.delete(watcher);
    makeVictim(state, watcher, batch);
  }
}

function makeVictim(state: WatchState, watcher: Watcher, batch: EventBatch): void {
  watcher.state = 'victim';
  state.victims.set(watcher, batch);
}

function batchesFor(watchers: WatcherIndex, changes: readonly StoredRevision[]): Map<Watcher, EventBatch> {
  const batches = new Map<Watcher, EventBatch>();
  for (const change of changes) {
    watchers.visit(bytesToKey(change.key), (watcher) => {
      if (change.modRevision < watcher.minRevision) return;
      let batch = batches.get(watcher);
      if (batch === undefined) batches.set(watcher, (batch = { changes: [], revisions: 0, moreRevision: 0 }));
      addToBatch(batch, change);
    });
  }
  return batches;
}

/** One pass over at most WATCHERS_PER_SYNC_MAX unsynced watchers; etcd makes one every 100 ms. */
export function syncWatchers(state: WatchState, history: WatchHistory): void {
  if (state.unsynced.size === 0) return;
  const { currentRevision, compactRevision } = history;
  const chosen = choose(state, currentRevision, compactRevision);
  let from = Infinity;
  for (const watcher of chosen.all()) from = Math.min(from, watcher.minRevision);
  // One from before the beginning finds nothing, and neither do those of its pass: 3.4 asks its backend for an interval that is none.
  const changes = from <= currentRevision && from >= 0 ? history.changesBetween(from, currentRevision) : [];
  const batches = batchesFor(chosen, changes);
  for (const watcher of chosen.all()) {
    watcher.minRevision = Math.max(currentRevision + 1, watcher.minRevision);
    state.unsynced.delete(watcher);
    const batch = batches.get(watcher);
    if (batch === undefined) {
      place(state, watcher, 'synced');
      continue;
    }
    if (batch.moreRevision !== 0) watcher.minRevision = batch.moreRevision;
    if (!sendTo(streamOf(state, watcher), watcher, batch.changes, currentRevision)) makeVictim(state, watcher, batch);
    // With more to come it goes to the end of the line, so that no watcher starves behind 512 slow ones (etcd chooses at random).
    else place(state, watcher, batch.moreRevision === 0 ? 'synced' : 'unsynced');
  }
}

/** Picks watchers for a pass and ends those whose history is gone; one whose end does not fit its buffer waits for the next pass. */
function choose(state: WatchState, currentRevision: number, compactRevision: number): WatcherIndex {
  const chosen = new WatcherIndex();
  let looked = 0;
  for (const watcher of state.unsynced) {
    if (looked++ === WATCHERS_PER_SYNC_MAX) break;
    assert(
      watcher.minRevision <= currentRevision || watcher.restored,
      () => `watcher: unsynced at ${watcher.minRevision} with the store at ${currentRevision}`,
    );
    watcher.restored = false;
    if (watcher.minRevision >= compactRevision) {
      chosen.add(watcher);
      continue;
    }
    const stream = streamOf(state, watcher);
    if (stream.buffer.length >= STREAM_BUFFER_MAX) continue;
    stream.buffer.push({ watchId: watcher.id, changes: [], revision: 0, compactRevision });
    watcher.state = 'ended';
    state.unsynced.delete(watcher);
  }
  return chosen;
}

/** Tries to hand over what did not fit before; etcd tries every 10 ms. */
export function serveVictims(state: WatchState, currentRevision: number): void {
  for (const [watcher, batch] of state.victims) {
    if (!sendTo(streamOf(state, watcher), watcher, batch.changes, watcher.minRevision - 1)) continue;
    state.victims.delete(watcher);
    if (batch.moreRevision !== 0) watcher.minRevision = batch.moreRevision;
    place(state, watcher, watcher.minRevision <= currentRevision ? 'unsynced' : 'synced');
  }
}
