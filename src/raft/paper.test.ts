/** The paper's sections 5.1 to 5.4.2, sentence by sentence: what each rule makes a node do. */

import { describe, expect, it } from 'vitest';
import { NO_NODE } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import type { Message } from '#raft/message.ts';
import type { RoleType } from '#raft/state.ts';
import {
  entriesOf,
  entry,
  Lone,
  msgApp,
  msgAppResp,
  msgHeartbeat,
  msgReject,
  msgSnap,
  msgVote,
  msgVoteResp,
  sentTo,
  snapshotAt,
  type NodeStart,
} from '#raft/testing/build.ts';
import { id, Network } from '#raft/testing/network.ts';

/** A node in a role, at term 2 (a candidate and leader at 3), with two entries of term 1 and 2. */
function inRole(role: RoleType, start: NodeStart = {}): Lone {
  const lone = new Lone({ log: [1, 2], commit: 1, applied: 1, ...start, config: { preVote: role === 'pre-candidate', ...start.config } });
  if (role === 'leader') lone.lead();
  else if (role !== 'follower') {
    lone.node.campaign();
    lone.flush();
  }
  expect(lone.status.role).toBe(role);
  return lone;
}
const ROLES: readonly RoleType[] = ['follower', 'pre-candidate', 'candidate', 'leader'];

describe('§5.1 terms', () => {
  it.each(ROLES)('a %s that sees a higher term updates its own and becomes follower', (role) => {
    const lone = inRole(role);
    lone.step(msgApp({ from: 2, term: 9 }, 2, 2));
    expect(lone.status).toMatchObject({ role: 'follower', term: 9, lead: id(2), vote: NO_NODE });
    expect(lone.eventsOf('became-follower').at(-1)).toMatchObject({ reason: 'higher-term', lead: id(2) });
  });

  it.each(ROLES)('a %s takes a vote request of a higher term for a new term, without a leader', (role) => {
    const lone = inRole(role);
    lone.step(msgVote('MsgVote', { from: 2, term: 9 }, 8, 2));
    expect(lone.status).toMatchObject({ role: 'follower', term: 9, lead: NO_NODE, vote: id(2) });
  });

  it.each(ROLES)('a %s that receives a request with a stale term rejects it: nothing changes', (role) => {
    const lone = inRole(role);
    const { term: own, role: before, lead, vote } = lone.status;
    const sent = lone.step(
      msgApp({ from: 2, term: 1 }, 1, 1, [entry(1, 2)], 2),
      msgHeartbeat({ from: 2, term: 1 }, 2),
      msgVote('MsgVote', { from: 2, term: 1 }, 9, 9),
      msgSnap({ from: 2, term: 1 }, snapshotAt(9, 1, [1, 2, 3])),
    );
    expect(lone.status).toMatchObject({ term: own, role: before, lead, vote });
    // With pre-votes the stale leader is told of the term that has passed; see the rules on lower terms.
    const isTold = role === 'pre-candidate';
    expect(sent.map(({ type }) => type)).toEqual(isTold ? ['MsgAppResp', 'MsgAppResp'] : []);
    expect(lone.eventsOf('lower-term-ignored')).toHaveLength(isTold ? 2 : 4);
  });
});

describe('§5.2 leader election', () => {
  it('servers start up as followers', () => {
    expect(new Lone().status.role).toBe('follower');
  });

  it('a leader sends periodic heartbeats to all followers', () => {
    const lone = inRole('leader', { config: { heartbeatTicks: 3 } });
    for (let i = 0; i < 2; i++) lone.node.tick();
    expect(lone.flush()).toEqual([]);
    lone.node.tick();
    const sent = lone.flush();
    expect(sent.map(({ type, to }) => [type, to])).toEqual([
      ['MsgHeartbeat', id(2)],
      ['MsgHeartbeat', id(3)],
    ]);
  });

  it('a follower that receives no communication begins an election: increments its term, votes for itself, asks the others in parallel', () => {
    const lone = inRole('follower');
    for (let i = 0; i < 20; i++) lone.node.tick();
    expect(lone.status).toMatchObject({ role: 'candidate', term: 3, vote: id(1) });
    const sent = lone.flush();
    expect(sent).toEqual([msgVote('MsgVote', { from: 1, to: 2, term: 3 }, 2, 2), msgVote('MsgVote', { from: 1, to: 3, term: 3 }, 2, 2)]);
    expect(lone.eventsOf('election-started')[0]).toMatchObject({
      reason: 'timeout',
      ticks: lone.eventsOf('election-timeout-drawn')[0]?.ticks,
    });
  });

  it('a follower remains one as long as it hears from a leader or grants votes', () => {
    for (const hear of [msgHeartbeat({ from: 2, term: 2 }), msgApp({ from: 2, term: 2 }, 2, 2)]) {
      const lone = inRole('follower');
      for (let i = 0; i < 100; i++) {
        lone.node.tick();
        if (i % 9 === 0) lone.step(hear);
      }
      expect(lone.status).toMatchObject({ role: 'follower', term: 2 });
    }
    const voter = inRole('follower');
    for (let i = 0; i < 9; i++) voter.node.tick();
    voter.step(msgVote('MsgVote', { from: 2, term: 2 }, 2, 2));
    expect(voter.status).toMatchObject({ vote: id(2), electionElapsed: 0 });
  });

  it.each([
    [1, [], 'leader'],
    [3, [true], 'leader'],
    [3, [false], 'candidate'],
    [3, [], 'candidate'],
    [3, [false, false], 'follower'],
    [5, [true, true], 'leader'],
    [5, [true, false], 'candidate'],
    [5, [true, false, false], 'candidate'],
    [5, [false, false, false], 'follower'],
    [5, [true], 'candidate'],
  ] as const)('of %i voters, with own vote and answers %o: %s (majority rule)', (n, answers, role) => {
    const voters = Array.from({ length: n }, (_, i) => i + 1);
    const lone = new Lone({ voters });
    lone.node.campaign();
    lone.flush();
    for (const [i, granted] of answers.entries()) lone.step(msgVoteResp('MsgVoteResp', { from: i + 2, term: 1 }, !granted));
    expect(lone.status).toMatchObject({ role, term: 1 });
  });

  it('each voter is counted once: the first answer holds', () => {
    const lone = new Lone({ voters: [1, 2, 3, 4, 5] });
    lone.node.campaign();
    lone.flush();
    lone.step(msgVoteResp('MsgVoteResp', { from: 2, term: 1 }), msgVoteResp('MsgVoteResp', { from: 2, term: 1 }));
    expect(lone.status.role).toBe('candidate');
    lone.step(msgVoteResp('MsgVoteResp', { from: 3, term: 1 }, true), msgVoteResp('MsgVoteResp', { from: 3, term: 1 }));
    expect(lone.status.role).toBe('candidate');
  });

  it('each server votes for at most one candidate in a term, first come first served', () => {
    const lone = new Lone();
    expect(lone.step(msgVote('MsgVote', { from: 2, term: 1 }, 0, 0))).toEqual([msgVoteResp('MsgVoteResp', { from: 1, to: 2, term: 1 })]);
    expect(lone.step(msgVote('MsgVote', { from: 3, term: 1 }, 0, 0))).toEqual([
      msgVoteResp('MsgVoteResp', { from: 1, to: 3, term: 1 }, true),
    ]);
    expect(lone.eventsOf('vote-rejected')[0]).toMatchObject({ reason: 'voted-for-other', vote: id(2), peer: id(3) });
    // Asked again, it says the same: the first answer may have been lost.
    expect(lone.step(msgVote('MsgVote', { from: 2, term: 1 }, 0, 0))).toEqual([msgVoteResp('MsgVoteResp', { from: 1, to: 2, term: 1 })]);
  });

  it('its vote survives a restart', () => {
    const lone = new Lone({ term: 4, vote: 2 });
    expect(lone.step(msgVote('MsgVote', { from: 3, term: 4 }, 0, 0))).toEqual([
      msgVoteResp('MsgVoteResp', { from: 1, to: 3, term: 4 }, true),
    ]);
  });

  it.each(['candidate', 'pre-candidate'] as const)('a %s that hears from a leader of its term follows it', (role) => {
    for (const hear of [
      msgApp({ from: 2, term: role === 'candidate' ? 3 : 2 }, 2, 2),
      msgHeartbeat({ from: 2, term: role === 'candidate' ? 3 : 2 }),
      msgSnap({ from: 2, term: role === 'candidate' ? 3 : 2 }, snapshotAt(9, 2, [1, 2, 3])),
    ]) {
      const lone = inRole(role);
      lone.step(hear);
      expect(lone.status).toMatchObject({ role: 'follower', lead: id(2), term: hear.term });
      expect(lone.eventsOf('became-follower').at(-1)).toMatchObject({ reason: 'leader-of-this-term' });
    }
  });

  it('a candidate without a result starts a new election in a new term', () => {
    const lone = inRole('candidate');
    for (let i = 0; i < 20; i++) lone.node.tick();
    expect(lone.status).toMatchObject({ role: 'candidate', term: 4, vote: id(1) });
  });

  it('election timeouts are chosen randomly from a fixed interval, each value of it', () => {
    const drawn = new Set<number>();
    for (let seed = 1; seed <= 300; seed++) drawn.add(new Lone({ seed }).status.randomizedElectionTimeout);
    expect([...drawn].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  it.each(['follower', 'candidate'] as const)('a %s draws a new timeout when it starts an election', (role) => {
    const lone = inRole(role);
    const before = lone.eventsOf('election-timeout-drawn').length;
    lone.node.campaign();
    expect(lone.eventsOf('election-timeout-drawn')).toHaveLength(before + 1);
  });

  it('the timeout in force is always the one drawn last', () => {
    const lone = inRole('follower');
    const inForce = new Set<number>();
    for (let i = 0; i < 20; i++) {
      lone.node.campaign();
      expect(lone.status.randomizedElectionTimeout).toBe(lone.eventsOf('election-timeout-drawn').at(-1)?.ticks);
      inForce.add(lone.status.randomizedElectionTimeout);
    }
    expect(inForce.size).toBeGreaterThan(3);
  });

  it.each(ROLES)('a %s that becomes follower waits a whole timeout from then on', (role) => {
    const lone = inRole(role);
    lone.node.setRandomizedElectionTimeout(19);
    for (let i = 0; i < 5; i++) lone.node.tick();
    expect(lone.status.electionElapsed).toBe(5);
    lone.node.step(msgVote('MsgVote', { from: 2, term: 9 }, 1, 1)); // a higher term, and no vote for an old log
    expect(lone.status).toMatchObject({ role: 'follower', term: 9, vote: NO_NODE, electionElapsed: 0 });
  });

  it.each(['candidate', 'leader'] as const)('a follower that becomes %s waits a whole timeout from then on', (role) => {
    const lone = inRole('follower');
    lone.node.setRandomizedElectionTimeout(19);
    for (let i = 0; i < 5; i++) lone.node.tick();
    lone.node.campaign();
    expect(lone.status.electionElapsed).toBe(0);
    for (let i = 0; i < 5; i++) lone.node.tick();
    if (role === 'leader') lone.step(msgVoteResp('MsgVoteResp', { from: 2, term: 3 }));
    expect(lone.status).toMatchObject({ role, electionElapsed: role === 'leader' ? 0 : 5 });
  });

  it('random timeouts make split votes rare', () => {
    let conflicts = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const timeouts = [1, 2, 3, 4, 5].map(
        (n) => new Lone({ self: n, voters: [1, 2, 3, 4, 5], seed: seed * 10 + n }).status.randomizedElectionTimeout,
      );
      const first = Math.min(...timeouts);
      if (timeouts.filter((ticks) => ticks === first).length > 1) conflicts += 1;
    }
    expect(conflicts / 200).toBeLessThan(0.45);
  });
});

describe('§5.3 log replication', () => {
  it('a leader appends a proposal to its log and sends it to all followers in parallel', () => {
    const lone = inRole('leader');
    lone.step(msgAppResp({ from: 2, term: 3 }, 3), msgAppResp({ from: 3, term: 3 }, 3));
    lone.node.propose(utf8('some data'));
    const sent = lone.flush();
    for (const to of [2, 3])
      expect(sentTo(sent, to, 'MsgApp')).toEqual([msgApp({ from: 1, to, term: 3 }, 3, 3, [entry(3, 4, 'some data')], 3)]);
    expect(lone.logTerms).toEqual([1, 2, 3, 3]);
  });

  it('an entry is committed once a majority has it, and then handed out to be applied', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.isolate(3);
    net.propose(1, 'x');
    expect(net.peer(1).applied).toEqual(['x']);
    expect(net.peer(3).applied).toEqual([]);
    expect(net.peer(1).events.findLast(({ type }) => type === 'commit-advanced')).toMatchObject({ reason: 'quorum', acks: [id(1), id(2)] });
  });

  it.each([
    [1, [], true],
    [3, [], false],
    [3, [2], true],
    [3, [2, 3], true],
    [5, [2], false],
    [5, [2, 3], true],
    [5, [2, 3, 4, 5], true],
  ] as const)('of %i voters acknowledged by %o besides the leader: committed %s', (n, acks, isCommitted) => {
    const lone = new Lone({ voters: Array.from({ length: n }, (_, i) => i + 1) }).lead();
    for (const from of acks) lone.step(msgAppResp({ from, term: 1 }, 1));
    expect(lone.status.commit).toBe(isCommitted ? 1 : 0);
  });

  it.each([[[] as number[]], [[2]], [[1, 2]], [[1]]])('committing an entry commits all preceding ones, of earlier terms too: %o', (log) => {
    const lone = new Lone({ log, term: 2 }).lead();
    lone.node.propose(utf8('x'));
    lone.flush();
    lone.step(msgAppResp({ from: 2, term: 3 }, log.length + 2));
    expect(lone.status.commit).toBe(log.length + 2);
    expect(lone.status.applied).toBe(log.length + 2);
  });

  it('followers learn of the commit index from later messages, and apply in log order', () => {
    const lone = new Lone();
    lone.step(msgApp({ from: 2, term: 1 }, 0, 0, entriesOf(1, [1, 1, 1]), 1));
    expect(lone.status.commit).toBe(1);
    lone.step(msgHeartbeat({ from: 2, term: 1 }, 2));
    expect(lone.status.commit).toBe(2);
    lone.step(msgApp({ from: 2, term: 1 }, 1, 3, [], 9));
    expect(lone.status.commit).toBe(3);
    expect(lone.eventsOf('applied').map(({ index }) => index)).toEqual([1, 2, 3]);
  });

  it('the leader retries until all followers have everything, and tells the previous entry with each append', () => {
    const lone = inRole('leader');
    const [probe] = sentTo(lone.step(msgReject({ from: 2, term: 3 }, 2, 0, 0)), 2, 'MsgApp');
    expect(probe).toMatchObject({ logTerm: 0, index: 0 });
    expect(probe?.entries).toHaveLength(3);
  });

  it.each([
    // previous term and index; accepted?
    [0, 0, true],
    [1, 1, true],
    [2, 2, true],
    [1, 2, false],
    [3, 3, false],
    [9, 9, false],
  ])('a follower refuses entries unless it has the previous one: term %i index %i', (logTerm, index, isAccepted) => {
    const lone = new Lone({ log: [1, 2] });
    const [answer] = sentTo(lone.step(msgApp({ from: 2, term: 9 }, logTerm, index)), 2, 'MsgAppResp');
    expect(answer).toMatchObject(isAccepted ? { reject: false, index } : { reject: true, index });
    if (!isAccepted) expect(lone.eventsOf('append-rejected')).toHaveLength(1);
  });

  it.each([
    [2, 2, [3], [1, 2, 3]],
    [1, 1, [3, 4], [1, 3, 4]],
    [0, 0, [1], [1, 2]],
    [0, 0, [3], [3]],
    [1, 1, [2], [1, 2]],
  ])('a follower’s conflicting entries are overwritten, others stay: previous %i/%i, entries %o', (logTerm, index, terms, expected) => {
    const lone = new Lone({ log: [1, 2], term: 4 });
    lone.step(msgApp({ from: 2, term: 4 }, logTerm, index, entriesOf(index + 1, terms)));
    expect(lone.logTerms).toEqual(expected);
  });

  it('a leader brings any follower’s log to its own (figure 7)', () => {
    const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    const followers = [
      [1, 1, 1, 4, 4, 5, 5, 6, 6],
      [1, 1, 1, 4],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      [1, 1, 1, 4, 4, 4, 4],
      [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    for (const log of followers) {
      const net = new Network([]);
      const nodes = [leaderLog, log, [] as number[]].map((terms, i) => new Lone({ self: i + 1, log: terms, term: 7, commit: 0 }));
      net.filter = () => true;
      const [leader, follower, voter] = nodes;
      if (leader === undefined || follower === undefined || voter === undefined) throw new Error('three nodes');
      leader.node.campaign();
      // The third node only votes; all that matters passes between the first two.
      const queue: Message[] = leader.flush();
      leader.node.propose(EMPTY_BYTES);
      for (let i = 0; i < 500; i++) {
        const message = queue.shift();
        if (message === undefined) break;
        queue.push(...(nodes[Number(message.to) - 1]?.step(message) ?? []));
      }
      expect(leader.status.role).toBe('leader');
      expect(follower.logTerms).toEqual(leader.logTerms);
    }
  });
});

describe('§5.4.1 election restriction', () => {
  it.each([
    [[1], 1, 1, true],
    [[1], 1, 2, true],
    [[1, 1], 1, 1, false],
    [[1], 2, 1, true],
    [[1], 2, 2, true],
    [[1, 1], 2, 1, true],
    [[2], 1, 1, false],
    [[2], 1, 2, false],
    [[2, 1 + 1], 1, 9, false],
  ])('a voter with log %o gives a candidate with last entry %i/%i its vote: %s', (log, logTerm, index, isGranted) => {
    const lone = new Lone({ log, term: 3 });
    const [answer] = sentTo(lone.step(msgVote('MsgVote', { from: 2, term: 4 }, logTerm, index)), 2, 'MsgVoteResp');
    expect(answer?.reject).toBe(!isGranted);
    if (!isGranted) expect(lone.eventsOf('vote-rejected')[0]?.reason).toBe('log-not-up-to-date');
  });

  it('the request carries the candidate’s last entry', () => {
    for (const log of [[1], [1, 2], [1, 2, 2]]) {
      const lone = new Lone({ log });
      lone.node.campaign();
      expect(sentTo(lone.flush(), 2, 'MsgVote')).toEqual([
        msgVote('MsgVote', { from: 1, to: 2, term: (log.at(-1) ?? 0) + 1 }, log.at(-1) ?? 0, log.length),
      ]);
    }
  });
});

describe('§5.4.2 committing entries from previous terms', () => {
  it.each([
    [1, 0],
    [2, 0],
    [3, 3],
  ])('an acknowledgement of index %i, of terms 1, 2 and the leader’s 3, commits up to %i', (index, commit) => {
    const lone = new Lone({ log: [1, 2], term: 2 }).lead();
    lone.step(msgAppResp({ from: 3, term: 3 }, 1));
    const sent = lone.step(msgAppResp({ from: 2, term: 3 }, index));
    expect(lone.status.commit).toBe(commit);
    // Only a commit is told to everyone.
    expect(sentTo(sent, 3, 'MsgApp')).toHaveLength(commit === 0 ? 0 : 1);
  });

  it('unless that rule is broken on purpose', () => {
    const lone = new Lone({ log: [1, 2], term: 2, config: { broken: { commitOlderTermByCounting: true } } }).lead();
    lone.step(msgAppResp({ from: 2, term: 3 }, 2));
    expect(lone.status.commit).toBe(2);
  });

  it('figure 8: an entry of an earlier term on a majority can still be overwritten, so it was not committed', () => {
    const five = [1, 2, 3, 4, 5];
    const s1 = new Lone({ self: 1, voters: five, log: [1, 2], term: 3 }).lead();
    expect(s1.status).toMatchObject({ role: 'leader', term: 4 });
    s1.step(msgAppResp({ from: 2, term: 4 }, 2), msgAppResp({ from: 3, term: 4 }, 2));
    expect(s1.status.commit).toBe(0);
    // S5, with an entry of term 3 at the same place, wins the votes of those who have it not committed, and overwrites it.
    const s2 = new Lone({ self: 2, voters: five, log: [1, 2], term: 4 });
    const [vote] = sentTo(s2.step(msgVote('MsgVote', { from: 5, to: 2, term: 5 }, 3, 2)), 5, 'MsgVoteResp');
    expect(vote?.reject).toBe(false);
    s2.step(msgApp({ from: 5, to: 2, term: 5 }, 1, 1, entriesOf(2, [3])));
    expect(s2.logTerms).toEqual([1, 3]);
  });
});
