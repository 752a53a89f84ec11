/** The binary form of messages: on the wire between members, in traces and in checkpoints. */

import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, type Reader, type Writer } from '#kernel/codec.ts';
import type { Proposal } from '#raft/entry.ts';
import { MESSAGE_TYPES, type Message } from '#raft/message.ts';
import {
  decodeWith,
  encodeWith,
  readEntry,
  readEntryType,
  readHardState,
  readId,
  readIndex,
  readList,
  readOptional,
  readSnapshot,
  readTerm,
  readWord,
  writeEntry,
  writeEntryType,
  writeHardState,
  writeList,
  writeOptional,
  writeSnapshot,
} from '#raft/state-codec.ts';

/** Responses within responses do not exist; deeper input is malformed. */
const DEPTH_MAX = 2;

const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map(MESSAGE_TYPES.map((type, i) => [type, i]));

function writeProposal(w: Writer, { type, data }: Proposal): void {
  writeEntryType(w, type).bytes(data);
}
const readProposal = (r: Reader): Proposal => ({ type: readEntryType(r), data: r.bytes().slice() });

/** Writes one message: type, from, to, term, then the fields of its type. */
export function writeMessage(w: Writer, message: Message): void {
  w.u8(TYPE_NUMBERS.get(message.type) ?? MESSAGE_TYPES.length)
    .u64(message.from)
    .u64(message.to)
    .varint(message.term);
  switch (message.type) {
    case 'MsgProp':
      return writeList(w, message.entries, writeProposal);
    case 'MsgApp':
      w.varint(message.logTerm).varint(message.index).varint(message.commit);
      return writeList(w, message.entries, writeEntry);
    case 'MsgAppResp':
      w.varint(message.index).bool(message.reject).varint(message.rejectHint).varint(message.logTerm);
      return;
    case 'MsgVote':
    case 'MsgPreVote':
      w.varint(message.logTerm).varint(message.index).bool(message.transfer);
      return;
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
    case 'MsgSnapStatus':
      w.bool(message.reject);
      return;
    case 'MsgSnap':
      return writeSnapshot(w, message.snapshot);
    case 'MsgHeartbeat':
      w.varint(message.commit).bytes(message.context);
      return;
    case 'MsgHeartbeatResp':
    case 'MsgReadIndex':
      w.bytes(message.context);
      return;
    case 'MsgReadIndexResp':
      w.varint(message.index).bytes(message.context);
      return;
    default:
      return writeStorageMessage(w, message);
  }
}

type StorageMessage = Extract<Message, { readonly type: `MsgStorage${string}` }>;
type BareMessage = Extract<
  Message,
  { readonly type: 'MsgHup' | 'MsgBeat' | 'MsgUnreachable' | 'MsgCheckQuorum' | 'MsgTransferLeader' | 'MsgTimeoutNow' | 'MsgForgetLeader' }
>;

function writeStorageMessage(w: Writer, message: StorageMessage | BareMessage): void {
  switch (message.type) {
    case 'MsgStorageAppend':
      writeList(w, message.entries, writeEntry);
      writeOptional(w, message.hardState, writeHardState);
      writeOptional(w, message.snapshot, writeSnapshot);
      return writeList(w, message.responses, writeMessage);
    case 'MsgStorageAppendResp':
      w.varint(message.logTerm).varint(message.index);
      return writeOptional(w, message.snapshot, writeSnapshot);
    case 'MsgStorageApply':
      writeList(w, message.entries, writeEntry);
      return writeList(w, message.responses, writeMessage);
    case 'MsgStorageApplyResp':
      return writeList(w, message.entries, writeEntry);
    default:
      return; // nothing but the envelope
  }
}

/** Reads {@link writeMessage}'s form. @throws DecodeError */
export const readMessage = (r: Reader): Message => readAtDepth(r, 0);

function readAtDepth(r: Reader, depth: number): Message {
  if (depth > DEPTH_MAX) throw new DecodeError(`messages nested deeper than ${DEPTH_MAX}`);
  const type = readWord(r, MESSAGE_TYPES, 'message type');
  const envelope = { from: readId(r), to: readId(r), term: readTerm(r) };
  const responses = (): Message[] => readList(r, (inner) => readAtDepth(inner, depth + 1));
  switch (type) {
    case 'MsgProp':
      return { type, ...envelope, entries: readList(r, readProposal) };
    case 'MsgApp':
      return { type, ...envelope, logTerm: readTerm(r), index: readIndex(r), commit: readIndex(r), entries: readList(r, readEntry) };
    case 'MsgAppResp':
      return { type, ...envelope, index: readIndex(r), reject: r.bool(), rejectHint: readIndex(r), logTerm: readTerm(r) };
    case 'MsgVote':
    case 'MsgPreVote':
      return { type, ...envelope, logTerm: readTerm(r), index: readIndex(r), transfer: r.bool() };
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
      return { type, ...envelope, reject: r.bool() };
    case 'MsgSnapStatus':
      return { type, ...envelope, reject: r.bool() };
    case 'MsgSnap':
      return { type, ...envelope, snapshot: readSnapshot(r) };
    case 'MsgHeartbeat':
      return { type, ...envelope, commit: readIndex(r), context: r.bytes().slice() };
    case 'MsgHeartbeatResp':
      return { type, ...envelope, context: r.bytes().slice() };
    case 'MsgReadIndex':
      return { type, ...envelope, context: r.bytes().slice() };
    case 'MsgReadIndexResp':
      return { type, ...envelope, index: readIndex(r), context: r.bytes().slice() };
    case 'MsgStorageAppend': {
      const entries = readList(r, readEntry);
      const hardState = readOptional(r, readHardState);
      return { type, ...envelope, entries, hardState, snapshot: readOptional(r, readSnapshot), responses: responses() };
    }
    case 'MsgStorageAppendResp':
      return { type, ...envelope, logTerm: readTerm(r), index: readIndex(r), snapshot: readOptional(r, readSnapshot) };
    case 'MsgStorageApply':
      return { type, ...envelope, entries: readList(r, readEntry), responses: responses() };
    case 'MsgStorageApplyResp':
      return { type, ...envelope, entries: readList(r, readEntry) };
    default:
      return { type, ...envelope };
  }
}

/** A message as bytes. */
export const encodeMessage = (message: Message): Bytes => encodeWith(writeMessage, message);

/** Reads {@link encodeMessage}'s bytes. @throws DecodeError on anything else */
export const decodeMessage = (bytes: Bytes): Message => decodeWith(readMessage, bytes);
