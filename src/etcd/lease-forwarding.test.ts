import { describe, expect, it } from 'vitest';
import { LeaseService } from '#api/rpc.ts';
import { concatBytes, fromUtf8 } from '#kernel/bytes.ts';
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
