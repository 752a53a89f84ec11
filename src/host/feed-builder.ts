/**
 * The feed: trace events, the Raft core's among them, as facts with the ids of their event and of its cause. Decodes what it is given;
 * when far more comes than anybody could read, only what changes the picture (lives, terms, faults) is decoded.
 */

import { eventActor, type EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { Reader } from '#kernel/codec.ts';
import { activityOf, Labels } from '#host/labels.ts';
import { memberOfEvent, type Cast } from '#host/cast.ts';
import { eventFact, type EventMemory } from '#host/event-facts.ts';
import { newRaftMemory, raftFact, type RaftMemory } from '#host/raft-facts.ts';
import { decodePlain } from '#kernel/plain.ts';
import { decodeEvent } from '#raft/event-codec.ts';
import type { RaftEvent } from '#raft/event.ts';
import { TRACE_SCHEMA, decodeTraceEvent, forEachRecord, type TraceEvent } from '#trace/event.ts';
import type { FeedFact, FeedItem } from '#view/feed.ts';

/** Facts that are kept for an update; the oldest are dropped. */
const PENDING_MAX = 500;
/** Bytes of one update beyond which only what changes the picture is decoded. */
const EAGER_BYTES_MAX = 256 * 1024;
const MEMORY_MAX = 20_000;

const LIFE_KINDS: ReadonlySet<number> = new Set<number>([...Array.from({ length: 30 }, (_, kind) => kind), TRACE_SCHEMA.raft.kind]);
/** Of the core's events, those that an overloaded feed still decodes, by their stable number. */
const LIFE_RAFT_TYPES: ReadonlySet<RaftEvent['type']> = new Set<RaftEvent['type']>([
  'became-follower',
  'became-pre-candidate',
  'became-candidate',
  'became-leader',
  'leader-found',
  'votes-counted',
  'election-started',
  'switched-to-configuration',
  'raft-started',
]);

/** Whoever wants to know of the same events as the feed, with what each is about. */
export interface EventListener {
  add(event: TraceEvent, label: string): void;
  addRaft(id: EventId, at: number, event: RaftEvent, cause: EventId, label: string): void;
}

/** Mutable; owned by the conductor. */
export class FeedBuilder {
  readonly #cast: Cast;
  readonly #labels = new Labels();
  readonly #raft = new Map<number, RaftMemory>();
  readonly #memory: EventMemory = { messages: new Map(), acknowledged: new Map(), saves: new Map(), lostTicks: new Map() };
  readonly #labelByCall = new Map<string, string>();
  readonly #labelByRequest = new Map<bigint, string>();
  /** The label of the newest proposal of a member that has not left it yet. */
  readonly #proposedBy = new Map<number, { readonly label: string; readonly at: number }>();
  readonly #listener: EventListener | undefined;
  #pending: FeedItem[] = [];
  #bytes = 0;
  #seq: number;

  /**
   * @param seq where the numbering continues
   * @param past facts of before a reload: they are taken first
   * @param listener hears every event that is decoded
   */
  constructor(cast: Cast, seq = 0, past: readonly FeedItem[] = [], listener?: EventListener) {
    this.#cast = cast;
    this.#listener = listener;
    this.#seq = seq;
    this.#pending = [...past];
  }

  get seq(): number {
    return this.#seq;
  }

  /** Takes a block of the trace; gives the facts in it, which also wait for {@link take}. */
  add(block: Bytes): readonly FeedItem[] {
    const eager = this.#bytes < EAGER_BYTES_MAX;
    this.#bytes += block.length;
    const from = this.#pending.length;
    forEachRecord(block, (record) => {
      if (!eager && !LIFE_KINDS.has(kindOf(record))) return;
      const event = decodeTraceEvent(record);
      if (event.type === 'raft') this.#addRaft(event, eager);
      else this.#addEvent(event);
    });
    const facts = this.#pending.slice(from);
    if (this.#pending.length > PENDING_MAX) this.#pending.splice(0, this.#pending.length - PENDING_MAX);
    return facts;
  }

  /** A fact that is no event of the trace. */
  note(at: number, fact: FeedFact): FeedItem {
    const item: FeedItem = { seq: ++this.#seq, id: 0, cause: 0, at, member: undefined, term: undefined, fact };
    this.#pending.push(item);
    return item;
  }

  /** The facts since the last call, oldest first; some are missing if there were too many. */
  take(): readonly FeedItem[] {
    const items = this.#pending;
    this.#pending = [];
    this.#bytes = 0;
    this.#forget();
    return items;
  }

  /** What an event is about. */
  labelOf(id: EventId): string {
    return this.#labels.get(id);
  }

  #addRaft(event: Extract<TraceEvent, { readonly type: 'raft' }>, eager: boolean): void {
    const raft = decodeEvent(event.event);
    if (!eager && !LIFE_RAFT_TYPES.has(raft.type)) return;
    const actor = eventActor(event.id);
    const label = this.#labels.note(
      event.id,
      event.cause,
      raft.type === 'entries-appended' && raft.proposed ? this.#takeProposed(actor, event.at) : undefined,
    );
    this.#listener?.addRaft(event.id, event.at, raft, event.cause, label);
    const memory = this.#raft.get(actor) ?? newRaftMemory(this.#cast.members);
    this.#raft.set(actor, memory);
    const fact = raftFact(raft, memory, this.#cast, label, event.at);
    if (fact !== undefined) this.#push(event, fact, memberOfEvent(this.#cast, event.id), memory.term);
  }

  #addEvent(event: TraceEvent): void {
    // A member that starts anew leads nobody and has proposed nothing, whatever it did before it died.
    if (event.type === 'member-started') {
      this.#raft.set(event.member, { ...newRaftMemory(this.#cast.members), startedAt: event.at });
      this.#proposedBy.delete(event.member);
    }
    const label = this.#labels.note(event.id, event.cause, ownLabel(event) ?? this.#labelOfRequest(event));
    this.#noteRequest(event, label);
    this.#listener?.add(event, label);
    const found = eventFact(event, this.#memory, this.#cast, label);
    if (found !== undefined)
      this.#push(event, found.fact, found.member ?? memberOfEvent(this.#cast, event.id), this.#raft.get(eventActor(event.id))?.term);
  }

  /**
   * An answer is caused by what made it durable; what it is about is known from its request. A proposal or an entry of nobody's request, such as a
   * publish, is about nothing that came before it.
   */
  #labelOfRequest(event: TraceEvent): string | undefined {
    if (event.type === 'message-sent' && event.message === 'MsgProp') return this.#takeProposed(eventActor(event.id), event.at) ?? '';
    if (event.type === 'applied') return this.#labelByRequest.get(event.request) ?? '';
    if (event.type === 'request-proposed') return this.#labelByCall.get(`${event.client}/${event.call}`) ?? '';
    return event.type === 'request-answered' ? this.#labelByCall.get(`${event.client}/${event.call}`) : undefined;
  }

  #noteRequest(event: TraceEvent, label: string): void {
    if (label === '') return;
    if (event.type === 'request-received') this.#labelByCall.set(`${event.client}/${event.call}`, label);
    else if (event.type === 'request-proposed') {
      this.#labelByRequest.set(event.request, label);
      this.#proposedBy.set(eventActor(event.id), { label, at: event.at });
    }
  }

  /** What a member proposed just before: it leaves, or is appended, by an event that may be another's effect in the same step. */
  #takeProposed(actor: number, at: number): string | undefined {
    const proposed = this.#proposedBy.get(actor);
    this.#proposedBy.delete(actor);
    return proposed?.at === at ? proposed.label : undefined;
  }

  #push(event: TraceEvent, fact: FeedFact, member: string | undefined, term: number | undefined): void {
    const last = this.#pending.at(-1);
    if (
      fact.type === 'replicated' &&
      last?.fact.type === 'replicated' &&
      last.member === member &&
      last.at === event.at &&
      last.fact.index === fact.index
    ) {
      // The same entries to another follower: one fact.
      this.#pending[this.#pending.length - 1] = { ...last, fact: { ...last.fact, to: [...last.fact.to, ...fact.to] } };
      return;
    }
    this.#pending.push({
      seq: ++this.#seq,
      id: event.id,
      cause: event.cause,
      at: event.at,
      member,
      term: term === 0 ? undefined : term,
      fact,
    });
  }

  #forget(): void {
    if (this.#memory.messages.size > MEMORY_MAX) this.#memory.messages.clear();
    if (this.#labelByCall.size > MEMORY_MAX) this.#labelByCall.clear();
    if (this.#labelByRequest.size > MEMORY_MAX) this.#labelByRequest.clear();
    if (this.#memory.saves.size > MEMORY_MAX) this.#memory.saves.clear();
  }
}

/** The label that an event begins: a program's command line. */
function ownLabel(event: TraceEvent): string | undefined {
  if (event.type !== 'process-started') return undefined;
  const argv = decodePlain(event.argv);
  return Array.isArray(argv) ? activityOf(argv.map(String)) : undefined;
}

/** The kind of a record, without decoding the rest. */
function kindOf(record: Bytes): number {
  const r = new Reader(record);
  r.varint();
  r.varint();
  r.varint();
  return r.varint();
}
