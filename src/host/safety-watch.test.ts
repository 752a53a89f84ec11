import { expect, it } from 'vitest';
import { NO_NODE, nodeId, simTime } from '#kernel/brand.ts';
import type { MemberStatus } from '#etcd/contract.ts';
import { SafetyWatch } from '#host/safety-watch.ts';
import { createSeat, type Seat } from '#sim/member-seat.ts';
import { defaultRunOptions, memberConfigs } from '#sim/run-options.ts';

const status: MemberStatus = {
  id: nodeId(1n),
  role: 'follower',
  learner: false,
  term: 2,
  vote: NO_NODE,
  lead: NO_NODE,
  commit: 8,
  applied: 8,
  firstIndex: 1,
  lastIndex: 8,
  lastTerm: 2,
  revision: 1,
  compactRevision: -1,
  electionElapsed: 0,
  electionTimeout: 10,
  nextTickAt: simTime(0),
  saving: 0,
  voters: [],
};

function seats(...statuses: readonly Partial<MemberStatus>[]): Seat[] {
  const options = defaultRunOptions();
  return memberConfigs(1, options).flatMap((config, i) => {
    const own = statuses[i];
    return own === undefined ? [] : [{ ...createSeat(i + 1, config, 1, options), incarnation: 1, status: { ...status, ...own } }];
  });
}

const newWatch = (saved?: ReturnType<SafetyWatch['save']>): SafetyWatch => new SafetyWatch(() => undefined, '3.5', saved);

it('says of each property how it stands, since when, and what was found first, also after a reload', () => {
  const watch = newWatch();
  watch.look(1000, seats({}, {}));
  expect(watch.take()).toEqual([]);
  watch.look(2000, seats({}, { revision: 2 }));
  expect(watch.take().map(({ property }) => property)).toEqual(['state-machine-safety']);
  watch.look(3000, seats({}, { revision: 2 }));
  expect(watch.take()).toEqual([]);
  const view = newWatch(watch.save()).view();
  expect(view.find((one) => one.property === 'state-machine-safety')).toMatchObject({
    group: 'raft',
    state: 'violated',
    since: 2000,
    violation: { at: 2000, members: ['etcd-1', 'etcd-2'], detail: 'after entry 8: revision 1 on etcd-1, 2 on etcd-2' },
  });
  expect(view.find((one) => one.property === 'watch-ordered')).toMatchObject({ state: 'unchecked', since: undefined });
});

it('compares the ends of logs (Log Matching, §5.3)', () => {
  const watch = newWatch();
  const cell = (index: number, term: number, label: string) => ({ index, term, kind: 'normal', label });
  watch.lookAtLog(1000, 'etcd-1', 'c', [cell(1, 1, 'a=1'), cell(2, 2, 'a=2')]);
  watch.lookAtLog(1000, 'etcd-2', 'c', [cell(1, 1, 'a=1'), cell(2, 2, 'a=2'), cell(3, 2, 'a=3')]);
  watch.lookAtLog(1000, 'etcd-3', 'other', [cell(2, 2, 'b')]);
  expect(watch.take()).toEqual([]);
  watch.lookAtLog(2000, 'etcd-3', 'c', [cell(1, 2, 'a=1'), cell(2, 2, 'a=2')]);
  expect(watch.take()).toEqual([expect.objectContaining({ property: 'log-matching', index: 2, members: ['etcd-1', 'etcd-3'] })]);
});
