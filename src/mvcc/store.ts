/**
 * etcd's key-value engine: every change is kept under its revision until compaction, an ordered index leads from keys to their changes,
 * and any revision from the compacted one on can be read. Without watchers; those are in watchable-store.ts.
 */

import { revision, type LeaseId, type Revision } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { keyRange } from '#mvcc/byte-key.ts';
import { compact, compactStep, type Compacted } from '#mvcc/compaction.ts';
import type { DbSize } from '#mvcc/db-size.ts';
import type { MvccError } from '#mvcc/errors.ts';
import { hashBackend, hashKv, type BackendBucket, type HashKvResult } from '#mvcc/hash.ts';
import { keyAt, type KeyHistory } from '#mvcc/key-index.ts';
import { rangeOf, type RangeRequest, type RangeResult } from '#mvcc/range.ts';
import type { KeyValue, LeaseLinks, StoredRevision } from '#mvcc/record.ts';
import { FRESH_HASH, freshState, NO_LEASES, type MvccProfile, type StoreState } from '#mvcc/store-state.ts';
import { WriteTxn, type Committed } from '#mvcc/write-txn.ts';

export interface MvccOptions {
  readonly profile: MvccProfile;
  /** Told about keys that come to or leave a lease. Default: nobody. */
  readonly leases?: LeaseLinks;
}

export class MvccStore {
  #state: StoreState;

  /** A fresh store at revision 1. @param state decoded state instead of a fresh one; then it holds its own profile and links */
  constructor(options: MvccOptions, state?: StoreState) {
    this.#state = state ?? freshState(options.profile, options.leases ?? NO_LEASES);
  }

  get profile(): MvccProfile {
    return this.#state.profile;
  }

  get currentRevision(): Revision {
    return revision(this.#state.currentRevision);
  }

  /** The last scheduled compaction; -1 before the first. */
  get compactRevision(): number {
    return this.#state.compactRevision;
  }

  /** Whether the physical pass of a compaction is still under way: call {@link compactStep}. */
  get isCompacting(): boolean {
    return this.#state.pendingCompactions.length > 0;
  }

  /** The last compaction whose physical pass has ended; -1 for none. */
  get finishedCompactRevision(): number {
    return this.#state.finishedCompactRevision;
  }

  /** Stored changes, those that a compaction has yet to remove included. */
  get storedRevisions(): number {
    return this.#state.log.length;
  }

  /** Keys that exist or have a history left. */
  get indexedKeys(): number {
    return this.#state.index.size;
  }

  /** Modelled size of the database file. */
  get size(): DbSize {
    return this.#state.size;
  }

  range(request: RangeRequest): RangeResult | MvccError {
    return rangeOf(this.#state, request);
  }

  /** A key at a revision (default: the newest); undefined where it does not exist or the revision cannot be read. */
  get(key: Bytes, at = 0): KeyValue | undefined {
    const result = rangeOf(this.#state, { key, revision: at });
    return result.type === 'range' ? result.kvs[0] : undefined;
  }

  /** Opens the one write transaction. @param onEnd called when it ends, after the revision moved */
  writeTxn(onEnd?: (committed: Committed) => void): WriteTxn {
    return new WriteTxn(this.#state, onEnd);
  }

  /** A put as a transaction of its own. */
  put(key: Bytes, value: Bytes, lease?: LeaseId): Committed {
    const txn = this.writeTxn();
    txn.put(key, value, lease);
    return txn.end();
  }

  /** A delete as a transaction of its own. */
  deleteRange(key: Bytes, rangeEnd?: Bytes): Committed {
    const txn = this.writeTxn();
    txn.deleteRange(key, rangeEnd);
    return txn.end();
  }

  /** Schedules a compaction; reads below `at` are refused from now on. */
  compact(at: number): Compacted | MvccError {
    return compact(this.#state, at);
  }

  /** One batch of the physical pass; returns whether more is to do, after a pause, and what has ended. @param batch stored changes to look at */
  compactStep(batch?: number): ReturnType<typeof compactStep> {
    return compactStep(this.#state, batch);
  }

  /** The process that was at a compaction has ended: what is left of it is done anew, and no hash stands for it. */
  interruptCompactions(): void {
    const state = this.#state;
    state.pendingCompactions = state.pendingCompactions.map(({ revision: at }) => ({ revision: at, follows: false }));
    state.compactionCursor = 0;
    state.compactionHash = FRESH_HASH;
  }

  /** Runs the physical pass to its end at once. */
  finishCompaction(): void {
    while (compactStep(this.#state).hasMore);
  }

  /** etcd's HashKV. @param at 0: the newest revision */
  hashKv(at: number): HashKvResult | MvccError {
    return hashKv(this.#state, at);
  }

  /** etcd's Hash of the whole backend. @param others every bucket but `key` and `meta` */
  hashBackend(others: readonly BackendBucket[], meta?: BackendBucket['pairs']): number {
    return hashBackend(this.#state, others, meta);
  }

  /** Changes of main revisions in [from, to] that are still stored, in order. */
  changesBetween(from: number, to: number): readonly StoredRevision[] {
    return this.#state.log.between(from, to);
  }

  /** The kept history of each key of a range, for drawings. */
  histories(key: Bytes, rangeEnd: Bytes | undefined, limit: number): readonly KeyHistory[] {
    const found: KeyHistory[] = [];
    this.#state.index.visit(keyRange(key, rangeEnd), (history) => {
      if (found.length < limit) found.push(history);
      return found.length < limit;
    });
    return found;
  }

  /** Keys that hang on a lease now, in key order: what a lessor attaches after a restart. */
  leasedKeys(): readonly { readonly key: Bytes; readonly lease: LeaseId }[] {
    const found: { readonly key: Bytes; readonly lease: LeaseId }[] = [];
    this.#state.index.visit({ start: '', end: '' }, (history) => {
      const kv = keyAt(history, this.#state.currentRevision);
      if (kv !== undefined && kv.lease !== 0n) found.push({ key: kv.key, lease: kv.lease });
    });
    return found;
  }

  /** Puts other state in place of this store's. */
  protected adoptState(state: StoreState): void {
    this.#state = state;
  }

  /** The state itself, for the encoding in store-codec.ts. */
  state(): StoreState {
    return this.#state;
  }
}
