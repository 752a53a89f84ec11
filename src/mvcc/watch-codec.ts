/** Watchers and their streams as bytes, for checkpoints: decoded beside the store that they watch, they go on as if nothing had been. */

import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { bytesToKey, keyToBytes } from '#mvcc/byte-key.ts';
import type { StoredRevision } from '#mvcc/record.ts';
import { readChange, writeChange } from '#mvcc/store-codec.ts';
import { freshWatchState, place, streamOf, type WatchState } from '#mvcc/watch-sync.ts';
import type { WatchableStore } from '#mvcc/watchable-store.ts';
import type { EventBatch, StreamState, Watcher, WatcherState } from '#mvcc/watcher.ts';

const FORMAT = 1;
const STATES: readonly WatcherState[] = ['synced', 'unsynced', 'victim', 'ended'];
const END = { none: 0, open: 1, key: 2 } as const;
const FLAG = { noPut: 1, noDelete: 2, prevKv: 4, restored: 8 } as const;

/** All streams with their buffers, all watchers with the order in which they are served. */
export function encodeWatches(store: WatchableStore): Bytes {
  const state = store.watches();
  const w = new Writer(1024).u8(FORMAT).varint(state.nextStream);
  w.varint(state.streams.size);
  for (const stream of state.streams.values()) writeStream(w, stream);
  writeOrder(w, [...state.synced.all()]);
  writeOrder(w, [...state.unsynced]);
  writeOrder(w, [...state.victims.keys()]);
  for (const batch of state.victims.values()) {
    w.varint(batch.revisions).varint(batch.moreRevision);
    writeChanges(w, batch.changes);
  }
  return w.finish();
}

/** @throws DecodeError */
export function decodeWatches(bytes: Bytes): WatchState {
  const r = new Reader(bytes);
  const format = r.u8();
  if (format !== FORMAT) throw new DecodeError(`watches: format ${format}, expected ${FORMAT}`);
  const state = freshWatchState();
  state.nextStream = r.varint();
  for (let n = r.varint(); n > 0; n--) {
    const stream = readStream(r);
    state.streams.set(stream.id, stream);
  }
  for (const watcher of readOrder(r, state)) place(state, watcher, 'synced');
  for (const watcher of readOrder(r, state)) place(state, watcher, 'unsynced');
  for (const watcher of readOrder(r, state)) {
    const revisions = r.varint();
    const moreRevision = r.varint();
    const batch: EventBatch = { revisions, moreRevision, changes: readChanges(r) };
    state.victims.set(watcher, batch);
  }
  if (!r.done) throw new DecodeError(`watches: ${bytes.length - r.offset} bytes after their end`);
  for (const watcher of state.unsynced) streamOf(state, watcher);
  return state;
}

function writeStream(w: Writer, stream: StreamState): void {
  w.varint(stream.id).varint(stream.nextWatchId);
  w.varint(stream.watchers.size);
  for (const watcher of stream.watchers.values()) writeWatcher(w, watcher);
  w.varint(stream.buffer.length);
  for (const { watchId, changes, revision, compactRevision } of stream.buffer) {
    w.f64(watchId)
      .varint(revision)
      .varint(compactRevision + 1);
    writeChanges(w, changes);
  }
}

function readStream(r: Reader): StreamState {
  const id = r.varint();
  const stream: StreamState = { id, nextWatchId: r.varint(), watchers: new Map(), buffer: [] };
  for (let n = r.varint(); n > 0; n--) {
    const watcher = readWatcher(r, id);
    stream.watchers.set(watcher.id, watcher);
  }
  for (let n = r.varint(); n > 0; n--) {
    const watchId = r.f64();
    const revision = r.varint();
    const compactRevision = r.varint() - 1;
    stream.buffer.push({ watchId, changes: readChanges(r), revision, compactRevision });
  }
  return stream;
}

function writeWatcher(w: Writer, t: Watcher): void {
  const { start, end } = t.range;
  w.f64(t.id).bytes(keyToBytes(start));
  if (end === undefined) w.u8(END.none);
  else if (end === '') w.u8(END.open);
  else w.u8(END.key).bytes(keyToBytes(end));
  w.f64(t.startRevision).f64(t.minRevision).u8(STATES.indexOf(t.state));
  w.u8((t.noPut ? FLAG.noPut : 0) | (t.noDelete ? FLAG.noDelete : 0) | (t.prevKv ? FLAG.prevKv : 0) | (t.restored ? FLAG.restored : 0));
}

function readWatcher(r: Reader, stream: number): Watcher {
  const id = r.f64();
  const start = bytesToKey(r.bytes());
  const endKind = r.u8();
  const end = endKind === END.none ? undefined : endKind === END.open ? '' : bytesToKey(r.bytes());
  const startRevision = r.f64();
  const minRevision = r.f64();
  const stateNumber = r.u8();
  const state = STATES[stateNumber];
  if (state === undefined) throw new DecodeError(`watches: unknown state ${stateNumber}`);
  const flags = r.u8();
  return {
    stream,
    id,
    range: { start, end },
    startRevision,
    minRevision,
    state,
    noPut: (flags & FLAG.noPut) !== 0,
    noDelete: (flags & FLAG.noDelete) !== 0,
    prevKv: (flags & FLAG.prevKv) !== 0,
    restored: (flags & FLAG.restored) !== 0,
  };
}

function writeChanges(w: Writer, changes: readonly StoredRevision[]): void {
  w.varint(changes.length);
  for (const change of changes) writeChange(w, change);
}

function readChanges(r: Reader): StoredRevision[] {
  const changes: StoredRevision[] = [];
  for (let n = r.varint(); n > 0; n--) changes.push(readChange(r));
  return changes;
}

function writeOrder(w: Writer, watchers: readonly Watcher[]): void {
  w.varint(watchers.length);
  for (const watcher of watchers) w.varint(watcher.stream).f64(watcher.id);
}

function readOrder(r: Reader, state: WatchState): Watcher[] {
  const found: Watcher[] = [];
  for (let n = r.varint(); n > 0; n--) {
    const stream = r.varint();
    const id = r.f64();
    const watcher = state.streams.get(stream)?.watchers.get(id);
    if (watcher === undefined) throw new DecodeError(`watches: no watcher ${id} on stream ${stream}`);
    found.push(watcher);
  }
  return found;
}
