import { describe, expect, it } from 'vitest';
import { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from '#api/gen/rpc.ts';
import { LeaseService } from '#api/rpc.ts';
import { NO_EVENT } from '#kernel/brand.ts';
import { concatBytes, fromUtf8 } from '#kernel/bytes.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const SECOND = 1000 * MS;
const MINUTE = 60 * SECOND;
const TTL = 1000n;
/** Fewer ticks in long tests: half a second, and five of an election. */
const SLOW = { heartbeatMicros: 500 * MS, electionMicros: 5 * SECOND };

/** A cluster with a lease of 1000 s that is `age` µs old. */
function aged(settings: MemberConfig['settings'], age: number, config: Partial<MemberConfig> = {}) {
  const c = new TestCluster({ nodes: 3, config: { ...SLOW, ...config, ...(settings === undefined ? {} : { settings }) } }).boot();
  const { leader } = c;
  c.call(leader, LeaseService.LeaseGrant, { ID: 7n, TTL });
  c.run(age);
  return { c, leader };
}

const left = (c: TestCluster): number => Number(c.call(c.leader, LeaseService.LeaseTimeToLive, { ID: 7n }).response?.TTL ?? -1n);

/** Another member leads. */
function replaceLeader(c: TestCluster): void {
  const { leader } = c;
  c.kill(leader);
  c.until(() => c.leader >= 0 && c.leader !== leader);
  c.start(leader);
  c.run(SECOND);
}

describe('what a new leader gives a lease that is 11 minutes old', () => {
  it('is its full time without checkpoints', () => {
    const { c } = aged({}, 11 * MINUTE);
    replaceLeader(c);
    expect(left(c)).toBeGreaterThan(990);
  });

  it.each(['3.4.23', '3.5'] as const)('is what was left at the last checkpoint, ten minutes after the grant, in %s', (profile) => {
    const { c } = aged({ leaseCheckpoint: true }, 11 * MINUTE, { profile });
    expect(left(c)).toBe(340);
    replaceLeader(c);
    expect(left(c)).toBeLessThanOrEqual(405);
    expect(left(c)).toBeGreaterThan(395);
  });

  it('is its full time again once it was renewed', () => {
    const { c, leader } = aged({ leaseCheckpoint: true }, 11 * MINUTE);
    c.http((leader + 1) % 3, 'POST', '/v3/lease/keepalive', '{"ID":7}');
    c.run(SECOND);
    expect(left(c)).toBeGreaterThan(990);
    replaceLeader(c);
    expect(left(c)).toBeGreaterThan(990);
  });

  it.each([
    ['3.5', true, true],
    ['3.5', false, false],
    ['3.4.23', true, false],
  ] as const)('after all were restarted depends on what is stored: %s, persist %s', (profile, leaseCheckpointPersist, isStored) => {
    const { c } = aged({ leaseCheckpoint: true, leaseCheckpointPersist }, 11 * MINUTE, { profile });
    c.seats.forEach((_, i) => c.kill(i));
    c.seats.forEach((_, i) => c.start(i));
    c.until(() => c.leader >= 0);
    c.run(SECOND);
    if (isStored) expect(left(c)).toBeLessThan(410);
    else expect(left(c)).toBeGreaterThan(990);
  });
});

describe('a renewal that clears a checkpoint', () => {
  it('is answered when the clearing is applied, and not before', () => {
    const { c, leader } = aged({ leaseCheckpoint: true }, 11 * MINUTE);
    c.isCut = (from, to) => from !== leader && to === leader; // nobody confirms what the leader proposes
    const call = c.http(leader, 'POST', '/v3/lease/keepalive', '{"ID":7}');
    c.run(200 * MS);
    expect(c.record(call).messages).toEqual([]);
    expect(c.record(call).end).toBeUndefined();
    c.isCut = () => false;
    c.until(() => c.record(call).end !== undefined);
    expect(fromUtf8(concatBytes(c.record(call).messages))).toContain('"TTL":"1000"');
    expect(left(c)).toBeGreaterThan(990);
  });

  it('answers the requests of a stream in their order', () => {
    const { c, leader } = aged({ leaseCheckpoint: true }, 11 * MINUTE);
    c.call(leader, LeaseService.LeaseGrant, { ID: 8n, TTL: 100n });
    const call = c.open(leader, LeaseService.LeaseKeepAlive, { ID: 7n });
    for (const id of [8n, 7n, 9n])
      c.item(leader, { type: 'call-message', id: call, body: LeaseKeepAliveRequest.encode({ ID: id }).finish(), cause: NO_EVENT });
    c.run(SECOND);
    const answers = c.record(call).messages.map((body) => LeaseKeepAliveResponse.decode(body));
    expect(answers.map(({ ID, TTL }) => [Number(ID), Number(TTL)])).toEqual([
      [7, 1000],
      [8, 100],
      [7, 1000],
      [9, 0],
    ]);
  });
});

describe('checkpoints', () => {
  it('are made every five minutes of leases with more than that left, and of no others', () => {
    const { c, leader } = aged({ leaseCheckpoint: true }, 0);
    c.call(leader, LeaseService.LeaseGrant, { ID: 8n, TTL: 300n });
    c.run(4 * MINUTE + 58 * SECOND);
    const before = c.status(leader).applied;
    c.run(4 * SECOND); // 7 is checkpointed, 8 expires
    expect(c.status(leader).applied).toBe(before + 2);
    c.run(4 * MINUTE + 50 * SECOND);
    expect(c.status(leader).applied).toBe(before + 2);
    c.run(10 * SECOND);
    expect(c.status(leader).applied).toBe(before + 3);
    c.run(6 * MINUTE); // no more: 400 s were left, then 100
    expect(c.status(leader).applied).toBe(before + 4);
    c.run(2 * MINUTE);
    expect(c.call(leader, LeaseService.LeaseLeases, {}).response?.leases).toEqual([]);
  });

  it('are part of a member’s encoding', () => {
    const { c, leader } = aged({ leaseCheckpoint: true }, 4 * MINUTE);
    c.swap(leader);
    c.run(2 * MINUTE);
    c.seats.forEach((_, i) => c.swap(i));
    replaceLeader(c);
    expect(left(c)).toBeLessThanOrEqual(705);
  });
});
