/** Everything that the trace tells about one request: from the call that a client opened to the answer, with its entry on every disk on the way. */

import { nodeId } from '#kernel/brand.ts';
import { isRaft, isTrace, type Found, type Known, type RaftOf, type TraceOf } from '#host/why/event-index.ts';
import { journeyOf, seatOfId, seats, type Inquiry, type Journey } from '#host/why/inquiry.ts';

/** A write with its flush. */
export interface SaveTrace {
  readonly submitted: Known;
  readonly completed: Known | undefined;
}

/** The entry's way to one follower. */
export interface ReplicaTrace {
  readonly actor: number;
  readonly sent: Journey | undefined;
  readonly appended: Known | undefined;
  readonly save: SaveTrace | undefined;
  readonly ack: Journey | undefined;
}

export interface RequestTrace {
  readonly opened: Found<TraceOf<'call-opened'>>;
  readonly client: number;
  readonly delivered: Found<TraceOf<'call-delivered'>> | undefined;
  readonly received: Known | undefined;
  readonly proposed: Found<TraceOf<'request-proposed'>> | undefined;
  readonly forward: Journey | undefined;
  /** The member that leads and takes the entry. */
  readonly leader: number | undefined;
  readonly appended: Found<RaftOf<'entries-appended'>> | undefined;
  readonly index: number | undefined;
  readonly leaderSave: SaveTrace | undefined;
  readonly replicas: readonly ReplicaTrace[];
  readonly commit: Found<RaftOf<'commit-advanced'>> | undefined;
  /** Each member's news of the commit, and its application of the entry. */
  readonly told: readonly Known[];
  readonly applied: readonly Known[];
  readonly readWaiting: Known | undefined;
  readonly readAsked: Journey | undefined;
  readonly readConfirmed: Found<TraceOf<'read-confirmed'>> | undefined;
  readonly answered: Found<TraceOf<'request-answered'>> | undefined;
  readonly reply: Known | undefined;
  readonly ended: Found<TraceOf<'call-ended'>> | undefined;
  readonly cancelled: Known | undefined;
  readonly failed: Found<TraceOf<'call-failed'>> | undefined;
  readonly watched: readonly Known[];
}

type Own = Pick<
  RequestTrace,
  'delivered' | 'received' | 'proposed' | 'readWaiting' | 'answered' | 'reply' | 'ended' | 'cancelled' | 'failed'
>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING: Own = {
  delivered: undefined,
  received: undefined,
  proposed: undefined,
  readWaiting: undefined,
  answered: undefined,
  reply: undefined,
  ended: undefined,
  cancelled: undefined,
  failed: undefined,
};

/** What names the call itself. */
function ownEvents(q: Inquiry, opened: Known, client: number, call: number): Own {
  const own: Writable<Own> = { ...NOTHING };
  for (const known of q.index.between(opened.place, q.end)) {
    const event = known.trace;
    if (event === undefined || !('call' in event) || event.call !== call) continue;
    // A client's own events carry its number in their id.
    if ('client' in event ? event.client !== client : known.actor !== client) continue;
    switch (event.type) {
      case 'call-delivered':
        if (event.what === 'open') own.delivered ??= { known, event };
        else if (event.what === 'reply') own.reply ??= known;
        break;
      case 'request-received':
        own.received ??= known;
        break;
      case 'request-proposed':
        own.proposed ??= { known, event };
        break;
      case 'read-waiting':
        own.readWaiting ??= known;
        break;
      case 'request-answered':
        own.answered ??= { known, event };
        break;
      case 'call-cancelled':
        own.cancelled ??= known;
        break;
      case 'call-ended':
        own.ended ??= { known, event };
        break;
      case 'call-failed':
        own.failed ??= { known, event };
        break;
      default:
    }
  }
  return own;
}

function sentBy(q: Inquiry, cause: Known | undefined, message: string): Journey | undefined {
  if (cause === undefined) return undefined;
  const isIt = (known: Known): boolean => isTrace(known, ['message-sent']) && known.trace.message === message && known.place < q.end;
  // Requests of one instant leave together, by the last one's event.
  const sent =
    q.index.effectsOf(cause.id).find(isIt) ??
    q.index
      .between(cause.place, Math.min(cause.place + 64, q.end))
      .find((known) => known.at === cause.at && known.actor === cause.actor && isIt(known));
  return sent === undefined ? undefined : journeyOf(q, sent);
}

/** How many requests of the same instant the member proposed before this one: their entries come first. */
function placeInBatch(q: Inquiry, { known }: Found<TraceOf<'request-proposed'>>): number {
  return q.index
    .between(known.place - 200, known.place)
    .filter((each) => each.at === known.at && each.actor === known.actor && isTrace(each, ['request-proposed'])).length;
}

function appendedBy(
  q: Inquiry,
  proposed: Found<TraceOf<'request-proposed'>>,
  leader: number,
  forward: Journey | undefined,
): Found<RaftOf<'entries-appended'>> | undefined {
  const isIt = (known: Known): boolean => known.actor === leader && isRaft(known, ['entries-appended']) && known.raft.proposed;
  const known =
    forward === undefined
      ? q.index.between(proposed.known.place - 200, proposed.known.place).findLast((each) => each.at === proposed.known.at && isIt(each))
      : forward.end === undefined
        ? undefined
        : q.index.effectsOf(forward.end.known.id).find(isIt);
  return known !== undefined && isRaft(known, ['entries-appended']) ? { known, event: known.raft } : undefined;
}

function saveOf(q: Inquiry, appended: Known | undefined): SaveTrace | undefined {
  if (appended === undefined) return undefined;
  const submitted = q.index.effectsOf(appended.id).find((known) => isTrace(known, ['save-submitted']));
  if (submitted === undefined) return undefined;
  const disk = q.index.effectsOf(submitted.id).find((known) => isTrace(known, ['disk-completed']));
  const completed = disk === undefined ? undefined : q.index.effectsOf(disk.id).find((known) => isTrace(known, ['save-completed']));
  return { submitted, completed: completed !== undefined && completed.place < q.end ? completed : undefined };
}

function replicaOf(q: Inquiry, actor: number, leader: number, from: Known, index: number): ReplicaTrace {
  const id = seats(q)[actor - 1]?.status?.id;
  let sent: Journey | undefined;
  let appended: Known | undefined;
  let ack: Journey | undefined;
  for (const known of q.index.between(from.place, q.end)) {
    if (known.actor === leader && isTrace(known, ['message-sent']) && known.trace.message === 'MsgApp' && known.trace.to === id) {
      const carries = known.trace.index < index && index <= known.trace.index + known.trace.entries;
      // One that was lost is sent again: the one that got there counts.
      if (carries && appended === undefined && sent?.end?.event.type !== 'message-delivered') sent = journeyOf(q, known) ?? sent;
    } else if (known.actor === actor && isRaft(known, ['entries-appended']) && known.raft.first <= index && index <= known.raft.last)
      appended ??= known;
    else if (
      appended !== undefined &&
      ack?.end?.event.type !== 'message-delivered' &&
      known.actor === actor &&
      isTrace(known, ['message-sent'])
    ) {
      if (known.trace.message === 'MsgAppResp' && !known.trace.reject && known.trace.index >= index) ack = journeyOf(q, known) ?? ack;
    }
  }
  return { actor, sent, appended, save: saveOf(q, appended), ack };
}

/** @param id the event that opened the call; undefined if it is not remembered */
export function traceRequest(q: Inquiry, id: number): RequestTrace | undefined {
  const known = q.index.get(id);
  if (known === undefined || !isTrace(known, ['call-opened'])) return undefined;
  const opened = { known, event: known.trace };
  const client = known.actor;
  const own = ownEvents(q, known, client, known.trace.call);
  const { proposed } = own;
  const leader = proposed === undefined ? undefined : seatOfId(q, nodeId(proposed.event.to))?.actor;
  const forward = proposed?.event.forwarded === true ? sentBy(q, proposed.known, 'MsgProp') : undefined;
  const entry = entryTrace(q, proposed, leader, forward);
  const readAsked = sentBy(q, own.readWaiting, 'MsgReadIndex');
  return { opened, client, ...own, forward, leader, ...entry, readAsked, readConfirmed: confirmedBy(q, own) };
}

type EntryTrace = Pick<RequestTrace, 'appended' | 'index' | 'leaderSave' | 'replicas' | 'commit' | 'told' | 'applied' | 'watched'>;
const NO_ENTRY: EntryTrace = {
  appended: undefined,
  index: undefined,
  leaderSave: undefined,
  replicas: [],
  commit: undefined,
  told: [],
  applied: [],
  watched: [],
};

function entryTrace(q: Inquiry, proposed: Own['proposed'], leader: number | undefined, forward: Journey | undefined): EntryTrace {
  if (proposed === undefined || leader === undefined) return NO_ENTRY;
  const appended = appendedBy(q, proposed, leader, forward);
  if (appended === undefined) return NO_ENTRY;
  const index = Math.min(appended.event.last, appended.event.first + placeInBatch(q, proposed));
  const { place } = appended.known;
  const later = q.index.between(place, q.end);
  const firstOf = (holds: (known: Known) => boolean): readonly Known[] => {
    const found = new Map<number, Known>();
    for (const known of later) if (!found.has(known.actor) && holds(known)) found.set(known.actor, known);
    return [...found.values()];
  };
  const covers = (known: Known): known is Known & { readonly raft: RaftOf<'commit-advanced'> } =>
    isRaft(known, ['commit-advanced']) && known.raft.previous < index && index <= known.raft.index;
  const committed = later.find(
    (known) => covers(known) && known.raft.reason === 'quorum' && hasEntry(q, known, leader, appended.known, index),
  );
  const { request } = proposed.event;
  const applied = firstOf((known) => isTrace(known, ['applied']) && known.trace.request === request);
  return {
    appended,
    index,
    leaderSave: saveOf(q, appended.known),
    replicas: seats(q)
      .filter(({ actor, status }) => actor !== leader && status !== undefined)
      .map(({ actor }) => replicaOf(q, actor, leader, appended.known, index)),
    commit: committed !== undefined && covers(committed) ? { known: committed, event: committed.raft } : undefined,
    told:
      committed === undefined
        ? []
        : firstOf((known) => covers(known) && known.raft.reason === 'told-by-leader' && known.place > committed.place),
    applied,
    watched: applied.flatMap((known) =>
      q.index.effectsOf(known.id).filter((effect) => isTrace(effect, ['watch-delivered']) && effect.place < q.end),
    ),
  };
}

/** Whether who committed an index had this entry there, and not one of its own that took its place. */
function hasEntry(q: Inquiry, committed: Known, leader: number, appended: Known, index: number): boolean {
  if (committed.actor === leader) {
    const again = q.index.lastRaft(
      committed.place,
      leader,
      ['conflict-found'],
      (event, known) => event.index <= index && known.place > appended.place,
    );
    return again === undefined;
  }
  const own = q.index.lastRaft(
    committed.place,
    committed.actor,
    ['entries-appended'],
    (event) => event.first <= index && index <= event.last,
  );
  return own !== undefined && !own.event.proposed && own.known.place > appended.place;
}

function confirmedBy(q: Inquiry, { readWaiting, answered }: Own): RequestTrace['readConfirmed'] {
  if (readWaiting === undefined) return undefined;
  const known =
    answered === undefined
      ? q.index.last(
          q.end,
          (each) => each.actor === readWaiting.actor && each.place > readWaiting.place && isTrace(each, ['read-confirmed']),
        )
      : q.index.get(answered.known.cause);
  return known !== undefined && isTrace(known, ['read-confirmed']) ? { known, event: known.trace } : undefined;
}

const STREAMS = ['/Watch', '/LeaseKeepAlive', '/Observe', '/Snapshot'];
/** Whether a call is a stream that nobody expects to end. */
export const isStreamCall = (method: string): boolean => STREAMS.some((end) => method.endsWith(end));

/** How it ended: `given-up` if the client did not wait. */
export function outcomeOf(
  trace: Pick<RequestTrace, 'answered' | 'ended' | 'cancelled' | 'failed'>,
): 'waiting' | 'done' | 'failed' | 'given-up' {
  if (trace.ended !== undefined) return trace.ended.event.code === 0 ? 'done' : 'failed';
  if (trace.failed !== undefined) return 'failed';
  if (trace.cancelled !== undefined) return 'given-up';
  return 'waiting';
}
