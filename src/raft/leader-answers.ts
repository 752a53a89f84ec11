/** What a leader does with the answers of its peers, and with reports about them (paper §5.3). */

import type { LogIndex } from '#kernel/brand.ts';
import { maybeCommit } from '#raft/commit.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import type { MsgAppResp, MsgHeartbeatResp, MsgSnapStatus, MsgUnreachable } from '#raft/message.ts';
import {
  becomeProbe,
  becomeProbeAfterFailure,
  becomeReplicate,
  canBumpCommit,
  liftPause,
  lowerNext,
  pauseProbe,
  raiseMatch,
  type Progress,
} from '#raft/progress.ts';
import { jointVote } from '#raft/quorum.ts';
import { answerRead, releasePostponedReads } from '#raft/reads.ts';
import { broadcastAppend, maybeSendAppend, viewOf } from '#raft/replicate.ts';
import { continueTransfer } from '#raft/transfer.ts';
import { compareIds } from '#raft/configuration.ts';

/** Takes in an acknowledgement or a rejection. */
export function handleAppendResponse(core: Core, role: LeaderRole, message: MsgAppResp, progress: Progress): void {
  progress.recentActive = true;
  if (message.reject) handleRejection(core, role, message, progress);
  else handleAcknowledgement(core, role, message, progress);
}

function handleRejection(core: Core, role: LeaderRole, message: MsgAppResp, progress: Progress): void {
  const { from: peer, index, rejectHint, logTerm } = message;
  core.emit({ type: 'append-rejection-received', peer, hint: rejectHint, hintTerm: logTerm, index });
  // The peer's log ends in `logTerm` at the hint: ours can only agree where its term is not above that. This skips whole terms at once.
  const hint: LogIndex = logTerm > 0 ? core.log.findConflictByTerm(rejectHint, logTerm).index : rejectHint;
  if (!lowerNext(progress, index, hint)) return;
  core.emit({ type: 'progress-decreased', peer, progress: viewOf(core, peer, progress) });
  if (progress.flow.type === 'replicate') {
    becomeProbe(progress);
    core.emit({ type: 'progress-changed', peer, progress: viewOf(core, peer, progress), reason: 'rejected' });
  }
  maybeSendAppend(core, role, peer, 'send');
}

function handleAcknowledgement(core: Core, role: LeaderRole, message: MsgAppResp, progress: Progress): void {
  const { from: peer, index } = message;
  // An acknowledgement of what is known already may still end probing.
  const isNews = raiseMatch(progress, index) || (progress.match === index && progress.flow.type === 'probe');
  if (!isNews) return;
  resumeFlow(core, message, progress);
  if (maybeCommit(core, role)) {
    releasePostponedReads(core, role);
    broadcastAppend(core, role);
  } else if (peer !== core.id && canBumpCommit(progress, core.log.committed)) {
    // The peer has the entries and does not know that they are committed.
    maybeSendAppend(core, role, peer, 'send');
  }
  if (peer === core.id) return;
  while (maybeSendAppend(core, role, peer, 'skip'));
  continueTransfer(core, role, peer, progress);
}

function resumeFlow(core: Core, message: MsgAppResp, progress: Progress): void {
  const { from: peer, index } = message;
  const { flow } = progress;
  if (flow.type === 'replicate') {
    flow.inflights.freeUpTo(index);
    return;
  }
  if (flow.type === 'snapshot') {
    // Any match from which the log can continue will do: the peer may have got its entries elsewhere.
    if (progress.match + 1 < core.log.firstIndex()) return;
    core.emit({ type: 'replication-resumed', peer, progress: viewOf(core, peer, progress) });
    becomeProbe(progress);
  }
  becomeReplicate(progress, core.inflightLimits);
  core.emit({
    type: 'progress-changed',
    peer,
    progress: viewOf(core, peer, progress),
    reason: flow.type === 'snapshot' ? 'caught-up' : 'matched',
  });
}

/** A peer is alive: send what it may have lost, and count its word for the reads that wait. */
export function handleHeartbeatResponse(core: Core, role: LeaderRole, message: MsgHeartbeatResp, progress: Progress): void {
  const { from: peer, context } = message;
  progress.recentActive = true;
  liftPause(progress);
  if (progress.match < core.log.lastIndex() || progress.flow.type === 'probe') maybeSendAppend(core, role, peer, 'send');
  // Heartbeats without a read, and all under leases, carry an empty context, for which nothing waits.
  const acks = role.reads.acknowledge(peer, context);
  if (acks === undefined || jointVote(core.config.voters, core.config.outgoing, acks) !== 'won') return;
  const ids = [...acks.keys()].sort(compareIds);
  for (const { request, index } of role.reads.confirm(context)) answerRead(core, request, index, ids);
}

/** The application reports how sending a snapshot ended. */
export function handleSnapshotStatus(core: Core, message: MsgSnapStatus, progress: Progress): void {
  if (progress.flow.type !== 'snapshot') return;
  const { from: peer, reject } = message;
  if (reject) becomeProbeAfterFailure(progress);
  else becomeProbe(progress);
  core.emit({ type: 'snapshot-reported', peer, failed: reject, progress: viewOf(core, peer, progress) });
  // Wait for the peer's own word (or a heartbeat's answer) before sending again.
  pauseProbe(progress);
}

/** The application reports that a message was not delivered: entries on their way may be lost, so probe. */
export function handleUnreachable(core: Core, message: MsgUnreachable, progress: Progress): void {
  const { from: peer } = message;
  if (progress.flow.type === 'replicate') becomeProbe(progress);
  core.emit({ type: 'peer-unreachable', peer, progress: viewOf(core, peer, progress) });
}
