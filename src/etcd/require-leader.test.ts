import { describe, expect, it } from 'vitest';
import { WatchCreateRequest } from '#api/gen/rpc.ts';
import { KVService, WatchService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { CallId } from '#etcd/contract.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const NO_LEADER = { code: 14, message: 'etcdserver: no leader' };

function watch(c: TestCluster, i: number, requireLeader: boolean): CallId {
  const value = WatchCreateRequest.create({ key: utf8('foo') });
  return c.open(i, WatchService.Watch, { requestUnion: { type: 'createRequest', value } }, { requireLeader });
}

/** Three members of which only one is left; it is never the leader. */
function lonely(): { readonly c: TestCluster; readonly left: number; readonly watches: readonly [CallId, CallId]; readonly since: number } {
  const c = new TestCluster({ nodes: 3 }).boot();
  const left = (c.leader + 1) % 3;
  const watches = [watch(c, left, true), watch(c, left, false)] as const;
  c.run(100 * MS);
  for (const i of [0, 1, 2]) if (i !== left) c.kill(i);
  const start = c.now;
  c.until(() => c.status(left).lead === 0n);
  expect(c.now - start).toBeLessThan(2000 * MS);
  return { c, left, watches, since: c.now };
}

describe('a member without a leader', () => {
  it('ends the watches that need one after three election timeouts, and no others', () => {
    const { c, left, watches, since } = lonely();
    const [needs, needsNot] = watches.map((id) => c.record(id));
    c.run(1900 * MS);
    expect(needs?.end).toBeUndefined();
    c.swap(left);
    c.until(() => needs?.end !== undefined);
    expect([needs?.end, needsNot?.end]).toEqual([NO_LEADER, undefined]);
    expect(c.now - since).toBeLessThanOrEqual(3000 * MS);
  });

  it('refuses new calls that need one at once', () => {
    const { c, left } = lonely();
    const calls = [
      watch(c, left, true),
      c.open(left, KVService.Range, KVService.Range.request.create({ key: utf8('a'), serializable: true }), { requireLeader: true }),
    ];
    c.run(10 * MS);
    expect(calls.map((id) => c.record(id).end)).toEqual([NO_LEADER, NO_LEADER]);
  });

  it('keeps the watches when a leader comes in time', () => {
    const { c, left, watches } = lonely();
    c.run(500 * MS);
    for (const i of [0, 1, 2]) if (i !== left) c.start(i);
    c.until(() => c.leader >= 0 && c.status(left).lead !== 0n);
    c.run(5000 * MS);
    expect(watches.map((id) => c.record(id).end)).toEqual([undefined, undefined]);
    c.call(left, KVService.Put, { key: utf8('foo') });
    c.run(50 * MS);
    expect(watches.map((id) => c.record(id).messages.length)).toEqual([2, 2]);
  });
});
