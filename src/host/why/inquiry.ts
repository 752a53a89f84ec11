/** What every answer to "why" is looked up in: the remembered trace up to an instant, and the world as it stands then. Reads only. */

import { decodePlain } from '#kernel/plain.ts';
import { NO_NODE, nodeId, type NodeId } from '#kernel/brand.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { Cast } from '#host/cast.ts';
import type { LiveRun } from '#host/live-run.ts';
import { sentKind } from '#host/message-text.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { RaftAnswer } from '#etcd/inspection.ts';
import { isTrace, type EventIndex, type Found, type Known, type TraceOf } from '#host/why/event-index.ts';
import type { TraceWindow } from '#host/why/trace-window.ts';
import type { MemberLife, MessageView } from '#view/frame.ts';
import type { SilenceReason, WhyFact, WhyReason } from '#view/why.ts';

export interface Inquiry {
  readonly index: EventIndex;
  /** Place after the last event that counts. */
  readonly end: number;
  /** Virtual µs that are shown. */
  readonly now: number;
  readonly run: LiveRun;
  readonly cast: Cast;
}

/** @param shown the present run, or an instant of its past; @param window what is remembered of the branch */
export function inquiryOf(shown: LiveRun, window: TraceWindow): Inquiry {
  const index = window.index();
  const now = shown.playhead;
  return { index, end: index.endAt(now), now, run: shown, cast: shown.cast };
}

/** A reason that is about an event. */
export const about = (fact: WhyFact, known: Known | undefined): WhyReason => ({ fact, event: known?.id ?? 0, at: known?.at });

/** A reason that is about a state. */
export const state = (fact: WhyFact): WhyReason => ({ fact, event: 0, at: undefined });

/** The event as the feed tells it, if the feed does. */
export function happened(q: Inquiry, known: Known | undefined): readonly WhyReason[] {
  const item = known === undefined ? undefined : q.index.itemOf(known.id);
  return item === undefined ? [] : [about({ type: 'happened', item }, known)];
}

export const seats = (q: Inquiry): readonly Seat[] => q.run.world.core.seats;
export const seatNamed = (q: Inquiry, name: string): Seat | undefined => seats(q).find((seat) => seat.name === name);
export const seatAt = (q: Inquiry, actor: number): Seat | undefined => seats(q)[actor - 1];
export const seatOfId = (q: Inquiry, id: NodeId): Seat | undefined => q.run.world.core.seatById.get(id);
export const nameOf = (q: Inquiry, actor: number): string => q.cast.actorName(actor);
export const idName = (q: Inquiry, id: bigint): string => q.cast.nodeName(nodeId(id));
export const ticksToMicros = (q: Inquiry, ticks: number): number => ticks * q.cast.heartbeatMicros;

export const majorityOf = (voters: number): number => Math.floor(voters / 2) + 1;

/** The voters by a member's configuration, as seats; those without a seat are left out of `seats` and counted in `count`. */
export function votersOf(q: Inquiry, seat: Seat): { readonly seats: readonly Seat[]; readonly count: number } {
  const ids = seat.status?.voters ?? [];
  return { seats: ids.flatMap((id) => seatOfId(q, id) ?? []), count: ids.length };
}

/** The running member that leads in the highest term. */
export function leaderOf(q: Inquiry): Seat | undefined {
  return seats(q)
    .filter((seat) => seat.life === 'up' && seat.status?.role === 'leader')
    .sort((a, b) => (b.status?.term ?? 0) - (a.status?.term ?? 0))[0];
}

/** What a member says of its core; undefined if it does not run. */
export async function askRaft(q: Inquiry, seat: Seat): Promise<RaftAnswer | undefined> {
  const answer = await q.run.ask(seat.actor, { type: 'raft' });
  return answer === undefined ? undefined : (answer as unknown as RaftAnswer); // the member's own type, of the same build
}

/** Why a member that is up does not serve its clients yet; nothing for one that does. etcd publishes a member's name and URLs through the log first. */
export async function notServing(q: Inquiry, seat: Seat): Promise<readonly WhyReason[]> {
  if (seat.life !== 'up') return [];
  const raft = await askRaft(q, seat);
  if (raft === undefined || raft.serving) return [];
  const started = lifeBefore(q, seat.actor, q.end).known;
  const waitsFor = raft.lead === NO_NODE ? 'leader' : 'publishing';
  return [about({ type: 'not-serving', member: seat.name, waitsFor, held: raft.held }, started)];
}

const LIFE = {
  'member-started': 'up',
  'member-thawed': 'up',
  'member-killed': 'dead',
  'member-stopped': 'dead',
  'member-crashed': 'crashed',
  'member-frozen': 'frozen',
} as const satisfies Record<string, MemberLife>;
type LifeEvent = keyof typeof LIFE;
const LIFE_EVENTS: readonly LifeEvent[] = [
  'member-started',
  'member-thawed',
  'member-killed',
  'member-stopped',
  'member-crashed',
  'member-frozen',
];

/** Whether a member ran at a place of the trace, and the event that made it so. */
export function lifeBefore(q: Inquiry, actor: number, place: number): { readonly life: MemberLife; readonly known: Known | undefined } {
  const found = q.index.lastTrace(place, LIFE_EVENTS, (event) => event.member === actor);
  if (found !== undefined) return { life: LIFE[found.event.type], known: found.known };
  return { life: seatAt(q, actor)?.life ?? 'up', known: undefined };
}

const sidesOf = (text: string): readonly (readonly string[])[] => (text === '' ? [] : text.split(' / ').map((side) => side.split(',')));

/** Whether one way was cut at a place of the trace, and the event that cut it. */
export function cutBefore(
  q: Inquiry,
  from: number,
  to: number,
  place: number,
): { readonly cut: boolean; readonly known: Known | undefined } {
  const healed = q.index.lastTrace(place, ['network-healed'])?.known.place ?? -1;
  const parted = q.index.lastTrace(place, ['network-partitioned']);
  if (parted !== undefined && parted.known.place > healed) {
    const sides = sidesOf(parted.event.sides);
    const side = (actor: number): number => sides.findIndex((names) => names.includes(nameOf(q, actor)));
    if (side(from) !== -1 && side(to) !== -1 && side(from) !== side(to)) return { cut: true, known: parted.known };
  }
  const changed = q.index.lastTrace(
    place,
    ['link-changed'],
    (event) => event.from === from && event.to === to && /\bcut=/.test(event.setting),
  );
  if (changed !== undefined && changed.known.place > healed)
    return { cut: changed.event.setting.includes('cut=true'), known: changed.known };
  if (parted !== undefined || changed !== undefined || healed >= 0) return { cut: false, known: undefined };
  // Nothing is remembered: what holds now was so then.
  const { links } = q.run.world.core;
  return { cut: links.isBlocked(links.get(from, to)), known: undefined };
}

/** What became of something that one actor sent another. */
export interface Journey {
  readonly sent: Known;
  readonly kind: MessageView['kind'];
  readonly from: number;
  readonly to: number;
  readonly end: Found<TraceOf<'message-delivered'>> | Found<TraceOf<'message-lost'>> | undefined;
}

/** The journey of a message between members; undefined for any other event. */
export function journeyOf(q: Inquiry, sent: Known): Journey | undefined {
  if (!isTrace(sent, ['message-sent'])) return undefined;
  const kind = sentKind(sent.trace);
  const to = seatOfId(q, nodeId(sent.trace.to))?.actor;
  if (kind === undefined || to === undefined) return undefined;
  let end: Journey['end'];
  for (const known of q.index.effectsOf(sent.id)) {
    if (known.place >= q.end || end !== undefined) continue;
    if (isTrace(known, ['message-delivered'])) end = { known, event: known.trace };
    else if (isTrace(known, ['message-lost'])) end = { known, event: known.trace };
  }
  return { sent, kind, from: sent.actor, to, end };
}

const lossOf = (text: string): 'cut' | 'loss' | 'dead' | 'dropped' =>
  text === 'cut' || text === 'loss' || text === 'dead' ? text : 'dropped';

/** The journey as a reason. */
export function journeyFact(q: Inquiry, { sent, kind, from, to, end }: Journey): WhyFact {
  const names = { kind, from: nameOf(q, from), to: nameOf(q, to) };
  if (end === undefined) return { type: 'message', ...names, state: 'travels', micros: undefined, loss: undefined };
  const micros = end.known.at - sent.at;
  if (end.event.type === 'message-delivered') return { type: 'message', ...names, state: 'arrived', micros, loss: undefined };
  return { type: 'message', ...names, state: 'lost', micros, loss: lossOf(end.event.reason) };
}

/** Why nothing of `speaker` reached `listener` lately. */
export function silenceOf(
  q: Inquiry,
  speaker: number,
  listener: number,
  place: number,
): { readonly reason: SilenceReason; readonly known: Known | undefined } {
  const { life, known } = lifeBefore(q, speaker, place);
  if (life !== 'up') return { reason: life, known };
  const cut = cutBefore(q, speaker, listener, place);
  if (cut.cut) return { reason: 'cut', known: cut.known };
  const lost = q.index.lastTrace(place, ['message-lost', 'message-delivered'], (event) => event.from === speaker && event.to === listener);
  if (lost?.event.type === 'message-lost') return { reason: lost.event.reason === 'cut' ? 'cut' : 'lossy', known: lost.known };
  return { reason: 'unknown', known: undefined };
}

/** The command of the visitor that an event comes from, if it is one. */
export function commandOf(known: Known): WorldCommand | undefined {
  if (!isTrace(known, ['command'])) return undefined;
  return decodePlain(known.trace.command) as unknown as WorldCommand; // written by the world
}
