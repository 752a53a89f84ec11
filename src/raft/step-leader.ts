/** A leader's messages. */

import { NO_NODE, type NodeId } from '#kernel/brand.ts';
import { compareIds } from '#raft/configuration.ts';
import type { Core, LeaderRole, Votes } from '#raft/core.ts';
import type { StepResult } from '#raft/error.ts';
import { handleAppendResponse, handleHeartbeatResponse, handleSnapshotStatus, handleUnreachable } from '#raft/leader-answers.ts';
import type { Message } from '#raft/message.ts';
import { propose } from '#raft/proposal.ts';
import { jointVote } from '#raft/quorum.ts';
import { handleReadIndex } from '#raft/reads.ts';
import { broadcastAppend, broadcastHeartbeat } from '#raft/replicate.ts';
import { becomeFollower } from '#raft/roles.ts';
import { handleTransferLeader } from '#raft/transfer.ts';

/** Handles one message of this term. */
export function stepLeader(core: Core, role: LeaderRole, message: Message): StepResult {
  switch (message.type) {
    case 'MsgBeat':
      broadcastHeartbeat(core, role);
      return undefined;
    case 'MsgCheckQuorum':
      checkQuorum(core, role);
      return undefined;
    case 'MsgProp': {
      const error = propose(core, role, message.entries);
      if (error === undefined) broadcastAppend(core, role);
      return error;
    }
    case 'MsgReadIndex':
      handleReadIndex(core, role, message);
      return undefined;
    case 'MsgAppResp':
    case 'MsgHeartbeatResp':
    case 'MsgSnapStatus':
    case 'MsgUnreachable':
    case 'MsgTransferLeader':
      stepPeer(core, role, message);
      return undefined;
    default:
      // A leader forgets no leader; nobody else can lead in this term; and late votes change nothing.
      return undefined;
  }
}

/** Messages about one peer. */
function stepPeer(
  core: Core,
  role: LeaderRole,
  message: Extract<
    Message,
    { readonly type: 'MsgAppResp' | 'MsgHeartbeatResp' | 'MsgSnapStatus' | 'MsgUnreachable' | 'MsgTransferLeader' }
  >,
): void {
  const progress = role.progress.get(message.from);
  if (progress === undefined) {
    core.emit({ type: 'progress-missing', peer: message.from });
    return;
  }
  switch (message.type) {
    case 'MsgAppResp':
      return handleAppendResponse(core, role, message, progress);
    case 'MsgHeartbeatResp':
      return handleHeartbeatResponse(core, role, message, progress);
    case 'MsgSnapStatus':
      return handleSnapshotStatus(core, message, progress);
    case 'MsgUnreachable':
      return handleUnreachable(core, message, progress);
    case 'MsgTransferLeader':
      return handleTransferLeader(core, role, message, progress);
  }
}

/** Steps down if no quorum was heard from since the last check (dissertation §6.2). */
export function checkQuorum(core: Core, role: LeaderRole): void {
  const heard: Votes = new Map();
  const active: NodeId[] = [];
  for (const [id, progress] of role.progress) {
    const isActive = id === core.id || progress.recentActive;
    heard.set(id, isActive);
    if (isActive) active.push(id);
    if (id !== core.id) progress.recentActive = false;
  }
  if (jointVote(core.config.voters, core.config.outgoing, heard) === 'won') return;
  core.emit({ type: 'quorum-not-active', active: active.sort(compareIds) });
  becomeFollower(core, core.term, NO_NODE, 'quorum-not-active');
}
