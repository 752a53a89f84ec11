/** Puts messages where they may leave from. */

import { assert } from '#kernel/assert.ts';
import type { Core } from '#raft/core.ts';
import type { Message, MsgAppResp, MsgVoteResp } from '#raft/message.ts';

/** Sends a message that promises nothing: it may leave before what came before it is durable. Never to this node itself. */
export function send(core: Core, message: Exclude<Message, MsgAppResp | MsgVoteResp>): void {
  assert(message.to !== core.id, () => `${message.type} from node ${core.id} to itself`);
  core.messages.push(message);
}

/**
 * Sends a message that promises what was appended or voted: it leaves when that is durable (paper figure 2, "before responding to
 * RPCs"). To itself, it is how a node counts its own vote and acknowledgement, which are worth as much as anyone's only when durable.
 */
export function sendAfterAppend(core: Core, message: MsgAppResp | MsgVoteResp): void {
  core.messagesAfterAppend.push(message);
}
