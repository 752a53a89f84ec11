/**
 * What a step gives out, collected while it runs, with the trace events that explain it. Every event takes as its cause either the one given
 * or the current one: the inbox item that is being handled, or what that led to inside the member.
 */

import { NO_EVENT, type EventId, type NodeId, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { encodePlain, type Plain } from '#kernel/plain.ts';
import { TraceWriter, type TraceFields, type TraceKind } from '#trace/event.ts';
import type { CallId, OutMessage, Reply, SaveRequest } from '#etcd/contract.ts';
import { sealEnvelope } from '#etcd/envelope.ts';
import type { ClusterId } from '#etcd/identity.ts';
import { LOG_LEVELS, LOG_LINES, type LogLineName } from '#etcd/log-lines.ts';

/** A reply without the event that explains it. */
export type ReplyBody =
  | { readonly type: 'message'; readonly id: CallId; readonly body: Bytes }
  | { readonly type: 'end'; readonly id: CallId; readonly code: number; readonly message: string }
  | { readonly type: 'http-head'; readonly id: CallId; readonly status: number; readonly headers: readonly (readonly [string, string])[] }
  | { readonly type: 'http-body'; readonly id: CallId; readonly body: Bytes; readonly last: boolean };

/** The client number of the member's own calls (inner-calls.ts); actors count from 1. */
export const INNER_CLIENT = 0;

/** A reply to one of the member's own calls. */
export type InnerReply = Extract<ReplyBody, { type: 'message' | 'end' }> & { readonly event: EventId };

/** What was collected. */
export interface OutboxContent {
  readonly messages: readonly OutMessage[];
  readonly replies: readonly Reply[];
  readonly saves: readonly SaveRequest[];
  readonly trace: Bytes;
  readonly nextEvent: number;
}

/** Mutable; owned by the member. Bounded by what one step can cause. */
export class Outbox {
  readonly #trace: TraceWriter;
  #messages: OutMessage[] = [];
  #replies: Reply[] = [];
  #inner: InnerReply[] = [];
  #saves: SaveRequest[] = [];
  /** The member's clock in this step. */
  now: SimTime;
  /** By how much the time of day is off, µs (see time-of-day.ts). */
  wallOffset = 0;
  /** What an event without an explicit cause comes from. */
  cause: EventId = NO_EVENT;
  /** Stands on every message to a peer. */
  clusterId: ClusterId = 0n;
  /** The last entry applied in this step. */
  lastApplied: EventId | undefined = undefined;
  /** The last event of the Raft core in this step, or what it hands on without a word: what its messages come from. */
  lastRaft: EventId | undefined = undefined;

  constructor(actor: number, nextEvent: number, now: SimTime) {
    this.#trace = new TraceWriter(actor, nextEvent);
    this.now = now;
  }

  /** Number of the next trace event. */
  get nextEvent(): number {
    return this.#trace.next;
  }

  emit<K extends TraceKind>(type: K, fields: TraceFields<K>, cause: EventId = this.cause): EventId {
    return this.#trace.emit(type, this.now, cause, fields);
  }

  /** A line of etcd's log. @param text the line's own text where it names members; its id stays */
  log(line: LogLineName, fields: { readonly [key: string]: Plain } = {}, cause: EventId = this.cause, text?: string): EventId {
    const { id, level, message } = LOG_LINES[line];
    const logger = line.startsWith('leader-') ? 'raft' : '';
    return this.emit(
      'log',
      { level: LOG_LEVELS.indexOf(level), logger, line: id, message: text ?? message, fields: encodePlain(fields) },
      cause,
    );
  }

  send(to: NodeId, kind: string, message: Bytes, event: EventId): void {
    this.#messages.push({ to, message: sealEnvelope(this.clusterId, message), kind, event });
  }

  reply(reply: ReplyBody, event: EventId): void {
    if (reply.id.client === INNER_CLIENT && (reply.type === 'message' || reply.type === 'end')) this.#inner.push({ ...reply, event });
    else this.#replies.push({ ...reply, event });
  }

  /** Takes the replies to the member's own calls, in order. */
  takeInner(): readonly InnerReply[] {
    const inner = this.#inner;
    this.#inner = [];
    return inner;
  }

  save(request: SaveRequest): void {
    this.#saves.push(request);
  }

  /** Takes everything and begins anew. */
  take(): OutboxContent {
    const content = {
      messages: this.#messages,
      replies: this.#replies,
      saves: this.#saves,
      trace: this.#trace.take(),
      nextEvent: this.#trace.next,
    };
    this.#messages = [];
    this.#replies = [];
    this.#saves = [];
    this.lastApplied = undefined;
    this.lastRaft = undefined;
    return content;
  }
}
