import { describe, expect, it } from 'vitest';
import { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from '#api/gen/rpc.ts';
import { KVService, LeaseService } from '#api/rpc.ts';
import { NO_EVENT } from '#kernel/brand.ts';
import { utf8 } from '#kernel/bytes.ts';
import { decodeTrace } from '#trace/event.ts';
import type { CallId } from '#etcd/contract.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const SECOND = 1000 * MS;
const PROFILES = ['3.4.23', '3.5'] as const;
type Profile = (typeof PROFILES)[number];

const messages = (c: TestCluster): readonly string[] =>
  c.trace.flatMap((block) => decodeTrace(block)).flatMap((event) => (event.type === 'log' ? [event.message] : []));

/** Asks a member to renew lease 7. */
const renew = (c: TestCluster, i: number): CallId => c.open(i, LeaseService.LeaseKeepAlive, LeaseKeepAliveRequest.create({ ID: 7n }));

const ttls = (c: TestCluster, call: CallId): readonly number[] =>
  c.record(call).messages.map((body) => Number(LeaseKeepAliveResponse.decode(body).TTL));

/** What a member knows of lease 7. */
const isThere = (c: TestCluster, i: number): boolean =>
  (c.call(i, LeaseService.LeaseLeases, {}).response?.leases ?? []).some(({ ID }) => ID === 7n);

/** A leader that nobody hears, and that has not stepped down yet. */
function cutOff(profile: Profile, micros: number) {
  const c = new TestCluster({ nodes: 3, config: { profile, electionMicros: 3 * SECOND } }).boot();
  const { leader } = c;
  expect(c.call(leader, LeaseService.LeaseGrant, { ID: 7n, TTL: 5n }).code).toBe(0);
  c.run(6 * SECOND - micros);
  c.isCut = (from, to) => from === leader || to === leader;
  const before = c.status(leader).lastIndex;
  c.run(micros);
  expect(c.status(leader).role).toBe('leader');
  return { c, leader, grown: c.status(leader).lastIndex - before };
}

/** A leader whose loop hangs in a flush, and another that was elected meanwhile and has renewed the lease. */
function hanging(profile: Profile) {
  const c = new TestCluster({ nodes: 3, config: { profile } }).boot();
  const { leader: old } = c;
  expect(c.call(old, LeaseService.LeaseGrant, { ID: 7n, TTL: 6n }).code).toBe(0);
  const seat = c.seats[old];
  if (seat === undefined) throw new Error('no seat');
  const { saveMicros } = seat;
  seat.saveMicros = 9 * SECOND;
  c.open(old, KVService.Put, KVService.Put.request.create({ key: utf8('k') }));
  c.run(SECOND);
  seat.saveMicros = saveMicros;
  c.until(() => c.leader !== old && c.leader >= 0);
  const { leader } = c;
  c.run(SECOND);
  const renewed = renew(c, leader);
  c.run(100 * MS);
  expect(ttls(c, renewed)).toEqual([6]);
  return { c, old, leader };
}

/** Time passes, and the lease is renewed at the leader. */
function pass(c: TestCluster, leader: number, seconds: number): void {
  for (let n = 0; n < seconds; n++) {
    c.run(SECOND);
    renew(c, leader);
  }
  c.run(100 * MS);
}

describe('a lease whose time is over', () => {
  it.each(PROFILES)('is ended by its leader (%s)', (profile) => {
    const c = new TestCluster({ nodes: 3, config: { profile } }).boot();
    c.call(c.leader, LeaseService.LeaseGrant, { ID: 7n, TTL: 2n });
    c.run(3 * SECOND);
    expect(isThere(c, 0)).toBe(false);
  });

  it('is not ended by a leader of 3.5 that hung and was deposed meanwhile; a swap of the member changes nothing', () => {
    const { c, old, leader } = hanging('3.5');
    pass(c, leader, 6);
    c.swap(old);
    pass(c, leader, 10);
    expect(c.status(old).role).toBe('follower');
    expect(isThere(c, leader)).toBe(true);
    expect(messages(c)).toEqual(
      expect.arrayContaining([
        "Failed to check current member's leadership",
        "Ignore the lease revoking request because current member isn't a leader",
      ]),
    );
  });

  it('is ended by one of 3.4.23 all the same (etcd issue 15247)', () => {
    const { c, leader } = hanging('3.4.23');
    pass(c, leader, 16);
    expect(isThere(c, leader)).toBe(false);
  });

  it.each(PROFILES)('is proposed to be ended by one that is cut off and whose loop ticks (%s)', (profile) => {
    expect(cutOff(profile, 2 * SECOND).grown).toBeGreaterThan(0);
  });
});

describe('a lease that is renewed at its leader', () => {
  it('is not renewed by one of 3.5 that hung and was deposed meanwhile: the client is told to go elsewhere', () => {
    const { c, old, leader } = hanging('3.5');
    const call = renew(c, old);
    c.item(old, { type: 'call-message', id: call, body: LeaseKeepAliveRequest.encode({ ID: 7n }).finish(), cause: NO_EVENT });
    c.run(100 * MS);
    c.swap(old);
    expect(c.record(call)).toMatchObject({ messages: [], end: undefined });
    pass(c, leader, 10);
    expect(c.record(call)).toMatchObject({ messages: [], end: { code: 2, message: 'not a primary lessor' } });
    const again = renew(c, old);
    c.run(SECOND);
    expect(ttls(c, again)).toEqual([6]); // it asks the leader now
  });

  it('is renewed by one of 3.4.23 that does not know that it was deposed', () => {
    const { c, old } = hanging('3.4.23');
    const call = renew(c, old);
    c.run(100 * MS);
    expect(ttls(c, call)).toEqual([6]);
  });

  it('is renewed by one of 3.5 that hung and still leads, when that is confirmed, one request after the other', () => {
    const c = new TestCluster({ nodes: 3, config: { profile: '3.5', electionMicros: 10 * SECOND } }).boot();
    const { leader } = c;
    c.call(leader, LeaseService.LeaseGrant, { ID: 7n, TTL: 60n });
    const seat = c.seats[leader];
    if (seat === undefined) throw new Error('no seat');
    seat.saveMicros = SECOND;
    c.open(leader, KVService.Put, KVService.Put.request.create({ key: utf8('k') }));
    c.run(500 * MS);
    const call = renew(c, leader);
    c.item(leader, { type: 'call-message', id: call, body: LeaseKeepAliveRequest.encode({ ID: 8n }).finish(), cause: NO_EVENT });
    c.item(leader, { type: 'call-half-close', id: call, cause: NO_EVENT });
    c.run(100 * MS);
    c.swap(leader);
    expect(ttls(c, call)).toEqual([]);
    c.until(() => c.record(call).end !== undefined);
    expect([ttls(c, call), c.record(call).end?.code]).toEqual([[60, 0], 0]);
  });

  it.each(PROFILES)('is renewed by one that is cut off and whose loop ticks: it asks nobody (%s)', (profile) => {
    const { c, leader } = cutOff(profile, SECOND / 2 + 2 * SECOND);
    const call = renew(c, leader);
    c.run(100 * MS);
    expect(c.status(leader).role).toBe('leader');
    expect(ttls(c, call)).toHaveLength(1);
  });

  it('is not waited for when the client goes', () => {
    const { c, old } = hanging('3.5');
    const call = renew(c, old);
    c.run(100 * MS);
    c.item(old, { type: 'call-cancel', id: call, cause: NO_EVENT });
    c.run(10 * SECOND);
    expect(c.record(call)).toMatchObject({ messages: [], end: undefined });
  });
});
