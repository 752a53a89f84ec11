/**
 * MoveLeader (etcd's EtcdServer.MoveLeader): the leader asks its core to hand over, and looks once a tick interval whether the chosen member leads. It
 * has no timeout of its own: a transfer that the core has given up is waited for until the client goes.
 */

import { MoveLeaderRequest } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { nodeId, simTime, type EventId, type NodeId, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { goDuration } from '#kernel/go-duration.ts';
import { answerBare, fail } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { formatId } from '#etcd/identity.ts';
import { coreOf, isLeader, type Parts } from '#etcd/parts.ts';

/** A call that waits until `target` leads. */
export interface LeaderTransfer {
  readonly call: CallId;
  readonly target: NodeId;
  readonly startedAt: SimTime;
  /** When the member looks again. */
  readonly lookAt: SimTime;
}

/** Hands the leadership over; answered when the other is seen to lead. */
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
  const fields = {
    'local-member-id': formatId(m.self),
    'current-leader-member-id': formatId(m.self),
    'transferee-member-id': formatId(target),
  };
  const event = m.out.log('transfer-starting', fields, call.event);
  const transfer = { call: call.id, target, startedAt: m.out.now, lookAt: nextLook(m) };
  if (target === m.self) {
    finish(m, transfer, event);
    return;
  }
  m.raft.transferLeader(target);
  m.transfers.push(transfer);
}

/** Looks at the transfers whose time has come. */
export function onTransferTimers(m: Parts, cause: EventId): void {
  for (const [i, transfer] of [...m.transfers.entries()].toReversed()) {
    const isOver = coreOf(m).lead === transfer.target;
    if (transfer.lookAt > m.out.now) continue;
    if (isOver || m.calls.get(transfer.call) === undefined) m.transfers.splice(i, 1);
    else m.transfers[i] = { ...transfer, lookAt: nextLook(m) };
    if (isOver) finish(m, transfer, cause);
  }
}

/** When the first transfer is to be looked at; undefined if there is none. */
export const nextTransferTimer = (m: Parts): SimTime | undefined =>
  m.transfers.length === 0 ? undefined : simTime(Math.min(...m.transfers.map(({ lookAt }) => lookAt)));

const nextLook = (m: Parts): SimTime => simTime(m.out.now + m.config.heartbeatMicros);

function finish(m: Parts, { call, target, startedAt }: LeaderTransfer, cause: EventId): void {
  if (m.calls.get(call) === undefined) return;
  const fields = {
    'local-member-id': formatId(m.self),
    'old-leader-member-id': formatId(m.self),
    'new-leader-member-id': formatId(target),
    took: goDuration(m.out.now - startedAt),
  };
  answerBare(m, call, MaintenanceService.MoveLeader, { header: undefined }, m.out.log('transfer-finished', fields, cause));
}

export function writeTransfer(w: Writer, { call, target, startedAt, lookAt }: LeaderTransfer): void {
  w.varint(call.client).varint(call.call).u64(target).varint(startedAt).varint(lookAt);
}

/** @throws DecodeError */
export function readTransfer(r: Reader): LeaderTransfer {
  const call = { client: r.varint(), call: r.varint() };
  return { call, target: nodeId(r.u64()), startedAt: simTime(r.varint()), lookAt: simTime(r.varint()) };
}
