/** Answers what the page asks about a selection: why it is as it is, what it is related to. Nothing is changed by asking, and nothing traced. */

import { isTrace, type Known } from '#host/why/event-index.ts';
import { happened, type Inquiry } from '#host/why/inquiry.ts';
import { inspectMember, memberLog, memberMetrics } from '#host/why/member-inspection.ts';
import { relatedTo } from '#host/why/related.ts';
import { requestLifeOf, requestsOf } from '#host/why/request-life.ts';
import { whyCluster, whyLink, whyMember, whyEntryNow } from '#host/why/why-cluster.ts';
import { whyKey, whyLease, whyWatch } from '#host/why/why-data.ts';
import { whyLeads } from '#host/why/why-election.ts';
import { chainOf, eventReasons } from '#host/why/why-event.ts';
import { whyMessage } from '#host/why/why-message.ts';
import { callBehind, whyClient, whyRequest } from '#host/why/why-request.ts';
import type { Selection } from '#view/selection.ts';
import type { WhyAnswer, WhyQuestion, WhyReason } from '#view/why.ts';

interface Part {
  readonly question: WhyQuestion;
  readonly reasons: readonly WhyReason[];
  readonly root: Known | undefined;
}

/** Why it is as it is; the cluster if nothing is selected. */
async function whyOf(q: Inquiry, selection: Selection | undefined): Promise<WhyAnswer> {
  const part = (await partOf(q, selection)) ?? { question: { type: 'forgotten' }, reasons: [], root: undefined };
  const reasons = distinct(part.reasons);
  const known = new Set(reasons.filter(({ fact }) => fact.type === 'happened').map(({ event }) => event));
  const chain = part.root === undefined ? [] : distinct(chainOf(q, part.root)).filter(({ event }) => !known.has(event));
  return { question: part.question, reasons, chain };
}

async function partOf(q: Inquiry, selection: Selection | undefined): Promise<Part | undefined> {
  switch (selection?.type) {
    case undefined:
      return whyCluster(q);
    case 'member':
      return whyMember(q, selection.name);
    case 'event':
      return whyEvent(q, selection.id);
    case 'message': {
      const sent = q.index.get(selection.id);
      return sent === undefined ? undefined : whyMessage(q, sent);
    }
    case 'entry':
      return whyEntryNow(q, selection.member, selection.index, selection.term);
    case 'request':
      return whyRequest(q, selection.id);
    case 'link':
      return whyLink(q, selection.from, selection.to);
    case 'client':
      return whyClient(q, selection.name);
    case 'key':
      return whyKey(q, selection.key);
    case 'lease':
      return whyLease(q, selection.id);
    case 'watch':
      return whyWatch(q, selection.member, selection.client, selection.call, selection.watch);
    case 'term':
      return whyTerm(q, selection.term);
  }
}

/** An event; a refused or failed answer is asked about as its request. */
async function whyEvent(q: Inquiry, id: number): Promise<Part | undefined> {
  const known = q.index.get(id);
  if (known === undefined) return undefined;
  if (isTrace(known, ['request-received', 'request-answered', 'request-proposed', 'call-opened'])) {
    const call = callBehind(q, known);
    const request = call === undefined ? undefined : await whyRequest(q, call.id);
    if (request !== undefined) return request;
  }
  if (isTrace(known, ['message-sent'])) return whyMessage(q, known);
  const item = q.index.itemOf(id);
  if (item === undefined) return undefined;
  return { question: { type: 'event', item }, reasons: eventReasons(q, known), root: known };
}

function whyTerm(q: Inquiry, term: number): Part {
  const won = q.index.last(q.end, (known) => known.raft?.type === 'became-leader' && known.raft.term === term);
  if (won !== undefined) return { question: { type: 'term', term }, reasons: [...happened(q, won), ...whyLeads(q, won)], root: won };
  const began = q.index.last(q.end, (known) => known.raft?.type === 'became-candidate' && known.raft.term === term);
  return {
    question: { type: 'term', term },
    reasons: [...happened(q, began), ...(began === undefined ? [] : eventReasons(q, began))],
    root: began,
  };
}

/** The same reason is given once. */
function distinct(reasons: readonly WhyReason[]): readonly WhyReason[] {
  const seen = new Set<string>();
  return reasons.filter(({ fact, event }) => {
    const key = fact.type === 'happened' ? `event/${event}` : JSON.stringify(fact);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Everything that is answered here; loaded when somebody asks for the first time. */
export const answers = {
  why: whyOf,
  related: relatedTo,
  requests: requestsOf,
  life: requestLifeOf,
  member: inspectMember,
  log: memberLog,
  metrics: memberMetrics,
};
export type Answers = typeof answers;
