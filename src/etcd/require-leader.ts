/**
 * Calls with the metadata `hasleader` (clientv3.WithRequireLeader; server/etcdserver/api/v3rpc/interceptor.go): refused while this member knows
 * no leader; an open stream ends when there was none at three looks in a row, one each election timeout, counted from the member's start.
 */

import { ERRORS, type ApiError } from '#api/errors.ts';
import { methodByPath, WatchService } from '#api/rpc.ts';
import { NO_NODE, simTime, type EventId, type SimTime } from '#kernel/brand.ts';
import { fail } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';
import { closeWatchStream } from '#etcd/watch-streams.ts';

/** Looks without a leader after which streams are ended (maxNoLeaderCnt). */
const LOOKS = 3;

/** Why a call may not begin. */
export const refuseWithoutLeader = (m: Parts, call: Pick<OpenCall, 'requireLeader'>): ApiError | undefined =>
  call.requireLeader === true && coreOf(m).lead === NO_NODE ? ERRORS.NoLeader : undefined;

/** When the streams that need a leader end, if none comes; 0: there is a leader, or no such stream. */
export function noLeaderAt(m: Parts): SimTime {
  const { leaderLostAt, knownLead } = m.loop;
  if (knownLead !== NO_NODE || !m.calls.someRequireLeader) return simTime(0);
  const { electionMicros } = m.config;
  const looksBefore = Math.floor((leaderLostAt - m.info.now) / electionMicros);
  return simTime(m.info.now + (looksBefore + LOOKS) * electionMicros);
}

/** Ends the streams whose time has come. */
export function onNoLeaderTimer(m: Parts, cause: EventId): void {
  const at = noLeaderAt(m);
  if (at === 0 || m.out.now < at) return;
  for (const call of m.calls.requiringLeader()) {
    if (methodByPath(call.method)?.kind === 'unary') continue;
    if (call.method === WatchService.Watch.path) closeWatchStream(m, call.id);
    fail(m, call.id, ERRORS.NoLeader, cause);
  }
}
