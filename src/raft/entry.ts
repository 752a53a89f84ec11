/**
 * Log entries and their sizes.
 *
 * Size limits use the size that an entry has in etcd's protobuf form, field by field and only for fields that are present: a normal entry
 * carries no type, and empty data is not present. (Releases of etcd-io/raft up to 3.6 wrote the type always: 2 bytes more.)
 */

import type { LogIndex, Term } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';

/** What an entry's data is: a proposal's bytes, or a configuration change of the first or second form. */
export type EntryType = 'EntryNormal' | 'EntryConfChange' | 'EntryConfChangeV2';

/** One entry of the replicated log. */
export interface Entry {
  readonly type: EntryType;
  readonly term: Term;
  readonly index: LogIndex;
  /** Empty for the entry with which a leader begins its term. */
  readonly data: Bytes;
}

/** An entry as it is proposed: the leader gives it its term and index. */
export type Proposal = Pick<Entry, 'type' | 'data'>;

/** The term and index of an entry, which together name it (paper §5.3, Log Matching). */
export interface EntryId {
  readonly term: Term;
  readonly index: LogIndex;
}

/** Stands for "no limit" wherever a number of bytes or messages is limited. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

function varintSize(value: number): number {
  let size = 1;
  for (let v = value; v >= 0x80; v = Math.floor(v / 0x80)) size += 1;
  return size;
}

/** Bytes of one entry in etcd's protobuf form. */
export function entrySize(entry: Entry): number {
  const { length } = entry.data;
  const type = entry.type === 'EntryNormal' ? 0 : 2;
  const data = length === 0 ? 0 : 1 + varintSize(length) + length;
  return type + 1 + varintSize(entry.term) + 1 + varintSize(entry.index) + data;
}

/** Sum of {@link entrySize}. */
export function entriesSize(entries: readonly Entry[]): number {
  let size = 0;
  for (const entry of entries) size += entrySize(entry);
  return size;
}

/** Sum of the bytes of data alone, which the limits of inflight and of uncommitted bytes count. */
export function payloadsSize(entries: readonly { readonly data: Bytes }[]): number {
  let size = 0;
  for (const entry of entries) size += entry.data.length;
  return size;
}

/**
 * The longest prefix of at most `sizeMax` bytes, but at least one entry if there is any.
 * Returns the argument itself when nothing is cut.
 */
export function limitEntries(entries: readonly Entry[], sizeMax: number): readonly Entry[] {
  if (sizeMax >= NO_LIMIT) return entries;
  let size = 0;
  for (const [i, entry] of entries.entries()) {
    size += entrySize(entry);
    if (size > sizeMax && i > 0) return entries.slice(0, i);
  }
  return entries;
}
