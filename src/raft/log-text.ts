/** etcd's log lines, rendered from the core's events: the one place where their words are. Only called when someone reads them. */

import type { NodeId } from '#kernel/brand.ts';
import { describeConfChange, describeConfiguration, describeProgress, describeRole, hexId } from '#raft/describe.ts';
import { RAFT_EVENTS, type LogLevel, type RaftEvent, type RaftEventFields } from '#raft/event.ts';
import type { ProgressView } from '#raft/progress.ts';

/** One line of the core's log. */
export interface LogLine {
  readonly level: Exclude<LogLevel, 'none'>;
  readonly text: string;
}

/** The line that etcd logs for an event of node `id`; undefined for events that it does not log. */
export function logLine(event: RaftEvent, id: NodeId): LogLine | undefined {
  const { level } = RAFT_EVENTS[event.type];
  const text = level === 'none' ? undefined : textOf(event, hexId(id));
  return level === 'none' || text === undefined ? undefined : { level, text };
}

type Kind<T extends RaftEvent['type']> = Extract<RaftEvent, { readonly type: T }>;
type TransferEvent = Extract<RaftEvent, { readonly type: `transfer-${string}` | `timeout-now-${string}` }>;
type SnapshotEvent = Extract<RaftEvent, { readonly type: `snapshot-${string}` }>;

const bracketed = (progress: ProgressView): string => `[${describeProgress(progress)}]`;

function textOf(event: RaftEvent, r: string): string | undefined {
  switch (event.type) {
    case 'switched-to-configuration':
      return `${r} switched to configuration ${describeConfiguration(event.config)}`;
    case 'raft-started':
      return `newRaft ${r} [peers: [${event.peers.map(hexId).join(',')}], term: ${event.term}, commit: ${event.commit}, applied: ${event.applied}, lastindex: ${event.lastIndex}, lastterm: ${event.lastTerm}]`;
    case 'higher-term-received':
      return `${r} [term: ${event.term}] received a ${event.message} message with higher term from ${hexId(event.peer)} [term: ${event.messageTerm}]`;
    case 'lower-term-ignored':
      return `${r} [term: ${event.term}] ignored a ${event.message} message with lower term from ${hexId(event.peer)} [term: ${event.messageTerm}]`;
    case 'lower-term-append-ignored':
      return `${r} [term: ${event.term}] ignored entry appends from a MsgStorageAppendResp message with lower term [term: ${event.messageTerm}]`;
    case 'proposal-dropped-without-leader':
      return `${r} no leader at term ${event.term}; dropping proposal`;
    case 'proposal-not-forwarded':
      return `${r} not forwarding to leader ${hexId(event.leader)} at term ${event.term}; dropping proposal`;
    case 'proposal-dropped-by-transfer':
      return `${r} [term ${event.term}] transfer leadership to ${hexId(event.peer)} is in progress; dropping proposal`;
    case 'proposal-dropped-by-size':
      return `${r} appending new entries to log would exceed uncommitted entry size limit; dropping proposal`;
    case 'read-dropped-without-leader':
      return `${r} no leader at term ${event.term}; dropping index reading msg`;
    case 'conf-change-ignored':
      return `${r} ignoring conf change ${describeConfChange(event.change)} at config ${describeConfiguration(event.config)}: ${ignoredReason(event)}`;
    case 'auto-leave-started':
      return `initiating automatic transition out of joint configuration ${describeConfiguration(event.config)}`;
    case 'auto-leave-refused':
      return `not initiating automatic transition out of joint configuration ${describeConfiguration(event.config)}: raft proposal dropped`;
    case 'conflict-found':
      return `found conflict at index ${event.index} [existing term: ${event.existingTerm}, conflicting term: ${event.conflictingTerm}]`;
    case 'unstable-replaced':
      return `replace the unstable entries from index ${event.index}`;
    case 'unstable-truncated':
      return `truncate the unstable entries before index ${event.index}`;
    case 'stable-entry-missing':
      return `entry at index ${event.index} missing from unstable log; ignoring`;
    case 'stable-entry-in-snapshot':
      return `entry at index ${event.index} matched unstable snapshot; ignoring`;
    case 'stable-entry-mismatched':
      return `entry at (index,term)=(${event.index},${event.term}) mismatched with entry at (${event.index},${event.unstableTerm}) in unstable log; ignoring`;
    case 'append-rejected':
      return `${r} [logterm: ${event.ownTerm}, index: ${event.index}] rejected MsgApp [logterm: ${event.logTerm}, index: ${event.index}] from ${hexId(event.peer)}`;
    case 'append-rejection-received':
      return `${r} received MsgAppResp(rejected, hint: (index ${event.hint}, term ${event.hintTerm})) from ${hexId(event.peer)} for index ${event.index}`;
    case 'progress-decreased':
      return `${r} decreased progress of ${hexId(event.peer)} to ${bracketed(event.progress)}`;
    case 'progress-missing':
      return `${r} no progress available for ${hexId(event.peer)}`;
    case 'replication-paused':
      return `${r} paused sending replication messages to ${hexId(event.peer)} ${bracketed(event.progress)}`;
    case 'replication-resumed':
      return `${r} recovered from needing snapshot, resumed sending replication messages to ${hexId(event.peer)} ${bracketed(event.progress)}`;
    case 'peer-unreachable':
      return `${r} failed to send message to ${hexId(event.peer)} because it is unreachable ${bracketed(event.progress)}`;
    default:
      return isTransfer(event) ? transferText(event, r) : isSnapshot(event) ? snapshotText(event, r) : electionText(event, r);
  }
}

const isTransfer = (event: RaftEvent): event is TransferEvent =>
  event.type.startsWith('transfer-') || event.type.startsWith('timeout-now-');
const isSnapshot = (event: RaftEvent): event is SnapshotEvent => event.type.startsWith('snapshot-');

function ignoredReason(event: Kind<'conf-change-ignored'>): string {
  switch (event.reason) {
    case 'unapplied-change':
      return `possible unapplied conf change at index ${event.pendingIndex} (applied to ${event.applied})`;
    case 'must-leave-joint':
      return 'must transition out of joint config first';
    case 'not-joint':
      return 'not in joint state; refusing empty conf change';
  }
}

const own = (event: RaftEventFields<'vote-cast'>, r: string): string =>
  `${r} [logterm: ${event.logTerm}, index: ${event.index}, vote: ${hexId(event.vote)}]`;
const theirs = (event: RaftEventFields<'vote-cast'>): string =>
  `${hexId(event.peer)} [logterm: ${event.peerLogTerm}, index: ${event.peerIndex}] at term ${event.term}`;

function electionText(event: RaftEvent, r: string): string | undefined {
  switch (event.type) {
    case 'became-follower':
      return `${r} became follower at term ${event.term}`;
    case 'became-candidate':
      return `${r} became candidate at term ${event.term}`;
    case 'became-pre-candidate':
      return `${r} became pre-candidate at term ${event.term}`;
    case 'became-leader':
      return `${r} became leader at term ${event.term}`;
    case 'election-started':
      return `${r} is starting a new election at term ${event.term}`;
    case 'vote-requested':
      return `${r} [logterm: ${event.logTerm}, index: ${event.index}] sent ${event.message} request to ${hexId(event.peer)} at term ${event.term}`;
    case 'vote-received':
      return `${r} received ${event.message}${event.rejected ? ' rejection' : ''} from ${hexId(event.peer)} at term ${event.term}`;
    case 'votes-counted':
      return `${r} has received ${event.granted} ${event.message} votes and ${event.rejected} vote rejections`;
    case 'vote-cast':
      return `${own(event, r)} cast ${event.message} for ${theirs(event)}`;
    case 'vote-rejected':
      return `${own(event, r)} rejected ${event.message} from ${theirs(event)}`;
    case 'vote-ignored-in-lease':
      return `${own(event, r)} ignored ${event.message} from ${theirs(event)}: lease is not expired (remaining ticks: ${event.remainingTicks})`;
    case 'unpromotable':
      return `${r} is unpromotable and can not campaign`;
    case 'campaign-ignored-by-leader':
      return `${r} ignoring MsgHup because already leader`;
    case 'campaign-blocked-by-conf-change':
      return `${r} cannot campaign at term ${event.term} since there are still pending configuration changes to apply`;
    case 'quorum-not-active':
      return `${r} stepped down to follower since quorum is not active`;
    case 'leader-forgotten':
      return `${r} forgetting leader ${hexId(event.leader)} at term ${event.term}`;
    case 'forget-leader-ignored':
      return 'ignoring MsgForgetLeader due to ReadOnlyLeaseBased';
    default:
      return undefined;
  }
}

function transferText(event: TransferEvent, r: string): string | undefined {
  switch (event.type) {
    case 'transfer-started':
      return `${r} [term ${event.term}] starts to transfer leadership to ${hexId(event.peer)}`;
    case 'transfer-already-in-progress':
      return `${r} [term ${event.term}] transfer leadership to ${hexId(event.peer)} is in progress, ignores request to same node ${hexId(event.peer)}`;
    case 'transfer-aborted':
      return `${r} [term ${event.term}] abort previous transferring leadership to ${hexId(event.peer)}`;
    case 'transfer-dropped-without-leader':
      return `${r} no leader at term ${event.term}; dropping leader transfer msg`;
    case 'transfer-to-self':
      return `${r} is already leader. Ignored transferring leadership to self`;
    case 'transfer-to-learner':
      return `${r} is learner. Ignored transferring leadership`;
    case 'timeout-now-sent':
      return `${r} sent MsgTimeoutNow to ${hexId(event.peer)} after received MsgAppResp`;
    case 'timeout-now-sent-at-once':
      return `${r} sends MsgTimeoutNow to ${hexId(event.peer)} immediately as ${hexId(event.peer)} already has up-to-date log`;
    case 'timeout-now-received':
      return `${r} [term ${event.term}] received MsgTimeoutNow from ${hexId(event.peer)} and starts an election to get leadership.`;
    case 'timeout-now-ignored':
      return `${r} [term ${event.term} state ${describeRole(event.role)}] ignored MsgTimeoutNow from ${hexId(event.peer)}`;
    case 'transfer-expired':
    case 'transfer-target-lost':
      return undefined;
  }
}

function snapshotText(event: SnapshotEvent, r: string): string | undefined {
  switch (event.type) {
    case 'snapshot-restore-started':
      return `log [committed=${event.committed}, applied=${event.applied}, applying=${event.applying}, unstable.offset=${event.unstableOffset}, unstable.offsetInProgress=${event.unstableOffsetInProgress}, len(unstable.Entries)=${event.unstableEntries}] starts to restore snapshot [index: ${event.index}, term: ${event.snapshotTerm}]`;
    case 'snapshot-restored-to-log':
      return `${r} [commit: ${event.commit}, lastindex: ${event.lastIndex}, lastterm: ${event.lastTerm}] restored snapshot [index: ${event.index}, term: ${event.snapshotTerm}]`;
    case 'snapshot-restored':
      return `${r} [commit: ${event.commit}] restored snapshot [index: ${event.index}, term: ${event.snapshotTerm}]`;
    case 'snapshot-ignored':
      return `${r} [commit: ${event.commit}] ignored snapshot [index: ${event.index}, term: ${event.snapshotTerm}]`;
    case 'snapshot-fast-forwarded':
      return `${r} [commit: ${event.commit}, lastindex: ${event.lastIndex}, lastterm: ${event.lastTerm}] fast-forwarded commit to snapshot [index: ${event.index}, term: ${event.snapshotTerm}]`;
    case 'snapshot-sent':
      return `${r} [firstindex: ${event.firstIndex}, commit: ${event.commit}] sent snapshot[index: ${event.index}, term: ${event.snapshotTerm}] to ${hexId(event.peer)} ${bracketed(event.progress)}`;
    case 'snapshot-not-sent-to-inactive':
      return `ignore sending snapshot to ${hexId(event.peer)} since it is not recently active`;
    case 'snapshot-unavailable':
      return `${r} failed to send snapshot to ${hexId(event.peer)} because snapshot is temporarily unavailable`;
    case 'snapshot-reported':
      return `${r} snapshot ${event.failed ? 'failed' : 'succeeded'}, resumed sending replication messages to ${hexId(event.peer)} ${bracketed(event.progress)}`;
    case 'snapshot-for-non-follower':
      return `${r} attempted to restore snapshot as leader; should never happen`;
    case 'snapshot-without-self':
      return `${r} attempted to restore snapshot but it is not in the ConfState; should never happen`;
  }
}
