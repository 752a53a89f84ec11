/**
 * The replicated log: what the storage holds, followed by what is not durable yet, with the marks of how far it is committed and applied.
 *
 * Invariants: `applied <= applying <= committed <= lastIndex`; committed entries are never replaced (paper §5.4, figure 3).
 * Mutable; owned by the core.
 */

import { assert } from '#kernel/assert.ts';
import { logIndex, term as termOf, type LogIndex, type Term } from '#kernel/brand.ts';
import { entriesSize, limitEntries, type Entry, type EntryId } from '#raft/entry.ts';
import type { EventSink } from '#raft/event.ts';
import type { Snapshot } from '#raft/state.ts';
import { COMPACTED, storageValue, UNAVAILABLE, type Storage, type StorageResult } from '#raft/storage.ts';
import { Unstable } from '#raft/unstable.ts';

const NO_INDEX = logIndex(0);
const NO_TERM = termOf(0);
const minIndex = (a: LogIndex, b: LogIndex): LogIndex => (a < b ? a : b);

export class RaftLog {
  readonly storage: Storage;
  readonly unstable: Unstable;
  /** Highest index known to be on a majority's disks; never above the last index. It and the next two never go down. */
  committed: LogIndex;
  /** Highest index handed out to be applied; never above `committed`. */
  applying: LogIndex;
  /** Highest index that the application reported as applied; never above `applying`. */
  applied: LogIndex;
  /** Bytes of committed entries that are handed out and not reported as applied. */
  applyingSize = 0;
  /** Nothing more is handed out until some of it is reported as applied. */
  applyingPaused = false;
  readonly #applyingSizeMax: number;
  readonly #emit: EventSink;

  constructor(storage: Storage, emit: EventSink, applyingSizeMax: number) {
    this.storage = storage;
    this.#emit = emit;
    this.#applyingSizeMax = applyingSizeMax;
    this.unstable = new Unstable(logIndex(storage.lastIndex() + 1), emit);
    this.committed = logIndex(storage.firstIndex() - 1);
    this.applying = this.committed;
    this.applied = this.committed;
  }

  firstIndex(): LogIndex {
    return this.unstable.firstIndex() ?? this.storage.firstIndex();
  }

  lastIndex(): LogIndex {
    return this.unstable.lastIndex() ?? this.storage.lastIndex();
  }

  /** The last entry's id; (0, 0) of an empty log. */
  lastId(): EntryId {
    const index = this.lastIndex();
    const at = this.term(index);
    assert(at.ok, () => `the last entry ${index} has no term`);
    return { term: at.value, index };
  }

  /** The term at `index`; known from the entry before the first one to the last one. */
  term(index: LogIndex): StorageResult<Term> {
    const unstable = this.unstable.term(index);
    if (unstable !== undefined) return storageValue(unstable);
    if (index + 1 < this.firstIndex()) return COMPACTED;
    if (index > this.lastIndex()) return UNAVAILABLE;
    return this.storage.term(index);
  }

  /** The term at `index`, 0 if it is not known. */
  termOrZero(index: LogIndex): Term {
    const at = this.term(index);
    return at.ok ? at.value : NO_TERM;
  }

  /** True if the log has this very entry. */
  matches(id: EntryId): boolean {
    const at = this.term(id.index);
    return at.ok && at.value === id.term;
  }

  /** True if a log ending in `id` is at least as up to date as this one (paper §5.4.1). */
  isUpToDate(id: EntryId): boolean {
    const last = this.lastId();
    return id.term > last.term || (id.term === last.term && id.index >= last.index);
  }

  /**
   * Takes over a leader's entries after `previous` (paper §5.3), unless the log does not have that entry.
   * @returns the index of the last one of them, undefined if `previous` does not match
   */
  maybeAppend(previous: EntryId, entries: readonly Entry[], leaderCommit: LogIndex): LogIndex | undefined {
    if (!this.matches(previous)) return undefined;
    const last = logIndex(previous.index + entries.length);
    const conflict = this.findConflict(entries);
    if (conflict !== NO_INDEX) {
      assert(conflict > this.committed, () => `entry ${conflict} conflict with committed entry [committed(${this.committed})]`);
      const news = entries.slice(conflict - previous.index - 1);
      this.append(news);
      this.#emit({ type: 'entries-appended', first: conflict, last, term: news.at(-1)?.term ?? NO_TERM, proposed: false });
    }
    this.commitTo(minIndex(leaderCommit, last), 'told-by-leader');
    return last;
  }

  /** Appends entries, replacing uncommitted ones from the first one's index on. Returns the last index. */
  append(entries: readonly Entry[]): LogIndex {
    const first = entries[0];
    if (first === undefined) return this.lastIndex();
    assert(first.index > this.committed, () => `after(${first.index - 1}) is out of range [committed(${this.committed})]`);
    this.unstable.truncateAndAppend(entries);
    return this.lastIndex();
  }

  /** The index of the first of these entries that the log has not, or has with another term; 0 if it has them all. */
  findConflict(entries: readonly Entry[]): LogIndex {
    for (const entry of entries) {
      if (this.matches(entry)) continue;
      if (entry.index <= this.lastIndex()) {
        this.#emit({ type: 'conflict-found', index: entry.index, existingTerm: this.termOrZero(entry.index), conflictingTerm: entry.term });
      }
      return entry.index;
    }
    return NO_INDEX;
  }

  /**
   * The largest index up to `index` whose term is at most `term`: a guess at where two logs agree that skips whole terms at once.
   * The term is 0 if it is not known. Looking beyond the end of the log gives the index back.
   */
  findConflictByTerm(index: LogIndex, term: Term): EntryId {
    for (let i = index; i > 0; i = logIndex(i - 1)) {
      const at = this.term(i);
      if (!at.ok) return { index: i, term: NO_TERM };
      if (at.value <= term) return { index: i, term: at.value };
    }
    return { index: NO_INDEX, term: NO_TERM };
  }

  /** Moves the commit index up; never down. */
  commitTo(index: LogIndex, reason: 'told-by-leader' | 'snapshot'): void {
    if (index <= this.committed) return;
    const previous = this.committed;
    this.advanceCommit(index);
    this.#emit({ type: 'commit-advanced', previous, index, reason, acks: [] });
  }

  /** As {@link commitTo}, for a leader that counted a quorum: the caller tells of it. */
  advanceCommit(index: LogIndex): void {
    assert(index >= this.committed, () => `tocommit(${index}) is below what is committed(${this.committed})`);
    assert(
      index <= this.lastIndex(),
      () => `tocommit(${index}) is out of range [lastIndex(${this.lastIndex()})]. Was the raft log corrupted, truncated, or lost?`,
    );
    this.committed = index;
  }

  /** True while a received snapshot is not known to be durable: the state machine has not got it. */
  hasPendingSnapshot(): boolean {
    return this.unstable.snapshot !== undefined;
  }

  /** Up to where entries may be applied: all that is committed, or only what of it is durable. */
  #appliableIndex(allowUnstable: boolean): LogIndex {
    return allowUnstable ? this.committed : minIndex(this.committed, logIndex(this.unstable.offset - 1));
  }

  /** True if {@link nextCommitted} is not empty. */
  hasNextCommitted(allowUnstable: boolean): boolean {
    if (this.applyingPaused || this.hasPendingSnapshot()) return false;
    return this.applying < this.#appliableIndex(allowUnstable);
  }

  /** Committed entries to apply next, within the size limit but at least one. */
  nextCommitted(allowUnstable: boolean): readonly Entry[] {
    if (!this.hasNextCommitted(allowUnstable)) return [];
    const sizeMax = this.#applyingSizeMax - this.applyingSize;
    assert(sizeMax > 0, () => `applying ${this.applyingSize} of at most ${this.#applyingSizeMax} bytes without a pause`);
    const entries = this.slice(logIndex(this.applying + 1), logIndex(this.#appliableIndex(allowUnstable) + 1), sizeMax);
    assert(entries.ok, () => `entries from ${this.applying + 1} on are committed and not applied, but compacted`);
    return entries.value;
  }

  /** Entries up to `index`, of `size` bytes, were handed out to be applied. */
  acceptApplying(index: LogIndex, size: number, allowUnstable: boolean): void {
    assert(
      index >= this.applying && index <= this.committed,
      () => `applying(${index}) is out of range [prevApplying(${this.applying}), committed(${this.committed})]`,
    );
    this.applying = index;
    this.applyingSize += size;
    // What is not taken because of the limit must wait, or a little room would bring many small pages.
    this.applyingPaused = this.applyingSize >= this.#applyingSizeMax || index < this.#appliableIndex(allowUnstable);
  }

  /** The application reported everything up to `index` as applied; `size` bytes of it were handed out. */
  appliedTo(index: LogIndex, size: number): void {
    assert(
      index <= this.committed && index >= this.applied,
      () => `applied(${index}) is out of range [prevApplied(${this.applied}), committed(${this.committed})]`,
    );
    if (index > this.applied) this.#emit({ type: 'applied', index });
    this.applied = index;
    if (this.applying < index) this.applying = index;
    this.applyingSize = Math.max(0, this.applyingSize - size);
    this.applyingPaused = this.applyingSize >= this.#applyingSizeMax;
  }

  /** A received snapshot replaces the log and is committed by what it is. */
  restore(snapshot: Snapshot): void {
    const { unstable } = this;
    this.#emit({
      type: 'snapshot-restore-started',
      committed: this.committed,
      applied: this.applied,
      applying: this.applying,
      unstableOffset: unstable.offset,
      unstableOffsetInProgress: unstable.offsetInProgress,
      unstableEntries: unstable.entries.length,
      index: snapshot.index,
      snapshotTerm: snapshot.term,
    });
    const previous = this.committed;
    this.committed = snapshot.index;
    unstable.restore(snapshot);
    this.#emit({ type: 'commit-advanced', previous, index: snapshot.index, reason: 'snapshot', acks: [] });
  }

  /** Entries from `lo` to the end, within the size limit but at least one; none if `lo` is just after the end. */
  entriesFrom(lo: LogIndex, sizeMax: number): StorageResult<readonly Entry[]> {
    return this.slice(lo, logIndex(this.lastIndex() + 1), sizeMax);
  }

  /** Entries in [lo, hi), within the size limit but at least one. */
  slice(lo: LogIndex, hi: LogIndex, sizeMax: number): StorageResult<readonly Entry[]> {
    assert(lo <= hi && hi <= this.lastIndex() + 1, () => `entries [${lo}, ${hi}) out of bound [${this.firstIndex()}, ${this.lastIndex()}]`);
    if (lo < this.firstIndex()) return COMPACTED;
    const { offset } = this.unstable;
    if (lo >= offset) return storageValue(limitEntries(this.unstable.slice(lo, hi), sizeMax));
    const cut = minIndex(hi, offset);
    const stable = this.storage.entries(lo, cut, sizeMax);
    if (!stable.ok) {
      assert(stable.error === 'compacted', () => `entries [${lo}, ${cut}) are unavailable from the storage`);
      return stable;
    }
    // A page that the storage cut short is full.
    if (hi <= offset || stable.value.length < cut - lo) return stable;
    const room = sizeMax - entriesSize(stable.value);
    const rest = limitEntries(this.unstable.slice(offset, hi), room);
    // "At least one" is met by the stable part already.
    return entriesSize(rest) > room ? stable : storageValue([...stable.value, ...rest]);
  }

  /** A snapshot to send: the one just received, or the storage's; undefined if it cannot be had now. */
  snapshot(): Snapshot | undefined {
    return this.unstable.snapshot ?? this.storage.snapshot();
  }
}
