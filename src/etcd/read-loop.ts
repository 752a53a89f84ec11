/**
 * The state of etcd's loop for linearizable reads: one question for a safe index at a time serves all reads that came before it was asked;
 * those that come meanwhile wait for the next. Plain data. reads.ts drives it.
 */

import { eventIdFromNumber, leaseId, logIndex, simTime, type EventId, type LeaseId, type LogIndex, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { readList, writeList } from '#raft/state-codec.ts';
import type { CallId } from '#etcd/contract.ts';

/** Stands where no call waits. */
export const NO_CALL: CallId = { client: 0, call: 0 };

/** A call that waits for its read. */
export interface PendingRead {
  readonly call: CallId;
  readonly body: Bytes;
  readonly event: EventId;
  /** When it came. */
  readonly since: SimTime;
  /** Not a call: leases that end when the leadership is confirmed. */
  readonly revoke?: readonly LeaseId[];
}

export type ReadPhase =
  | { readonly type: 'idle' }
  /** A safe index was asked for; the leader's answer carries `requestId`. */
  | {
      readonly type: 'asking';
      readonly requestId: bigint;
      readonly retryAt: SimTime;
      readonly deadline: SimTime;
      readonly batch: readonly PendingRead[];
    }
  /** The index is known, and not yet applied here. */
  | {
      readonly type: 'applying';
      readonly requestId: bigint;
      readonly index: LogIndex;
      readonly event: EventId;
      readonly batch: readonly PendingRead[];
    };

export function writeRead(w: Writer, read: PendingRead): Writer {
  w.varint(read.call.client).varint(read.call.call).bytes(read.body).varint(read.event).varint(read.since);
  writeList(w, read.revoke ?? [], (out, id) => out.u64(BigInt.asUintN(64, id)));
  return w;
}

export function readRead(r: Reader): PendingRead {
  const call = { client: r.varint(), call: r.varint() };
  const read = { call, body: r.bytes().slice(), event: eventIdFromNumber(r.varint()), since: simTime(r.varint()) };
  const revoke = readList(r, (inner) => leaseId(BigInt.asIntN(64, inner.u64())));
  return revoke.length === 0 ? read : { ...read, revoke };
}

/** Mutable; owned by the member. Bounded by the clients' open calls. */
export class ReadLoop {
  phase: ReadPhase = { type: 'idle' };
  /** Reads for the next round. */
  next: PendingRead[] = [];
  /** The id that the next round asks with: drawn when the round before it ended, as etcd does. */
  nextRequestId: bigint;

  constructor(nextRequestId: bigint) {
    this.nextRequestId = nextRequestId;
  }

  /** A client has gone: its read is not waited for any more. */
  drop(call: CallId): void {
    const isOther = (read: PendingRead): boolean => read.call.client !== call.client || read.call.call !== call.call;
    this.next = this.next.filter(isOther);
    if (this.phase.type !== 'idle') this.phase = { ...this.phase, batch: this.phase.batch.filter(isOther) };
  }

  save(w: Writer): void {
    w.u64(this.nextRequestId);
    writeList(w, this.next, writeRead);
    const { phase } = this;
    w.u8(['idle', 'asking', 'applying'].indexOf(phase.type));
    if (phase.type === 'idle') return;
    w.u64(phase.requestId);
    writeList(w, phase.batch, writeRead);
    if (phase.type === 'asking') w.varint(phase.retryAt).varint(phase.deadline);
    else w.varint(phase.index).varint(phase.event);
  }

  /** @throws DecodeError */
  static restore(r: Reader): ReadLoop {
    const loop = new ReadLoop(r.u64());
    loop.next = readList(r, readRead);
    const type = r.u8();
    if (type === 0) return loop;
    const requestId = r.u64();
    const batch = readList(r, readRead);
    if (type === 1) loop.phase = { type: 'asking', requestId, batch, retryAt: simTime(r.varint()), deadline: simTime(r.varint()) };
    else loop.phase = { type: 'applying', requestId, batch, index: logIndex(r.varint()), event: eventIdFromNumber(r.varint()) };
    return loop;
  }
}
