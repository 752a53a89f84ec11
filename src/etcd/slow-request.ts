/**
 * Complaints of requests that took long (server/etcdserver/util.go, warnOfExpensiveRequest): entries on their way into the stores, and reads from
 * their coming to their answer. etcd's texts are the same for both; a prefix tells them apart.
 */

import {
  AlarmResponse,
  CompactionResponse,
  DeleteRangeResponse,
  LeaseGrantResponse,
  LeaseRevokeResponse,
  PutResponse,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  TxnRequest,
  TxnResponse,
} from '#api/gen/rpc.ts';
import type { InternalRaftRequest } from '#api/gen/raft-internal.ts';
import { KVService } from '#api/rpc.ts';
import type { ApiError } from '#api/errors.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { EventId, SimTime } from '#kernel/brand.ts';
import { goDuration } from '#kernel/go-duration.ts';
import type { Parts } from '#etcd/parts.ts';
import type { AppliedRequest, RequestResponse } from '#etcd/apply-request.ts';
import type { MessageCodec } from '#api/wire.ts';
import { rangeText, requestText, txnText } from '#etcd/request-text.ts';
import { settingsOf } from '#etcd/settings.ts';
import { versionRules } from '#etcd/version-rules.ts';

interface SlowRequest {
  readonly prefix: string;
  readonly request: string;
  readonly response: string;
  readonly error: Pick<ApiError, 'message'> | undefined;
}

/** Whether something that began at `since` has taken long. */
export const isSlow = (m: Parts, since: SimTime): boolean => m.out.now - since > settingsOf(m.config).warningApplyMicros;

function warnOfSlow(m: Parts, since: SimTime, { prefix, request, response, error }: SlowRequest, cause: EventId): void {
  m.metrics.add('slowApplies');
  const expected = goDuration(settingsOf(m.config).warningApplyMicros);
  const fields = { took: goDuration(m.out.now - since), 'expected-duration': expected, prefix, request, response };
  m.out.log('slow-apply', error === undefined ? fields : { ...fields, error: innerText(error.message) }, cause);
}

/** The stores' own errors, before they are made ones of the API. */
const innerText = (message: string): string =>
  message.replace(/^etcdserver: mvcc:/, 'mvcc:').replace(/^etcdserver: requested lease not found$/, 'lease not found');

/** A request of the log and what came of it. */
export interface AppliedEntry {
  readonly request: InternalRaftRequest;
  readonly outcome: AppliedRequest['outcome'];
}

/** An entry was applied: the first one behind a lock that was held. */
export function warnOfSlowApply(m: Parts, since: SimTime, { request, outcome }: AppliedEntry, cause: EventId): void {
  const response = outcome.ok ? applyResult(m, outcome.response) : '';
  warnOfSlow(m, since, { prefix: '', request: requestText(request), response, error: outcome.ok ? undefined : outcome.error }, cause);
}

const CODECS = {
  put: PutResponse,
  delete: DeleteRangeResponse,
  txn: TxnResponse,
  compact: CompactionResponse,
  'lease-grant': LeaseGrantResponse,
  'lease-revoke': LeaseRevokeResponse,
  alarm: AlarmResponse,
} as const;

/** At this place etcd's answers have the revision in their header and nothing else yet. */
const withRevision = <R extends object>(m: Parts, response: R): R => ({
  ...response,
  header: ResponseHeader.create({ revision: BigInt(m.machine.kv.currentRevision) }),
});

function applyResult(m: Parts, response: RequestResponse): string {
  if (!('value' in response)) return '';
  const codec: MessageCodec<unknown> = CODECS[response.type];
  return `size:${codec.encode(withRevision(m, response.value)).finish().length}`;
}

/** A read is answered. @param method of KV: Range or Txn; others are not complained of */
export function warnOfSlowRead(
  m: Parts,
  since: SimTime,
  { method, body }: { readonly method: string; readonly body: Bytes },
  outcome: { readonly response: object } | { readonly error: Pick<ApiError, 'message'> },
  cause: EventId,
): void {
  if (!isSlow(m, since)) return;
  const error = 'error' in outcome ? outcome.error : undefined;
  if (method === KVService.Range.path) {
    const response = 'response' in outcome ? rangeResult(RangeResponse.create(withRevision(m, outcome.response))) : '';
    warnOfSlow(m, since, { prefix: 'read-only range ', request: rangeText(RangeRequest.decode(body)), response, error }, cause);
  } else if (method === KVService.Txn.path) {
    const response = 'response' in outcome ? txnResult(TxnResponse.create(withRevision(m, outcome.response))) : '';
    // 3.4 calls a transaction a range here.
    const prefix = versionRules(m.config).hasNewMethods ? 'read-only txn ' : 'read-only range ';
    warnOfSlow(m, since, { prefix, request: txnText(TxnRequest.decode(body)), response, error }, cause);
  }
}

const rangeResult = (response: RangeResponse): string =>
  `range_response_count:${response.kvs.length} size:${RangeResponse.encode(response).finish().length}`;

function txnResult(response: TxnResponse): string {
  const counts = response.responses.flatMap(({ response: one }) =>
    one?.type === 'responseRange' ? [`range_response_count:${one.value.kvs.length}`] : [],
  );
  return `responses:<${counts.join(' ')}> size:${TxnResponse.encode(response).finish().length}`;
}
