/** Votes, pre-votes, leases and transfers in every role (paper §5.2; dissertation §3.10, §6.2, §9.6). */

import { describe, expect, it } from 'vitest';
import { NO_NODE, nodeId } from '#kernel/brand.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { MsgVote } from '#raft/message.ts';
import type { RoleType } from '#raft/state.ts';
import { Lone, msgApp, msgAppResp, msgHeartbeat, msgVote, msgVoteResp, sentTo, type NodeStart } from '#raft/testing/build.ts';
import { id, Network, type NetworkOptions } from '#raft/testing/network.ts';

const ROLES: readonly RoleType[] = ['follower', 'pre-candidate', 'candidate', 'leader'];

/** A node in a role in exactly this term, with a log ending in term 2 at index 3. */
function nodeIn(role: RoleType, at: number, start: NodeStart = {}): Lone {
  const before = role === 'candidate' || role === 'leader' ? at - 1 : at;
  const lone = new Lone({ log: [1, 1, 2], term: before, ...start, config: { preVote: role === 'pre-candidate', ...start.config } });
  if (role === 'leader') lone.lead();
  else if (role !== 'follower') {
    lone.node.campaign();
    lone.flush();
  }
  expect(lone.status).toMatchObject({ role, term: at });
  return lone;
}

describe('the vote matrix', () => {
  const TYPES: readonly MsgVote['type'][] = ['MsgVote', 'MsgPreVote'];
  for (const type of TYPES) {
    for (const role of ROLES) {
      for (const difference of [-1, 0, 1]) {
        for (const isUpToDate of [true, false]) {
          const name = `${role} asked by ${type} of term ${difference < 0 ? 'below' : difference > 0 ? 'above' : 'its own'}, log ${isUpToDate ? 'up to date' : 'old'}`;
          it(name, () => {
            const lone = nodeIn(role, 4);
            const before = lone.status;
            const asked = 4 + difference;
            const [answer] = lone.step(msgVote(type, { from: 3, term: asked }, isUpToDate ? 9 : 1, isUpToDate ? 1 : 9));
            if (difference < 0) {
              // An old vote request is ignored; an old pre-vote is told of the term.
              if (type === 'MsgVote') expect(answer).toBeUndefined();
              else expect(answer).toEqual(msgVoteResp('MsgPreVoteResp', { from: 1, to: 3, term: 4 }, true));
              expect(lone.status).toMatchObject({ role, term: 4, vote: before.vote });
              return;
            }
            const isFree = difference > 0 || (role !== 'leader' && role !== 'candidate');
            const isGranted = isUpToDate && isFree;
            const respType = type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp';
            const ownTerm = type === 'MsgVote' && difference > 0 ? 5 : 4;
            expect(answer).toEqual(msgVoteResp(respType, { from: 1, to: 3, term: isGranted ? asked : ownTerm }, !isGranted));
            if (type === 'MsgPreVote') expect(lone.status).toMatchObject({ role, term: 4, vote: before.vote });
            else if (difference > 0) expect(lone.status).toMatchObject({ role: 'follower', term: 5, vote: isGranted ? id(3) : NO_NODE });
            else expect(lone.status.vote).toBe(isGranted ? id(3) : before.vote);
          });
        }
      }
    }
  }

  it.each([
    [NO_NODE, NO_NODE, true],
    [NO_NODE, id(2), false],
    [id(3), NO_NODE, true],
    [id(3), id(2), true],
    [id(2), NO_NODE, false],
  ])('in its own term, with vote %o and leader %o: granted %s', (vote, lead, isGranted) => {
    const lone = new Lone({ log: [1], term: 2, ...(vote === NO_NODE ? {} : { vote: Number(vote) }) });
    if (lead !== NO_NODE) lone.step(msgHeartbeat({ from: Number(lead), term: 2 }));
    const [answer] = sentTo(lone.step(msgVote('MsgVote', { from: 3, term: 2 }, 1, 1)), 3, 'MsgVoteResp');
    expect(answer?.reject).toBe(!isGranted);
  });
});

describe('pre-votes', () => {
  it('change neither term nor vote, and ask for the next term', () => {
    const lone = nodeIn('follower', 4, { config: { preVote: true } });
    lone.node.campaign();
    expect(lone.status).toMatchObject({ role: 'pre-candidate', term: 4, vote: NO_NODE, lead: NO_NODE });
    expect(lone.flush()).toEqual([
      msgVote('MsgPreVote', { from: 1, to: 2, term: 5 }, 2, 3),
      msgVote('MsgPreVote', { from: 1, to: 3, term: 5 }, 2, 3),
    ]);
  });

  it('that are won are followed by the election itself', () => {
    const lone = nodeIn('pre-candidate', 4);
    const sent = lone.step(msgVoteResp('MsgPreVoteResp', { from: 2, term: 5 }));
    expect(lone.status).toMatchObject({ role: 'candidate', term: 5, vote: id(1) });
    expect(sentTo(sent, 3, 'MsgVote')).toHaveLength(1);
  });

  it('that are lost leave a follower of the same term', () => {
    const lone = nodeIn('pre-candidate', 4);
    lone.step(msgVoteResp('MsgPreVoteResp', { from: 2, term: 4 }, true), msgVoteResp('MsgPreVoteResp', { from: 3, term: 4 }, true));
    expect(lone.status).toMatchObject({ role: 'follower', term: 4 });
  });

  it('are not won by answers to votes, nor the other way round', () => {
    const pre = nodeIn('pre-candidate', 4);
    pre.step(msgVoteResp('MsgVoteResp', { from: 2, term: 4 }), msgVoteResp('MsgVoteResp', { from: 3, term: 4 }));
    expect(pre.status.role).toBe('pre-candidate');
    const candidate = nodeIn('candidate', 4);
    candidate.step(msgVoteResp('MsgPreVoteResp', { from: 2, term: 4 }), msgVoteResp('MsgPreVoteResp', { from: 3, term: 4 }));
    expect(candidate.status.role).toBe('candidate');
  });

  it('rejected from a higher term make the asker take that term', () => {
    const lone = nodeIn('pre-candidate', 4);
    lone.step(msgVoteResp('MsgPreVoteResp', { from: 2, term: 9 }, true));
    expect(lone.status).toMatchObject({ role: 'follower', term: 9 });
  });

  it('keep a node that was cut off from disturbing its cluster', () => {
    const net = new Network([1, 2, 3], { preVote: true, checkQuorum: true });
    net.elect(1);
    net.isolate(3);
    net.tick(3, 60);
    expect(net.node(3).basicStatus()).toMatchObject({ role: 'pre-candidate', term: net.node(1).basicStatus().term });
    net.heal();
    net.tick(3, 20);
    net.tick(1, 1);
    expect(net.node(1).basicStatus()).toMatchObject({ role: 'leader' });
    expect(net.node(3).basicStatus()).toMatchObject({ role: 'follower', lead: id(1) });
  });

  /** Nodes 1 and 2 know pre-votes. Node 3 did not, got a higher term and an older log on its own, and now knows them too. */
  function migrated(): Network {
    const net = new Network([1, 2, 3]);
    for (const n of [1, 2]) {
      net.ownOptions.set(n, { preVote: true });
      net.restart(n);
    }
    net.elect(1);
    net.isolate(3);
    net.elect(3);
    net.propose(1, 'x');
    expect([1, 3].map((n) => net.node(n).basicStatus()).map(({ role, term }) => [role, term])).toEqual([
      ['leader', 2],
      ['candidate', 3],
    ]);
    net.ownOptions.set(3, { preVote: true });
    net.restart(3);
    return net;
  }

  it('work while a cluster moves to them: a pre-candidate of a higher term does not stay stuck', () => {
    const net = migrated();
    net.heal();
    for (let i = 0; i < 2; i++) {
      net.elect(3); // its log is old: it is refused, by answers of a lower term that it ignores
      expect(net.node(1).basicStatus()).toMatchObject({ role: 'leader', term: 2 });
      expect(net.node(3).basicStatus()).toMatchObject({ role: 'pre-candidate', term: 3 });
    }
    net.tick(1, 1); // the answer to the heartbeat carries the higher term
    expect(net.node(1).basicStatus()).toMatchObject({ role: 'follower', term: 3 });
    net.elect(1);
    expect([1, 2, 3].map((n) => net.node(n).basicStatus().lead)).toEqual([id(1), id(1), id(1)]);
  });

  it('work while a cluster moves to them: without the old leader, the others find a term in common', () => {
    const net = migrated();
    net.heal();
    net.isolate(1);
    for (let i = 0; i < 4 && net.node(2).basicStatus().role !== 'leader'; i++) for (const n of [3, 2]) net.elect(n);
    expect(net.node(2).basicStatus()).toMatchObject({ role: 'leader' });
    expect(net.node(3).basicStatus()).toMatchObject({ role: 'follower', lead: id(2) });
    expect(net.node(2).basicStatus().term).toBeGreaterThan(3);
  });

  it('work while a cluster moves to them: a node without them and a higher term is taken back in', () => {
    // Node 3 still runs without pre-votes and comes back with a higher term.
    const net = new Network([1, 2, 3], { checkQuorum: true });
    net.elect(1);
    net.isolate(3);
    net.tick(3, 60);
    const { term: higher } = net.node(3).basicStatus();
    expect(higher).toBeGreaterThan(net.node(1).basicStatus().term);
    net.heal();
    net.tick(1, 2); // the heartbeat's answer tells the leader of the higher term
    for (let i = 0; i < 60 && ![1, 2, 3].some((n) => net.node(n).basicStatus().role === 'leader'); i++)
      for (const n of [1, 2, 3]) net.tick(n, 1);
    const leaders = [1, 2, 3].filter((n) => net.node(n).basicStatus().role === 'leader');
    expect(leaders).toHaveLength(1);
    expect(net.node(leaders[0] ?? 1).basicStatus().term).toBeGreaterThanOrEqual(higher);
  });
});

describe('messages of a lower term', () => {
  it.each([
    [{ preVote: true, checkQuorum: false }, 1],
    [{ preVote: false, checkQuorum: true }, 1],
    [{ preVote: false, checkQuorum: false }, 0],
  ])('from a stale leader are answered with %o: %i', (config, count) => {
    for (const message of [msgApp({ from: 2, term: 3 }, 1, 1), msgHeartbeat({ from: 2, term: 3 })]) {
      const lone = nodeIn('follower', 4, { config });
      const sent = lone.step(message);
      expect(sent).toEqual(count === 0 ? [] : [msgAppResp({ from: 1, to: 2, term: 4 }, 0)]);
    }
  });
});

describe('CheckQuorum', () => {
  it('makes a leader step down that hears from no quorum for an election timeout', () => {
    const lone = nodeIn('leader', 4, { config: { checkQuorum: true } });
    lone.step(msgAppResp({ from: 2, term: 4 }, 4));
    for (let i = 0; i < 10; i++) lone.node.tick();
    expect(lone.status.role).toBe('leader'); // node 2 spoke in this interval
    for (let i = 0; i < 10; i++) lone.node.tick();
    expect(lone.status).toMatchObject({ role: 'follower', term: 4, lead: NO_NODE });
    expect(lone.eventsOf('quorum-not-active')).toEqual([{ type: 'quorum-not-active', active: [id(1)] }]);
  });

  it('without it a leader stays', () => {
    const lone = nodeIn('leader', 4);
    for (let i = 0; i < 100; i++) lone.node.tick();
    expect(lone.status.role).toBe('leader');
  });

  it.each(['MsgVote', 'MsgPreVote'] as const)('ignores %s of a higher term while a leader is heard of', (type) => {
    const lone = nodeIn('follower', 4, { config: { checkQuorum: true } });
    lone.step(msgHeartbeat({ from: 2, term: 4 }));
    expect(lone.step(msgVote(type, { from: 3, term: 5 }, 9, 9))).toEqual([]);
    expect(lone.status.term).toBe(4);
    expect(lone.eventsOf('vote-ignored-in-lease')[0]).toMatchObject({ lead: id(2), remainingTicks: 10 });
    for (let i = 0; i < 9; i++) lone.node.tick();
    expect(lone.step(msgVote(type, { from: 3, term: 5 }, 9, 9))).toEqual([]);
    lone.node.setRandomizedElectionTimeout(19);
    lone.node.tick();
    expect(lone.step(msgVote(type, { from: 3, term: 5 }, 9, 9))).toHaveLength(1); // the lease is over
  });

  it('lets a leader in its own lease ignore them too', () => {
    const lone = nodeIn('leader', 4, { config: { checkQuorum: true } });
    expect(lone.step(msgVote('MsgVote', { from: 3, term: 9 }, 9, 9))).toEqual([]);
    expect(lone.status.role).toBe('leader');
  });

  it('does not hold back a transfer', () => {
    const lone = nodeIn('follower', 4, { config: { checkQuorum: true } });
    lone.step(msgHeartbeat({ from: 2, term: 4 }));
    expect(lone.step(msgVote('MsgVote', { from: 3, term: 5 }, 9, 9, true))).toEqual([
      msgVoteResp('MsgVoteResp', { from: 1, to: 3, term: 5 }),
    ]);
  });
});

describe('leadership transfer', () => {
  const transferred = (options: NetworkOptions = {}): Network => {
    const net = new Network([1, 2, 3], options);
    net.elect(1);
    return net;
  };

  it.each([{}, { preVote: true, checkQuorum: true }])('to a voter that is up to date takes one round (%o)', (options) => {
    const net = transferred(options);
    net.node(1).transferLeader(id(2));
    net.settle();
    expect(net.node(2).basicStatus()).toMatchObject({ role: 'leader' });
    expect(net.node(1).basicStatus()).toMatchObject({ role: 'follower', lead: id(2) });
    // Even with pre-votes on there was none: the leader wanted this.
    expect(net.peer(2).events.filter(({ type }) => type === 'became-pre-candidate')).toEqual([]);
  });

  it('waits until a slow target has caught up, and refuses proposals meanwhile', () => {
    const net = transferred();
    net.isolate(3);
    net.propose(1, 'x');
    net.node(1).transferLeader(id(3));
    net.settle();
    expect(net.node(1).propose(utf8('y'))).toEqual({ type: 'proposal-dropped', reason: 'transfer-in-progress' });
    expect(net.node(1).basicStatus().transferee).toBe(id(3));
    net.heal();
    net.tick(1, 1);
    expect(net.node(3).basicStatus()).toMatchObject({ role: 'leader' });
  });

  it('asks its target to campaign when that has the last entry, not before', () => {
    const lone = nodeIn('leader', 4);
    lone.step(msgAppResp({ from: 2, term: 4 }, 4));
    lone.node.propose(utf8('a'));
    lone.node.transferLeader(id(3));
    lone.flush();
    expect(sentTo(lone.step(msgAppResp({ from: 3, term: 4 }, 4)), 3, 'MsgTimeoutNow')).toEqual([]);
    expect(sentTo(lone.step(msgAppResp({ from: 2, term: 4 }, 5)), 2, 'MsgTimeoutNow')).toEqual([]);
    const sent = lone.step(msgAppResp({ from: 3, term: 4 }, 5));
    expect(sentTo(sent, 3, 'MsgTimeoutNow')).toEqual([{ type: 'MsgTimeoutNow', from: id(1), to: id(3), term: 4 }]);
    expect(lone.eventsOf('timeout-now-sent')).toEqual([{ type: 'timeout-now-sent', peer: id(3) }]);
    expect(lone.eventsOf('timeout-now-sent-at-once')).toEqual([]);
  });

  it('to a voter that lags sends it what it lacks at once', () => {
    const lone = nodeIn('leader', 4);
    lone.step({ type: 'MsgHeartbeatResp', from: id(3), to: id(1), term: lone.status.term, context: utf8('') });
    lone.step(msgAppResp({ from: 2, term: 4 }, 4), msgAppResp({ from: 3, term: 4 }, 3));
    lone.node.tick();
    lone.flush();
    expect(lone.status.electionElapsed).toBe(1);
    lone.node.transferLeader(id(3));
    expect(lone.status).toMatchObject({ transferee: id(3), electionElapsed: 0 });
    expect(lone.eventsOf('transfer-started')).toEqual([{ type: 'transfer-started', term: 4, peer: id(3) }]);
    expect(lone.eventsOf('timeout-now-sent-at-once')).toEqual([]);
    expect(sentTo(lone.flush(), 3, 'MsgApp')).toHaveLength(1);
  });

  it('that takes longer than an election timeout is given up', () => {
    const net = transferred();
    net.isolate(3);
    net.node(1).transferLeader(id(3));
    net.tick(1, 9);
    expect(net.node(1).basicStatus().transferee).toBe(id(3));
    net.tick(1, 1);
    expect(net.node(1).basicStatus()).toMatchObject({ role: 'leader', transferee: NO_NODE });
    expect(net.node(1).propose(utf8('y'))).toBeUndefined();
  });

  it('asked of a follower is passed on to the leader', () => {
    const net = transferred();
    net.node(2).transferLeader(id(2));
    net.settle();
    expect(net.node(2).basicStatus().role).toBe('leader');
  });

  it('to itself, to nobody known and to a learner does nothing', () => {
    const net = new Network([1, 2, 3], { learners: [3] });
    net.elect(1);
    for (const target of [1, 3, 9]) {
      net.node(1).transferLeader(id(target));
      net.settle();
      expect(net.node(1).basicStatus()).toMatchObject({ role: 'leader', transferee: NO_NODE });
    }
    expect(
      net
        .peer(1)
        .events.slice(-3)
        .map(({ type }) => type),
    ).toEqual(['transfer-to-self', 'transfer-to-learner', 'progress-missing']);
  });

  it('to another ends the first; to the same one goes on', () => {
    const lone = nodeIn('leader', 4);
    lone.node.transferLeader(id(2));
    lone.node.transferLeader(id(2));
    expect(lone.eventsOf('transfer-already-in-progress')).toHaveLength(1);
    lone.node.transferLeader(id(3));
    expect(lone.eventsOf('transfer-aborted')).toMatchObject([{ peer: id(2) }]);
    expect(lone.status.transferee).toBe(id(3));
    lone.node.transferLeader(id(1));
    expect(lone.status.transferee).toBe(NO_NODE);
  });

  it('of a candidate is not acted upon, and a removed node does not campaign', () => {
    const candidate = nodeIn('candidate', 4);
    candidate.step({ type: 'MsgTimeoutNow', from: id(2), to: id(1), term: candidate.status.term });
    expect(candidate.eventsOf('timeout-now-ignored')).toHaveLength(1);
    const outside = new Lone({ self: 9, term: 2, log: [1] });
    outside.step({ type: 'MsgTimeoutNow', from: id(2), to: id(9), term: outside.status.term });
    expect(outside.status.role).toBe('follower');
    expect(outside.eventsOf('unpromotable')).toEqual([{ type: 'unpromotable', reason: 'not-in-configuration' }]);
  });
});

describe('forgetting the leader', () => {
  it('lets a follower vote at once', () => {
    const lone = nodeIn('follower', 4, { config: { checkQuorum: true } });
    lone.step(msgHeartbeat({ from: 2, term: 4 }));
    lone.node.forgetLeader();
    expect(lone.status).toMatchObject({ lead: NO_NODE, term: 4, role: 'follower' });
    expect(lone.step(msgVote('MsgVote', { from: 3, term: 5 }, 9, 9))).toHaveLength(1);
  });

  it('is not done under leases, nor by a leader', () => {
    const lone = nodeIn('follower', 4, { config: { checkQuorum: true, readOnly: 'lease-based' } });
    lone.step(msgHeartbeat({ from: 2, term: 4 }));
    lone.node.forgetLeader();
    expect(lone.status.lead).toBe(id(2));
    const leader = nodeIn('leader', 4);
    leader.node.forgetLeader();
    expect(leader.status).toMatchObject({ role: 'leader', lead: id(1) });
  });
});

describe('nobody campaigns', () => {
  it('who leads already', () => {
    const lone = nodeIn('leader', 4);
    lone.node.campaign();
    expect(lone.status).toMatchObject({ role: 'leader', term: 4 });
    expect(lone.eventsOf('campaign-ignored-by-leader')).toHaveLength(1);
  });

  it('who is a learner, however long it hears nothing', () => {
    const lone = new Lone({ voters: [2, 3], learners: [1] });
    for (let i = 0; i < 100; i++) lone.node.tick();
    lone.node.campaign();
    expect(lone.status).toMatchObject({ role: 'follower', term: 0 });
    expect(lone.eventsOf('unpromotable')).toEqual([{ type: 'unpromotable', reason: 'learner' }]);
  });

  it('with an empty configuration', () => {
    const lone = new Lone({ voters: [] });
    for (let i = 0; i < 100; i++) lone.node.tick();
    expect(lone.status.role).toBe('follower');
  });
});

it('ids of 64 bits stay whole', () => {
  const big = nodeId(0x8e9e05c52164694dn);
  const lone = new Lone({ voters: [1, 2, 3] });
  lone.step({ ...msgVote('MsgVote', { from: 2, term: 1 }, 0, 0), from: big });
  expect(lone.status.vote).toBe(big);
});
