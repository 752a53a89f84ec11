/** Why a message travels, arrived or was lost, and what led to it. */

import {
  about,
  commandOf,
  cutBefore,
  happened,
  journeyFact,
  journeyOf,
  lifeBefore,
  nameOf,
  seatAt,
  type Inquiry,
  type Journey,
} from '#host/why/inquiry.ts';
import { isTrace, type Known } from '#host/why/event-index.ts';
import type { WhyQuestion, WhyReason } from '#view/why.ts';

interface Answer {
  readonly question: WhyQuestion;
  readonly reasons: readonly WhyReason[];
  readonly root: Known | undefined;
}

/** A message between members. @param sent the event that sent it */
export function whyMessage(q: Inquiry, sent: Known): Answer | undefined {
  const journey = journeyOf(q, sent);
  if (journey === undefined) return whyCallMessage(q, sent);
  const fact = journeyFact(q, journey);
  if (fact.type !== 'message') return undefined;
  const { kind, from, to, state } = fact;
  const reasons = state === 'lost' ? whyLost(q, journey) : [];
  return {
    question: { type: 'message', kind, from, to, state },
    reasons: [about(fact, journey.end?.known ?? sent), ...reasons],
    root: sent,
  };
}

/** Why it did not get there. */
export function whyLost(q: Inquiry, { sent, from, to, end }: Journey): readonly WhyReason[] {
  if (end?.event.type !== 'message-lost') return [];
  const names = { from: nameOf(q, from), to: nameOf(q, to) };
  switch (end.event.reason) {
    case 'cut': {
      const cut = cutBefore(q, from, to, end.known.place);
      return [about({ type: 'blocked', ...names }, cut.known), ...happened(q, cut.known)];
    }
    case 'loss': {
      const changed = q.index.lastTrace(end.known.place, ['link-changed'], (event) => event.from === from && event.to === to);
      return [about({ type: 'by-chance', ...names }, changed?.known), ...happened(q, changed?.known)];
    }
    case 'dead': {
      const { known } = lifeBefore(q, to, end.known.place);
      return happened(q, known);
    }
    default: {
      const command = q.index.last(end.known.place, (known) => {
        const line = commandOf(known);
        return line?.type === 'message' && line.event === sent.id;
      });
      if (command !== undefined) return [about({ type: 'dropped-by-visitor' }, command)];
      return [about({ type: 'inbox-full', member: nameOf(q, to) }, lifeBefore(q, to, end.known.place).known)];
    }
  }
}

/** A piece of a call, an answer or a watch event. */
function whyCallMessage(q: Inquiry, known: Known): Answer | undefined {
  const delivered = isTrace(known, ['call-delivered'])
    ? known
    : q.index.effectsOf(known.id).find((each) => isTrace(each, ['call-delivered']));
  const root = isTrace(known, ['call-delivered']) ? (q.index.get(known.cause) ?? known) : known;
  const arrived = delivered !== undefined && delivered.place < q.end && isTrace(delivered, ['call-delivered']) ? delivered : undefined;
  const names = callEnds(q, root, arrived?.trace);
  if (names === undefined) return undefined;
  const state = arrived === undefined ? ('travels' as const) : ('arrived' as const);
  const micros = arrived === undefined ? undefined : arrived.at - root.at;
  return {
    question: { type: 'message', ...names, state },
    reasons: [about({ type: 'message', ...names, state, micros, loss: undefined }, arrived ?? root)],
    root,
  };
}

type Ends = Pick<Extract<WhyQuestion, { readonly type: 'message' }>, 'kind' | 'from' | 'to'>;

function callEnds(q: Inquiry, root: Known, arrived: { readonly client: number; readonly member: number } | undefined): Ends | undefined {
  const event = root.trace;
  switch (event?.type) {
    case 'call-opened':
    case 'call-sent': {
      const member = arrived?.member ?? q.run.world.core.clients.get(root.actor)?.calls.get(event.call)?.member;
      return {
        kind: 'call',
        from: nameOf(q, root.actor),
        to: member === undefined || seatAt(q, member) === undefined ? '' : nameOf(q, member),
      };
    }
    case 'request-answered':
      return { kind: 'reply', from: nameOf(q, root.actor), to: nameOf(q, event.client) };
    case 'watch-delivered':
    case 'watch-created':
    case 'watch-cancelled':
      return { kind: 'watch-event', from: nameOf(q, root.actor), to: nameOf(q, event.client) };
    default:
      return undefined;
  }
}
