/**
 * The run so far as flights and spans, for the space-time diagram. It hears the events that the feed decodes; of a run under heavy load the feed decodes
 * only what changes the picture, and flights are missing then. Bounded: the oldest goes first.
 */

import { eventActor, eventIdFromNumber, nodeId, type EventId } from '#kernel/brand.ts';
import type { Cast } from '#host/cast.ts';
import { sentKind } from '#host/message-text.ts';
import type { RaftEvent } from '#raft/event.ts';
import { FIRST_CLIENT } from '#sim/links.ts';
import type { TraceEvent } from '#trace/event.ts';
import type { MemberLife, MemberRole, MessageView } from '#view/frame.ts';
import type { AppliedRecord, FlightRecord, History, HistoryQuery, LifeRecord, RoleRecord, SaveRecord } from '#view/history.ts';

/** Flights kept, of heartbeats and of everything else. */
const HEARTBEATS_MAX = 2_000;
const FLIGHTS_MAX = 6_000;
const SPANS_MAX = 3_000;
/** Flights in one answer; the newest. */
const ANSWER_MAX = 1_500;
/** Sources of client messages that are remembered until those arrive. */
const SENT_MAX = 10_000;

/** A save as it is remembered, with what its end is known by. */
interface OpenSave extends SaveRecord {
  readonly actor: number;
  readonly op: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const isHeartbeat = (kind: MessageView['kind']): boolean => kind === 'heartbeat' || kind === 'heartbeat-ack';

/** Drops the oldest tenth of a list that is too long. */
function bound<T>(list: T[], limit: number): void {
  if (list.length > limit) list.splice(0, Math.ceil(limit / 10));
}

/** Mutable; owned by a run. */
export class HistoryBuilder {
  readonly #cast: Cast;
  readonly #heartbeats: Mutable<FlightRecord>[] = [];
  readonly #flights: Mutable<FlightRecord>[] = [];
  readonly #open = new Map<EventId, Mutable<FlightRecord>>();
  readonly #roles: RoleRecord[] = [];
  readonly #lives: LifeRecord[] = [];
  readonly #saves: Mutable<OpenSave>[] = [];
  readonly #saving = new Map<string, Mutable<OpenSave>>();
  readonly #applied: AppliedRecord[] = [];
  /** When what crosses between clients and members was sent, by event. */
  readonly #sent = new Map<EventId, number>();
  readonly #clients = new Set<string>();
  readonly #terms = new Map<number, number>();
  #since: number | undefined;

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  /** Takes an event of the trace. @param label what it is about */
  add(event: TraceEvent, label: string): void {
    this.#since ??= event.at;
    switch (event.type) {
      case 'message-sent':
        return this.#send(event, label);
      case 'message-delivered':
        return this.#end(event.sent, event.at, false);
      case 'message-lost':
        return this.#end(event.sent, event.at, true);
      case 'call-opened':
      case 'call-sent':
      case 'request-answered':
      case 'watch-delivered':
        return this.#note(event.id, event.at);
      case 'call-delivered':
        return this.#call(event, label);
      case 'save-submitted':
        // Only what is flushed takes time.
        return event.sync ? this.#save(event.id, event.op, event.at) : undefined;
      case 'save-completed':
        return this.#saved(event.id, event.op, event.at);
      case 'applied':
        this.#applied.push({ lane: this.#laneOf(event.id), at: event.at, index: event.index });
        return bound(this.#applied, SPANS_MAX);
      case 'member-started':
        return this.#live(event.member, event.at, 'up');
      case 'member-killed':
      case 'crash-point-reached':
        return this.#live(event.member, event.at, 'dead');
      case 'member-crashed':
      case 'member-stopped':
        return this.#live(event.member, event.at, 'crashed');
      case 'member-frozen':
        return this.#live(event.member, event.at, 'frozen');
      case 'member-thawed':
        return this.#live(event.member, event.at, 'up');
      default:
    }
  }

  /** Takes an event of the Raft core. */
  addRaft(id: EventId, at: number, event: RaftEvent): void {
    const role = roleOf(event);
    if (role === undefined) return;
    const actor = eventActor(id);
    const term = 'term' in event && typeof event.term === 'number' ? event.term : (this.#terms.get(actor) ?? 0);
    this.#terms.set(actor, term);
    this.#roles.push({ lane: this.#laneOf(id), at, role, term });
    bound(this.#roles, SPANS_MAX);
  }

  /** What is known of a stretch of time: flights that touch it, and the roles and lives that hold at its beginning. */
  history({ from, to, heartbeats }: HistoryQuery): History {
    const touches = (flight: FlightRecord): boolean => flight.sentAt <= to && (flight.endedAt ?? to) >= from;
    const flights = [...this.#flights, ...(heartbeats ? this.#heartbeats : [])].filter(touches).sort((a, b) => a.sentAt - b.sentAt);
    return {
      since: this.#since ?? 0,
      members: Array.from({ length: this.#cast.members }, (_, i) => this.#cast.actorName(i + 1)),
      clients: [...this.#clients],
      flights: flights.slice(-ANSWER_MAX),
      roles: this.#roles.filter((record) => record.at <= to),
      lives: this.#lives.filter((record) => record.at <= to),
      saves: this.#saves
        .filter((save) => save.from <= to && (save.to ?? to) >= from)
        .map(({ lane, from: began, to: ended }) => ({ lane, from: began, to: ended })),
      applied: this.#applied.filter((record) => record.at >= from && record.at <= to),
    };
  }

  /**
   * Takes over what another builder knows up to `at` (virtual µs), the instant from which this one hears events. What was on its way then has not ended yet:
   * it may end otherwise.
   */
  adopt(earlier: HistoryBuilder, at: number): void {
    this.#since = earlier.#since;
    const flights = (from: readonly FlightRecord[]): Mutable<FlightRecord>[] =>
      from
        .filter(({ sentAt }) => sentAt <= at)
        .map((flight) => ((flight.endedAt ?? Infinity) <= at ? flight : { ...flight, endedAt: undefined, lost: false }));
    this.#flights.unshift(...flights(earlier.#flights));
    this.#heartbeats.unshift(...flights(earlier.#heartbeats));
    for (const flight of [...this.#flights, ...this.#heartbeats])
      if (flight.endedAt === undefined) this.#open.set(eventIdFromNumber(flight.id), flight);
    this.#roles.unshift(...earlier.#roles.filter((record) => record.at <= at));
    this.#lives.unshift(...earlier.#lives.filter((record) => record.at <= at));
    this.#applied.unshift(...earlier.#applied.filter((record) => record.at <= at));
    for (const save of earlier.#saves) {
      if (save.from > at) continue;
      const own = (save.to ?? Infinity) <= at ? save : { ...save, to: undefined };
      this.#saves.push(own);
      if (own.to === undefined) this.#saving.set(`${own.actor}/${own.op}`, own);
    }
    for (const [event, sent] of earlier.#sent) if (sent <= at) this.#sent.set(event, sent);
    for (const client of earlier.#clients) this.#clients.add(client);
  }

  #laneOf(id: EventId): string {
    return this.#cast.actorName(eventActor(id));
  }

  #note(id: EventId, at: number): void {
    if (this.#sent.size > SENT_MAX) this.#sent.clear();
    this.#sent.set(id, at);
  }

  #send(event: Extract<TraceEvent, { readonly type: 'message-sent' }>, label: string): void {
    const kind = sentKind(event);
    if (kind === undefined) return;
    const flight: Mutable<FlightRecord> = {
      id: event.id,
      kind,
      from: this.#laneOf(event.id),
      to: this.#cast.nodeName(nodeId(event.to)),
      sentAt: event.at,
      endedAt: undefined,
      lost: false,
      term: event.term,
      entries: event.entries,
      label,
    };
    const list = isHeartbeat(kind) ? this.#heartbeats : this.#flights;
    list.push(flight);
    bound(list, isHeartbeat(kind) ? HEARTBEATS_MAX : FLIGHTS_MAX);
    if (this.#open.size > SENT_MAX) this.#open.clear();
    this.#open.set(event.id, flight);
  }

  #end(sent: number, at: number, lost: boolean): void {
    const flight = this.#open.get(eventIdFromNumber(sent));
    if (flight === undefined) return;
    flight.endedAt = at;
    flight.lost = lost;
    this.#open.delete(eventIdFromNumber(sent));
  }

  #call(event: Extract<TraceEvent, { readonly type: 'call-delivered' }>, label: string): void {
    if (event.what === 'end' || event.what === 'half-close' || event.what === 'cancel' || event.what === 'window') return;
    const client = this.#cast.actorName(event.client);
    const member = this.#cast.actorName(event.member);
    if (event.client < FIRST_CLIENT) return;
    this.#clients.add(client);
    const back = event.what === 'reply';
    this.#flights.push({
      id: event.id,
      kind: back ? 'reply' : 'call',
      from: back ? member : client,
      to: back ? client : member,
      sentAt: this.#sent.get(event.cause) ?? event.at,
      endedAt: event.at,
      lost: false,
      term: 0,
      entries: 0,
      label,
    });
    bound(this.#flights, FLIGHTS_MAX);
  }

  #save(id: EventId, op: number, at: number): void {
    const actor = eventActor(id);
    const save: Mutable<OpenSave> = { lane: this.#laneOf(id), from: at, to: undefined, actor, op };
    this.#saves.push(save);
    bound(this.#saves, SPANS_MAX);
    this.#saving.set(`${actor}/${op}`, save);
  }

  #saved(id: EventId, op: number, at: number): void {
    const key = `${eventActor(id)}/${op}`;
    const save = this.#saving.get(key);
    if (save !== undefined) save.to = at;
    this.#saving.delete(key);
  }

  #live(member: number, at: number, life: MemberLife): void {
    const lane = this.#cast.actorName(member);
    this.#lives.push({ lane, at, life });
    bound(this.#lives, SPANS_MAX);
    if (life !== 'dead' && life !== 'crashed') return;
    for (const [key, save] of this.#saving) {
      if (save.lane !== lane) continue;
      save.to = at;
      this.#saving.delete(key);
    }
  }
}

function roleOf(event: RaftEvent): MemberRole | undefined {
  switch (event.type) {
    case 'became-follower':
      return 'follower';
    case 'became-pre-candidate':
      return 'pre-candidate';
    case 'became-candidate':
      return 'candidate';
    case 'became-leader':
      return 'leader';
    default:
      return undefined;
  }
}
