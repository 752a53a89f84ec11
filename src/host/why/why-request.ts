/** Why a request hangs, failed or is done: where it stands between its client, its member, the leader, the log, the store and back. */

import { NO_NODE, nodeId } from '#kernel/brand.ts';
import type { Seat } from '#sim/member-seat.ts';
import {
  about,
  askRaft,
  cutBefore,
  notServing,
  happened,
  journeyFact,
  lifeBefore,
  nameOf,
  seatAt,
  silenceOf,
  state,
  type Inquiry,
} from '#host/why/inquiry.ts';
import { isTrace, type Known } from '#host/why/event-index.ts';
import { isStreamCall, outcomeOf, traceRequest, type RequestTrace } from '#host/why/request-trace.ts';
import { whyEntryNow, whyNoLeader } from '#host/why/why-cluster.ts';
import { hasLost, whyCommitted, whyStale } from '#host/why/why-replication.ts';
import type { WhyQuestion, WhyReason } from '#view/why.ts';

interface Answer {
  readonly question: WhyQuestion;
  readonly reasons: readonly WhyReason[];
  readonly root: Known | undefined;
}

/** @param id the event that opened its call */
export async function whyRequest(q: Inquiry, id: number): Promise<Answer | undefined> {
  const trace = traceRequest(q, id);
  if (trace === undefined) return undefined;
  const member = trace.delivered === undefined ? endpointOf(q, trace)?.name : nameOf(q, trace.delivered.event.member);
  const outcome = outcomeOf(trace);
  const question: WhyQuestion = { type: 'request', label: labelOf(trace), member, state: outcome };
  switch (outcome) {
    case 'done':
      return { question, reasons: doneReasons(q, trace), root: trace.ended?.known };
    case 'failed':
      return {
        question,
        reasons: [...errorReasons(trace), ...(await stuckReasons(q, trace))],
        root: trace.answered?.known ?? trace.ended?.known ?? trace.failed?.known,
      };
    case 'given-up':
      return {
        question,
        reasons: [about({ type: 'deadline', client: nameOf(q, trace.client) }, trace.cancelled), ...(await stuckReasons(q, trace))],
        root: trace.cancelled,
      };
    case 'waiting':
      return {
        question,
        reasons: isStreamCall(trace.opened.event.method)
          ? [state({ type: 'streams', member: member ?? '' })]
          : await stuckReasons(q, trace),
        root: trace.opened.known,
      };
  }
}

/** What it is about: the words of its command, or the name of its method. */
export function labelOf({ opened }: RequestTrace): string {
  return opened.known.label === '' ? (opened.event.method.split('/').at(-1) ?? '') : opened.known.label;
}

/** The member that listens at the endpoint that the client named. */
function endpointOf(q: Inquiry, trace: RequestTrace): Seat | undefined {
  const open = q.run.world.core.clients.get(trace.client)?.calls.get(trace.opened.event.call);
  if (open !== undefined) return seatAt(q, open.member);
  const { endpoint } = trace.opened.event;
  return q.run.world.core.seats.find((seat) =>
    [...seat.config.clientUrls, ...seat.config.listenClientUrls].some((url) => url.endsWith(endpoint.replace(/^https?:\/\//, ''))),
  );
}

const UNKNOWN_EFFECT = /timed out|deadline exceeded|unavailable|leader changed|lost leader|connection|EOF/i;

function errorReasons({ answered, ended, failed }: RequestTrace): readonly WhyReason[] {
  const text = answered?.event.message ?? ended?.event.message ?? failed?.event.reason ?? '';
  const refused = failed?.event.reason === 'refused';
  return [
    about(
      { type: 'error', text, effect: !refused && UNKNOWN_EFFECT.test(text) ? 'unknown' : 'none' },
      answered?.known ?? ended?.known ?? failed?.known,
    ),
  ];
}

function doneReasons(q: Inquiry, trace: RequestTrace): readonly WhyReason[] {
  const { answered, commit, readConfirmed, index } = trace;
  if (commit !== undefined && index !== undefined) return [...happened(q, answered?.known), ...whyCommitted(q, commit, index)];
  return [...happened(q, answered?.known), ...(readConfirmed === undefined ? [] : happened(q, readConfirmed.known))];
}

/** Where it stands, and what keeps it there. */
async function stuckReasons(q: Inquiry, trace: RequestTrace): Promise<readonly WhyReason[]> {
  const { delivered, received, answered, reply } = trace;
  if (answered !== undefined) return reply === undefined && trace.ended === undefined ? answerHeld(q, trace) : [];
  if (delivered === undefined || received === undefined) return notReceived(q, trace);
  const member = seatAt(q, received.actor);
  if (member === undefined) return [];
  const { life, known } = lifeBefore(q, member.actor, q.end);
  if (life !== 'up') return [about({ type: 'endpoint-silent', member: member.name, reason: life }, known), ...happened(q, known)];
  if (trace.readWaiting !== undefined) return readReasons(q, trace, member);
  if (trace.proposed === undefined) return noLeaderReasons(q, member);
  return writeReasons(q, trace, member);
}

function answerHeld(q: Inquiry, trace: RequestTrace): readonly WhyReason[] {
  const member = nameOf(q, trace.answered?.known.actor ?? 0);
  const client = nameOf(q, trace.client);
  const cut = cutBefore(q, trace.answered?.known.actor ?? 0, trace.client, q.end);
  return cut.cut
    ? [about({ type: 'held-by-network', client, member }, cut.known)]
    : [about({ type: 'answer-on-the-way', member, client }, trace.answered?.known)];
}

/** It has not been taken by its member. */
async function notReceived(q: Inquiry, trace: RequestTrace): Promise<readonly WhyReason[]> {
  const member = endpointOf(q, trace);
  if (member === undefined) return [];
  const { life, known } = lifeBefore(q, member.actor, q.end);
  if (life !== 'up') return [about({ type: 'endpoint-silent', member: member.name, reason: life }, known), ...happened(q, known)];
  const cut = cutBefore(q, trace.client, member.actor, q.end);
  if (cut.cut) return [about({ type: 'held-by-network', client: nameOf(q, trace.client), member: member.name }, cut.known)];
  if (trace.delivered !== undefined) {
    const reasons = await notServing(q, member);
    if (reasons.length > 0) return [...reasons, ...(member.status?.lead === NO_NODE ? whyNoLeader(q, member) : [])];
  }
  return [
    about(
      {
        type: 'message',
        kind: 'call',
        from: nameOf(q, trace.client),
        to: member.name,
        state: 'travels',
        micros: undefined,
        loss: undefined,
      },
      trace.opened.known,
    ),
  ];
}

/** The member knows no leader to propose it to. */
function noLeaderReasons(q: Inquiry, member: Seat): readonly WhyReason[] {
  return [state({ type: 'waits-for-leader', member: member.name }), ...whyNoLeader(q, member)];
}

async function readReasons(q: Inquiry, trace: RequestTrace, member: Seat): Promise<readonly WhyReason[]> {
  const { readConfirmed, readWaiting, readAsked } = trace;
  if (readConfirmed !== undefined) {
    const applied = member.status?.applied ?? 0;
    return applied < readConfirmed.event.index
      ? [about({ type: 'waits-to-apply', member: member.name, index: readConfirmed.event.index, applied }, readConfirmed.known)]
      : [];
  }
  const lead = member.status?.lead ?? nodeId(0n);
  const leader = lead === 0n ? undefined : q.run.world.core.seatById.get(lead);
  const waits = about({ type: 'waits-for-read-index', member: member.name, leader: leader?.name }, readWaiting);
  if (leader === undefined) return [waits, ...whyNoLeader(q, member)];
  const asked = readAsked === undefined ? [] : [about(journeyFact(q, readAsked), readAsked.sent)];
  if (leader === member || hasLost(q, leader)) {
    const raft = hasLost(q, leader) ? await askRaft(q, leader) : undefined;
    return [waits, ...asked, ...(raft === undefined ? [] : whyStale(q, leader, raft))];
  }
  const silent = silenceOf(q, leader.actor, member.actor, q.end);
  return [
    waits,
    ...asked,
    ...(silent.reason === 'unknown' ? [] : [about({ type: 'silent', member: leader.name, reason: silent.reason }, silent.known)]),
  ];
}

async function writeReasons(q: Inquiry, trace: RequestTrace, member: Seat): Promise<readonly WhyReason[]> {
  const { forward, leader, index, proposed, commit } = trace;
  const leading = leader === undefined ? undefined : seatAt(q, leader);
  if (forward !== undefined && leading !== undefined) {
    const arrived = forward.end?.event.type === 'message-delivered';
    const passed = about({ type: 'forwarded-to', member: member.name, leader: leading.name, arrived }, proposed?.known);
    if (!arrived || index === undefined) return [passed, about(journeyFact(q, forward), forward.sent), ...leaderSilent(q, leading, member)];
  }
  if (index === undefined || leading === undefined) return [];
  if (commit === undefined) {
    const entry = await whyEntryNow(q, leading.name, index, trace.appended?.event.term ?? 0);
    return entry.reasons;
  }
  const applied = member.status?.applied ?? 0;
  if (applied >= index) return [];
  if ((member.status?.commit ?? 0) < index)
    return [
      about({ type: 'not-told', member: member.name, leader: leading.name, commit: commit.event.index }, commit.known),
      ...leaderSilent(q, leading, member),
    ];
  return [about({ type: 'waits-to-apply', member: member.name, index, applied }, commit.known)];
}

function leaderSilent(q: Inquiry, leader: Seat, member: Seat): readonly WhyReason[] {
  const { reason, known } = silenceOf(q, leader.actor, member.actor, q.end);
  return reason === 'unknown' ? [] : [about({ type: 'silent', member: leader.name, reason }, known), ...happened(q, known)];
}

/** What a client waits for or did last. */
export async function whyClient(q: Inquiry, name: string): Promise<Answer | undefined> {
  const client = [...q.run.world.core.clients.values()].find((each) => each.name === name);
  const opened =
    client === undefined ? undefined : q.index.lastTrace(q.end, ['call-opened'], (_event, known) => known.actor === client.actor);
  if (opened === undefined) return { question: { type: 'client', client: name }, reasons: [], root: undefined };
  return whyRequest(q, opened.known.id);
}

/** The call that an event belongs to, if it belongs to one. */
export function callBehind(q: Inquiry, known: Known): Known | undefined {
  const event = known.trace;
  if (event === undefined || !('call' in event)) return undefined;
  const client = 'client' in event ? event.client : known.actor;
  return q.index.last(known.place + 1, (each) => each.actor === client && isTrace(each, ['call-opened']) && each.trace.call === event.call);
}
