/** The mutable state behind a store, shared by the files that implement it. One owner: {@link MvccStore} in store.ts. */

import { utf8 } from '#kernel/bytes.ts';
import { crc32c } from '#kernel/crc32c.ts';
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
  pendingCompactions: PendingCompaction[];
  /** How far into the log the physical pass of the first of them has come. */
  compactionCursor: number;
  /** Of the pass that is under way. */
  compactionHash: CompactionHash;
  /** The last compaction whose physical pass has ended, -1 for none. */
  finishedCompactRevision: number;
  /** A write transaction is open. */
  writing: boolean;
}

/** A compaction whose physical pass is still to come or under way. */
export interface PendingCompaction {
  readonly revision: number;
  /** The one before had ended when it was scheduled, and nothing has interrupted it since. */
  readonly follows: boolean;
}

/** The hash that a compaction of 3.5 makes on its way, unsigned 32-bit each. */
export interface CompactionHash {
  /** Without what the compaction before left and this one removes. */
  readonly kept: number;
  readonly all: number;
  /** Whether anything is kept: if not, `all` counts. */
  readonly keeps: boolean;
}

const HASH_SEED = crc32c(utf8('key'));
export const FRESH_HASH: CompactionHash = { kept: HASH_SEED, all: HASH_SEED, keeps: false };

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
  compactionHash: FRESH_HASH,
  finishedCompactRevision: -1,
  writing: false,
});
