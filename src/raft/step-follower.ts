/** A follower's messages. */

import { NO_NODE, term as termOf } from '#kernel/brand.ts';
import type { Core } from '#raft/core.ts';
import { startElection } from '#raft/election.ts';
import { dropped, type StepResult } from '#raft/error.ts';
import { handleAppend, handleHeartbeat } from '#raft/follow.ts';
import type { Message, MsgApp, MsgHeartbeat, MsgProp, MsgSnap } from '#raft/message.ts';
import { send } from '#raft/send.ts';
import { handleSnapshot } from '#raft/snapshot.ts';

/** Handles one message of this term. */
export function stepFollower(core: Core, message: Message): StepResult {
  switch (message.type) {
    case 'MsgProp':
      return forwardProposal(core, message);
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      hearLeader(core, message);
      return undefined;
    case 'MsgTransferLeader':
      if (core.lead === NO_NODE) core.emit({ type: 'transfer-dropped-without-leader', term: core.term });
      else send(core, { ...message, to: core.lead, term: core.term });
      return undefined;
    case 'MsgForgetLeader':
      forgetLeader(core);
      return undefined;
    case 'MsgTimeoutNow':
      core.emit({ type: 'timeout-now-received', term: core.term, peer: message.from });
      // Not a pre-vote even if those are on: the leader asked for this, and gives up its lease.
      startElection(core, 'transfer', core.electionElapsed);
      return undefined;
    case 'MsgReadIndex':
      if (core.lead === NO_NODE) core.emit({ type: 'read-dropped-without-leader', term: core.term });
      else send(core, { ...message, from: message.from === NO_NODE ? core.id : message.from, to: core.lead, term: termOf(0) });
      return undefined;
    case 'MsgReadIndexResp':
      core.readStates.push({ index: message.index, context: message.context });
      return undefined;
    default:
      // Answers to what this node asked in another role.
      return undefined;
  }
}

function forwardProposal(core: Core, message: MsgProp): StepResult {
  if (core.lead === NO_NODE) {
    core.emit({ type: 'proposal-dropped-without-leader', term: core.term });
    return dropped('no-leader');
  }
  if (core.settings.disableProposalForwarding) {
    core.emit({ type: 'proposal-not-forwarded', leader: core.lead, term: core.term });
    return dropped('forwarding-disabled');
  }
  send(core, { ...message, from: message.from === NO_NODE ? core.id : message.from, to: core.lead, term: termOf(0) });
  return undefined;
}

function hearLeader(core: Core, message: MsgApp | MsgHeartbeat | MsgSnap): void {
  core.electionElapsed = 0;
  if (core.lead !== message.from) {
    core.lead = message.from;
    core.emit({ type: 'leader-found', leader: message.from, term: core.term });
  }
  handleFromLeader(core, message);
}

/** What a leader sends, without the change of whom to follow. */
export function handleFromLeader(core: Core, message: MsgApp | MsgHeartbeat | MsgSnap): void {
  if (message.type === 'MsgApp') handleAppend(core, message);
  else if (message.type === 'MsgHeartbeat') handleHeartbeat(core, message);
  else handleSnapshot(core, message);
}

function forgetLeader(core: Core): void {
  if (core.settings.readOnly === 'lease-based') {
    // A lease would be broken: the leader counts on nobody voting before its election timeout.
    core.emit({ type: 'forget-leader-ignored' });
  } else if (core.lead !== NO_NODE) {
    core.emit({ type: 'leader-forgotten', leader: core.lead, term: core.term });
    core.lead = NO_NODE;
  }
}
