/** A candidate's and a pre-candidate's messages (paper §5.2). */

import { NO_NODE } from '#kernel/brand.ts';
import type { CandidateRole, Core } from '#raft/core.ts';
import { campaign, countVote } from '#raft/election.ts';
import { dropped, type StepResult } from '#raft/error.ts';
import type { Message, MsgVoteResp } from '#raft/message.ts';
import { broadcastAppend } from '#raft/replicate.ts';
import { becomeFollower, becomeLeader } from '#raft/roles.ts';
import { handleFromLeader } from '#raft/step-follower.ts';

/** Handles one message of this term. */
export function stepCandidate(core: Core, role: CandidateRole, message: Message): StepResult {
  switch (message.type) {
    case 'MsgProp':
      core.emit({ type: 'proposal-dropped-without-leader', term: core.term });
      return dropped('no-leader');
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      // Someone else won this term.
      becomeFollower(core, message.term, message.from, 'leader-of-this-term');
      handleFromLeader(core, message);
      return undefined;
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
      handleVoteResponse(core, role, message);
      return undefined;
    case 'MsgTimeoutNow':
      core.emit({ type: 'timeout-now-ignored', term: core.term, role: role.type, peer: message.from });
      return undefined;
    default:
      return undefined;
  }
}

function handleVoteResponse(core: Core, role: CandidateRole, message: MsgVoteResp): void {
  const isMine = message.type === (role.type === 'pre-candidate' ? 'MsgPreVoteResp' : 'MsgVoteResp');
  if (!isMine) return; // an answer to the other kind of campaign
  const result = countVote(core, role, message);
  if (result === 'lost') {
    // A lost pre-vote keeps its (pre-vote) term; its message's term may be a future one.
    becomeFollower(core, core.term, NO_NODE, 'election-lost');
  } else if (result === 'won') {
    if (role.type === 'pre-candidate') campaign(core, 'election');
    else broadcastAppend(core, becomeLeader(core));
  }
}
