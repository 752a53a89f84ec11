/** Keys of one member's store at a revision, and what changed them. */

import { answered, askMember } from '#host/data/ask-member.ts';
import type { LiveRun } from '#host/live-run.ts';
import { idToHex } from '#host/cast.ts';
import type { KeyChangesAnswer, KeysAnswer } from '#etcd/inspection.ts';
import { nodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { VALUE_BYTES_MAX, type ChangesAnswer, type ChangesQuery, type RangeAnswer, type RangeQuery, type StoredKey } from '#view/data.ts';

/** Keys in one answer at most. */
const KEYS_MAX = 10_000;
const CHANGES_MAX = 1000;
/** Bytes of a value where many keys are listed: what a row can show. */
const LISTED_BYTES_MAX = 120;
const MANY = 50;

interface Stored {
  readonly key: Bytes;
  readonly value: Bytes;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: bigint;
}

function storedKey(kv: Stored, max: number): StoredKey {
  const { key, value, createRevision, modRevision, version, lease } = kv;
  return {
    key,
    value: cut(value, max),
    size: value.length,
    createRevision,
    modRevision,
    version,
    lease: lease === 0n ? '' : idToHex(nodeId(lease)),
  };
}

/** A copy, so that no large buffer travels with a small part of it. */
const cut = (value: Bytes, max: number): Bytes => (value.length > max ? value.slice(0, max) : value);

export async function readRange(run: LiveRun, query: RangeQuery): Promise<RangeAnswer> {
  const { member, key, rangeEnd, revision } = query;
  const nothing = { type: 'range' as const, revision: 0, compactRevision: 0, count: 0, keys: [] };
  const limit = Math.min(KEYS_MAX, Math.max(1, query.limit));
  const asked = await askMember(run, member, { type: 'keys', key, rangeEnd, revision, limit });
  if ('error' in asked) return { ...nothing, ...answered(run, member, asked.error) };
  const found = asked.answer as unknown as KeysAnswer; // the member's own answer; both ends are the same build
  const at = { revision: found.revision, compactRevision: found.compactRevision };
  // As a client sees it: the server puts its name before the store's words.
  if (found.error !== '') return { ...nothing, ...at, ...answered(run, member, `etcdserver: ${found.error}`) };
  const max = found.keys.length > MANY ? LISTED_BYTES_MAX : VALUE_BYTES_MAX;
  return { type: 'range', ...at, count: found.count, keys: found.keys.map((kv) => storedKey(kv, max)), ...answered(run, member) };
}

export async function readChanges(run: LiveRun, query: ChangesQuery): Promise<ChangesAnswer> {
  const { member, key, rangeEnd, before } = query;
  const limit = Math.min(CHANGES_MAX, Math.max(1, query.limit));
  const asked = await askMember(run, member, { type: 'key-changes', key, rangeEnd, before, limit });
  if ('error' in asked)
    return { type: 'changes', revision: 0, compactRevision: 0, more: false, changes: [], ...answered(run, member, asked.error) };
  const found = asked.answer as unknown as KeyChangesAnswer; // as above
  const max = rangeEnd.length > 0 && found.changes.length > MANY ? LISTED_BYTES_MAX : VALUE_BYTES_MAX;
  return {
    type: 'changes',
    revision: found.revision,
    compactRevision: found.compactRevision,
    more: found.more,
    changes: found.changes.map((change) => ({
      ...storedKey(change, max),
      tombstone: change.tombstone,
      before: change.before === undefined ? undefined : cut(change.before, max),
    })),
    ...answered(run, member),
  };
}
