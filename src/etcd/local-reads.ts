/** Reads from this member's own state, once nothing stands against them: ranges, read-only transactions, the list of members. */

import { RangeRequest, TxnRequest, type Member as MemberMessage } from '#api/gen/rpc.ts';
import { ClusterService, KVService } from '#api/rpc.ts';
import type { EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { assert } from '#kernel/assert.ts';
import { answer, fail, headerWithoutRevision } from '#etcd/answer.ts';
import { rangeIn } from '#etcd/apply-kv.ts';
import { applyTxn } from '#etcd/apply-txn.ts';
import type { CallId } from '#etcd/contract.ts';
import type { ClusterMember } from '#etcd/membership.ts';
import type { Parts } from '#etcd/parts.ts';

/** Does what a waiting read asked for, and answers it. */
export function serveRead(m: Parts, id: CallId, body: Bytes, cause: EventId): void {
  const call = m.calls.get(id);
  if (call === undefined) return;
  switch (call.method) {
    case KVService.Range.path: {
      const result = rangeIn(m.machine.kv, RangeRequest.decode(body));
      if (result.ok) answer(m, id, KVService.Range, result.response, cause);
      else fail(m, id, result.error, cause);
      return;
    }
    case KVService.Txn.path: {
      const { kv, lessor } = m.machine;
      const result = applyTxn(kv, () => kv.writeTxn(), TxnRequest.decode(body), lessor);
      if (result.ok) answer(m, id, KVService.Txn, result.response, cause);
      else fail(m, id, result.error, cause);
      return;
    }
    case ClusterService.MemberList.path:
      answerMembers(m, id, cause);
      return;
    default:
      assert(false, `no read of ${call.method}`);
  }
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
