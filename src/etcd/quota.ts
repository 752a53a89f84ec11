/**
 * The backend's quota (server/etcdserver/api/v3rpc/quota.go): a request that may grow the database is refused on the member that receives
 * it as soon as the database with it would reach the quota; that member then raises NOSPACE for the whole cluster.
 */

import { AlarmRequest, AlarmRequest_AlarmAction, AlarmType, type PutRequest, type RequestOp, type TxnRequest } from '#api/gen/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { fail } from '#etcd/answer.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { dbSizeOf } from '#etcd/maintenance.ts';
import type { Parts } from '#etcd/parts.ts';
import { proposeOwn, type RequestBody } from '#etcd/propose.ts';

const DEFAULT_QUOTA_BYTES = 2 * 1024 ** 3;
/** What etcd reckons for a lease, and for a key besides its bytes. */
const LEASE_COST_BYTES = 64;
const KEY_COST_BYTES = 256;

const costOfPut = (r: PutRequest): number => KEY_COST_BYTES + r.key.length + r.value.length;
const costOfOps = (ops: readonly RequestOp[]): number =>
  ops.reduce((sum, { request }) => sum + (request?.type === 'requestPut' ? costOfPut(request.value) : 0), 0);
const costOfTxn = (r: TxnRequest): number => Math.max(costOfOps(r.success), costOfOps(r.failure));

function costOf(body: RequestBody): number {
  if (body.put !== undefined) return costOfPut(body.put);
  if (body.txn !== undefined) return costOfTxn(body.txn);
  return body.leaseGrant === undefined ? 0 : LEASE_COST_BYTES;
}

/** The quota in force, bytes; Infinity if there is none. */
export function quotaOf({ quotaBackendBytes }: Pick<MemberConfig, 'quotaBackendBytes'>): number {
  if (quotaBackendBytes < 0) return Infinity;
  return quotaBackendBytes === 0 ? DEFAULT_QUOTA_BYTES : quotaBackendBytes;
}

/** Whether the database with a request would reach the quota. */
export function isOverQuota(m: Parts, body: RequestBody): boolean {
  const cost = costOf(body);
  return cost > 0 && dbSizeOf(m).total + cost >= quotaOf(m.config);
}

/** Refuses a request that would go over the quota. @returns true if it did */
export function refuseOverQuota(m: Parts, call: OpenCall, body: RequestBody): boolean {
  if (!isOverQuota(m, body)) return false;
  const fields = { 'quota-size-bytes': quotaOf(m.config), 'in-use-size-bytes': dbSizeOf(m).total };
  const event = m.out.log('quota-exceeded', fields, call.event);
  // Raised again by every request, as etcd does: each takes an entry.
  proposeOwn(
    m,
    { alarm: AlarmRequest.create({ action: AlarmRequest_AlarmAction.ACTIVATE, memberID: m.self, alarm: AlarmType.NOSPACE }) },
    event,
  );
  fail(m, call.id, ERRORS.NoSpace, event);
  return true;
}
