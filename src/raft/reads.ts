/** Linearizable reads without a log entry (dissertation §6.4). */

import { NO_NODE, type LogIndex, type NodeId } from '#kernel/brand.ts';
import { hasCommittedInTerm } from '#raft/commit.ts';
import { isJoint } from '#raft/configuration.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import type { MsgReadIndex } from '#raft/message.ts';
import type { ReadRequest } from '#raft/read-only.ts';
import { broadcastHeartbeatWith } from '#raft/replicate.ts';
import { send } from '#raft/send.ts';

/** Gives the index to who asked: the application here, or another node. */
export function answerRead(core: Core, request: ReadRequest, index: LogIndex, acks: readonly NodeId[]): void {
  core.emit({ type: 'read-confirmed', index, acks });
  const { from, context } = request;
  if (from === NO_NODE || from === core.id) core.readStates.push({ index, context });
  else send(core, { type: 'MsgReadIndexResp', from: core.id, to: from, term: core.term, index, context });
}

/** A leader's answer: at once if it is the only voter, after its first commit otherwise. */
export function handleReadIndex(core: Core, role: LeaderRole, message: MsgReadIndex): void {
  const request = { from: message.from, context: message.context };
  const isSingle = core.config.voters.length === 1 && !isJoint(core.config);
  if (isSingle) {
    answerRead(core, request, core.log.committed, [core.id]);
  } else if (hasCommittedInTerm(core)) {
    startRead(core, role, request);
  } else {
    // The commit index of a fresh leader may be behind that of the one before it.
    core.emit({ type: 'read-postponed', term: core.term });
    role.postponedReads.push(request);
  }
}

function startRead(core: Core, role: LeaderRole, request: ReadRequest): void {
  if (core.settings.readOnly === 'lease-based' || core.settings.broken.readWithoutQuorum === true) {
    answerRead(core, request, core.log.committed, []);
    return;
  }
  role.reads.add(request, core.log.committed);
  role.reads.acknowledge(core.id, request.context);
  broadcastHeartbeatWith(core, role, request.context);
}

/** Starts the reads that waited for this leader's first commit. */
export function releasePostponedReads(core: Core, role: LeaderRole): void {
  if (role.postponedReads.length === 0 || !hasCommittedInTerm(core)) return;
  const requests = role.postponedReads;
  role.postponedReads = [];
  for (const request of requests) startRead(core, role, request);
}
