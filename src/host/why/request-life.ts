/** The life of a request as stages with their times, from what the trace tells of it. */

import { nameOf, type Inquiry, type Journey } from '#host/why/inquiry.ts';
import { isTrace, type Known } from '#host/why/event-index.ts';
import { isStreamCall, outcomeOf, traceRequest, type RequestTrace, type SaveTrace } from '#host/why/request-trace.ts';
import { labelOf } from '#host/why/why-request.ts';
import type { LifeStage, LifeStageKind, RequestLife, RequestSummary } from '#view/request-life.ts';

/** Requests in one list. */
const LISTED_MAX = 40;

function summaryOf(q: Inquiry, trace: RequestTrace): RequestSummary {
  const end = trace.ended?.known ?? trace.failed?.known ?? trace.cancelled;
  return {
    id: trace.opened.known.id,
    label: labelOf(trace),
    client: nameOf(q, trace.client),
    at: trace.opened.known.at,
    micros: end === undefined ? undefined : end.at - trace.opened.known.at,
    outcome: outcomeOf(trace),
  };
}

/** The newest first; calls that nobody expects to end are left out. */
export function requestsOf(q: Inquiry): readonly RequestSummary[] {
  const found: RequestSummary[] = [];
  for (let place = q.end; found.length < LISTED_MAX;) {
    const opened = q.index.lastTrace(place, ['call-opened'], (event) => !isStreamCall(event.method));
    if (opened === undefined) break;
    place = opened.known.place;
    found.push(briefOf(q, opened.known));
  }
  return found;
}

/** Without looking at the entry's way, which a list does not show. */
function briefOf(q: Inquiry, opened: Known): RequestSummary {
  const call = isTrace(opened, ['call-opened']) ? opened.trace.call : 0;
  const end = q.index.between(opened.place, q.end).find((known) => {
    if (known.trace === undefined || !('call' in known.trace) || known.trace.call !== call) return false;
    if (known.trace.type === 'call-failed') return known.trace.client === opened.actor;
    return known.actor === opened.actor && (known.trace.type === 'call-ended' || known.trace.type === 'call-cancelled');
  });
  const event = end?.trace;
  const outcome =
    event === undefined
      ? 'waiting'
      : event.type === 'call-ended'
        ? event.code === 0
          ? 'done'
          : 'failed'
        : event.type === 'call-cancelled'
          ? 'given-up'
          : 'failed';
  const method = isTrace(opened, ['call-opened']) ? (opened.trace.method.split('/').at(-1) ?? '') : '';
  return {
    id: opened.id,
    label: opened.label === '' ? method : opened.label,
    client: nameOf(q, opened.actor),
    at: opened.at,
    micros: end === undefined ? undefined : end.at - opened.at,
    outcome,
  };
}

/** Collects stages; `decisive` are events without which the answer would not have come when it did. */
class Stages {
  readonly #q: Inquiry;
  readonly #decisive: ReadonlySet<number>;
  readonly list: LifeStage[] = [];

  constructor(q: Inquiry, decisive: ReadonlySet<number>) {
    this.#q = q;
    this.#decisive = decisive;
  }

  /** From one event to another; `end` undefined: it lasts. */
  span(kind: LifeStageKind, actor: number, begin: Known | undefined, end: Known | undefined, origin?: number): void {
    if (begin === undefined) return;
    const decisive = this.#decisive.has(begin.id) || (end !== undefined && this.#decisive.has(end.id));
    this.list.push({
      kind,
      lane: nameOf(this.#q, actor),
      origin: origin === undefined ? undefined : nameOf(this.#q, origin),
      from: begin.at,
      to: end?.at,
      event: begin.id,
      lost: false,
      decisive,
    });
  }

  journey(kind: LifeStageKind, journey: Journey | undefined): void {
    if (journey === undefined) return;
    this.span(kind, journey.to, journey.sent, journey.end?.known, journey.from);
    const last = this.list.at(-1);
    if (last !== undefined && journey.end?.event.type === 'message-lost') this.list[this.list.length - 1] = { ...last, lost: true };
  }

  save(actor: number, save: SaveTrace | undefined): void {
    this.span('save', actor, save?.submitted, save?.completed);
  }
}

/** Ids on the way from the call to its end: the causes of the answer. */
function decisiveOf(q: Inquiry, trace: RequestTrace): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const start of [trace.ended?.known, trace.reply, trace.answered?.known]) {
    for (let known = start; known !== undefined && !ids.has(known.id); known = q.index.get(known.cause)) ids.add(known.id);
  }
  return ids;
}

/** @param id the event that opened the call; undefined if it is not remembered */
export function requestLifeOf(q: Inquiry, id: number): RequestLife | undefined {
  const trace = traceRequest(q, id);
  if (trace === undefined) return undefined;
  const stages = new Stages(q, decisiveOf(q, trace));
  const member = trace.received?.actor ?? trace.delivered?.event.member;
  stages.span('call', member ?? trace.client, trace.opened.known, trace.delivered?.known, trace.client);
  addRead(stages, trace);
  addWrite(stages, q, trace);
  if (trace.answered !== undefined)
    stages.span('answer', trace.client, trace.answered.known, trace.reply ?? trace.ended?.known, trace.answered.known.actor);
  for (const told of trace.watched) {
    const arrived = q.index.effectsOf(told.id).find((known) => isTrace(known, ['call-delivered']) && known.place < q.end);
    if (isTrace(told, ['watch-delivered'])) stages.span('watch', told.trace.client, told, arrived, told.actor);
  }
  return {
    ...summaryOf(q, trace),
    member: member === undefined ? undefined : nameOf(q, member),
    entry: trace.index,
    error: trace.answered?.event.message ?? trace.ended?.event.message ?? '',
    revision: trace.answered?.event.revision ?? 0,
    stages: stages.list
      .map((stage, place) => ({ stage, place }))
      .sort((a, b) => a.stage.from - b.stage.from || a.place - b.place)
      .map(({ stage }) => stage),
  };
}

function addRead(stages: Stages, { readWaiting, readConfirmed, answered }: RequestTrace): void {
  if (readWaiting === undefined) return;
  stages.span('read-index', readWaiting.actor, readWaiting, readConfirmed?.known);
  if (readConfirmed !== undefined && (answered === undefined || answered.known.at > readConfirmed.known.at))
    stages.span('apply', readWaiting.actor, readConfirmed.known, answered?.known);
}

function addWrite(stages: Stages, q: Inquiry, trace: RequestTrace): void {
  const { appended, leader, commit } = trace;
  stages.journey('forward', trace.forward);
  if (appended === undefined || leader === undefined) return;
  stages.span('append', leader, appended.known, appended.known);
  stages.save(leader, trace.leaderSave);
  for (const { actor, sent, save, ack } of trace.replicas) {
    stages.journey('replicate', sent);
    stages.save(actor, save);
    stages.journey('acknowledge', ack);
  }
  if (commit === undefined) return;
  stages.span('commit', leader, commit.known, commit.known);
  for (const told of trace.told) stages.span('tell', told.actor, sendingBehind(q, told) ?? commit.known, told, leader);
  for (const applied of trace.applied)
    stages.span('apply', applied.actor, trace.told.find(({ actor }) => actor === applied.actor) ?? commit.known, applied);
}

/** The message that told a member, as it was sent. */
function sendingBehind(q: Inquiry, told: Known): Known | undefined {
  const delivered = q.index.get(told.cause);
  return delivered !== undefined && isTrace(delivered, ['message-delivered']) ? q.index.get(delivered.trace.sent) : undefined;
}
