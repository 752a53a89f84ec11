import { expect, test } from 'vitest';
import { utf8 } from '#kernel/bytes.ts';
import { PAGE_BYTES } from '#mvcc/db-size.ts';
import { MvccStore } from '#mvcc/store.ts';

/** A store and its pages in all and in use after each commit. */
class Bench {
  readonly store = new MvccStore({ profile: '3.4.23' });
  readonly pages: (readonly [number, number])[] = [];

  commit(): void {
    this.store.size.commit();
    this.note();
  }

  note(): void {
    this.pages.push([this.store.size.bytes / PAGE_BYTES, this.store.size.bytesInUse / PAGE_BYTES]);
  }

  put(key: string, size: number): void {
    this.store.put(utf8(key), new Uint8Array(size));
    this.commit();
  }
}

test('two puts of 700,000 bytes take the file from 20480 to 720896 to 2121728 bytes, as on 3.4.23', () => {
  const bench = new Bench();
  bench.note();
  bench.put('big1', 700_000);
  bench.put('big2', 700_000);
  expect(bench.pages.map(([all]) => all * PAGE_BYTES)).toEqual([20480, 720896, 2121728]);
});

test('small values live inside the root page; a split leaf and its freed pages are counted as 3.4.23 does', () => {
  const bench = new Bench();
  for (let i = 0; i < 7; i++) bench.put('k', 1);
  expect(bench.pages).toEqual(Array.from({ length: 7 }, () => [5, 4]));
  bench.store.size.defragment();
  bench.note();
  for (let i = 0; i < 4; i++) bench.put(`big${i}`, 700_000);
  expect(bench.pages.slice(7)).toEqual([
    [5, 3],
    [177, 177],
    [520, 520],
    [1033, 863],
    [1717, 1205],
  ]);
});

test('compaction frees pages and does not shrink the file; defragmentation does', () => {
  const bench = new Bench();
  const { store } = bench;
  for (let i = 0; i < 500; i++) store.put(utf8(`key${String(i).padStart(4, '0')}`), new Uint8Array(256));
  bench.commit();
  store.deleteRange(utf8('key'), utf8('kez'));
  bench.commit();
  const before = store.size.bytes;
  store.compact(store.currentRevision);
  store.finishCompaction();
  bench.commit();
  store.put(utf8('k'), utf8('v'));
  bench.commit();
  expect([store.size.bytes, store.size.bytesInUse / PAGE_BYTES]).toEqual([before, 4]);
  store.size.defragment();
  expect(store.size.bytes / PAGE_BYTES).toBe(5);
});
