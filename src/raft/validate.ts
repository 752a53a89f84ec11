/**
 * What no correct peer sends. Such a message is refused before it touches anything: taking it in could leave a wrong state that nobody
 * sees. Costs one look at each entry of an append.
 */

import { DecodeError } from '#kernel/codec.ts';
import { decodeConfChange } from '#raft/conf-change.ts';
import type { Core } from '#raft/core.ts';
import { malformed, type StepResult } from '#raft/error.ts';
import { MESSAGE_TYPES, type Message, type MessageType, type MsgApp, type MsgProp, type MsgSnap } from '#raft/message.ts';

const KNOWN_TYPES: ReadonlySet<string> = new Set(MESSAGE_TYPES);

/** Checks a message from another node against itself and against what this node knows for certain. */
export function checkMessage(core: Core, message: Message): StepResult {
  if (!KNOWN_TYPES.has(message.type)) return { type: 'unknown-message', message: String(message.type) };
  if (message.term === 0 && isBoundToTerm(core, message.type)) return malformed(message.type, 'term', 1, 0);
  switch (message.type) {
    case 'MsgApp':
      return checkAppend(message);
    case 'MsgSnap':
      return checkSnapshot(message);
    case 'MsgAppResp': {
      // A leader's log only grows: nobody can have more of it than itself, or refuse more of it than it sent.
      const last = core.log.lastIndex();
      if (core.role.type !== 'leader' || message.term !== core.term || message.index <= last) return undefined;
      return malformed(message.type, message.reject ? 'rejected index' : 'acknowledged index', last, message.index);
    }
    case 'MsgProp':
      return checkProposal(message);
    case 'MsgReadIndex':
      return message.context.length === 0 ? malformed(message.type, 'length of the context', 1, 0) : undefined;
    default:
      return undefined;
  }
}

/**
 * Messages without a term pass as ones of the present term: right for those that no term binds, and for nobody else. A node that never saw
 * an election may refuse a pre-vote with its term of 0, and send its first snapshot to another such node.
 */
function isBoundToTerm(core: Core, type: MessageType): boolean {
  switch (type) {
    case 'MsgApp':
    case 'MsgAppResp':
    case 'MsgVote':
    case 'MsgVoteResp':
    case 'MsgPreVote':
    case 'MsgHeartbeat':
    case 'MsgHeartbeatResp':
    case 'MsgTimeoutNow':
    case 'MsgReadIndexResp':
      return true;
    case 'MsgSnap':
      return core.term > 0;
    default:
      return false;
  }
}

/** A snapshot whose configuration contradicts itself would stop this node in the middle of installing it. */
function checkSnapshot({ snapshot, term }: MsgSnap): StepResult {
  if (snapshot.term > term) return malformed('MsgSnap', 'term of the snapshot', term, snapshot.term);
  const { voters, votersOutgoing, learners, learnersNext } = snapshot.confState;
  for (const ids of [voters, votersOutgoing, learners, learnersNext]) {
    const different = new Set(ids).size;
    if (different !== ids.length) return malformed('MsgSnap', 'number of different ids in a list', ids.length, different);
  }
  const both = learners.filter((id) => voters.includes(id) || votersOutgoing.includes(id)).length;
  if (both > 0) return malformed('MsgSnap', 'number of learners that are voters', 0, both);
  const lost = learnersNext.filter((id) => !votersOutgoing.includes(id)).length;
  return lost > 0 ? malformed('MsgSnap', 'number of next learners outside of the outgoing half', 0, lost) : undefined;
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
  return term > message.term ? malformed('MsgApp', 'term of the last entry', message.term, term) : undefined;
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
