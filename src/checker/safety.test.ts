import { describe, expect, it } from 'vitest';

import type { MemberStatus } from '#etcd/contract.ts';
import { nodeId, simTime } from '#kernel/brand.ts';
import { SafetyChecker } from '#checker/safety.ts';

/** Members whose logs and statuses a test sets as it likes: lists of terms, `2!` is an entry of term 2 with other content. */
function rig(count = 3) {
  const logs: string[][] = Array.from({ length: count }, () => []);
  const checker = new SafetyChecker(
    logs.map((_, i) => `etcd-${i + 1}`),
    {
      cells: (actor, from, to) =>
        (logs[actor - 1] ?? []).flatMap((text, i) =>
          i + 1 >= from && i + 1 <= to ? [{ index: i + 1, term: Number.parseInt(text, 10), digest: text.length }] : [],
        ),
    },
  );
  let now = 0;
  const show = (actor: number, log: string, more: Partial<MemberStatus> & { incarnation?: number } = {}) => {
    const entries = log === '' ? [] : log.split(' ');
    logs[actor - 1] = entries;
    const lastTerm = Number.parseInt(entries.at(-1) ?? '0', 10);
    const { incarnation = 1, ...rest } = more;
    const commit = rest.commit ?? 0;
    const status: MemberStatus = {
      id: nodeId(BigInt(actor)),
      role: 'follower',
      learner: false,
      term: Math.max(lastTerm, 1),
      vote: nodeId(0n),
      lead: nodeId(0n),
      commit,
      applied: commit,
      firstIndex: 1,
      lastIndex: entries.length,
      lastTerm,
      revision: 1,
      compactRevision: -1,
      electionElapsed: 0,
      electionTimeout: 10,
      nextTickAt: simTime(0),
      saving: 0,
      voters: [],
      ...rest,
    };
    checker.observe(simTime(now++), actor, incarnation, status);
    return checker.violations.map((v) => `${v.property} ${v.index} ${v.members.join(',')}`);
  };
  return { show, checker };
}

describe('a healthy run has no violations', () => {
  it('through replication, a new leader that overwrites what was not committed, a snapshot and a restart', () => {
    const { show } = rig();
    show(1, '1 1', { role: 'leader', term: 1 });
    show(2, '1', {});
    show(2, '1 1', { commit: 1 });
    show(1, '1 1', { role: 'leader', term: 1, commit: 2 });
    show(3, '1', { commit: 1 });
    show(1, '1 1 1', { role: 'leader', term: 1, commit: 2 });
    show(2, '1 1 2', { role: 'leader', term: 2, commit: 2 });
    show(1, '1 1', { term: 2, commit: 2 });
    show(1, '1 1 2', { term: 2, commit: 3 });
    show(3, '1 1 2', { term: 2, commit: 3, firstIndex: 3 });
    show(2, '1 1 2', { term: 2, commit: 3 });
    expect(show(1, '1 1 2', { term: 2, commit: 2, incarnation: 2 })).toEqual([]);
  });

  it('through a snapshot that takes the place of entries that were never committed, at its own index too', () => {
    const { show } = rig();
    show(1, '1 1 3', { term: 3, commit: 3 });
    show(2, '1 1 2', { term: 3, commit: 2 });
    show(2, '1 1 3', { term: 3, commit: 3, firstIndex: 4 });
    show(1, '1 1 3 3', { term: 3, commit: 3 });
    expect(show(2, '1 1 3 3', { term: 3, commit: 3, firstIndex: 4 })).toEqual([]);
  });
});

describe('each property is seen to be broken', () => {
  it('Election Safety: two leaders in one term', () => {
    const { show } = rig();
    show(1, '1', { role: 'leader', term: 4 });
    expect(show(2, '1', { role: 'leader', term: 4 })).toEqual(['election-safety 0 etcd-1,etcd-2']);
  });

  it('Log Matching: the same entry after different ones', () => {
    const { show } = rig();
    show(1, '1 2 3', { term: 3 });
    expect(show(2, '1 1 3', { term: 3 })).toEqual(['log-matching 3 etcd-1,etcd-2']);
  });

  it('Log Matching: one index and term with different content', () => {
    const { show } = rig();
    show(1, '1 2', { term: 2 });
    expect(show(2, '1 2!', { term: 2 })).toEqual(['log-matching 2 etcd-1,etcd-2']);
  });

  it('Leader Completeness: a leader without a committed entry, and one with another in its place', () => {
    const one = rig();
    one.show(1, '1 1', { role: 'leader', term: 1, commit: 2 });
    expect(one.show(2, '1', { role: 'leader', term: 2, commit: 1 })).toEqual(['leader-completeness 2 etcd-2,etcd-1']);
    const other = rig();
    other.show(1, '1 2', { role: 'leader', term: 2, commit: 2 });
    expect(other.show(2, '1 3', { role: 'leader', term: 4, commit: 1 })).toEqual(['leader-completeness 2 etcd-2,etcd-1']);
  });

  it('State Machine Safety: different entries committed at one index', () => {
    const { show } = rig();
    show(1, '1 2', { commit: 2 });
    expect(show(2, '1 3', { commit: 2 })).toEqual(['state-machine-safety 2 etcd-1,etcd-2']);
  });

  it('State Machine Safety: committed beyond the log, applied beyond the commit, another revision after the same entries', () => {
    expect(rig().show(1, '1', { commit: 2 })).toEqual(['state-machine-safety 2 etcd-1']);
    expect(rig().show(1, '1 1', { commit: 1, applied: 2 })).toEqual(['state-machine-safety 2 etcd-1']);
    const { show } = rig();
    show(1, '1 1', { commit: 2, revision: 2 });
    expect(show(2, '1 1', { commit: 2, revision: 3 })).toEqual(['state-machine-safety 2 etcd-1,etcd-2']);
  });

  it('terms and commit indexes that fall', () => {
    const { show } = rig();
    show(1, '1 1', { term: 5, commit: 2 });
    expect(show(1, '1 1', { term: 4, commit: 1 })).toEqual([
      'monotone-term 0 etcd-1',
      'monotone-commit 1 etcd-1',
      'monotone-commit 1 etcd-1',
    ]);
  });
});

it('finds a difference deep in a long log that was rewritten', () => {
  const { show } = rig();
  const long = Array.from({ length: 300 }, () => '1');
  show(1, long.join(' '), { commit: 300 });
  show(2, long.join(' '));
  const rewritten = long.map((t, i) => (i === 40 ? '1!' : t)).concat('2');
  show(2, [...rewritten.slice(0, 20), '2'].join(' '), { term: 2 });
  expect(show(2, rewritten.join(' '), { term: 2 })).toContain('log-matching 41 etcd-1,etcd-2');
});
