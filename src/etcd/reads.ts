/**
 * Linearizable reads by ReadIndex (server/etcdserver/v3_server.go, linearizableReadLoop): ask the leader for an index that is safe, wait
 * until it is applied here, read. Asked again every 500 ms; given up after the request timeout or when the leader changes.
 */

import { ERRORS, type ApiError } from '#api/errors.ts';
import { simTime, type EventId, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { ReadState } from '#raft/state.ts';
import { fail } from '#etcd/answer.ts';
import type { CallId } from '#etcd/contract.ts';
import { formatId } from '#etcd/identity.ts';
import { logLeadershipUnknown, stillLeads } from '#etcd/leadership-check.ts';
import { ignoreRevoke, revoke } from '#etcd/lease-expiry.ts';
import { refuseRenewal, renewAsLeader } from '#etcd/lease-forwarding.ts';
import { serveRead } from '#etcd/local-reads.ts';
import { coreOf, requestTimeoutMicros, type Parts } from '#etcd/parts.ts';
import { warnOfSlowRead } from '#etcd/slow-request.ts';
import type { PendingRead } from '#etcd/read-loop.ts';

/** Time after which the question is asked again, µs. */
export const READ_INDEX_RETRY_MICROS = 500_000;

function contextOf(requestId: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, requestId);
  return bytes;
}

const requestOf = (context: Bytes): bigint =>
  context.length === 8 ? new DataView(context.buffer, context.byteOffset, 8).getBigUint64(0) : 0n;

/** A call joins the next round. */
export function requestRead(m: Parts, call: CallId, body: Bytes, cause: EventId): void {
  const { reads } = m;
  const request = reads.nextRequestId;
  const event = m.out.emit('read-waiting', { client: call.client, call: call.call, request }, cause);
  reads.next.push({ type: 'call', call, body: body.slice(), event, since: m.out.now });
}

/** Starts a round if reads wait and none is under way. Called once in a step, so that the reads of one instant share it. */
export function startReadRound(m: Parts): void {
  const { reads } = m;
  if (reads.phase.type !== 'idle' || reads.next.length === 0) return;
  const batch = reads.next;
  reads.next = [];
  const { now } = m.out;
  const requestId = reads.nextRequestId;
  reads.phase = {
    type: 'asking',
    requestId,
    batch,
    retryAt: simTime(now + READ_INDEX_RETRY_MICROS),
    deadline: simTime(now + requestTimeoutMicros(m)),
  };
  m.raft.readIndex(contextOf(requestId));
  // Another member is asked, and the core says nothing of it: its question comes from the newest read of the round.
  if (coreOf(m).lead !== m.self) m.out.lastRaft = batch.at(-1)?.event;
}

/** The core names an index that is safe. */
export function onReadState(m: Parts, state: ReadState, cause: EventId): void {
  const { reads } = m;
  const { phase } = reads;
  const requestId = requestOf(state.context);
  const event = m.out.emit('read-confirmed', { request: requestId, index: state.index }, cause);
  if (phase.type !== 'asking') return;
  if (phase.requestId !== requestId) {
    m.metrics.add('slowReadIndexes');
    m.out.log('read-index-stale', { 'sent-request-id': formatId(phase.requestId), 'received-request-id': formatId(requestId) }, event);
    return;
  }
  reads.phase = { type: 'applying', requestId, index: state.index, event, batch: phase.batch };
  onAppliedForReads(m);
}

/** Serves the round whose index is applied now. */
export function onAppliedForReads(m: Parts): void {
  const { phase } = m.reads;
  if (phase.type !== 'applying' || m.machine.appliedIndex < phase.index) return;
  endRound(m);
  for (const read of phase.batch) onConfirmed(m, read, phase.event);
}

function onConfirmed(m: Parts, read: PendingRead, event: EventId): void {
  switch (read.type) {
    case 'call':
      return serveRead(m, { ...read, event });
    case 'revoke':
      return stillLeads(m, event) ? revoke(m, read.leases, event) : ignoreRevoke(m, event);
    case 'renew':
      return stillLeads(m, event) ? renewAsLeader(m, read.call, read.lease, event) : refuseRenewal(m, read.call, event);
  }
}

/** The leader changed: the index asked for may never come (etcd: ErrLeaderChanged). */
export function onLeaderChangedForReads(m: Parts, cause: EventId): void {
  const { phase } = m.reads;
  if (phase.type === 'asking') failRound(m, phase.batch, ERRORS.LeaderChanged, cause);
  else if (phase.type === 'idle') m.reads.nextRequestId = m.ids.next();
}

/** Asks again: the first commit of a leader's term has made an answer possible (etcd 3.5). */
export function askAgain(m: Parts): void {
  const { phase } = m.reads;
  if (phase.type === 'asking') m.raft.readIndex(contextOf(phase.requestId));
}

/** Retries and gives up. */
export function onReadTimers(m: Parts, cause: EventId): void {
  const { phase } = m.reads;
  if (phase.type !== 'asking') return;
  const { now } = m.out;
  if (now >= phase.deadline) {
    m.metrics.add('slowReadIndexes');
    m.metrics.add('readIndexesFailed');
    m.out.log('read-index-timeout', { timeout: '7s' }, cause);
    failRound(m, phase.batch, ERRORS.Timeout, cause);
  } else if (now >= phase.retryAt) {
    m.out.log('read-index-retry', { 'sent-request-id': formatId(phase.requestId), 'retry-timeout': '500ms' }, cause);
    m.raft.readIndex(contextOf(phase.requestId));
    m.reads.phase = { ...phase, retryAt: simTime(now + READ_INDEX_RETRY_MICROS) };
  }
}

/** When {@link onReadTimers} has something to do. */
export function nextReadTimer(m: Parts): SimTime | undefined {
  const { phase } = m.reads;
  return phase.type === 'asking' ? simTime(Math.min(phase.retryAt, phase.deadline)) : undefined;
}

function endRound(m: Parts): void {
  m.reads.phase = { type: 'idle' };
  m.reads.nextRequestId = m.ids.next();
}

function failRound(m: Parts, batch: readonly PendingRead[], error: ApiError, cause: EventId): void {
  endRound(m);
  for (const read of batch) onUnconfirmed(m, read, error, cause);
}

function onUnconfirmed(m: Parts, read: PendingRead, error: ApiError, cause: EventId): void {
  if (read.type !== 'call') logLeadershipUnknown(m, error.message, cause);
  switch (read.type) {
    case 'call': {
      const method = m.calls.get(read.call)?.method;
      if (method !== undefined) warnOfSlowRead(m, read.since, { method, body: read.body }, { error }, cause);
      return fail(m, read.call, error, cause);
    }
    case 'revoke':
      return ignoreRevoke(m, cause);
    case 'renew':
      return refuseRenewal(m, read.call, cause);
  }
}
