import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KVService, LeaseService, WatchService } from '#api/rpc.ts';
import { concatBytes, equalBytes, utf8 } from '#kernel/bytes.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

/** One thing done to the cluster; members and times are taken modulo. */
type Action =
  | { readonly type: 'put'; readonly member: number; readonly key: number }
  | { readonly type: 'delete' | 'get' | 'watch' | 'lease' | 'compact'; readonly member: number; readonly key: number }
  | { readonly type: 'kill' | 'start' | 'cut' | 'heal'; readonly member: number }
  | { readonly type: 'run'; readonly millis: number };

const member = fc.nat(2);
const key = fc.nat(5);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('put' as const), member, key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('delete' as const, 'get' as const, 'watch' as const, 'lease' as const, 'compact' as const),
      member,
      key,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constantFrom('kill' as const, 'start' as const, 'cut' as const, 'heal' as const), member }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('run' as const), millis: fc.integer({ min: 1, max: 700 }) }) },
);

function act(c: TestCluster, a: Action): void {
  switch (a.type) {
    case 'run':
      c.run(a.millis * MS);
      return;
    case 'kill':
      c.kill(a.member, { powerLoss: true });
      return;
    case 'start':
      if (c.seats[a.member]?.member === undefined) c.start(a.member);
      return;
    case 'cut':
      c.isCut = (from, to) => from === a.member || to === a.member;
      return;
    case 'heal':
      c.isCut = () => false;
      return;
    default:
      request(c, a);
  }
}

function request(c: TestCluster, a: Extract<Action, { key: number }>): void {
  const name = utf8(`k${a.key}`);
  switch (a.type) {
    case 'put':
      c.open(a.member, KVService.Put, KVService.Put.request.create({ key: name, value: utf8(`${c.now}`), lease: a.key === 0 ? 9n : 0n }));
      return;
    case 'delete':
      c.open(a.member, KVService.DeleteRange, KVService.DeleteRange.request.create({ key: name }));
      return;
    case 'get':
      c.open(a.member, KVService.Range, KVService.Range.request.create({ key: name }));
      return;
    case 'lease':
      c.open(a.member, LeaseService.LeaseGrant, LeaseService.LeaseGrant.request.create({ TTL: 2n, ID: 9n }));
      return;
    case 'compact':
      c.open(a.member, KVService.Compact, KVService.Compact.request.create({ revision: BigInt(a.key + 1) }));
      return;
    case 'watch': {
      const value = {
        key: name,
        rangeEnd: utf8('z'),
        startRevision: BigInt(a.key),
        progressNotify: true,
        filters: [],
        prevKv: true,
        watchId: 0n,
        fragment: false,
      };
      c.open(a.member, WatchService.Watch, { requestUnion: { type: 'createRequest', value } });
    }
  }
}

describe('a member restored from its checkpoint', () => {
  it.each(['sync', 'async'] as const)(
    'behaves as the one that was saved, at any time, with %s storage',
    (storage) => {
      fc.assert(
        fc.property(
          fc.array(action, { maxLength: 40 }),
          fc.array(fc.nat(40), { maxLength: 6 }),
          fc.integer({ min: 0, max: 900 }),
          (actions, swaps, warmup) => {
            const make = (): TestCluster => {
              const c = new TestCluster({ nodes: 3, config: { storage, snapshotCount: 8, snapshotCatchUpEntries: 2 } });
              c.run(warmup * MS);
              return c;
            };
            const original = make();
            const swapped = make();
            actions.forEach((a, i) => {
              act(original, a);
              if (swaps.includes(i)) for (let m = 0; m < 3; m++) swapped.swap(m);
              act(swapped, a);
            });
            original.run(1500 * MS);
            for (let m = 0; m < 3; m++) swapped.swap(m);
            swapped.run(1500 * MS);
            expect(original.seats.map((s) => s.halt)).toEqual([undefined, undefined, undefined]);
            expect(equalBytes(concatBytes(swapped.trace), concatBytes(original.trace))).toBe(true);
            for (let m = 0; m < 3; m++) expect(swapped.seats[m]?.member?.digest()).toBe(original.seats[m]?.member?.digest());
          },
        ),
        { numRuns: 40 },
      );
    },
    60_000,
  );
});
