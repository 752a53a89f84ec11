/**
 * The binary form of entries, states and snapshots: compact, with a length or count before everything that varies.
 * Every `read…` throws DecodeError on malformed input.
 */

import { logIndex, nodeId, term, type LogIndex, type NodeId, type Term } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import type { Entry, EntryType } from '#raft/entry.ts';
import type { ConfState, HardState, Snapshot } from '#raft/state.ts';

const ENTRY_TYPES: readonly EntryType[] = ['EntryNormal', 'EntryConfChange', 'EntryConfChangeV2'];

/** Reads the position of a word in a list. */
export function readWord<T>(r: Reader, words: readonly T[], what: string): T {
  const at = r.u8();
  const word = words[at];
  if (word === undefined) throw new DecodeError(`unknown ${what} ${at} at offset ${r.offset - 1}`);
  return word;
}

export const readTerm = (r: Reader): Term => term(r.varint());
export const readIndex = (r: Reader): LogIndex => logIndex(r.varint());
export const readId = (r: Reader): NodeId => nodeId(r.u64());

/** Writes a list: its length, then each item. */
export function writeList<T>(w: Writer, items: readonly T[], write: (w: Writer, item: T) => void): void {
  w.varint(items.length);
  for (const item of items) write(w, item);
}

/** Reads {@link writeList}'s form. A length beyond the bytes that are left fails when an item cannot be read. */
export function readList<T>(r: Reader, read: (r: Reader) => T): T[] {
  const items: T[] = [];
  const n = r.varint();
  for (let i = 0; i < n; i++) items.push(read(r));
  return items;
}

/** Writes a value that may be missing. */
export function writeOptional<T>(w: Writer, value: T | undefined, write: (w: Writer, value: T) => void): void {
  w.bool(value !== undefined);
  if (value !== undefined) write(w, value);
}

export const readOptional = <T>(r: Reader, read: (r: Reader) => T): T | undefined => (r.bool() ? read(r) : undefined);

export const writeIds = (w: Writer, ids: readonly NodeId[]): void => writeList(w, ids, (out, id) => out.u64(id));
export const readIds = (r: Reader): NodeId[] => readList(r, readId);

export const writeEntryType = (w: Writer, type: EntryType): Writer => w.u8(ENTRY_TYPES.indexOf(type));
export const readEntryType = (r: Reader): EntryType => readWord(r, ENTRY_TYPES, 'entry type');

export function writeEntry(w: Writer, entry: Entry): void {
  writeEntryType(w, entry.type).varint(entry.term).varint(entry.index).bytes(entry.data);
}

/** The data is a copy: entries outlive the buffer that they came in. */
export const readEntry = (r: Reader): Entry => ({
  type: readEntryType(r),
  term: readTerm(r),
  index: readIndex(r),
  data: r.bytes().slice(),
});

/** The same, for who keeps the buffer: the data is a part of it. */
export const readEntryInPlace = (r: Reader): Entry => ({
  type: readEntryType(r),
  term: readTerm(r),
  index: readIndex(r),
  data: r.bytes(),
});

export function writeHardState(w: Writer, state: HardState): void {
  w.varint(state.term).u64(state.vote).varint(state.commit);
}
export const readHardState = (r: Reader): HardState => ({ term: readTerm(r), vote: readId(r), commit: readIndex(r) });

export function writeConfState(w: Writer, state: ConfState): void {
  writeIds(w, state.voters);
  writeIds(w, state.votersOutgoing);
  writeIds(w, state.learners);
  writeIds(w, state.learnersNext);
  w.bool(state.autoLeave);
}
export const readConfState = (r: Reader): ConfState => ({
  voters: readIds(r),
  votersOutgoing: readIds(r),
  learners: readIds(r),
  learnersNext: readIds(r),
  autoLeave: r.bool(),
});

export function writeSnapshot(w: Writer, snapshot: Snapshot): void {
  w.varint(snapshot.index).varint(snapshot.term);
  writeConfState(w, snapshot.confState);
  w.bytes(snapshot.data);
}
export const readSnapshot = (r: Reader): Snapshot => ({
  index: readIndex(r),
  term: readTerm(r),
  confState: readConfState(r),
  data: r.bytes().slice(),
});

/** Encodes one value with its writer. */
export function encodeWith<T>(write: (w: Writer, value: T) => void, value: T): Bytes {
  const w = new Writer(64);
  write(w, value);
  return w.finish();
}

/** Decodes one value with its reader; bytes that are left over are an error. @throws DecodeError */
export function decodeWith<T>(read: (r: Reader) => T, bytes: Bytes): T {
  const r = new Reader(bytes);
  const value = read(r);
  if (!r.done) throw new DecodeError(`${bytes.length - r.offset} bytes after the value`);
  return value;
}

export const encodeEntry = (entry: Entry): Bytes => encodeWith(writeEntry, entry);
/** @throws DecodeError */
export const decodeEntry = (bytes: Bytes): Entry => decodeWith(readEntry, bytes);
export const encodeHardState = (state: HardState): Bytes => encodeWith(writeHardState, state);
/** @throws DecodeError */
export const decodeHardState = (bytes: Bytes): HardState => decodeWith(readHardState, bytes);
export const encodeConfState = (state: ConfState): Bytes => encodeWith(writeConfState, state);
/** @throws DecodeError */
export const decodeConfState = (bytes: Bytes): ConfState => decodeWith(readConfState, bytes);
export const encodeSnapshot = (snapshot: Snapshot): Bytes => encodeWith(writeSnapshot, snapshot);
/** @throws DecodeError */
export const decodeSnapshot = (bytes: Bytes): Snapshot => decodeWith(readSnapshot, bytes);
