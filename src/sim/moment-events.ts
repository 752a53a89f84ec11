/** What happened in the latest instant of a world, read from its part of the trace: what conditions ask that hold for a moment only. */

import { LOG_LINES } from '#etcd/log-lines.ts';
import { eventActor } from '#kernel/brand.ts';
import { RAFT_EVENTS } from '#raft/event.ts';
import { decodeEvent } from '#raft/event-codec.ts';
import { decodeTrace, TRACE_SCHEMA, type TraceEvent } from '#trace/event.ts';
import type { World } from '#sim/world.ts';

/** Kinds that `event` knows: those of the trace, and those of the Raft core's own events. */
export const EVENT_KINDS: readonly string[] = [
  ...new Set([...Object.keys(TRACE_SCHEMA).filter((kind) => kind !== 'raft'), ...Object.keys(RAFT_EVENTS)]),
].sort();

const LINES: ReadonlyMap<string, number> = new Map(Object.entries(LOG_LINES).map(([name, { id }]) => [name, id]));

export interface MomentEvents {
  /** @param actor undefined: whoever */
  happened(kind: string, actor: number | undefined): boolean;
  /** @param line an id, the name of a line, or a part of its message */
  logged(actor: number, line: number | string): boolean;
}

interface Happened {
  readonly kind: string;
  /** Who did it and, of an event of the world, to whom. */
  readonly actors: readonly number[];
  readonly event: TraceEvent;
}

/** Reads the latest instant. Right after a restore nothing is known of it. */
export function momentOf(world: World): MomentEvents {
  const events: Happened[] = world.core.trace.blocksAt(world.now).flatMap((block) => decodeTrace(block).map(happenedBy));
  return {
    happened: (kind, actor) => events.some((e) => e.kind === kind && (actor === undefined || e.actors.includes(actor))),
    logged: (actor, line) => events.some(({ actors, event }) => event.type === 'log' && actors.includes(actor) && isLine(event, line)),
  };
}

function happenedBy(event: TraceEvent): Happened {
  const actors = [eventActor(event.id)];
  if ('member' in event) actors.push(event.member);
  if (event.type === 'message-delivered' || event.type === 'message-lost' || event.type === 'message-duplicated') actors.push(event.to);
  return { kind: event.type === 'raft' ? decodeEvent(event.event).type : event.type, actors, event };
}

function isLine(event: Extract<TraceEvent, { readonly type: 'log' }>, line: number | string): boolean {
  if (typeof line === 'number') return event.line === line;
  const known = LINES.get(line);
  return known === undefined ? event.message.includes(line) : event.line === known;
}
