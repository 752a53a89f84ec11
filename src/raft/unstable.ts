/**
 * The part of the log that is not known to be durable: an optional snapshot, and entries from `offset` on. What was handed out to be
 * written is "in progress" until it is reported stable; with asynchronous storage several writes may be under way.
 *
 * Invariant: `offset <= offsetInProgress <= offset + entries.length`. Mutable; owned by the log.
 */

import { assert } from '#kernel/assert.ts';
import { logIndex, type LogIndex, type Term } from '#kernel/brand.ts';
import type { Entry, EntryId } from '#raft/entry.ts';
import type { EventSink } from '#raft/event.ts';
import type { Snapshot } from '#raft/state.ts';

export interface UnstableState {
  readonly snapshot: Snapshot | undefined;
  readonly snapshotInProgress: boolean;
  readonly entries: readonly Entry[];
  readonly offset: LogIndex;
  readonly offsetInProgress: LogIndex;
}

export class Unstable {
  snapshot: Snapshot | undefined = undefined;
  snapshotInProgress = false;
  entries: Entry[] = [];
  offset: LogIndex;
  /** Entries below this were handed out to be written. */
  offsetInProgress: LogIndex;
  readonly #emit: EventSink;

  constructor(offset: LogIndex, emit: EventSink) {
    this.offset = offset;
    this.offsetInProgress = offset;
    this.#emit = emit;
  }

  /** Sets everything, from a checkpoint. */
  restoreState(state: UnstableState): void {
    this.snapshot = state.snapshot;
    this.snapshotInProgress = state.snapshotInProgress;
    this.entries = [...state.entries];
    this.offset = state.offset;
    this.offsetInProgress = state.offsetInProgress;
  }

  /** The first index of the log, if a snapshot decides it. */
  firstIndex(): LogIndex | undefined {
    return this.snapshot === undefined ? undefined : logIndex(this.snapshot.index + 1);
  }

  /** The last index of the log, if anything is unstable. */
  lastIndex(): LogIndex | undefined {
    if (this.entries.length > 0) return logIndex(this.offset + this.entries.length - 1);
    return this.snapshot?.index;
  }

  /** The term at `index`, if it is unstable. */
  term(index: LogIndex): Term | undefined {
    if (index < this.offset) return this.snapshot?.index === index ? this.snapshot.term : undefined;
    return this.entries[index - this.offset]?.term;
  }

  /** Entries that were not handed out yet. */
  nextEntries(): readonly Entry[] {
    return this.entries.slice(this.offsetInProgress - this.offset);
  }

  /** True if {@link nextEntries} is not empty. */
  hasNextEntries(): boolean {
    return this.entries.length > this.offsetInProgress - this.offset;
  }

  /** The snapshot, if it was not handed out yet. */
  nextSnapshot(): Snapshot | undefined {
    return this.snapshotInProgress ? undefined : this.snapshot;
  }

  /** Marks everything as handed out. */
  acceptInProgress(): void {
    this.offsetInProgress = logIndex(this.offset + this.entries.length);
    if (this.snapshot !== undefined) this.snapshotInProgress = true;
  }

  /**
   * The entry with this id and all before it are durable, and no write in progress will replace them. Ignored if the entry was
   * replaced in the meantime: then the write of its replacement is still under way, and reading the storage would show the old one.
   */
  stableTo(id: EntryId): void {
    const term = this.term(id.index);
    if (term === undefined) {
      this.#emit({ type: 'stable-entry-missing', index: id.index });
    } else if (id.index < this.offset) {
      this.#emit({ type: 'stable-entry-in-snapshot', index: id.index });
    } else if (term !== id.term) {
      this.#emit({ type: 'stable-entry-mismatched', index: id.index, term: id.term, unstableTerm: term });
    } else {
      this.entries = this.entries.slice(id.index + 1 - this.offset);
      this.offset = logIndex(id.index + 1);
      if (this.offsetInProgress < this.offset) this.offsetInProgress = this.offset;
      this.#emit({ type: 'entries-durable', index: id.index, term });
    }
  }

  /** The snapshot of this index is durable. */
  stableSnapshotTo(index: LogIndex): void {
    if (this.snapshot?.index !== index) return;
    this.snapshot = undefined;
    this.snapshotInProgress = false;
  }

  /** A received snapshot replaces everything. */
  restore(snapshot: Snapshot): void {
    this.offset = logIndex(snapshot.index + 1);
    this.offsetInProgress = this.offset;
    this.entries = [];
    this.snapshot = snapshot;
    this.snapshotInProgress = false;
  }

  /** Appends; what is there from the first new index on is replaced. */
  truncateAndAppend(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    const from = first.index;
    if (from === this.offset + this.entries.length) {
      for (const entry of entries) this.entries.push(entry);
    } else if (from <= this.offset) {
      this.#emit({ type: 'unstable-replaced', index: from });
      this.entries = [...entries];
      this.offset = from;
      this.offsetInProgress = from;
    } else {
      this.#emit({ type: 'unstable-truncated', index: from });
      assert(
        from < this.offset + this.entries.length,
        () => `gap in the log: it ends at ${this.offset + this.entries.length - 1}, appended from ${from}`,
      );
      this.entries = [...this.entries.slice(0, from - this.offset), ...entries];
      // What was being written from here on is void: it must be handed out again.
      if (from < this.offsetInProgress) this.offsetInProgress = from;
    }
  }

  /** Unstable entries in [lo, hi), which must be within the unstable part. */
  slice(lo: LogIndex, hi: LogIndex): readonly Entry[] {
    const end = this.offset + this.entries.length;
    assert(
      lo <= hi && lo >= this.offset && hi <= end,
      () => `unstable entries [${lo}, ${hi}) asked for, there are [${this.offset}, ${end})`,
    );
    return this.entries.slice(lo - this.offset, hi - this.offset);
  }
}
