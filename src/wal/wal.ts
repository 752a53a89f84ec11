/**
 * The write-ahead log: what a member must not forget, in segments of chained records on a {@link Disk}.
 *
 * A save is one append of one buffer (two when a segment is full: the next one then begins). It is durable only after `sync`; the member
 * submits the save in one step and syncs in the step that completes it. Opening reads everything back, drops a torn last record, and
 * refuses a log whose checksums do not hold anywhere else, in etcd's words.
 */

import { assert } from '#kernel/assert.ts';
import { logIndex, nodeId, NO_NODE, term, type LogIndex } from '#kernel/brand.ts';
import { type Reader, type Writer } from '#kernel/codec.ts';
import type { Disk } from '#wal/disk.ts';
import { RecordWriter, type SnapshotMark, type WalEntry, type WalHardState, type WalMetadata } from '#wal/record.ts';
import { parseSegmentName, segmentName, type SegmentName } from '#wal/segment-name.ts';

/** Segments that are left on the disk though a snapshot has made them needless (`--max-wals`): an older snapshot may have to serve. */
export const SEGMENTS_KEPT = 5;

export const EMPTY_HARD_STATE: WalHardState = { term: term(0), vote: NO_NODE, commit: logIndex(0) };

/** Where the log stands: everything that a running log keeps besides the disk. */
export interface WalPosition {
  readonly segment: SegmentName;
  /** Bytes in the current segment. */
  readonly segmentBytes: number;
  readonly crc: number;
  readonly lastIndex: number;
  readonly state: WalHardState;
}

/** Segments in order. */
export const listSegments = (disk: Disk): readonly SegmentName[] =>
  disk
    .list()
    .flatMap((name) => parseSegmentName(name) ?? [])
    .toSorted((a, b) => a.sequence - b.sequence);

/** Whether a log has been begun on this disk. */
export const hasWal = (disk: Disk): boolean => listSegments(disk).length > 0;

export class Wal {
  readonly #disk: Disk;
  readonly #metadata: WalMetadata;
  readonly #segmentBytesMax: number;
  readonly #records: RecordWriter;
  #segment: SegmentName;
  #segmentBytes: number;
  #lastIndex: number;
  #state: WalHardState;

  private constructor(disk: Disk, metadata: WalMetadata, segmentBytesMax: number, at: WalPosition) {
    this.#disk = disk;
    this.#metadata = metadata;
    this.#segmentBytesMax = segmentBytesMax;
    this.#records = new RecordWriter(at.crc);
    this.#segment = at.segment;
    this.#segmentBytes = at.segmentBytes;
    this.#lastIndex = at.lastIndex;
    this.#state = at.state;
  }

  /**
   * Begins a log on a disk that has none, durably.
   * @param segmentBytesMax a segment that has grown to this is closed (`64 MiB` in etcd)
   */
  static create(disk: Disk, metadata: WalMetadata, segmentBytesMax: number): Wal {
    assert(!hasWal(disk), () => `a log exists already: ${listSegments(disk)[0]?.name}`);
    const segment = { name: segmentName(0, 0), sequence: 0, index: 0 };
    const wal = new Wal(disk, metadata, segmentBytesMax, { segment, segmentBytes: 0, crc: 0, lastIndex: 0, state: EMPTY_HARD_STATE });
    wal.#records.add({ type: 'crc', crc: 0 });
    wal.#records.add({ type: 'metadata', metadata });
    wal.#records.add({ type: 'snapshot', mark: { index: logIndex(0), term: term(0) } });
    wal.#append();
    disk.flush();
    return wal;
  }

  /** Goes on where a log stands: after `openWal`, or from a checkpoint. */
  static resume(disk: Disk, metadata: WalMetadata, segmentBytesMax: number, at: WalPosition): Wal {
    return new Wal(disk, metadata, segmentBytesMax, at);
  }

  get position(): WalPosition {
    return {
      segment: this.#segment,
      segmentBytes: this.#segmentBytes,
      crc: this.#records.crc,
      lastIndex: this.#lastIndex,
      state: this.#state,
    };
  }

  get metadata(): WalMetadata {
    return this.#metadata;
  }

  /** The last entry that was written, 0 before the first. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  /**
   * Writes entries and a hard state, one append. Not durable before {@link Wal.sync}.
   * An entry at or below the last index replaces what was written from there on: the reader keeps the newest (etcd's rule).
   * @returns bytes written, 0 if there was nothing to write
   */
  save(state: WalHardState | undefined, entries: readonly WalEntry[]): number {
    for (const entry of entries) {
      this.#records.add({ type: 'entry', entry });
      this.#lastIndex = entry.index;
    }
    if (state !== undefined) {
      this.#state = state;
      this.#records.add({ type: 'state', state });
    }
    return this.#append();
  }

  /** Notes that a snapshot file was saved, so that reading may start there. Not durable before {@link Wal.sync}. */
  saveSnapshotMark(mark: SnapshotMark): number {
    this.#records.add({ type: 'snapshot', mark });
    if (mark.index > this.#lastIndex) this.#lastIndex = mark.index;
    return this.#append();
  }

  /** Makes everything saved so far durable. */
  sync(): void {
    this.#disk.flush();
  }

  /**
   * Deletes the oldest segments that hold nothing after `index`, all being before the one in which the entry after `index` is, as long as
   * more than `keep` segments are there.
   * @returns names of the deleted segments
   */
  release(index: LogIndex, keep = SEGMENTS_KEPT): readonly string[] {
    const segments = listSegments(this.#disk);
    const removed: string[] = [];
    for (const [i, segment] of segments.entries()) {
      const next = segments[i + 1];
      if (next === undefined || next.index > index + 1 || segments.length - i <= keep) break;
      this.#disk.remove(segment.name);
      removed.push(segment.name);
    }
    return removed;
  }

  #append(): number {
    const bytes = this.#records.take();
    if (bytes.length === 0) return 0;
    this.#disk.append(this.#segment.name, bytes);
    this.#segmentBytes += bytes.length;
    if (this.#segmentBytes >= this.#segmentBytesMax) this.#cut();
    return bytes.length;
  }

  /** Begins the next segment: checksum so far, metadata, hard state. The old one is flushed first, as etcd does. */
  #cut(): void {
    this.#disk.flush();
    const sequence = this.#segment.sequence + 1;
    const index = this.#lastIndex + 1;
    this.#segment = { name: segmentName(sequence, index), sequence, index };
    this.#records.add({ type: 'crc', crc: this.#records.crc });
    this.#records.add({ type: 'metadata', metadata: this.#metadata });
    this.#records.add({ type: 'state', state: this.#state });
    const bytes = this.#records.take();
    this.#disk.append(this.#segment.name, bytes);
    this.#segmentBytes = bytes.length;
  }
}

/** A position as bytes, for checkpoints. */
export function encodeWalPosition(w: Writer, at: WalPosition): void {
  w.varint(at.segment.sequence).varint(at.segment.index).varint(at.segmentBytes).u32(at.crc).varint(at.lastIndex);
  w.varint(at.state.term).u64(at.state.vote).varint(at.state.commit);
}

/** Reads what {@link encodeWalPosition} wrote. @throws DecodeError */
export function decodeWalPosition(r: Reader): WalPosition {
  const sequence = r.varint();
  const index = r.varint();
  const segmentBytes = r.varint();
  const crc = r.u32();
  const lastIndex = r.varint();
  const state: WalHardState = { term: term(r.varint()), vote: nodeId(r.u64()), commit: logIndex(r.varint()) };
  return { segment: { name: segmentName(sequence, index), sequence, index }, segmentBytes, crc, lastIndex, state };
}
