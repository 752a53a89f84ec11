/** Maintenance calls that a member answers of itself (server/etcdserver/api/v3rpc/maintenance.go). */

import { AlarmType, HashKVRequest, MoveLeaderRequest } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { NO_NODE, nodeId, simTime, type EventId } from '#kernel/brand.ts';
import { utf8, type Bytes } from '#kernel/bytes.ts';
import type { BackendBucket } from '#mvcc/hash.ts';
import { answer, fail } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { formatId } from '#etcd/identity.ts';
import { toApiError } from '#etcd/kv-messages.ts';
import { coreOf, isLeader, requestTimeoutMicros, serverVersion, type Parts } from '#etcd/parts.ts';

/** etcd's names of alarms. */
export const ALARM_NAMES: ReadonlyMap<AlarmType, string> = new Map<AlarmType, string>([
  [AlarmType.NOSPACE, 'NOSPACE'],
  [AlarmType.CORRUPT, 'CORRUPT'],
]);

export function status(m: Parts, call: OpenCall): void {
  const core = coreOf(m);
  const { kv, alarms } = m.machine;
  const { total, inUse } = dbSizeOf(m);
  const errors = core.lead === NO_NODE ? [ERRORS.NoLeader.message] : [];
  for (const { memberId, type } of alarms.list()) errors.push(`memberID:${memberId} alarm:${ALARM_NAMES.get(type) ?? 'NONE'} `);
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
  answer(m, call.id, MaintenanceService.Hash, { header: undefined, hash: m.machine.kv.hashBackend(otherBuckets(m)) }, call.event);
}

/** The backend's buckets besides the keys, as etcd stores them. */
function otherBuckets(m: Parts): readonly BackendBucket[] {
  const { cluster, lessor } = m.machine;
  const text = (key: string, value: string): BackendBucket['pairs'][number] => ({ key: utf8(key), value: utf8(value) });
  const members = cluster
    .list()
    .map((member) =>
      text(
        formatId(member.id),
        JSON.stringify({ id: 0, peerURLs: member.peerUrls, name: member.name, clientURLs: member.clientUrls }).replace(
          '"id":0',
          `"id":${member.id}`,
        ),
      ),
    )
    .sort((a, b) => (formatText(a.key) < formatText(b.key) ? -1 : 1));
  const leases = lessor.list().toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [
    { name: 'alarm', pairs: [] },
    { name: 'auth', pairs: [{ key: utf8('authRevision'), value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1) }] },
    { name: 'authRoles', pairs: [] },
    { name: 'authUsers', pairs: [] },
    { name: 'cluster', pairs: cluster.version === undefined ? [] : [text('clusterVersion', cluster.version)] },
    { name: 'lease', pairs: leases.map(({ id, ttl }) => ({ key: bigEndian(id), value: leaseValue(id, ttl) })) },
    { name: 'members', pairs: members },
    { name: 'members_removed', pairs: [] },
  ];
}

const formatText = (bytes: Bytes): string => String.fromCharCode(...bytes);

function bigEndian(id: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, id);
  return bytes;
}

/** A stored lease in protobuf: 1 is its id, 2 its TTL. */
function leaseValue(id: bigint, ttl: bigint): Bytes {
  const out: number[] = [];
  const varint = (value: bigint): void => {
    let v = value;
    for (; v >= 0x80n; v >>= 7n) out.push(Number(v & 0x7fn) | 0x80);
    out.push(Number(v));
  };
  out.push(0x08);
  varint(id);
  out.push(0x10);
  varint(ttl);
  return Uint8Array.from(out);
}

export function defragment(m: Parts, call: OpenCall): void {
  m.machine.kv.size.defragment();
  answer(m, call.id, MaintenanceService.Defragment, { header: undefined }, call.event);
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
    answer(m, call.id, MaintenanceService.MoveLeader, { header: undefined }, event);
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
    answer(m, call, MaintenanceService.MoveLeader, { header: undefined }, cause);
  }
}
