/**
 * One atomic change of the store: every put and delete in it has the same main revision and its own sub revision, counted from 0
 * (kvstore_txn.go). A transaction that changes nothing takes no revision. Reads inside it see its own changes.
 */

import { assert } from '#kernel/assert.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { leaseId, revision, type LeaseId, type Revision } from '#kernel/brand.ts';
import { bytesToKey, keyRange } from '#mvcc/byte-key.ts';
import type { MvccError } from '#mvcc/errors.ts';
import { keyAt, type KeyHistory } from '#mvcc/key-index.ts';
import { rangeOf, type RangeRequest, type RangeResult } from '#mvcc/range.ts';
import type { KeyValue, StoredRevision } from '#mvcc/record.ts';
import type { StoreState } from '#mvcc/store-state.ts';

/** What a finished transaction did. */
export interface Committed {
  /** The store's revision after it. */
  readonly revision: Revision;
  /** Its changes in order; empty if it changed nothing. */
  readonly changes: readonly StoredRevision[];
}

const NO_LEASE = leaseId(0n);
const ZERO_REVISION = revision(0);

/** An open write transaction; `end` it before the next may begin. */
export class WriteTxn {
  readonly #state: StoreState;
  readonly #main: Revision;
  readonly #onEnd: ((committed: Committed) => void) | undefined;
  readonly #changes: StoredRevision[] = [];
  #ended = false;

  /** Use `MvccStore.writeTxn`. @param onEnd called once when it ends, after the store's revision moved */
  constructor(state: StoreState, onEnd?: (committed: Committed) => void) {
    assert(!state.writing, 'write transaction: one is already open');
    state.writing = true;
    this.#state = state;
    this.#main = revision(state.currentRevision + 1);
    this.#onEnd = onEnd;
  }

  /** The revision that reads see: the new one as soon as something has changed. */
  get revision(): Revision {
    return this.#changes.length > 0 ? this.#main : revision(this.#state.currentRevision);
  }

  get changes(): readonly StoredRevision[] {
    return this.#changes;
  }

  /** A range that sees this transaction's changes. */
  range(request: RangeRequest): RangeResult | MvccError {
    const { index, compactRevision } = this.#state;
    return rangeOf({ index, currentRevision: this.revision, compactRevision }, request);
  }

  /**
   * Puts a key. The byte arrays are kept, not copied: the caller gives them away.
   * @param lease 0n: none; otherwise one that the lessor knows. An attachment to another lease ends.
   * @returns the key as it was, undefined if this put creates it
   */
  put(key: Bytes, value: Bytes, lease: LeaseId = NO_LEASE): KeyValue | undefined {
    assert(!this.#ended, 'write transaction: put after its end');
    const { index, leases } = this.#state;
    const engineKey = bytesToKey(key);
    const history = index.history(engineKey);
    const old = history === undefined ? undefined : keyAt(history, this.#main);
    const change: StoredRevision = {
      key: old === undefined ? key : old.key,
      value,
      createRevision: old === undefined ? this.#main : old.createRevision,
      modRevision: this.#main,
      version: old === undefined ? 1 : old.version + 1,
      lease,
      sub: this.#changes.length,
      tombstone: false,
    };
    this.#add(engineKey, change, history);
    if (old !== undefined && old.lease !== NO_LEASE) leases.detach(old.lease, key);
    if (lease !== NO_LEASE) leases.attach(lease, key);
    return old;
  }

  /**
   * Deletes the keys of an interval, in key order.
   * @param rangeEnd absent or empty: the single key; one zero byte: all keys from `key` on
   * @returns the deleted keys as they were
   */
  deleteRange(key: Bytes, rangeEnd?: Bytes): readonly KeyValue[] {
    assert(!this.#ended, 'write transaction: delete after its end');
    const found: { readonly history: KeyHistory; readonly old: StoredRevision }[] = [];
    this.#state.index.visit(keyRange(key, rangeEnd), (history) => {
      const old = keyAt(history, this.#main);
      if (old !== undefined) found.push({ history, old });
    });
    for (const { history, old } of found) {
      this.#add(history.key, this.#tombstone(old.key), history);
      if (old.lease !== NO_LEASE) this.#state.leases.detach(old.lease, old.key);
    }
    return found.map((f) => f.old);
  }

  /** Closes the transaction: its changes become the store's newest revision. */
  end(): Committed {
    assert(!this.#ended, 'write transaction: ended twice');
    this.#ended = true;
    const state = this.#state;
    state.writing = false;
    if (this.#changes.length > 0) state.currentRevision = this.#main;
    const committed = { revision: revision(state.currentRevision), changes: this.#changes };
    this.#onEnd?.(committed);
    return committed;
  }

  #add(engineKey: string, change: StoredRevision, history: KeyHistory | undefined): void {
    this.#state.index.append(engineKey, change, history);
    this.#state.log.append(change);
    this.#state.size.added(change);
    this.#changes.push(change);
  }

  #tombstone(key: Bytes): StoredRevision {
    return {
      key,
      value: EMPTY_BYTES,
      createRevision: ZERO_REVISION,
      modRevision: this.#main,
      version: 0,
      lease: NO_LEASE,
      sub: this.#changes.length,
      tombstone: true,
    };
  }
}
