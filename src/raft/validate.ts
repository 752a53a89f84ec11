/**
 * What no correct peer sends. Such a message is refused before it touches anything: taking it in could leave a wrong state that nobody
 * sees. Costs one look at each entry of an append.
 */

import { DecodeError } from '#kernel/codec.ts';
import { decodeConfChange } from '#raft/conf-change.ts';
import type { Core } from '#raft/core.ts';
import { malformed, type StepResult } from '#raft/error.ts';
import { MESSAGE_TYPES, type Message, type MsgApp, type MsgProp } from '#raft/message.ts';

const KNOWN_TYPES: ReadonlySet<string> = new Set(MESSAGE_TYPES);

/** Checks a message from another node against itself and against what this node knows for certain. */
export function checkMessage(core: Core, message: Message): StepResult {
  if (!KNOWN_TYPES.has(message.type)) return { type: 'unknown-message', message: String(message.type) };
  switch (message.type) {
    case 'MsgVote':
    case 'MsgPreVote':
      return message.term === 0 ? malformed(message.type, 'term', 1, 0) : undefined;
    case 'MsgApp':
      return checkAppend(message);
    case 'MsgAppResp': {
      // A leader's log only grows: nobody can have more of it than itself.
      const last = core.log.lastIndex();
      const isImpossible = core.role.type === 'leader' && message.term === core.term && !message.reject && message.index > last;
      return isImpossible ? malformed(message.type, 'acknowledged index', last, message.index) : undefined;
    }
    case 'MsgProp':
      return checkProposal(message);
    case 'MsgReadIndex':
      return message.context.length === 0 ? malformed(message.type, 'length of the context', 1, 0) : undefined;
    default:
      return undefined;
  }
}

function checkAppend(message: MsgApp): StepResult {
  let index: number = message.index;
  let term: number = message.logTerm;
  for (const entry of message.entries) {
    index += 1;
    if (entry.index !== index) return malformed('MsgApp', 'index of an entry', index, entry.index);
    if (entry.term < term) return malformed('MsgApp', 'term of an entry', term, entry.term);
    ({ term } = entry);
  }
  return term > message.term && message.term !== 0 ? malformed('MsgApp', 'term of the last entry', message.term, term) : undefined;
}

/** A leader reads configuration changes when they are proposed; one that cannot be read must not stop it. */
export function checkProposal(message: MsgProp): StepResult {
  if (message.entries.length === 0) return malformed('MsgProp', 'number of entries', 1, 0);
  for (const { type, data } of message.entries) {
    if (type === 'EntryNormal') continue;
    try {
      decodeConfChange(type, data);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return { type: 'malformed-conf-change', detail: error.message };
    }
  }
  return undefined;
}
