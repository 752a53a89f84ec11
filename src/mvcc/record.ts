/** The data of the engine: what one revision of a key says. */

import type { LeaseId, Revision } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';

/** A key at a revision, with etcd's fields (mvccpb.KeyValue). Byte arrays are shared, never changed. */
export interface KeyValue {
  readonly key: Bytes;
  readonly value: Bytes;
  /** Main revision of the put that created the key's present life; 0 in a tombstone. */
  readonly createRevision: Revision;
  /** Main revision of this change. */
  readonly modRevision: Revision;
  /** Puts since creation, from 1; 0 in a tombstone. */
  readonly version: number;
  /** 0n: none. */
  readonly lease: LeaseId;
}

/** One change as stored: revision (modRevision, sub). A tombstone has only its key and revision. */
export interface StoredRevision extends KeyValue {
  /** Position within the main revision, from 0. */
  readonly sub: number;
  readonly tombstone: boolean;
}

/** What a watcher hears of. */
export interface WatchEvent {
  readonly type: 'put' | 'delete';
  readonly kv: KeyValue;
  /** The key before this event, when asked for, present and not compacted. */
  readonly prevKv?: KeyValue;
}

/** Called when a key starts or ceases to hang on a lease. The lessor behind it must know the lease. */
export interface LeaseLinks {
  attach(lease: LeaseId, key: Bytes): void;
  detach(lease: LeaseId, key: Bytes): void;
}

/** Whether `a` comes before `b` in the order of revisions. */
export const isEarlier = (a: StoredRevision, b: StoredRevision): boolean =>
  a.modRevision < b.modRevision || (a.modRevision === b.modRevision && a.sub < b.sub);
