/** How a leader sends: probes, windows, snapshots, hints, limits; and what followers answer. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logIndex, NO_NODE } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { APPLY_THREAD } from '#raft/message.ts';
import { entriesOf, entry, Lone, msgApp, msgAppResp, msgHeartbeat, msgReject, msgSnap, sentTo, snapshotAt } from '#raft/testing/build.ts';
import { id, Network } from '#raft/testing/network.ts';

/** A leader of term 2 that has committed its first entry, at index 3; node 3 is not heard of. */
function leader(config: NonNullable<ConstructorParameters<typeof Lone>[0]>['config'] = {}): Lone {
  const lone = new Lone({ log: [1, 1], term: 1, commit: 2, applied: 2, config }).lead();
  lone.step(msgAppResp({ from: 2, term: 2 }, 3));
  expect(lone.status).toMatchObject({ commit: 3, term: 2 });
  return lone;
}
const progressOf = (lone: Lone, n: number): unknown => lone.status.progressById.get(id(n));
const heartbeatResp = (from: number) =>
  ({ type: 'MsgHeartbeatResp', from: id(from), to: id(1), term: TERM_2, context: EMPTY_BYTES }) as const;
const TERM_2 = new Lone({ log: [2] }).status.term;

describe('flow', () => {
  it('probes until the peer’s log end is known: one append with entries at a time', () => {
    const lone = leader();
    expect(progressOf(lone, 3)).toMatchObject({ state: 'probe', paused: true, recentActive: false });
    lone.node.propose(utf8('a'));
    expect(sentTo(lone.flush(), 3, 'MsgApp')).toEqual([]);
    expect(sentTo(lone.step(heartbeatResp(3)), 3, 'MsgApp')).toHaveLength(1);
    lone.step(msgAppResp({ from: 3, term: 2 }, 4));
    expect(progressOf(lone, 3)).toMatchObject({ state: 'replicate', match: 4, next: 5, recentActive: true });
  });

  it('of the leader to itself needs no probe', () => {
    const lone = new Lone({ log: [1, 1] });
    lone.node.campaign();
    lone.flush();
    lone.node.step({ type: 'MsgVoteResp', from: id(2), to: id(1), term: TERM_2, reject: false });
    expect(progressOf(lone, 1)).toMatchObject({ state: 'replicate', match: 2, next: 3, recentActive: true });
  });

  it('then sends without waiting, up to the window', () => {
    const lone = leader({ maxInflightMessages: 3 });
    for (const data of ['a', 'b', 'c', 'd', 'e']) lone.node.propose(utf8(data));
    const sent = sentTo(lone.flush(), 2, 'MsgApp');
    expect(sent.map(({ entries }) => entries.map(({ index }) => index))).toEqual([[4], [5], [6]]);
    expect(progressOf(lone, 2)).toMatchObject({ inflight: 3, inflightFull: true, paused: true });
    // An acknowledgement makes room for what is left, in one message.
    const more = sentTo(lone.step(msgAppResp({ from: 2, term: 2 }, 5)), 2, 'MsgApp');
    expect(more.flatMap(({ entries }) => entries.map(({ index }) => index))).toEqual([7, 8]);
  });

  it('with a full window, a heartbeat’s answer brings one append without entries', () => {
    const lone = leader({ maxInflightMessages: 1 });
    lone.node.propose(utf8('a'));
    lone.flush();
    const sent = sentTo(lone.step(heartbeatResp(2)), 2, 'MsgApp');
    expect(sent).toEqual([msgApp({ from: 1, to: 2, term: 2 }, 2, 4, [], 3)]);
    lone.node.propose(utf8('b'));
    expect(sentTo(lone.flush(), 2, 'MsgApp')).toEqual([]);
  });

  it('with a full window, that append is without entries even if there are more to send', () => {
    const lone = leader({ maxInflightMessages: 1 });
    for (const data of ['a', 'b']) lone.node.propose(utf8(data));
    lone.flush();
    expect(sentTo(lone.step(heartbeatResp(2)), 2, 'MsgApp')).toEqual([msgApp({ from: 1, to: 2, term: 2 }, 2, 4, [], 3)]);
    expect(progressOf(lone, 2)).toMatchObject({ next: 5, inflight: 1, inflightFull: true });
  });

  it('with a full window and a log that was compacted meanwhile goes on with a snapshot', () => {
    const lone = leader({ maxInflightMessages: 1 });
    for (const data of ['a', 'b']) lone.node.propose(utf8(data));
    lone.flush();
    lone.storage.createSnapshot(logIndex(5), lone.storage.snapshot().confState, EMPTY_BYTES);
    lone.storage.compact(logIndex(5));
    const sent = lone.step(heartbeatResp(2));
    expect(sentTo(sent, 2, 'MsgApp')).toEqual([]);
    expect(sentTo(sent, 2, 'MsgSnap').map(({ snapshot }) => snapshot.index)).toEqual([5]);
  });

  it('counts bytes too: the message that crosses the limit still goes', () => {
    const lone = leader({ maxInflightBytes: 10, maxSizePerMessage: 10 });
    for (let i = 0; i < 4; i++) lone.node.propose(utf8('123456'));
    expect(sentTo(lone.flush(), 2, 'MsgApp')).toHaveLength(2);
    expect(progressOf(lone, 2)).toMatchObject({ inflight: 2, inflightFull: true });
  });

  it('splits what it sends by size, one entry at least', () => {
    const lone = new Lone({ log: [1, 1, 1, 1], commit: 4, applied: 4, config: { maxSizePerMessage: 0 } }).lead();
    lone.step(msgReject({ from: 2, term: 2 }, 4, 0, 0));
    const sent = lone.step(msgAppResp({ from: 2, term: 2 }, 1));
    expect(sentTo(sent, 2, 'MsgApp').map(({ entries }) => entries.length)).toEqual([1, 1, 1, 1]);
  });

  it('goes back to probing when a message was not delivered, from what is known', () => {
    const lone = leader();
    lone.node.propose(utf8('a'));
    lone.flush();
    expect(progressOf(lone, 2)).toMatchObject({ state: 'replicate', match: 3, next: 5 });
    lone.node.reportUnreachable(id(2));
    expect(progressOf(lone, 2)).toMatchObject({ state: 'probe', match: 3, next: 4 });
    lone.node.reportUnreachable(id(3)); // is probing already
    expect(progressOf(lone, 3)).toMatchObject({ state: 'probe' });
  });

  it('that probes or waits for a snapshot stays as it is when a message was not delivered', () => {
    const lone = leader();
    expect(progressOf(lone, 3)).toMatchObject({ state: 'probe', paused: true });
    lone.node.reportUnreachable(id(3));
    expect(progressOf(lone, 3)).toMatchObject({ state: 'probe', paused: true });
    lone.storage.createSnapshot(logIndex(3), lone.storage.snapshot().confState, EMPTY_BYTES);
    lone.storage.compact(logIndex(3));
    lone.step(msgReject({ from: 3, term: 2 }, 2, 0, 0));
    lone.node.reportUnreachable(id(3));
    expect(progressOf(lone, 3)).toMatchObject({ state: 'snapshot', pendingSnapshot: 3 });
  });

  it('that probes sends an empty append on a sign of life, although the peer has everything', () => {
    const lone = leader();
    lone.node.reportUnreachable(id(2));
    expect(progressOf(lone, 2)).toMatchObject({ state: 'probe', match: 3, next: 4 });
    expect(sentTo(lone.step(heartbeatResp(2)), 2, 'MsgApp')).toEqual([msgApp({ from: 1, to: 2, term: 2 }, 2, 3, [], 3)]);
    lone.step(msgAppResp({ from: 2, term: 2 }, 3));
    expect(sentTo(lone.step(heartbeatResp(2)), 2, 'MsgApp')).toEqual([]); // replicates, and has everything
  });

  it('ends probing when the peer says again what is known', () => {
    const lone = leader();
    lone.node.reportUnreachable(id(2));
    lone.step(msgAppResp({ from: 2, term: 2 }, 2)); // older than what is known
    expect(progressOf(lone, 2)).toMatchObject({ state: 'probe' });
    lone.step(msgAppResp({ from: 2, term: 2 }, 3));
    expect(progressOf(lone, 2)).toMatchObject({ state: 'replicate', match: 3, next: 4 });
  });

  it('tells a peer of a commit that it missed, although there is nothing else to send', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.propose(1, 'a');
    const commits = net.peer(3).node.basicStatus().commit;
    expect(commits).toBe(net.node(1).basicStatus().commit);
  });

  it('never tells in a heartbeat of a commit beyond what the peer has', () => {
    const lone = leader();
    for (let i = 0; i < 1; i++) lone.node.tick();
    const sent = lone.flush();
    expect(sentTo(sent, 2, 'MsgHeartbeat')[0]?.commit).toBe(3);
    expect(sentTo(sent, 3, 'MsgHeartbeat')[0]?.commit).toBe(0);
  });
});

describe('what a heartbeat tells of commits', () => {
  it('is never more than what is committed, even if the peer has more', () => {
    const lone = new Lone({ voters: [1, 2, 3, 4, 5], log: [1], commit: 1, applied: 1 }).lead();
    lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    lone.node.tick();
    expect(sentTo(lone.flush(), 2, 'MsgHeartbeat')[0]?.commit).toBe(1);
  });
});

describe('a proposal that is refused', () => {
  it('sends nothing', () => {
    const lone = leader();
    lone.node.transferLeader(id(3));
    lone.flush();
    expect(lone.node.propose(utf8('x'))).toMatchObject({ reason: 'transfer-in-progress' });
    expect(lone.flush()).toEqual([]);
  });
});

describe('what a leader does on its own messages', () => {
  it('is a heartbeat, or a look at its quorum', () => {
    const lone = leader();
    const none = { from: NO_NODE, to: NO_NODE, term: new Lone().status.term };
    lone.node.stepLocal({ ...none, type: 'MsgBeat' });
    expect(lone.flush().map(({ type, to }) => [type, to])).toEqual([
      ['MsgHeartbeat', id(2)],
      ['MsgHeartbeat', id(3)],
    ]);
    lone.node.stepLocal({ ...none, type: 'MsgCheckQuorum' });
    expect(lone.status.role).toBe('leader');
    lone.node.stepLocal({ ...none, type: 'MsgCheckQuorum' });
    expect(lone.status.role).toBe('follower');
  });
});

describe('rejections', () => {
  it('with a hint of unknown term are followed by a probe right after it', () => {
    const lone = new Lone({ log: [1, 1, 1, 1], commit: 1, applied: 1 }).lead();
    const [probe] = sentTo(lone.step(msgReject({ from: 3, term: 2 }, 4, 2, 0)), 3, 'MsgApp');
    expect(probe).toMatchObject({ index: 2, logTerm: 1 });
  });

  it('tell the entry at the leader’s index, not a later one of a lower term', () => {
    const lone = new Lone({ log: [1, 1, 2], term: 4 });
    const [answer] = sentTo(lone.step(msgApp({ from: 2, term: 4 }, 3, 2)), 2, 'MsgAppResp');
    expect(answer).toMatchObject({ reject: true, index: 2, rejectHint: 2, logTerm: 1 });
  });

  it('that are out of date change nothing', () => {
    const lone = leader();
    expect(lone.step(msgReject({ from: 2, term: 2 }, 2, 0, 0))).toEqual([]);
    expect(progressOf(lone, 2)).toMatchObject({ state: 'replicate', match: 3 });
  });

  it('in replication go back to what is known and probe', () => {
    const lone = leader();
    lone.node.propose(utf8('a'));
    lone.flush();
    const [append] = sentTo(lone.step(msgReject({ from: 2, term: 2 }, 4, 4, 2)), 2, 'MsgApp');
    expect(append).toMatchObject({ index: 3 });
    expect(progressOf(lone, 2)).toMatchObject({ state: 'probe', match: 3, next: 4, paused: true });
  });

  it.each([
    // leader's log, follower's log, hint term, hint index, next probe at
    { leaderLog: [1, 3, 3, 3, 5, 5, 5, 5, 5], followerLog: [1, 1, 1, 1, 2, 2], hintTerm: 2, hint: 6, next: 1 },
    { leaderLog: [1, 3, 3, 3, 5, 5, 5, 5, 5], followerLog: [1, 3, 3, 4], hintTerm: 4, hint: 4, next: 4 },
    { leaderLog: [1, 1, 1, 1, 5], followerLog: [1, 1, 1, 1], hintTerm: 1, hint: 4, next: 4 },
    { leaderLog: [1, 1, 1, 1, 1], followerLog: [1, 1, 1, 1, 2, 2, 2], hintTerm: 1, hint: 4, next: 4 },
    { leaderLog: [1, 1, 1, 1, 1, 4], followerLog: [1, 1, 2, 2, 2, 2], hintTerm: 2, hint: 6, next: 5 },
    { leaderLog: [2, 2, 2, 2, 5], followerLog: [1, 1, 1], hintTerm: 1, hint: 3, next: 0 },
    { leaderLog: [2, 2, 4, 4], followerLog: [], hintTerm: 0, hint: 0, next: 0 },
  ])('skip whole terms: %o', ({ leaderLog, followerLog, hintTerm, hint, next }) => {
    const top = Math.max(...leaderLog, ...followerLog, 0) + 1;
    const lone = new Lone({ log: leaderLog, term: top }).lead();
    const follower = new Lone({ self: 2, log: followerLog, term: lone.status.term });
    const [answer] = sentTo(
      follower.step(msgApp({ from: 1, to: 2, term: lone.status.term }, leaderLog.at(-1) ?? 0, leaderLog.length)),
      1,
      'MsgAppResp',
    );
    if (answer === undefined) throw new Error('an answer');
    expect(answer.reject).toBe(true);
    expect([answer.logTerm, answer.rejectHint]).toEqual([hintTerm, hint]);
    const [probe] = sentTo(lone.step(answer), 2, 'MsgApp');
    expect(probe?.index).toBe(next);
  });

  it('find the point of agreement in as many rounds as there are terms, for any two logs', () => {
    const terms = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 14 }).map((steps) => {
      let at = 1;
      return steps.map((step) => (at += step));
    });
    fc.assert(
      fc.property(terms, terms, (ours, theirs) => {
        // Log Matching: where two logs have the same entry, they are the same up to it. Make it so by separate terms after a split.
        const split = ours.findIndex((at, i) => at !== theirs[i]);
        const followerLog = split < 0 ? theirs : [...theirs.slice(0, split), ...theirs.slice(split).map((at) => at + 100)];
        const lone = new Lone({ log: ours, term: 300 }).lead();
        const follower = new Lone({ self: 2, log: followerLog, term: 300 });
        const queue = lone.step({ ...heartbeatResp(2), term: lone.status.term });
        let rounds = 0;
        for (let message = queue.shift(); message !== undefined && rounds < 100; message = queue.shift()) {
          if (message.to === id(2)) {
            rounds += 1;
            queue.push(...follower.step(message));
          } else if (message.to === id(1)) queue.push(...lone.step(message));
        }
        expect(follower.logTerms).toEqual(lone.logTerms);
        expect(rounds).toBeLessThanOrEqual(new Set([...ours, ...followerLog]).size + 4);
      }),
    );
  });
});

describe('a follower', () => {
  it('answers an append from before its commit index with that index', () => {
    const lone = new Lone({ log: [1, 1, 1], commit: 2 });
    expect(lone.step(msgApp({ from: 2, term: 1 }, 1, 1, entriesOf(2, [1, 1]), 3))).toEqual([msgAppResp({ from: 1, to: 2, term: 1 }, 2)]);
  });

  it('acknowledges only when its write is durable: the answer is in the same Ready as the entries', () => {
    const lone = new Lone();
    lone.node.step(msgApp({ from: 2, term: 1 }, 0, 0, entriesOf(1, [1])));
    const ready = lone.node.ready();
    expect(ready.entries).toHaveLength(1);
    expect(ready.mustSync).toBe(true);
    expect(sentTo(ready.messages, 2, 'MsgAppResp')).toHaveLength(1);
  });

  it('says what it took over: only what it had not', () => {
    const lone = new Lone({ log: [1, 1, 1] });
    lone.step(msgApp({ from: 2, term: 2 }, 0, 0, entriesOf(1, [1, 1])));
    expect(lone.eventsOf('entries-appended')).toEqual([]);
    lone.step(msgApp({ from: 2, term: 2 }, 1, 1, entriesOf(2, [1, 2])));
    expect(lone.eventsOf('entries-appended')).toEqual([{ type: 'entries-appended', first: 3, last: 3, term: 2, proposed: false }]);
  });

  it('stops at a commit index that it cannot have: its disk was lost', () => {
    const lone = new Lone({ log: [1] });
    expect(() => lone.step(msgHeartbeat({ from: 2, term: 1 }, 5))).toThrow(
      'tocommit(5) is out of range [lastIndex(1)]. Was the raft log corrupted, truncated, or lost?',
    );
  });
});

describe('snapshots', () => {
  /** A leader whose log begins after index 3. */
  function compacted(): Lone {
    const lone = leader();
    lone.storage.createSnapshot(logIndex(3), lone.storage.snapshot().confState, EMPTY_BYTES);
    lone.storage.compact(logIndex(3));
    return lone;
  }

  it('go to a peer whose next entry is compacted, if it is there', () => {
    const lone = compacted();
    lone.node.propose(utf8('a'));
    lone.flush();
    lone.step(msgReject({ from: 3, term: 2 }, 2, 0, 0));
    expect(lone.eventsOf('snapshot-sent')).toHaveLength(1);
    expect(progressOf(lone, 3)).toMatchObject({ state: 'snapshot', pendingSnapshot: 3, next: 4, paused: true });
    lone.node.propose(utf8('b'));
    expect(sentTo(lone.flush(), 3, 'MsgApp')).toEqual([]);
  });

  it('do not go to a peer that is not heard of', () => {
    const lone = compacted();
    for (let i = 0; i < 30; i++) lone.node.tick();
    const { core } = lone.node.state();
    const role = core.role;
    if (role.type !== 'leader') throw new Error('a leader');
    const peer = role.progress.get(id(3));
    if (peer === undefined || peer.flow.type !== 'probe') throw new Error('a probe');
    peer.next = logIndex(1);
    peer.flow.paused = false;
    lone.node.propose(utf8('a'));
    lone.flush();
    expect(lone.eventsOf('snapshot-not-sent-to-inactive')).toEqual([{ type: 'snapshot-not-sent-to-inactive', peer: id(3) }]);
    expect(lone.eventsOf('snapshot-sent')).toEqual([]);
  });

  it.each([
    ['finish', 4],
    ['failure', 1],
  ] as const)('reported as %s are followed by a probe from %i on, after a sign of life', (outcome, next) => {
    const lone = compacted();
    lone.step(msgReject({ from: 3, term: 2 }, 2, 0, 0));
    lone.node.reportSnapshot(id(3), outcome);
    expect(progressOf(lone, 3)).toMatchObject({ state: 'probe', next, paused: true, pendingSnapshot: 0 });
    lone.node.reportSnapshot(id(3), 'finish'); // a second report changes nothing
    expect(progressOf(lone, 3)).toMatchObject({ next });
  });

  it('that cannot be had now, or are not there at all, do not go', () => {
    const lone = compacted();
    const { core } = lone.node.state();
    const { storage } = core.log;
    storage.snapshot = () => undefined;
    lone.step(msgReject({ from: 3, term: 2 }, 2, 0, 0));
    expect(lone.eventsOf('snapshot-unavailable')).toEqual([{ type: 'snapshot-unavailable', peer: id(3) }]);
    // An acknowledgement sends as long as there is something to send: nothing is.
    lone.step(msgAppResp({ from: 3, term: 2 }, 1));
    expect(lone.eventsOf('snapshot-sent')).toEqual([]);
    expect(progressOf(lone, 3)).toMatchObject({ state: 'replicate', match: 1 });
    const empty = leader();
    empty.storage.compact(logIndex(3));
    expect(() => empty.step(msgReject({ from: 3, term: 2 }, 2, 0, 0))).toThrow(
      'node 3 needs a snapshot, and there is none although the log begins at 4',
    );
  });

  it('are over when the peer acknowledges anything from which the log goes on', () => {
    const lone = compacted();
    lone.step(msgReject({ from: 3, term: 2 }, 2, 0, 0));
    lone.step(msgAppResp({ from: 3, term: 2 }, 2));
    expect(progressOf(lone, 3)).toMatchObject({ state: 'snapshot', match: 2 });
    lone.step(msgAppResp({ from: 3, term: 2 }, 3));
    expect(progressOf(lone, 3)).toMatchObject({ state: 'replicate', match: 3 });
  });

  it('are over before they arrive, when the peer got its entries elsewhere', () => {
    const lone = leader();
    lone.node.propose(utf8('a'));
    lone.flush();
    lone.step(msgAppResp({ from: 2, term: 2 }, 4));
    lone.storage.createSnapshot(logIndex(4), lone.storage.snapshot().confState, EMPTY_BYTES);
    lone.storage.compact(logIndex(3));
    lone.step(msgReject({ from: 3, term: 2 }, 2, 0, 0));
    expect(progressOf(lone, 3)).toMatchObject({ state: 'snapshot', pendingSnapshot: 4, next: 5 });
    const sent = lone.step(msgAppResp({ from: 3, term: 2 }, 3));
    expect(progressOf(lone, 3)).toMatchObject({ state: 'replicate', match: 3 });
    expect(sentTo(sent, 3, 'MsgApp').flatMap(({ entries }) => entries.map(({ index }) => index))).toEqual([4]);
    expect(lone.eventsOf('progress-changed').at(-1)).toMatchObject({ reason: 'caught-up' });
  });

  it('replace a follower’s log and configuration', () => {
    const lone = new Lone({ log: [1, 1], term: 1 });
    const sent = lone.step(msgSnap({ from: 2, term: 3 }, snapshotAt(9, 2, [1, 2], [4])));
    expect(sent).toEqual([msgAppResp({ from: 1, to: 2, term: 3 }, 9)]);
    expect(lone.status).toMatchObject({ commit: 9, applied: 9, lastIndex: 9, firstIndex: 10 });
    expect(lone.status.config).toMatchObject({ voters: [id(1), id(2)], learners: [id(4)] });
  });

  it('that are older than what is committed are answered with the commit index', () => {
    const lone = new Lone({ log: [1, 1, 1], commit: 3 });
    expect(lone.step(msgSnap({ from: 2, term: 1 }, snapshotAt(2, 1, [1, 2, 3])))).toEqual([msgAppResp({ from: 1, to: 2, term: 1 }, 3)]);
    expect(lone.eventsOf('snapshot-ignored')).toHaveLength(1);
  });

  it('of entries that the log has only move the commit index', () => {
    const lone = new Lone({ log: [1, 1, 1], commit: 1 });
    expect(lone.step(msgSnap({ from: 2, term: 1 }, snapshotAt(2, 1, [1, 2, 3])))).toEqual([msgAppResp({ from: 1, to: 2, term: 1 }, 2)]);
    expect(lone.eventsOf('snapshot-fast-forwarded')).toMatchObject([{ index: 2, lastIndex: 3 }]);
    expect(lone.logTerms).toEqual([1, 1, 1]);
  });

  it('of a configuration without this node are not taken', () => {
    const lone = new Lone({ log: [1] });
    lone.step(msgSnap({ from: 2, term: 1 }, snapshotAt(9, 1, [2, 3])));
    expect(lone.status.lastIndex).toBe(1);
    expect(lone.eventsOf('snapshot-without-self')).toHaveLength(1);
  });

  it('keep a node from campaigning until they are applied', () => {
    const lone = new Lone({ log: [1] });
    lone.node.step(msgSnap({ from: 2, term: 1 }, snapshotAt(9, 1, [1, 2, 3])));
    lone.node.campaign();
    expect(lone.status.role).toBe('follower');
    expect(lone.eventsOf('unpromotable')).toEqual([{ type: 'unpromotable', reason: 'snapshot-pending' }]);
    lone.flush();
    lone.node.campaign();
    expect(lone.status.role).toBe('candidate');
  });

  it('in the middle of a joint configuration restore both halves', () => {
    const lone = new Lone({ log: [1] });
    const joint = { ...snapshotAt(9, 1, [1, 2]).confState, votersOutgoing: [id(1), id(3)], learnersNext: [id(3)], autoLeave: true };
    lone.step(msgSnap({ from: 2, term: 1 }, { ...snapshotAt(9, 1, [1, 2]), confState: joint }));
    expect(lone.status.config).toEqual({
      voters: [id(1), id(2)],
      outgoing: [id(1), id(3)],
      learners: [],
      learnersNext: [id(3)],
      autoLeave: true,
    });
  });

  it('bring back a node that missed everything', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.isolate(3);
    for (let i = 0; i < 10; i++) net.propose(1, `v${i}`);
    const { storage, confState } = net.peer(1);
    storage.createSnapshot(net.node(1).basicStatus().applied, confState, EMPTY_BYTES);
    storage.compact(net.node(1).basicStatus().applied);
    net.heal();
    net.tick(1, 1);
    expect(net.node(3).basicStatus().commit).toBe(net.node(1).basicStatus().commit);
    expect(net.peer(1).events.some(({ type }) => type === 'snapshot-sent')).toBe(true);
    net.propose(1, 'after');
    expect(net.peer(3).applied).toEqual(['after']);
  });
});

describe('the limit of uncommitted bytes', () => {
  it('refuses proposals beyond it, but never the first, nor an empty one; commits make room', () => {
    const lone = leader({ maxUncommittedSize: 10 });
    expect(lone.node.propose(utf8('x'.repeat(50)))).toBeUndefined();
    expect(lone.node.propose(utf8('y'))).toEqual({ type: 'proposal-dropped', reason: 'uncommitted-size' });
    expect(lone.node.propose(EMPTY_BYTES)).toBeUndefined();
    lone.flush();
    lone.step(msgAppResp({ from: 2, term: 2 }, 5));
    expect(lone.node.propose(utf8('y'))).toBeUndefined();
  });

  it('may be met exactly', () => {
    const lone = leader({ maxUncommittedSize: 10 });
    expect(lone.node.propose(utf8('12345'))).toBeUndefined();
    expect(lone.node.propose(utf8('123456'))).toMatchObject({ reason: 'uncommitted-size' });
    expect(lone.node.propose(utf8('12345'))).toBeUndefined();
    expect(lone.eventsOf('proposal-dropped-by-size')).toMatchObject([{ uncommittedBytes: 5, proposedBytes: 6 }]);
  });

  it('is given back entry by entry as they are applied', () => {
    const lone = leader({ maxUncommittedSize: 10 });
    lone.node.propose(utf8('123456'));
    lone.node.propose(utf8('1234'));
    lone.flush();
    lone.step(msgAppResp({ from: 2, term: 2 }, 4)); // the first of them
    expect(lone.node.propose(utf8('1234567'))).toMatchObject({ reason: 'uncommitted-size' });
    expect(lone.node.propose(utf8('123456'))).toBeUndefined();
    const { role } = lone.node.state().core;
    lone.node.stepLocal({ type: 'MsgStorageApplyResp', from: APPLY_THREAD, to: id(1), term: TERM_2, entries: [] });
    expect(role.type === 'leader' && role.uncommittedSize).toBe(10);
  });

  it('is not taken over from an earlier term', () => {
    const lone = leader({ maxUncommittedSize: 10 });
    lone.node.propose(utf8('x'.repeat(50)));
    lone.flush();
    lone.step(msgHeartbeat({ from: 2, term: 3 }));
    lone.lead();
    expect(lone.node.propose(utf8('z'))).toBeUndefined();
  });
});

describe('a restart', () => {
  it('continues from what was saved, and applies from where the application is', () => {
    const lone = new Lone({ log: [1, 1, 2], term: 3, vote: 2, commit: 3, applied: 2 });
    expect(lone.status).toMatchObject({ term: 3, vote: id(2), commit: 3, applied: 2, role: 'follower', lastIndex: 3 });
    expect(lone.node.ready().committedEntries).toEqual([entry(2, 3)]);
  });

  it('with nothing new has nothing to do', () => {
    expect(new Lone({ log: [1, 1], commit: 2, applied: 2 }).node.hasReady()).toBe(false);
  });

  it('stops at a saved commit index that the log cannot have', () => {
    expect(() => new Lone({ log: [1, 1], commit: 9 })).toThrow('1 state.commit 9 is out of range [0, 2]');
  });
});
