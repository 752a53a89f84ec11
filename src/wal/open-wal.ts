/**
 * Reading a write-ahead log back after a restart: the metadata, the last hard state, and the entries after a snapshot.
 *
 * A file that ends inside a record was being written when the process or the power went: the torn record was never acknowledged, so it is
 * cut off. A checksum that does not hold anywhere else means that stored data changed: that is reported, never repaired.
 */

import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import type { Disk } from '#wal/disk.ts';
import {
  FRAME_BYTES,
  readRecord,
  type SnapshotMark,
  type WalEntry,
  type WalHardState,
  type WalMetadata,
  type WalRecord,
} from '#wal/record.ts';
import { EMPTY_HARD_STATE, listSegments, Wal } from '#wal/wal.ts';

/** What is wrong with a log: a checksum that does not hold, a record cut off before the end, or content that contradicts itself. */
export type WalFailureReason =
  | 'crc-mismatch'
  | 'unexpected-eof'
  | 'malformed-record'
  | 'metadata-conflict'
  | 'metadata-not-found'
  | 'slice-out-of-range'
  | 'snapshot-mismatch'
  | 'snapshot-not-found'
  | 'file-not-found';

/** Why a log cannot be used. `message` begins with etcd's words and names the place. */
export interface WalFailure {
  readonly type: 'wal-failure';
  readonly reason: WalFailureReason;
  readonly message: string;
  /** Segment and byte offset of the record, where one is to blame. */
  readonly place: WalPlace | undefined;
  /** Of a checksum that does not hold. */
  readonly crc: { readonly stored: number; readonly computed: number } | undefined;
}

export interface WalPlace {
  readonly file: string;
  readonly offset: number;
}

/** What a log held. */
export interface OpenedWal {
  readonly type: 'opened';
  readonly wal: Wal;
  readonly metadata: WalMetadata;
  readonly state: WalHardState;
  /** Entries after the snapshot, without gaps. */
  readonly entries: readonly WalEntry[];
  /** Bytes of a torn last record that were cut off, and the segment that ended in it. */
  readonly tornBytes: number;
  readonly tornFile: string | undefined;
}

/** What has been read so far. */
interface Progress {
  metadata: WalMetadata | undefined;
  state: WalHardState;
  entries: WalEntry[];
  lastIndex: number;
  snapshotSeen: boolean;
}

const failure = (reason: WalFailureReason, message: string, place?: WalPlace): WalFailure => ({
  type: 'wal-failure',
  reason,
  message,
  place,
  crc: undefined,
});

const crcFailure = (file: string, offset: number, stored: number, computed: number): WalFailure => ({
  type: 'wal-failure',
  reason: 'crc-mismatch',
  message: `walpb: crc mismatch: ${file} at offset ${offset}: stored ${stored.toString(16)}, computed ${computed.toString(16)}`,
  place: { file, offset },
  crc: { stored, computed },
});

function take(seen: Progress, record: WalRecord, from: SnapshotMark): WalFailure | undefined {
  switch (record.type) {
    case 'entry': {
      const { entry } = record;
      seen.lastIndex = entry.index;
      if (entry.index <= from.index) return undefined;
      const at = entry.index - from.index - 1;
      if (at > seen.entries.length)
        return failure(
          'slice-out-of-range',
          `wal: slice bounds out of range: entry ${entry.index} follows ${from.index + seen.entries.length}`,
        );
      // An entry that was written again replaces the old one and everything behind it.
      seen.entries.length = at;
      seen.entries.push(entry);
      return undefined;
    }
    case 'state':
      seen.state = record.state;
      return undefined;
    case 'metadata':
      if (
        seen.metadata !== undefined &&
        (seen.metadata.nodeId !== record.metadata.nodeId || seen.metadata.clusterId !== record.metadata.clusterId)
      ) {
        return failure('metadata-conflict', 'wal: conflicting metadata found');
      }
      seen.metadata = record.metadata;
      return undefined;
    case 'snapshot':
      if (record.mark.index > seen.lastIndex) seen.lastIndex = record.mark.index;
      if (record.mark.index === from.index) {
        if (record.mark.term !== from.term) return failure('snapshot-mismatch', 'wal: snapshot mismatch');
        seen.snapshotSeen = true;
      }
      return undefined;
    case 'crc':
      return undefined;
  }
}

/**
 * Snapshot marks in the log, oldest first: only a snapshot file that the log names is used (etcd: ValidSnapshotEntries). Deviation: etcd passes
 * over a mark beyond the last saved commit index; here a mark is written only of what is committed, whatever the hard state on the disk says yet.
 */
export function snapshotMarks(disk: Disk): readonly SnapshotMark[] {
  const marks: SnapshotMark[] = [];
  let crc = 0;
  for (const { name } of listSegments(disk)) {
    const bytes = disk.read(name) ?? EMPTY_BYTES;
    for (let offset = 0; ;) {
      const result = readSafely(bytes, offset, offset === 0 ? undefined : crc);
      if (result.type !== 'record') break;
      if (result.record.type === 'snapshot') marks.push(result.record.mark);
      crc = result.crc;
      offset = result.next;
    }
  }
  return marks;
}

/** Visits where the contents of a segment's records lie, up to the first that cannot be read. */
export function forEachPayload(segment: Uint8Array, visit: (from: number, length: number) => void): void {
  let crc: number | undefined;
  for (let offset = 0; ;) {
    const result = readSafely(segment, offset, crc);
    if (result.type !== 'record') return;
    visit(offset + FRAME_BYTES, result.next - offset - FRAME_BYTES);
    crc = result.crc;
    offset = result.next;
  }
}

/** Reads a record; the first of a segment is a crc record, which carries the chain's value itself. */
function readSafely(bytes: Uint8Array, offset: number, crc: number | undefined): ReturnType<typeof readRecord> | WalFailure {
  try {
    if (crc !== undefined) return readRecord(bytes, offset, crc);
    return readRecord(bytes, offset, bytes.length >= 13 ? new DataView(bytes.buffer, bytes.byteOffset + 9, 4).getUint32(0, true) : 0);
  } catch (error) {
    if (error instanceof DecodeError) return failure('malformed-record', `wal: ${error.message}`);
    throw error;
  }
}

/** Records that begin every segment: crc, metadata, and a hard state (in the first one a snapshot mark). */
const HEADER_RECORDS = 3;

/** Whether a segment holds its whole beginning. One that does not was being made when the power went: it never held anything. */
function isBegun(bytes: Uint8Array): boolean {
  let crc: number | undefined;
  for (let offset = 0, n = 0; n < HEADER_RECORDS; n++) {
    const result = readSafely(bytes, offset, crc);
    if (result.type === 'torn' || result.type === 'end') return false;
    if (result.type !== 'record') return true;
    crc = result.crc;
    offset = result.next;
  }
  return true;
}

/** Deletes a last segment that was never finished. @returns the bytes that it held */
function dropUnbegun(disk: Disk): number {
  const last = listSegments(disk).at(-1);
  const bytes = last === undefined ? undefined : disk.read(last.name);
  if (last === undefined || bytes === undefined || last.sequence === 0 || isBegun(bytes)) return 0;
  disk.remove(last.name);
  disk.flush();
  return bytes.length;
}

/**
 * Opens a log for reading and then for appending.
 * @param from the snapshot that the state was restored from; index 0 for none
 */
export function openWal(disk: Disk, from: SnapshotMark, segmentBytesMax: number): OpenedWal | WalFailure {
  let tornBytes = dropUnbegun(disk);
  let tornFile: string | undefined;
  const all = listSegments(disk);
  const first = all.findLastIndex((s) => s.index <= from.index);
  const segments = all.slice(Math.max(first, 0));
  const last = segments.at(-1);
  if (last === undefined || first < 0) return failure('file-not-found', 'wal: file not found');
  const seen: Progress = { metadata: undefined, state: EMPTY_HARD_STATE, entries: [], lastIndex: 0, snapshotSeen: false };
  let crc: number | undefined;
  let segmentBytes = 0;
  for (const segment of segments) {
    const bytes = disk.read(segment.name) ?? EMPTY_BYTES;
    for (let offset = 0; ;) {
      const before = crc;
      const result = readSafely(bytes, offset, offset === 0 ? undefined : crc);
      if (result.type === 'wal-failure')
        return failure(result.reason, `${result.message}, in ${segment.name} at offset ${offset}`, { file: segment.name, offset });
      if (result.type === 'bad-crc') {
        return crcFailure(segment.name, offset, result.stored, result.computed);
      }
      if (result.type === 'torn') {
        if (segment !== last)
          return failure('unexpected-eof', `wal: unexpected EOF: ${segment.name} ends inside the record at offset ${offset}`, {
            file: segment.name,
            offset,
          });
        tornBytes = bytes.length - offset;
        tornFile = segment.name;
        disk.truncate(segment.name, offset);
        disk.flush();
      }
      if (result.type !== 'record') {
        segmentBytes = offset;
        break;
      }
      if (offset === 0) {
        if (result.record.type !== 'crc')
          return failure('malformed-record', `wal: ${segment.name} does not begin with a crc record`, { file: segment.name, offset });
        if (before !== undefined && before !== result.record.crc) {
          return crcFailure(segment.name, offset, result.record.crc, before);
        }
      }
      const refused = take(seen, result.record, from);
      if (refused !== undefined) return refused;
      crc = result.crc;
      offset = result.next;
    }
  }
  if (seen.metadata === undefined) return failure('metadata-not-found', 'wal: metadata not found');
  if (!seen.snapshotSeen) return failure('snapshot-not-found', 'wal: snapshot not found');
  const position = { segment: last, segmentBytes, crc: crc ?? 0, lastIndex: seen.lastIndex, state: seen.state };
  const wal = Wal.resume(disk, seen.metadata, segmentBytesMax, position);
  return { type: 'opened', wal, metadata: seen.metadata, state: seen.state, entries: seen.entries, tornBytes, tornFile };
}
