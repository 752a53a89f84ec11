/** Who asks, and whether they may: tokens at the member that takes a call, permissions where a request is applied or served. */

import type { InternalRaftRequest } from '#api/gen/raft-internal.ts';
import type { DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '#api/gen/rpc.ts';
import { ERRORS, unknownError, type ApiError } from '#api/errors.ts';
import { NOBODY, type AuthInfo } from '#auth/auth-store.ts';
import { leaseId } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { Parts } from '#etcd/parts.ts';
import { versionRules } from '#etcd/version-rules.ts';

export type WhoAsks = { readonly ok: true; readonly info: AuthInfo } | { readonly ok: false; readonly error: ApiError };

/** Who a call comes from. */
export function whoAsks(m: Parts, call: Pick<OpenCall, 'token'>): WhoAsks {
  const { auth } = m.machine;
  if (call.token === '') return { ok: true, info: NOBODY };
  if (!auth.isEnabled) {
    // 3.4 looks at a token even then, and knows none.
    return versionRules(m.config).looksAtTokensWhileOff ? { ok: false, error: ERRORS.InvalidAuthToken } : { ok: true, info: NOBODY };
  }
  const username = m.tokens.use(call.token, m.out.now);
  if (username === undefined) return { ok: false, error: ERRORS.InvalidAuthToken };
  return { ok: true, info: { username, revision: auth.revision } };
}

type Refusal = ApiError | undefined;

const refuseRange = (m: Parts, who: AuthInfo, r: Pick<RangeRequest, 'key' | 'rangeEnd'>): Refusal =>
  m.machine.auth.refuse(who, 'read', r.key, r.rangeEnd);

function refusePut(m: Parts, who: AuthInfo, r: PutRequest): Refusal {
  const { auth } = m.machine;
  return (
    auth.refuse(who, 'write', r.key, EMPTY_BYTES) ??
    refuseLease(m, who, r.lease) ??
    (r.prevKv ? auth.refuse(who, 'read', r.key, EMPTY_BYTES) : undefined)
  );
}

/** Whoever touches a lease must be allowed to write all of its keys. */
function refuseLease(m: Parts, who: AuthInfo, id: bigint): Refusal {
  const lease = id === 0n ? undefined : m.machine.lessor.get(leaseId(id));
  for (const key of lease?.keys ?? []) {
    const refusal = m.machine.auth.refuse(who, 'write', key, EMPTY_BYTES);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const refuseDelete = (m: Parts, who: AuthInfo, r: DeleteRangeRequest): Refusal =>
  m.machine.auth.refuse(who, 'write', r.key, r.rangeEnd) ?? (r.prevKv ? refuseRange(m, who, r) : undefined);

function refuseOp(m: Parts, who: AuthInfo, { request }: RequestOp): Refusal {
  switch (request?.type) {
    case 'requestRange':
      return refuseRange(m, who, request.value);
    case 'requestPut':
      return m.machine.auth.refuse(who, 'write', request.value.key, EMPTY_BYTES);
    case 'requestDeleteRange':
      return refuseDelete(m, who, request.value);
    case 'requestTxn': // neither 3.4.23 nor 3.5.16 looks into a nested one: what it does is done whoever asks
    case undefined:
      return undefined;
  }
}

function refuseTxn(m: Parts, who: AuthInfo, r: TxnRequest): Refusal {
  for (const compare of r.compare) {
    const refusal = refuseRange(m, who, compare);
    if (refusal !== undefined) return refusal;
  }
  for (const op of [...r.success, ...r.failure]) {
    const refusal = refuseOp(m, who, op);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Why an entry's request is refused where it is applied; the entry says who asked. */
export function refuseEntry(m: Parts, r: InternalRaftRequest): Refusal {
  if (!m.machine.auth.isEnabled || m.machine.alarms.isPastAuth) return undefined;
  const who: AuthInfo = { username: r.header?.username ?? '', revision: Number(r.header?.authRevision ?? 0n) };
  if (r.put !== undefined) return refusePut(m, who, r.put);
  if (r.deleteRange !== undefined) return refuseDelete(m, who, r.deleteRange);
  if (r.txn !== undefined) return refuseTxn(m, who, r.txn);
  if (r.leaseRevoke !== undefined) return refuseLease(m, who, r.leaseRevoke.ID);
  return undefined;
}

/** Why a read is refused where it is served. */
export function refuseRead(
  m: Parts,
  call: Pick<OpenCall, 'token'>,
  request: { readonly range: RangeRequest } | { readonly txn: TxnRequest },
): Refusal {
  const who = whoAsks(m, call);
  if (!who.ok) return who.error;
  if (!m.machine.auth.isEnabled) return undefined;
  return 'range' in request ? refuseRange(m, who.info, request.range) : refuseTxn(m, who.info, request.txn);
}

/** Why a watch is refused. */
export function refuseWatch(m: Parts, call: Pick<OpenCall, 'token'>, range: Pick<RangeRequest, 'key' | 'rangeEnd'>): Refusal {
  const who = whoAsks(m, call);
  return who.ok ? refuseRange(m, who.info, range) : who.error;
}

/** Why someone may not change the membership. */
export function refuseOperator(m: Parts, call: Pick<OpenCall, 'token'>): Refusal {
  const who = whoAsks(m, call);
  return who.ok ? m.machine.auth.refuseAdmin(who.info) : who.error;
}

const BARE = new Map<ApiError, ApiError>([
  [ERRORS.UserEmpty, unknownError('auth: user name is empty')],
  [ERRORS.PermissionDenied, unknownError('auth: permission denied')],
  [ERRORS.InvalidAuthToken, unknownError('auth: invalid auth token')],
]);

/** An error of users and roles as a server gives it that forgets to turn it into one for clients. */
export const bareAuthError = (error: ApiError): ApiError => BARE.get(error) ?? error;

/** Why someone may not use a maintenance call: 3.4 and 3.5 give these errors without a code. */
export function refuseMaintenance(m: Parts, call: Pick<OpenCall, 'token'>): Refusal {
  const refusal = refuseOperator(m, call);
  return refusal === undefined ? undefined : bareAuthError(refusal);
}
