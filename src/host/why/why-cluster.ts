/** Why there is a leader or none, why a member is what it is, and why a link does not carry. */

import { NO_NODE } from '#kernel/brand.ts';
import { isRaft, type Known } from '#host/why/event-index.ts';
import {
  about,
  askRaft,
  cutBefore,
  happened,
  leaderOf,
  lifeBefore,
  majorityOf,
  notServing,
  seatNamed,
  seats,
  state,
  ticksToMicros,
  votersOf,
  type Inquiry,
} from '#host/why/inquiry.ts';
import { ballotsOf, whyCampaign, whyLeads, whySilent, whySteppedDown } from '#host/why/why-election.ts';
import { hasLost, whyBehind, whyEntry, whyStale } from '#host/why/why-replication.ts';
import type { Seat } from '#sim/member-seat.ts';
import { worldTime } from '#sim/member-seat.ts';
import type { MemberRole } from '#view/frame.ts';
import type { WhyQuestion, WhyReason } from '#view/why.ts';

interface Answer {
  readonly question: WhyQuestion;
  readonly reasons: readonly WhyReason[];
  readonly root: Known | undefined;
}

const isElecting = (seat: Seat): boolean =>
  seat.life === 'up' && (seat.status?.role === 'candidate' || seat.status?.role === 'pre-candidate');

/** The cluster as a whole: who leads and why, or why nobody does. */
export async function whyCluster(q: Inquiry): Promise<Answer> {
  const leader = leaderOf(q);
  if (leader !== undefined) {
    const won = q.index.lastRaft(q.end, leader.actor, ['became-leader']);
    const raft = hasLost(q, leader) ? await askRaft(q, leader) : undefined;
    const stale = raft === undefined ? [] : whyStale(q, leader, raft);
    const question: WhyQuestion = { type: 'leads', leader: leader.name, term: leader.status?.term ?? 0 };
    return { question, reasons: [...stale, ...(won === undefined ? [] : whyLeads(q, won.known))], root: won?.known };
  }
  const electing = seats(q).filter(isElecting);
  const fresh =
    electing.length === 0 && seats(q).every((seat) => seat.life === 'up' && seat.incarnation <= 1 && (seat.status?.term ?? 0) <= 1);
  const question: WhyQuestion = fresh ? { type: 'booting' } : { type: 'no-leader', electing: electing.map(({ name }) => name) };
  return { question, reasons: whyNoLeader(q, undefined), root: undefined };
}

/** Why nobody leads, or nobody that one member could hear. @param near the member that asks; undefined: the whole cluster */
export function whyNoLeader(q: Inquiry, near: Seat | undefined): readonly WhyReason[] {
  const asks = near ?? seats(q).find((seat) => seat.life === 'up') ?? seats(q)[0];
  if (asks === undefined) return [];
  const voters = votersOf(q, asks);
  if (voters.count === 0) return [];
  const needed = majorityOf(voters.count);
  const living = voters.seats.filter((seat) => seat.life === 'up');
  const gone = voters.seats.filter((seat) => seat.life !== 'up');
  const reasons: WhyReason[] = [
    state({ type: 'alive', up: living.map(({ name }) => name), down: gone.map(({ name }) => name), needed, of: voters.count }),
    ...gone.flatMap((seat) => happened(q, lifeBefore(q, seat.actor, q.end).known)),
  ];
  if (living.length < needed) return reasons;
  const parted = splitOf(q, living, near, needed);
  if (parted !== undefined) return [parted, ...reasons.slice(1)];
  return [...electionReasons(q, living), ...reasons];
}

/** Why an entry is committed, or is not; while nobody leads, also why nobody does: only a leader can commit it. */
export async function whyEntryNow(q: Inquiry, member: string, index: number, term: number): ReturnType<typeof whyEntry> {
  const answer = await whyEntry(q, member, index, term);
  const { question } = answer;
  if (question.type !== 'entry' || question.state !== 'uncommitted' || leaderOf(q) !== undefined) return answer;
  return { ...answer, reasons: [...answer.reasons, ...whyNoLeader(q, seatNamed(q, member))] };
}

/** The network keeps every majority apart, or this member from it. */
function splitOf(q: Inquiry, living: readonly Seat[], near: Seat | undefined, needed: number): WhyReason | undefined {
  const { sides } = q.run.world.core.links;
  if (sides.length === 0) return undefined;
  const named = sides.map((side) => living.filter(({ actor }) => side.includes(actor)).map(({ name }) => name));
  const concerned = near === undefined ? named : named.filter((side) => side.includes(near.name));
  if (concerned.some((side) => side.length >= needed)) return undefined;
  return about({ type: 'split', sides: named, needed }, q.index.lastTrace(q.end, ['network-partitioned'])?.known);
}

/** An election is under way, or bound to come. */
function electionReasons(q: Inquiry, living: readonly Seat[]): readonly WhyReason[] {
  const electing = living.filter(isElecting);
  const terms = new Set(electing.filter((seat) => seat.status?.role === 'candidate').map((seat) => seat.status?.term));
  const split = [...terms].flatMap((term) => {
    const rivals = electing.filter((seat) => seat.status?.term === term && seat.status?.role === 'candidate');
    return term === undefined || rivals.length < 2 ? [] : [state({ type: 'split-vote', term, candidates: rivals.map(({ name }) => name) })];
  });
  const ballots = electing.flatMap((seat) => campaignBallots(q, seat));
  if (electing.length > 0) return [...split, ...ballots, ...electing.slice(0, 1).flatMap((seat) => whyCampaign(q, seat.actor, q.end))];
  const next = living
    .flatMap((seat) => {
      const left = timeoutIn(q, seat);
      return left === undefined ? [] : [{ seat, left }];
    })
    .sort((a, b) => a.left - b.left)[0];
  const last = q.index.last(q.end, (known) => isRaft(known, ['became-follower']) && known.raft.reason === 'quorum-not-active');
  const stepped = last !== undefined && isRaft(last, ['became-follower']) ? whySteppedDown(q, last, last.raft) : [];
  const silent = next === undefined ? [] : whySilent(q, next.seat.actor, q.end);
  return [
    ...(next === undefined ? [] : [state({ type: 'next-timeout', member: next.seat.name, micros: next.left })]),
    ...silent,
    ...(silent.length === 0 ? stepped : []),
  ];
}

/** µs until a member's election timer fires; undefined for a leader. */
function timeoutIn(q: Inquiry, seat: Seat): number | undefined {
  const { status, life } = seat;
  if (status === undefined || life !== 'up' || status.role === 'leader' || status.learner) return undefined;
  const ticks = Math.max(0, status.electionTimeout - status.electionElapsed - 1);
  const fires = worldTime(seat, status.nextTickAt + ticksToMicros(q, ticks));
  return Math.max(0, fires - q.now);
}

function campaignBallots(q: Inquiry, seat: Seat): readonly WhyReason[] {
  const pre = seat.status?.role === 'pre-candidate';
  const began = q.index.lastRaft(q.end, seat.actor, pre ? ['became-pre-candidate'] : ['became-candidate']);
  return began === undefined ? [] : ballotsOf(q, seat, began.known.place, pre);
}

type MemberState = Extract<WhyQuestion, { readonly type: 'member' }>['state'];

function stateOf(q: Inquiry, seat: Seat): MemberState {
  if (seat.life !== 'up') return seat.life;
  const role: MemberRole = seat.status?.role ?? 'follower';
  if (role === 'leader') return hasLost(q, seat) ? 'stale-leader' : 'leader';
  if (role !== 'follower') return role;
  if ((seat.status?.lead ?? NO_NODE) === NO_NODE) return 'leaderless';
  return 'follower';
}

/** Why a member is what it is. */
export async function whyMember(q: Inquiry, name: string): Promise<Answer | undefined> {
  const seat = seatNamed(q, name);
  if (seat === undefined) return undefined;
  const lead = seat.status === undefined || seat.status.lead === NO_NODE ? undefined : q.cast.nodeName(seat.status.lead);
  const behind = seat.life === 'up' && seat.status?.role === 'follower' ? await whyBehind(q, seat) : [];
  const own = stateOf(q, seat);
  const what = own === 'follower' && behind.length > 0 ? 'behind' : own;
  const question: WhyQuestion = { type: 'member', member: name, state: what, term: seat.status?.term ?? 0, lead };
  const { reasons, root } = await memberReasons(q, seat, what, behind);
  return { question, reasons: [...(await notServing(q, seat)), ...reasons], root };
}

async function memberReasons(q: Inquiry, seat: Seat, what: MemberState, behind: readonly WhyReason[]): Promise<Omit<Answer, 'question'>> {
  switch (what) {
    case 'dead':
    case 'crashed':
    case 'frozen': {
      const { known } = lifeBefore(q, seat.actor, q.end);
      const crash = seat.crash === undefined ? [] : [about({ type: 'crash', member: seat.name, reason: seat.crash }, known)];
      const helps = what === 'frozen' ? [] : [state({ type: 'restart-helps', member: seat.name })];
      return { reasons: [...(crash.length > 0 ? crash : happened(q, known)), ...helps], root: known };
    }
    case 'leader':
    case 'stale-leader': {
      const won = q.index.lastRaft(q.end, seat.actor, ['became-leader']);
      const raft = what === 'stale-leader' ? await askRaft(q, seat) : undefined;
      return {
        reasons: [...(raft === undefined ? [] : whyStale(q, seat, raft)), ...(won === undefined ? [] : whyLeads(q, won.known))],
        root: won?.known,
      };
    }
    case 'candidate':
    case 'pre-candidate': {
      const began = q.index.lastRaft(q.end, seat.actor, [what === 'candidate' ? 'became-candidate' : 'became-pre-candidate']);
      return { reasons: [...campaignBallots(q, seat), ...whyCampaign(q, seat.actor, q.end)], root: began?.known };
    }
    case 'leaderless':
      return { reasons: whyNoLeader(q, seat), root: undefined };
    case 'behind':
    case 'follower': {
      const found = q.index.lastRaft(q.end, seat.actor, ['leader-found']);
      const follows =
        found === undefined
          ? []
          : [
              about(
                { type: 'follows', member: seat.name, leader: q.cast.nodeName(found.event.leader), term: found.event.term } as const,
                found.known,
              ),
            ];
      const led = q.index.lastRaft(q.end, seat.actor, ['became-leader']);
      const fell =
        led === undefined
          ? undefined
          : q.index.lastRaft(q.end, seat.actor, ['became-follower'], (_event, known) => known.place > led.known.place);
      const after = fell === undefined ? [] : [...happened(q, fell.known), ...whySteppedDown(q, fell.known, fell.event)];
      const won =
        found === undefined
          ? undefined
          : q.index.last(q.end, (known) => isRaft(known, ['became-leader']) && known.raft.term === found.event.term);
      return { reasons: [...behind, ...follows, ...after, ...happened(q, won)], root: found?.known };
    }
  }
}

/** Why one way between two members carries or does not. */
export function whyLink(q: Inquiry, from: string, to: string): Answer | undefined {
  const [a, b] = [seatNamed(q, from), seatNamed(q, to)];
  if (a === undefined || b === undefined) return undefined;
  const cut = cutBefore(q, a.actor, b.actor, q.end);
  const link = q.run.world.core.links.get(a.actor, b.actor);
  const changed = q.index.lastTrace(q.end, ['link-changed'], (event) => event.from === a.actor && event.to === b.actor);
  const isChanged = link.latency !== undefined || link.loss > 0 || link.duplicate > 0 || link.reorder > 0;
  const blocked = q.run.world.core.links.isBlocked(link);
  const question: WhyQuestion = { type: 'link', from, to, state: blocked ? 'cut' : isChanged ? 'changed' : 'whole' };
  const reasons = [
    ...(blocked ? [about({ type: 'blocked', from, to } as const, cut.known), ...happened(q, cut.known)] : []),
    ...(isChanged && changed !== undefined
      ? [about({ type: 'link-setting', from, to, setting: changed.event.setting } as const, changed.known), ...happened(q, changed.known)]
      : []),
    ...[a, b].filter((seat) => seat.life !== 'up').flatMap((seat) => happened(q, lifeBefore(q, seat.actor, q.end).known)),
  ];
  return { question, reasons, root: cut.known ?? changed?.known };
}
