/** Why entries are where they are: committed or not, refused, replaced, sent as a snapshot. From the core's reasons, the leader's bookkeeping and the messages. */

import { nodeId } from '#kernel/brand.ts';
import type { LogAnswer, RaftAnswer } from '#etcd/inspection.ts';
import type { Seat } from '#sim/member-seat.ts';
import { isRaft, isTrace, type Found, type Known, type RaftOf } from '#host/why/event-index.ts';
import {
  about,
  askRaft,
  cutBefore,
  happened,
  idName,
  journeyOf,
  leaderOf,
  lifeBefore,
  majorityOf,
  nameOf,
  seatAt,
  seatNamed,
  silenceOf,
  state,
  ticksToMicros,
  votersOf,
  type Inquiry,
} from '#host/why/inquiry.ts';
import type { MissingReason, WhyQuestion, WhyReason } from '#view/why.ts';

/** The event by which a leader committed an index with its quorum; the first that is remembered. */
export function commitOf(q: Inquiry, index: number): Found<RaftOf<'commit-advanced'>> | undefined {
  const known = q.index.last(
    q.end,
    (each) => isRaft(each, ['commit-advanced']) && each.raft.reason === 'quorum' && each.raft.previous < index && index <= each.raft.index,
  );
  return known !== undefined && isRaft(known, ['commit-advanced']) ? { known, event: known.raft } : undefined;
}

/** Why a leader could commit: who holds it, how the last of them said so, and whose term it is. @param index the entry in question */
export function whyCommitted(q: Inquiry, { known, event }: Found<RaftOf<'commit-advanced'>>, index: number): readonly WhyReason[] {
  const holders = event.acks.map((id) => idName(q, id));
  const of = seatAt(q, known.actor)?.status?.voters.length ?? holders.length;
  const held = about({ type: 'holders', index: event.index, holders, needed: majorityOf(of), of }, known);
  const acknowledged = q.index.get(known.cause);
  const own = q.index.lastRaft(known.place, known.actor, ['became-leader'])?.event.term;
  const covered =
    own !== undefined && index < event.index ? [about({ type: 'covered-by-own-term', index: event.index, term: own }, known)] : [];
  return [held, ...covered, ...happened(q, acknowledged)];
}

/** Term of an entry in a member's log; undefined if it has none there, or does not say. */
async function termAt(q: Inquiry, seat: Seat, index: number): Promise<number | undefined> {
  const answer = await q.run.ask(seat.actor, { type: 'log', from: index, to: index });
  const log = answer as unknown as LogAnswer | undefined; // the member's own type, of the same build
  const cells = log?.cells ?? q.run.details.get(seat.actor)?.cells ?? [];
  return cells.find((cell) => cell.index === index)?.term;
}

/** What keeps a voter's acknowledgement from a leader. */
function missingOf(
  q: Inquiry,
  leader: Seat,
  voter: Seat,
  index: number,
  raft: RaftAnswer,
): { readonly reason: MissingReason; readonly known: Known | undefined } {
  const { life, known } = lifeBefore(q, voter.actor, q.end);
  if (life !== 'up') return { reason: life, known };
  for (const [from, to] of [
    [leader.actor, voter.actor],
    [voter.actor, leader.actor],
  ] as const) {
    const cut = cutBefore(q, from, to, q.end);
    if (cut.cut) return { reason: 'cut', known: cut.known };
  }
  const progress = raft.progress.find(({ id }) => id === voter.status?.id);
  if (progress?.state === 'snapshot')
    return {
      reason: 'snapshot',
      known: q.index.lastRaft(q.end, leader.actor, ['snapshot-sent'], (event) => event.peer === voter.status?.id)?.known,
    };
  const ack = q.index.last(
    q.end,
    (each) =>
      each.actor === voter.actor &&
      isTrace(each, ['message-sent']) &&
      each.trace.message === 'MsgAppResp' &&
      each.trace.index >= index &&
      !each.trace.reject,
  );
  if (ack !== undefined) return journeyEnd(q, ack);
  const sent = q.index.last(
    q.end,
    (each) =>
      each.actor === leader.actor &&
      isTrace(each, ['message-sent']) &&
      each.trace.message === 'MsgApp' &&
      each.trace.to === voter.status?.id &&
      each.trace.index < index &&
      index <= each.trace.index + each.trace.entries,
  );
  if (sent === undefined) return { reason: 'behind', known: undefined };
  const journey = journeyOf(q, sent);
  if (journey?.end?.event.type !== 'message-delivered') return journeyEnd(q, sent);
  if ((voter.status?.lastIndex ?? 0) >= index && (voter.status?.saving ?? 0) > 0)
    return {
      reason: 'saving',
      known: q.index.lastTrace(q.end, ['save-submitted'], (event, each) => each.actor === voter.actor && event.sync)?.known,
    };
  return { reason: 'behind', known: journey.end.known };
}

function journeyEnd(q: Inquiry, sent: Known): { readonly reason: MissingReason; readonly known: Known } {
  const end = journeyOf(q, sent)?.end;
  if (end?.event.type === 'message-lost') return { reason: end.event.reason === 'cut' ? 'cut' : 'lossy', known: end.known };
  return { reason: 'on-the-way', known: sent };
}

/** The acknowledgements that a leader has for an index, and those that it lacks. */
function acknowledgements(
  q: Inquiry,
  leader: Seat,
  index: number,
  raft: RaftAnswer,
): { readonly reasons: readonly WhyReason[]; readonly have: number; readonly needed: number } {
  const voters = votersOf(q, leader);
  const match = (seat: Seat): number =>
    seat === leader ? raft.stable : (raft.progress.find(({ id }) => id === seat.status?.id)?.match ?? 0);
  const holders = voters.seats.filter((seat) => match(seat) >= index);
  const missing = voters.seats.filter((seat) => match(seat) < index);
  const needed = majorityOf(voters.count);
  const held = state({ type: 'holders', index, holders: holders.map(({ name }) => name), needed, of: voters.count });
  const lacks = missing.map((voter) => {
    if (voter === leader) return about({ type: 'missing-ack', index, voter: voter.name, reason: 'saving', match: match(voter) }, undefined);
    const { reason, known } = missingOf(q, leader, voter, index, raft);
    return about({ type: 'missing-ack', index, voter: voter.name, reason, match: match(voter) }, known);
  });
  return { reasons: [held, ...lacks], have: holders.length, needed };
}

/** What awaits a leader that a majority does not hear. */
export function whyStale(q: Inquiry, leader: Seat, raft: RaftAnswer): readonly WhyReason[] {
  const hears = votersOf(q, leader).seats.filter(
    (seat) => seat !== leader && silenceOf(q, seat.actor, leader.actor, q.end).reason === 'unknown',
  );
  const claims = state({ type: 'claims', member: leader.name, hears: hears.map(({ name }) => name), term: leader.status?.term ?? 0 });
  if (!leader.config.checkQuorum) return [claims];
  const left = leader.config.electionMicros - ticksToMicros(q, raft.electionElapsed);
  return [claims, state({ type: 'will-step-down', member: leader.name, micros: Math.max(0, left) })];
}

const entryQuestion = (member: string, index: number, what: Extract<WhyQuestion, { readonly type: 'entry' }>['state']): WhyQuestion => ({
  type: 'entry',
  member,
  index,
  state: what,
});

/** Why an entry is committed, or is not. */
export async function whyEntry(
  q: Inquiry,
  member: string,
  index: number,
  term: number,
): Promise<{ readonly question: WhyQuestion; readonly reasons: readonly WhyReason[]; readonly root: Known | undefined }> {
  const seat = seatNamed(q, member);
  const status = seat?.status;
  if (seat === undefined || status === undefined) return { question: { type: 'forgotten' }, reasons: [], root: undefined };
  const root = appendOf(q, seat, index);
  if (index <= status.commit)
    return { question: entryQuestion(member, index, 'committed'), reasons: committedReasons(q, seat, index), root };
  const present = seat.life === 'up' || seat.life === 'frozen' ? await termAt(q, seat, index) : term;
  if (present !== term) return { question: entryQuestion(member, index, 'gone'), reasons: goneReasons(q, seat, index), root: undefined };
  const leader = leaderOf(q);
  const leading = status.role === 'leader' && seat.life === 'up' ? seat : leader;
  if (leading === undefined) return { question: entryQuestion(member, index, 'uncommitted'), reasons: [...happened(q, root)], root };
  const theirs = leading === seat ? term : await termAt(q, leading, index);
  if (theirs !== term)
    return { question: entryQuestion(member, index, 'uncommitted'), reasons: replacedBy(leading, index, term, theirs), root };
  if ((leading.status?.commit ?? 0) >= index) {
    const commit = commitOf(q, index);
    const untold = about({ type: 'not-told', member, leader: leading.name, commit: leading.status?.commit ?? 0 }, commit?.known);
    const silence =
      seat.life === 'up'
        ? []
        : [
            about(
              { type: 'silent', member, reason: lifeBefore(q, seat.actor, q.end).life === 'frozen' ? 'frozen' : 'dead' },
              lifeBefore(q, seat.actor, q.end).known,
            ),
          ];
    return {
      question: entryQuestion(member, index, 'not-known-committed'),
      reasons: [untold, ...silence, ...(commit === undefined ? [] : whyCommitted(q, commit, index))],
      root,
    };
  }
  const raft = await askRaft(q, leading);
  if (raft === undefined) return { question: entryQuestion(member, index, 'uncommitted'), reasons: [], root };
  const acks = acknowledgements(q, leading, index, raft);
  const rule =
    acks.have >= acks.needed && term < (leading.status?.term ?? 0)
      ? [state({ type: 'own-term-rule', index, entryTerm: term, leaderTerm: leading.status?.term ?? 0 })]
      : [];
  const stale = acks.have < acks.needed && hasLost(q, leading) ? whyStale(q, leading, raft) : [];
  const rival = leader !== undefined && leader !== leading ? replacedBy(leader, index, term, await termAt(q, leader, index)) : [];
  return { question: entryQuestion(member, index, 'uncommitted'), reasons: [...acks.reasons, ...rule, ...stale, ...rival], root };
}

/** Whether a majority of a leader's voters cannot be heard by it. */
export function hasLost(q: Inquiry, leader: Seat): boolean {
  const voters = votersOf(q, leader);
  const heard = voters.seats.filter((seat) => seat === leader || silenceOf(q, seat.actor, leader.actor, q.end).reason === 'unknown').length;
  return heard < majorityOf(voters.count);
}

function replacedBy(leader: Seat, index: number, ownTerm: number, theirTerm: number | undefined): readonly WhyReason[] {
  const other = state({ type: 'other-leader', leader: leader.name, term: leader.status?.term ?? 0, index });
  if (theirTerm === ownTerm) return [other];
  return [other, state({ type: 'will-be-replaced', leader: leader.name, index, ownTerm, theirTerm })];
}

function committedReasons(q: Inquiry, seat: Seat, index: number): readonly WhyReason[] {
  const commit = commitOf(q, index);
  const reasons = commit === undefined ? [] : whyCommitted(q, commit, index);
  const told = q.index.lastRaft(
    q.end,
    seat.actor,
    ['commit-advanced'],
    (event) => event.reason === 'told-by-leader' && event.previous < index && index <= event.index,
  );
  const leader = commit === undefined ? undefined : nameOf(q, commit.known.actor);
  const hearsay =
    told === undefined || leader === undefined
      ? []
      : [about({ type: 'told-commit', member: seat.name, leader, index: told.event.index }, told.known)];
  const applied = seat.status?.applied ?? 0;
  const waits = applied < index ? [state({ type: 'not-applied', member: seat.name, index, applied })] : [];
  return [...reasons, ...hearsay, ...waits];
}

function goneReasons(q: Inquiry, seat: Seat, index: number): readonly WhyReason[] {
  const conflict = q.index.lastRaft(q.end, seat.actor, ['conflict-found'], (event) => event.index <= index);
  return conflict === undefined ? [] : [...whyConflict(q, conflict.known, conflict.event), ...happened(q, conflict.known)];
}

/** Why a member removed entries of its own. */
export function whyConflict(q: Inquiry, known: Known, event: RaftOf<'conflict-found'>): readonly WhyReason[] {
  const reasons: WhyReason[] = [
    about(
      { type: 'conflict', member: nameOf(q, known.actor), index: event.index, ownTerm: event.existingTerm, newTerm: event.conflictingTerm },
      known,
    ),
  ];
  const won = q.index.last(known.place, (each) => isRaft(each, ['became-leader']) && each.raft.term === event.conflictingTerm);
  return [...reasons, about({ type: 'never-committed', index: event.index }, undefined), ...happened(q, won)];
}

/** Where an entry entered a member's log. */
export function appendOf(q: Inquiry, seat: Seat, index: number): Known | undefined {
  return q.index.lastRaft(q.end, seat.actor, ['entries-appended'], (event) => event.first <= index && index <= event.last)?.known;
}

/** Why a follower refused an append, told at either end. */
export function whyAppendRefused(q: Inquiry, known: Known): readonly WhyReason[] {
  const refusal = isRaft(known, ['append-rejection-received']) ? refusalBehind(q, known) : known;
  if (refusal === undefined || !isRaft(refusal, ['append-rejected'])) return [];
  const { peer, index, logTerm, ownTerm, hint } = refusal.raft;
  const follower = nameOf(q, refusal.actor);
  const leader = idName(q, peer);
  return [
    about({ type: 'log-mismatch', follower, leader, index, leaderTerm: logTerm, ownTerm }, refusal),
    about({ type: 'backs-up', leader, follower, to: hint }, known === refusal ? undefined : known),
  ];
}

/** The refusal at the follower whose answer the leader received. */
function refusalBehind(q: Inquiry, received: Known): Known | undefined {
  const delivered = q.index.get(received.cause);
  if (delivered === undefined || !isTrace(delivered, ['message-delivered'])) return undefined;
  return q.index.lastRaft(delivered.place, delivered.trace.from, ['append-rejected'])?.known;
}

/** Why a leader sends a snapshot instead of entries. */
export function whySnapshot(q: Inquiry, known: Known, event: RaftOf<'snapshot-sent'>): readonly WhyReason[] {
  const compacted = q.index.lastTrace(known.place, ['log-compacted'], (_event, each) => each.actor === known.actor);
  return [
    about({ type: 'needs-snapshot', member: idName(q, nodeId(event.peer)), next: event.progress.next, first: event.firstIndex }, known),
    ...happened(q, compacted?.known),
  ];
}

/** Why a member is behind its leader. */
export async function whyBehind(q: Inquiry, seat: Seat): Promise<readonly WhyReason[]> {
  const leader = leaderOf(q);
  if (leader === undefined || leader === seat) return [];
  const raft = await askRaft(q, leader);
  const progress = raft?.progress.find(({ id }) => id === seat.status?.id);
  const last = leader.status?.lastIndex ?? 0;
  if (raft === undefined || progress === undefined || progress.match >= last) return [];
  const kind = progress.state === 'replicate' || progress.state === 'snapshot' ? progress.state : 'probe';
  const { reason, known } = missingOf(q, leader, seat, progress.match + 1, raft);
  const behind = state({ type: 'behind', member: seat.name, by: last - progress.match, match: progress.match, last, state: kind });
  const lacks = about({ type: 'missing-ack', index: progress.match + 1, voter: seat.name, reason, match: progress.match }, known);
  const sent =
    kind === 'snapshot' ? q.index.lastRaft(q.end, leader.actor, ['snapshot-sent'], (event) => event.peer === seat.status?.id) : undefined;
  return [behind, lacks, ...(sent === undefined ? [] : whySnapshot(q, sent.known, sent.event))];
}
