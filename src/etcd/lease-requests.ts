/**
 * Lease calls that do not go through the log: keep-alives and questions for the remaining time, which only the leader's clock decides.
 * Another member passes them on (lease-forwarding.ts).
 */

import { LeaseKeepAliveRequest, LeaseTimeToLiveRequest } from '#api/gen/rpc.ts';
import { LeaseService } from '#api/rpc.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { answer } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { answerOwn, forwardToLeader, isWaiting } from '#etcd/lease-forwarding.ts';
import type { LeaseQuestion } from '#etcd/lease-question.ts';
import type { Parts } from '#etcd/parts.ts';

/** Opens the stream, maybe with a first request. */
export function openLeaseKeepAlive(m: Parts, call: OpenCall, body: Bytes): void {
  if (body.length > 0) leaseKeepAlive(m, call, body);
}

export function leaseKeepAlive(m: Parts, call: OpenCall, body: Bytes): void {
  ask(m, call, { type: 'renew', id: LeaseKeepAliveRequest.decode(body).ID });
}

export function leaseTimeToLive(m: Parts, call: OpenCall, body: Bytes): void {
  const request = LeaseTimeToLiveRequest.decode(body);
  ask(m, call, { type: 'remaining', id: request.ID, withKeys: request.keys });
}

function ask(m: Parts, call: OpenCall, question: LeaseQuestion): void {
  if (!m.machine.lessor.isPrimary || isWaiting(m, call.id)) return forwardToLeader(m, call, question);
  answerOwn(m, call.id, question, call.event);
}

export function leaseList(m: Parts, call: OpenCall): void {
  const leases = m.machine.lessor.list().map(({ id }) => ({ ID: BigInt(id) }));
  answer(m, call.id, LeaseService.LeaseLeases, { header: undefined, leases }, call.event);
}
