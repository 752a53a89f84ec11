import { describe, expect, it } from 'vitest';
import { ClusterService, KVService, MaintenanceService } from '#api/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { utf8 } from '#kernel/bytes.ts';
import { decodeTrace } from '#trace/event.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const add = (c: TestCluster, i: number, url: string, isLearner = false) =>
  c.call(i, ClusterService.MemberAdd, { peerURLs: [url], isLearner });

describe('changes of the membership', () => {
  it('wait until the connections have stood for five seconds', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    expect(add(c, 0, 'http://127.0.0.1:9001').message).toBe(ERRORS.UnhealthyCluster.message);
    c.run(6000 * MS);
    const added = add(c, 0, 'http://127.0.0.1:9001');
    expect(added.response?.members).toHaveLength(4);
    expect(added.response?.member?.name).toBe('');
    const again = add(c, 0, 'http://127.0.0.1:9002');
    expect(again.message).toBe(ERRORS.UnhealthyCluster.message);
    const removed = c.call(0, ClusterService.MemberRemove, { ID: added.response?.member?.ID ?? 0n });
    expect(removed.response?.members).toHaveLength(3);
  });

  it('know learners: one at a time, none before it is in step', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    const ID = add(c, 0, 'http://127.0.0.1:9001', true).response?.member?.ID ?? 0n;
    expect(add(c, 0, 'http://127.0.0.1:9002', true).message).toBe(ERRORS.TooManyLearners.message);
    expect(c.call(0, ClusterService.MemberPromote, { ID }).message).toBe(ERRORS.MemberLearnerNotReady.message);
    expect(c.call(0, ClusterService.MemberPromote, { ID: c.status(0).id }).message).toBe(ERRORS.MemberNotLearner.message);
    expect(c.call(0, ClusterService.MemberUpdate, { ID: 5n, peerURLs: ['http://127.0.0.1:1'] }).message).toBe(
      ERRORS.MemberNotFound.message,
    );
    expect(c.call(0, ClusterService.MemberRemove, { ID }).code).toBe(0);
    expect(c.call(0, ClusterService.MemberRemove, { ID }).message).toBe(ERRORS.MemberNotFound.message);
    expect(c.call(0, ClusterService.MemberAdd, { peerURLs: ['nonsense'] }).message).toBe(ERRORS.MemberBadURLs.message);
  });
});

describe('moving the leadership', () => {
  it('is answered when the other leads', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const { leader } = c;
    const other = (leader + 1) % 3;
    const targetID = c.seats[other]?.id ?? 0n;
    expect(c.call(leader, MaintenanceService.MoveLeader, { targetID }).code).toBe(0);
    expect(c.status(leader).lead).toBe(targetID);
    expect(c.call(other, MaintenanceService.MoveLeader, { targetID }).code).toBe(0);
    expect(c.call(leader, MaintenanceService.MoveLeader, { targetID }).message).toBe(ERRORS.NotLeader.message);
  });

  it('is seen at the next look, a tick interval after the call or a multiple of it', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const { leader } = c;
    const targetID = c.seats[(leader + 1) % 3]?.id ?? 0n;
    const asked = c.now;
    const call = c.open(leader, MaintenanceService.MoveLeader, { targetID });
    c.run(20 * MS);
    expect(c.leader).toBe((leader + 1) % 3);
    expect(c.calls.get(`${call.client}/${call.call}`)?.end).toBeUndefined();
    c.swap(leader);
    c.run(200 * MS);
    expect(c.calls.get(`${call.client}/${call.call}`)).toMatchObject({ end: { code: 0 }, endedAt: asked + 100 * MS });
  });

  it('waits as long as its client does for a member that cannot take over', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    const { leader } = c;
    const target = (leader + 1) % 3;
    c.kill(target);
    const call = c.open(leader, MaintenanceService.MoveLeader, { targetID: c.seats[target]?.id ?? 0n });
    c.run(20_000 * MS);
    expect(c.leader).toBe(leader);
    expect(c.calls.get(`${call.client}/${call.call}`)?.end).toBeUndefined();
    expect(c.call(leader, KVService.Put, { key: utf8('a') }).code).toBe(0);
  });
});

describe('a removed member', () => {
  it("goes on for a second, so that the others learn of it, and then ends with etcd's lines", () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    c.run(6000 * MS);
    const follower = (c.leader + 1) % 3;
    expect(c.call(c.leader, ClusterService.MemberRemove, { ID: c.status(follower).id }).code).toBe(0);
    c.run(2000 * MS);
    expect(c.seats[follower]?.halt).toMatchObject({ type: 'removed', message: 'the member has been permanently removed from the cluster' });
    expect(logTexts(c).slice(-2)).toEqual(['server error', 'data-dir used by this member must be removed']);
  });

  it('that was down meanwhile is told so by whoever hears from it', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    c.run(6000 * MS);
    const follower = (c.leader + 1) % 3;
    const { id } = c.status(follower);
    c.kill(follower);
    expect(c.call(c.leader, ClusterService.MemberRemove, { ID: id }).code).toBe(0);
    c.start(follower);
    c.run(3000 * MS);
    expect(c.seats[follower]?.halt?.type).toBe('removed');
    expect(logTexts(c)).toContain('rejected stream from remote peer because it was removed');
    const { term } = c.status(c.leader);
    c.run(3000 * MS);
    expect(c.status(c.leader).term).toBe(term);
  });

  it('that leads hands nothing over: the others elect when it is gone', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    c.run(6000 * MS);
    const old = c.leader;
    expect(c.call(old, ClusterService.MemberRemove, { ID: c.status(old).id }).code).toBe(0);
    c.run(4000 * MS);
    expect(c.seats[old]?.halt?.type).toBe('removed');
    expect(c.leader).not.toBe(old);
    expect(c.leader).toBeGreaterThanOrEqual(0);
  });
});

describe('--strict-reconfig-check=false', () => {
  it('lets the membership change whatever the connections are like', () => {
    const c = new TestCluster({ nodes: 3, config: { strictReconfigCheck: false } }).boot();
    expect(add(c, 0, 'http://127.0.0.1:9001').code).toBe(0);
    expect(add(c, 0, 'http://127.0.0.1:9002').code).toBe(0);
  });
});

const logTexts = (c: TestCluster): readonly string[] =>
  c.trace.flatMap((block) => decodeTrace(block).flatMap((event) => (event.type === 'log' ? [event.message] : [])));
