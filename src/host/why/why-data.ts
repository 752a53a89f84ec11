/** Why a key has its value, a lease its time, a watch its end. */

import { fromUtf8, toHex, utf8 } from '#kernel/bytes.ts';
import type { KeysAnswer, LeasesAnswer } from '#etcd/inspection.ts';
import { about, happened, leaderOf, nameOf, seatNamed, seats, state, type Inquiry } from '#host/why/inquiry.ts';
import { isTrace, type Known } from '#host/why/event-index.ts';
import { commitOf, whyCommitted } from '#host/why/why-replication.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { WhyQuestion, WhyReason } from '#view/why.ts';

interface Answer {
  readonly question: WhyQuestion;
  readonly reasons: readonly WhyReason[];
  readonly root: Known | undefined;
}

/** The member whose store speaks for the cluster: the leader's, or that of the one that applied most. */
function speaker(q: Inquiry): Seat | undefined {
  const up = seats(q).filter((seat) => seat.life === 'up' && seat.status !== undefined);
  return leaderOf(q) ?? up.sort((a, b) => (b.status?.applied ?? 0) - (a.status?.applied ?? 0))[0];
}

/** Which request gave a key its value. */
export async function whyKey(q: Inquiry, key: string): Promise<Answer> {
  const question: WhyQuestion = { type: 'key', key };
  const seat = speaker(q);
  if (seat === undefined) return { question, reasons: [], root: undefined };
  const bytes = utf8(key);
  const answer = await q.run.ask(seat.actor, { type: 'keys', key: bytes, rangeEnd: new Uint8Array(0), revision: 0, limit: 1 });
  const found = (answer as unknown as KeysAnswer | undefined)?.keys[0]; // the member's own type, of the same build
  const value = found === undefined ? undefined : fromUtf8(found.value);
  const now = state({ type: 'key-state', key, value, revision: found?.modRevision ?? 0, version: found?.version ?? 0, member: seat.name });
  const hex = toHex(bytes);
  const applied = q.index.lastTrace(
    q.end,
    ['applied'],
    (event, known) => known.actor === seat.actor && (found === undefined ? toHex(event.key) === hex : event.revision === found.modRevision),
  );
  if (applied === undefined) return { question, reasons: [now], root: undefined };
  const commit = commitOf(q, applied.event.index);
  return {
    question,
    reasons: [now, ...happened(q, applied.known), ...(commit === undefined ? [] : whyCommitted(q, commit, applied.event.index))],
    root: applied.known,
  };
}

/** How long a lease lives, and what hangs on it. @param lease in hex */
export async function whyLease(q: Inquiry, lease: string): Promise<Answer> {
  const question: WhyQuestion = { type: 'lease', lease };
  const seat = speaker(q);
  if (seat === undefined) return { question, reasons: [], root: undefined };
  const answer = await q.run.ask(seat.actor, { type: 'leases' });
  const found = (answer as unknown as LeasesAnswer | undefined)?.leases.find(({ id }) => id.toString(16) === lease.replace(/^0+/, '')); // as above
  if (found === undefined) return { question, reasons: [state({ type: 'lease-gone', lease })], root: undefined };
  const fact = {
    type: 'lease-state',
    lease,
    member: seat.name,
    ttlSeconds: Number(found.ttl),
    leftMicros: found.expiresAt === undefined ? undefined : Math.max(0, found.expiresAt - q.now),
    keys: found.keys.map((key) => fromUtf8(key)),
  } as const;
  return { question, reasons: [state(fact)], root: undefined };
}

/** Why a watch is open, or ended. */
export function whyWatch(q: Inquiry, member: string, client: string, call: number, watch: number): Answer | undefined {
  const seat = seatNamed(q, member);
  const isIt = (event: { readonly client: number; readonly call: number; readonly watch: number }): boolean =>
    nameOf(q, event.client) === client && event.call === call && event.watch === watch;
  const created = q.index.lastTrace(q.end, ['watch-created'], (event, known) => known.actor === seat?.actor && isIt(event));
  const cancelled = q.index.lastTrace(q.end, ['watch-cancelled'], (event, known) => known.actor === seat?.actor && isIt(event));
  const label = created === undefined ? '' : fromUtf8(created.event.key);
  const question: WhyQuestion = { type: 'watch', client, label, state: cancelled === undefined ? 'open' : 'cancelled' };
  if (cancelled !== undefined) return { question, reasons: whyWatchEnded(q, cancelled.known), root: cancelled.known };
  const told = q.index.lastTrace(q.end, ['watch-delivered'], (event, known) => known.actor === seat?.actor && isIt(event));
  return { question, reasons: [...happened(q, created?.known), ...happened(q, told?.known)], root: told?.known ?? created?.known };
}

/** Why a member ended a watch: the client's wish, compaction, or etcd's refusal. */
export function whyWatchEnded(q: Inquiry, known: Known): readonly WhyReason[] {
  if (!isTrace(known, ['watch-cancelled'])) return [];
  const { client, call, watch, reason } = known.trace;
  const created = q.index.lastTrace(
    known.place,
    ['watch-created'],
    (event, each) => each.actor === known.actor && event.client === client && event.call === call && event.watch === watch,
  );
  const member = nameOf(q, known.actor);
  const from =
    created === undefined
      ? []
      : [
          about(
            { type: 'watch-from', member, key: fromUtf8(created.event.key), revision: created.event.startRevision } as const,
            created.known,
          ),
        ];
  if (reason === 'compacted') {
    const compaction = q.index.lastTrace(
      known.place,
      ['applied'],
      (event, each) => each.actor === known.actor && /compact/.test(event.what),
    );
    const revision = seats(q)[known.actor - 1]?.status?.compactRevision ?? 0;
    return [...from, about({ type: 'compacted', member, revision }, compaction?.known), ...happened(q, compaction?.known)];
  }
  if (reason === '') return [...from, about({ type: 'closed-by-client', client: nameOf(q, client) }, known)];
  return [...from, about({ type: 'server-refused', text: reason }, known)];
}
