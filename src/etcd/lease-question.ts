/**
 * What only the leader's clock decides of a lease: renewals and the time that is left. Asked here or on another member's behalf
 * (lease-forwarding.ts).
 */

import { LeaseService } from '#api/rpc.ts';
import { leaseId, MICROS_PER_SECOND, simTime, type EventId, type LogIndex, type NodeId, type SimTime } from '#kernel/brand.ts';
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

/** Who asks: a member, for a call of a client of its own. */
export interface Asker {
  readonly from: NodeId;
  readonly call: CallId;
}

/** A question that waits until what was committed when it came is applied here. */
export interface LeaseWait extends Asker {
  readonly question: LeaseQuestion;
  readonly index: LogIndex;
  /** Given up then (etcd's applyTimeout). */
  readonly deadline: SimTime;
}

const APPLY_TIMEOUT_MICROS = 1_000_000;

/**
 * The leader's answer, once all that is committed is applied here: another member may have answered a grant that this one has yet to apply
 * (EtcdServer.waitAppliedIndex). A lease that is not there is renewed to 0 and has -1 left.
 * @returns undefined if it comes later: by `onAppliedForLeases`, or, for a renewal that has to clear a checkpoint, when that is applied
 */
export function answerLeaseQuestion(m: Parts, question: LeaseQuestion, asker: Asker): LeaseFact | undefined {
  const index = m.loop.knownCommit;
  if (m.machine.appliedIndex >= index) return answerAtOnce(m, question, asker);
  m.leaseWaits.push({ question, ...asker, index, deadline: simTime(m.out.now + APPLY_TIMEOUT_MICROS) });
  return undefined;
}

/** @returns undefined for a renewal that has to clear a checkpoint: it takes place when that is applied, by {@link renewAfterClearing} (Lessor.Renew) */
export function answerAtOnce(m: Parts, question: LeaseQuestion, asker: Asker): LeaseFact | undefined {
  const { lessor } = m.machine;
  const id = leaseId(question.id);
  if (question.type === 'renew') {
    if (!lessor.mustClearCheckpoint(id, m.out.now)) return renew(m, question.id);
    const waiter = { type: 'renewal', lease: question.id, ...asker } as const;
    proposeOwn(m, { leaseCheckpoint: { checkpoints: [{ ID: question.id, remainingTTL: 0n }] } }, m.out.cause, waiter);
    return undefined;
  }
  const lease = lessor.get(id);
  if (lease === undefined) return { type: 'remaining', id: question.id, ttl: -1n, granted: 0n, keys: [] };
  const left =
    lease.expiresAt === undefined ? lease.ttl : BigInt(Math.max(Math.floor((lease.expiresAt - m.out.now) / MICROS_PER_SECOND), -1));
  return { type: 'remaining', id: question.id, ttl: left, granted: lease.ttl, keys: question.withKeys ? lease.keys : [] };
}

function renew(m: Parts, id: bigint): LeaseFact {
  const ttl = m.machine.lessor.renew(leaseId(id), m.out.now);
  if (ttl !== undefined) m.metrics.add('leasesRenewed');
  return { type: 'renewed', id, ttl: ttl ?? 0n };
}

/**
 * The clearing of a checkpoint is applied: the renewal that waited for it takes place.
 * @returns undefined if this member does not lead any more. Deviation: etcd's then renews a lease that counts nowhere, and says that it is renewed
 */
export const renewAfterClearing = (m: Parts, id: bigint): LeaseFact | undefined => (m.machine.lessor.isPrimary ? renew(m, id) : undefined);

/** Tells the others through the log how much is left of leases, so many in an entry. */
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
