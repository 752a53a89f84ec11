/**
 * Applies one request of the log to the state machine and gives the answer for whoever waits for it. Deterministic: everything here comes
 * from the entry and the state. (A lease's expiry uses the member's clock; it is not part of the replicated state.)
 */

import {
  type AlarmResponse,
  type CompactionRequest,
  type CompactionResponse,
  type DeleteRangeResponse,
  type LeaseGrantResponse,
  type LeaseRevokeResponse,
  type PutResponse,
  type RequestOp,
  type TxnResponse,
} from '#api/gen/rpc.ts';
import type { InternalRaftRequest } from '#api/gen/raft-internal.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import { leaseId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { applyAlarm } from '#etcd/apply-alarm.ts';
import { applied, deleteIn, putIn, refused, refusePut, type Applied } from '#etcd/apply-kv.ts';
import { applyAuth, type SendAnswer } from '#etcd/auth-apply.ts';
import { refuseEntry } from '#etcd/auth-checks.ts';
import { applyTxn } from '#etcd/apply-txn.ts';
import { revisionHeader, toApiError } from '#etcd/kv-messages.ts';
import { scheduleCompaction } from '#etcd/compaction.ts';
import type { V2Result } from '#v2/store.ts';
import { breaks } from '#etcd/broken-rules.ts';
import type { Parts } from '#etcd/parts.ts';
import { isOverQuota } from '#etcd/quota.ts';
import { applyV2 } from '#etcd/v2-apply.ts';

export type RequestResponse =
  | { readonly type: 'put'; readonly value: PutResponse }
  | { readonly type: 'delete'; readonly value: DeleteRangeResponse }
  | { readonly type: 'txn'; readonly value: TxnResponse }
  /** `waitsFor`: the answer is held back until the physical pass of this revision is over; 0: it is not. */
  | { readonly type: 'compact'; readonly value: CompactionResponse; readonly waitsFor: number }
  | { readonly type: 'lease-grant'; readonly value: LeaseGrantResponse }
  | { readonly type: 'lease-revoke'; readonly value: LeaseRevokeResponse }
  | { readonly type: 'alarm'; readonly value: AlarmResponse }
  | { readonly type: 'auth'; readonly send: SendAnswer }
  | { readonly type: 'v2'; readonly result: V2Result }
  | { readonly type: 'nothing' };

/** What an entry did: a short word and the first key, for the trace, and the answer. */
export interface AppliedRequest {
  readonly what: string;
  readonly key: Bytes | undefined;
  readonly outcome: Applied<RequestResponse>;
}

const NOTHING: Applied<RequestResponse> = applied({ type: 'nothing' });

/** Applies a request. */
export function applyRequest(m: Parts, r: InternalRaftRequest): AppliedRequest {
  // The applier of an alarm stands before the one that asks for permissions.
  const refusal = refusedByAlarm(m, r) ?? refuseEntry(m, r);
  if (refusal !== undefined) return { what: 'denied', key: firstKeyOf(r), outcome: refused(refusal) };
  // etcd looks at the quota where it applies as well: what is over it was done all the same, and is answered with the error.
  const isOver = isOverQuota(m, r);
  const result = applyBody(m, r);
  if (result.outcome.ok) count(m, r, result.outcome.response);
  return isOver && result.outcome.ok ? { ...result, outcome: refused(ERRORS.NoSpace) } : result;
}

/** Counts what an entry did, as etcd's storage does for each transaction. */
function count({ metrics }: Parts, { put }: InternalRaftRequest, response: RequestResponse): void {
  switch (response.type) {
    case 'put':
      metrics.add('puts');
      if (put !== undefined) metrics.add('putBytes', put.key.length + put.value.length);
      return;
    case 'delete':
      return metrics.add('deletes');
    case 'lease-grant':
      return metrics.add('leasesGranted');
    case 'lease-revoke':
      return metrics.add('leasesRevoked');
    case 'txn': {
      const { responses } = response.value;
      for (const { response: op } of responses)
        metrics.add(op?.type === 'responsePut' ? 'puts' : op?.type === 'responseDeleteRange' ? 'deletes' : 'ranges');
      if (responses.length > 1) metrics.add('txns');
      return;
    }
    default:
  }
}

function applyBody(m: Parts, r: InternalRaftRequest): AppliedRequest {
  const { kv, lessor } = m.machine;
  if (r.put !== undefined) {
    const { put } = r;
    const refusal = refusePut(kv, put, lessor);
    if (refusal !== undefined) return { what: 'put', key: put.key, outcome: refused(refusal) };
    const txn = kv.writeTxn();
    const value = putIn(txn, put);
    txn.end();
    return { what: 'put', key: put.key, outcome: applied({ type: 'put', value }) };
  }
  if (r.deleteRange !== undefined) {
    const txn = kv.writeTxn();
    const value = deleteIn(txn, r.deleteRange);
    txn.end();
    return { what: 'delete', key: r.deleteRange.key, outcome: applied({ type: 'delete', value }) };
  }
  if (r.txn !== undefined) {
    const outcome = applyTxn(kv, () => kv.writeTxn(), r.txn, lessor);
    return { what: 'txn', key: firstKeyOf(r), outcome: outcome.ok ? applied({ type: 'txn', value: outcome.response }) : outcome };
  }
  if (r.compaction !== undefined) return applyCompaction(m, r.compaction);
  if (r.leaseGrant !== undefined || r.leaseRevoke !== undefined) return applyLease(m, r);
  if (r.leaseCheckpoint !== undefined) {
    for (const { ID, remainingTTL } of r.leaseCheckpoint.checkpoints)
      lessor.checkpoint({ id: leaseId(ID), remaining: remainingTTL }, m.out.now);
    return { what: 'lease-checkpoint', key: undefined, outcome: NOTHING };
  }
  if (r.alarm !== undefined) return { what: 'alarm', key: undefined, outcome: applied({ type: 'alarm', value: applyAlarm(m, r.alarm) }) };
  if (r.v2 !== undefined) {
    const { what, key, result } = applyV2(m, r.v2);
    return { what, key, outcome: result === undefined ? NOTHING : applied({ type: 'v2', result }) };
  }
  const auth = applyAuth(m, r);
  if (auth !== undefined)
    return { what: auth.what, key: undefined, outcome: auth.ok ? applied({ type: 'auth', send: auth.send }) : refused(auth.error) };
  return { what: 'nothing', key: undefined, outcome: NOTHING };
}

function applyCompaction(m: Parts, { revision, physical }: CompactionRequest): AppliedRequest {
  const { kv } = m.machine;
  const asked = Number(revision);
  const at = breaks(m.config, 'compact-too-far') ? Math.min(asked + 1, kv.currentRevision) : asked;
  const compacted = kv.compact(at);
  if (compacted.type !== 'scheduled') return { what: 'compact', key: undefined, outcome: refused(toApiError(compacted)) };
  scheduleCompaction(m, at);
  const value = { header: revisionHeader(kv.currentRevision) };
  return { what: 'compact', key: undefined, outcome: applied({ type: 'compact', value, waitsFor: physical ? at : 0 }) };
}

/** Under CORRUPT nothing changes, under NOSPACE nothing may grow (applierV3Corrupt, applierV3Capped). Reads go past both. */
function refusedByAlarm(
  m: Parts,
  { put, txn, leaseGrant, deleteRange, compaction, leaseRevoke }: InternalRaftRequest,
): ApiError | undefined {
  const { refusing } = m.machine.alarms;
  if (refusing === 'nothing') return undefined;
  if (refusing === 'changes') {
    const isChange = [put, txn, leaseGrant, deleteRange, compaction, leaseRevoke].some((body) => body !== undefined);
    return isChange ? ERRORS.Corrupt : undefined;
  }
  const isPut = ({ request }: RequestOp): boolean => request?.type === 'requestPut';
  const grows = put !== undefined || leaseGrant !== undefined || (txn !== undefined && [...txn.success, ...txn.failure].some(isPut));
  return grows ? ERRORS.NoSpace : undefined;
}

/** The first key that a transaction names, for the trace. */
function firstKeyOf(r: InternalRaftRequest): Bytes | undefined {
  const { txn } = r;
  const first = txn?.compare[0]?.key;
  if (first !== undefined) return first;
  const request = (txn?.success[0] ?? txn?.failure[0])?.request;
  return request === undefined || request.type === 'requestTxn' ? undefined : request.value.key;
}

function applyLease(m: Parts, r: InternalRaftRequest): AppliedRequest {
  const { lessor, kv } = m.machine;
  if (r.leaseGrant !== undefined) {
    const what = 'lease-grant';
    const granted = lessor.grant(leaseId(r.leaseGrant.ID), r.leaseGrant.TTL, m.out.now);
    if (granted.ok) {
      const value = { header: revisionHeader(kv.currentRevision), ID: r.leaseGrant.ID, TTL: granted.ttl, error: '' };
      return { what, key: undefined, outcome: applied({ type: 'lease-grant', value }) };
    }
    const error =
      granted.error === 'exists' ? ERRORS.LeaseExist : granted.error === 'ttl-too-large' ? ERRORS.LeaseTTLTooLarge : ERRORS.LeaseNotFound;
    return { what, key: undefined, outcome: refused(error) };
  }
  const keys = lessor.revoke(leaseId(r.leaseRevoke?.ID ?? 0n));
  if (keys === undefined) return { what: 'lease-revoke', key: undefined, outcome: refused(ERRORS.LeaseNotFound) };
  if (keys.length > 0) {
    const txn = kv.writeTxn();
    for (const key of breaks(m.config, 'revoke-half') ? keys.slice(0, 1) : keys) txn.deleteRange(key);
    txn.end();
  }
  return {
    what: 'lease-revoke',
    key: keys[0],
    outcome: applied({ type: 'lease-revoke', value: { header: revisionHeader(kv.currentRevision) } }),
  };
}
