/** What led to something, and what it led to, as ids of events: for lighting them up in every view. */

import type { Selection } from '#view/selection.ts';
import { isRaft, isTrace, type Known } from '#host/why/event-index.ts';
import { nameOf, seatNamed, type Inquiry } from '#host/why/inquiry.ts';
import { traceRequest } from '#host/why/request-trace.ts';
import { appendOf } from '#host/why/why-replication.ts';
import type { RelatedEntry, RelatedEvents, RelatedInstant, RelatedSide } from '#view/why.ts';

/** Ids on each side at most: more than that lights up everything. */
const CAUSES_MAX = 60;
const EFFECTS_MAX = 300;
/** Entries at most; one append may carry thousands. */
const ENTRIES_MAX = 300;

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

/** Its causes and effects, itself among the causes, with the entries that they wrote and the instants of both. */
export function relatedTo(q: Inquiry, selection: Selection): RelatedEvents {
  const root = rootOf(q, selection);
  if (root === undefined) return { causes: [], effects: [], entries: [], instants: [] };
  const causes = causesOf(q, root);
  const effects = [...(selection.type === 'request' ? requestEffects(q, root) : effectsOf(q, root))];
  const sided = [
    ...causes.map((id) => ({ id, side: 'cause' as const })),
    ...effects.filter((id) => !causes.includes(id)).map((id) => ({ id, side: 'effect' as const })),
  ].flatMap(({ id, side }) => {
    const known = q.index.get(id);
    return known === undefined ? [] : [{ known, side }];
  });
  return { causes, effects, entries: entriesOf(q, sided), instants: instantsOf(sided) };
}

type Sided = readonly { readonly known: Known; readonly side: RelatedSide }[];

function entriesOf(q: Inquiry, sided: Sided): readonly RelatedEntry[] {
  const entries: RelatedEntry[] = [];
  for (const { known, side } of sided) {
    if (!isRaft(known, ['entries-appended'])) continue;
    const { first, last, term } = known.raft;
    for (let index = first; index <= last && entries.length < ENTRIES_MAX; index++)
      entries.push({ member: nameOf(q, known.actor), index, term, side });
  }
  return entries;
}

function instantsOf(sided: Sided): readonly RelatedInstant[] {
  const instants = new Map<string, RelatedInstant>();
  for (const { known, side } of sided) instants.set(`${side} ${known.at}`, { at: known.at, side });
  return [...instants.values()];
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
