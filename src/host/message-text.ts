/** A Raft message in the words of the page: its kind, and its fields as short text for the inspector. */

import type { NodeId } from '#kernel/brand.ts';
import { unreachable } from '#kernel/assert.ts';
import type { Message } from '#raft/message.ts';
import type { MessageView } from '#view/frame.ts';

type Kind = MessageView['kind'];
type Field = readonly [string, string];

/** Undefined for messages that never travel. */
export function messageKind(m: Message): Kind | undefined {
  switch (m.type) {
    case 'MsgApp':
      return 'append';
    case 'MsgAppResp':
      return m.reject ? 'append-nack' : 'append-ack';
    case 'MsgHeartbeat':
      return 'heartbeat';
    case 'MsgHeartbeatResp':
      return 'heartbeat-ack';
    case 'MsgVote':
      return 'vote';
    case 'MsgPreVote':
      return 'pre-vote';
    case 'MsgVoteResp':
      return m.reject ? 'vote-refusal' : 'vote-grant';
    case 'MsgPreVoteResp':
      return m.reject ? 'pre-vote-refusal' : 'pre-vote-grant';
    case 'MsgSnap':
      return 'snapshot';
    case 'MsgTimeoutNow':
    case 'MsgTransferLeader':
      return 'timeout-now';
    case 'MsgProp':
      return 'forward';
    case 'MsgReadIndex':
      return 'read-index';
    case 'MsgReadIndexResp':
      return 'read-index-answer';
    case 'MsgHup':
    case 'MsgBeat':
    case 'MsgUnreachable':
    case 'MsgSnapStatus':
    case 'MsgCheckQuorum':
    case 'MsgForgetLeader':
    case 'MsgStorageAppend':
    case 'MsgStorageAppendResp':
    case 'MsgStorageApply':
    case 'MsgStorageApplyResp':
      return undefined;
    default:
      return unreachable(m, 'message');
  }
}

/** Entries that a message carries. */
export const messageEntries = (m: Message): number => (m.type === 'MsgApp' || m.type === 'MsgProp' ? m.entries.length : 0);

/** All fields by their Raft names, those of the envelope first. */
export function messageFields(m: Message, nameOf: (id: NodeId) => string): readonly Field[] {
  const fields: Field[] = [
    ['type', m.type],
    ['from', nameOf(m.from)],
    ['to', nameOf(m.to)],
    ['term', String(m.term)],
  ];
  return [...fields, ...ownFields(m)];
}

function ownFields(m: Message): readonly Field[] {
  switch (m.type) {
    case 'MsgApp': {
      const last = m.entries.at(-1)?.index;
      return [
        ['logTerm', String(m.logTerm)],
        ['index', String(m.index)],
        ['entries', last === undefined ? '0' : `${m.entries.length} (${m.entries[0]?.index ?? last}..${last})`],
        ['commit', String(m.commit)],
      ];
    }
    case 'MsgAppResp':
      return m.reject
        ? [
            ['reject', 'true'],
            ['index', String(m.index)],
            ['rejectHint', String(m.rejectHint)],
            ['logTerm', String(m.logTerm)],
          ]
        : [['index', String(m.index)]];
    case 'MsgVote':
    case 'MsgPreVote':
      return [
        ['logTerm', String(m.logTerm)],
        ['index', String(m.index)],
      ];
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
      return [['reject', String(m.reject)]];
    case 'MsgHeartbeat':
      return [['commit', String(m.commit)], ...(m.context.length > 0 ? [['context', `read ${m.context.length} bytes`] as const] : [])];
    case 'MsgProp':
      return [['entries', String(m.entries.length)]];
    case 'MsgReadIndexResp':
      return [['index', String(m.index)]];
    case 'MsgSnap':
      return [
        ['snapshot index', String(m.snapshot.index)],
        ['snapshot term', String(m.snapshot.term)],
      ];
    default:
      return [];
  }
}
