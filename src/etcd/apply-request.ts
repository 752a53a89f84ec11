/**
 * Applies one request of the log to the state machine and gives the answer for whoever waits for it. Deterministic: everything here comes
 * from the entry and the state. (A lease's expiry uses the member's clock; it is not part of the replicated state.)
 */

import {
  AlarmRequest_AlarmAction,
  AlarmType,
  type AlarmRequest,
  type AlarmResponse,
  type CompactionResponse,
  type DeleteRangeResponse,
  type LeaseGrantResponse,
  type LeaseRevokeResponse,
  type PutResponse,
  type TxnResponse,
} from '#api/gen/rpc.ts';
import type { InternalRaftRequest, Request } from '#api/gen/raft-internal.ts';
import { ERRORS } from '#api/errors.ts';
import { leaseId, nodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { applied, deleteIn, putIn, refused, refusePut, type Applied } from '#etcd/apply-kv.ts';
import { applyAuth, type SendAnswer } from '#etcd/auth-apply.ts';
import { refuseEntry } from '#etcd/auth-checks.ts';
import { breaks } from '#etcd/broken-rules.ts';
import { applyTxn } from '#etcd/apply-txn.ts';
import { revisionHeader, toApiError } from '#etcd/kv-messages.ts';
import { scheduleCompaction } from '#etcd/compaction.ts';
import { onVersionSet } from '#etcd/leadership.ts';
import { parseAttributes } from '#etcd/publish.ts';
import type { Parts } from '#etcd/parts.ts';

export type RequestResponse =
  | { readonly type: 'put'; readonly value: PutResponse }
  | { readonly type: 'delete'; readonly value: DeleteRangeResponse }
  | { readonly type: 'txn'; readonly value: TxnResponse }
  | { readonly type: 'compact'; readonly value: CompactionResponse }
  | { readonly type: 'lease-grant'; readonly value: LeaseGrantResponse }
  | { readonly type: 'lease-revoke'; readonly value: LeaseRevokeResponse }
  | { readonly type: 'alarm'; readonly value: AlarmResponse }
  | { readonly type: 'auth'; readonly send: SendAnswer }
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
  const { kv, lessor } = m.machine;
  const denied = refuseEntry(m, r);
  if (denied !== undefined) return { what: 'denied', key: firstKeyOf(r), outcome: refused(denied) };
  if (r.put !== undefined) {
    const { put } = r;
    const refusal = refusedByAlarm(m) ?? refusePut(kv, put, lessor);
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
    const { txn } = r;
    const puts = txn.success.concat(txn.failure).some(({ request }) => request?.type === 'requestPut' || request?.type === 'requestTxn');
    const refusal = puts ? refusedByAlarm(m) : undefined;
    const outcome = refusal === undefined ? applyTxn(kv, () => kv.writeTxn(), txn, lessor) : refused(refusal);
    return { what: 'txn', key: firstKeyOf(r), outcome: outcome.ok ? applied({ type: 'txn', value: outcome.response }) : outcome };
  }
  if (r.compaction !== undefined) {
    const asked = Number(r.compaction.revision);
    const compacted = kv.compact(breaks(m.config, 'compact-too-far') ? Math.min(asked + 1, kv.currentRevision) : asked);
    if (compacted.type !== 'scheduled') return { what: 'compact', key: undefined, outcome: refused(toApiError(compacted)) };
    scheduleCompaction(m);
    return {
      what: 'compact',
      key: undefined,
      outcome: applied({ type: 'compact', value: { header: revisionHeader(kv.currentRevision) } }),
    };
  }
  if (r.leaseGrant !== undefined || r.leaseRevoke !== undefined) return applyLease(m, r);
  if (r.alarm !== undefined) return { what: 'alarm', key: undefined, outcome: applied({ type: 'alarm', value: applyAlarm(m, r.alarm) }) };
  if (r.v2 !== undefined) return applyV2(m, r.v2);
  const auth = applyAuth(m, r);
  if (auth !== undefined)
    return { what: auth.what, key: undefined, outcome: auth.ok ? applied({ type: 'auth', send: auth.send }) : refused(auth.error) };
  return { what: 'nothing', key: undefined, outcome: NOTHING };
}

/** Under NOSPACE nothing may grow. */
const refusedByAlarm = (m: Parts) => (m.machine.alarms.has(AlarmType.NOSPACE) ? ERRORS.NoSpace : undefined);

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
    const refusal = refusedByAlarm(m);
    if (refusal !== undefined) return { what, key: undefined, outcome: refused(refusal) };
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
    for (const key of keys) txn.deleteRange(key);
    txn.end();
  }
  return {
    what: 'lease-revoke',
    key: keys[0],
    outcome: applied({ type: 'lease-revoke', value: { header: revisionHeader(kv.currentRevision) } }),
  };
}

function applyAlarm(m: Parts, r: AlarmRequest): AlarmResponse {
  const { alarms, kv } = m.machine;
  const header = revisionHeader(kv.currentRevision);
  const alarm = { memberId: r.memberID, type: r.alarm };
  const message = { memberID: r.memberID, alarm: r.alarm };
  switch (r.action) {
    case AlarmRequest_AlarmAction.ACTIVATE:
      if (alarms.raise(alarm))
        m.out.log('alarm-raised', { alarm: r.alarm === AlarmType.NOSPACE ? 'NOSPACE' : 'CORRUPT', from: r.memberID });
      return { header, alarms: [message] };
    case AlarmRequest_AlarmAction.DEACTIVATE:
      return { header, alarms: alarms.disarm(alarm) === undefined ? [] : [message] };
    case AlarmRequest_AlarmAction.GET:
      return { header, alarms: alarms.list(r.alarm).map(({ memberId, type }) => ({ memberID: memberId, alarm: type })) };
  }
}

/** What members say through the old tree store: their attributes, and the cluster's version. */
function applyV2(m: Parts, r: Request): AppliedRequest {
  if (r.Path === '/0/version') {
    onVersionSet(m, r.Val);
    return { what: 'cluster-version', key: undefined, outcome: NOTHING };
  }
  const attributes = parseAttributes(r);
  if (attributes === undefined) return { what: 'v2', key: undefined, outcome: NOTHING };
  m.machine.cluster.publish(nodeId(attributes.id), attributes.name, attributes.clientUrls);
  return { what: 'publish', key: undefined, outcome: NOTHING };
}
