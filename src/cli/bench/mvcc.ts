/** Benchmarks of the key-value engine and of the write-ahead log: one member's share of a put, without Raft and messages. */

import { utf8, type Bytes } from '#kernel/bytes.ts';
import { logIndex, nodeId, term } from '#kernel/brand.ts';
import { decodeStore, encodeStore } from '#mvcc/store-codec.ts';
import { MvccStore } from '#mvcc/store.ts';
import { WatchableStore } from '#mvcc/watchable-store.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';
import type { WalEntry } from '#wal/record.ts';
import { Wal } from '#wal/wal.ts';
import { rowOf, type Row } from '#cli/bench-row.ts';

const REPETITIONS = 5;
const VALUE_BYTES = 256;
const PUTS = 100_000;
/** etcd commits its backend at so many changes. */
const COMMIT_EVERY = 10_000;

const keyOf = (i: number): Bytes => utf8(`/bench/key-${String(i).padStart(8, '0')}`);

/** Calls a second of a function that does `n` of something. */
function rate(n: number, run: () => void): number {
  const from = performance.now();
  run();
  return (n * 1000) / (performance.now() - from);
}

const repeat = (measure: () => number): number[] => Array.from({ length: REPETITIONS }, measure);

function fill(store: MvccStore, keys: readonly Bytes[], puts: number): void {
  const value = new Uint8Array(VALUE_BYTES).fill(7);
  for (let i = 0; i < puts; i++) {
    const key = keys[i % keys.length];
    if (key === undefined) throw new Error('no keys');
    store.put(key, value);
    if (i % COMMIT_EVERY === 0) store.size.commit();
  }
}

function putRate(keyCount: number, watchers: number): number {
  const keys = Array.from({ length: keyCount }, (_, i) => keyOf((i * 7919) % keyCount));
  const store = new WatchableStore({ profile: '3.5' });
  const stream = store.openStream();
  for (let i = 0; i < watchers; i++) stream.watch({ key: keyOf(i) });
  return rate(PUTS, () => {
    fill(store, keys, PUTS);
    stream.drain();
  });
}

function readRates(): Row[] {
  const store = new MvccStore({ profile: '3.5' });
  const keys = Array.from({ length: 50_000 }, (_, i) => keyOf(i));
  fill(store, keys, PUTS);
  const all = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };
  const image = encodeStore(store);
  return [
    rowOf(
      'mvcc: get of one key',
      'gets/s',
      repeat(() => rate(PUTS, () => keys.forEach((key) => void (store.get(key), store.get(key))))),
    ),
    rowOf(
      'mvcc: range of 50,000 keys',
      'keys/s',
      repeat(() => rate(50_000, () => void store.range(all))),
    ),
    rowOf(
      'mvcc: range of 50,000 keys at an old revision',
      'keys/s',
      repeat(() => rate(50_000, () => void store.range({ ...all, revision: 50_001 }))),
    ),
    rowOf(
      'mvcc: hashKv',
      'changes/s',
      repeat(() => rate(PUTS, () => void store.hashKv(0))),
      `${VALUE_BYTES}-byte values`,
    ),
    rowOf(
      'mvcc: encode the store',
      'changes/s',
      repeat(() => rate(PUTS, () => void encodeStore(store))),
    ),
    rowOf(
      'mvcc: decode the store',
      'changes/s',
      repeat(() => rate(PUTS, () => void decodeStore(image))),
    ),
  ];
}

function compactRate(): number {
  const store = new MvccStore({ profile: '3.5' });
  const keys = Array.from({ length: 1000 }, (_, i) => keyOf(i));
  fill(store, keys, PUTS);
  return rate(PUTS, () => {
    store.compact(store.currentRevision);
    store.finishCompaction();
    store.size.commit();
  });
}

function walRate(batch: number): number {
  const disk = new MemoryDisk();
  const wal = Wal.create(disk, { nodeId: nodeId(1n), clusterId: 1n }, 64_000_000);
  const data = new Uint8Array(VALUE_BYTES + 40).fill(7);
  return rate(PUTS, () => {
    for (let index = 1; index <= PUTS; index += batch) {
      const entries: WalEntry[] = [];
      for (let i = 0; i < batch; i++) entries.push({ type: 'EntryNormal', term: term(1), index: logIndex(index + i), data });
      wal.save({ term: term(1), vote: nodeId(1n), commit: logIndex(index) }, entries);
      wal.sync();
    }
  });
}

/** All rows of this file. */
export function rows(): readonly Row[] {
  putRate(50_000, 0); // lets the compiler warm up
  const note = `${VALUE_BYTES}-byte values`;
  return [
    rowOf(
      'mvcc: puts of 100,000 new keys',
      'puts/s',
      repeat(() => putRate(PUTS, 0)),
      note,
    ),
    rowOf(
      'mvcc: puts over 1,000 keys',
      'puts/s',
      repeat(() => putRate(1000, 0)),
      note,
    ),
    rowOf(
      'mvcc: puts over 1,000 keys, 100 watched',
      'puts/s',
      repeat(() => putRate(1000, 100)),
      note,
    ),
    ...readRates(),
    rowOf('mvcc: compaction of 100,000 changes to 1,000', 'changes/s', repeat(compactRate)),
    rowOf(
      'wal: entries saved one by one',
      'entries/s',
      repeat(() => walRate(1)),
      note,
    ),
    rowOf(
      'wal: entries saved by 64',
      'entries/s',
      repeat(() => walRate(64)),
      note,
    ),
  ];
}
