/** What becomes of a call whose request went through the log: its answer, or why there is none. */

import { failRenewal } from '#etcd/lease-forwarding.ts';
import { KVService, LeaseService, MaintenanceService } from '#api/rpc.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import type { EventId } from '#kernel/brand.ts';
import { answer, answerBare, fail } from '#etcd/answer.ts';
import type { RequestResponse } from '#etcd/apply-request.ts';
import { sendHealth } from '#etcd/http-reply.ts';
import type { CallId } from '#etcd/contract.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';
import type { Proposal } from '#etcd/proposals.ts';
import { answerV2 } from '#etcd/v2-success.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** Answers a call with what the state machine gave. */
export function answerProposal(m: Parts, call: CallId, response: RequestResponse, cause: EventId): void {
  switch (response.type) {
    case 'put':
      return answer(m, call, KVService.Put, response.value, cause);
    case 'delete':
      return answer(m, call, KVService.DeleteRange, response.value, cause);
    case 'txn':
      return answer(m, call, KVService.Txn, response.value, cause);
    case 'compact':
      if (response.waitsFor > Math.max(0, m.machine.kv.finishedCompactRevision))
        m.loop.compactWaits.push({ call, revision: response.waitsFor });
      else answer(m, call, KVService.Compact, response.value, cause);
      return;
    case 'lease-grant':
      return answer(m, call, LeaseService.LeaseGrant, response.value, cause);
    case 'lease-revoke':
      return answer(m, call, LeaseService.LeaseRevoke, response.value, cause);
    case 'alarm':
      if (!versionRules(m.config).alarmHasHeader) answerBare(m, call, MaintenanceService.Alarm, response.value, cause);
      else answer(m, call, MaintenanceService.Alarm, response.value, cause);
      return;
    case 'auth':
      return response.send(m, call, cause);
    case 'v2':
    case 'nothing': {
      // A health probe of 3.4: that it came through the log is the answer.
      const open = m.calls.get(call);
      if (open?.http?.kind === 'v2' && response.type === 'v2') answerV2(m, open, response.result, cause);
      if (open?.http?.kind !== 'health') return;
      const at = m.forwarded.findIndex((f) => f.call.client === call.client && f.call.call === call.call);
      if (at >= 0) m.forwarded.splice(at, 1);
      sendHealth(m, open, undefined, cause);
      m.calls.close(call);
    }
  }
}

export function failProposal(m: Parts, proposal: Proposal, error: Pick<ApiError, 'code' | 'message'>, cause: EventId): void {
  if (proposal.waiter.type === 'call') fail(m, proposal.waiter.call, error, cause);
  if (proposal.waiter.type === 'renewal') failRenewal(m, proposal.waiter, error, cause);
}

/**
 * Why a proposal's time is over, in etcd's texts. One that never reached the core, because there was no leader, ends with the bare error
 * of its context, as etcd's does.
 */
export function timeoutOf(m: Parts, proposal: Proposal, isQueued: boolean): Pick<ApiError, 'code' | 'message'> {
  // The v2 API waits for its own time and not for the proposal's.
  const isV2 = proposal.waiter.type === 'call' && m.calls.get(proposal.waiter.call)?.http?.kind === 'v2';
  if (isQueued && !isV2) {
    return { code: versionRules(m.config).noLeaderWriteCode, message: ERRORS.DeadlineExceeded.message };
  }
  const { now } = m.out;
  const { electedAt } = m.loop;
  const lostAt = electedAt - 2 * m.config.electionMicros;
  if (electedAt > 0 && proposal.startedAt > lostAt && proposal.startedAt < electedAt) return ERRORS.TimeoutDueToLeaderFail;
  const { lead, config } = coreOf(m);
  if (lead === m.self) {
    const connected = config.voters.filter((id) => id === m.self || m.peers.isConnectedSince(id, proposal.startedAt, now)).length;
    return connected > config.voters.length / 2 ? ERRORS.Timeout : ERRORS.TimeoutDueToConnectionLost;
  }
  if (lead !== 0n && !m.peers.isConnectedSince(lead, proposal.startedAt, now)) return ERRORS.TimeoutDueToConnectionLost;
  return ERRORS.Timeout;
}
