/** Maintenance calls that a member answers of itself (server/etcdserver/api/v3rpc/maintenance.go). */

import { goDuration } from '#kernel/go-duration.ts';
import { AlarmType, HashKVRequest, MoveLeaderRequest } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { NO_NODE, nodeId, simTime, type EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { answer, answerBare, fail } from '#etcd/answer.ts';
import { otherBuckets } from '#etcd/backend-buckets.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { Alarm } from '#etcd/alarms.ts';
import { formatId } from '#etcd/identity.ts';
import { toApiError } from '#etcd/kv-messages.ts';
import { coreOf, isLeader, requestTimeoutMicros, serverVersion, type Parts } from '#etcd/parts.ts';

/** etcd's names of alarms. */
export const ALARM_NAMES: ReadonlyMap<AlarmType, string> = new Map<AlarmType, string>([
  [AlarmType.NOSPACE, 'NOSPACE'],
  [AlarmType.CORRUPT, 'CORRUPT'],
]);

/** Known alarms by name, others by number, as Go prints them. */
export const alarmName = (type: number): string => (type === AlarmType.NONE ? 'NONE' : (ALARM_NAMES.get(type as AlarmType) ?? `${type}`)); // any number may be asked for

/** An alarm as Go prints the message: fields that are zero are left out. */
export const alarmText = ({ memberId, type }: Alarm): string =>
  `${memberId === 0n ? '' : `memberID:${memberId} `}${type === AlarmType.NONE ? '' : `alarm:${alarmName(type)} `}`;

export function status(m: Parts, call: OpenCall): void {
  const core = coreOf(m);
  const { kv, alarms } = m.machine;
  const { total, inUse } = dbSizeOf(m);
  const errors = core.lead === NO_NODE ? [ERRORS.NoLeader.message] : [];
  for (const alarm of alarms.list()) errors.push(alarmText(alarm));
  answer(
    m,
    call.id,
    MaintenanceService.Status,
    {
      header: { clusterId: m.clusterId, memberId: m.self, revision: BigInt(kv.currentRevision), raftTerm: BigInt(core.term) },
      version: serverVersion(m),
      dbSize: BigInt(total),
      leader: core.lead,
      raftIndex: BigInt(m.loop.knownCommit),
      raftTerm: BigInt(core.term),
      raftAppliedIndex: BigInt(m.machine.appliedIndex),
      errors,
      dbSizeInUse: BigInt(inUse),
      isLearner: m.machine.cluster.get(m.self)?.isLearner ?? false,
    },
    call.event,
  );
}

/** Bytes of the modelled database file, and of its live pages. */
export function dbSizeOf(m: Parts): { readonly total: number; readonly inUse: number } {
  const { size } = m.machine.kv;
  return { total: size.bytes, inUse: size.bytesInUse };
}

export function hashKv(m: Parts, call: OpenCall, body: Bytes): void {
  const result = m.machine.kv.hashKv(Number(HashKVRequest.decode(body).revision));
  if (result.type !== 'hash') {
    fail(m, call.id, toApiError(result), call.event);
    return;
  }
  answer(
    m,
    call.id,
    MaintenanceService.HashKV,
    { header: undefined, hash: result.hash, compactRevision: BigInt(result.compactRevision) },
    call.event,
  );
}

export function hashBackend(m: Parts, call: OpenCall): void {
  answer(m, call.id, MaintenanceService.Hash, { header: undefined, hash: m.machine.kv.hashBackend(otherBuckets(m.machine)) }, call.event);
}

/** Hands the leadership over; answered when another leads ({@link finishMoveLeader}). */
export function moveLeader(m: Parts, call: OpenCall, body: Bytes): void {
  const target = nodeId(MoveLeaderRequest.decode(body).targetID);
  if (!isLeader(m)) {
    fail(m, call.id, ERRORS.NotLeader, call.event);
    return;
  }
  const member = m.machine.cluster.get(target);
  if (member === undefined || member.isLearner) {
    fail(m, call.id, ERRORS.BadLeaderTransferee, call.event);
    return;
  }
  const event = m.out.log(
    'transfer-starting',
    { 'local-member-id': formatId(m.self), 'current-leader-member-id': formatId(m.self), 'transferee-member-id': formatId(target) },
    call.event,
  );
  if (target === m.self) {
    answerBare(m, call.id, MaintenanceService.MoveLeader, { header: undefined }, event);
    return;
  }
  m.raft.transferLeader(target);
  m.forwarded.push({ call: call.id, deadline: simTime(m.out.now + requestTimeoutMicros(m)) });
}

/** Another leader is known: who asked for a transfer is answered. */
export function finishMoveLeader(m: Parts, cause: EventId): void {
  const waiting = m.forwarded.filter(({ call }) => m.calls.get(call)?.method === MaintenanceService.MoveLeader.path);
  for (const one of waiting) {
    const { call } = one;
    m.forwarded.splice(m.forwarded.indexOf(one), 1);
    const fields = {
      'local-member-id': formatId(m.self),
      'old-leader-member-id': formatId(m.self),
      'new-leader-member-id': formatId(coreOf(m).lead),
      took: goDuration(m.out.now - (one.deadline - requestTimeoutMicros(m))),
    };
    answerBare(m, call, MaintenanceService.MoveLeader, { header: undefined }, m.out.log('transfer-finished', fields, cause));
  }
}
