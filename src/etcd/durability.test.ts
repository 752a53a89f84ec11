import { describe, expect, it } from 'vitest';
import { DiskError } from '#wal/disk.ts';
import { KVService } from '#api/rpc.ts';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import { decodeTrace } from '#trace/event.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const put = (c: TestCluster, i: number, key: string, value = 'v') => c.call(i, KVService.Put, { key: utf8(key), value: utf8(value) });
const value = (c: TestCluster, i: number, key: string): string | undefined => {
  const kv = c.call(i, KVService.Range, { key: utf8(key) }).response?.kvs[0];
  return kv === undefined ? undefined : fromUtf8(kv.value);
};
const level = (c: TestCluster): boolean => new Set(c.seats.map((s) => s.status?.applied)).size === 1 && c.leader >= 0;

describe('what was acknowledged', () => {
  it('is there after all members lost power', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    for (let i = 0; i < 20; i++) expect(put(c, i % 3, `k${i}`).code).toBe(0);
    for (let i = 0; i < 3; i++) c.kill(i, { powerLoss: true });
    c.run(500 * MS);
    for (let i = 0; i < 3; i++) c.start(i);
    c.until(() => level(c) && c.status(0).revision === 21);
    c.run(100 * MS);
    for (let i = 0; i < 20; i++) expect(value(c, 0, `k${i}`)).toBe('v');
    // A restarted cluster elects anew and publishes its members again.
    expect(c.status(0).term).toBe(3);
    expect(c.status(0).applied).toBe(8 + 20 + 1 + 3);
  });

  it('survives the leader', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    put(c, 0, 'a', '1');
    const old = c.leader;
    c.kill(old, { powerLoss: true });
    const other = (old + 1) % 3;
    c.until(() => c.leader >= 0 && c.leader !== old);
    expect(put(c, other, 'b', '2').code).toBe(0);
    c.start(old);
    c.until(() => level(c));
    c.run(100 * MS);
    expect(value(c, old, 'a')).toBe('1');
    expect(value(c, old, 'b')).toBe('2');
  });

  it('may be lost by a member that acknowledges before it flushes', () => {
    const c = new TestCluster({ nodes: 1, config: { broken: ['ack-before-flush'] } }).boot();
    for (const seat of c.seats) seat.saveMicros = 50 * MS;
    put(c, 0, 'a');
    const acknowledged = c.status(0).commit;
    c.kill(0, { powerLoss: true });
    c.start(0);
    expect(c.status(0).lastIndex).toBeLessThan(acknowledged);
  });
});

describe('snapshots', () => {
  it('bring back a member whose entries the others have dropped', () => {
    const c = new TestCluster({ nodes: 3, config: { snapshotCount: 10, snapshotCatchUpEntries: 2 } }).boot();
    const lagging = (c.leader + 1) % 3;
    c.kill(lagging);
    for (let i = 0; i < 60; i++) expect(put(c, c.leader, `k${i}`).code).toBe(0);
    expect(c.status(c.leader).firstIndex).toBeGreaterThan(40);
    c.start(lagging);
    c.until(() => level(c));
    c.run(300 * MS);
    expect(value(c, lagging, 'k0')).toBe('v');
    const kinds = c.trace.flatMap((block) => decodeTrace(block)).map((e) => e.type);
    expect(kinds).toContain('snapshot-applied');
    expect(kinds).toContain('log-compacted');
    // And it restarts from the snapshot that it was given.
    c.kill(lagging, { powerLoss: true });
    c.start(lagging);
    c.until(() => level(c));
    c.run(300 * MS);
    expect(value(c, lagging, 'k59')).toBe('v');
  });

  it('and the log behind them restore a single member', () => {
    const c = new TestCluster({ nodes: 1, config: { snapshotCount: 5, snapshotCatchUpEntries: 2, walSegmentBytes: 512 } }).boot();
    for (let i = 0; i < 30; i++) put(c, 0, `k${i}`);
    c.kill(0, { powerLoss: true });
    c.start(0);
    c.until(() => c.leader === 0);
    c.run(100 * MS);
    for (let i = 0; i < 30; i++) expect(value(c, 0, `k${i}`)).toBe('v');
  });
});

describe('a slow disk', () => {
  const lostTicks = (c: TestCluster, from: number): number =>
    c.trace
      .slice(from)
      .flatMap((block) => decodeTrace(block))
      .filter((e) => e.type === 'tick-lost').length;

  it("costs the leader its ticks and its leadership with etcd's loop", () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const old = c.leader;
    const slow = c.seats[old];
    if (slow === undefined) throw new Error('no leader');
    slow.saveMicros = 5000 * MS;
    const from = c.trace.length;
    c.open(old, KVService.Put, KVService.Put.request.create({ key: utf8('a'), value: utf8('b') }));
    c.run(4000 * MS);
    expect(lostTicks(c, from)).toBeGreaterThan(20);
    expect(c.leader).not.toBe(old);
  });

  it('does not with asynchronous storage writes', () => {
    const c = new TestCluster({ nodes: 3, config: { storage: 'async' } }).boot();
    const old = c.leader;
    const slow = c.seats[old];
    if (slow === undefined) throw new Error('no leader');
    slow.saveMicros = 5000 * MS;
    const from = c.trace.length;
    expect(put(c, old, 'a').code).toBe(0); // a majority has it
    c.run(4000 * MS);
    expect(lostTicks(c, from)).toBe(0);
    expect(c.leader).toBe(old);
  });
});

it('asynchronous storage writes keep what was acknowledged', () => {
  const c = new TestCluster({ nodes: 3, config: { storage: 'async' } }).boot();
  for (let i = 0; i < 20; i++) expect(put(c, i % 3, `k${i}`).code).toBe(0);
  for (let i = 0; i < 3; i++) c.kill(i, { powerLoss: true });
  for (let i = 0; i < 3; i++) c.start(i);
  c.until(() => level(c) && c.status(0).revision === 21);
});

it("a corrupted log is refused in etcd's words", () => {
  const c = new TestCluster({ nodes: 1 }).boot();
  put(c, 0, 'a');
  c.kill(0);
  const seat = c.seats[0];
  const name = seat?.disk.list().find((n) => n.endsWith('.wal')) ?? '';
  seat?.disk.corrupt(name, 60);
  c.start(0);
  expect(seat?.halt).toMatchObject({ type: 'start' });
  expect(seat?.halt?.message).toContain('walpb: crc mismatch');
});

describe('a failing disk', () => {
  it.each(['fsync', 'full', 'io'] as const)('stops the member at once, before it acknowledges anything: %s', (fault) => {
    const c = new TestCluster({ nodes: 1 }).boot();
    const seat = c.seats[0];
    if (seat === undefined) throw new Error('no member');
    if (fault === 'io')
      seat.disk.append = (name) => {
        throw new DiskError('io', 'write: input/output error', name);
      };
    seat.disk.faults = { full: fault === 'full', failFsync: fault === 'fsync' };
    const id = c.open(0, KVService.Put, KVService.Put.request.create({ key: utf8('a') }));
    c.run(100 * MS);
    expect(seat.halt?.type).toBe('disk');
    expect(c.record(id).end).toBeUndefined();
  });
});
