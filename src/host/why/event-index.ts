/** The decoded events of a stretch of the trace, by id and by cause, in their order: what the answers to "why" are looked up in. */

import { eventActor, type EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Cast } from '#host/cast.ts';
import { FeedBuilder, type EventListener } from '#host/feed-builder.ts';
import type { RaftEvent, RaftEventType } from '#raft/event.ts';
import type { TraceEvent, TraceKind } from '#trace/event.ts';
import type { FeedItem } from '#view/feed.ts';

interface KnownBase {
  readonly id: EventId;
  readonly cause: EventId;
  /** Virtual µs. */
  readonly at: number;
  readonly actor: number;
  /** Place in the order of the index. */
  readonly place: number;
  /** What it is about, such as `put foo bar`; may be empty. */
  readonly label: string;
}

/** An event of the world, a member or a client. */
export interface KnownTrace extends KnownBase {
  readonly trace: Exclude<TraceEvent, { readonly type: 'raft' }>;
  readonly raft: undefined;
}

/** An event of a member's Raft core. */
export interface KnownRaft extends KnownBase {
  readonly trace: undefined;
  readonly raft: RaftEvent;
}

export type Known = KnownTrace | KnownRaft;
export type TraceOf<K extends TraceKind> = Extract<TraceEvent, { readonly type: K }>;
export type RaftOf<K extends RaftEventType> = Extract<RaftEvent, { readonly type: K }>;
/** A found event with its fields. */
export interface Found<E> {
  readonly known: Known;
  readonly event: E;
}

/** Mutable; owned by a window of the trace. */
export class EventIndex implements EventListener {
  readonly #feed: FeedBuilder;
  readonly #all: Known[] = [];
  readonly #byId = new Map<number, Known>();
  readonly #byCause = new Map<number, Known[]>();
  readonly #itemById = new Map<number, FeedItem>();

  constructor(cast: Cast) {
    this.#feed = new FeedBuilder(cast, 0, [], this);
  }

  get size(): number {
    return this.#all.length;
  }

  /** Takes a block of the trace that follows what was taken before. */
  take(block: Bytes): void {
    for (const item of this.#feed.add(block)) this.#itemById.set(item.id, item);
    this.#feed.take();
  }

  add(event: TraceEvent, label: string): void {
    if (event.type === 'raft') return;
    this.#push({ id: event.id, cause: event.cause, at: event.at, ...this.#place(event.id), label, trace: event, raft: undefined });
  }

  addRaft(id: EventId, at: number, event: RaftEvent, cause: EventId, label: string): void {
    this.#push({ id, cause, at, ...this.#place(id), label, trace: undefined, raft: event });
  }

  #place(id: EventId): { readonly actor: number; readonly place: number } {
    return { actor: eventActor(id), place: this.#all.length };
  }

  #push(known: Known): void {
    this.#all.push(known);
    this.#byId.set(known.id, known);
    if (known.cause === 0) return;
    const siblings = this.#byCause.get(known.cause);
    if (siblings === undefined) this.#byCause.set(known.cause, [known]);
    else siblings.push(known);
  }

  get(id: number): Known | undefined {
    return this.#byId.get(id);
  }

  /** The event as the feed tells it; undefined if the feed is silent about it. */
  itemOf(id: number): FeedItem | undefined {
    return this.#itemById.get(id);
  }

  /** Events that name this one as their cause, in order. */
  effectsOf(id: number): readonly Known[] {
    return this.#byCause.get(id) ?? [];
  }

  /** The place after the last event up to and with an instant (virtual µs): a bound for the searches. */
  endAt(at: number): number {
    let [lo, hi] = [0, this.#all.length];
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      if ((this.#all[middle]?.at ?? 0) <= at) lo = middle + 1;
      else hi = middle;
    }
    return lo;
  }

  /** The newest event before a place that `holds` accepts. */
  last(before: number, holds: (known: Known) => boolean): Known | undefined {
    for (let i = Math.min(before, this.#all.length) - 1; i >= 0; i--) {
      const known = this.#all[i];
      if (known !== undefined && holds(known)) return known;
    }
    return undefined;
  }

  /** The newest event of the world, a member or a client before a place. */
  lastTrace<K extends TraceKind>(
    before: number,
    types: readonly K[],
    holds: (event: TraceOf<K>, known: Known) => boolean = () => true,
  ): Found<TraceOf<K>> | undefined {
    const known = this.last(before, (each) => isTrace(each, types) && holds(each.trace, each));
    return known !== undefined && isTrace(known, types) ? { known, event: known.trace } : undefined;
  }

  /** The newest event of a member's core before a place. */
  lastRaft<K extends RaftEventType>(
    before: number,
    actor: number,
    types: readonly K[],
    holds: (event: RaftOf<K>, known: Known) => boolean = () => true,
  ): Found<RaftOf<K>> | undefined {
    const known = this.last(before, (each) => each.actor === actor && isRaft(each, types) && holds(each.raft, each));
    return known !== undefined && isRaft(known, types) ? { known, event: known.raft } : undefined;
  }

  /** Events from a place on, in order, up to another. */
  between(from: number, to: number): readonly Known[] {
    return this.#all.slice(Math.max(0, from), Math.max(0, to));
  }

  /** The instant of the first event, µs. */
  get since(): number {
    return this.#all[0]?.at ?? 0;
  }
}

/** Whether it is one of these events of the world, a member or a client. */
export function isTrace<K extends TraceKind>(
  known: Known,
  types: readonly K[],
): known is KnownTrace & { readonly trace: Exclude<TraceOf<K>, { readonly type: 'raft' }> } {
  const type = known.trace?.type;
  return types.some((each) => each === type);
}

/** Whether it is one of these events of a core. */
export function isRaft<K extends RaftEventType>(known: Known, types: readonly K[]): known is KnownRaft & { readonly raft: RaftOf<K> } {
  const type = known.raft?.type;
  return types.some((each) => each === type);
}
