/**
 * Questions about leases between members: etcd sends them over the peers' HTTP port; here they are peer messages of their own, told from the
 * Raft core's by their first byte. A question that the leader does not answer in time ends as etcd's does.
 */

import { Code, ERRORS, type ApiError } from '#api/errors.ts';
import { leaseId, nodeId, NO_NODE, simTime, type EventId, type LeaseId, type NodeId, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { readList, writeList } from '#raft/state-codec.ts';
import { fail } from '#etcd/answer.ts';
import { callKey, type OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { isSureToLead } from '#etcd/leadership-check.ts';
import type { Waiter } from '#etcd/proposals.ts';
import {
  answerAtOnce,
  answerLeaseQuestion,
  renewAfterClearing,
  tellClient,
  type LeaseFact,
  type LeaseQuestion,
  type LeaseWait,
} from '#etcd/lease-question.ts';
import { coreOf, requestTimeoutMicros, type Parts } from '#etcd/parts.ts';

/** First byte of these messages: no Raft message begins with it. */
export const LEASE_MESSAGE = 0xf0;

type LeaseMessage =
  | { readonly type: 'question'; readonly from: NodeId; readonly call: CallId; readonly question: LeaseQuestion }
  | { readonly type: 'answer'; readonly from: NodeId; readonly call: CallId; readonly fact: LeaseFact }
  /** The one asked does not lead. */
  | { readonly type: 'not-leader'; readonly from: NodeId; readonly call: CallId };

/** A call that waits for the leader's word. */
export interface ForwardedCall {
  readonly call: CallId;
  readonly deadline: SimTime;
  /** What is asked of the leader about a lease, and whether the present one was asked. */
  readonly question?: LeaseQuestion;
  readonly isSent?: boolean;
  /** The learner that the leader was asked to promote. */
  readonly promote?: NodeId;
}

const TYPES = ['question', 'answer', 'not-leader'] as const;

function encode(message: LeaseMessage): Bytes {
  const w = new Writer(64);
  w.u8(LEASE_MESSAGE).u8(TYPES.indexOf(message.type)).u64(message.from).varint(message.call.client).varint(message.call.call);
  if (message.type === 'question') {
    const { question } = message;
    w.bool(question.type === 'renew')
      .u64(BigInt.asUintN(64, question.id))
      .bool(question.type === 'remaining' && question.withKeys);
  } else if (message.type === 'answer') {
    const { fact } = message;
    w.bool(fact.type === 'renewed')
      .u64(BigInt.asUintN(64, fact.id))
      .u64(BigInt.asUintN(64, fact.ttl));
    if (fact.type === 'remaining') {
      w.u64(fact.granted);
      writeList(w, fact.keys, (out, key) => out.bytes(key));
    }
  }
  return w.finish();
}

function decode(bytes: Bytes): LeaseMessage {
  const r = new Reader(bytes);
  r.u8();
  const type = TYPES[r.u8()];
  const from = nodeId(r.u64());
  const call = { client: r.varint(), call: r.varint() };
  switch (type) {
    case 'question': {
      const isRenewal = r.bool();
      const id = BigInt.asIntN(64, r.u64());
      const withKeys = r.bool();
      return { type, from, call, question: isRenewal ? { type: 'renew', id } : { type: 'remaining', id, withKeys } };
    }
    case 'answer': {
      const isRenewal = r.bool();
      const id = BigInt.asIntN(64, r.u64());
      const ttl = BigInt.asIntN(64, r.u64());
      if (isRenewal) return { type, from, call, fact: { type: 'renewed', id, ttl } };
      const granted = r.u64();
      return { type, from, call, fact: { type: 'remaining', id, ttl, granted, keys: readList(r, (inner) => inner.bytes().slice()) } };
    }
    case 'not-leader':
      return { type, from, call };
    default:
      throw new DecodeError('unknown lease message');
  }
}

function send(m: Parts, to: NodeId, kind: string, message: LeaseMessage, cause: EventId): void {
  const bytes = encode(message);
  const event = m.out.emit(
    'message-sent',
    {
      to,
      message: kind,
      term: coreOf(m).term,
      logTerm: 0,
      index: 0,
      entries: 0,
      commit: 0,
      reject: message.type === 'not-leader',
      bytes: bytes.length,
    },
    cause,
  );
  m.metrics.sent(to, bytes.length);
  m.out.send(to, kind, bytes, event);
}

/** Asks the leader on behalf of a client, as soon as there is one, until the request's time is over. */
export function forwardToLeader(m: Parts, call: OpenCall, question: LeaseQuestion): void {
  m.forwarded.push({ call: call.id, deadline: simTime(m.out.now + requestTimeoutMicros(m)), question, isSent: false });
  askLeader(m, call.event);
}

/** The leader answers a client of its own; it makes sure that it leads before it renews (EtcdServer.LeaseRenew). */
export function answerOwn(m: Parts, call: CallId, question: LeaseQuestion, cause: EventId): void {
  if (question.type === 'renew' && !isSureToLead(m))
    m.reads.next.push({ type: 'renew', call, lease: leaseId(question.id), event: cause, since: m.out.now });
  else answerAsLeader(m, call, question, cause);
}

function answerAsLeader(m: Parts, call: CallId, question: LeaseQuestion, cause: EventId): void {
  const fact = answerLeaseQuestion(m, question, { from: m.self, call });
  if (fact !== undefined) tell(m, call, fact, cause);
}

/** It is confirmed that this member leads. */
export function renewAsLeader(m: Parts, call: CallId, id: LeaseId, cause: EventId): void {
  const open = m.calls.get(call);
  if (open === undefined) return;
  if (m.machine.lessor.isPrimary) answerAsLeader(m, call, { type: 'renew', id }, cause);
  else forwardToLeader(m, open, { type: 'renew', id });
}

/** It does not lead, or does not know: the client is to ask another member. */
export function refuseRenewal(m: Parts, call: CallId, cause: EventId): void {
  // What the stream asked behind it is not looked at any more.
  for (let at = m.forwarded.length; at-- > 0;) {
    const waiting = m.forwarded[at];
    if (waiting !== undefined && callKey(waiting.call) === callKey(call)) m.forwarded.splice(at, 1);
  }
  fail(m, call, NOT_PRIMARY, cause);
}

/** What the lessor says is passed on as it is. */
const NOT_PRIMARY = { code: Code.Unknown, message: 'not a primary lessor' };

/** Sends the questions that the present leader has not got; one that has become the leader itself answers. Called with each tick. */
export function askLeader(m: Parts, cause: EventId): void {
  const { lead } = coreOf(m);
  const present = m.forwarded.slice(); // an answer takes itself out of the list
  for (const waiting of present) {
    const { question, isSent, call } = waiting;
    if (question === undefined || isSent === true || isHeldHere(m, call)) continue; // a stream's requests are served one by one
    const at = m.forwarded.indexOf(waiting);
    if (m.machine.lessor.isPrimary) {
      m.forwarded.splice(at, 1);
      answerOwn(m, call, question, cause);
    } else if (lead !== NO_NODE && lead !== m.self) {
      m.forwarded[at] = { ...waiting, isSent: true };
      send(m, lead, 'LeaseQuestion', { type: 'question', from: m.self, call, question }, cause);
    }
  }
}

/** Another leads: what the one before was asked is asked again with the next tick. */
export function askAnew(m: Parts): void {
  for (const [i, waiting] of m.forwarded.entries()) if (waiting.question !== undefined) m.forwarded[i] = { ...waiting, isSent: false };
}

/** A client that says no more has its stream ended with the last answer. */
function tell(m: Parts, id: CallId, fact: LeaseFact, cause: EventId): void {
  tellClient(m, id, fact, cause);
  if (m.calls.get(id)?.halfClosed === true && !isWaiting(m, id)) fail(m, id, { code: Code.OK, message: '' }, cause);
}

/** Whether a call waits for the leader's word, for what is committed to be applied, or for a checkpoint to be cleared. */
export const isWaiting = (m: Parts, id: CallId): boolean =>
  m.forwarded.some(({ call }) => callKey(call) === callKey(id)) || isHeldHere(m, id);

const isHeldHere = (m: Parts, id: CallId): boolean =>
  m.leaseWaits.some(({ from, call }) => from === m.self && callKey(call) === callKey(id)) ||
  m.proposals.isRenewing(id, m.self) ||
  m.reads.isRenewing(id);

/** What is applied now answers the questions that waited for it. */
export function onAppliedForLeases(m: Parts): void {
  while (m.leaseWaits[0] !== undefined && m.leaseWaits[0].index <= m.machine.appliedIndex) {
    const waiting = m.leaseWaits.shift();
    if (waiting !== undefined) answerWait(m, waiting, m.out.cause);
  }
}

function answerWait(m: Parts, { question, from, call }: LeaseWait, cause: EventId): void {
  const fact = m.machine.lessor.isPrimary ? answerAtOnce(m, question, { from, call }) : 'not-leader';
  if (fact === undefined) return; // it is told later
  if (from !== m.self) return reply(m, from, call, fact, cause);
  const open = m.calls.get(call);
  if (fact !== 'not-leader') tell(m, call, fact, cause);
  else if (open !== undefined) forwardToLeader(m, open, question);
  askLeader(m, cause);
}

/** What is committed was not applied in time. A client of another member is told by that one, whose time goes on. */
function giveUpWaits(m: Parts, cause: EventId): void {
  while (m.leaseWaits[0] !== undefined && m.leaseWaits[0].deadline <= m.out.now) {
    const late = m.leaseWaits.shift();
    if (late === undefined) return;
    if (late.from === m.self) fail(m, late.call, ERRORS.TimeoutWaitAppliedIndex, cause);
    else reply(m, late.from, late.call, 'not-leader', cause);
  }
}

function reply(m: Parts, to: NodeId, call: CallId, fact: LeaseFact | 'not-leader', cause: EventId): void {
  const message: LeaseMessage = fact === 'not-leader' ? { type: fact, from: m.self, call } : { type: 'answer', from: m.self, call, fact };
  send(m, to, 'LeaseAnswer', message, cause);
}

type Renewal = Extract<Waiter, { readonly type: 'renewal' }>;

/** A checkpoint is cleared: whoever renews the lease hears of it. */
export function finishRenewal(m: Parts, { from, call, lease }: Renewal, cause: EventId): void {
  const fact = renewAfterClearing(m, lease);
  if (from !== m.self) return reply(m, from, call, fact ?? 'not-leader', cause);
  const open = m.calls.get(call);
  if (fact !== undefined) tell(m, call, fact, cause);
  else if (open !== undefined) forwardToLeader(m, open, { type: 'renew', id: lease });
  askLeader(m, cause);
}

/** It was not cleared in time. A client of another member is told by that one, whose time is over too. */
export function failRenewal(m: Parts, { from, call }: Renewal, error: Pick<ApiError, 'code' | 'message'>, cause: EventId): void {
  if (from === m.self) fail(m, call, error, cause);
}

/** A lease message came. @throws DecodeError */
export function onLeaseMessage(m: Parts, bytes: Bytes, cause: EventId): void {
  const message = decode(bytes);
  if (message.type === 'question') {
    const { from, call, question } = message;
    const fact = m.machine.lessor.isPrimary ? answerLeaseQuestion(m, question, { from, call }) : 'not-leader';
    if (fact !== undefined) reply(m, from, call, fact, cause); // else it is told later
    return;
  }
  const at = m.forwarded.findIndex(({ call, isSent }) => isSent === true && callKey(call) === callKey(message.call));
  const waiting = m.forwarded[at];
  if (waiting === undefined) return;
  if (message.type === 'not-leader') {
    m.forwarded[at] = { ...waiting, isSent: false }; // asked again with the next tick
    return;
  }
  m.forwarded.splice(at, 1);
  tell(m, message.call, message.fact, cause);
}

/** Gives up what the leader did not answer. */
export function onForwardTimers(m: Parts, cause: EventId): void {
  giveUpWaits(m, cause);
  while (m.forwarded[0] !== undefined && m.forwarded[0].deadline <= m.out.now) {
    const late = m.forwarded.shift();
    if (late === undefined) return;
    const hasNobody = late.question !== undefined && coreOf(m).lead === NO_NODE;
    fail(m, late.call, hasNobody ? ERRORS.NoLeader : ERRORS.Timeout, cause);
  }
}
