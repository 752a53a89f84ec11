/** The contract with the application: Readys, advance, asynchronous storage, and what is refused. */

import { describe, expect, it } from 'vitest';
import { logIndex, NO_NODE, term } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { createPrng } from '#kernel/prng.ts';
import { describeReady } from '#raft/describe.ts';
import { raftErrorText } from '#raft/error.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import { APPEND_THREAD, APPLY_THREAD, type Message, type MessageType } from '#raft/message.ts';
import { RawNode } from '#raft/raw-node.ts';
import { settingsOf } from '#raft/start.ts';
import { progressOf } from '#raft/status.ts';
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
  snapshotAt,
} from '#raft/testing/build.ts';
import type { ConfState } from '#raft/state.ts';
import { id } from '#raft/testing/network.ts';

const TO_1 = { from: id(2), to: id(1), term: term(0) };

describe('a single voter', () => {
  it('commits its own proposals, three Readys after its campaign', () => {
    const lone = new Lone({ voters: [1] });
    lone.node.campaign();
    const types: string[] = [];
    while (lone.node.hasReady()) {
      const ready = lone.node.ready();
      types.push(`${ready.softState?.role ?? '-'} ${ready.entries.length} ${ready.committedEntries.length} ${ready.mustSync}`);
      if (ready.hardState !== undefined) lone.storage.setHardState(ready.hardState);
      lone.storage.append(ready.entries);
      lone.node.advance();
    }
    expect(types).toEqual(['candidate 0 0 true', 'leader 1 0 true', '- 0 1 false']);
    lone.node.propose(utf8('x'));
    lone.flush();
    expect(lone.status).toMatchObject({ role: 'leader', commit: 2, applied: 2 });
  });
});

describe('a Ready', () => {
  it('shows what changed, once', () => {
    const lone = new Lone({ log: [1] });
    expect(lone.node.hasReady()).toBe(false);
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 1, entriesOf(2, [1, 1]), 2));
    const ready = lone.node.ready();
    expect(ready).toMatchObject({
      softState: { lead: id(2), role: 'follower' },
      hardState: { term: 1, commit: 2 },
      entries: entriesOf(2, [1, 1]),
      mustSync: true,
    });
    expect(ready.committedEntries.map(({ index }) => index)).toEqual([1, 2]);
    lone.storage.append(ready.entries);
    lone.node.advance();
    expect(lone.node.hasReady()).toBe(false);
    expect(describeReady(lone.node.ready())).toBe('<empty Ready>');
  });

  it('is one at a time', () => {
    const lone = new Lone({ log: [1] });
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 1, entriesOf(2, [1])));
    lone.node.ready();
    expect(() => lone.node.ready()).toThrow('a second Ready was taken without advance');
  });

  it('of a commit alone needs no flush', () => {
    const lone = new Lone({ log: [1, 1] });
    lone.step(msgApp({ from: 2, term: 1 }, 1, 2));
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 2, [], 2));
    expect(lone.node.ready()).toMatchObject({ mustSync: false, hardState: { commit: 2 } });
  });

  it('of a vote in the term at hand must be flushed: it may not be forgotten', () => {
    const lone = new Lone({ log: [1], term: 2 });
    lone.node.step(msgVote('MsgVote', { from: 3, term: 2 }, 1, 1));
    expect(lone.node.ready()).toMatchObject({ mustSync: true, hardState: { term: 2, vote: id(3) }, entries: [] });
  });

  it('of a term without a vote must be flushed, too', () => {
    const lone = new Lone({ log: [1], term: 2 });
    lone.node.step(msgHeartbeat({ from: 3, term: 3 }));
    expect(lone.node.ready()).toMatchObject({ mustSync: true, hardState: { term: 3, vote: NO_NODE }, entries: [] });
  });

  it('of entries from an earlier term is told as done with their term', () => {
    const lone = new Lone({ log: [1], term: 5 });
    lone.step(msgApp({ from: 2, term: 5 }, 1, 1, entriesOf(2, [3, 4])));
    expect(lone.node.state().core.log.unstable.entries).toEqual([]);
    expect(lone.eventsOf('entries-durable')).toEqual([{ type: 'entries-durable', index: 3, term: 4 }]);
  });

  it('can be looked at without being taken', () => {
    const lone = new Lone({ log: [1] });
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 1, entriesOf(2, [1])));
    const peeked = lone.node.peekReady();
    expect(lone.node.ready()).toEqual(peeked);
  });
});

describe('asynchronous storage', () => {
  const start = (): Lone => new Lone({ log: [1], commit: 1, applied: 1, config: { asyncStorageWrites: true } });

  it('gives the work to threads, with what to answer when it is done', () => {
    const lone = start();
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 1, entriesOf(2, [1]), 2));
    const first = lone.node.ready();
    expect(first.messages).toHaveLength(1);
    const [work] = first.messages;
    expect(work).toMatchObject({ type: 'MsgStorageAppend', to: APPEND_THREAD, entries: entriesOf(2, [1]), hardState: { commit: 2 } });
    if (work?.type !== 'MsgStorageAppend') throw new Error('work');
    expect(work.responses.map(({ type, to }) => [type, to])).toEqual([
      ['MsgAppResp', id(2)],
      ['MsgStorageAppendResp', id(1)],
    ]);
    expect(first.committedEntries).toEqual([]); // committed, not durable here
    lone.storage.append(work.entries);
    for (const response of work.responses) if (response.to === id(1)) lone.node.step(response);
    const [apply] = lone.node.ready().messages;
    expect(apply).toMatchObject({ type: 'MsgStorageApply', to: APPLY_THREAD, entries: entriesOf(2, [1]) });
    if (apply?.type !== 'MsgStorageApply') throw new Error('work');
    for (const response of apply.responses) lone.node.step(response);
    expect(lone.status.applied).toBe(2);
    expect(lone.node.hasReady()).toBe(false);
    expect(() => lone.node.advance()).toThrow('not used with asynchronous storage writes');
  });

  it('lets an answer that promises something go through the thread, even with nothing to write', () => {
    const lone = start();
    lone.node.step(msgVote('MsgPreVote', { from: 2, term: 2 }, 1, 1));
    const { messages } = lone.node.ready();
    expect(messages).toMatchObject([
      { type: 'MsgStorageAppend', entries: [], hardState: undefined, responses: [{ type: 'MsgPreVoteResp', to: id(2) }] },
    ]);
  });

  it('hands a snapshot to be written once', () => {
    const lone = start();
    lone.node.step({ type: 'MsgSnap', from: id(2), to: id(1), term: term(1), snapshot: snapshotAt(7, 1, [1, 2, 3]) });
    expect(lone.node.ready().snapshot?.index).toBe(7);
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 7, entriesOf(8, [1])));
    const next = lone.node.ready();
    expect([next.snapshot, next.entries.length]).toEqual([undefined, 1]);
  });

  it('believes no report of an older term: the entry may be under way again', () => {
    const lone = start();
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 1, entriesOf(2, [1])));
    lone.node.ready();
    lone.node.step(msgVote('MsgVote', { from: 3, term: 5 }, 9, 9));
    lone.node.step({
      type: 'MsgStorageAppendResp',
      from: APPEND_THREAD,
      to: id(1),
      term: term(1),
      logTerm: term(1),
      index: logIndex(2),
      snapshot: undefined,
    });
    expect(lone.eventsOf('lower-term-append-ignored')).toMatchObject([{ term: 5, messageTerm: 1 }]);
    expect(lone.node.state().core.log.unstable.entries).toHaveLength(1);
  });

  it('but a snapshot of an older term is durable all the same', () => {
    const lone = start();
    lone.node.step({ type: 'MsgSnap', from: id(2), to: id(1), term: term(1), snapshot: snapshotAt(7, 1, [1, 2, 3]) });
    const [work] = lone.node.ready().messages;
    if (work?.type !== 'MsgStorageAppend' || work.snapshot === undefined) throw new Error('work');
    lone.storage.applySnapshot(work.snapshot);
    lone.node.step(msgVote('MsgVote', { from: 3, term: 5 }, 9, 9));
    for (const response of work.responses) if (response.to === id(1)) lone.node.step(response);
    expect(lone.status).toMatchObject({ applied: 7, term: 5 });
    expect(lone.eventsOf('lower-term-append-ignored')).toEqual([]); // it names no entry
    expect(lone.node.state().core.log.hasPendingSnapshot()).toBe(false);
  });
});

describe('what is refused', () => {
  const LOCAL: readonly MessageType[] = ['MsgHup', 'MsgBeat', 'MsgUnreachable', 'MsgSnapStatus', 'MsgCheckQuorum'];
  it.each(LOCAL)('%s from another node', (type) => {
    const error = new Lone().node.step({ type, from: id(2), to: id(1), term: term(0), reject: false } as Message);
    expect(error).toEqual({ type: 'step-local-message', message: type });
    expect(error && raftErrorText(error)).toBe('raft: cannot step raft local message');
  });

  it('answers from a node that is not tracked', () => {
    const error = new Lone().node.step(msgAppResp({ from: 9, term: 1 }, 1));
    expect(error).toEqual({ type: 'peer-not-found', peer: id(9) });
    expect(error && raftErrorText(error)).toBe('raft: cannot step as peer not found');
  });

  it('a message of an unknown type', () => {
    const error = new Lone().node.step({ type: 'MsgWhat', from: id(2), to: id(1), term: term(1) } as unknown as Message);
    expect(error).toEqual({ type: 'unknown-message', message: 'MsgWhat' });
    expect(error && raftErrorText(error)).toBe('raft: unknown message type MsgWhat');
  });

  it.each<readonly [string, Message, string]>([
    ['a gap', msgApp({ from: 2, term: 2 }, 0, 0, [entry(1, 2)]), 'malformed MsgApp: index of an entry is 2, expected 1'],
    ['terms that go down', msgApp({ from: 2, term: 3 }, 2, 0, [entry(1, 1)]), 'malformed MsgApp: term of an entry is 1, expected 2'],
    [
      'entries from the future',
      msgApp({ from: 2, term: 2 }, 0, 0, [entry(3, 1)]),
      'malformed MsgApp: term of the last entry is 3, expected 2',
    ],
    ['a vote without a term', msgVote('MsgVote', { from: 2, term: 0 }, 0, 0), 'malformed MsgVote: term is 0, expected 1'],
    [
      'an empty proposal',
      { type: 'MsgProp', from: id(2), to: id(1), term: term(0), entries: [] },
      'malformed MsgProp: number of entries is 0, expected 1',
    ],
    [
      'a read without a name',
      { type: 'MsgReadIndex', from: id(2), to: id(1), term: term(0), context: EMPTY_BYTES },
      'malformed MsgReadIndex: length of the context is 0, expected 1',
    ],
  ])('%s', (_name, message, text) => {
    const lone = new Lone();
    const before = lone.status;
    const error = lone.node.step(message);
    expect(error && raftErrorText(error)).toBe(`raft: ${text}`);
    expect(lone.status).toEqual(before);
  });

  const TERMLESS: readonly Message[] = [
    msgApp({ from: 2, term: 0 }, 0, 0),
    msgAppResp({ from: 2, term: 0 }, 0),
    msgVote('MsgPreVote', { from: 2, term: 0 }, 0, 0),
    msgVoteResp('MsgVoteResp', { from: 2, term: 0 }),
    msgHeartbeat({ from: 2, term: 0 }),
    { ...TO_1, type: 'MsgHeartbeatResp', context: EMPTY_BYTES },
    { ...TO_1, type: 'MsgTimeoutNow' },
    { ...TO_1, type: 'MsgReadIndexResp', index: logIndex(1), context: utf8('r') },
    msgSnap({ from: 2, term: 0 }, snapshotAt(9, 0, [1, 2, 3])),
  ];
  it.each(TERMLESS)('$type without a term, which would pass as one of the present term', (message) => {
    const lone = new Lone({ log: [1] });
    const before = lone.status;
    expect(lone.node.step(message)).toEqual({ type: 'malformed-message', message: message.type, what: 'term', expected: 1, actual: 0 });
    expect([lone.status, lone.node.hasReady()]).toEqual([before, false]);
  });

  it('but not what nodes say that never saw an election', () => {
    const lone = new Lone();
    lone.node.step(msgSnap({ from: 2, term: 0 }, snapshotAt(9, 0, [1, 2, 3])));
    expect(lone.status.commit).toBe(9);
    expect(lone.node.step(msgVoteResp('MsgPreVoteResp', { from: 2, term: 0 }, true))).toBeUndefined();
    expect(lone.node.step({ ...TO_1, type: 'MsgReadIndex', context: utf8('r') })).toBeUndefined();
    expect(lone.node.step({ ...TO_1, type: 'MsgTransferLeader' })).toBeUndefined();
  });

  it.each<readonly [string, Partial<ConfState>, string]>([
    ['learners that are voters', { learners: [id(2)] }, 'number of learners that are voters is 1, expected 0'],
    [
      'learners that are leaving voters',
      { votersOutgoing: [id(4)], learners: [id(4)] },
      'number of learners that are voters is 1, expected 0',
    ],
    [
      'next learners that do not vote',
      { votersOutgoing: [id(1)], learnersNext: [id(4)] },
      'number of next learners outside of the outgoing half is 1, expected 0',
    ],
    ['a voter twice', { voters: [id(1), id(1)] }, 'number of different ids in a list is 1, expected 2'],
    [
      'a next learner twice',
      { votersOutgoing: [id(4)], learnersNext: [id(4), id(4)] },
      'number of different ids in a list is 1, expected 2',
    ],
  ])('a snapshot with %s, before any of it is taken over', (_name, changed, text) => {
    const lone = new Lone({ log: [1] });
    const before = lone.status;
    const snapshot = snapshotAt(9, 1, [1, 2, 3]);
    const error = lone.node.step(msgSnap({ from: 2, term: 1 }, { ...snapshot, confState: { ...snapshot.confState, ...changed } }));
    expect(error && raftErrorText(error)).toBe(`raft: malformed MsgSnap: ${text}`);
    expect([lone.status, lone.node.hasReady()]).toEqual([before, false]);
  });

  it('a snapshot from the future', () => {
    const error = new Lone().node.step(msgSnap({ from: 2, term: 2 }, snapshotAt(9, 3, [1, 2, 3])));
    expect(error && raftErrorText(error)).toBe('raft: malformed MsgSnap: term of the snapshot is 3, expected 2');
    expect(new Lone().node.step(msgSnap({ from: 2, term: 3 }, snapshotAt(9, 3, [1, 2, 3])))).toBeUndefined();
  });

  it('an acknowledgement of more than the leader has', () => {
    const lone = new Lone({ log: [1] }).lead();
    const error = lone.node.step(msgAppResp({ from: 2, term: 2 }, 9));
    expect(error).toEqual({ type: 'malformed-message', message: 'MsgAppResp', what: 'acknowledged index', expected: 2, actual: 9 });
    expect(lone.status.progressById.get(id(2))).toMatchObject({ match: 0 });
    expect(lone.node.step(msgAppResp({ from: 2, term: 2 }, 2))).toBeUndefined();
    expect(new Lone({ log: [1] }).node.step(msgAppResp({ from: 2, term: 1 }, 9))).toBeUndefined(); // not to a leader: of no interest
  });

  it('but not an old acknowledgement of entries that the leader lost since', () => {
    const lone = new Lone({ log: [1], term: 4 }).lead();
    const before = lone.status.progressById.get(id(2));
    expect(lone.node.step(msgAppResp({ from: 2, term: 3 }, 9))).toBeUndefined();
    expect(lone.status.progressById.get(id(2))).toEqual(before);
  });

  it('a rejection of more than the leader sent', () => {
    const lone = new Lone({ log: [1] }).lead();
    const before = lone.status;
    const error = lone.node.step(msgReject({ from: 2, term: 2 }, 3, 1, 1));
    expect(error).toEqual({ type: 'malformed-message', message: 'MsgAppResp', what: 'rejected index', expected: 2, actual: 3 });
    expect(lone.status).toEqual(before);
  });

  it('a configuration change that cannot be read', () => {
    const lone = new Lone().lead();
    const error = lone.node.proposeBatch([{ type: 'EntryConfChange', data: Uint8Array.of(7) }]);
    expect(error?.type).toBe('malformed-conf-change');
    expect(error && raftErrorText(error)).toBe('raft: malformed configuration change: field number 0 at offset 1');
    expect(lone.node.proposeBatch([{ type: 'EntryConfChange', data: Uint8Array.of(9) }])).toMatchObject({ type: 'malformed-conf-change' });
    expect(lone.status.role).toBe('leader');
  });

  it('proposals without a leader, and where forwarding is off', () => {
    const lone = new Lone();
    expect(lone.node.propose(utf8('x'))).toEqual({ type: 'proposal-dropped', reason: 'no-leader' });
    const off = new Lone({ config: { disableProposalForwarding: true } });
    off.step(msgApp({ from: 2, term: 1 }, 0, 0));
    expect(off.node.propose(utf8('x'))).toEqual({ type: 'proposal-dropped', reason: 'forwarding-disabled' });
    const on = new Lone();
    on.step(msgApp({ from: 2, term: 1 }, 0, 0));
    on.node.propose(utf8('x'));
    expect(on.flush()).toEqual([{ type: 'MsgProp', from: id(1), to: id(2), term: 0, entries: [{ type: 'EntryNormal', data: utf8('x') }] }]);
  });

  it.each([
    [{ electionTicks: 1 }, 'election ticks 1 must be above heartbeat ticks 1'],
    [{ heartbeatTicks: 0 }, 'heartbeat ticks must be above 0, are 0'],
    [{ maxInflightMessages: 0 }, 'inflight messages must be above 0, are 0'],
    [{ maxInflightBytes: 5, maxSizePerMessage: 10 }, 'inflight bytes 5 must not be below the message size 10'],
    [{ readOnly: 'lease-based' as const }, 'lease-based reads need CheckQuorum'],
    [{ id: id(0) }, "0 cannot be a node's id"],
    [{ id: APPEND_THREAD }, `${APPEND_THREAD} cannot be a node's id`],
  ])('settings that contradict themselves: %o', (config, text) => {
    const base = { id: id(1), electionTicks: 10, heartbeatTicks: 1, storage: new MemoryStorage(), prng: createPrng(1, 'x') };
    expect(() => RawNode.start({ ...base, ...config })).toThrow(text);
  });
});

describe('status', () => {
  it('is plain data: votes of a candidate, progress of a leader', () => {
    const lone = new Lone();
    lone.node.campaign();
    lone.flush();
    lone.step({ type: 'MsgVoteResp', from: id(3), to: id(1), term: term(1), reject: true });
    expect([...lone.status.votesById]).toEqual([
      [id(1), true],
      [id(3), false],
    ]);
    lone.step({ type: 'MsgVoteResp', from: id(2), to: id(1), term: term(1), reject: false });
    expect([...lone.status.progressById.keys()]).toEqual([id(1), id(2), id(3)]);
    expect(lone.status.votesById.size).toBe(0);
  });

  it('of a pre-candidate has its votes, of a follower nothing of other roles', () => {
    const lone = new Lone({ log: [1], config: { preVote: true } });
    expect(lone.status).toMatchObject({ role: 'follower', transferee: NO_NODE, progressById: new Map(), votesById: new Map() });
    lone.node.campaign();
    lone.flush();
    expect(lone.status).toMatchObject({ role: 'pre-candidate', transferee: NO_NODE, progressById: new Map() });
    expect([...lone.status.votesById]).toEqual([[id(1), true]]);
    const { votesById } = lone.status;
    lone.step(msgVoteResp('MsgPreVoteResp', { from: 3, term: 1 }, true));
    expect([...lone.status.votesById.values()]).toEqual([true, false]);
    expect(votesById.size).toBe(1); // a picture: it does not change
    expect(progressOf(lone.node.state().core)).toEqual(new Map());
  });
});

describe('what the application must not ask for', () => {
  it('is a read without a name, or a timeout of no ticks', () => {
    const lone = new Lone({ log: [1] });
    expect(() => lone.node.readIndex(EMPTY_BYTES)).toThrow('a read needs a context to be told by');
    expect(() => lone.node.setRandomizedElectionTimeout(0)).toThrow('an election timeout of 0 ticks');
    lone.node.setRandomizedElectionTimeout(1);
    expect(lone.status.randomizedElectionTimeout).toBe(1);
  });
});

describe('with asynchronous storage', () => {
  it('entries that are committed and not durable here are no work yet', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1, config: { asyncStorageWrites: true } });
    lone.node.step(msgApp({ from: 2, term: 1 }, 1, 1, entriesOf(2, [1]), 2));
    expect(lone.node.ready().committedEntries).toEqual([]);
    expect(lone.node.hasReady()).toBe(false);
  });
});

describe('a start', () => {
  it('says that it is one, and what was found', () => {
    const lone = new Lone({ log: [1, 2], term: 3, commit: 1, applied: 1 });
    expect(lone.eventsOf('became-follower')).toEqual([{ type: 'became-follower', term: 3, lead: NO_NODE, reason: 'started' }]);
    expect(lone.eventsOf('raft-started')).toEqual([
      { type: 'raft-started', peers: [1, 2, 3].map(id), term: 3, commit: 1, applied: 1, lastIndex: 2, lastTerm: 2 },
    ]);
  });

  it('is refused where the commit index lies before the snapshot', () => {
    const storage = new MemoryStorage();
    storage.applySnapshot(snapshotAt(5, 1, [1, 2, 3]));
    storage.setHardState({ term: term(1), vote: NO_NODE, commit: logIndex(4) });
    const settings = { id: id(10), electionTicks: 10, heartbeatTicks: 1, storage, prng: createPrng(1, 'x') };
    expect(() => RawNode.start(settings)).toThrow('a state.commit 4 is out of range [5, 5]');
  });

  it('takes etcd-io/raft’s defaults for what is left out', () => {
    const given = { id: id(1), electionTicks: 10, heartbeatTicks: 1, storage: new MemoryStorage(), prng: createPrng(1, 'x') };
    expect(settingsOf(given)).toMatchObject({
      asyncStorageWrites: false,
      maxInflightMessages: 2_147_483_647,
      checkQuorum: false,
      preVote: false,
      readOnly: 'safe',
      disableProposalForwarding: false,
      disableConfChangeValidation: false,
      stepDownOnRemoval: false,
    });
    expect(settingsOf({ ...given, maxSizePerMessage: 9 }).maxCommittedSizePerReady).toBe(9);
  });
});
