/**
 * Lease calls that do not go through the log: keep-alives and questions for the remaining time, which only the leader's clock decides.
 * Another member passes them on (lease-forwarding.ts).
 */

import { LeaseKeepAliveRequest, LeaseTimeToLiveRequest } from '#api/gen/rpc.ts';
import { LeaseService } from '#api/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { leaseId, MICROS_PER_SECOND, NO_NODE, type EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { answer, fail, headerOf, stream } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { forwardToLeader } from '#etcd/lease-forwarding.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';

/** What the leader knows of a lease. */
export type LeaseFact =
  | { readonly type: 'renewed'; readonly id: bigint; readonly ttl: bigint }
  | { readonly type: 'remaining'; readonly id: bigint; readonly ttl: bigint; readonly granted: bigint; readonly keys: readonly Bytes[] };

export type LeaseQuestion =
  { readonly type: 'renew'; readonly id: bigint } | { readonly type: 'remaining'; readonly id: bigint; readonly withKeys: boolean };

/** The leader's answer. A lease that is not there is renewed to 0 and has -1 left. */
export function answerLeaseQuestion(m: Parts, question: LeaseQuestion): LeaseFact {
  const { lessor } = m.machine;
  const id = leaseId(question.id);
  if (question.type === 'renew') return { type: 'renewed', id: question.id, ttl: lessor.renew(id, m.out.now) ?? 0n };
  const lease = lessor.get(id);
  if (lease === undefined) return { type: 'remaining', id: question.id, ttl: -1n, granted: 0n, keys: [] };
  const left =
    lease.expiresAt === undefined ? lease.ttl : BigInt(Math.max(Math.floor((lease.expiresAt - m.out.now) / MICROS_PER_SECOND), -1));
  return { type: 'remaining', id: question.id, ttl: left, granted: lease.ttl, keys: question.withKeys ? lease.keys : [] };
}

export function leaseKeepAlive(m: Parts, call: OpenCall, body: Bytes): void {
  if (body.length === 0) return; // opening the stream
  ask(m, call, { type: 'renew', id: LeaseKeepAliveRequest.decode(body).ID });
}

export function leaseTimeToLive(m: Parts, call: OpenCall, body: Bytes): void {
  const request = LeaseTimeToLiveRequest.decode(body);
  ask(m, call, { type: 'remaining', id: request.ID, withKeys: request.keys });
}

function ask(m: Parts, call: OpenCall, question: LeaseQuestion): void {
  if (m.machine.lessor.isPrimary) tellClient(m, call.id, answerLeaseQuestion(m, question), call.event);
  else if (coreOf(m).lead === NO_NODE) fail(m, call.id, ERRORS.NoLeader, call.event);
  else forwardToLeader(m, call, question);
}

/** Passes the leader's word on to the client. */
export function tellClient(m: Parts, id: CallId, fact: LeaseFact, cause: EventId): void {
  const call = m.calls.get(id);
  if (call === undefined) return;
  const header = headerOf(m, 0n);
  if (fact.type === 'renewed') {
    const event = m.out.emit(
      'request-answered',
      { client: id.client, call: id.call, code: 0, message: '', revision: Number(header.revision) },
      cause,
    );
    stream(m, call, LeaseService.LeaseKeepAlive, { header, ID: fact.id, TTL: fact.ttl }, event);
    return;
  }
  answer(
    m,
    id,
    LeaseService.LeaseTimeToLive,
    { header, ID: fact.id, TTL: fact.ttl, grantedTTL: fact.granted, keys: fact.keys.map((key) => Uint8Array.from(key)) },
    cause,
  );
}

export function leaseList(m: Parts, call: OpenCall): void {
  const leases = m.machine.lessor.list().map(({ id }) => ({ ID: BigInt(id) }));
  answer(m, call.id, LeaseService.LeaseLeases, { header: undefined, leases }, call.event);
}
