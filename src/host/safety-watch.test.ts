import { describe, expect, it } from 'vitest';
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

const properties = (watch: SafetyWatch, ...statuses: readonly Partial<MemberStatus>[]): readonly string[] => {
  watch.look(1000, seats(...statuses));
  return watch.take().map((v) => v.property);
};

describe('the watch over safety', () => {
  it('has nothing against a cluster that behaves', () => {
    const watch = new SafetyWatch();
    expect(properties(watch, { role: 'leader' }, {}, { term: 1, applied: 3, commit: 3 })).toEqual([]);
    expect(
      properties(
        watch,
        { role: 'follower', term: 3 },
        { role: 'leader', term: 3, applied: 9, commit: 9, revision: 2 },
        { applied: 8, commit: 8 },
      ),
    ).toEqual([]);
  });

  it('sees two leaders of one term, also one after the other', () => {
    expect(properties(new SafetyWatch(), { role: 'leader' }, { role: 'leader' })).toEqual(['election-safety']);
    const watch = new SafetyWatch();
    properties(watch, { role: 'leader' });
    expect(properties(watch, {}, { role: 'leader' })).toEqual(['election-safety']);
  });

  it('sees a term or a commit index that falls within a process', () => {
    const watch = new SafetyWatch();
    properties(watch, {});
    expect(properties(watch, { term: 1, commit: 7 })).toEqual(['monotone-term', 'monotone-commit']);
  });

  it('sees stores that differ after the same entries', () => {
    expect(properties(new SafetyWatch(), {}, { revision: 2 })).toEqual(['state-machine-safety']);
  });

  it('says of each property how it stands, since when, and what was found first, also after a reload', () => {
    const watch = new SafetyWatch();
    properties(watch, { role: 'leader' }, { role: 'leader' });
    const view = new SafetyWatch(watch.save()).view();
    expect(view.find((one) => one.property === 'election-safety')).toEqual({
      property: 'election-safety',
      group: 'raft',
      state: 'violated',
      since: 1000,
      checks: 3,
      violation: expect.objectContaining({ at: 1000, members: ['etcd-1', 'etcd-2'], detail: 'etcd-1 and etcd-2 lead term 2' }) as unknown,
    });
    expect(view.find((one) => one.property === 'state-machine-safety')).toMatchObject({ state: 'holds', violation: undefined });
    expect(view.find((one) => one.property === 'watch-ordered')).toMatchObject({ state: 'unchecked', since: undefined });
  });
});
