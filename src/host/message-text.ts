/** A Raft message in the words of the page: its kind, and its fields as short text for the inspector. */

import type { NodeId } from '#kernel/brand.ts';
import type { Message } from '#raft/message.ts';
import type { MessageView } from '#view/frame.ts';

type Kind = MessageView['kind'];
type Field = readonly [string, string];

/** The kind of each type of message; for answers that of a refusal too; undefined for those that never travel. */
const KINDS: Readonly<Record<Message['type'], Kind | readonly [accepted: Kind, refused: Kind] | undefined>> = {
  MsgApp: 'append',
  MsgAppResp: ['append-ack', 'append-nack'],
  MsgHeartbeat: 'heartbeat',
  MsgHeartbeatResp: 'heartbeat-ack',
  MsgVote: 'vote',
  MsgPreVote: 'pre-vote',
  MsgVoteResp: ['vote-grant', 'vote-refusal'],
  MsgPreVoteResp: ['pre-vote-grant', 'pre-vote-refusal'],
  MsgSnap: 'snapshot',
  MsgTimeoutNow: 'timeout-now',
  MsgTransferLeader: 'timeout-now',
  MsgProp: 'forward',
  MsgReadIndex: 'read-index',
  MsgReadIndexResp: 'read-index-answer',
  MsgHup: undefined,
  MsgBeat: undefined,
  MsgUnreachable: undefined,
  MsgSnapStatus: undefined,
  MsgCheckQuorum: undefined,
  MsgForgetLeader: undefined,
  MsgStorageAppend: undefined,
  MsgStorageAppendResp: undefined,
  MsgStorageApply: undefined,
  MsgStorageApplyResp: undefined,
};
const KIND_BY_NAME = new Map<string, (typeof KINDS)[Message['type']]>(Object.entries(KINDS));

const chosen = (kind: (typeof KINDS)[Message['type']], reject: boolean): Kind | undefined =>
  typeof kind === 'object' ? kind[reject ? 1 : 0] : kind;

/** Undefined for messages that never travel. */
export const messageKind = (m: Message): Kind | undefined => chosen(KINDS[m.type], 'reject' in m && m.reject);

/** The same for a message of which the trace tells; what is not the core's own (requests about leases) is something handed on. */
export const sentKind = ({ message, reject }: { readonly message: string; readonly reject: boolean }): Kind | undefined =>
  KIND_BY_NAME.has(message) ? chosen(KIND_BY_NAME.get(message), reject) : 'forward';

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
