/** What led to something, and what it led to, as ids of events: for lighting them up in every view. */

import type { Selection } from '#view/selection.ts';
import { isRaft, isTrace, type Known } from '#host/why/event-index.ts';
import { seatNamed, type Inquiry } from '#host/why/inquiry.ts';
import { traceRequest } from '#host/why/request-trace.ts';
import { appendOf } from '#host/why/why-replication.ts';
import type { RelatedEvents } from '#view/why.ts';

/** Ids on each side at most: more than that lights up everything. */
const CAUSES_MAX = 60;
const EFFECTS_MAX = 300;

/** The event that a selection is about; undefined if it is about a state. */
export function rootOf(q: Inquiry, selection: Selection): Known | undefined {
  switch (selection.type) {
    case 'event':
    case 'message':
    case 'request':
      return q.index.get(selection.id);
    case 'entry': {
      const seat = seatNamed(q, selection.member);
      return seat === undefined ? undefined : appendOf(q, seat, selection.index);
    }
    case 'term':
      return q.index.last(q.end, (known) => isRaft(known, ['became-leader']) && known.raft.term === selection.term);
    default:
      return undefined;
  }
}

/** Ids of its causes and effects, itself among the causes. */
export function relatedTo(q: Inquiry, selection: Selection): RelatedEvents {
  const root = rootOf(q, selection);
  if (root === undefined) return { causes: [], effects: [] };
  const effects = selection.type === 'request' ? requestEffects(q, root) : effectsOf(q, root);
  return { causes: causesOf(q, root), effects: [...effects] };
}

function causesOf(q: Inquiry, root: Known): readonly number[] {
  const causes: number[] = [];
  for (let known: Known | undefined = root; known !== undefined && causes.length < CAUSES_MAX; known = q.index.get(known.cause)) {
    if (causes.includes(known.id)) break;
    causes.push(known.id);
  }
  return causes;
}

/** Everything that came of it, the nearest first. Heartbeats and ticks go on for ever and are left out. */
function effectsOf(q: Inquiry, root: Known): ReadonlySet<number> {
  const found = new Set<number>();
  let front: readonly Known[] = [root];
  while (front.length > 0 && found.size < EFFECTS_MAX) {
    const next: Known[] = [];
    for (const known of front) {
      for (const effect of q.index.effectsOf(known.id)) {
        if (effect.place >= q.end || found.has(effect.id) || isTrace(effect, ['log'])) continue;
        found.add(effect.id);
        next.push(effect);
      }
    }
    front = next;
  }
  return found;
}

/** The way of one request alone: of what came of its call, other requests that travelled along are no part. */
function requestEffects(q: Inquiry, root: Known): ReadonlySet<number> {
  const trace = traceRequest(q, root.id);
  if (trace === undefined) return effectsOf(q, root);
  const found = new Set<number>();
  const add = (...some: readonly (Known | undefined)[]): void => {
    for (const known of some) if (known !== undefined) found.add(known.id);
  };
  add(trace.delivered?.known, trace.received, trace.proposed?.known, trace.forward?.sent, trace.forward?.end?.known, trace.appended?.known);
  add(
    trace.leaderSave?.submitted,
    trace.leaderSave?.completed,
    trace.commit?.known,
    trace.readWaiting,
    trace.readAsked?.sent,
    trace.readConfirmed?.known,
  );
  for (const { sent, appended, save, ack } of trace.replicas)
    add(sent?.sent, sent?.end?.known, appended, save?.submitted, save?.completed, ack?.sent, ack?.end?.known);
  add(...trace.told, ...trace.applied, ...trace.watched, trace.answered?.known, trace.reply, trace.ended?.known);
  return found;
}
