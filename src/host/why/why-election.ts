/** Why somebody asked for votes, got or did not get one, won, stepped down. From the core's own reasons and the messages that carried them. */

import { nodeId } from '#kernel/brand.ts';
import type { Seat } from '#sim/member-seat.ts';
import { isRaft, isTrace, type Known, type RaftOf } from '#host/why/event-index.ts';
import {
  about,
  happened,
  idName,
  journeyOf,
  lifeBefore,
  majorityOf,
  nameOf,
  seatAt,
  seatOfId,
  silenceOf,
  ticksToMicros,
  votersOf,
  type Inquiry,
} from '#host/why/inquiry.ts';
import { sentKind } from '#host/message-text.ts';
import type { WhyReason } from '#view/why.ts';

const FROM_LEADER: ReadonlySet<string> = new Set(['MsgApp', 'MsgHeartbeat', 'MsgSnap']);

/** The newest message of a leader that reached a member. */
export function lastHeard(q: Inquiry, actor: number, place: number): Known | undefined {
  return q.index.lastTrace(place, ['message-delivered'], (event) => {
    const sent = q.index.get(event.sent);
    return event.to === actor && sent !== undefined && isTrace(sent, ['message-sent']) && FROM_LEADER.has(sent.trace.message);
  })?.known;
}

/** Why a member called an election: its timer, what it last heard, and why no more came. */
export function whyCampaign(q: Inquiry, actor: number, place: number): readonly WhyReason[] {
  const member = nameOf(q, actor);
  const started = q.index.lastRaft(place, actor, ['election-started']);
  if (started === undefined) return [];
  const { known, event } = started;
  if (event.reason !== 'timeout') {
    const by = event.reason === 'transfer' ? 'leader' : 'visitor';
    const asked = q.index.get(known.cause);
    return [about({ type: 'asked-to-campaign', member, by }, asked ?? known)];
  }
  const told = q.index.itemOf(known.id)?.fact;
  const time =
    told?.type === 'election-timeout'
      ? { micros: told.afterMicros, skipped: told.skipped }
      : { micros: ticksToMicros(q, event.ticks), skipped: false };
  const timed = about({ type: 'timed-out', member, ticks: event.ticks, ...time }, known);
  return [timed, ...whySilent(q, actor, known.place)];
}

/** What a member last heard of a leader, and why no more came. */
export function whySilent(q: Inquiry, actor: number, place: number): readonly WhyReason[] {
  const member = nameOf(q, actor);
  const heard = lastHeard(q, actor, place);
  if (heard === undefined || !isTrace(heard, ['message-delivered'])) {
    const began = lifeBefore(q, actor, place);
    return [about({ type: 'never-heard', member }, began.known)];
  }
  const at = q.index.between(place - 1, place)[0]?.at ?? q.now;
  const leader = heard.trace.from;
  const last = about({ type: 'last-heard', member, leader: nameOf(q, leader), before: at - heard.at }, heard);
  const { reason, known } = silenceOf(q, leader, actor, place);
  if (reason !== 'unknown') return [last, about({ type: 'silent', member: nameOf(q, leader), reason }, known), ...happened(q, known)];
  const stopped = q.index.lastRaft(place, leader, ['became-follower', 'became-candidate', 'became-pre-candidate', 'became-leader']);
  if (stopped === undefined || stopped.event.type === 'became-leader' || stopped.known.place < heard.place) return [last];
  return [last, about({ type: 'silent', member: nameOf(q, leader), reason: 'not-leading' }, stopped.known), ...happened(q, stopped.known)];
}

type Ballot = RaftOf<'vote-cast' | 'vote-rejected' | 'vote-ignored-in-lease'>;
const BALLOTS = ['vote-cast', 'vote-rejected', 'vote-ignored-in-lease'] as const;

/** What each voter said to a campaign that began at a place, and why. */
export function ballotsOf(q: Inquiry, candidate: Seat, from: number, pre: boolean): readonly WhyReason[] {
  const id = candidate.status?.id;
  const message = pre ? 'MsgPreVote' : 'MsgVote';
  const voters = votersOf(q, candidate).seats.filter((seat) => seat !== candidate);
  return voters.flatMap((voter): readonly WhyReason[] => {
    const names = { voter: voter.name, candidate: candidate.name };
    const said = q.index
      .between(from, q.end)
      .findLast(
        (known) => known.actor === voter.actor && isRaft(known, BALLOTS) && known.raft.peer === id && known.raft.message === message,
      );
    if (said !== undefined && isRaft(said, BALLOTS)) {
      const granted = said.raft.type === 'vote-cast';
      return [about({ type: 'ballot', ...names, granted, pre }, said), ...(granted ? [] : whyRefused(q, said, said.raft))];
    }
    const asked = q.index
      .between(from, q.end)
      .findLast(
        (known) =>
          known.actor === candidate.actor &&
          isTrace(known, ['message-sent']) &&
          known.trace.message === message &&
          known.trace.to === voter.status?.id,
      );
    const journey = asked === undefined ? undefined : journeyOf(q, asked);
    if (journey !== undefined && journey.end === undefined) return [about({ type: 'no-ballot', ...names, reason: 'on-the-way' }, asked)];
    const { reason, known } = silenceOf(q, voter.actor, candidate.actor, q.end);
    return [about({ type: 'no-ballot', ...names, reason }, known)];
  });
}

/** Why a voter refused: its vote of this term, its log, or that it still hears a leader. */
export function whyRefused(q: Inquiry, known: Known, event: Ballot): readonly WhyReason[] {
  const voter = nameOf(q, known.actor);
  const candidate = idName(q, event.peer);
  if (event.type === 'vote-cast') return [];
  if (event.type === 'vote-ignored-in-lease' || event.reason === 'follows-a-leader') {
    const heard = lastHeard(q, known.actor, known.place);
    const leader =
      event.type === 'vote-ignored-in-lease' && event.lead !== nodeId(0n)
        ? idName(q, event.lead)
        : heard === undefined || !isTrace(heard, ['message-delivered'])
          ? undefined
          : nameOf(q, heard.trace.from);
    return [about({ type: 'in-lease', voter, leader, micros: heard === undefined ? 0 : known.at - heard.at }, heard)];
  }
  switch (event.reason) {
    case 'voted-for-other': {
      const votedFor = idName(q, event.vote);
      const own = votedFor === voter;
      const cast = own
        ? q.index.lastRaft(known.place, known.actor, ['became-candidate'], (each) => each.term === event.term)?.known
        : q.index.lastRaft(known.place, known.actor, ['vote-cast'], (each) => each.message === 'MsgVote' && each.term === event.term)
            ?.known;
      return [about({ type: 'voted-for', voter, votedFor, term: event.term }, cast)];
    }
    case 'log-not-up-to-date':
      return [comparedLogs(q, known, event)];
    case 'lower-term':
      return [
        about(
          { type: 'older-term', from: candidate, term: event.message === 'MsgPreVote' ? event.term : event.term, own: event.term },
          known,
        ),
      ];
  }
}

function comparedLogs(q: Inquiry, known: Known, event: Ballot): WhyReason {
  const [own, theirs] = [
    { index: event.index, term: event.logTerm },
    { index: event.peerIndex, term: event.peerLogTerm },
  ];
  const behind = theirs.term < own.term || (theirs.term === own.term && theirs.index < own.index);
  return about({ type: 'compared-logs', voter: nameOf(q, known.actor), own, candidate: idName(q, event.peer), theirs, behind }, known);
}

/** Why a voter said yes. */
export function whyGranted(q: Inquiry, known: Known, event: RaftOf<'vote-cast'>): readonly WhyReason[] {
  return [comparedLogs(q, known, event)];
}

/** Why a member leads a term: the votes, and why it asked for them. */
export function whyLeads(q: Inquiry, won: Known): readonly WhyReason[] {
  const seat = seatAt(q, won.actor);
  const asked = q.index.lastRaft(won.place, won.actor, ['became-candidate']);
  const counted = q.index.lastRaft(won.place, won.actor, ['votes-counted'], (event) => event.message === 'MsgVoteResp');
  const of = seat?.status?.voters.length ?? 0;
  const majority =
    counted === undefined || of === 0
      ? []
      : [about({ type: 'majority', have: counted.event.granted, needed: majorityOf(of), of }, counted.known)];
  const received = q.index.between(asked?.known.place ?? won.place, won.place).flatMap((known) =>
    known.actor === won.actor && isRaft(known, ['vote-received']) && known.raft.message === 'MsgVoteResp'
      ? [
          about(
            {
              type: 'ballot',
              voter: idName(q, known.raft.peer),
              candidate: nameOf(q, won.actor),
              granted: !known.raft.rejected,
              pre: false,
            },
            castBehind(q, known),
          ),
        ]
      : [],
  );
  return [...majority, ...received, ...whyCampaign(q, won.actor, asked?.known.place ?? won.place)];
}

/** The event at which a vote that was received was given. */
function castBehind(q: Inquiry, received: Known): Known {
  const delivered = q.index.get(received.cause);
  if (delivered === undefined || !isTrace(delivered, ['message-delivered'])) return received;
  const candidate = seatAt(q, received.actor)?.status?.id;
  return q.index.lastRaft(delivered.place, delivered.trace.from, BALLOTS, (event) => event.peer === candidate)?.known ?? received;
}

/** Why a member became a candidate: the pre-vote that it won, and why it asked. */
export function whyCandidate(q: Inquiry, known: Known): readonly WhyReason[] {
  const counted = q.index.lastRaft(
    known.place,
    known.actor,
    ['votes-counted'],
    (event) => event.message === 'MsgPreVoteResp' && event.result === 'won',
  );
  const isOwn = counted !== undefined && counted.known.cause === known.cause;
  const voters = seatAt(q, known.actor)?.status?.voters.length ?? 0;
  const won =
    isOwn && voters > 0
      ? [about({ type: 'pre-vote-won', member: nameOf(q, known.actor), granted: counted.event.granted, voters }, counted.known)]
      : [];
  return [...won, ...whyCampaign(q, known.actor, known.place)];
}

/** Why a leader leads no more. */
export function whySteppedDown(q: Inquiry, known: Known, event: RaftOf<'became-follower'>): readonly WhyReason[] {
  if (event.reason === 'quorum-not-active') {
    const check = q.index.lastRaft(known.place, known.actor, ['quorum-not-active']);
    const of = seatAt(q, known.actor)?.status?.voters.length ?? 0;
    const active = (check?.event.active ?? []).map((id) => idName(q, id)).filter((name) => name !== nameOf(q, known.actor));
    const silent = (seatAt(q, known.actor)?.status?.voters ?? []).flatMap((id) => {
      const seat = seatOfId(q, id);
      if (seat === undefined || seat.actor === known.actor || active.includes(seat.name)) return [];
      const silence = silenceOf(q, seat.actor, known.actor, known.place);
      return [about({ type: 'silent', member: seat.name, reason: silence.reason }, silence.known)];
    });
    const facts = { type: 'quorum-check', member: nameOf(q, known.actor), active, needed: majorityOf(of), of } as const;
    return [about(facts, check?.known), ...silent];
  }
  return whyNewerTerm(q, known);
}

/** Whose newer term ended a role, and why it has one. */
export function whyNewerTerm(q: Inquiry, known: Known): readonly WhyReason[] {
  const higher = q.index.lastRaft(known.place, known.actor, ['higher-term-received']);
  if (higher === undefined || higher.known.cause !== known.cause) return [];
  const { peer, messageTerm, term, message } = higher.event;
  const kind = sentKind({ message, reject: false });
  const reason = about({ type: 'newer-term', from: idName(q, peer), term: messageTerm, own: term, kind }, higher.known);
  const other = seatOfId(q, nodeId(peer));
  if (other === undefined) return [reason];
  const role = q.index.lastRaft(known.place, other.actor, ['became-candidate', 'became-leader'], (event) => event.term === messageTerm);
  return [reason, ...happened(q, role?.known), ...(role === undefined ? [] : whyCampaign(q, other.actor, role.known.place))];
}
