import { describe, expect, it } from 'vitest';
import { KVService, LeaseService, MaintenanceService } from '#api/rpc.ts';
import { concatBytes, fromUtf8, utf8 } from '#kernel/bytes.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

function boot() {
  const c = new TestCluster({ nodes: 3 }).boot();
  const { leader } = c;
  c.call(leader, LeaseService.LeaseGrant, { ID: 7n, TTL: 100n });
  return { c, leader, follower: (leader + 1) % 3, other: (leader + 2) % 3 };
}

function keepAlive(c: TestCluster, i: number, body: string) {
  const record = c.record(c.http(i, 'POST', '/v3/lease/keepalive', body));
  return { record, lines: () => fromUtf8(concatBytes(record.messages)).trim().split('\n') };
}

describe('questions about leases at a follower', () => {
  it('a keep-alive of the gateway ends with its last answer, as on the leader', () => {
    const { c, follower, leader } = boot();
    const asked = [follower, leader].map((i) => keepAlive(c, i, '{"ID":7}{"ID":8}'));
    c.run(50 * MS);
    for (const { record, lines } of asked) {
      expect(record.end).toEqual({ code: 0, message: '' });
      expect(lines().map((line) => /"ID":"(\d)"(?:,"TTL":"(\d+)")?/.exec(line)?.slice(1))).toEqual([
        ['7', '100'],
        ['8', undefined],
      ]);
    }
  });

  it('wait for a leader and are asked of the new one', () => {
    const { c, leader, follower } = boot();
    c.kill(leader);
    c.run(20 * MS);
    const { record } = keepAlive(c, follower, '{"ID":7}');
    const left = c.open(follower, LeaseService.LeaseTimeToLive, LeaseService.LeaseTimeToLive.request.create({ ID: 7n }));
    c.run(100 * MS);
    expect([record.end, c.record(left).end]).toEqual([undefined, undefined]);
    c.swap(follower);
    c.until(() => record.end !== undefined && c.record(left).end !== undefined);
    expect([record.end?.code, c.record(left).end?.code]).toEqual([0, 0]);
  });

  it('end with "no leader" when the time of a request is over', () => {
    const { c, leader, follower, other } = boot();
    c.kill(leader);
    c.kill(other);
    c.until(() => c.status(follower).lead === 0n);
    const start = c.now;
    const answer = c.call(follower, LeaseService.LeaseTimeToLive, { ID: 7n });
    expect([answer.code, answer.message, c.now - start]).toEqual([14, 'etcdserver: no leader', 7000 * MS]);
  });
});

describe('a leader that has yet to apply what is committed', () => {
  /** The leader is defragmented, which holds up what it applies; meanwhile a follower has answered a grant. */
  function lagging() {
    const { c, leader, follower, other } = boot();
    for (let i = 0; i < 400; i++) c.call(leader, KVService.Put, { key: utf8(`k${i}`), value: new Uint8Array(20_000) });
    c.open(leader, MaintenanceService.Defragment, {});
    c.run(1 * MS);
    const granted = c.call(follower, LeaseService.LeaseGrant, { ID: 9n, TTL: 50n });
    expect(granted.code).toBe(0);
    expect(c.status(leader).applied).toBeLessThan(c.status(leader).commit);
    return { c, leader, other };
  }

  it('answers a renewal and a question once it has applied it, its own and those of others; a swap changes nothing', () => {
    const { c, leader, other } = lagging();
    const own = keepAlive(c, leader, '{"ID":9}');
    const passedOn = keepAlive(c, other, '{"ID":9}');
    const left = c.open(leader, LeaseService.LeaseTimeToLive, LeaseService.LeaseTimeToLive.request.create({ ID: 9n }));
    c.run(5 * MS);
    c.swap(leader);
    expect([own.record.messages, passedOn.record.messages]).toEqual([[], []]);
    c.until(() => own.record.end !== undefined && passedOn.record.end !== undefined && c.record(left).end !== undefined);
    for (const { lines } of [own, passedOn]) expect(lines()).toEqual([expect.stringContaining('"ID":"9","TTL":"50"')]);
    expect(c.record(left).end?.code).toBe(0);
  });
});
