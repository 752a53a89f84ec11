/** World and member events of the trace as facts of the feed. The Raft core's own events are in raft-facts.ts. */

import { eventActor, nodeId, type EventId } from '#kernel/brand.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { INNER_CLIENT } from '#etcd/outbox.ts';
import { decodePlain } from '#kernel/plain.ts';
import { worldCommandLine } from '#ctl/world-command-line.ts';
import type { Cast } from '#host/cast.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { TraceEvent } from '#trace/event.ts';
import type { FeedFact } from '#view/feed.ts';

/** What a lost or saved thing was, remembered from when it was sent. Mutable; owned by the feed; bounded by it. */
export interface EventMemory {
  /** Raft messages by the event that sent them. */
  readonly messages: Map<EventId, SentMessage>;
  /** The highest index that one member acknowledged to another: `from/to`. */
  readonly acknowledged: Map<string, number>;
  /** Writes under way: `actor/op`. */
  readonly saves: Map<string, { readonly bytes: number; readonly entries: number; readonly lastIndex: number }>;
  /** Ticks lost to the write under way, by actor. */
  readonly lostTicks: Map<number, number>;
}

/** What of a message its later events are told with. */
interface SentMessage {
  readonly kind: string;
  readonly index: number;
  readonly reject: boolean;
}

const QUIET_LOSSES: ReadonlySet<string> = new Set(['MsgHeartbeat', 'MsgHeartbeatResp', 'MsgAppResp']);
type LossReason = Extract<FeedFact, { readonly type: 'message-lost' }>['reason'];
const lossReason = (text: string): LossReason => (text === 'cut' || text === 'loss' || text === 'dead' ? text : 'dropped');
const memberSides = (text: string): readonly (readonly string[])[] => (text === '' ? [] : text.split(' / ').map((side) => side.split(',')));

/** An event's fact, if it has one, and the member that it happened at when that is not the event's actor. */
export function eventFact(
  event: TraceEvent,
  memory: EventMemory,
  cast: Cast,
  label: string,
): { readonly fact: FeedFact; readonly member?: string } | undefined {
  return worldFact(event, memory, cast) ?? memberFact(event, memory, cast, label);
}

function worldFact(event: TraceEvent, memory: EventMemory, cast: Cast): { readonly fact: FeedFact; readonly member?: string } | undefined {
  const at = (member: number, fact: FeedFact): { readonly fact: FeedFact; readonly member: string } => ({
    fact,
    member: cast.actorName(member),
  });
  switch (event.type) {
    case 'command': {
      const line = worldCommandLine(decodePlain(event.command) as unknown as WorldCommand); // written by the world
      return line === undefined ? undefined : { fact: { type: 'command', line } };
    }
    case 'member-started':
      return at(event.member, { type: 'started', incarnation: event.incarnation });
    case 'member-killed':
      return at(event.member, { type: 'killed', powerLoss: event.powerLoss });
    case 'member-frozen':
      return at(event.member, { type: 'frozen' });
    case 'member-thawed':
      return at(event.member, { type: 'thawed' });
    case 'member-wiped':
      return at(event.member, { type: 'wiped' });
    case 'member-crashed':
      return at(event.member, { type: 'crashed', reason: event.reason });
    case 'member-stopped':
      return at(event.member, { type: 'stopped', reason: event.reason });
    case 'crash-point-armed':
      return at(event.member, { type: 'crash-armed', point: event.point, powerLoss: event.powerLoss });
    case 'crash-point-reached':
      return at(event.member, { type: 'crash-point', point: event.point, powerLoss: event.powerLoss });
    case 'disk-changed':
      return at(event.member, { type: 'disk-changed', setting: event.setting });
    case 'clock-changed':
      return at(event.member, { type: 'clock-changed', setting: event.setting });
    case 'timer-set':
      return at(event.member, { type: 'timer-set', ticks: event.ticks });
    case 'client-changed':
      return { fact: { type: 'client-changed', client: cast.actorName(event.client), blind: event.setting === 'retry=blind' } };
    case 'call-retried':
      return { fact: { type: 'retried', client: cast.actorName(event.client), endpoint: event.endpoint } };
    case 'network-partitioned':
      return { fact: { type: 'partitioned', sides: memberSides(event.sides) } };
    case 'network-healed':
      return { fact: { type: 'healed' } };
    case 'link-changed':
      return { fact: { type: 'link-changed', from: cast.actorName(event.from), to: cast.actorName(event.to), setting: event.setting } };
    case 'message-delivered': {
      const fact = acknowledged(event, memory, cast);
      return fact === undefined ? undefined : at(event.to, fact);
    }
    case 'message-lost': {
      const kind = memory.messages.get(event.cause)?.kind ?? '';
      if (kind === '' || QUIET_LOSSES.has(kind) || event.to === 0) return undefined;
      return at(event.from, {
        type: 'message-lost',
        from: cast.actorName(event.from),
        to: cast.actorName(event.to),
        kind,
        reason: lossReason(event.reason),
      });
    }
    default:
      return undefined;
  }
}

/** A follower's answer that raises what the leader knows of it. */
function acknowledged(
  event: Extract<TraceEvent, { readonly type: 'message-delivered' }>,
  memory: EventMemory,
  cast: Cast,
): FeedFact | undefined {
  const sent = memory.messages.get(event.cause);
  if (sent?.kind !== 'MsgAppResp' || sent.reject) return undefined;
  const key = `${event.from}/${event.to}`;
  if (sent.index <= (memory.acknowledged.get(key) ?? 0)) return undefined;
  memory.acknowledged.set(key, sent.index);
  return { type: 'acknowledged', index: sent.index, from: cast.actorName(event.from) };
}

function memberFact(event: TraceEvent, memory: EventMemory, cast: Cast, label: string): { readonly fact: FeedFact } | undefined {
  const actor = eventActor(event.id);
  const client = (number: number): string => cast.actorName(number);
  // What a member asks of itself for a lock is no client's.
  if ('client' in event && event.client === INNER_CLIENT) return undefined;
  switch (event.type) {
    case 'message-sent':
      memory.messages.set(event.id, { kind: event.message, index: event.index, reject: event.reject });
      if (event.message !== 'MsgApp' || event.entries === 0) return undefined;
      return {
        fact: { type: 'replicated', index: event.index + event.entries, count: event.entries, to: [cast.nodeName(nodeId(event.to))] },
      };
    case 'save-submitted':
      memory.saves.set(`${actor}/${event.op}`, { bytes: event.bytes, entries: event.entries, lastIndex: event.lastIndex });
      return undefined;
    case 'save-completed':
      return saved(actor, event.op, memory);
    case 'tick-lost':
      memory.lostTicks.set(actor, (memory.lostTicks.get(actor) ?? 0) + 1);
      return undefined;
    case 'snapshot-applied':
      return { fact: { type: 'snapshot-applied', index: event.index } };
    case 'log-compacted':
      return { fact: { type: 'log-compacted', index: event.index } };
    case 'recovered':
      return { fact: { type: 'recovered', entries: event.entries, lastIndex: event.lastIndex, commit: event.commit } };
    case 'applied':
      return {
        fact: {
          type: 'applied',
          index: event.index,
          label: label === '' ? appliedText(event.what, event.key) : label,
          revision: event.revision,
        },
      };
    case 'request-received':
      return { fact: { type: 'request', client: client(event.client), label } };
    case 'request-proposed':
      return event.forwarded ? { fact: { type: 'forwarded', to: cast.nodeName(nodeId(event.to)), label } } : undefined;
    case 'request-answered':
      return {
        fact: {
          type: 'answered',
          client: client(event.client),
          label,
          ok: event.code === 0,
          error: event.message,
          revision: event.revision,
        },
      };
    case 'watch-created':
      return {
        fact: {
          type: 'watch-created',
          client: client(event.client),
          label: label === '' ? fromUtf8(event.key) : label,
          startRevision: event.startRevision,
        },
      };
    case 'watch-delivered':
      return { fact: { type: 'watch-fired', client: client(event.client), revision: event.revision, events: event.events } };
    case 'watch-cancelled':
      return { fact: { type: 'watch-cancelled', client: client(event.client), reason: event.reason } };
    default:
      return undefined;
  }
}

const appliedText = (what: string, key: Uint8Array): string => (key.length === 0 ? what : `${what} ${fromUtf8(key)}`);

function saved(actor: number, op: number, memory: EventMemory): { readonly fact: FeedFact } | undefined {
  const save = memory.saves.get(`${actor}/${op}`);
  memory.saves.delete(`${actor}/${op}`);
  const lost = memory.lostTicks.get(actor) ?? 0;
  memory.lostTicks.delete(actor);
  if (lost > 0) return { fact: { type: 'ticks-lost', count: lost } };
  return save === undefined || save.entries === 0 ? undefined : { fact: { type: 'saved', bytes: save.bytes, lastIndex: save.lastIndex } };
}
