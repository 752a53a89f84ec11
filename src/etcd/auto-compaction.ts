/**
 * Compaction by itself (server/etcdserver/api/v3compactor), on the leader: by revision it keeps the last so many, looking every five minutes; by
 * period it keeps the history of that long, noting the revision ten times a period (of at most an hour) and compacting once a period.
 * Every member takes notes, so that a new leader knows what was when.
 */

import { CompactionRequest } from '#api/gen/rpc.ts';
import { InternalRaftRequest } from '#api/gen/raft-internal.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import { MICROS_PER_SECOND, simTime, type EventId, type SimTime } from '#kernel/brand.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { goDuration } from '#kernel/go-duration.ts';
import { isLeader, type Parts } from '#etcd/parts.ts';
import { register } from '#etcd/propose.ts';
import { settingsOf, type AutoCompaction } from '#etcd/settings.ts';

const REVISION_INTERVAL_MICROS = 300 * MICROS_PER_SECOND;
const HOUR_MICROS = 3600 * MICROS_PER_SECOND;
/** Looks in a period. */
const LOOKS = 10;

/** Mutable; owned by the member. Bounded: a note for each look within the period. */
export class AutoCompactor {
  /** When it looks next; 0: it is off. */
  at: SimTime;
  /** Revisions at the last looks, oldest first; the first is the one to compact. */
  notes: number[];
  /** The last revision that was compacted. */
  lastRevision = 0;
  lastSuccess: SimTime;
  /** Before the first compaction a whole period passes, afterwards at most an hour. */
  isFirst = true;
  /** The revision that is being compacted, and since when; 0: none. */
  asked = 0;
  askedAt: SimTime = simTime(0);

  /** @param revision of the store now */
  constructor(now: SimTime, settings: AutoCompaction, revision: number) {
    this.notes = [revision];
    this.at = settings.mode === 'off' ? simTime(0) : simTime(now + pauseOf(settings));
    this.lastSuccess = now;
  }

  save(w: Writer): void {
    w.varint(this.at).varint(this.lastRevision).varint(this.lastSuccess).bool(this.isFirst).varint(this.asked).varint(this.askedAt);
    w.varint(this.notes.length);
    for (const note of this.notes) w.varint(note);
  }

  /** @throws DecodeError */
  static restore(r: Reader): AutoCompactor {
    const compactor = new AutoCompactor(simTime(0), { mode: 'off' }, 0);
    compactor.at = simTime(r.varint());
    compactor.lastRevision = r.varint();
    compactor.lastSuccess = simTime(r.varint());
    compactor.isFirst = r.bool();
    compactor.asked = r.varint();
    compactor.askedAt = simTime(r.varint());
    compactor.notes = Array.from({ length: r.varint() }, () => r.varint());
    return compactor;
  }
}

/** µs between two looks. */
function pauseOf(settings: AutoCompaction): number {
  if (settings.mode !== 'periodic') return REVISION_INTERVAL_MICROS;
  return Math.max(1, Math.floor(Math.min(settings.retentionMicros, HOUR_MICROS) / LOOKS));
}

/** Looks whether something is to be compacted, if it is time. */
export function onAutoCompaction(m: Parts, cause: EventId): void {
  const { compactor } = m;
  const { now } = m.out;
  if (compactor.at === 0 || now < compactor.at) return;
  const { autoCompaction: settings } = settingsOf(m.config);
  compactor.at = simTime(now + pauseOf(settings));
  const revision = m.machine.kv.currentRevision;
  if (settings.mode === 'periodic') {
    const looks = Math.floor(settings.retentionMicros / pauseOf(settings)) + 1;
    const [oldest = revision] = compactor.notes;
    compactor.notes = [...compactor.notes, revision].slice(-looks);
    const interval = compactor.isFirst ? settings.retentionMicros : Math.min(settings.retentionMicros, HOUR_MICROS);
    if (!isLeader(m) || now - compactor.lastSuccess < interval || oldest === compactor.lastRevision) return;
    compactor.isFirst = false;
    compact(m, oldest, cause);
  } else if (settings.mode === 'revision') {
    const target = revision - settings.retentionRevisions;
    if (isLeader(m) && target > 0 && target !== compactor.lastRevision) compact(m, target, cause);
  }
}

/** What the log lines of this mode say besides the revision. */
function fieldsOf(m: Parts, revision: number) {
  const { autoCompaction: settings } = settingsOf(m.config);
  const mode =
    settings.mode === 'periodic'
      ? { 'compact-period': goDuration(settings.retentionMicros) }
      : { 'revision-compaction-retention': settings.mode === 'revision' ? settings.retentionRevisions : 0 };
  return { revision, ...mode };
}

const isPeriodic = (m: Parts): boolean => settingsOf(m.config).autoCompaction.mode === 'periodic';

function compact(m: Parts, revision: number, cause: EventId): void {
  const event = m.out.log(isPeriodic(m) ? 'periodic-starting' : 'revision-starting', fieldsOf(m, revision), cause);
  m.compactor.asked = revision;
  m.compactor.askedAt = m.out.now;
  const id = m.ids.next();
  const compaction = CompactionRequest.create({ revision: BigInt(revision) });
  // The leader's own request: permissions are not asked, as etcd's compactor calls the server from inside.
  const data = InternalRaftRequest.encode(
    InternalRaftRequest.create({ header: { ID: id, username: '', authRevision: 0n }, compaction }),
  ).finish();
  register(m, { id, waiter: { type: 'compactor' }, data }, event);
}

/** Its compaction was applied, refused or given up. @param error undefined: it was applied */
export function onAutoCompacted(m: Parts, error: Pick<ApiError, 'message'> | undefined, cause: EventId): void {
  const { compactor } = m;
  const fields = fieldsOf(m, compactor.asked);
  if (error === undefined || error.message === ERRORS.Compacted.message) {
    compactor.lastRevision = compactor.asked;
    compactor.lastSuccess = m.out.now;
    const took = goDuration(m.out.now - compactor.askedAt);
    m.out.log(isPeriodic(m) ? 'periodic-completed' : 'revision-completed', { ...fields, took }, cause);
  } else m.out.log(isPeriodic(m) ? 'periodic-failed' : 'revision-failed', { ...fields, error: error.message }, cause);
}
