/**
 * Promotions between members: only the leader knows how far a learner has come, so another member asks it (etcd posts to `/members/promote` on the
 * leader's peer port). Refusals that more time may mend are not told to the client: the member asks again when a new leader is known, until
 * the request's time is over.
 */

import { ClusterService } from '#api/rpc.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import { nodeId, NO_NODE, simTime, type EventId, type NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import { readList, writeList } from '#raft/state-codec.ts';
import { answer, fail, headerWithoutRevision } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import type { ForwardedCall } from '#etcd/lease-forwarding.ts';
import { toMemberMessage } from '#etcd/local-reads.ts';
import { decodeMember, encodeMember } from '#etcd/membership.ts';
import { coreOf, requestTimeoutMicros, type Parts } from '#etcd/parts.ts';

/** First byte of these messages: no Raft message begins with it. */
export const PROMOTE_MESSAGE = 0xf2;

/** Answers by number: refusals that the client is told at once, and any other. */
const ANSWERS = { promoted: 0, 'not-ready': 1, 'not-learner': 2, refused: 3, 'not-found': 4 } as const;

function post(m: Parts, to: NodeId, kind: string, bytes: Bytes, cause: EventId): void {
  const none = { logTerm: 0, index: 0, entries: 0, commit: 0, reject: false };
  m.out.send(to, kind, bytes, m.out.emit('message-sent', { to, message: kind, term: coreOf(m).term, ...none, bytes: bytes.length }, cause));
}

const begin = (m: Parts, isQuestion: boolean, call: CallId): Writer =>
  new Writer(64).u8(PROMOTE_MESSAGE).bool(isQuestion).u64(m.self).varint(call.client).varint(call.call);

/** Asks the leader to promote a learner on behalf of a client. */
export function forwardPromotion(m: Parts, call: OpenCall, learner: NodeId): void {
  const waiting = { call: call.id, deadline: simTime(m.out.now + requestTimeoutMicros(m)), promote: learner };
  m.forwarded.push(waiting);
  ask(m, waiting, call.event);
}

function ask(m: Parts, { call, promote }: ForwardedCall, cause: EventId): void {
  const { lead } = coreOf(m);
  if (lead === NO_NODE || promote === undefined) return;
  post(m, lead, 'PromoteQuestion', begin(m, true, call).u64(promote).finish(), cause);
}

/** A new leader is known: it has not been asked. */
export function askNewLeader(m: Parts, cause: EventId): void {
  if (coreOf(m).lead === m.self) return;
  for (const waiting of m.forwarded) ask(m, waiting, cause);
}

/** What became of a promotion that another member asked for. */
export function answerPromotion(m: Parts, to: NodeId, call: CallId, refusal: ApiError | undefined, cause: EventId): void {
  const known =
    refusal === undefined
      ? 'promoted'
      : refusal === ERRORS.MemberLearnerNotReady
        ? 'not-ready'
        : refusal === ERRORS.MemberNotLearner
          ? 'not-learner'
          : refusal === ERRORS.MemberNotFound
            ? 'not-found'
            : 'refused';
  const w = begin(m, false, call).u8(ANSWERS[known]);
  if (known === 'promoted') writeList(w, m.machine.cluster.list(), (out, member) => out.bytes(encodeMember(member)));
  post(m, to, 'PromoteAnswer', w.finish(), cause);
}

/** A question or an answer came. @param promote does what is asked for @throws DecodeError */
export function onPromoteMessage(
  m: Parts,
  bytes: Bytes,
  cause: EventId,
  promote: (m: Parts, from: NodeId, call: CallId, learner: NodeId, cause: EventId) => void,
): void {
  const r = new Reader(bytes);
  r.u8();
  const isQuestion = r.bool();
  const from = nodeId(r.u64());
  const call = { client: r.varint(), call: r.varint() };
  if (isQuestion) return promote(m, from, call, nodeId(r.u64()), cause);
  const outcome = r.u8();
  const at = m.forwarded.findIndex((f) => f.call.client === call.client && f.call.call === call.call);
  if (at < 0 || outcome === ANSWERS.refused) return;
  m.forwarded.splice(at, 1);
  if (outcome === ANSWERS['not-ready']) return fail(m, call, ERRORS.MemberLearnerNotReady, cause);
  if (outcome === ANSWERS['not-learner']) return fail(m, call, ERRORS.MemberNotLearner, cause);
  if (outcome === ANSWERS['not-found']) return fail(m, call, ERRORS.MemberNotFound, cause);
  const members = readList(r, (inner) => toMemberMessage(decodeMember(inner.bytes().slice())));
  answer(m, call, ClusterService.MemberPromote, { header: headerWithoutRevision(m), members }, cause);
}
