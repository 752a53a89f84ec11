/**
 * Membership calls (server/etcdserver/server.go): etcd's checks before a change is proposed (--strict-reconfig-check), the checks where it
 * is applied, and the answers.
 */

import * as rpc from '#api/gen/rpc.ts';
import { ClusterService } from '#api/rpc.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import { nodeId, simTime, type EventId, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { encodeConfChange, type ConfChangeSingle } from '#raft/conf-change.ts';
import { progressOf } from '#raft/status.ts';
import { answer, fail, headerWithoutRevision } from '#etcd/answer.ts';
import { refuseOperator } from '#etcd/auth-checks.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { formatId, memberIdOf } from '#etcd/identity.ts';
import { toMemberMessage } from '#etcd/local-reads.ts';
import { decodeMember, encodeMember, type ClusterMember } from '#etcd/membership.ts';
import { coreOf, isLeader, type Parts } from '#etcd/parts.ts';
import { answerPromotion, forwardPromotion } from '#etcd/promote-forwarding.ts';
import type { Waiter } from '#etcd/proposals.ts';
import { register } from '#etcd/propose.ts';
import { wallMillis } from '#etcd/time-of-day.ts';

export type Refusal = ApiError | undefined;
type Handler = (m: Parts, call: OpenCall, body: Bytes) => void;

/** Connections must have stood this long before the membership is changed, µs (etcd's HealthInterval). */
const HEALTH_MICROS = 5_000_000;
/** A learner may be promoted when it has this share of what the leader has. */
const READY_SHARE = 0.9;

const voters = (m: Parts): readonly ClusterMember[] => m.machine.cluster.list().filter((member) => !member.isLearner);
const isStarted = ({ name }: ClusterMember): boolean => name !== '';

/**
 * Whose connection tells of a peer. Followers exchange nothing here, while etcd's keep a connection open: one follower takes
 * the other's to be as its own to the leader.
 */
const witnessOf = (m: Parts, id: NodeId): NodeId => (isLeader(m) ? id : coreOf(m).lead);

function connectedVoters(m: Parts): number {
  const { now } = m.out;
  const since = simTime(Math.max(0, now - HEALTH_MICROS));
  return voters(m)
    .filter(isStarted)
    .filter(({ id }) => id === m.self || m.peers.isConnectedSince(witnessOf(m, id), since, now)).length;
}

/** Checks that `--strict-reconfig-check=false` switches off. */
const strictly = (m: Parts, check: () => Refusal): Refusal => (m.config.strictReconfigCheck ? check() : undefined);

function refuseAdd(m: Parts, isLearner: boolean): Refusal {
  const present = voters(m);
  const started = present.filter(isStarted).length;
  const size = present.length + 1;
  const isFirstGrowth = started === 1 && size === 2;
  if (!isLearner && !isFirstGrowth && started < Math.floor(size / 2) + 1) return ERRORS.MemberNotEnoughStarted;
  return connectedVoters(m) === present.length ? undefined : ERRORS.UnhealthyCluster;
}

const isActive = (m: Parts, id: NodeId): boolean =>
  m.machine.cluster.get(id)?.name !== '' && m.machine.cluster.get(id) !== undefined && m.peers.isActive(witnessOf(m, id), m.out.now);

function refuseRemove(m: Parts, id: NodeId): Refusal {
  if (m.machine.cluster.get(id)?.isLearner === true) return undefined;
  const others = voters(m).filter((member) => member.id !== id);
  if (others.filter(isStarted).length < Math.floor(others.length / 2) + 1) return ERRORS.MemberNotEnoughStarted;
  // One that is down is no part of the active quorum.
  if (id !== m.self && !isActive(m, id)) return undefined;
  const left = connectedVoters(m) - 1;
  return left < 1 + Math.floor((voters(m).length - 1) / 2) ? ERRORS.UnhealthyCluster : undefined;
}

function refusePromote(m: Parts, id: NodeId): Refusal {
  if (!isLeader(m)) return ERRORS.NotLeader;
  const progress = progressOf(coreOf(m));
  const learner = progress.get(id);
  const own = progress.get(m.self)?.match ?? 0;
  if (learner !== undefined && learner.match < own * READY_SHARE) return ERRORS.MemberLearnerNotReady;
  if (!m.config.strictReconfigCheck) return undefined;
  const present = voters(m);
  const started = present.filter(isStarted).length + 1;
  return started < Math.floor((present.length + 1) / 2) + 1 ? ERRORS.MemberNotEnoughStarted : undefined;
}

function proposeChange(m: Parts, waiter: Waiter, change: ConfChangeSingle, context: Bytes, cause: EventId): void {
  const id = m.ids.next();
  const data = encodeConfChange({ version: 1, id, change, context });
  register(m, { id, waiter, data, entry: 'EntryConfChange' }, cause);
}

const waiterOf = ({ id }: OpenCall): Waiter => ({ type: 'call', call: id });

/** @returns whether the call was refused */
function isRefused(m: Parts, call: OpenCall, refusal: Refusal): boolean {
  if (refusal !== undefined) fail(m, call.id, refusal, call.event);
  return refusal !== undefined;
}

const URL_PATTERN = /^(?:https?:\/\/[^/\s]+:\d+|unixs?:\/\/\S+)$/;

const memberAdd: Handler = (m, call, body) => {
  const { peerURLs, isLearner } = rpc.MemberAddRequest.decode(body);
  if (peerURLs.length === 0 || !peerURLs.every((url) => URL_PATTERN.test(url))) return fail(m, call.id, ERRORS.MemberBadURLs, call.event);
  if (isRefused(m, call, refuseOperator(m, call))) return;
  const peerUrls = peerURLs.toSorted();
  const seconds = Math.floor(wallMillis(m) / 1000);
  const id = memberIdOf(peerUrls, '', seconds);
  const refusal = strictly(m, () => refuseAdd(m, isLearner));
  if (refusal !== undefined) {
    const line = refusal === ERRORS.UnhealthyCluster ? 'member-add-rejected' : 'member-add-unhealthy';
    const asked = `{ID:${formatId(id)} RaftAttributes:{PeerURLs:[${peerUrls.join(' ')}] IsLearner:${isLearner}} Attributes:{Name: ClientURLs:[]}}`;
    const fields = { 'local-member-id': formatId(m.self), 'requested-member-add': asked, error: refusal.message };
    return fail(m, call.id, refusal, m.out.log(line, fields, call.event));
  }
  const context = encodeMember({ id, name: '', peerUrls, clientUrls: [], isLearner });
  proposeChange(m, waiterOf(call), { type: isLearner ? 'add-learner-node' : 'add-node', nodeId: id }, context, call.event);
};

const memberRemove: Handler = (m, call, body) => {
  const id = nodeId(rpc.MemberRemoveRequest.decode(body).ID);
  if (isRefused(m, call, refuseOperator(m, call) ?? strictly(m, () => refuseRemove(m, id)))) return;
  proposeChange(m, waiterOf(call), { type: 'remove-node', nodeId: id }, EMPTY_BYTES, call.event);
};

const memberUpdate: Handler = (m, call, body) => {
  const { ID, peerURLs } = rpc.MemberUpdateRequest.decode(body);
  if (isRefused(m, call, refuseOperator(m, call))) return;
  const id = nodeId(ID);
  const context = encodeMember({ id, name: '', peerUrls: peerURLs, clientUrls: [], isLearner: false });
  proposeChange(m, waiterOf(call), { type: 'update-node', nodeId: id }, context, call.event);
};

const memberPromote: Handler = (m, call, body) => {
  const id = nodeId(rpc.MemberPromoteRequest.decode(body).ID);
  if (isRefused(m, call, refuseOperator(m, call))) return;
  if (!isLeader(m)) return forwardPromotion(m, call, id);
  if (!isRefused(m, call, refusePromote(m, id))) promote(m, waiterOf(call), id, call.event);
};

/** Without a context: the member is known, and becomes a voter. */
const promote = (m: Parts, waiter: Waiter, id: NodeId, cause: EventId): void =>
  proposeChange(m, waiter, { type: 'add-node', nodeId: id }, EMPTY_BYTES, cause);

/** Another member asks for a promotion on behalf of a call of its own. */
export function promoteFor(m: Parts, from: NodeId, call: CallId, id: NodeId, cause: EventId): void {
  const refusal = refusePromote(m, id);
  if (refusal === undefined) promote(m, { type: 'peer', from, call }, id, cause);
  else answerPromotion(m, from, call, refusal, cause);
}

/** Handlers by path. */
export const CLUSTER_HANDLERS: readonly (readonly [string, Handler])[] = [
  [ClusterService.MemberAdd.path, memberAdd],
  [ClusterService.MemberRemove.path, memberRemove],
  [ClusterService.MemberUpdate.path, memberUpdate],
  [ClusterService.MemberPromote.path, memberPromote],
];

/** Why a change is refused where it is applied (ValidateConfigurationChange): two may have been proposed at the same time. */
export function refuseChange(m: Parts, { type, nodeId: id }: ConfChangeSingle, context: Bytes): Refusal {
  const { cluster } = m.machine;
  if (cluster.isRemoved(id)) return ERRORS.MemberNotFound;
  const known = cluster.get(id);
  switch (type) {
    case 'add-node':
    case 'add-learner-node': {
      if (context.length === 0) return known === undefined ? ERRORS.MemberNotFound : known.isLearner ? undefined : ERRORS.MemberNotLearner;
      if (known !== undefined) return ERRORS.MemberExist;
      const member = decodeMember(context);
      if (hasTakenUrl(m, member)) return ERRORS.PeerURLExist;
      const learners = cluster.list().filter(({ isLearner }) => isLearner).length;
      return type === 'add-learner-node' && learners >= m.config.learnersMax ? ERRORS.TooManyLearners : undefined;
    }
    case 'remove-node':
      return known === undefined ? ERRORS.MemberNotFound : undefined;
    case 'update-node':
      if (known === undefined) return ERRORS.MemberNotFound;
      return hasTakenUrl(m, { ...decodeMember(context), id }) ? ERRORS.PeerURLExist : undefined;
  }
}

const hasTakenUrl = (m: Parts, { id, peerUrls }: ClusterMember): boolean =>
  m.machine.cluster.list().some((other) => other.id !== id && other.peerUrls.some((url) => peerUrls.includes(url)));

/** Answers a membership call whose change is applied. */
export function answerChange(m: Parts, id: CallId, changed: NodeId, cause: EventId): void {
  const header = headerWithoutRevision(m);
  const members = m.machine.cluster.list().map(toMemberMessage);
  switch (m.calls.get(id)?.method) {
    case ClusterService.MemberAdd.path: {
      const member = m.machine.cluster.get(changed);
      return answer(
        m,
        id,
        ClusterService.MemberAdd,
        { header, member: member === undefined ? undefined : toMemberMessage(member), members },
        cause,
      );
    }
    case ClusterService.MemberRemove.path:
      return answer(m, id, ClusterService.MemberRemove, { header, members }, cause);
    case ClusterService.MemberUpdate.path:
      return answer(m, id, ClusterService.MemberUpdate, { header, members }, cause);
    case ClusterService.MemberPromote.path:
      return answer(m, id, ClusterService.MemberPromote, { header, members }, cause);
    default:
  }
}
