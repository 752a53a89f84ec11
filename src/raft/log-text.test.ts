/** The core's log lines, word for word as etcd-io/raft prints them: ids in hex, terms and indexes decimal. Node 10 (a) speaks of node 27 (1b). */

import { describe, expect, it } from 'vitest';
import { logIndex } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import type { ConfChangeV2 } from '#raft/conf-change.ts';
import { RAFT_EVENTS, type RaftEvent } from '#raft/event.ts';
import { logLine } from '#raft/log-text.ts';
import type { ProgressView } from '#raft/progress.ts';
import { id } from '#raft/testing/network.ts';

const peer = id(27);
const joint = { voters: [id(1), id(10)], outgoing: [id(1)], learners: [], learnersNext: [], autoLeave: true };
const progress: ProgressView = {
  state: 'probe',
  match: logIndex(3),
  next: logIndex(4),
  isLearner: false,
  paused: false,
  pendingSnapshot: logIndex(0),
  recentActive: true,
  inflight: 0,
  inflightFull: false,
};
const ballot = { logTerm: 2, index: 11, vote: id(12), message: 'MsgVote', peer, peerLogTerm: 3, peerIndex: 13, term: 4 } as const;
const snapshot = { commit: 5, index: 20, snapshotTerm: 6 } as const;
const log = { lastIndex: 15, lastTerm: 7 } as const;
const change: ConfChangeV2 = { version: 2, transition: 'auto', changes: [{ type: 'add-node', nodeId: peer }], context: EMPTY_BYTES };

/** Events that etcd logs, each with its line. */
const LINES: readonly (readonly [RaftEvent, string])[] = [
  [{ type: 'switched-to-configuration', config: joint }, 'INFO a switched to configuration voters=(1 a)&&(1) autoleave'],
  [{ type: 'became-follower', term: 4, lead: peer, reason: 'started' }, 'INFO a became follower at term 4'],
  [{ type: 'became-candidate', term: 4 }, 'INFO a became candidate at term 4'],
  [{ type: 'became-pre-candidate', term: 4 }, 'INFO a became pre-candidate at term 4'],
  [{ type: 'became-leader', term: 4 }, 'INFO a became leader at term 4'],
  [
    { type: 'raft-started', peers: [id(1), peer], term: 4, commit: 5, applied: 3, ...log },
    'INFO newRaft a [peers: [1,1b], term: 4, commit: 5, applied: 3, lastindex: 15, lastterm: 7]',
  ],
  [{ type: 'election-started', term: 4, reason: 'asked', ticks: 0 }, 'INFO a is starting a new election at term 4'],
  [
    { type: 'vote-requested', message: 'MsgPreVote', peer, logTerm: 2, index: 11, term: 4 },
    'INFO a [logterm: 2, index: 11] sent MsgPreVote request to 1b at term 4',
  ],
  [{ type: 'vote-received', message: 'MsgVoteResp', peer, rejected: false, term: 4 }, 'INFO a received MsgVoteResp from 1b at term 4'],
  [
    { type: 'vote-received', message: 'MsgPreVoteResp', peer, rejected: true, term: 4 },
    'INFO a received MsgPreVoteResp rejection from 1b at term 4',
  ],
  [
    { type: 'votes-counted', message: 'MsgVoteResp', granted: 2, rejected: 1, result: 'won' },
    'INFO a has received 2 MsgVoteResp votes and 1 vote rejections',
  ],
  [
    { type: 'higher-term-received', term: 4, message: 'MsgApp', peer, messageTerm: 9 },
    'INFO a [term: 4] received a MsgApp message with higher term from 1b [term: 9]',
  ],
  [
    { type: 'lower-term-ignored', term: 4, message: 'MsgApp', peer, messageTerm: 3 },
    'INFO a [term: 4] ignored a MsgApp message with lower term from 1b [term: 3]',
  ],
  [
    { type: 'lower-term-append-ignored', term: 4, messageTerm: 3 },
    'INFO a [term: 4] ignored entry appends from a MsgStorageAppendResp message with lower term [term: 3]',
  ],
  [{ type: 'vote-cast', ...ballot }, 'INFO a [logterm: 2, index: 11, vote: c] cast MsgVote for 1b [logterm: 3, index: 13] at term 4'],
  [
    { type: 'vote-rejected', ...ballot, reason: 'voted-for-other' },
    'INFO a [logterm: 2, index: 11, vote: c] rejected MsgVote from 1b [logterm: 3, index: 13] at term 4',
  ],
  [
    { type: 'vote-ignored-in-lease', ...ballot, lead: id(1), remainingTicks: 8 },
    'INFO a [logterm: 2, index: 11, vote: c] ignored MsgVote from 1b [logterm: 3, index: 13] at term 4: lease is not expired (remaining ticks: 8)',
  ],
  [{ type: 'proposal-dropped-without-leader', term: 4 }, 'INFO a no leader at term 4; dropping proposal'],
  [
    { type: 'conf-change-ignored', change, config: joint, reason: 'unapplied-change', pendingIndex: 8, applied: 7 },
    'INFO a ignoring conf change transition:ConfChangeTransitionAuto changes:{type:ConfChangeAddNode node_id:27} at config voters=(1 a)&&(1) autoleave: possible unapplied conf change at index 8 (applied to 7)',
  ],
  [
    { type: 'conf-change-ignored', change, config: joint, reason: 'must-leave-joint', pendingIndex: 8, applied: 8 },
    'INFO a ignoring conf change transition:ConfChangeTransitionAuto changes:{type:ConfChangeAddNode node_id:27} at config voters=(1 a)&&(1) autoleave: must transition out of joint config first',
  ],
  [
    { type: 'conf-change-ignored', change: { ...change, changes: [] }, config: joint, reason: 'not-joint', pendingIndex: 8, applied: 8 },
    'INFO a ignoring conf change transition:ConfChangeTransitionAuto at config voters=(1 a)&&(1) autoleave: not in joint state; refusing empty conf change',
  ],
  [
    { type: 'auto-leave-started', config: joint },
    'INFO initiating automatic transition out of joint configuration voters=(1 a)&&(1) autoleave',
  ],
  [
    { type: 'auto-leave-refused', config: joint },
    'DEBUG not initiating automatic transition out of joint configuration voters=(1 a)&&(1) autoleave: raft proposal dropped',
  ],
  [{ type: 'transfer-started', term: 4, peer }, 'INFO a [term 4] starts to transfer leadership to 1b'],
  [{ type: 'timeout-now-sent-at-once', peer }, 'INFO a sends MsgTimeoutNow to 1b immediately as 1b already has up-to-date log'],
  [
    { type: 'timeout-now-received', term: 4, peer },
    'INFO a [term 4] received MsgTimeoutNow from 1b and starts an election to get leadership.',
  ],
  [{ type: 'leader-forgotten', leader: peer, term: 4 }, 'INFO a forgetting leader 1b at term 4'],
  [
    {
      type: 'snapshot-restore-started',
      committed: 5,
      applied: 3,
      applying: 4,
      unstableOffset: 16,
      unstableOffsetInProgress: 17,
      unstableEntries: 2,
      index: 20,
      snapshotTerm: 6,
    },
    'INFO log [committed=5, applied=3, applying=4, unstable.offset=16, unstable.offsetInProgress=17, len(unstable.Entries)=2] starts to restore snapshot [index: 20, term: 6]',
  ],
  [
    { type: 'snapshot-restored-to-log', ...snapshot, ...log },
    'INFO a [commit: 5, lastindex: 15, lastterm: 7] restored snapshot [index: 20, term: 6]',
  ],
  [{ type: 'snapshot-restored', ...snapshot }, 'INFO a [commit: 5] restored snapshot [index: 20, term: 6]'],
  [{ type: 'snapshot-ignored', ...snapshot }, 'INFO a [commit: 5] ignored snapshot [index: 20, term: 6]'],
  [
    { type: 'snapshot-fast-forwarded', ...snapshot, ...log },
    'INFO a [commit: 5, lastindex: 15, lastterm: 7] fast-forwarded commit to snapshot [index: 20, term: 6]',
  ],
  [
    { type: 'conflict-found', index: 8, existingTerm: 2, conflictingTerm: 3 },
    'INFO found conflict at index 8 [existing term: 2, conflicting term: 3]',
  ],
  [{ type: 'unstable-replaced', index: 8 }, 'INFO replace the unstable entries from index 8'],
  [{ type: 'unstable-truncated', index: 8 }, 'INFO truncate the unstable entries before index 8'],
  [{ type: 'stable-entry-missing', index: 8 }, 'INFO entry at index 8 missing from unstable log; ignoring'],
  [{ type: 'stable-entry-in-snapshot', index: 8 }, 'INFO entry at index 8 matched unstable snapshot; ignoring'],
  [
    { type: 'stable-entry-mismatched', index: 8, term: 2, unstableTerm: 3 },
    'INFO entry at (index,term)=(8,2) mismatched with entry at (8,3) in unstable log; ignoring',
  ],
  [{ type: 'unpromotable', reason: 'learner' }, 'WARN a is unpromotable and can not campaign'],
  [{ type: 'quorum-not-active', active: [id(10)] }, 'WARN a stepped down to follower since quorum is not active'],
  [
    { type: 'append-rejected', ownTerm: 2, index: 8, logTerm: 3, peer, hint: 7, hintTerm: 1 },
    'DEBUG a [logterm: 2, index: 8] rejected MsgApp [logterm: 3, index: 8] from 1b',
  ],
  [
    { type: 'append-rejection-received', peer, hint: 7, hintTerm: 1, index: 8 },
    'DEBUG a received MsgAppResp(rejected, hint: (index 7, term 1)) from 1b for index 8',
  ],
  [{ type: 'progress-decreased', peer, progress }, 'DEBUG a decreased progress of 1b to [StateProbe match=3 next=4]'],
  [
    { type: 'snapshot-sent', firstIndex: 9, ...snapshot, peer, progress },
    'DEBUG a [firstindex: 9, commit: 5] sent snapshot[index: 20, term: 6] to 1b [StateProbe match=3 next=4]',
  ],
  [{ type: 'replication-paused', peer, progress }, 'DEBUG a paused sending replication messages to 1b [StateProbe match=3 next=4]'],
  [
    { type: 'replication-resumed', peer, progress },
    'DEBUG a recovered from needing snapshot, resumed sending replication messages to 1b [StateProbe match=3 next=4]',
  ],
  [
    { type: 'peer-unreachable', peer, progress },
    'DEBUG a failed to send message to 1b because it is unreachable [StateProbe match=3 next=4]',
  ],
  [{ type: 'forget-leader-ignored' }, 'ERROR ignoring MsgForgetLeader due to ReadOnlyLeaseBased'],
  [{ type: 'timeout-now-sent', peer }, 'INFO a sent MsgTimeoutNow to 1b after received MsgAppResp'],
  [
    { type: 'transfer-already-in-progress', term: 4, peer },
    'INFO a [term 4] transfer leadership to 1b is in progress, ignores request to same node 1b',
  ],
  [{ type: 'transfer-aborted', term: 4, peer }, 'INFO a [term 4] abort previous transferring leadership to 1b'],
  [{ type: 'transfer-dropped-without-leader', term: 4 }, 'INFO a no leader at term 4; dropping leader transfer msg'],
  [{ type: 'read-dropped-without-leader', term: 4 }, 'INFO a no leader at term 4; dropping index reading msg'],
  [{ type: 'proposal-not-forwarded', leader: peer, term: 4 }, 'INFO a not forwarding to leader 1b at term 4; dropping proposal'],
  [{ type: 'proposal-dropped-by-transfer', term: 4, peer }, 'DEBUG a [term 4] transfer leadership to 1b is in progress; dropping proposal'],
  [{ type: 'transfer-to-self' }, 'DEBUG a is already leader. Ignored transferring leadership to self'],
  [{ type: 'transfer-to-learner', peer }, 'DEBUG a is learner. Ignored transferring leadership'],
  [
    { type: 'timeout-now-ignored', term: 4, role: 'pre-candidate', peer },
    'DEBUG a [term 4 state StatePreCandidate] ignored MsgTimeoutNow from 1b',
  ],
  [{ type: 'progress-missing', peer }, 'DEBUG a no progress available for 1b'],
  [{ type: 'campaign-ignored-by-leader' }, 'DEBUG a ignoring MsgHup because already leader'],
  [{ type: 'snapshot-not-sent-to-inactive', peer }, 'DEBUG ignore sending snapshot to 1b since it is not recently active'],
  [
    { type: 'snapshot-reported', peer, failed: false, progress },
    'DEBUG a snapshot succeeded, resumed sending replication messages to 1b [StateProbe match=3 next=4]',
  ],
  [
    { type: 'snapshot-reported', peer, failed: true, progress },
    'DEBUG a snapshot failed, resumed sending replication messages to 1b [StateProbe match=3 next=4]',
  ],
  [
    { type: 'campaign-blocked-by-conf-change', term: 4 },
    'WARN a cannot campaign at term 4 since there are still pending configuration changes to apply',
  ],
  [
    { type: 'proposal-dropped-by-size', uncommittedBytes: 5, proposedBytes: 6 },
    'WARN a appending new entries to log would exceed uncommitted entry size limit; dropping proposal',
  ],
  [{ type: 'snapshot-for-non-follower' }, 'WARN a attempted to restore snapshot as leader; should never happen'],
  [
    { type: 'snapshot-without-self', index: 20 },
    'WARN a attempted to restore snapshot but it is not in the ConfState; should never happen',
  ],
  [{ type: 'snapshot-unavailable', peer }, 'DEBUG a failed to send snapshot to 1b because snapshot is temporarily unavailable'],
];

describe('a line of the log', () => {
  it.each(LINES)('of $type', (event, line) => {
    const of = logLine(event, id(10));
    expect(`${of?.level} ${of?.text}`).toBe(line);
  });

  it('is fixed here for every event that etcd logs, and there is none for the others', () => {
    const fixed = new Set<string>(LINES.map(([{ type }]) => type));
    const logged = Object.entries(RAFT_EVENTS).filter(([, { level }]) => level !== 'none');
    expect(logged.map(([type]) => type).filter((type) => !fixed.has(type))).toEqual([]);
    expect(logLine({ type: 'transfer-expired', term: 4, peer }, id(10))).toBeUndefined();
    expect(logLine({ type: 'transfer-target-lost', term: 4, peer }, id(10))).toBeUndefined();
    expect(logLine({ type: 'applied', index: 3 }, id(10))).toBeUndefined();
  });

  it('quotes the context of a configuration change', () => {
    const event = { type: 'conf-change-ignored', config: joint, reason: 'not-joint', pendingIndex: 8, applied: 8 } as const;
    expect(logLine({ ...event, change: { ...change, changes: [], context: utf8('a"b') } }, id(10))?.text).toContain(
      'transition:ConfChangeTransitionAuto context:"a\\"b" at config',
    );
  });
});
