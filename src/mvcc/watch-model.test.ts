/** Watchers against the naive model: from any start, under slow readers, compactions and restores, no event is missed, repeated or out of order. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import { bytesToKey } from '#mvcc/byte-key.ts';
import { decodeStore, encodeStore } from '#mvcc/store-codec.ts';
import { Model } from '#mvcc/testing/model.ts';
import { decodeWatches, encodeWatches } from '#mvcc/watch-codec.ts';
import { WatchableStore } from '#mvcc/watchable-store.ts';
import { REVISIONS_PER_BATCH_MAX, STREAM_BUFFER_MAX, WATCHERS_PER_SYNC_MAX } from '#mvcc/watcher.ts';

const KEYS: readonly Bytes[] = [utf8('a'), utf8('b'), utf8('c')];
const key = fc.constantFrom(...KEYS);
const rangeEnd = fc.constantFrom(EMPTY_BYTES, Uint8Array.of(0), utf8('c'), utf8('z'));
const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('put' as const), key, times: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), key, rangeEnd }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('watch' as const), stream: fc.nat(1), key, rangeEnd, from: fc.nat(20), prevKv: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('drain' as const), stream: fc.nat(1), max: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 3, arbitrary: fc.constant({ type: 'sync' as const }) },
  { weight: 2, arbitrary: fc.constant({ type: 'victims' as const }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('compact' as const), back: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.constant({ type: 'restore' as const }) },
);

interface Told {
  readonly from: number;
  readonly key: Bytes;
  readonly rangeEnd: Bytes;
  readonly heard: { readonly type: string; readonly key: string; readonly revision: number }[];
  endedBy: number;
}

/** One store with its model and all that its clients heard. */
class Bench {
  readonly model = new Model();
  readonly told = new Map<string, Told>();
  readonly values = new Map<string, string>();
  store = new WatchableStore({ profile: '3.5' });

  constructor() {
    this.store.openStream();
    this.store.openStream();
  }

  put(at: Bytes): void {
    const value = utf8(String(this.model.revision));
    this.store.put(at, value);
    this.model.apply([{ type: 'put', key: at, value, lease: 0n }]);
  }

  drain(stream: number, max: number): void {
    for (const r of this.store.stream(stream).drain(max)) {
      const told = this.told.get(`${stream}/${r.watchId}`);
      if (told === undefined) throw new Error(`a response for nobody: ${r.watchId}`);
      if (r.compactRevision > 0) told.endedBy = r.compactRevision;
      for (const e of r.events) {
        told.heard.push({ type: e.type, key: bytesToKey(e.kv.key), revision: e.kv.modRevision });
        if (e.prevKv !== undefined) expect(e.prevKv.modRevision).toBeLessThan(e.kv.modRevision);
      }
    }
  }

  restore(): void {
    const before = encodeWatches(this.store);
    this.store = new WatchableStore({ profile: '3.5' }, decodeStore(encodeStore(this.store)), decodeWatches(before));
    expect(encodeWatches(this.store)).toEqual(before);
  }

  /** Lets everybody catch up. */
  settle(): void {
    for (let i = 0; i < 1000 && (this.store.needsSync || this.store.hasVictims || this.store.streamsWithResponses().length > 0); i++) {
      for (const stream of [1, 2]) this.drain(stream, STREAM_BUFFER_MAX);
      this.store.serveVictims();
      this.store.syncWatchers();
    }
    expect(this.store.needsSync || this.store.hasVictims).toBe(false);
  }

  check(): void {
    for (const [id, t] of this.told) {
      const wanted = this.model.events(t.from, t.key, t.rangeEnd);
      if (t.endedBy === 0) expect(t.heard, id).toEqual(wanted);
      // One whose history went away has heard a gapless beginning, and nothing is missing from before.
      else expect(t.heard, id).toEqual(wanted.slice(0, t.heard.length));
    }
  }
}

test('every watcher hears exactly the events of its range from its start on', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 1, maxLength: 60, size: 'max' }), (actions) => {
      const bench = new Bench();
      for (const a of actions) {
        if (a.type === 'put') for (let i = 0; i < a.times; i++) bench.put(a.key);
        else if (a.type === 'delete') {
          bench.store.deleteRange(a.key, a.rangeEnd);
          bench.model.apply([{ type: 'delete', key: a.key, rangeEnd: a.rangeEnd }]);
        } else if (a.type === 'watch') {
          const from = a.from === 0 ? 0 : Math.max(1, bench.model.revision - a.from + 4);
          const made = bench.store.stream(a.stream + 1).watch({ key: a.key, rangeEnd: a.rangeEnd, startRevision: from, prevKv: a.prevKv });
          if (made.type === 'created') {
            const start = from === 0 ? bench.model.revision + 1 : from;
            bench.told.set(`${a.stream + 1}/${made.watchId}`, { from: start, key: a.key, rangeEnd: a.rangeEnd, heard: [], endedBy: 0 });
          } else expect(made.type).toBe('empty-watcher-range');
        } else if (a.type === 'drain') bench.drain(a.stream + 1, a.max);
        else if (a.type === 'sync') bench.store.syncWatchers();
        else if (a.type === 'victims') bench.store.serveVictims();
        else if (a.type === 'compact') bench.store.compact(bench.model.revision - a.back);
        else bench.restore();
      }
      bench.settle();
      bench.check();
    }),
    { numRuns: 200 },
  );
});

describe('limits', () => {
  test('a reader that does not read makes a victim, and loses nothing', () => {
    const bench = new Bench();
    const made = bench.store.stream(1).watch({ key: utf8('a') });
    expect(made).toMatchObject({ type: 'created', watchId: 0 });
    bench.told.set('1/0', { from: 2, key: utf8('a'), rangeEnd: EMPTY_BYTES, heard: [], endedBy: 0 });
    for (let i = 0; i < STREAM_BUFFER_MAX + 50; i++) bench.put(utf8('a'));
    expect(bench.store.stream(1).buffered).toBe(STREAM_BUFFER_MAX);
    expect(bench.store.watcherCounts).toEqual({ synced: 0, unsynced: 0, victims: 1 });
    bench.settle();
    bench.check();
    expect(bench.store.watcherCounts.synced).toBe(1);
  });

  test('history comes in batches of whole revisions', () => {
    const bench = new Bench();
    for (let i = 0; i < REVISIONS_PER_BATCH_MAX + 10; i++) bench.put(utf8('a'));
    bench.store.stream(1).watch({ key: utf8('a'), startRevision: 1 });
    bench.store.syncWatchers();
    const [first] = bench.store.stream(1).drain();
    expect(first?.events).toHaveLength(REVISIONS_PER_BATCH_MAX);
    expect(bench.store.needsSync).toBe(true);
    bench.store.syncWatchers();
    expect(bench.store.stream(1).drain()[0]?.events).toHaveLength(10);
    expect(bench.store.watcherCounts.synced).toBe(1);
  });

  test('a pass serves a limited number of watchers, the next pass the rest', () => {
    const bench = new Bench();
    bench.put(utf8('a'));
    for (let i = 0; i < WATCHERS_PER_SYNC_MAX + 3; i++) bench.store.stream(1).watch({ key: utf8('b'), startRevision: 1 });
    bench.store.syncWatchers();
    expect(bench.store.watcherCounts.unsynced).toBe(3);
    bench.store.syncWatchers();
    expect(bench.store.watcherCounts.unsynced).toBe(0);
  });
});

describe('answers', () => {
  test('a compacted start ends the watcher with the compact revision', () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) bench.put(utf8('a'));
    bench.store.compact(4);
    const stream = bench.store.stream(1);
    stream.watch({ key: utf8('a'), startRevision: 3 });
    bench.store.syncWatchers();
    expect(stream.drain()).toEqual([{ watchId: 0, events: [], revision: 0, compactRevision: 4 }]);
    bench.put(utf8('a'));
    expect(stream.drain()).toEqual([]);
  });

  test('a reversed range, a taken id and an unknown one are refused in etcd words', () => {
    const stream = new WatchableStore({ profile: '3.5' }).openStream();
    expect(stream.watch({ key: utf8('b'), rangeEnd: utf8('a') })).toMatchObject({ message: 'mvcc: watcher range is empty' });
    expect(stream.watch({ key: utf8('b'), watchId: 7 })).toMatchObject({ type: 'created', watchId: 7 });
    expect(stream.watch({ key: utf8('b'), watchId: 7 })).toMatchObject({ message: 'mvcc: duplicate watch ID provided on the WatchStream' });
    expect(stream.cancel(8)).toMatchObject({ message: 'mvcc: watcher does not exist' });
    expect(stream.cancel(7)).toBeUndefined();
  });

  test('filters leave out, and an event that is filtered out sends nothing', () => {
    const store = new WatchableStore({ profile: '3.5' });
    const stream = store.openStream();
    stream.watch({ key: utf8('a'), noPut: true, prevKv: true });
    store.put(utf8('a'), utf8('1'));
    expect(stream.drain()).toEqual([]);
    store.deleteRange(utf8('a'));
    expect(stream.drain()).toMatchObject([
      { revision: 3, events: [{ type: 'delete', kv: { modRevision: 3, createRevision: 0 }, prevKv: { modRevision: 2 } }] },
    ]);
  });

  test('progress comes only when all is delivered', () => {
    const store = new WatchableStore({ profile: '3.5' });
    store.put(utf8('a'), utf8('1'));
    const stream = store.openStream();
    stream.watch({ key: utf8('a'), startRevision: 1 });
    stream.requestProgress(0);
    expect(stream.requestProgressAll()).toBe(false);
    expect(stream.drain()).toEqual([]);
    store.syncWatchers();
    stream.drain();
    stream.requestProgress(0);
    expect(stream.requestProgressAll()).toBe(true);
    expect(stream.drain()).toMatchObject([
      { watchId: 0, events: [], revision: 2 },
      { watchId: -1, events: [], revision: 2 },
    ]);
  });

  test('a store replaced by a snapshot tells its watchers the rest, once', () => {
    const leader = new WatchableStore({ profile: '3.5' });
    const follower = new WatchableStore({ profile: '3.5' });
    const stream = follower.openStream();
    stream.watch({ key: utf8('a') });
    for (const store of [leader, follower]) store.put(utf8('a'), utf8('1'));
    expect(stream.drain()).toHaveLength(1);
    leader.put(utf8('a'), utf8('2'));
    follower.replaceState(decodeStore(encodeStore(leader)));
    follower.syncWatchers();
    expect(stream.drain()).toMatchObject([{ revision: 3, events: [{ type: 'put', kv: { modRevision: 3 } }] }]);
    follower.put(utf8('a'), utf8('3'));
    expect(stream.drain()).toMatchObject([{ revision: 4 }]);
  });
});
