/** Handing the leadership to another voter (dissertation §3.10). */

import { NO_NODE, type NodeId } from '#kernel/brand.ts';
import { isLearner } from '#raft/configuration.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import type { MsgTransferLeader } from '#raft/message.ts';
import type { Progress } from '#raft/progress.ts';
import { maybeSendAppend } from '#raft/replicate.ts';
import { send } from '#raft/send.ts';

const sendTimeoutNow = (core: Core, to: NodeId): void => send(core, { type: 'MsgTimeoutNow', from: core.id, to, term: core.term });

/** Starts a transfer to the message's sender. Until it ends or an election timeout passes, proposals are refused. */
export function handleTransferLeader(core: Core, role: LeaderRole, message: MsgTransferLeader, progress: Progress): void {
  const peer = message.from;
  if (isLearner(core.config, peer)) {
    core.emit({ type: 'transfer-to-learner', peer });
    return;
  }
  if (role.transferee !== NO_NODE) {
    if (role.transferee === peer) {
      core.emit({ type: 'transfer-already-in-progress', term: core.term, peer });
      return;
    }
    core.emit({ type: 'transfer-aborted', term: core.term, peer: role.transferee });
    role.transferee = NO_NODE;
  }
  if (peer === core.id) {
    core.emit({ type: 'transfer-to-self' });
    return;
  }
  core.emit({ type: 'transfer-started', term: core.term, peer });
  core.electionElapsed = 0; // the transfer has one election timeout
  role.transferee = peer;
  if (progress.match === core.log.lastIndex()) {
    sendTimeoutNow(core, peer);
    core.emit({ type: 'timeout-now-sent-at-once', peer });
  } else {
    maybeSendAppend(core, role, peer, 'send');
  }
}

/** Goes on with a transfer when its target has caught up. */
export function continueTransfer(core: Core, role: LeaderRole, peer: NodeId, progress: Progress): void {
  if (peer !== role.transferee || progress.match !== core.log.lastIndex()) return;
  core.emit({ type: 'timeout-now-sent', peer });
  sendTimeoutNow(core, peer);
}
