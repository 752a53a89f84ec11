/** What a node says of each of its decisions: the page's "why" and the log are read from these events. */

import { describe, expect, it } from 'vitest';
import { NO_NODE } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import type { Message } from '#raft/message.ts';
import { encodeConfChange, parseChanges, type ConfChange } from '#raft/conf-change.ts';
import type { RaftEvent, RaftEventType } from '#raft/event.ts';
import {
  entriesOf,
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
import { id } from '#raft/testing/network.ts';

/** Events of these types that a run adds, in order. */
function said(lone: Lone, types: readonly RaftEventType[], run: () => void): RaftEvent[] {
  const before = lone.events.length;
  run();
  return lone.events.slice(before).filter(({ type }) => types.includes(type));
}
/** A leader of term 2 with three entries, of which all are committed by node 2's acknowledgement. */
function leader(config: NodeStart['config'] = {}): Lone {
  const lone = new Lone({ log: [1, 1], commit: 2, applied: 2, config }).lead();
  lone.step(msgAppResp({ from: 2, term: 2 }, 3));
  return lone;
}
const ballot = { logTerm: 1, index: 1, peer: id(3), peerLogTerm: 1, peerIndex: 1 };

describe('elections', () => {
  it('that are asked for, and why one becomes follower again', () => {
    const lone = new Lone({ log: [1] });
    const types = ['election-started', 'became-follower', 'votes-counted'] as const;
    expect(said(lone, types, () => lone.node.campaign())).toEqual([{ type: 'election-started', term: 1, reason: 'asked', ticks: 0 }]);
    const lost = said(lone, types, () => {
      lone.flush();
      lone.step(msgVoteResp('MsgVoteResp', { from: 2, term: 2 }, true), msgVoteResp('MsgVoteResp', { from: 3, term: 2 }, true));
    });
    expect(lost).toEqual([
      { type: 'votes-counted', message: 'MsgVoteResp', granted: 1, rejected: 0, result: 'pending' },
      { type: 'votes-counted', message: 'MsgVoteResp', granted: 1, rejected: 1, result: 'pending' },
      { type: 'votes-counted', message: 'MsgVoteResp', granted: 1, rejected: 2, result: 'lost' },
      { type: 'became-follower', term: 2, lead: NO_NODE, reason: 'election-lost' },
    ]);
  });

  it('that a leader asked for', () => {
    const lone = new Lone({ log: [1] });
    lone.node.step({ type: 'MsgTimeoutNow', from: id(2), to: id(1), term: lone.status.term });
    expect(lone.eventsOf('timeout-now-received')).toEqual([{ type: 'timeout-now-received', term: 1, peer: id(2) }]);
    expect(lone.eventsOf('election-started')).toEqual([{ type: 'election-started', term: 1, reason: 'transfer', ticks: 0 }]);
    expect(sentTo(lone.flush(), 3, 'MsgVote')[0]?.transfer).toBe(true);
  });

  it('are counted over voters alone', () => {
    const lone = new Lone({ log: [1], learners: [9], voters: [1, 2, 3] });
    lone.node.campaign();
    lone.flush();
    lone.step(msgVoteResp('MsgVoteResp', { from: 9, term: 2 }));
    expect(lone.eventsOf('votes-counted').at(-1)).toMatchObject({ granted: 1, rejected: 0 });
  });

  it('name the leader of a higher term that a message of a leader brings, and nobody for another message', () => {
    const lead = (message: Message): unknown => {
      const lone = new Lone({ log: [1] });
      lone.step(message);
      return [lone.eventsOf('became-follower').at(-1)?.lead, lone.eventsOf('leader-found').length];
    };
    expect(lead(msgHeartbeat({ from: 2, term: 5 }))).toEqual([id(2), 0]);
    expect(lead(msgSnap({ from: 2, term: 5 }, snapshotAt(9, 5, [1, 2])))).toEqual([id(2), 0]);
    expect(lead(msgApp({ from: 2, term: 5 }, 1, 1))).toEqual([id(2), 0]);
    expect(lead(msgVote('MsgVote', { from: 2, term: 5 }, 1, 1))).toEqual([NO_NODE, 0]);
    expect(lead(msgHeartbeat({ from: 2, term: 1 }))).toEqual([NO_NODE, 1]); // its own term: found, not followed anew
  });

  it('find a leader once', () => {
    const lone = new Lone({ log: [1] });
    lone.step(msgHeartbeat({ from: 2, term: 1 }), msgHeartbeat({ from: 2, term: 1 }), msgApp({ from: 2, term: 1 }, 1, 1));
    expect(lone.eventsOf('leader-found')).toEqual([{ type: 'leader-found', leader: id(2), term: 1 }]);
  });
});

describe('votes', () => {
  it('that are refused, each for its reason', () => {
    const reasonOf = (start: NodeStart, hear: readonly Message[], type: 'MsgVote' | 'MsgPreVote', term: number): unknown => {
      const lone = new Lone({ log: [1], ...start });
      lone.step(...hear, msgVote(type, { from: 3, term }, 1, 1));
      return lone.eventsOf('vote-rejected')[0];
    };
    expect(reasonOf({ term: 2, vote: 2 }, [], 'MsgVote', 2)).toEqual({
      type: 'vote-rejected',
      ...ballot,
      vote: id(2),
      message: 'MsgVote',
      term: 2,
      reason: 'voted-for-other',
    });
    expect(reasonOf({ term: 2 }, [msgHeartbeat({ from: 2, term: 2 })], 'MsgVote', 2)).toMatchObject({ reason: 'follows-a-leader' });
    expect(reasonOf({ term: 2 }, [], 'MsgPreVote', 1)).toEqual({
      type: 'vote-rejected',
      ...ballot,
      vote: NO_NODE,
      message: 'MsgPreVote',
      term: 2,
      reason: 'lower-term',
    });
    expect(reasonOf({ log: [1, 1] }, [], 'MsgVote', 2)).toMatchObject({ reason: 'log-not-up-to-date', logTerm: 1, index: 2 });
  });

  it('that a lease holds back, with the ticks that are left of it', () => {
    const lone = new Lone({ log: [1], config: { checkQuorum: true } });
    lone.step(msgHeartbeat({ from: 2, term: 1 }));
    for (let i = 0; i < 3; i++) lone.node.tick();
    lone.step(msgVote('MsgVote', { from: 3, term: 2 }, 1, 1));
    expect(lone.eventsOf('vote-ignored-in-lease')).toEqual([
      { type: 'vote-ignored-in-lease', ...ballot, vote: NO_NODE, message: 'MsgVote', term: 1, lead: id(2), remainingTicks: 7 },
    ]);
  });
});

describe('what cannot be passed on', () => {
  it('is dropped with a word: proposals, reads and transfers without a leader', () => {
    const lone = new Lone({ log: [1] });
    lone.node.propose(utf8('x'));
    lone.node.readIndex(utf8('r'));
    lone.node.transferLeader(id(2));
    const term = 1;
    expect(lone.events.slice(-3)).toEqual([
      { type: 'proposal-dropped-without-leader', term },
      { type: 'read-dropped-without-leader', term },
      { type: 'transfer-dropped-without-leader', term },
    ]);
    expect(lone.flush()).toEqual([]);
  });

  it('as a candidate', () => {
    const lone = new Lone({ log: [1] });
    lone.node.campaign();
    expect(lone.node.propose(utf8('x'))).toEqual({ type: 'proposal-dropped', reason: 'no-leader' });
    expect(lone.events.at(-1)).toEqual({ type: 'proposal-dropped-without-leader', term: 2 });
  });

  it('nor forwarded where that is off', () => {
    const lone = new Lone({ log: [1], config: { disableProposalForwarding: true } });
    lone.step(msgHeartbeat({ from: 2, term: 1 }));
    lone.node.propose(utf8('x'));
    expect(lone.events.at(-1)).toEqual({ type: 'proposal-not-forwarded', leader: id(2), term: 1 });
  });

  it('goes on to the leader under the name of who asked first', () => {
    const lone = new Lone({ self: 2, log: [1] });
    lone.step(msgHeartbeat({ from: 1, to: 2, term: 1 }));
    const entries = [{ type: 'EntryNormal', data: utf8('x') }] as const;
    const term = lone.node.state().core.log.termOrZero(lone.status.lastIndex);
    const none = { from: NO_NODE, to: NO_NODE, term: new Lone().status.term };
    expect(lone.step({ ...none, from: id(3), to: id(2), type: 'MsgProp', entries })).toMatchObject([{ from: id(3), to: id(1), term: 0 }]);
    expect(lone.step({ ...none, from: id(3), to: id(2), type: 'MsgReadIndex', context: utf8('r') })).toMatchObject([
      { from: id(3), to: id(1), term: 0 },
    ]);
    lone.node.stepLocal({ ...none, type: 'MsgProp', entries });
    lone.node.readIndex(utf8('r'));
    lone.node.transferLeader(id(3));
    expect(lone.flush()).toMatchObject([
      { type: 'MsgProp', from: id(2), to: id(1), term: 0 },
      { type: 'MsgReadIndex', from: id(2), to: id(1), term: 0 },
      { type: 'MsgTransferLeader', from: id(3), to: id(1), term },
    ]);
  });
});

describe('replication', () => {
  it('to a peer: why its progress changes', () => {
    const lone = leader();
    lone.node.propose(utf8('a'));
    lone.flush();
    const types = ['progress-changed', 'progress-decreased', 'peer-unreachable', 'snapshot-reported'] as const;
    const rejected = said(lone, types, () => void lone.step(msgReject({ from: 2, term: 2 }, 4, 3, 2)));
    expect(rejected).toMatchObject([
      { type: 'progress-decreased', peer: id(2), progress: { state: 'replicate', next: 4 } },
      { type: 'progress-changed', peer: id(2), progress: { state: 'probe', next: 4 }, reason: 'rejected' },
    ]);
    const matched = said(lone, types, () => void lone.step(msgAppResp({ from: 2, term: 2 }, 4)));
    expect(matched).toMatchObject([{ type: 'progress-changed', peer: id(2), progress: { state: 'replicate' }, reason: 'matched' }]);
    expect(said(lone, types, () => lone.node.reportUnreachable(id(2)))).toMatchObject([
      { type: 'peer-unreachable', peer: id(2), progress: { state: 'probe' } },
    ]);
  });

  it('that is rejected tries again at once', () => {
    const lone = leader();
    lone.node.propose(utf8('a'));
    lone.flush();
    expect(sentTo(lone.step(msgReject({ from: 2, term: 2 }, 4, 3, 2)), 2, 'MsgApp').map(({ index }) => index)).toEqual([3]);
  });

  it('with a full window says so once, for the append that filled it', () => {
    const lone = leader({ maxInflightMessages: 2 });
    const full = said(lone, ['window-full'], () => {
      for (const data of ['a', 'b', 'c']) lone.node.propose(utf8(data));
    });
    expect(full).toMatchObject([{ peer: id(2), progress: { state: 'replicate', inflight: 2, inflightFull: true, paused: true } }]);
    const empty = { type: 'MsgHeartbeatResp', from: id(2), to: id(1), term: lone.status.term, context: EMPTY_BYTES } as const;
    expect(said(lone, ['window-full'], () => void lone.step(empty))).toEqual([]);
    // A probe that waits has no window.
    expect(lone.eventsOf('window-full').every(({ peer }) => peer === id(2))).toBe(true);
  });

  it('of snapshots: how they ended', () => {
    const lone = leader();
    lone.storage.createSnapshot(lone.status.lastIndex, lone.storage.snapshot().confState, EMPTY_BYTES);
    lone.storage.compact(lone.status.lastIndex);
    lone.step(msgReject({ from: 3, term: 2 }, 2, 0, 0));
    const early = said(lone, ['replication-resumed', 'snapshot-sent'], () => void lone.step(msgAppResp({ from: 3, term: 2 }, 2)));
    expect(early).toEqual([]); // its log does not reach ours yet
    for (const failed of [true, false]) {
      const reported = said(lone, ['snapshot-reported'], () => lone.node.reportSnapshot(id(3), failed ? 'failure' : 'finish'));
      expect(reported).toMatchObject([{ peer: id(3), failed, progress: { state: 'probe', next: failed ? 3 : 4 } }]);
      lone.step({ type: 'MsgHeartbeatResp', from: id(3), to: id(1), term: lone.status.term, context: EMPTY_BYTES });
    }
  });

  it('of commits: by whom, and from where to where, in the order of ids', () => {
    const lone = new Lone({ voters: [1, 2, 3, 4, 5], log: [1] });
    lone.node.applyConfChange({
      version: 2,
      transition: 'auto',
      changes: [{ type: 'add-learner-node', nodeId: id(9) }],
      context: EMPTY_BYTES,
    });
    lone.lead();
    lone.step(msgAppResp({ from: 9, term: 2 }, 2), msgAppResp({ from: 5, term: 2 }, 2), msgAppResp({ from: 3, term: 2 }, 2));
    expect(lone.eventsOf('commit-advanced')).toEqual([
      { type: 'commit-advanced', previous: 0, index: 2, reason: 'quorum', acks: [id(1), id(3), id(5)] },
    ]);
  });

  it('on the follower: heartbeats tell of commits too', () => {
    const lone = new Lone({ log: [1, 1] });
    lone.step(msgHeartbeat({ from: 2, term: 1 }, 1));
    expect(lone.eventsOf('commit-advanced')).toEqual([
      { type: 'commit-advanced', previous: 0, index: 1, reason: 'told-by-leader', acks: [] },
    ]);
    lone.step(msgApp({ from: 2, term: 1 }, 0, 0, entriesOf(1, [1])));
    expect(lone.eventsOf('stale-append-answered')).toEqual([{ type: 'stale-append-answered', peer: id(2), index: 0, commit: 1 }]);
  });
});

describe('a leader without a quorum', () => {
  it('names who was active, in the order of ids, and why it is follower', () => {
    const lone = new Lone({ self: 3, voters: [1, 2, 3, 4, 5], log: [1], config: { checkQuorum: true } }).lead();
    lone.step(msgAppResp({ from: 2, to: 3, term: 2 }, 2));
    for (let i = 0; i < 10; i++) lone.node.tick();
    expect(lone.eventsOf('quorum-not-active')).toEqual([{ type: 'quorum-not-active', active: [id(2), id(3)] }]);
    expect(lone.eventsOf('became-follower').at(-1)).toEqual({
      type: 'became-follower',
      term: 2,
      lead: NO_NODE,
      reason: 'quorum-not-active',
    });
  });
});

describe('a leader that hands over', () => {
  const changeOf = (text: string): ConfChange => ({
    version: 2,
    transition: 'auto',
    changes: parseChanges(text) ?? [],
    context: EMPTY_BYTES,
  });

  it('says which proposals it drops, and when the time is over', () => {
    const lone = leader();
    lone.node.transferLeader(id(3));
    lone.node.propose(utf8('x'));
    expect(lone.events.at(-1)).toEqual({ type: 'proposal-dropped-by-transfer', term: 2, peer: id(3) });
    for (let i = 0; i < 10; i++) lone.node.tick();
    expect(lone.eventsOf('transfer-expired')).toEqual([{ type: 'transfer-expired', term: 2, peer: id(3) }]);
    for (let i = 0; i < 10; i++) lone.node.tick();
    expect(lone.eventsOf('transfer-expired')).toHaveLength(1);
  });

  it('goes on through a change of others, and gives up when its target goes', () => {
    const lone = leader();
    lone.node.applyConfChange(changeOf('v4'));
    expect(lone.eventsOf('transfer-target-lost')).toEqual([]);
    lone.node.transferLeader(id(3));
    lone.node.applyConfChange(changeOf('r4'));
    expect(lone.status.transferee).toBe(id(3));
    lone.node.applyConfChange(changeOf('r3'));
    expect(lone.eventsOf('transfer-target-lost')).toEqual([{ type: 'transfer-target-lost', term: 2, peer: id(3) }]);
  });

  it('does not leave a joint configuration meanwhile, and says so', () => {
    const lone = leader();
    lone.node.proposeConfChange(changeOf('v4 v5'));
    lone.flush();
    lone.node.applyConfChange(changeOf('v4 v5'));
    lone.node.transferLeader(id(3));
    lone.step(msgAppResp({ from: 2, term: 2 }, 4), msgAppResp({ from: 4, term: 2 }, 4));
    expect(lone.eventsOf('auto-leave-refused')).toHaveLength(1);
    expect([lone.eventsOf('auto-leave-started'), lone.status.lastIndex]).toEqual([[], 4]);
  });
});

describe('a batch of proposals', () => {
  it('is appended in its order, and told of once', () => {
    const lone = leader();
    const appended = said(lone, ['entries-appended'], () => {
      lone.node.proposeBatch(['a', 'b', 'c'].map((text) => ({ type: 'EntryNormal', data: utf8(text) })));
    });
    expect(appended).toEqual([{ type: 'entries-appended', first: 4, last: 6, term: 2, proposed: true }]);
    expect(lone.node.peekReady().entries.map(({ index }) => index)).toEqual([4, 5, 6]);
  });

  it('with a change in it waits for the change at its own place', () => {
    const lone = leader();
    const data = encodeConfChange({ version: 2, transition: 'auto', changes: [{ type: 'add-node', nodeId: id(4) }], context: EMPTY_BYTES });
    lone.node.proposeBatch([
      { type: 'EntryNormal', data: utf8('a') },
      { type: 'EntryNormal', data: utf8('b') },
      { type: 'EntryConfChangeV2', data },
    ]);
    expect(lone.node.state().core.role).toMatchObject({ type: 'leader', pendingConfIndex: 6 });
  });
});
