/** What is on its way, for the drawing and for the pace. Decodes each Raft message once, as long as it is in flight. */

import type { NodeId } from '#kernel/brand.ts';
import type { Cast } from '#host/cast.ts';
import { messageEntries, messageFields, messageKind } from '#host/message-text.ts';
import type { Followed } from '#host/pace.ts';
import { openEnvelope } from '#etcd/envelope.ts';
import { decodeMessage } from '#raft/message-codec.ts';
import { MESSAGE_TYPES } from '#raft/message.ts';
import type { AgendaEntry, AgendaItem, Flight } from '#sim/agenda.ts';
import { FIRST_CLIENT } from '#sim/links.ts';
import type { CrowdView, MessageView } from '#view/frame.ts';

/** Messages drawn at most; under load the ones that arrive first. */
const DRAWN_MAX = 200;

const RAFT_TYPES: ReadonlySet<string> = new Set(MESSAGE_TYPES);

interface Known {
  /** Undefined: not drawn. */
  readonly view: MessageView | undefined;
  readonly followed: boolean;
}

/** Mutable; owned by the conductor. */
export class FlightView {
  readonly #cast: Cast;
  #known = new Map<number, Known>();
  /** Highest index that was acknowledged from one member to another: repeated acknowledgements are not followed. */
  readonly #acked = new Map<string, number>();

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  /** Looks at the agenda of a world. */
  look(
    entries: readonly AgendaEntry[],
    methodOf: (client: number, call: number) => string | undefined,
  ): { readonly messages: readonly MessageView[]; readonly crowd: readonly CrowdView[]; readonly followed: readonly Followed[] } {
    const known = new Map<number, Known>();
    const messages: MessageView[] = [];
    const followed: Followed[] = [];
    for (const { at, item } of entries) {
      const flight = flightOf(item);
      if (flight === undefined) continue;
      const key = flight.sent * 2 + (flight.lost === undefined ? 0 : 1);
      const one = this.#known.get(key) ?? this.#describe(item, flight, methodOf);
      known.set(key, one);
      if (one.view === undefined) continue;
      messages.push(one.view.arrivesAt === flight.arrivesAt ? one.view : { ...one.view, arrivesAt: flight.arrivesAt });
      if (one.followed) followed.push({ id: key, endsAt: at });
    }
    this.#known = known;
    let crowd: readonly CrowdView[] = [];
    if (messages.length > DRAWN_MAX) {
      messages.sort((a, b) => a.arrivesAt - b.arrivesAt);
      crowd = crowdOf(messages.splice(DRAWN_MAX));
    }
    messages.sort((a, b) => a.sentAt - b.sentAt || a.id - b.id);
    return { messages, crowd, followed };
  }

  #describe(item: AgendaItem, flight: Flight, methodOf: (client: number, call: number) => string | undefined): Known {
    const base = {
      id: flight.sent,
      from: this.#cast.actorName(flight.from),
      to: this.#cast.actorName(flight.to),
      sentAt: flight.sentAt,
      arrivesAt: flight.arrivesAt,
      lost: flight.lost,
      term: 0,
      entries: 0,
      fields: [],
    };
    if (item.type === 'peer') return this.#describePeer(item.message, flight, base);
    const kind = segmentKind(item, methodOf);
    if (kind === undefined) return { view: undefined, followed: false };
    const method = item.type === 'call' && item.item.type === 'call' ? item.item.method : undefined;
    return { view: { ...base, kind, fields: method === undefined ? [] : [['method', method]] }, followed: true };
  }

  #describePeer(bytes: Uint8Array, flight: Flight, base: Omit<MessageView, 'kind'>): Known {
    // What travels between members and is not the core's (requests about leases) is drawn as something handed on.
    if (!RAFT_TYPES.has(flight.kind)) return { view: { ...base, kind: 'forward', fields: [['type', flight.kind]] }, followed: true };
    const message = decodeMessage(openEnvelope(bytes).message);
    const kind = messageKind(message);
    if (kind === undefined) return { view: undefined, followed: false };
    const entries = messageEntries(message);
    const view: MessageView = {
      ...base,
      kind,
      term: message.term,
      entries,
      fields: messageFields(message, (id: NodeId) => this.#cast.nodeName(id)),
    };
    if (message.type !== 'MsgAppResp' || message.reject) return { view, followed: isFollowed(kind, entries) };
    const key = `${flight.from}/${flight.to}`;
    const news = message.index > (this.#acked.get(key) ?? 0);
    if (news) this.#acked.set(key, message.index);
    return { view, followed: news };
  }
}

function crowdOf(messages: readonly MessageView[]): readonly CrowdView[] {
  const counted = new Map<string, CrowdView>();
  for (const { from, to, kind } of messages) {
    const key = `${from}\n${to}\n${kind}`;
    counted.set(key, { from, to, kind, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  return [...counted.values()];
}

function flightOf(item: AgendaItem): Flight | undefined {
  return item.type === 'peer' || item.type === 'call' || item.type === 'reply' || item.type === 'swallowed' ? item.flight : undefined;
}

/** Heartbeats and empty appends are seen, but time does not wait for them. */
const isFollowed = (kind: MessageView['kind'], entries: number): boolean =>
  kind !== 'heartbeat' && kind !== 'heartbeat-ack' && (kind !== 'append' || entries > 0);

/** Of a call, the pieces that a reader would follow: the question and the answer, not the ends of streams. */
function segmentKind(item: AgendaItem, methodOf: (client: number, call: number) => string | undefined): MessageView['kind'] | undefined {
  if (item.type === 'call')
    return item.item.type === 'call' || item.item.type === 'call-message' || item.item.type === 'http' ? 'call' : undefined;
  if (item.type === 'reply') {
    if (item.reply.type === 'end' && item.reply.code === 0) return undefined;
    const { client, call } = item.reply.id;
    return methodOf(client, call)?.endsWith('/Watch') === true ? 'watch-event' : 'reply';
  }
  if (item.type !== 'swallowed') return undefined;
  return item.flight.from >= FIRST_CLIENT ? 'call' : 'reply';
}
