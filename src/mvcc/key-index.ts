/**
 * From keys to their revisions: etcd's treeIndex and keyIndex. A key's history is the list of its changes in order; a tombstone ends a
 * generation and the next put begins one, so generations need no structure of their own.
 * Invariants: histories are never empty and strictly increasing by (main, sub); the map holds
 * the same histories as the tree and the new ones beside it.
 */

import { assert, present } from '#kernel/assert.ts';
import { bytesToKey, type KeyRange } from '#mvcc/byte-key.ts';
import { createOrderedMap, type OrderedMap } from '#mvcc/ordered-map.ts';
import { isEarlier, type StoredRevision } from '#mvcc/record.ts';

/** All kept changes of one key, oldest first. Mutable; owned by the index. */
export interface KeyHistory {
  readonly key: string;
  revisions: StoredRevision[];
}

/**
 * New keys that may wait to be put into the tree: sorted and put there together they cost half, since neighbours share their way down. Who needs the
 * order first puts them there, at most so many.
 */
const FRESH_MAX = 1024;

export class KeyIndex {
  readonly #byKey = new Map<string, KeyHistory>();
  readonly #ordered: OrderedMap<KeyHistory> = createOrderedMap();
  /** Histories that are not in the tree yet. */
  #fresh: KeyHistory[] = [];

  /** Number of keys with any history, deleted ones included. */
  get size(): number {
    return this.#byKey.size;
  }

  history(key: string): KeyHistory | undefined {
    return this.#byKey.get(key);
  }

  /** Adds the newest change of a key. @param history the key's, where the caller has just looked it up */
  append(key: string, change: StoredRevision, history = this.#byKey.get(key)): void {
    if (history === undefined) {
      const fresh = { key, revisions: [change] };
      this.#byKey.set(key, fresh);
      if (this.#fresh.push(fresh) >= FRESH_MAX) this.#order();
      return;
    }
    const last = history.revisions.at(-1);
    assert(
      last === undefined || isEarlier(last, change),
      () => `key index: change ${change.modRevision}.${change.sub} after ${last?.modRevision}.${last?.sub}`,
    );
    history.revisions.push(change);
  }

  /** Puts what is new into the tree. */
  #order(): void {
    if (this.#fresh.length === 0) return;
    this.#fresh.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const history of this.#fresh) this.#ordered.set(history.key, history);
    this.#fresh = [];
  }

  /**
   * Visits the histories of a range in key order. The index must not change meanwhile.
   * @param visit returns false to stop
   */
  visit(range: KeyRange, visit: (history: KeyHistory) => boolean | void): void {
    if (range.end === undefined) {
      const one = this.#byKey.get(range.start);
      if (one !== undefined) visit(one);
      return;
    }
    this.#order();
    const high = range.end === '' ? this.#ordered.maxKey() : range.end;
    if (high === undefined || high < range.start) return;
    this.#ordered.forRange(range.start, high, range.end === '', (_, history) => (visit(history) === false ? { break: 0 } : undefined));
  }

  /**
   * Forgets those of some changes that a compaction at `revision` gives up, and returns them. Kept are each key's changes after `revision` and
   * its newest one at or below, unless that one is a tombstone. The caller goes through the stored changes in order, a batch at a time; until
   * a batch has come by, the index holds changes that nobody can ask for any more.
   * @param changes in order, at or below `revision`
   * @param keepTombstoneAtRevision etcd 3.5.16 keeps a tombstone of exactly the compacted revision, 3.4.23 does not
   */
  compact(changes: readonly StoredRevision[], revision: number, keepTombstoneAtRevision: boolean): ReadonlySet<StoredRevision> {
    const gone = new Set<StoredRevision>();
    const touched = new Set<KeyHistory>();
    this.#order();
    for (const change of changes) {
      const history = this.#byKey.get(bytesToKey(change.key));
      const newest = history?.revisions[countUpTo(history.revisions, revision) - 1];
      if (newest === change && (!change.tombstone || (keepTombstoneAtRevision && change.modRevision === revision))) continue;
      gone.add(change);
      if (history !== undefined) touched.add(history);
    }
    for (const history of touched) {
      const all = history.revisions;
      let first = 0;
      for (let change = all[0]; change !== undefined && gone.has(change); change = all[first]) first++;
      if (first < all.length) history.revisions = all.slice(first);
      else {
        this.#byKey.delete(history.key);
        this.#ordered.delete(history.key);
      }
    }
    return gone;
  }
}

/** How many changes of a history have a main revision of at most `revision`. */
function countUpTo(revisions: readonly StoredRevision[], revision: number): number {
  let low = 0;
  let high = revisions.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (present(revisions[mid], 'revision').modRevision <= revision) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** The key as it is at a main revision; undefined where it does not exist. */
export function keyAt(history: KeyHistory, revision: number): StoredRevision | undefined {
  const all = history.revisions;
  let found = all[all.length - 1];
  if (found !== undefined && found.modRevision > revision) found = all[countUpTo(all, revision) - 1];
  return found === undefined || found.tombstone ? undefined : found;
}
