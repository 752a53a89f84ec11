/**
 * The durable log held in memory. As in etcd, the WAL makes entries durable and this serves reads of them.
 *
 * `#entries[0]` is a dummy that stands for the last compacted entry: it keeps its index and term. Mutable; owned by the member.
 * It grows until {@link MemoryStorage.compact} is called; the member decides when.
 */

import { assert } from '#kernel/assert.ts';
import { logIndex, term, type LogIndex, type Term } from '#kernel/brand.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { limitEntries, type Entry } from '#raft/entry.ts';
import { EMPTY_HARD_STATE, EMPTY_SNAPSHOT, type ConfState, type HardState, type Snapshot } from '#raft/state.ts';
import { COMPACTED, storageValue, UNAVAILABLE, type Storage, type StorageResult } from '#raft/storage.ts';

/** Why a change of the storage is refused, in etcd's words (`storageErrorText`). */
export type MemoryStorageError = 'compacted' | 'snapshot-out-of-date';

/** etcd's words for a refusal. */
export const storageErrorText = (error: MemoryStorageError): string =>
  error === 'compacted' ? 'requested index is unavailable due to compaction' : 'requested index is older than the existing snapshot';

const dummy = (index: LogIndex, entryTerm: Term): Entry => ({ type: 'EntryNormal', term: entryTerm, index, data: EMPTY_BYTES });

/** Everything that a {@link MemoryStorage} holds, for checkpoints. */
export interface MemoryStorageState {
  readonly hardState: HardState;
  readonly snapshot: Snapshot;
  /** The dummy entry and then the log. */
  readonly entries: readonly Entry[];
}

export class MemoryStorage implements Storage {
  #hardState: HardState = EMPTY_HARD_STATE;
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  #entries: Entry[] = [dummy(logIndex(0), term(0))];

  /** Rebuilds a storage from {@link MemoryStorage.state}. */
  static from(state: MemoryStorageState): MemoryStorage {
    const storage = new MemoryStorage();
    storage.#hardState = state.hardState;
    storage.#snapshot = state.snapshot;
    storage.#entries = [...state.entries];
    return storage;
  }

  /** Everything that is held. */
  state(): MemoryStorageState {
    return { hardState: this.#hardState, snapshot: this.#snapshot, entries: this.#entries };
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#snapshot.confState };
  }

  /** Records what must survive a restart. */
  setHardState(state: HardState): void {
    this.#hardState = state;
  }

  #offset(): LogIndex {
    return this.#entries[0]?.index ?? logIndex(0);
  }

  firstIndex(): LogIndex {
    return logIndex(this.#offset() + 1);
  }

  lastIndex(): LogIndex {
    return logIndex(this.#offset() + this.#entries.length - 1);
  }

  entries(lo: LogIndex, hi: LogIndex, sizeMax: number): StorageResult<readonly Entry[]> {
    const offset = this.#offset();
    if (lo <= offset) return COMPACTED;
    assert(hi <= this.lastIndex() + 1, () => `entries up to ${hi} asked for, the log ends at ${this.lastIndex()}`);
    if (this.#entries.length === 1) return UNAVAILABLE;
    return storageValue(limitEntries(this.#entries.slice(lo - offset, hi - offset), sizeMax));
  }

  term(index: LogIndex): StorageResult<Term> {
    const offset = this.#offset();
    if (index < offset) return COMPACTED;
    const entry = this.#entries[index - offset];
    return entry === undefined ? UNAVAILABLE : storageValue(entry.term);
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Replaces everything by a received snapshot. Refused if a newer one is there. */
  applySnapshot(snapshot: Snapshot): MemoryStorageError | undefined {
    if (this.#snapshot.index >= snapshot.index) return 'snapshot-out-of-date';
    this.#snapshot = snapshot;
    this.#entries = [dummy(snapshot.index, snapshot.term)];
    return undefined;
  }

  /**
   * Records a snapshot of the applied state at `index`, which must be in the log. The log stays.
   * @param confState the configuration at `index`; undefined leaves the last one
   */
  createSnapshot(
    index: LogIndex,
    confState: ConfState | undefined,
    data: Bytes,
  ): StorageResult<Snapshot> | { readonly ok: false; readonly error: 'snapshot-out-of-date' } {
    if (index <= this.#snapshot.index) return { ok: false, error: 'snapshot-out-of-date' };
    assert(index <= this.lastIndex(), () => `snapshot at ${index}, the log ends at ${this.lastIndex()}`);
    const at = this.term(index);
    if (!at.ok) return at;
    this.#snapshot = { index, term: at.value, confState: confState ?? this.#snapshot.confState, data };
    return storageValue(this.#snapshot);
  }

  /** Drops all entries up to and including `index`, whose term stays known. */
  compact(index: LogIndex): MemoryStorageError | undefined {
    const offset = this.#offset();
    if (index <= offset) return 'compacted';
    assert(index <= this.lastIndex(), () => `compaction at ${index}, the log ends at ${this.lastIndex()}`);
    const at = this.#entries[index - offset];
    this.#entries = [dummy(index, at?.term ?? term(0)), ...this.#entries.slice(index - offset + 1)];
    return undefined;
  }

  /** Appends entries; those that are there from the first one's index on are replaced. Entries before the log are left out. */
  append(entries: readonly Entry[]): void {
    const first = entries[0];
    const last = entries.at(-1);
    if (first === undefined || last === undefined || last.index < this.firstIndex()) return;
    const cut = first.index < this.firstIndex() ? entries.slice(this.firstIndex() - first.index) : entries;
    const at = Math.max(first.index, this.firstIndex()) - this.#offset();
    assert(at <= this.#entries.length, () => `gap in the log: it ends at ${this.lastIndex()}, appended from ${first.index}`);
    if (at < this.#entries.length) this.#entries.length = at;
    for (const entry of cut) this.#entries.push(entry);
  }
}
