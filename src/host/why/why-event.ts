/** Why an event of the trace happened: what its kind has to say, and the chain of its causes. */

import { about, happened, idName, journeyFact, journeyOf, nameOf, type Inquiry } from '#host/why/inquiry.ts';
import { isTrace, type Known, type KnownRaft, type KnownTrace } from '#host/why/event-index.ts';
import {
  whyCandidate,
  whyCampaign,
  whyGranted,
  whyLeads,
  whyNewerTerm,
  whyRefused,
  whySilent,
  whySteppedDown,
} from '#host/why/why-election.ts';
import { whyLost } from '#host/why/why-message.ts';
import { whyAppendRefused, whyCommitted, whyConflict, whySnapshot } from '#host/why/why-replication.ts';
import { whyWatchEnded } from '#host/why/why-data.ts';
import type { WhyReason } from '#view/why.ts';

/** Links of a chain at most. */
const CHAIN_MAX = 14;

/** The reasons that are peculiar to a kind of event. */
export function eventReasons(q: Inquiry, known: Known): readonly WhyReason[] {
  return known.raft === undefined ? traceReasons(q, known) : raftReasons(q, known);
}

function raftReasons(q: Inquiry, known: KnownRaft): readonly WhyReason[] {
  const { raft } = known;
  switch (raft.type) {
    case 'election-started':
      return raft.reason === 'timeout' ? whySilent(q, known.actor, known.place) : whyCampaign(q, known.actor, known.place + 1);
    case 'became-pre-candidate':
      return whyCampaign(q, known.actor, known.place);
    case 'became-candidate':
      return whyCandidate(q, known);
    case 'became-leader':
      return whyLeads(q, known);
    case 'became-follower':
      return raft.reason === 'higher-term' || raft.reason === 'quorum-not-active' ? whySteppedDown(q, known, raft) : whyNewerTerm(q, known);
    case 'vote-cast':
      return whyGranted(q, known, raft);
    case 'vote-rejected':
    case 'vote-ignored-in-lease':
      return whyRefused(q, known, raft);
    case 'commit-advanced':
      if (raft.reason === 'quorum') return whyCommitted(q, { known, event: raft }, raft.index);
      return [];
    case 'append-rejected':
    case 'append-rejection-received':
      return whyAppendRefused(q, known);
    case 'conflict-found':
      return whyConflict(q, known, raft);
    case 'snapshot-sent':
      return whySnapshot(q, known, raft);
    case 'leader-found': {
      const won = q.index.last(known.place, (each) => each.raft?.type === 'became-leader' && each.raft.term === raft.term);
      return [
        about({ type: 'follows', member: nameOf(q, known.actor), leader: idName(q, raft.leader), term: raft.term }, undefined),
        ...happened(q, won),
      ];
    }
    default:
      return [];
  }
}

function traceReasons(q: Inquiry, known: KnownTrace): readonly WhyReason[] {
  const event = known.trace;
  switch (event.type) {
    case 'message-lost': {
      const sent = q.index.get(event.sent);
      const journey = sent === undefined ? undefined : journeyOf(q, sent);
      return journey === undefined ? [] : whyLost(q, journey);
    }
    case 'watch-cancelled':
      return whyWatchEnded(q, known);
    case 'member-crashed':
      return [about({ type: 'crash', member: nameOf(q, event.member), reason: event.reason }, known)];
    default:
      return [];
  }
}

/** The causes of an event, the nearest first: what the feed tells of, and the messages in between. */
export function chainOf(q: Inquiry, root: Known): readonly WhyReason[] {
  const chain: WhyReason[] = [];
  const seen = new Set<number>([root.id]);
  let from: Known = root;
  for (let known = q.index.get(root.cause); known !== undefined && chain.length < CHAIN_MAX; known = q.index.get(known.cause)) {
    if (seen.has(known.id)) break;
    seen.add(known.id);
    chain.push(...linkOf(q, known, from));
    from = known;
  }
  return chain;
}

/** A cause as the chain tells it; a message is told once, by its sending. */
function linkOf(q: Inquiry, known: Known, effect: Known): readonly WhyReason[] {
  if (isTrace(known, ['message-sent'])) {
    const journey = journeyOf(q, known);
    return journey === undefined ? [] : [about(journeyFact(q, journey), known)];
  }
  if (isTrace(known, ['message-delivered'])) return [];
  // Several events of one decision are one link: the one that the feed tells of.
  const own = happened(q, known);
  if (own.length > 0 || known.cause === effect.id) return own;
  const twin = q.index
    .between(known.place - 6, known.place + 7)
    .find(
      (each) =>
        each.cause === known.cause &&
        each.cause !== 0 &&
        each.actor === known.actor &&
        q.index.itemOf(each.id) !== undefined &&
        each.place <= known.place,
    );
  return happened(q, twin);
}
