/** What a node does and says while a configuration or a snapshot becomes its own (paper §6 and §7; dissertation §4). */

import { describe, expect, it } from 'vitest';
import { NO_NODE } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { parseChanges, type ConfChange, type ConfChangeTransition } from '#raft/conf-change.ts';
import { APPLY_THREAD } from '#raft/message.ts';
import { handleSnapshot } from '#raft/snapshot.ts';
import {
  entriesOf,
  entry,
  Lone,
  msgApp,
  msgAppResp,
  msgSnap,
  msgVoteResp,
  sentTo,
  snapshotAt,
  type NodeStart,
} from '#raft/testing/build.ts';
import { id } from '#raft/testing/network.ts';

const changeOf = (text: string, transition: ConfChangeTransition = 'auto'): ConfChange => ({
  version: 2,
  transition,
  changes: parseChanges(text) ?? [],
  context: EMPTY_BYTES,
});

/** A leader of term 2 whose three entries everyone has. */
function leader(start: NodeStart = {}): Lone {
  const lone = new Lone({ log: [1, 1], commit: 2, applied: 2, ...start }).lead();
  for (const from of [...lone.status.config.voters, ...lone.status.config.learners]) {
    if (from !== lone.node.id) lone.step(msgAppResp({ from: Number(from), term: 2 }, 3));
  }
  return lone;
}

describe('a leader’s new configuration', () => {
  it('begins the progress of a peer anew that the same change removes and adds', () => {
    const lone = leader({ learners: [4] });
    const progressOf4 = (): unknown => lone.status.progressById.get(id(4));
    expect(progressOf4()).toMatchObject({ state: 'replicate', match: 3, next: 4 });
    lone.node.applyConfChange(changeOf('r4 l4'));
    expect(progressOf4()).toMatchObject({ state: 'probe', match: 0, next: 3, recentActive: true });
  });

  it('keeps the progress of those who stay', () => {
    const lone = leader();
    const before = lone.status.progressById.get(id(2));
    lone.node.applyConfChange(changeOf('l4'));
    expect(lone.status.progressById.get(id(2))).toEqual(before);
    expect([...lone.status.progressById.keys()]).toEqual([1, 2, 3, 4].map(id));
    lone.node.applyConfChange(changeOf('r4'));
    expect([...lone.status.progressById.keys()]).toEqual([1, 2, 3].map(id));
  });

  it('probes new peers from the last entry on, and bothers nobody who has everything', () => {
    const lone = leader();
    lone.node.applyConfChange(changeOf('v4'));
    const sent = lone.flush();
    expect(sent.map(({ type, to }) => [type, to])).toEqual([['MsgApp', id(4)]]);
    expect(sentTo(sent, 4, 'MsgApp')[0]).toMatchObject({ index: 2, logTerm: 1, entries: [{ index: 3 }] });
  });

  it('tells everyone of what a smaller quorum commits', () => {
    const lone = leader({ voters: [1, 2, 3, 4] });
    lone.node.propose(utf8('x'));
    lone.flush();
    lone.step(msgAppResp({ from: 2, term: 2 }, 4));
    expect(lone.status.commit).toBe(3);
    lone.node.applyConfChange(changeOf('r4'));
    expect(lone.status.commit).toBe(4);
    expect(sentTo(lone.flush(), 2, 'MsgApp').map(({ commit }) => commit)).toEqual([4]);
  });

  it('does not end a transfer to one who still votes in the outgoing half', () => {
    const lone = leader();
    lone.node.transferLeader(id(3));
    lone.node.applyConfChange(changeOf('r3', 'joint-explicit'));
    expect([lone.status.transferee, lone.eventsOf('transfer-target-lost')]).toEqual([id(3), []]);
    lone.node.applyConfChange(changeOf(''));
    expect([lone.status.transferee, lone.eventsOf('transfer-target-lost').length]).toEqual([NO_NODE, 1]);
  });

  it('says why a leader that is voter no more steps down', () => {
    const removed = leader({ config: { stepDownOnRemoval: true } });
    removed.node.applyConfChange(changeOf('r1'));
    expect(removed.eventsOf('became-follower').at(-1)).toEqual({ type: 'became-follower', term: 2, lead: NO_NODE, reason: 'left-voters' });
    const demoted = leader({ config: { stepDownOnRemoval: true } });
    demoted.node.applyConfChange(changeOf('l1'));
    expect([demoted.status.role, demoted.node.configuration.learners]).toEqual(['follower', [id(1)]]);
  });

  it('that is impossible is refused with the reason', () => {
    const lone = leader({ voters: [1] });
    expect(() => lone.node.applyConfChange(changeOf('r1'))).toThrow('configuration change refused when applied: removed all voters');
  });
});

describe('a received snapshot', () => {
  it('without this node is answered with what is committed, not with what the log has', () => {
    const lone = new Lone({ log: [1, 1, 1], commit: 1 });
    expect(lone.step(msgSnap({ from: 2, term: 1 }, snapshotAt(9, 1, [2, 3])))).toEqual([msgAppResp({ from: 1, to: 2, term: 1 }, 1)]);
    expect(lone.eventsOf('snapshot-ignored')).toEqual([{ type: 'snapshot-ignored', commit: 1, index: 9, snapshotTerm: 1 }]);
    expect(lone.eventsOf('snapshot-restored')).toEqual([]);
  });

  it('of entries that the log has says by what the commit index moved', () => {
    const lone = new Lone({ log: [1, 1, 1], commit: 1 });
    lone.step(msgSnap({ from: 2, term: 1 }, snapshotAt(2, 1, [1, 2, 3])));
    expect(lone.eventsOf('commit-advanced')).toEqual([{ type: 'commit-advanced', previous: 1, index: 2, reason: 'snapshot', acks: [] }]);
  });

  it('on a node that leads, which cannot be, makes it follower of nobody in a new term', () => {
    const lone = leader();
    handleSnapshot(lone.node.state().core, msgSnap({ from: 2, term: 2 }, snapshotAt(9, 2, [1, 2, 3])));
    expect(lone.status).toMatchObject({ role: 'follower', term: 3, lead: NO_NODE, lastIndex: 3, commit: 3 });
    expect(lone.eventsOf('snapshot-for-non-follower')).toEqual([{ type: 'snapshot-for-non-follower' }]);
    expect(lone.eventsOf('became-follower').at(-1)).toMatchObject({ term: 3, reason: 'snapshot-as-non-follower' });
    expect(lone.eventsOf('snapshot-ignored')).toHaveLength(1);
  });
});

describe('what is reported as applied', () => {
  it('never goes back: an answer of before a snapshot may come after it', () => {
    const lone = new Lone({ log: [1, 1], term: 1, commit: 2, applied: 2 });
    lone.node.stepLocal({ type: 'MsgStorageApplyResp', from: APPLY_THREAD, to: id(1), term: lone.status.term, entries: [entry(1, 1)] });
    expect(lone.status.applied).toBe(2);
    lone.step(msgApp({ from: 2, term: 1 }, 1, 2, entriesOf(3, [1]), 3));
    expect(lone.status.applied).toBe(3);
  });

  it('leaves a joint configuration by an empty change, sent to everyone at once', () => {
    const lone = leader();
    lone.node.proposeConfChange(changeOf('v4 v5'));
    lone.flush();
    lone.node.applyConfChange(changeOf('v4 v5'));
    const sent = lone.step(msgAppResp({ from: 2, term: 2 }, 4), msgAppResp({ from: 4, term: 2 }, 4));
    const leaving = sentTo(sent, 2, 'MsgApp').flatMap(({ entries }) => entries);
    expect(leaving).toMatchObject([{ type: 'EntryConfChangeV2', index: 5, data: EMPTY_BYTES }]);
    expect(lone.eventsOf('auto-leave-started')).toMatchObject([{ config: { autoLeave: true } }]);
  });

  it('sends nothing when a transfer keeps it from leaving', () => {
    const lone = leader();
    lone.node.proposeConfChange(changeOf('v4 v5'));
    lone.flush();
    lone.node.applyConfChange(changeOf('v4 v5'));
    lone.node.transferLeader(id(3));
    lone.step(msgAppResp({ from: 2, term: 2 }, 4));
    const sent = lone.step(msgAppResp({ from: 4, term: 2 }, 4));
    expect(lone.eventsOf('auto-leave-refused')).toMatchObject([{ config: { autoLeave: true } }]);
    expect(lone.eventsOf('auto-leave-started')).toEqual([]);
    expect(sentTo(sent, 2, 'MsgApp')).toMatchObject([{ commit: 4, entries: [] }]); // of the commit, and no second one
  });
});

describe('votes of a node that a snapshot waits for', () => {
  it('do not make it leader', () => {
    const lone = new Lone({ log: [1] });
    lone.node.step(msgSnap({ from: 2, term: 1 }, snapshotAt(9, 1, [1, 2, 3])));
    lone.node.campaign();
    lone.node.step(msgVoteResp('MsgVoteResp', { from: 2, term: 1 }));
    expect(lone.status.role).toBe('follower');
  });
});
