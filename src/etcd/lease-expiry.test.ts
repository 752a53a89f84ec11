import { describe, expect, it } from 'vitest';
import { LeaseService } from '#api/rpc.ts';
import { decodeTrace } from '#trace/event.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const SECOND = 1000 * MS;

const messages = (c: TestCluster): readonly string[] =>
  c.trace.flatMap((block) => decodeTrace(block)).flatMap((event) => (event.type === 'log' ? [event.message] : []));

/** A leader that nobody hears, and whose lease ends before it steps down; what its log has grown by until then. */
function cutOff(profile: '3.4.23' | '3.5') {
  const c = new TestCluster({ nodes: 3, config: { profile, electionMicros: 3 * SECOND } }).boot();
  const { leader } = c;
  expect(c.call(leader, LeaseService.LeaseGrant, { ID: 7n, TTL: 5n }).code).toBe(0);
  c.run(4 * SECOND);
  c.isCut = (from, to) => from === leader || to === leader;
  const before = c.status(leader).lastIndex;
  c.run(2 * SECOND);
  expect(c.status(leader).role).toBe('leader');
  return { c, leader, grown: c.status(leader).lastIndex - before };
}

describe('a lease whose time is over', () => {
  it('is ended by its leader', () => {
    for (const profile of ['3.4.23', '3.5'] as const) {
      const c = new TestCluster({ nodes: 3, config: { profile } }).boot();
      c.call(c.leader, LeaseService.LeaseGrant, { ID: 7n, TTL: 2n });
      c.run(3 * SECOND);
      expect(c.call(0, LeaseService.LeaseLeases, {}).response?.leases).toEqual([]);
    }
  });

  it('is not ended by one of 3.5 that cannot make sure that it leads; after a swap of the member neither', () => {
    const { c, leader, grown } = cutOff('3.5');
    expect(grown).toBe(0);
    c.swap(leader);
    c.run(10 * SECOND);
    c.isCut = () => false;
    c.run(SECOND);
    expect(messages(c)).toEqual(
      expect.arrayContaining([
        "Failed to check current member's leadership",
        "Ignore the lease revoking request because current member isn't a leader",
      ]),
    );
  });

  it('is proposed to be ended by one of 3.4.23 all the same', () => {
    expect(cutOff('3.4.23').grown).toBeGreaterThan(0);
  });
});
