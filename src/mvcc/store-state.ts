/** The mutable state behind a store, shared by the files that implement it. One owner: {@link MvccStore} in store.ts. */

import { DbSize } from '#mvcc/db-size.ts';
import { KeyIndex } from '#mvcc/key-index.ts';
import type { LeaseLinks } from '#mvcc/record.ts';
import { RevisionLog } from '#mvcc/revision-log.ts';

/** The etcd release whose compaction and hash rules hold. */
export type MvccProfile = '3.4.23' | '3.5';

export interface StoreState {
  readonly profile: MvccProfile;
  readonly leases: LeaseLinks;
  readonly index: KeyIndex;
  readonly log: RevisionLog;
  readonly size: DbSize;
  /** Main revision of the last change; 1 in a fresh store, so the first put gives 2. */
  currentRevision: number;
  /** Reads below it are refused; -1 before the first compaction. */
  compactRevision: number;
  /** Compactions whose physical pass has not ended, oldest first. */
  pendingCompactions: number[];
  /** How far into the log the physical pass of the first of them has come. */
  compactionCursor: number;
  /** The last compaction whose physical pass has ended, -1 for none. */
  finishedCompactRevision: number;
  /** A write transaction is open. */
  writing: boolean;
}

/** Links of a store whose leases nobody keeps. */
export const NO_LEASES: LeaseLinks = { attach: () => undefined, detach: () => undefined };

export const freshState = (profile: MvccProfile, leases: LeaseLinks): StoreState => ({
  profile,
  leases,
  index: new KeyIndex(),
  log: new RevisionLog(),
  size: new DbSize(),
  currentRevision: 1,
  compactRevision: -1,
  pendingCompactions: [],
  compactionCursor: 0,
  finishedCompactRevision: -1,
  writing: false,
});
