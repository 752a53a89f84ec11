/**
 * What members ask each other to compare their data: etcd does it over the peers' HTTP port (`/members/hashkv`), here they are peer messages of their
 * own, told from the Raft core's by their first byte.
 */

import { nodeId, simTime, type EventId, type NodeId, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';

/** First byte of these messages: no Raft message begins with it. */
export const CHECK_MESSAGE = 0xf3;

interface CheckQuestion {
  readonly type: 'question';
  readonly from: NodeId;
  /** When the round began, by the asker's clock: its name. */
  readonly since: SimTime;
  /** Up to which the hash is wanted. */
  readonly revision: number;
}

export interface CheckAnswer {
  readonly type: 'answer';
  readonly from: NodeId;
  readonly since: SimTime;
  /** `future`: it is not that far; `compacted`: the revision is gone; `unsettled`: its compaction is not finished. */
  readonly outcome: 'hash' | 'future' | 'compacted' | 'unsettled';
  /** Unsigned 32-bit; 0 where there is none. */
  readonly hash: number;
  /** Of its store when it answered. */
  readonly revision: number;
  readonly compactRevision: number;
  /** Its applied index when it answered. */
  readonly applied: number;
}

export type CheckMessage = CheckQuestion | CheckAnswer;

const TYPES = ['question', 'answer'] as const;
const OUTCOMES = ['hash', 'future', 'compacted', 'unsettled'] as const;

function encode(message: CheckMessage): Bytes {
  const w = new Writer(48)
    .u8(CHECK_MESSAGE)
    .u8(TYPES.indexOf(message.type))
    .u64(message.from)
    .varint(message.since)
    .varint(message.revision);
  if (message.type === 'answer')
    w.u8(OUTCOMES.indexOf(message.outcome))
      .varint(message.hash)
      .varint(message.compactRevision + 1)
      .varint(message.applied);
  return w.finish();
}

/** @throws DecodeError */
export function decodeCheck(bytes: Bytes): CheckMessage {
  const r = new Reader(bytes);
  r.u8();
  const type = TYPES[r.u8()];
  const from = nodeId(r.u64());
  const head = { from, since: simTime(r.varint()), revision: r.varint() };
  if (type === 'question') return { type, ...head };
  const outcome = OUTCOMES[r.u8()];
  if (type === undefined || outcome === undefined) throw new DecodeError('unknown message of the corruption check');
  return { type, ...head, outcome, hash: r.varint(), compactRevision: r.varint() - 1, applied: r.varint() };
}

export function sendCheck(m: Parts, to: NodeId, message: CheckMessage, cause: EventId): void {
  const bytes = encode(message);
  const kind = message.type === 'question' ? 'HashQuestion' : 'HashAnswer';
  const none = { logTerm: 0, index: 0, entries: 0, commit: 0 };
  const event = m.out.emit('message-sent', { to, message: kind, term: coreOf(m).term, ...none, reject: false, bytes: bytes.length }, cause);
  m.metrics.sent(to, bytes.length);
  m.out.send(to, kind, bytes, event);
}
