/**
 * Puts, deletes and ranges on the state machine, with etcd's answers (server/etcdserver/apply.go). A request that is refused here is
 * refused by every member alike, after its entry was committed.
 */

import type { DeleteRangeRequest, DeleteRangeResponse, PutRequest, PutResponse, RangeRequest, RangeResponse } from '#api/gen/rpc.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import { leaseId, type LeaseId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { MvccError } from '#mvcc/errors.ts';
import type { RangeRequest as EngineRange, RangeResult } from '#mvcc/range.ts';
import type { KeyValue } from '#mvcc/record.ts';
import type { WriteTxn } from '#mvcc/write-txn.ts';
import { revisionHeader, toApiError, toEngineRange, toKeyValueMessage, toRangeResponse } from '#etcd/kv-messages.ts';

/** What applying gives: the response as the state machine makes it, or etcd's error. */
export type Applied<T> = { readonly ok: true; readonly response: T } | { readonly ok: false; readonly error: ApiError };

export const applied = <T>(response: T): Applied<T> => ({ ok: true, response });
export const refused = (error: ApiError): Applied<never> => ({ ok: false, error });

/** The part of the lessor that writes need. */
export interface LeaseLookup {
  has(id: LeaseId): boolean;
}

/** Where a range reads: the store, or an open transaction. */
export interface ReadView {
  range(request: EngineRange): RangeResult | MvccError;
}

const current = (view: ReadView, key: Bytes): KeyValue | undefined => {
  const result = view.range({ key });
  return result.type === 'range' ? result.kvs[0] : undefined;
};

const refuseMissingKey = (view: ReadView, r: PutRequest): ApiError | undefined =>
  (r.ignoreValue || r.ignoreLease) && current(view, r.key) === undefined ? ERRORS.KeyNotFound : undefined;

const refuseMissingLease = (r: PutRequest, leases: LeaseLookup): ApiError | undefined =>
  r.lease !== 0n && !leases.has(leaseId(r.lease)) ? ERRORS.LeaseNotFound : undefined;

/** Why a put cannot be done now. Of two reasons etcd names the lease. */
export const refusePut = (view: ReadView, r: PutRequest, leases: LeaseLookup): ApiError | undefined =>
  refuseMissingLease(r, leases) ?? refuseMissingKey(view, r);

/** The same for a put in a transaction, where etcd names the key. */
export const refusePutInTxn = (view: ReadView, r: PutRequest, leases: LeaseLookup): ApiError | undefined =>
  refuseMissingKey(view, r) ?? refuseMissingLease(r, leases);

/** Puts a key in an open transaction that {@link refusePut} let through. */
export function putIn(txn: WriteTxn, r: PutRequest): PutResponse {
  const before = r.ignoreValue || r.ignoreLease ? current(txn, r.key) : undefined;
  const value = r.ignoreValue && before !== undefined ? before.value : r.value;
  const lease = r.ignoreLease && before !== undefined ? before.lease : leaseId(r.lease);
  const old = txn.put(r.key, value, lease);
  return { header: revisionHeader(txn.revision), prevKv: r.prevKv && old !== undefined ? toKeyValueMessage(old) : undefined };
}

/** Deletes an interval in an open transaction. */
export function deleteIn(txn: WriteTxn, r: DeleteRangeRequest): DeleteRangeResponse {
  const old = txn.deleteRange(r.key, r.rangeEnd);
  return { header: revisionHeader(txn.revision), deleted: BigInt(old.length), prevKvs: r.prevKv ? old.map(toKeyValueMessage) : [] };
}

export function rangeIn(view: ReadView, r: RangeRequest): Applied<RangeResponse> {
  const result = view.range(toEngineRange(r));
  return result.type === 'range' ? applied(toRangeResponse(result)) : refused(toApiError(result));
}
