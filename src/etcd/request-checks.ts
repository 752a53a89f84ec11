/** What etcd refuses before it proposes or reads anything (server/etcdserver/api/v3rpc/key.go). */

import type { DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '#api/gen/rpc.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import { hasOverlappingWrites } from '#etcd/txn-intervals.ts';

/** Why a request is refused; undefined if it is well-formed. */
export type Refusal = ApiError | undefined;

export const checkRange = (r: RangeRequest): Refusal => (r.key.length === 0 ? ERRORS.EmptyKey : undefined);

export function checkPut(r: PutRequest): Refusal {
  if (r.key.length === 0) return ERRORS.EmptyKey;
  if (r.ignoreValue && r.value.length > 0) return ERRORS.ValueProvided;
  if (r.ignoreLease && r.lease !== 0n) return ERRORS.LeaseProvided;
  return undefined;
}

export const checkDelete = (r: DeleteRangeRequest): Refusal => (r.key.length === 0 ? ERRORS.EmptyKey : undefined);

/** @param maxOps `--max-txn-ops`; nested transactions have what their parents leave */
export function checkTxn(r: TxnRequest, maxOps: number): Refusal {
  const refusal = checkTxnShape(r, maxOps);
  if (refusal !== undefined) return refusal;
  return hasOverlappingWrites(r.success) || hasOverlappingWrites(r.failure) ? ERRORS.DuplicateKey : undefined;
}

function checkTxnShape(r: TxnRequest, maxOps: number): Refusal {
  const ops = Math.max(r.compare.length, r.success.length, r.failure.length);
  if (ops > maxOps) return ERRORS.TooManyOps;
  if (r.compare.some((c) => c.key.length === 0)) return ERRORS.EmptyKey;
  for (const op of [...r.success, ...r.failure]) {
    const refusal = checkOp(op, maxOps - ops);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkOp(op: RequestOp, maxOps: number): Refusal {
  switch (op.request?.type) {
    case 'requestRange':
      return checkRange(op.request.value);
    case 'requestPut':
      return checkPut(op.request.value);
    case 'requestDeleteRange':
      return checkDelete(op.request.value);
    case 'requestTxn':
      return checkTxnShape(op.request.value, maxOps);
    case undefined:
      return ERRORS.KeyNotFound; // an empty operation, in etcd's words
  }
}
