import { describe, expect, it } from 'vitest';
import { Compare, RangeRequest, RangeRequest_SortOrder, RangeRequest_SortTarget, TxnRequest } from '#api/gen/rpc.ts';
import { KVService, MaintenanceService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import { decodePlain } from '#kernel/plain.ts';
import { decodeTrace } from '#trace/event.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const put = (c: TestCluster, key: string, value = 'v') =>
  c.open(0, KVService.Put, KVService.Put.request.create({ key: utf8(key), value: utf8(value) }));
const get = (c: TestCluster, key: string, serializable: boolean) =>
  c.open(0, KVService.Range, KVService.Range.request.create({ key: utf8(key), serializable }));
const lines = (c: TestCluster, message: string) =>
  c.trace
    .flatMap((block) => decodeTrace(block))
    .flatMap((event) => (event.type === 'log' && event.message === message ? [decodePlain(event.fields)] : []));
const seatOf = (c: TestCluster, i = 0) => c.seats[i] ?? expect.fail('no seat');

describe('a commit of the backend', () => {
  it('holds up what is to be applied and read, and neither Raft nor the log', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const { leader } = c;
    c.run(500 * MS);
    const seat = seatOf(c, leader);
    seat.backendMicros = 3000 * MS;
    c.call(leader, KVService.Put, { key: utf8('a') });
    c.run(150 * MS);
    const start = c.now;
    const late = c.open(leader, KVService.Put, KVService.Put.request.create({ key: utf8('b') }));
    const read = c.open(leader, KVService.Range, KVService.Range.request.create({ key: utf8('b') }));
    const { commit } = c.status(leader);
    c.run(1000 * MS);
    expect([c.leader, c.status(leader).commit > commit, c.record(late).end]).toEqual([leader, true, undefined]);
    c.swap(leader);
    c.until(() => c.record(late).end !== undefined && c.record(read).end !== undefined);
    expect(c.now - start).toBeGreaterThan(2000 * MS);
    expect(KVService.Range.response.decode(c.record(read).messages[0] ?? utf8('')).count).toBe(1n);
  });

  it('that takes more than 100 ms makes etcd complain of the first entry behind it', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    c.run(500 * MS);
    seatOf(c).backendMicros = 400 * MS;
    c.call(0, KVService.Put, { key: utf8('a') });
    c.run(110 * MS);
    const [second, third] = [put(c, 'foo', 'bar'), put(c, 'x')];
    c.until(() => c.record(second).end !== undefined && c.record(third).end !== undefined);
    expect(lines(c, 'apply request took too long')).toEqual([
      {
        took: expect.stringMatching(/^3\d\d(\.\d+)?ms$/),
        'expected-duration': '100ms',
        prefix: '',
        request: expect.stringMatching(/^header:<ID:\d+ > put:<key:"foo" value_size:3 >$/),
        response: 'size:4',
      },
    ]);
  });

  // Texts recorded of 3.4.23, stopped for 300 ms while it was asked.
  it.each([
    ['3.4.23', 'read-only range '],
    ['3.5', 'read-only txn '],
  ] as const)('makes %s complain of reads that waited as long, a transaction as “%s”', (profile, prefix) => {
    const c = new TestCluster({ nodes: 1, config: { profile } }).boot();
    for (const [key, value] of [['a', 'val'], ['b', 'xx']] as const) c.call(0, KVService.Put, { key: utf8(key), value: utf8(value) }); // prettier-ignore
    c.run(500 * MS);
    seatOf(c).backendMicros = 400 * MS;
    c.call(0, KVService.Put, { key: utf8('c') });
    c.run(110 * MS);
    const range = {
      key: utf8('a'),
      rangeEnd: utf8('bc'),
      limit: 3n,
      sortOrder: RangeRequest_SortOrder.DESCEND,
      sortTarget: RangeRequest_SortTarget.MOD,
    };
    const success = [{ request: { type: 'requestRange' as const, value: RangeRequest.create({ key: utf8('a'), limit: 1n }) } }];
    const compare = [Compare.create({ key: utf8('a'), result: 1, targetUnion: { type: 'version', value: 0n } })];
    const calls = [
      c.open(0, KVService.Range, RangeRequest.create(range)),
      c.open(0, KVService.Range, RangeRequest.create({ key: utf8('a'), revision: 99_999n })),
      c.open(0, KVService.Txn, TxnRequest.create({ compare, success })),
    ];
    c.until(() => calls.every((id) => c.record(id).end !== undefined));
    const took = { took: expect.stringMatching(/^3\d\d(\.\d+)?ms$/), 'expected-duration': '100ms' };
    expect(lines(c, 'apply request took too long')).toEqual([
      {
        ...took,
        prefix: 'read-only range ',
        request: 'key:"a" range_end:"bc" limit:3 sort_order:DESCEND sort_target:MOD ',
        response: 'range_response_count:2 size:37',
      },
      {
        ...took,
        prefix: 'read-only range ',
        request: 'key:"a" revision:99999 ',
        response: '',
        error: 'mvcc: required revision is a future revision',
      },
      {
        ...took,
        prefix,
        request: 'compare:<result:GREATER key:"a" version:0 > success:<request_range:<key:"a" limit:1 > > failure:<>',
        response: expect.stringMatching(/^responses:<range_response_count:1> size:\d+$/),
      },
    ]);
  });

  it('that lasts makes writes be refused once 5000 committed ones wait to be applied, and lets them in again afterwards', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    c.run(500 * MS);
    seatOf(c).backendMicros = 3000 * MS;
    c.call(0, KVService.Put, { key: utf8('a') });
    c.run(110 * MS);
    const waiting = Array.from({ length: 5001 }, (_, i) => put(c, `k${i}`));
    c.run(200 * MS);
    expect(c.call(0, KVService.Put, { key: utf8('x') })).toMatchObject({ code: 8, message: 'etcdserver: too many requests' });
    c.until(() => waiting.every((id) => c.record(id).end !== undefined));
    expect(c.record(waiting[5000] ?? expect.fail('no call')).end).toEqual({ code: 0, message: '' });
    seatOf(c).backendMicros = 1 * MS;
    expect(c.call(0, KVService.Put, { key: utf8('x') }).code).toBe(0);
  });

  it('does not make the log durable: a loss of power may still take what was not flushed', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    c.call(0, KVService.Put, { key: utf8('a') });
    seatOf(c).saveMicros = 10_000 * MS;
    const never = put(c, 'b');
    c.run(300 * MS);
    c.kill(0, { powerLoss: true });
    c.start(0);
    seatOf(c).saveMicros = 1 * MS;
    c.until(() => c.status(0).role === 'leader' && c.status(0).applied >= 6);
    c.run(100 * MS);
    expect(c.record(never).end).toBeUndefined();
    expect(c.call(0, KVService.Range, { key: utf8('b') }).response?.count).toBe(0n);
  });
});

describe('a slow flush of the log', () => {
  it('is complained of after a second', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    seatOf(c).saveMicros = 1500 * MS;
    const id = put(c, 'a');
    c.until(() => c.record(id).end !== undefined);
    expect(lines(c, 'slow fdatasync')).toContainEqual({ took: '1.5s', 'expected-duration': '1s' });
  });
});

describe('defragmentation', () => {
  const grown = (mebibytes: number): TestCluster => {
    const c = new TestCluster({ nodes: 1 }).boot();
    for (let i = 0; i < mebibytes; i++) c.call(0, KVService.Put, { key: utf8(`k${i}`), value: new Uint8Array(2 ** 20) });
    c.run(300 * MS);
    return c;
  };
  const timed = (c: TestCluster): number => {
    const before = c.now;
    expect(c.call(0, MaintenanceService.Defragment, {}).code).toBe(0);
    return c.now - before;
  };

  it('takes time in proportion to what is in use, and holds up writes and all reads', () => {
    const [small, large] = [grown(2), grown(20)];
    const [short, long] = [timed(small), timed(large)];
    expect(long).toBeGreaterThan(6 * short);
    const defragment = large.open(0, MaintenanceService.Defragment, {});
    large.run(20 * MS);
    const waiting = [put(large, 'x'), get(large, 'k1', true), get(large, 'k1', false)];
    large.run(100 * MS);
    expect(waiting.map((id) => large.record(id).end)).toEqual([undefined, undefined, undefined]);
    large.until(() => large.record(defragment).end !== undefined);
    large.run(50 * MS);
    expect(waiting.map((id) => large.record(id).end?.code)).toEqual([0, 0, 0]);
  });

  it.each([
    ['3.4.23', 'defragmented'],
    ['3.5', 'finished defragmenting directory'],
  ] as const)('is over in the words of %s', (profile, text) => {
    const c = new TestCluster({ nodes: 1, config: { profile } }).boot();
    timed(c);
    expect(lines(c, text)).toHaveLength(1);
  });

  it('gives the file back what was free', () => {
    const c = grown(10);
    c.call(0, KVService.DeleteRange, { key: utf8('k'), rangeEnd: utf8('l') });
    c.call(0, KVService.Compact, { revision: 12n, physical: true });
    c.run(500 * MS);
    const size = () => c.call(0, MaintenanceService.Status, {}).response;
    const before = size();
    timed(c);
    const after = size();
    expect(Number(before?.dbSize)).toBeGreaterThan(10 * 2 ** 20);
    expect(Number(after?.dbSize)).toBeLessThan(2 ** 20);
    expect(lines(c, 'finished defragment')).toHaveLength(1);
  });
});
