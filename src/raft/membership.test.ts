/** Changes of the configuration on running nodes (paper §6; dissertation §4), and learners in every role. */

import { describe, expect, it } from 'vitest';
import { NO_NODE } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { encodeConfChange, LEAVE_JOINT, parseChanges, type ConfChange, type ConfChangeTransition } from '#raft/conf-change.ts';
import type { Entry } from '#raft/entry.ts';
import { APPLY_THREAD } from '#raft/message.ts';
import { entry, Lone, msgApp, msgAppResp, msgVote, sentTo } from '#raft/testing/build.ts';
import { id, Network } from '#raft/testing/network.ts';

const change = (text: string, transition: ConfChangeTransition = 'auto'): ConfChange => ({
  version: 2,
  transition,
  changes: parseChanges(text) ?? [],
  context: EMPTY_BYTES,
});
const changeV1 = (text: string): ConfChange => {
  const [first] = parseChanges(text) ?? [];
  if (first === undefined) throw new Error(text);
  return { version: 1, id: 1n, change: first, context: EMPTY_BYTES };
};
const configOf = (net: Network, n: number): unknown => {
  const { voters, outgoing, learners, learnersNext } = net.node(n).configuration;
  const text = (ids: readonly bigint[]): string => ids.join(' ');
  return [text(voters), text(outgoing), text(learners), text(learnersNext)];
};

describe('adding and removing', () => {
  it.each(['v1', 'v2'])('one voter at a time goes the simple way (%s)', (version) => {
    const net = new Network([1, 2]);
    net.elect(1);
    net.add(3, [1, 2]);
    net.node(1).proposeConfChange(version === 'v1' ? changeV1('v3') : change('v3'));
    net.settle();
    net.tick(1, 1);
    for (const n of [1, 2, 3]) expect(configOf(net, n)).toEqual(['1 2 3', '', '', '']);
    net.propose(1, 'x');
    expect(net.peer(3).applied).toEqual(['x']);
  });

  it('several at a time goes through a joint configuration that is left by itself', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    for (const n of [4, 5]) net.add(n, [1, 2, 3]);
    net.node(1).proposeConfChange(change('v4 v5 r2 l3'));
    net.settle();
    net.tick(1, 1);
    expect(configOf(net, 1)).toEqual(['1 4 5', '', '3', '']);
    const seen = net.peer(1).events.filter((event) => event.type === 'switched-to-configuration');
    expect(seen.at(-2)).toMatchObject({ config: { outgoing: [id(1), id(2), id(3)], learnersNext: [id(3)], autoLeave: true } });
    expect(net.peer(1).events.some(({ type }) => type === 'auto-leave-started')).toBe(true);
  });

  it('leaves a joint configuration by itself only when its change is reported as applied', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1 }).lead();
    lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    lone.node.proposeConfChange(change('v4 v5'));
    lone.flush();
    // The change is applied, but what is reported is an entry before it: a storage thread may be ahead of its answers.
    lone.node.applyConfChange(change('v4 v5'));
    lone.node.stepLocal({ type: 'MsgStorageApplyResp', from: APPLY_THREAD, to: id(1), term: lone.status.term, entries: [entry(2, 2)] });
    expect([lone.status.lastIndex, lone.eventsOf('auto-leave-started')]).toEqual([3, []]);
    lone.step(msgAppResp({ from: 2, term: 2 }, 3), msgAppResp({ from: 4, term: 2 }, 3));
    expect(lone.eventsOf('auto-leave-started')).toHaveLength(1);
    expect(lone.status.lastIndex).toBe(4);
  });

  it('explicitly joint waits to be told to leave', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.node(1).proposeConfChange(change('r3', 'joint-explicit'));
    net.settle();
    expect(configOf(net, 1)).toEqual(['1 2', '1 2 3', '', '']);
    net.node(1).proposeConfChange(change('v3'));
    net.settle();
    expect(net.peer(1).events.findLast(({ type }) => type === 'conf-change-ignored')).toMatchObject({ reason: 'must-leave-joint' });
    net.node(1).proposeConfChange(LEAVE_JOINT);
    net.settle();
    expect(configOf(net, 1)).toEqual(['1 2', '', '', '']);
    net.node(1).proposeConfChange(LEAVE_JOINT);
    net.settle();
    expect(net.peer(1).events.findLast(({ type }) => type === 'conf-change-ignored')).toMatchObject({ reason: 'not-joint' });
  });

  it('needs both majorities while it is joint', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    for (const n of [4, 5]) net.add(n, [1, 2, 3]);
    net.node(1).proposeConfChange(change('v4 v5 r2 r3', 'joint-explicit'));
    net.settle();
    net.tick(1, 1);
    net.isolate(4);
    net.isolate(5);
    net.propose(1, 'x'); // 1, 2 and 3 have it: the outgoing majority, not the incoming one
    expect(net.peer(1).applied).toEqual([]);
    net.heal();
    net.tick(1, 2);
    expect(net.peer(1).applied).toEqual(['x']);
  });

  it('is refused while another change is not applied, and leaves an empty entry', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1 }).lead();
    lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    lone.node.proposeConfChange(change('v4'));
    lone.node.proposeConfChange(change('v5'));
    expect(lone.eventsOf('conf-change-ignored')).toMatchObject([{ reason: 'unapplied-change', pendingIndex: 3, applied: 2 }]);
    expect(lone.node.ready().entries.map(({ type }) => type)).toEqual(['EntryConfChangeV2', 'EntryNormal']);
  });

  it('is not refused where validation is switched off', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1, config: { disableConfChangeValidation: true } }).lead();
    lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    lone.node.proposeConfChange(change('v4'));
    lone.node.proposeConfChange(LEAVE_JOINT);
    expect(lone.eventsOf('conf-change-ignored')).toEqual([]);
    expect(lone.node.ready().entries.map(({ type }) => type)).toEqual(['EntryConfChangeV2', 'EntryConfChangeV2']);
  });

  it('waits on a fresh leader until everything before its term is applied', () => {
    const lone = new Lone({ log: [1, 1], commit: 1, applied: 1 }).lead();
    lone.node.proposeConfChange(change('v4'));
    expect(lone.eventsOf('conf-change-ignored')).toMatchObject([{ reason: 'unapplied-change', pendingIndex: 2 }]);
  });

  it('to a smaller configuration commits at once what that has already, and tells everyone', () => {
    const lone = new Lone({ voters: [1, 2], learners: [4], log: [1], commit: 1, applied: 1 }).lead();
    lone.step(msgAppResp({ from: 4, term: 2 }, 2));
    lone.node.propose(utf8('x'));
    lone.flush();
    expect(lone.status.commit).toBe(1); // nobody but the leader has it
    lone.node.applyConfChange(change('r2'));
    expect(lone.status.commit).toBe(3);
    expect(sentTo(lone.flush(), 4, 'MsgApp').map(({ commit, entries }) => [commit, entries.length])).toEqual([[3, 0]]);
  });

  it('that commits nothing sends what there is to those who have not got it, and nothing empty', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1 }).lead();
    lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    lone.node.applyConfChange(change('l4'));
    const sent = lone.flush();
    expect(sentTo(sent, 2, 'MsgApp')).toEqual([]);
    expect(sentTo(sent, 4, 'MsgApp')).toEqual([msgApp({ from: 1, to: 4, term: 2 }, 1, 1, [entry(2, 2)], 2)]);
    expect(lone.status.progressById.get(id(4))).toMatchObject({ match: 0, next: 2, state: 'probe' });
  });

  it('commits what the smaller configuration has already', () => {
    const net = new Network([1, 2]);
    net.elect(1);
    net.node(1).proposeConfChange(change('r2'));
    // Node 2 acknowledges the change and is gone; the next entry is only on node 1.
    net.settle();
    net.isolate(2);
    net.propose(1, 'alone');
    expect(configOf(net, 1)).toEqual(['1', '', '', '']);
    expect(net.peer(1).applied).toEqual(['alone']);
  });

  it('counts a new peer as active, so that the next check of the quorum does not depose the leader', () => {
    const lone = new Lone({ voters: [1], log: [1], commit: 1, applied: 1, config: { checkQuorum: true } }).lead();
    lone.node.applyConfChange(change('v2'));
    expect(lone.status.progressById.get(id(2))).toMatchObject({ recentActive: true, match: 0 });
    for (let i = 0; i < 10; i++) lone.node.tick();
    expect(lone.status.role).toBe('leader');
    for (let i = 0; i < 10; i++) lone.node.tick();
    expect(lone.status.role).toBe('follower');
  });

  it('whatever the order of its nodes, they are sent to in the order of their ids', () => {
    const lone = new Lone({ self: 3, voters: [3, 5], log: [1], commit: 1, applied: 1, config: { checkQuorum: true } }).lead();
    for (const text of ['v4', 'v1']) lone.node.applyConfChange(change(text));
    lone.flush();
    for (const from of [1, 4, 5]) lone.step(msgAppResp({ from, to: 3, term: 2 }, 2));
    lone.node.propose(utf8('x'));
    expect(lone.flush().map(({ to }) => to)).toEqual([id(1), id(4), id(5)]);
    expect([...lone.status.progressById.keys()]).toEqual([id(1), id(3), id(4), id(5)]);
    lone.step(msgAppResp({ from: 5, to: 3, term: 2 }, 3), msgAppResp({ from: 1, to: 3, term: 2 }, 3));
    expect(lone.eventsOf('commit-advanced').at(-1)?.acks).toEqual([id(1), id(3), id(5)]);
    for (let i = 0; i < 10; i++) lone.node.tick();
    expect(lone.status.progressById.get(id(3))?.recentActive).toBe(true); // a leader is always active to itself
    expect(lone.status.progressById.get(id(5))?.recentActive).toBe(false);
  });

  it('of a node that is there already changes nothing', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1 }).lead();
    lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    const before = lone.status.progressById;
    lone.node.applyConfChange(change('v2'));
    expect(lone.status.progressById).toEqual(before);
  });

  it('all voters is an assertion: it must never be committed', () => {
    expect(() => new Lone({ voters: [1] }).node.applyConfChange(change('r1'))).toThrow('removed all voters');
  });
});

describe('a leader that is removed', () => {
  it('goes on leading without taking proposals, or steps down if it is set so', () => {
    for (const stepDownOnRemoval of [false, true]) {
      const lone = new Lone({ log: [1], commit: 1, applied: 1, config: { stepDownOnRemoval } }).lead();
      lone.node.applyConfChange(change('r1'));
      expect(lone.status).toMatchObject({ role: stepDownOnRemoval ? 'follower' : 'leader', lead: stepDownOnRemoval ? NO_NODE : id(1) });
      expect(lone.node.propose(utf8('x'))).toMatchObject({
        type: 'proposal-dropped',
        reason: stepDownOnRemoval ? 'no-leader' : 'not-in-configuration',
      });
    }
  });

  it('or demoted, too', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1, config: { stepDownOnRemoval: true } }).lead();
    lone.node.applyConfChange(change('l1'));
    expect(lone.status.role).toBe('follower');
    expect(lone.eventsOf('became-follower').at(-1)).toMatchObject({ reason: 'left-voters' });
  });

  it('gives up a transfer to a node that left', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1 }).lead();
    lone.node.transferLeader(id(3));
    lone.node.applyConfChange(change('r3'));
    expect(lone.status.transferee).toBe(NO_NODE);
  });
});

describe('campaigns and changes', () => {
  it('nobody campaigns with a committed change that is not applied', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1 });
    const data = encodeConfChange(changeV1('v4'));
    const entry = { type: 'EntryConfChange', term: lone.status.term, index: lone.status.lastIndex, data } as const;
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 1, [{ ...entry, index: (entry.index + 1) as typeof entry.index }], 2));
    lone.node.campaign();
    expect(lone.status.role).toBe('follower');
    expect(lone.eventsOf('campaign-blocked-by-conf-change')).toHaveLength(1);
    const ready = lone.node.ready();
    lone.storage.append(ready.entries);
    lone.node.applyConfChange(changeV1('v4'));
    lone.node.advance();
    lone.node.campaign();
    expect(lone.status.role).toBe('candidate');
    expect(sentTo(lone.flush(), 4, 'MsgVote')).toHaveLength(1);
  });

  it('nobody campaigns with a change among entries that are not applied, however many there are of them', () => {
    const isBlocked = (entries: readonly Entry[]): boolean => {
      const lone = new Lone({ log: [1], commit: 1, applied: 1 });
      lone.node.step(msgApp({ from: 2, term: 1 }, 1, 1, entries, 9));
      lone.node.campaign();
      return lone.status.role === 'follower';
    };
    const data = encodeConfChange(change('v4'));
    const long = entry(1, 2, 'x'.repeat(1 << 20)); // a page of its own
    const at = (index: 2 | 3): Entry => ({ ...entry(1, index), type: 'EntryConfChangeV2', data });
    expect(isBlocked([at(2)])).toBe(true);
    expect(isBlocked([entry(1, 2, 'a'), at(3)])).toBe(true);
    expect(isBlocked([at(2), entry(1, 3, 'a')])).toBe(true);
    expect(isBlocked([long, at(3)])).toBe(true);
    expect(isBlocked([long, entry(1, 3, 'a')])).toBe(false);
  });

  it('nobody campaigns over entries that were compacted before they were applied: that is an assertion', () => {
    const lone = new Lone({ log: [1, 1, 1], commit: 3, applied: 1 });
    lone.storage.compact(lone.status.lastIndex);
    expect(() => lone.node.campaign()).toThrow('entries from 2 on are committed and not applied, but compacted');
  });

  it('a new leader is found by both halves of a joint configuration', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.node(1).proposeConfChange(change('r2', 'joint-explicit'));
    net.settle();
    net.isolate(1);
    net.elect(3);
    // 2 and 3 are a majority of the outgoing half {1 2 3}, but of the incoming {1 3} only half.
    expect(net.node(3).basicStatus().role).toBe('candidate');
    net.heal();
    net.elect(3);
    expect(net.node(3).basicStatus().role).toBe('leader');
  });
});

describe('learners', () => {
  it('get the log without counting for commits', () => {
    const net = new Network([1, 2, 3], { voters: [1, 2], learners: [3] });
    net.elect(1);
    net.propose(1, 'x');
    expect(net.peer(3).applied).toEqual(['x']);
    net.isolate(2);
    net.propose(1, 'y');
    expect(net.peer(1).applied).toEqual(['x']);
  });

  it('vote when they are asked: they may be voters and not know it yet', () => {
    const lone = new Lone({ self: 3, voters: [1, 2], learners: [3] });
    const [answer] = sentTo(lone.step(msgVote('MsgVote', { from: 1, to: 3, term: 1 }, 0, 0)), 1, 'MsgVoteResp');
    expect(answer?.reject).toBe(false);
  });

  it('whose vote does not count where they are known as learners', () => {
    const lone = new Lone({ voters: [1, 2], learners: [3] });
    lone.node.campaign();
    lone.flush();
    lone.step({ type: 'MsgVoteResp', from: id(3), to: id(1), term: lone.status.term, reject: false });
    expect(lone.status.role).toBe('candidate');
  });

  it('are promoted and demoted', () => {
    const net = new Network([1, 2, 3], { voters: [1, 2], learners: [3] });
    net.elect(1);
    net.node(1).proposeConfChange(changeV1('v3'));
    net.settle();
    expect(configOf(net, 3)).toEqual(['1 2 3', '', '', '']);
    net.elect(3);
    expect(net.node(3).basicStatus().role).toBe('leader');
    net.node(3).proposeConfChange(changeV1('l2'));
    net.settle();
    expect(configOf(net, 1)).toEqual(['1 3', '', '2', '']);
  });

  it('forward proposals to the leader', () => {
    const net = new Network([1, 2, 3], { voters: [1, 2], learners: [3] });
    net.elect(1);
    net.propose(3, 'from a learner');
    expect(net.peer(1).applied).toEqual(['from a learner']);
  });
});
