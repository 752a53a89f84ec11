/**
 * What only the leader's clock decides of a lease: renewals and the time that is left. Asked here or on another member's behalf
 * (lease-forwarding.ts).
 */

import { LeaseService } from '#api/rpc.ts';
import { leaseId, MICROS_PER_SECOND, type EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { CHECKPOINT_BATCH, type LeaseCheckpointView } from '#lease/lessor.ts';
import { proposeOwn } from '#etcd/propose.ts';
import { answer, headerOf, stream } from '#etcd/answer.ts';
import type { CallId } from '#etcd/contract.ts';
import type { Parts } from '#etcd/parts.ts';

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
  if (question.type === 'renew') {
    const ttl = lessor.renew(id, m.out.now);
    if (ttl !== undefined && lessor.mustClearCheckpoint(id)) proposeCheckpoints(m, [{ id, remaining: 0n }], m.out.cause);
    if (ttl !== undefined) m.metrics.add('leasesRenewed');
    return { type: 'renewed', id: question.id, ttl: ttl ?? 0n };
  }
  const lease = lessor.get(id);
  if (lease === undefined) return { type: 'remaining', id: question.id, ttl: -1n, granted: 0n, keys: [] };
  const left =
    lease.expiresAt === undefined ? lease.ttl : BigInt(Math.max(Math.floor((lease.expiresAt - m.out.now) / MICROS_PER_SECOND), -1));
  return { type: 'remaining', id: question.id, ttl: left, granted: lease.ttl, keys: question.withKeys ? lease.keys : [] };
}

/**
 * Tells the others through the log how much is left of leases, so many in an entry.
 * Deviation: etcd answers a renewal that clears a checkpoint when the clearing is applied; here the answer goes out at once. If the leader is
 * lost in between, the next one begins with what was left at the checkpoint.
 */
export function proposeCheckpoints(m: Parts, due: readonly LeaseCheckpointView[], cause: EventId): void {
  for (let at = 0; at < due.length; at += CHECKPOINT_BATCH) {
    const checkpoints = due.slice(at, at + CHECKPOINT_BATCH).map(({ id, remaining }) => ({ ID: id, remainingTTL: remaining }));
    proposeOwn(m, { leaseCheckpoint: { checkpoints } }, cause);
  }
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
