/** Where the core reads what is durable. The application writes it; the core never does. */

import type { LogIndex, Term } from '#kernel/brand.ts';
import type { Entry } from '#raft/entry.ts';
import type { ConfState, HardState, Snapshot } from '#raft/state.ts';

/** Why an entry or a term cannot be had: it was compacted away, or it is beyond the end of the log. */
export type StorageError = 'compacted' | 'unavailable';

/** A value, or the reason why there is none. */
export type StorageResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: StorageError };

export const storageValue = <T>(value: T): StorageResult<T> => ({ ok: true, value });
export const COMPACTED: StorageResult<never> = { ok: false, error: 'compacted' };
export const UNAVAILABLE: StorageResult<never> = { ok: false, error: 'unavailable' };

/** The durable log as the core sees it. */
export interface Storage {
  /** What was saved last; read once, when the core starts. */
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** Entries in [lo, hi), at most `sizeMax` bytes (see entry.ts) but at least one. */
  entries(lo: LogIndex, hi: LogIndex, sizeMax: number): StorageResult<readonly Entry[]>;
  /** Term of the entry at `index`, which is in [firstIndex-1, lastIndex]: the term before the first entry stays known. */
  term(index: LogIndex): StorageResult<Term>;
  /** Index of the first entry that is there, or would be. */
  firstIndex(): LogIndex;
  /** Index of the last entry; firstIndex-1 if there is none. */
  lastIndex(): LogIndex;
  /** The newest snapshot, to send to a peer whose entries are compacted; undefined if it cannot be had now. */
  snapshot(): Snapshot | undefined;
}
