/** Maintenance calls that a member answers of itself (server/etcdserver/api/v3rpc/maintenance.go). */

import { AlarmType, HashKVRequest } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { NO_NODE } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { answer, fail } from '#etcd/answer.ts';
import { otherBuckets } from '#etcd/backend-buckets.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { Alarm } from '#etcd/alarms.ts';
import { toApiError } from '#etcd/kv-messages.ts';
import { coreOf, serverVersion, type Parts } from '#etcd/parts.ts';

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
      header: { clusterId: m.clusterId, memberId: m.self, revision: BigInt(kv.currentRevision), raftTerm: BigInt(m.machine.appliedTerm) },
      version: serverVersion(m),
      dbSize: BigInt(total),
      leader: core.lead,
      raftIndex: BigInt(m.loop.knownCommit),
      raftTerm: BigInt(m.machine.appliedTerm),
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
