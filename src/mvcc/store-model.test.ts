/** The engine against the naive model under random transactions, compactions and restores. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import { leaseId, type LeaseId } from '#kernel/brand.ts';
import { bytesToKey } from '#mvcc/byte-key.ts';
import { COMPACTION_BATCH } from '#mvcc/compaction.ts';
import type { RangeRequest } from '#mvcc/range.ts';
import type { LeaseLinks } from '#mvcc/record.ts';
import { decodeStore, encodeStore } from '#mvcc/store-codec.ts';
import { MvccStore } from '#mvcc/store.ts';
import type { MvccProfile } from '#mvcc/store-state.ts';
import { Model, sameKey, type ModelOp } from '#mvcc/testing/model.ts';

const KEYS: readonly Bytes[] = [
  Uint8Array.of(0),
  utf8('a'),
  utf8('aa'),
  utf8('b'),
  utf8('c'),
  Uint8Array.of(0x7f),
  Uint8Array.of(0x80),
  Uint8Array.of(0xff),
];
const key = fc.constantFrom(...KEYS);
const rangeEnd = fc.constantFrom(EMPTY_BYTES, Uint8Array.of(0), ...KEYS);
const op: fc.Arbitrary<ModelOp> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('put' as const),
      key,
      value: fc.uint8Array({ maxLength: 4 }),
      lease: fc.constantFrom(0n, 0n, 7n, 8n),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), key, rangeEnd }) },
);
const action = fc.oneof(
  { weight: 10, arbitrary: fc.record({ type: fc.constant('txn' as const), ops: fc.array(op, { maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('compact' as const), back: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'step' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'commit' as const }) },
  { weight: 2, arbitrary: fc.constant({ type: 'restore' as const }) },
);
const profile = fc.constantFrom<MvccProfile>('3.4.23', '3.5');

class Links implements LeaseLinks {
  readonly leaseByKey = new Map<string, LeaseId>();

  attach(lease: LeaseId, at: Bytes): void {
    expect(this.leaseByKey.has(bytesToKey(at))).toBe(false);
    this.leaseByKey.set(bytesToKey(at), lease);
  }

  detach(lease: LeaseId, at: Bytes): void {
    expect(this.leaseByKey.get(bytesToKey(at))).toBe(lease);
    this.leaseByKey.delete(bytesToKey(at));
  }
}

/** Everything that can be asked of a store, as comparable data. */
function portrait(store: MvccStore): unknown {
  const current = store.currentRevision;
  return [
    Array.from({ length: current + 2 }, (_, at) => store.range({ key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0), revision: at })),
    store.hashKv(0),
    store.hashBackend([]),
    store.size.bytes,
    store.size.bytesInUse,
    store.finishedCompactRevision,
    store.isCompacting,
    store.histories(Uint8Array.of(0), Uint8Array.of(0), 100).map((h) => h.revisions.length),
  ];
}

function apply(store: MvccStore, ops: readonly ModelOp[]): void {
  const txn = store.writeTxn();
  for (const o of ops) {
    if (o.type === 'put') txn.put(o.key, o.value, leaseId(o.lease));
    else txn.deleteRange(o.key, o.rangeEnd);
  }
  txn.end();
}

function checkRanges(store: MvccStore, model: Model): void {
  for (let at = 0; at <= model.revision + 1; at++) {
    const result = store.range({ key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0), revision: at });
    if (at > model.revision) expect(result.type).toBe('future-revision');
    else if (at > 0 && at < model.compacted) expect(result.type).toBe('compacted');
    else {
      const want = model.at(at === 0 ? model.revision : at, Uint8Array.of(0), Uint8Array.of(0));
      if (result.type !== 'range') throw new Error(`revision ${at}: ${result.type}`);
      expect(result.count).toBe(want.length);
      expect(result.kvs.length === want.length && result.kvs.every((kv, i) => sameKey(kv, want[i] ?? kv))).toBe(true);
    }
  }
}

test('every readable revision is as the model has it, through compactions and restores', () => {
  fc.assert(
    fc.property(profile, fc.array(action, { minLength: 1, maxLength: 60, size: 'max' }), (p, actions) => {
      const links = new Links();
      const model = new Model();
      let store = new MvccStore({ profile: p, leases: links });
      for (const a of actions) {
        if (a.type === 'txn') {
          apply(store, a.ops);
          model.apply(a.ops);
        } else if (a.type === 'compact') {
          const at = model.revision - a.back;
          const allowed = at > model.compacted;
          expect(store.compact(at).type).toBe(allowed ? 'scheduled' : 'compacted');
          if (allowed) model.compacted = at;
        } else if (a.type === 'step') store.compactStep();
        else if (a.type === 'commit') store.size.commit();
        else {
          const before = portrait(store);
          store = new MvccStore({ profile: p }, decodeStore(encodeStore(store), links));
          expect(portrait(store)).toEqual(before);
        }
        expect(store.currentRevision).toBe(model.revision);
      }
      checkRanges(store, model);
      expect(new Map(links.leaseByKey)).toEqual(model.leases());
      expect(new Map(store.leasedKeys().map((l) => [bytesToKey(l.key), l.lease]))).toEqual(model.leases());
    }),
    { numRuns: 300 },
  );
});

test('a store compacted twice keeps exactly what can still be read', () => {
  const txns = fc.array(fc.array(op, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(profile, txns, fc.nat(30), fc.nat(30), (p, all, earlier, back) => {
      const model = new Model();
      const store = new MvccStore({ profile: p });
      for (const ops of all) {
        apply(store, ops);
        model.apply(ops);
      }
      const at = model.revision - back;
      if (at < 0) return;
      store.compact(at - earlier);
      store.finishCompaction();
      store.compact(at);
      store.finishCompaction();
      const live = model.at(at, Uint8Array.of(0), Uint8Array.of(0)).length;
      const later = model.changes.filter((c) => c.revision > at).length;
      // 3.5 also keeps a tombstone of exactly the compacted revision.
      const lastAt = new Map(model.changes.filter((c) => c.revision <= at).map((c) => [bytesToKey(c.key), c]));
      const graves = p === '3.5' ? [...lastAt.values()].filter((c) => c.value === undefined && c.revision === at).length : 0;
      expect(store.storedRevisions).toBe(live + later + graves);
      const indexed = store.histories(Uint8Array.of(0), Uint8Array.of(0), 100).reduce((sum, h) => sum + h.revisions.length, 0);
      expect(indexed).toBe(store.storedRevisions);
    }),
    { numRuns: 400 },
  );
});

test('the hash that a compaction of 3.5 makes in batches is HashKV of its revision before it, whatever was compacted earlier', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 5, maxLength: 60, size: 'max' }), fc.integer({ min: 1, max: 7 }), (actions, batch) => {
      let store = new MvccStore({ profile: '3.5' });
      for (const a of actions) {
        if (a.type === 'txn') apply(store, a.ops);
        if (a.type !== 'compact') continue;
        const at = store.currentRevision - a.back;
        if (at <= Math.max(0, store.compactRevision)) continue;
        const whole = store.hashKv(at);
        const since = store.compactRevision;
        const isEmpty = store.range({ key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0), revision: at, countOnly: true });
        store.compact(at);
        let finished = store.compactStep(batch).finished;
        while (finished === undefined) {
          store = new MvccStore({ profile: '3.5' }, decodeStore(encodeStore(store)));
          finished = store.compactStep(batch).finished;
        }
        expect(finished).toMatchObject({ revision: at, since, follows: true });
        // What counts where nothing is left differs in etcd too, by the tombstones that a compaction keeps.
        if (isEmpty.type === 'range' && isEmpty.count > 0) expect(finished.hash).toBe(whole.type === 'hash' ? whole.hash : whole);
      }
    }),
    { numRuns: 300 },
  );
});

test('a compaction that another one overtakes, or that a restart interrupts, gives a hash that stands for nothing', () => {
  const store = new MvccStore({ profile: '3.5' });
  for (let i = 0; i < 20; i++) store.put(utf8(`key-${i % 3}`), EMPTY_BYTES);
  const finish = (): boolean | undefined => {
    for (;;) {
      const { finished } = store.compactStep(2);
      if (finished !== undefined) return finished.follows;
    }
  };
  store.compact(5);
  store.compact(8);
  expect([finish(), finish()]).toEqual([true, false]);
  store.compact(12);
  store.compactStep(2);
  store.interruptCompactions();
  expect(finish()).toBe(false);
  store.compact(15);
  expect(finish()).toBe(true);
});

test('the physical pass goes through a long log batch by batch and leaves out nothing', () => {
  const store = new MvccStore({ profile: '3.5' });
  const keys = 700;
  const puts = 5 * COMPACTION_BATCH;
  for (let i = 0; i < puts; i++) store.put(utf8(`key-${i % keys}`), EMPTY_BYTES);
  store.compact(store.currentRevision);
  let steps = 1;
  while (store.compactStep().hasMore) steps++;
  expect(store.storedRevisions).toBe(keys);
  expect([steps, store.finishedCompactRevision]).toEqual([6, store.currentRevision]);
});

describe('range requests', () => {
  const request: fc.Arbitrary<RangeRequest> = fc.record({
    key,
    rangeEnd,
    limit: fc.integer({ min: -1, max: 6 }),
    countOnly: fc.boolean(),
    keysOnly: fc.boolean(),
    sortOrder: fc.constantFrom('none' as const, 'ascend' as const, 'descend' as const),
    sortTarget: fc.constantFrom('key' as const, 'version' as const, 'create' as const, 'mod' as const, 'value' as const),
    minModRevision: fc.nat(8),
    maxModRevision: fc.nat(8),
    minCreateRevision: fc.nat(8),
    maxCreateRevision: fc.nat(8),
  });

  test('limit, filters and order are those of a filtered, sorted, cut list; count is not', () => {
    fc.assert(
      fc.property(fc.array(fc.array(op, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), request, (txns, r) => {
        const model = new Model();
        const store = new MvccStore({ profile: '3.5' });
        for (const ops of txns) {
          apply(store, ops);
          model.apply(ops);
        }
        const result = store.range(r);
        if (result.type !== 'range') throw new Error(result.type);
        const all = model.at(model.revision, r.key, r.rangeEnd ?? EMPTY_BYTES);
        expect(result.count).toBe(all.length);
        const within = (x: number, min = 0, max = 0) => (min === 0 || x >= min) && (max === 0 || x <= max);
        const kept = all.filter(
          (kv) =>
            within(kv.modRevision, r.minModRevision, r.maxModRevision) &&
            within(kv.createRevision, r.minCreateRevision, r.maxCreateRevision),
        );
        const limit = (r.limit ?? 0) > 0 ? (r.limit ?? 0) : Infinity;
        if (r.countOnly === true) {
          expect([result.kvs.length, result.more]).toEqual([0, false]);
          return;
        }
        expect(result.kvs.length).toBe(Math.min(kept.length, limit));
        expect(result.more).toBe(kept.length > limit);
        const rank = {
          key: (i: number) => i,
          version: (i: number) => kept[i]?.version ?? 0,
          create: (i: number) => kept[i]?.createRevision ?? 0,
        };
        const target = r.sortTarget ?? 'key';
        if (target === 'version' || target === 'create' || target === 'key') {
          const at = result.kvs.map((kv) => rank[target](kept.findIndex((k) => bytesToKey(k.key) === bytesToKey(kv.key))));
          const sign = r.sortOrder === 'descend' ? -1 : 1;
          for (let i = 1; i < at.length; i++) expect(sign * ((at[i] ?? 0) - (at[i - 1] ?? 0))).toBeGreaterThanOrEqual(0);
        }
        for (const kv of result.kvs) if (r.keysOnly === true) expect(kv.value.length).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('a transaction reads its own changes at its new revision', () => {
    const store = new MvccStore({ profile: '3.5' });
    store.put(utf8('a'), utf8('1'));
    const txn = store.writeTxn();
    expect(txn.revision).toBe(2);
    txn.put(utf8('a'), utf8('2'));
    expect(txn.range({ key: utf8('a') })).toMatchObject({ revision: 3, kvs: [{ version: 2, modRevision: 3 }] });
    expect(txn.deleteRange(utf8('a'))).toHaveLength(1);
    expect(txn.range({ key: utf8('a') })).toMatchObject({ count: 0 });
    expect(txn.end().changes.map((c) => [c.modRevision, c.sub])).toEqual([
      [3, 0],
      [3, 1],
    ]);
    expect(store.get(utf8('a'), 2)).toMatchObject({ version: 1 });
  });
});
