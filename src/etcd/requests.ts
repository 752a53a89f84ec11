/**
 * Clients' calls (server/etcdserver/api/v3rpc): checked, then read here, proposed, or answered from what this member knows. A method that
 * no server has, or that is not built yet, answers Unimplemented.
 */

import * as rpc from '#api/gen/rpc.ts';
import { ClusterService, KVService, LeaseService, MaintenanceService, WatchService, methodByPath } from '#api/rpc.ts';
import { Code, ERRORS, unimplemented, type ApiError } from '#api/errors.ts';
import { WireError } from '#api/wire.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { fail } from '#etcd/answer.ts';
import { refuseMaintenance } from '#etcd/auth-checks.ts';
import { AUTH_HANDLERS } from '#etcd/auth-requests.ts';
import { beginDefragment } from '#etcd/apply-queue.ts';
import { isReadOnlyTxn, isSerializableTxn } from '#etcd/apply-txn.ts';
import { CLUSTER_HANDLERS } from '#etcd/cluster-requests.ts';
import { callKey, type HttpCall, type OpenCall } from '#etcd/calls.ts';
import { CONCURRENCY_HANDLERS } from '#etcd/concurrency-requests.ts';
import type { InboxItem } from '#etcd/contract.ts';
import { downgrade } from '#etcd/downgrade.ts';
import { isWaiting } from '#etcd/lease-forwarding.ts';
import { leaseKeepAlive, openLeaseKeepAlive, leaseList, leaseTimeToLive } from '#etcd/lease-requests.ts';
import { answerMembers, serveRead } from '#etcd/local-reads.ts';
import { moveLeader } from '#etcd/leader-transfer.ts';
import { hashBackend, hashKv, status } from '#etcd/maintenance.ts';
import { INNER_CLIENT } from '#etcd/outbox.ts';
import { HELD_ITEMS_MAX, type Parts } from '#etcd/parts.ts';
import { proposeBody, proposeCall } from '#etcd/propose.ts';
import { refuseOverQuota } from '#etcd/quota.ts';
import { abandonRecipe } from '#etcd/recipes.ts';
import { requestRead } from '#etcd/reads.ts';
import { checkDelete, checkPut, checkRange, checkTxn, type Refusal } from '#etcd/request-checks.ts';
import { refuseWithoutLeader } from '#etcd/require-leader.ts';
import { sendSnapshot } from '#etcd/snapshot-stream.ts';
import { dropV2 } from '#etcd/v2-answers.ts';
import { closeWatchStream, openWatchStream, watchMessage } from '#etcd/watch-streams.ts';
import { versionRules } from '#etcd/version-rules.ts';

type CallItem = Extract<InboxItem, { type: 'call' }>;
type Handler = (m: Parts, call: OpenCall, body: Bytes) => void;

/** A client's item. Before this member serves, it waits. */
export function onClientItem(
  m: Parts,
  item: Extract<InboxItem, { type: 'call' | 'call-message' | 'call-read' | 'call-half-close' | 'call-cancel' }>,
): void {
  if (!m.loop.isServing) {
    if (m.held.length < HELD_ITEMS_MAX) m.held.push(item);
    return;
  }
  switch (item.type) {
    case 'call':
      return openCall(m, item);
    case 'call-message': {
      const call = m.calls.get(item.id);
      if (call !== undefined) guarded(m, call, () => onStreamMessage(m, call, item.body));
      return;
    }
    case 'call-read':
      m.calls.taken(item.id, item.bytes);
      return;
    case 'call-half-close': {
      const call = m.calls.get(item.id);
      if (call?.method !== LeaseService.LeaseKeepAlive.path) return;
      if (isWaiting(m, item.id)) m.calls.open({ ...call, halfClosed: true });
      else fail(m, item.id, { code: Code.OK, message: '' }, item.cause);
      return;
    }
    case 'call-cancel':
      cancelCall(m, item);
  }
}

/** A call begins. @param http how it is answered, if it came over HTTP */
export function openCall(m: Parts, { id, method, body, token, cause, requireLeader = false }: CallItem, http?: HttpCall): void {
  const event = m.out.emit(
    'request-received',
    { client: id.client, call: id.call, method, key: keyOf(method, body), bytes: body.length },
    cause,
  );
  const plain = { id, method, token, event, ...(requireLeader ? { requireLeader } : {}) };
  const call: OpenCall = http === undefined ? plain : { ...plain, http };
  m.calls.open(call);
  if (http === undefined && id.client !== INNER_CLIENT) m.metrics.add('clientReceivedBytes', body.length);
  if (isRefused(m, call, refuseForLearner(m, call, body) ?? refuseWithoutLeader(m, call))) return;
  const handler = HANDLERS.get(method);
  if (handler === undefined) {
    const known = methodByPath(method);
    fail(m, id, known === undefined ? unimplemented(method) : { code: Code.Unimplemented, message: `${method} is not built yet` }, event);
    return;
  }
  guarded(m, call, () => handler(m, call, body));
}

/** A learner serves nothing but its status and reads of its own (v3rpc's interceptor). */
function refuseForLearner(m: Parts, { method, http }: OpenCall, body: Bytes): Refusal {
  if (m.machine.cluster.get(m.self)?.isLearner !== true || http?.kind === 'health' || method === MaintenanceService.Status.path)
    return undefined;
  if (method === KVService.Range.path && isSerializableRange(body)) return undefined;
  return ERRORS.NotSupportedForLearner;
}

function isSerializableRange(body: Bytes): boolean {
  try {
    return rpc.RangeRequest.decode(body).serializable;
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}

/** A body that is not the method's message is refused as gRPC does. */
function guarded(m: Parts, call: OpenCall, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    fail(m, call.id, { code: Code.Internal, message: `grpc: error unmarshalling request: ${error.message}` }, call.event);
  }
}

/** The key that a request is about, for the trace: field 1 of ranges, puts and deletes. */
function keyOf(method: string, body: Bytes): Bytes {
  if (!KEYED.has(method) || body[0] !== 0x0a) return NO_KEY;
  const length = body[1] ?? 0;
  return length < 0x80 ? body.subarray(2, 2 + length) : NO_KEY;
}
const NO_KEY = new Uint8Array(0);
const KEYED: ReadonlySet<string> = new Set([KVService.Range.path, KVService.Put.path, KVService.DeleteRange.path]);

function onStreamMessage(m: Parts, call: OpenCall, body: Bytes): void {
  if (call.method === WatchService.Watch.path) watchMessage(m, call, body);
  else if (call.method === LeaseService.LeaseKeepAlive.path) leaseKeepAlive(m, call, body);
}

function cancelCall(m: Parts, { id, cause }: Extract<InboxItem, { type: 'call-cancel' }>): void {
  const call = m.calls.get(id);
  if (call === undefined) return;
  m.calls.close(id);
  abandonRecipe(m, id, cause);
  m.reads.drop(id);
  m.loop.blockedReads = m.loop.blockedReads.filter(({ call: read }) => callKey(read) !== callKey(id));
  const proposal = m.proposals.idOfCall(id);
  if (proposal !== undefined) m.proposals.take(proposal);
  if (call.method === WatchService.Watch.path) closeWatchStream(m, id);
  if (call.http?.kind === 'v2') dropV2(m, id);
}

/** Refuses, or says that there is nothing to refuse. */
function isRefused(m: Parts, call: OpenCall, refusal: Refusal | ApiError): boolean {
  if (refusal !== undefined) fail(m, call.id, refusal, call.event);
  return refusal !== undefined;
}

function range(m: Parts, call: OpenCall, body: Bytes): void {
  const request = rpc.RangeRequest.decode(body);
  if (isRefused(m, call, checkRange(request))) return;
  if (request.serializable) serveRead(m, { type: 'call', call: call.id, body, event: call.event, since: m.out.now });
  else requestRead(m, call.id, body, call.event);
}

function put(m: Parts, call: OpenCall, body: Bytes): void {
  const request = rpc.PutRequest.decode(body);
  if (isRefused(m, call, checkPut(request)) || refuseOverQuota(m, call, { put: request })) return;
  proposeBody(m, call.id, 'put', body, call.event);
}

function deleteRange(m: Parts, call: OpenCall, body: Bytes): void {
  const request = rpc.DeleteRangeRequest.decode(body);
  if (!isRefused(m, call, checkDelete(request))) proposeBody(m, call.id, 'deleteRange', body, call.event);
}

function txn(m: Parts, call: OpenCall, body: Bytes): void {
  const request = rpc.TxnRequest.decode(body);
  if (isRefused(m, call, checkTxn(request, m.config.maxTxnOps))) return;
  if (isReadOnlyTxn(request)) {
    if (isSerializableTxn(request)) serveRead(m, { type: 'call', call: call.id, body, event: call.event, since: m.out.now });
    else requestRead(m, call.id, body, call.event);
    return;
  }
  if (!refuseOverQuota(m, call, { txn: request })) proposeBody(m, call.id, 'txn', body, call.event);
}

function leaseGrant(m: Parts, call: OpenCall, body: Bytes): void {
  const request = rpc.LeaseGrantRequest.decode(body);
  if (refuseOverQuota(m, call, { leaseGrant: request })) return;
  const ID = request.ID === 0n ? m.ids.nextLease() : request.ID;
  proposeCall(m, call.id, { leaseGrant: { ...request, ID } }, call.event);
}

function memberList(m: Parts, call: OpenCall, body: Bytes): void {
  if (rpc.MemberListRequest.decode(body).linearizable && versionRules(m.config).listsMembersLinearizably)
    requestRead(m, call.id, body, call.event);
  else answerMembers(m, call.id, call.event);
}

/** Only a user who may do everything, once auth is on. */
const guardedMaintenance =
  (handler: Handler): Handler =>
  (m, call, body) => {
    if (!isRefused(m, call, refuseMaintenance(m, call))) handler(m, call, body);
  };

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ...AUTH_HANDLERS,
  ...CLUSTER_HANDLERS,
  ...CONCURRENCY_HANDLERS,
  [KVService.Range.path, range],
  [KVService.Put.path, put],
  [KVService.DeleteRange.path, deleteRange],
  [KVService.Txn.path, txn],
  [KVService.Compact.path, (m, call, body) => proposeCall(m, call.id, { compaction: rpc.CompactionRequest.decode(body) }, call.event)],
  [WatchService.Watch.path, (m, call, body) => openWatchStream(m, call, body)],
  [LeaseService.LeaseGrant.path, leaseGrant],
  [
    LeaseService.LeaseRevoke.path,
    (m, call, body) => proposeCall(m, call.id, { leaseRevoke: rpc.LeaseRevokeRequest.decode(body) }, call.event),
  ],
  [LeaseService.LeaseKeepAlive.path, openLeaseKeepAlive],
  [LeaseService.LeaseTimeToLive.path, leaseTimeToLive],
  [LeaseService.LeaseLeases.path, leaseList],
  [ClusterService.MemberList.path, memberList],
  [MaintenanceService.Alarm.path, (m, call, body) => proposeCall(m, call.id, { alarm: rpc.AlarmRequest.decode(body) }, call.event)],
  [MaintenanceService.Status.path, status],
  [MaintenanceService.HashKV.path, guardedMaintenance(hashKv)],
  [MaintenanceService.Hash.path, guardedMaintenance(hashBackend)],
  [MaintenanceService.Defragment.path, guardedMaintenance(beginDefragment)],
  [MaintenanceService.MoveLeader.path, moveLeader],
  [MaintenanceService.Snapshot.path, guardedMaintenance(sendSnapshot)],
  [MaintenanceService.Downgrade.path, downgrade],
]);
