/**
 * Faults towards clients that a run can have on purpose, to prove that each promise is looked at: what a member says on watches and reads, and bits that
 * rot in its store. Each is a rule of `#kernel/broken-rule.ts`; nothing here happens in a real run.
 */

import type { RangeRequest, RangeResponse, ResponseHeader, WatchResponse } from '#api/gen/rpc.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import type { StoredRevision } from '#mvcc/record.ts';
import { breaks } from '#etcd/broken-rules.ts';
import { toEventMessage } from '#etcd/kv-messages.ts';
import { rangeIn } from '#etcd/apply-kv.ts';
import type { Parts } from '#etcd/parts.ts';

type Answer = Partial<WatchResponse> & Pick<WatchResponse, 'events'>;

/** What is sent in the place of an answer of a watch. */
export function spoiltWatch(m: Parts, answer: Answer): readonly Answer[] {
  const revision = Number(answer.header?.revision ?? 0n);
  const { events } = answer;
  if (events.length === 0) return breaks(m.config, 'watch-early-bookmark') ? [{ ...answer, header: laterBy(answer.header, 5n) }] : [answer];
  if (breaks(m.config, 'watch-lose') && revision % 7 === 0) return [];
  if (breaks(m.config, 'watch-repeat') && revision % 5 === 0) return [answer, answer];
  if (breaks(m.config, 'watch-reorder')) return [{ ...answer, events: [...events, ...earlierEvents(m, revision - 1)] }];
  if (breaks(m.config, 'watch-split')) return events.map((event) => ({ ...answer, events: [event] }));
  if (breaks(m.config, 'watch-wrong-prev')) return [{ ...answer, events: events.map((event) => ({ ...event, prevKv: event.kv })) }];
  if (breaks(m.config, 'watch-wrong-create')) {
    const spoil = ({ kv, ...event }: (typeof events)[number]) => ({
      ...event,
      kv: kv === undefined ? undefined : { ...kv, createRevision: kv.modRevision, version: 1n },
    });
    return [{ ...answer, events: events.map(spoil) }];
  }
  return [answer];
}

const laterBy = (header: ResponseHeader | undefined, by: bigint): ResponseHeader | undefined =>
  header === undefined ? undefined : { ...header, revision: header.revision + by };

const earlierEvents = ({ machine: { kv } }: Parts, revision: number) =>
  kv
    .changesBetween(revision, revision)
    .map((change) =>
      toEventMessage({ type: change.tombstone ? 'delete' : 'put', kv: change.tombstone ? { ...change, value: EMPTY_BYTES } : change }),
    );

/** What is answered in the place of a range: another value, or what was true some revisions ago. */
export function spoiltRange(m: Parts, request: RangeRequest, response: RangeResponse, call: number): RangeResponse {
  if (breaks(m.config, 'read-other-value')) return { ...response, kvs: response.kvs.map((kv) => ({ ...kv, value: utf8('rotten') })) };
  const { kv } = m.machine;
  const past = Math.max(1, kv.compactRevision + 1, kv.currentRevision - STALE_BY);
  if (!breaks(m.config, 'revision-back') || !request.serializable || request.revision !== 0n || call % 2 === 0) return response;
  const stale = rangeIn(kv, { ...request, revision: BigInt(past) });
  const header = { clusterId: m.clusterId, memberId: m.self, raftTerm: BigInt(m.machine.appliedTerm), revision: BigInt(past) };
  return stale.ok ? { ...stale.response, header } : response;
}
const STALE_BY = 20;

/**
 * etcd's issue 17529, brought back on purpose: a watcher whose history was compacted, and whose stream has no room to be told so, is moved on
 * to the newest revision. It hears neither of the events in between nor of its end.
 */
export function skipSlow({ machine: { kv } }: Parts): void {
  for (const watcher of kv.unsyncedWithoutRoom()) {
    if (watcher.minRevision >= kv.compactRevision) continue;
    watcher.minRevision = kv.currentRevision + 1;
    // The next pass finds it ahead of the store.
    watcher.restored = true;
  }
}

/** How many revisions back a value rots. */
const ROT_AGE = 20;

/** Changes a value of the past that no newer read shows, in the store of one member. */
export function rotHistory(m: Parts): void {
  if (!breaks(m.config, 'rot-history') || !m.config.name.endsWith('2')) return;
  const { kv } = m.machine;
  const [old] = kv.changesBetween(kv.currentRevision - ROT_AGE, kv.currentRevision - ROT_AGE);
  if (old === undefined || old.tombstone || (kv.get(old.key)?.modRevision ?? 0) === old.modRevision) return;
  const rotten: Partial<StoredRevision> = { value: utf8('rotten') };
  Object.assign(old, rotten); // the record in the store itself
}
