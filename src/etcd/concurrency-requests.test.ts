import { describe, expect, it } from 'vitest';
import { ElectionService, KVService, LeaseService, LockService, type Method } from '#api/rpc.ts';
import { concatBytes, fromUtf8, utf8 } from '#kernel/bytes.ts';
import { NO_EVENT } from '#kernel/brand.ts';
import type { CallId } from '#etcd/contract.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const UNKNOWN = 2;
const A = 0x1234n;
const B = 0x1235n;

function boot(profile: '3.4.23' | '3.5' = '3.5', nodes = 1): TestCluster {
  const c = new TestCluster({ nodes, config: { profile } }).boot();
  for (const ID of [A, B]) c.call(0, LeaseService.LeaseGrant, { ID, TTL: 600n });
  return c;
}

const ask = (method: Method, fields: object) => boot().call(0, method, fields);
const keys = (c: TestCluster): readonly string[] =>
  (c.call(0, KVService.Range, { key: utf8('\0'), rangeEnd: utf8('\0') }).response?.kvs ?? []).map(({ key }) => fromUtf8(key));

function opened<Request>(c: TestCluster, i: number, method: Method<Request>, fields: Partial<Request>): CallId {
  const id = c.open(i, method, method.request.create(fields));
  c.run(200 * MS);
  return id;
}
const cancel = (c: TestCluster, id: CallId, i = 0): void => {
  c.item(i, { type: 'call-cancel', id, cause: NO_EVENT });
  c.run(200 * MS);
};
const isOpen = (c: TestCluster, id: CallId): boolean => c.record(id).end === undefined;

describe('the Lock service, as 3.4.23 was seen to answer', () => {
  it('gives the lock to whoever made the first key, again to the same lease, at the same revision', () => {
    const c = boot();
    const first = c.call(0, LockService.Lock, { name: utf8('lk'), lease: A });
    const again = c.call(0, LockService.Lock, { name: utf8('lk'), lease: A });
    expect([first, again].map(({ response }) => [fromUtf8(response?.key ?? utf8('')), response?.header?.revision])).toEqual([
      ['lk/1234', 2n],
      ['lk/1234', 2n],
    ]);
  });

  it('lets the next one wait until the key before its own is deleted', () => {
    const c = boot();
    c.call(0, LockService.Lock, { name: utf8('lk'), lease: A });
    const waiting = opened(c, 0, LockService.Lock, { name: utf8('lk'), lease: B });
    expect([keys(c), isOpen(c, waiting)]).toEqual([['lk/1234', 'lk/1235'], true]);
    expect(c.call(0, LockService.Unlock, { key: utf8('lk/1234') }).code).toBe(0);
    c.run(200 * MS);
    expect(c.record(waiting).end).toEqual({ code: 0, message: '' });
    expect(keys(c)).toEqual(['lk/1235']);
  });

  it('takes the place away from a client that stopped waiting', () => {
    const c = boot();
    c.call(0, LockService.Lock, { name: utf8('lk'), lease: A });
    const waiting = opened(c, 0, LockService.Lock, { name: utf8('lk'), lease: B });
    cancel(c, waiting);
    expect(keys(c)).toEqual(['lk/1234']);
  });

  it('without a lease takes one of 60 seconds, which nobody keeps alive', () => {
    const c = boot();
    expect(c.call(0, LockService.Lock, { name: utf8('lk') }).code).toBe(0);
    expect(keys(c)).toHaveLength(1);
    c.run(62_000 * MS);
    expect(keys(c)).toHaveLength(0);
  });

  it.each([
    ['3.4.23', 0, ''],
    ['3.5', UNKNOWN, 'mutex: session is expired'],
  ] as const)('%s: a waiter whose own key went while it waited ends with %d %s', (profile, code, message) => {
    const c = boot(profile);
    c.call(0, LockService.Lock, { name: utf8('lk'), lease: A });
    const waiting = opened(c, 0, LockService.Lock, { name: utf8('lk'), lease: B });
    c.call(0, LeaseService.LeaseRevoke, { ID: B });
    c.call(0, LockService.Unlock, { key: utf8('lk/1234') });
    c.run(200 * MS);
    expect(c.record(waiting).end).toEqual({ code, message });
  });

  it.each([
    ['an unknown lease', LockService.Lock, { name: utf8('lk'), lease: 77n }, 'etcdserver: requested lease not found'],
    ['no key to unlock', LockService.Unlock, {}, 'etcdserver: key is not provided'],
  ] as const)('%s: the inner error comes as Unknown', (_, method, fields, message) => {
    const { code, message: text } = ask(method, fields);
    expect([code, text]).toEqual([UNKNOWN, message]);
  });

  it('works through a follower, over a change of leaders, with a checkpoint between', () => {
    const c = boot('3.5', 3);
    const leader = c.leader;
    const [follower = 0, other = 0] = [0, 1, 2].filter((i) => i !== leader);
    c.call(other, LockService.Lock, { name: utf8('lk'), lease: A });
    const waiting = opened(c, follower, LockService.Lock, { name: utf8('lk'), lease: B });
    c.swap(follower);
    c.kill(leader);
    c.until(() => c.leader >= 0 && c.leader !== leader);
    c.call(other, LockService.Unlock, { key: utf8('lk/1234') });
    c.until(() => !isOpen(c, waiting));
    expect(c.record(waiting).end?.code).toBe(0);
  });
});

describe('the Election service', () => {
  const campaign = (c: TestCluster, lease: bigint, value: string) =>
    c.call(0, ElectionService.Campaign, { name: utf8('el'), lease, value: utf8(value) });

  it('elects the first; a second campaign of the same lease proclaims its value', () => {
    const c = boot();
    const first = campaign(c, A, 'v1').response;
    const second = campaign(c, A, 'v2').response;
    expect([first?.header?.revision, second?.header?.revision, second?.leader?.rev]).toEqual([2n, 2n, 2n]);
    const leader = c.call(0, ElectionService.Leader, { name: utf8('el') }).response;
    expect([fromUtf8(leader?.kv?.value ?? utf8('')), leader?.kv?.version, leader?.header?.revision]).toEqual(['v2', 2n, 3n]);
  });

  it('observes the leader, his words, and the next one with the revision of that moment', () => {
    const c = boot();
    const observer = opened(c, 0, ElectionService.Observe, { name: utf8('el') });
    const { leader } = campaign(c, A, 'v1').response ?? {};
    const waiting = opened(c, 0, ElectionService.Campaign, { name: utf8('el'), lease: B, value: utf8('w1') });
    c.call(0, ElectionService.Proclaim, { leader, value: utf8('v9') });
    expect(c.call(0, ElectionService.Resign, { leader: leader && { ...leader, rev: 1n } }).code).toBe(0);
    expect(isOpen(c, waiting)).toBe(true);
    c.call(0, ElectionService.Resign, { leader });
    c.run(200 * MS);
    expect(c.record(waiting).end?.code).toBe(0);
    const told = c.record(observer).messages.map((body) => ElectionService.Observe.response.decode(body));
    expect(told.map(({ header, kv }) => [header?.revision, fromUtf8(kv?.value ?? utf8('')), kv?.modRevision])).toEqual([
      [2n, 'v1', 2n],
      [4n, 'v9', 4n],
      [5n, 'w1', 3n],
    ]);
    cancel(c, observer);
  });

  it('a candidate that stops waiting withdraws', () => {
    const c = boot();
    campaign(c, A, 'v1');
    const waiting = opened(c, 0, ElectionService.Campaign, { name: utf8('el'), lease: B, value: utf8('w1') });
    cancel(c, waiting);
    expect(keys(c)).toEqual(['el/1234']);
  });

  it.each([
    ['Leader', { name: utf8('none') }, 'election: no leader'],
    ['Proclaim', {}, '"leader" field must be provided'],
    ['Resign', {}, '"leader" field must be provided'],
    ['Proclaim', { leader: { name: utf8('el'), key: utf8('el/1234'), rev: 1n, lease: A }, value: utf8('x') }, 'election: not leader'],
    ['Campaign', { name: utf8('el'), lease: 99n }, 'etcdserver: requested lease not found'],
  ] as const)('%s %o: %s', (name, fields, message) => {
    const answer = ask(ElectionService[name], fields);
    expect([answer.code, answer.message]).toEqual([UNKNOWN, message]);
  });

  it('is there in the gateway too; failures are 500 with code 2', () => {
    const c = boot('3.4.23');
    const ask = (path: string, body: string) => {
      const record = c.record(c.http(0, 'POST', path, body));
      c.until(() => record.end !== undefined);
      return [record.head?.status, fromUtf8(concatBytes(record.messages))];
    };
    expect(ask('/v3/election/leader', '{"name":"ZWw="}')).toEqual([
      500,
      '{"error":"election: no leader","message":"election: no leader","code":2}',
    ]);
    expect(ask('/v3/lock/lock', '{"name":"bGs=","lease":"4660"}')[1]).toMatch(/"revision":"2",.*\},"key":"bGsvMTIzNA=="\}$/);
  });
});
