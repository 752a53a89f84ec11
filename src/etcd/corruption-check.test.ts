import { describe, expect, it } from 'vitest';
import { AlarmType } from '#api/gen/rpc.ts';
import { KVService, MaintenanceService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import { decodePlain, type Plain } from '#kernel/plain.ts';
import { decodeTrace } from '#trace/event.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const SECOND = 1000 * MS;
const PERIODIC = { settings: { corruptCheckMicros: 10 * SECOND } };
const INITIAL = { settings: { initialCorruptCheck: true } };

const lines = (c: TestCluster, message: string): readonly Plain[] =>
  c.trace
    .flatMap((block) => decodeTrace(block))
    .flatMap((event) => (event.type === 'log' && event.message === message ? [decodePlain(event.fields)] : []));

/** Restarts a member with other settings than the rest. */
function restart(c: TestCluster, i: number, config: Partial<MemberConfig>): void {
  c.kill(i);
  const seat = c.seats[i];
  if (seat === undefined) throw new Error(`no seat ${i}`);
  c.seats[i] = { ...seat, config: { ...seat.config, ...config } };
  c.start(i);
}

function boot(config: Partial<MemberConfig>) {
  const c = new TestCluster({ nodes: 3, config }).boot();
  const { leader } = c;
  return { c, leader, follower: (leader + 1) % 3 };
}

/** Writes of different keys that are committed together. */
function burst(c: TestCluster, i: number): void {
  for (const key of ['a', 'b', 'c', 'd']) c.open(i, KVService.Put, KVService.Put.request.create({ key: utf8(key), value: utf8(key) }));
  c.run(SECOND);
}

const alarms = (c: TestCluster) => {
  const { response } = c.call(c.leader, MaintenanceService.Alarm, {});
  return response?.alarms.map(({ memberID, alarm }) => [memberID, alarm]);
};

describe('the leader’s corruption check', () => {
  it('finds nothing while the members are equal, also with one that is slow, killed or replaced by its copy', () => {
    const { c, leader, follower } = boot(PERIODIC);
    for (let n = 0; n < 6; n++) {
      burst(c, leader);
      if (n === 1) c.call(leader, KVService.Compact, { revision: 4n });
      if (n === 2) c.kill(follower);
      if (n === 4) c.start(follower);
      c.swap(leader);
      c.run(7 * SECOND);
    }
    expect(lines(c, 'enabled corruption checking')[0]).toMatchObject({ interval: '10s' });
    expect(lines(c, 'finished peer corruption check').length).toBeGreaterThan(2);
    expect(alarms(c)).toEqual([]);
  });

  it('raises CORRUPT for the member that differs, after which nothing can be written', () => {
    const { c, leader, follower } = boot(PERIODIC);
    restart(c, follower, { broken: ['swap-applies'] });
    c.run(SECOND);
    burst(c, leader); // it applies two of these in the wrong order
    c.run(15 * SECOND);
    expect(lines(c, 'same compact revision then hashes must match')).toHaveLength(1);
    expect(alarms(c)).toEqual([[c.seats[follower]?.id, AlarmType.CORRUPT]]);
    expect(c.call(leader, KVService.Put, { key: utf8('k') }).message).toBe('etcdserver: corrupt cluster');
  });

  it('raises nothing on the word of a leader that cannot know', () => {
    const { c, leader, follower } = boot(PERIODIC);
    burst(c, leader);
    c.isCut = (from, to) => from !== to && (from === leader || to === leader);
    c.until(() => c.status(follower).role === 'leader' || c.status((leader + 2) % 3).role === 'leader');
    burst(c, c.leader);
    c.run(20 * SECOND);
    c.isCut = () => false;
    c.run(20 * SECOND);
    expect(alarms(c)).toEqual([]);
  });
});

describe('the corruption check before the start', () => {
  it('lets a member start whose data are those of its peers, and is left out for one that is new', () => {
    const { c, leader, follower } = boot(INITIAL);
    burst(c, leader);
    expect(lines(c, 'starting initial corruption check')).toEqual([]);
    restart(c, follower, {});
    c.swap(follower); // in the midst of it
    c.run(5 * SECOND);
    expect(lines(c, 'initial corruption checking passed; no corruption')).toHaveLength(1);
    burst(c, leader);
    expect(c.status(follower).applied).toBe(c.status(leader).applied);
    expect(c.call(follower, KVService.Range, { key: utf8('a') }).response?.kvs).toHaveLength(1);
  });

  it('ends one whose data differ, in etcd’s words', () => {
    const { c, leader, follower } = boot(INITIAL);
    restart(c, follower, { broken: ['swap-applies'] });
    c.run(SECOND);
    burst(c, leader);
    const other = (leader + 2) % 3;
    restart(c, other, {}); // it differs from the follower, and cannot tell who is wrong
    c.run(5 * SECOND);
    const id = c.seats[other]?.id.toString(16);
    expect(c.seats[other]?.halt).toMatchObject({ type: 'start', message: `${id} found data inconsistency with peers` });
    expect(lines(c, 'found different hash values from remote peer')).toHaveLength(1);
    expect(lines(c, 'checkInitialHashKV failed')).toHaveLength(1);
    expect(alarms(c)).toEqual([]);
  });

  it('does not wait for peers that are not there, nor for ever for those that are silent', () => {
    const { c, leader, follower } = boot(INITIAL);
    const other = (leader + 2) % 3;
    c.kill(other);
    c.kill(leader);
    restart(c, follower, {});
    c.run(100 * MS);
    expect(lines(c, 'initial corruption checking passed; no corruption')).toHaveLength(1);
    c.start(leader);
    c.isCut = () => true;
    restart(c, follower, {});
    c.run(6 * SECOND);
    expect(lines(c, 'initial corruption checking passed; no corruption')).toHaveLength(1);
    c.run(4 * SECOND);
    expect(lines(c, 'initial corruption checking passed; no corruption')).toHaveLength(3);
    c.isCut = () => false;
    c.until(() => c.leader >= 0);
  });
});
