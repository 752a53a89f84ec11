/** Reads from this member's own state, once nothing stands against them: ranges, read-only transactions, the list of members. */

import { RangeRequest, TxnRequest, type Member as MemberMessage, type RangeResponse } from '#api/gen/rpc.ts';
import { AuthService, ClusterService, KVService } from '#api/rpc.ts';
import type { EventId } from '#kernel/brand.ts';
import { assert } from '#kernel/assert.ts';
import { answer, fail, headerWithoutRevision } from '#etcd/answer.ts';
import { refuseRead } from '#etcd/auth-checks.ts';
import { authenticate } from '#etcd/auth-token.ts';
import { rangeIn } from '#etcd/apply-kv.ts';
import { applyTxn } from '#etcd/apply-txn.ts';
import type { CallId } from '#etcd/contract.ts';
import type { ClusterMember } from '#etcd/membership.ts';
import type { CallRead } from '#etcd/read-loop.ts';
import { spoiltRange } from '#etcd/planted-faults.ts';
import { warnOfSlowRead } from '#etcd/slow-request.ts';
import type { Parts } from '#etcd/parts.ts';

/** Does what a waiting read asked for, and answers it. */
export function serveRead(m: Parts, read: CallRead): void {
  const { call: id, body, event: cause } = read;
  const call = m.calls.get(id);
  if (call === undefined) return;
  switch (call.method) {
    case KVService.Range.path: {
      if (isHeldUp(m, read)) return;
      const request = RangeRequest.decode(body);
      const refusal = call.http?.kind === 'health' || call.http?.kind === 'probe' ? undefined : refuseRead(m, call, { range: request });
      if (refusal !== undefined) return fail(m, id, refusal, cause);
      m.metrics.add('ranges');
      const result = rangeIn(m.machine.kv, request);
      warnOfSlowRead(m, read.since, { method: call.method, body }, result, cause);
      if (result.ok) answer(m, id, KVService.Range, spoiltIfBroken(m, request, result.response, id), cause);
      else fail(m, id, result.error, cause);
      return;
    }
    case KVService.Txn.path: {
      if (isHeldUp(m, read)) return;
      const { kv, lessor } = m.machine;
      const request = TxnRequest.decode(body);
      const refusal = refuseRead(m, call, { txn: request });
      if (refusal !== undefined) return fail(m, id, refusal, cause);
      const result = applyTxn(kv, () => kv.writeTxn(), request, lessor);
      warnOfSlowRead(m, read.since, { method: call.method, body }, result, cause);
      if (result.ok) answer(m, id, KVService.Txn, result.response, cause);
      else fail(m, id, result.error, cause);
      return;
    }
    case AuthService.Authenticate.path:
      return authenticate(m, call, body, cause);
    case ClusterService.MemberList.path:
      answerMembers(m, id, cause);
      return;
    default:
      assert(false, `no read of ${call.method}`);
  }
}

const spoiltIfBroken = (m: Parts, request: RangeRequest, response: RangeResponse, id: CallId): RangeResponse =>
  m.config.broken.length === 0 ? response : spoiltRange(m, request, response, id.call);

/** While the backend is busy a read waits (apply-queue.ts). */
function isHeldUp(m: Parts, read: CallRead): boolean {
  if (m.loop.backend.type === 'idle') return false;
  m.loop.blockedReads.push(read);
  return true;
}

export const toMemberMessage = (member: ClusterMember): MemberMessage => ({
  ID: member.id,
  name: member.name,
  peerURLs: member.peerUrls,
  clientURLs: member.clientUrls,
  isLearner: member.isLearner,
});

export function answerMembers(m: Parts, id: CallId, cause: EventId): void {
  const members = m.machine.cluster.list().map(toMemberMessage);
  answer(m, id, ClusterService.MemberList, { header: headerWithoutRevision(m), members }, cause);
}
