/**
 * The state of etcd's loop for linearizable reads: one question for a safe index at a time serves all reads that came before it was asked;
 * those that come meanwhile wait for the next. Plain data. reads.ts drives it.
 */

import { eventIdFromNumber, leaseId, logIndex, simTime, type EventId, type LeaseId, type LogIndex, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, type Reader, type Writer } from '#kernel/codec.ts';
import { readList, writeList } from '#raft/state-codec.ts';
import type { CallId } from '#etcd/contract.ts';

interface Waiting {
  readonly event: EventId;
  /** When it came. */
  readonly since: SimTime;
}

/** A call that waits for its read. */
export interface CallRead extends Waiting {
  readonly type: 'call';
  readonly call: CallId;
  readonly body: Bytes;
}

/** Leases that end when it is confirmed that this member leads. */
interface RevokeRead extends Waiting {
  readonly type: 'revoke';
  readonly leases: readonly LeaseId[];
}

/** A lease of a client of this member that is renewed when it is confirmed that it leads. */
interface RenewRead extends Waiting {
  readonly type: 'renew';
  readonly call: CallId;
  readonly lease: LeaseId;
}

export type PendingRead = CallRead | RevokeRead | RenewRead;

const TYPES = ['call', 'revoke', 'renew'] as const;

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
  w.u8(TYPES.indexOf(read.type)).varint(read.event).varint(read.since);
  if (read.type === 'revoke') {
    writeList(w, read.leases, writeLease);
    return w;
  }
  w.varint(read.call.client).varint(read.call.call);
  return read.type === 'call' ? w.bytes(read.body) : writeLease(w, read.lease);
}

/** @throws DecodeError */
export function readRead(r: Reader): PendingRead {
  const type = TYPES[r.u8()];
  const waiting = { event: eventIdFromNumber(r.varint()), since: simTime(r.varint()) };
  if (type === 'revoke') return { type, ...waiting, leases: readList(r, readLease) };
  const call = { client: r.varint(), call: r.varint() };
  if (type === 'call') return { type, ...waiting, call, body: r.bytes().slice() };
  if (type === 'renew') return { type, ...waiting, call, lease: readLease(r) };
  throw new DecodeError('unknown kind of waiting read');
}

const writeLease = (w: Writer, id: LeaseId): Writer => w.u64(BigInt.asUintN(64, id));
const readLease = (r: Reader): LeaseId => leaseId(BigInt.asIntN(64, r.u64()));

/** A read of a call that waits for the backend; see {@link readRead}. @throws DecodeError */
export function readCallRead(r: Reader): CallRead {
  const read = readRead(r);
  if (read.type !== 'call') throw new DecodeError(`a ${read.type} does not wait for the backend`);
  return read;
}

const isOf = (read: PendingRead, { client, call }: CallId): boolean =>
  read.type !== 'revoke' && read.call.client === client && read.call.call === call;

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
    const isOther = (read: PendingRead): boolean => !isOf(read, call);
    this.next = this.next.filter(isOther);
    if (this.phase.type !== 'idle') this.phase = { ...this.phase, batch: this.phase.batch.filter(isOther) };
  }

  /** Whether a call renews a lease, and waits for it to be confirmed that this member leads. */
  isRenewing(call: CallId): boolean {
    const isRenewal = (read: PendingRead): boolean => read.type === 'renew' && isOf(read, call);
    return this.next.some(isRenewal) || (this.phase.type !== 'idle' && this.phase.batch.some(isRenewal));
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
