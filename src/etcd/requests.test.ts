import { describe, expect, it } from 'vitest';
import {
  Compare_CompareResult,
  Compare_CompareTarget,
  TxnRequest,
  WatchRequest,
  type WatchCreateRequest,
  type WatchResponse,
} from '#api/gen/rpc.ts';
import { KVService, LeaseService, MaintenanceService, WatchService } from '#api/rpc.ts';
import { NO_EVENT } from '#kernel/brand.ts';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import type { CallId } from '#etcd/contract.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const put = (c: TestCluster, i: number, key: string, value = 'v') => c.call(i, KVService.Put, { key: utf8(key), value: utf8(value) });
const INVALID = 3;
const UNAVAILABLE = 14;

function watch(c: TestCluster, i: number, fields: Partial<WatchCreateRequest>): CallId {
  const create = WatchService.Watch.request.create({ requestUnion: { type: 'createRequest', value: { ...EMPTY_CREATE, ...fields } } });
  return c.open(i, WatchService.Watch, create);
}
const EMPTY_CREATE: WatchCreateRequest = {
  key: utf8(''),
  rangeEnd: utf8(''),
  startRevision: 0n,
  progressNotify: false,
  filters: [],
  prevKv: false,
  watchId: 0n,
  fragment: false,
};
const heard = (c: TestCluster, id: CallId): WatchResponse[] =>
  c.record(id).messages.map((body) => WatchService.Watch.response.decode(body));
const story = (c: TestCluster, id: CallId): string[] =>
  heard(c, id).flatMap((r) =>
    r.events.map((e) => `${e.type === 0 ? 'put' : 'delete'} ${fromUtf8(e.kv?.key ?? utf8(''))}@${e.kv?.modRevision}`),
  );

describe('requests that etcd refuses', () => {
  const c = new TestCluster({ nodes: 1 }).boot();

  it.each([
    ['an empty key', () => c.call(0, KVService.Put, {}), INVALID, 'etcdserver: key is not provided'],
    [
      'a value with ignore_value',
      () => c.call(0, KVService.Put, { key: utf8('a'), value: utf8('b'), ignoreValue: true }),
      INVALID,
      'etcdserver: value is provided',
    ],
    [
      'ignore_value of nothing',
      () => c.call(0, KVService.Put, { key: utf8('none'), ignoreValue: true }),
      INVALID,
      'etcdserver: key not found',
    ],
    [
      'a lease that is not there',
      () => c.call(0, KVService.Put, { key: utf8('a'), lease: 5n }),
      5,
      'etcdserver: requested lease not found',
    ],
    [
      'too large a value',
      () => c.call(0, KVService.Put, { key: utf8('a'), value: new Uint8Array(1_600_000) }),
      INVALID,
      'etcdserver: request is too large',
    ],
    [
      'a future revision',
      () => c.call(0, KVService.Range, { key: utf8('a'), revision: 99n }),
      11,
      'etcdserver: mvcc: required revision is a future revision',
    ],
    [
      'a compaction of the future',
      () => c.call(0, KVService.Compact, { revision: 99n }),
      11,
      'etcdserver: mvcc: required revision is a future revision',
    ],
    ['an unknown lease', () => c.call(0, LeaseService.LeaseRevoke, { ID: 7n }), 5, 'etcdserver: requested lease not found'],
    ['handing over to nobody', () => c.call(0, MaintenanceService.MoveLeader, { targetID: 7n }), 9, 'etcdserver: bad leader transferee'],
  ])('%s', (_, call, code, message) => {
    expect(call()).toMatchObject({ code, message });
  });

  it('two puts of one key, and too many operations, in a transaction', () => {
    const op = { request: { type: 'requestPut' as const, value: KVService.Put.request.create({ key: utf8('a') }) } };
    expect(c.call(0, KVService.Txn, { success: [op, op] }).message).toBe('etcdserver: duplicate key given in txn request');
    expect(c.call(0, KVService.Txn, { success: Array.from({ length: 129 }, () => op) }).message).toBe(
      'etcdserver: too many operations in txn request',
    );
  });

  it('a method that is not there', () => {
    const id = c.open(0, { path: '/etcdserverpb.KV/Nothing', request: KVService.Put.request }, KVService.Put.request.create({}));
    c.run(MS);
    expect(c.record(id).end).toEqual({ code: 12, message: 'unknown method Nothing for service etcdserverpb.KV' });
  });

  it('bytes that are no message', () => {
    const request = { ...KVService.Put.request, encode: () => WatchRequest.encode(WatchRequest.create()).string('\u0001') };
    const id = c.open(0, { path: KVService.Put.path, request }, KVService.Put.request.create({}));
    c.run(MS);
    expect(c.record(id).end?.code).toBe(13);
  });
});

describe('a transaction', () => {
  it('compares, chooses a branch, and writes at one revision', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const createIf = (value: string) =>
      TxnRequest.create({
        compare: [
          {
            result: Compare_CompareResult.EQUAL,
            target: Compare_CompareTarget.VERSION,
            key: utf8('lock'),
            targetUnion: { type: 'version', value: 0n },
            rangeEnd: utf8(''),
          },
        ],
        success: [
          { request: { type: 'requestPut', value: KVService.Put.request.create({ key: utf8('lock'), value: utf8(value) }) } },
          { request: { type: 'requestPut', value: KVService.Put.request.create({ key: utf8('log'), value: utf8(value) }) } },
        ],
        failure: [{ request: { type: 'requestRange', value: KVService.Range.request.create({ key: utf8('lock') }) } }],
      });
    expect(c.call(1, KVService.Txn, createIf('1')).response).toMatchObject({ succeeded: true, header: { revision: 2n } });
    const second = c.call(2, KVService.Txn, createIf('2')).response;
    expect(second).toMatchObject({ succeeded: false, header: { revision: 2n } });
    const read = second?.responses[0]?.response;
    expect(read?.type === 'responseRange' ? fromUtf8(read.value.kvs[0]?.value ?? utf8('')) : undefined).toBe('1');
  });
});

describe('a watch', () => {
  it('hears of changes through any member, in order, and of history', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const follower = (c.leader + 1) % 3;
    const live = watch(c, follower, { key: utf8('k'), rangeEnd: utf8('l'), prevKv: true });
    c.run(10 * MS);
    expect(heard(c, live)[0]).toMatchObject({ created: true, watchId: 0n, header: { revision: 1n } });
    put(c, 0, 'k1', 'a');
    put(c, 1, 'x', 'a');
    put(c, 2, 'k1', 'b');
    c.call(1, KVService.DeleteRange, { key: utf8('k1') });
    const late = watch(c, 0, { key: utf8('k1'), startRevision: 1n });
    c.run(300 * MS);
    const expected = ['put k1@2', 'put k1@4', 'delete k1@5'];
    expect(story(c, live)).toEqual(expected);
    expect(story(c, late)).toEqual(expected);
    expect(fromUtf8(heard(c, live).flatMap((r) => r.events)[1]?.prevKv?.value ?? utf8(''))).toBe('a');
  });

  it('is cancelled, and ends where history was compacted away', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    for (let i = 0; i < 5; i++) put(c, 0, 'k', `${i}`);
    expect(c.call(0, KVService.Compact, { revision: 4n }).code).toBe(0);
    const old = watch(c, 0, { key: utf8('k'), startRevision: 2n });
    c.run(300 * MS);
    expect(heard(c, old)).toMatchObject([{ created: true }, { canceled: true, compactRevision: 4n, events: [] }]);
    const live = watch(c, 0, { key: utf8('k') });
    c.run(MS);
    const cancel = WatchRequest.encode(WatchRequest.create({ requestUnion: { type: 'cancelRequest', value: { watchId: 0n } } })).finish();
    c.item(0, { type: 'call-message', id: live, body: cancel, cause: NO_EVENT });
    c.run(MS);
    put(c, 0, 'k');
    c.run(10 * MS);
    expect(heard(c, live)).toMatchObject([{ created: true }, { canceled: true, watchId: 0n }]);
  });

  it('goes on over a snapshot that replaces the store', () => {
    const c = new TestCluster({ nodes: 3, config: { snapshotCount: 10, snapshotCatchUpEntries: 2 } }).boot();
    const cut = (c.leader + 1) % 3;
    const id = watch(c, cut, { key: utf8('k'), rangeEnd: utf8('l') });
    c.run(10 * MS);
    c.isCut = (from, to) => from === cut || to === cut;
    for (let i = 0; i < 40; i++) put(c, c.leader, `k${i}`);
    c.isCut = () => false;
    c.until(() => story(c, id).length >= 40);
    expect(story(c, id)).toEqual(Array.from({ length: 40 }, (_, i) => `put k${i}@${i + 2}`));
  });
});

describe('without a quorum', () => {
  it("writes and reads time out with etcd's texts", () => {
    const c = new TestCluster({ nodes: 3, config: { preVote: true } }).boot();
    const leader = c.leader;
    c.isCut = (from, to) => from === leader || to === leader;
    const write = c.open(leader, KVService.Put, KVService.Put.request.create({ key: utf8('a') }));
    const read = c.open(leader, KVService.Range, KVService.Range.request.create({ key: utf8('a') }));
    const began = c.now;
    c.run(8000 * MS);
    // The leader stepped down meanwhile and knows no other.
    expect(c.record(write)).toMatchObject({
      end: { code: UNAVAILABLE, message: 'etcdserver: request timed out' },
      endedAt: began + 7000 * MS,
    });
    expect(c.record(read)).toMatchObject({
      end: { code: UNAVAILABLE, message: 'etcdserver: request timed out' },
      endedAt: began + 7000 * MS,
    });
    // Begun without a leader, it never reached the log.
    const late = c.open(leader, KVService.Put, KVService.Put.request.create({ key: utf8('b') }));
    c.run(7100 * MS);
    expect(c.record(late).end).toEqual({ code: 4, message: 'context deadline exceeded' });
    // A serializable read needs nobody.
    expect(c.call(leader, KVService.Range, { key: utf8('a'), serializable: true }).code).toBe(0);
    expect(c.call(leader, MaintenanceService.Status, {}).response?.errors).toEqual(['etcdserver: no leader']);
  });

  it('answers carry the term of the entry that was applied last, whatever term a lone member has come to', () => {
    const c = new TestCluster({ nodes: 3, config: { preVote: false } }).boot();
    const lone = c.leader;
    const applied = c.status(lone).term;
    c.isCut = (from, to) => from === lone || to === lone;
    c.run(8000 * MS);
    expect(c.status(lone).term).toBeGreaterThan(applied);
    const term = BigInt(applied);
    expect(c.call(lone, KVService.Range, { key: utf8('a'), serializable: true }).response?.header?.raftTerm).toBe(term);
    expect(c.call(lone, MaintenanceService.Status, {}).response).toMatchObject({ raftTerm: term, header: { raftTerm: term } });
  });

  it('a read that waits for a leader that changes is told so', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const old = c.leader;
    c.isCut = (from, to) => from === old || to === old;
    const read = c.open(old, KVService.Range, KVService.Range.request.create({ key: utf8('a') }));
    c.until(() => c.leader !== old && c.leader >= 0);
    c.isCut = () => false;
    c.run(2000 * MS);
    expect(c.record(read).end).toEqual({ code: UNAVAILABLE, message: 'etcdserver: leader changed' });
  });

  it('a started member serves nobody before it has published itself', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    for (let i = 0; i < 3; i++) c.kill(i);
    c.start(0);
    const waiting = c.open(0, KVService.Range, KVService.Range.request.create({ key: utf8('a'), serializable: true }));
    c.run(30_000 * MS);
    expect(c.record(waiting).end).toBeUndefined();
    c.start(1);
    c.until(() => c.record(waiting).end !== undefined);
    expect(c.record(waiting).end?.code).toBe(0);
  });
});

describe('leases', () => {
  it('expire on the leader and take their keys with them, in one revision', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const follower = (c.leader + 1) % 3;
    const grant = c.call(follower, LeaseService.LeaseGrant, { TTL: 3n }).response;
    expect(grant?.TTL).toBe(3n);
    const lease = grant?.ID ?? 0n;
    for (const key of ['a', 'b']) c.call(0, KVService.Put, { key: utf8(key), lease });
    const asked = c.call(follower, LeaseService.LeaseTimeToLive, { ID: lease, keys: true }).response;
    expect(asked).toMatchObject({ TTL: 2n, grantedTTL: 3n });
    expect(asked?.keys.map(fromUtf8)).toEqual(['a', 'b']);
    for (let i = 0; i < 4; i++) {
      c.run(2000 * MS);
      const alive = c.open(follower, LeaseService.LeaseKeepAlive, LeaseService.LeaseKeepAlive.request.create({ ID: lease }));
      c.run(50 * MS);
      expect(LeaseService.LeaseKeepAlive.response.decode(c.record(alive).messages[0] ?? utf8(''))).toMatchObject({ ID: lease, TTL: 3n });
    }
    const before = c.status(0).revision;
    c.run(5000 * MS);
    expect(c.status(0).revision).toBe(before + 1);
    expect(c.call(0, KVService.Range, { key: utf8('a') }).response?.count).toBe(0n);
    expect(c.call(follower, LeaseService.LeaseTimeToLive, { ID: lease }).response).toMatchObject({ TTL: -1n, grantedTTL: 0n });
  });

  it('live longer when the leader changes, and the shortest is 2 s', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const grant = c.call(0, LeaseService.LeaseGrant, { TTL: 1n, ID: 77n }).response;
    expect(grant).toMatchObject({ TTL: 2n, ID: 77n });
    expect(c.call(0, LeaseService.LeaseGrant, { TTL: 1n, ID: 77n }).message).toBe('etcdserver: lease already exists');
    c.call(0, KVService.Put, { key: utf8('a'), lease: 77n });
    const old = c.leader;
    c.kill(old);
    c.until(() => c.leader >= 0 && c.leader !== old);
    c.run(2000 * MS);
    expect(c.call(c.leader, KVService.Range, { key: utf8('a') }).response?.count).toBe(1n);
    c.run(2500 * MS);
    expect(c.call(c.leader, KVService.Range, { key: utf8('a') }).response?.count).toBe(0n);
  });
});

describe('maintenance', () => {
  it('gives equal hashes on all members', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    for (let i = 0; i < 10; i++) put(c, i % 3, `k${i % 4}`, `${i}`);
    c.run(200 * MS);
    const hashes = [0, 1, 2].map((i) => c.call(i, MaintenanceService.HashKV, {}).response?.hash);
    expect(new Set(hashes).size).toBe(1);
  });

  it('hands the leadership over', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const old = c.leader;
    const target = (old + 1) % 3;
    expect(c.call(target, MaintenanceService.MoveLeader, { targetID: c.status(target).id }).message).toBe('etcdserver: not leader');
    expect(c.call(old, MaintenanceService.MoveLeader, { targetID: c.status(target).id }).code).toBe(0);
    c.run(500 * MS);
    expect(c.leader).toBe(target);
  });

  it('raises NOSPACE when the quota is reached, and refuses writes until it is disarmed', () => {
    const c = new TestCluster({ nodes: 1, config: { quotaBackendBytes: 200_000 } }).boot();
    let answer = put(c, 0, 'a');
    for (let i = 0; i < 100 && answer.code === 0; i++) {
      answer = c.call(0, KVService.Put, { key: utf8(`k${i}`), value: new Uint8Array(10_000) });
      c.run(150 * MS);
    }
    expect(answer).toMatchObject({ code: 8, message: 'etcdserver: mvcc: database space exceeded' });
    expect(c.call(0, MaintenanceService.Status, {}).response?.errors).toEqual([`memberID:${c.status(0).id} alarm:NOSPACE `]);
    expect(c.call(0, KVService.DeleteRange, { key: utf8('a') }).code).toBe(0);
    expect(put(c, 0, 'a').code).toBe(8);
  });
});
