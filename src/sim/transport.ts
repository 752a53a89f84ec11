/**
 * Sending: what leaves an actor gets its time of arrival, or its place of loss, here. Raft messages of a cut or lossy link are gone, as etcd's
 * peers drop what they cannot send. Calls of clients are TCP streams: a cut link holds their segments until it is mended, loss delays them.
 */

import type { OutMessage, Reply, SaveRequest } from '#etcd/contract.ts';
import { millis, type EventId, type NodeId } from '#kernel/brand.ts';
import type { AgendaItem, CallItem, Flight, Loss } from '#sim/agenda.ts';
import { HELD_MAX, drawLatency, isClient, sendMicros, toGrid, type Link } from '#sim/links.ts';
import type { Seat } from '#sim/member-seat.ts';
import { isRunning, nowOf, routeTo, seatOf, type WorldCore } from '#sim/world-core.ts';

const CUT_AT = 0.5;
/** A lost TCP segment is sent again after this long (Linux's least retransmission timeout). */
const RETRANSMIT_MICROS = millis(200);
/** How long a sender of a snapshot into a void waits before it gives up. */
const SNAPSHOT_TIMEOUT_MICROS = millis(5000);

const isPeerDead = (seat: Seat): boolean => seat.life === 'dead' || seat.life === 'crashed';

/** One way of a link, drawn. */
function latencyOf(core: WorldCore, link: Link): number {
  const range = link.latency ?? (isClient(link.from) || isClient(link.to) ? core.options.clientLatency : core.options.peerLatency);
  return Math.max(1, drawLatency(range, link.random));
}

/** When something sent now arrives, at the earliest 1 µs later and on the grid. */
const arrivalAfter = (core: WorldCore, micros: number): number => toGrid(core.now + micros);

/** A Raft message leaves a member. */
export function sendPeerMessage(core: WorldCore, from: Seat, out: OutMessage): void {
  const to = core.seatById.get(out.to) ?? listenerFor(core, from, out.to);
  if (to === undefined) {
    core.events.emit('message-lost', nowOf(core), out.event, { from: from.actor, to: 0, sent: out.event, reason: 'dead' });
    return;
  }
  const link = core.links.get(from.actor, to.actor);
  const first = schedulePeer(core, link, to, out);
  // Raft bears doubled messages, but etcd relies on its streams for forwarded proposals: one that came twice would be applied twice.
  const mayDouble = link.duplicate > 0 && out.kind !== 'MsgProp';
  if (mayDouble && link.random.nextFloat() < link.duplicate && first === undefined) {
    core.events.emit('message-duplicated', nowOf(core), out.event, { from: from.actor, to: to.actor, sent: out.event });
    schedulePeer(core, link, to, out);
  }
}

/** Who listens at the addresses that a member knows of another: it may be somebody else, of another cluster. */
function listenerFor(core: WorldCore, from: Seat, id: NodeId): Seat | undefined {
  const hex = id.toString(16);
  const [url] = from.cluster?.members.find((member) => member.id === hex)?.peerUrls ?? [];
  const seat = url === undefined ? undefined : core.seats[routeTo(core, url) - 1];
  return seat !== from && seat !== undefined && isRunning(seat) ? seat : undefined;
}

function schedulePeer(core: WorldCore, link: Link, to: Seat, out: OutMessage): Loss | undefined {
  const snapshot = out.kind === 'MsgSnap';
  let arrivesAt = arrivalAfter(core, latencyOf(core, link) + sendMicros(link, core.now, out.message.length, snapshot));
  if (link.reorder > 0 && link.random.nextFloat() < link.reorder) {
    arrivesAt = toGrid(arrivesAt + 2 * latencyOf(core, link)); // leaves the stream: later messages may overtake it
  } else if (snapshot) {
    arrivesAt = link.lastSnapshotArrival = Math.max(arrivesAt, link.lastSnapshotArrival);
  } else {
    arrivesAt = link.lastArrival = Math.max(arrivesAt, link.lastArrival);
  }
  const lost = lossOf(core, link, to);
  const flight: Flight = { from: link.from, to: link.to, kind: out.kind, sent: out.event, sentAt: core.now, arrivesAt, lost };
  core.agenda.add(lost === undefined ? arrivesAt : lossTime(flight, lost), { type: 'peer', flight, message: out.message });
  return lost;
}

function lossOf(core: WorldCore, link: Link, to: Seat): Loss | undefined {
  if (link.loss > 0 && link.random.nextFloat() < link.loss) return { at: 0.3 + 0.4 * link.random.nextFloat(), reason: 'loss' };
  if (core.links.isBlocked(link)) return { at: CUT_AT, reason: 'cut' };
  return isPeerDead(to) ? { at: 1, reason: 'dead' } : undefined;
}

const lossTime = (flight: Flight, lost: Loss): number =>
  Math.max(flight.sentAt, Math.round(flight.sentAt + (flight.arrivesAt - flight.sentAt) * lost.at));

/** A message did not get there: the trace, and what the sender notices. */
export function reportLoss(core: WorldCore, flight: Flight, reason: Loss['reason']): void {
  const cause = core.events.emit('message-lost', nowOf(core), flight.sent, { from: flight.from, to: flight.to, sent: flight.sent, reason });
  if (isClient(flight.from) || isClient(flight.to)) return;
  const peer = seatOf(core, flight.to).status?.id;
  if (peer === undefined) return;
  const refused = reason === 'dead' || reason === 'dropped';
  const back = arrivalAfter(core, latencyOf(core, core.links.get(flight.to, flight.from)));
  if (flight.kind === 'MsgSnap')
    core.agenda.add(refused ? back : toGrid(core.now + SNAPSHOT_TIMEOUT_MICROS), {
      type: 'snapshot-sent',
      member: flight.from,
      peer,
      ok: false,
      cause,
    });
  else if (refused) core.agenda.add(back, { type: 'unreachable', member: flight.from, peer, cause });
}

/** A snapshot got there: its sender hears of it one latency later. */
export function confirmSnapshot(core: WorldCore, flight: Flight, cause: EventId): void {
  const peer = seatOf(core, flight.to).status?.id;
  if (peer === undefined) return;
  const back = arrivalAfter(core, latencyOf(core, core.links.get(flight.to, flight.from)));
  core.agenda.add(back, { type: 'snapshot-sent', member: flight.from, peer, ok: true, cause });
}

const KIND_OF_ITEM = {
  call: 'open',
  http: 'open',
  'call-message': 'message',
  'call-read': 'window',
  'call-half-close': 'half-close',
  'call-cancel': 'cancel',
} as const;
const KIND_OF_REPLY = { message: 'reply', end: 'end', 'http-head': 'reply', 'http-body': 'reply' } as const;

/** A piece of a call leaves a client. */
export function sendCallItem(core: WorldCore, client: number, member: number, item: CallItem, sent: EventId): void {
  sendSegment(core, core.links.get(client, member), KIND_OF_ITEM[item.type], bytesOf(item), sent, (flight) => ({
    type: 'call',
    flight,
    item,
  }));
}

/** A piece of an answer leaves a member. */
export function sendReply(core: WorldCore, from: Seat, reply: Reply): void {
  if (!core.clients.has(reply.id.client)) return;
  sendSegment(core, core.links.get(from.actor, reply.id.client), KIND_OF_REPLY[reply.type], bytesOf(reply), reply.event, (flight) => ({
    type: 'reply',
    flight,
    reply,
  }));
}

/** Bytes of a call or an answer without what carries it. */
const bytesOf = (item: CallItem | Reply): number => ('body' in item ? item.body.length : 0);

function sendSegment(core: WorldCore, link: Link, kind: string, bytes: number, sent: EventId, item: (flight: Flight) => AgendaItem): void {
  let latency = latencyOf(core, link) + sendMicros(link, core.now, bytes, false);
  if (link.loss > 0 && link.random.nextFloat() < link.loss) latency += RETRANSMIT_MICROS;
  const arrivesAt = (link.lastArrival = Math.max(arrivalAfter(core, latency), link.lastArrival));
  const flight: Flight = { from: link.from, to: link.to, kind, sent, sentAt: core.now, arrivesAt, lost: undefined };
  if (core.links.isBlocked(link)) hold(core, link, item(flight), flight);
  else core.agenda.add(arrivesAt, item(flight));
}

/**
 * Keeps a segment until its link is mended. A full link lets go what belongs to calls that are over, then requests that come new; answers stay,
 * bounded by the calls and by the windows of streams: a stream with a gap in it would be a lie.
 * @returns whether it is kept
 */
function keep(core: WorldCore, link: Link, item: AgendaItem): boolean {
  if (link.held.length >= HELD_MAX && link.held.length % HELD_MAX === 0) link.held = link.held.filter((held) => !isOver(core, held));
  const isRequest = item.type === 'call' && item.item.type !== 'call-read' && item.item.type !== 'call-cancel';
  if (isRequest && link.held.length >= HELD_MAX) return false;
  link.held.push(item);
  return true;
}

/** An answer to a call that its client has given up. */
const isOver = (core: WorldCore, item: AgendaItem): boolean =>
  item.type === 'reply' && core.clients.get(item.reply.id.client)?.calls.has(item.reply.id.call) !== true;

/** Keeps a segment for when the link is mended, and lets it be seen to go down. */
function hold(core: WorldCore, link: Link, item: AgendaItem, flight: Flight): void {
  const fits = keep(core, link, item);
  const lost: Loss = { at: CUT_AT, reason: fits ? 'cut' : 'dropped' };
  core.agenda.add(Math.max(core.now, lossTime(flight, lost)), { type: 'swallowed', flight: { ...flight, lost } });
}

/** The connection of a call is gone: its client hears of it one latency later, after what is already on the way. */
export function sendBreak(
  core: WorldCore,
  member: number,
  client: number,
  call: number,
  reason: 'refused' | 'broken',
  cause: EventId,
): void {
  const link = core.links.get(member, client);
  const item: AgendaItem = { type: 'call-failed', client, call, reason, cause };
  if (core.links.isBlocked(link)) {
    keep(core, link, item);
    return;
  }
  link.lastArrival = Math.max(arrivalAfter(core, latencyOf(core, link)), link.lastArrival);
  core.agenda.add(link.lastArrival, item);
}

/** A disk operation begins: it completes after its target's latency, after the ones before it. */
export function scheduleSave(core: WorldCore, seat: Seat, save: SaveRequest): void {
  const latency = drawLatency(seat.latency[save.target], seat.random);
  const at = (seat.busyUntil[save.target] = Math.max(core.now, seat.busyUntil[save.target]) + latency);
  core.agenda.add(at, { type: 'saved', member: seat.actor, incarnation: seat.incarnation, op: save.op, cause: save.event });
}

/** After a change of links: what is on a blocked one and not past the middle goes down; what a mended one held goes on. */
export function settleLinks(core: WorldCore): void {
  core.agenda.rewrite((entry) => {
    const { item } = entry;
    if (item.type !== 'peer' && item.type !== 'call' && item.type !== 'reply') return entry;
    const { flight } = item;
    const link = core.links.get(flight.from, flight.to);
    const middle = lossTime(flight, { at: CUT_AT, reason: 'cut' });
    if (flight.lost !== undefined || !core.links.isBlocked(link) || core.now > middle) return entry;
    if (item.type !== 'peer') {
      keep(core, link, item);
      return { at: middle, item: { type: 'swallowed', flight: { ...flight, lost: { at: CUT_AT, reason: 'cut' } } } };
    }
    return { at: middle, item: { ...item, flight: { ...flight, lost: { at: CUT_AT, reason: 'cut' } } } };
  });
  for (const link of core.links.all()) {
    if (link.held.length === 0 || core.links.isBlocked(link)) continue;
    const held = link.held;
    link.held = [];
    for (const item of held) resume(core, link, item);
  }
}

function resume(core: WorldCore, link: Link, item: AgendaItem): void {
  const arrivesAt = (link.lastArrival = Math.max(arrivalAfter(core, latencyOf(core, link)), link.lastArrival));
  if (item.type === 'call') core.agenda.add(arrivesAt, { ...item, flight: { ...item.flight, sentAt: core.now, arrivesAt } });
  else if (item.type === 'reply') core.agenda.add(arrivesAt, { ...item, flight: { ...item.flight, sentAt: core.now, arrivesAt } });
  else core.agenda.add(arrivesAt, item);
}

/** A member's process is gone: what is on its way to it from its peers will find nobody. */
export function loseInbound(core: WorldCore, member: number): void {
  core.agenda.rewrite((entry) => {
    const { item } = entry;
    if (item.type !== 'peer' || item.flight.to !== member || item.flight.lost !== undefined) return entry;
    return { at: entry.at, item: { ...item, flight: { ...item.flight, lost: { at: 1, reason: 'dead' } } } };
  });
}
