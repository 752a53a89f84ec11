/**
 * Records of the write-ahead log: `u32 length, u32 crc, u8 type, payload`. The checksum is CRC-32C over the payload, continued from the
 * record before it, as etcd's is, so that a record that was moved or left out breaks the chain. Type numbers are etcd's.
 */

import { logIndex, nodeId, term, type LogIndex, type NodeId, type Term } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { crc32c } from '#kernel/crc32c.ts';

/** An entry as the log keeps it; the Raft core's entries fit. */
export interface WalEntry {
  readonly type: 'EntryNormal' | 'EntryConfChange' | 'EntryConfChangeV2';
  readonly term: Term;
  readonly index: LogIndex;
  readonly data: Bytes;
}

export interface WalHardState {
  readonly term: Term;
  readonly vote: NodeId;
  readonly commit: LogIndex;
}

/** Whose log it is. */
export interface WalMetadata {
  readonly nodeId: NodeId;
  readonly clusterId: bigint;
}

/** Says that a snapshot file with this index and term was saved before. */
export interface SnapshotMark {
  readonly index: LogIndex;
  readonly term: Term;
}

export type WalRecord =
  | { readonly type: 'metadata'; readonly metadata: WalMetadata }
  | { readonly type: 'entry'; readonly entry: WalEntry }
  | { readonly type: 'state'; readonly state: WalHardState }
  /** First in every segment: the checksum where the segment before ended. */
  | { readonly type: 'crc'; readonly crc: number }
  | { readonly type: 'snapshot'; readonly mark: SnapshotMark };

const TYPE_NUMBER = { metadata: 1, entry: 2, state: 3, crc: 4, snapshot: 5 } as const;
const ENTRY_TYPES = ['EntryNormal', 'EntryConfChange', 'EntryConfChangeV2'] as const;
/** Bytes before the payload. */
export const FRAME_BYTES = 9;

function writePayload(w: Writer, record: WalRecord): void {
  switch (record.type) {
    case 'metadata':
      w.u64(record.metadata.nodeId).u64(record.metadata.clusterId);
      return;
    case 'entry':
      w.u8(ENTRY_TYPES.indexOf(record.entry.type)).varint(record.entry.term).varint(record.entry.index).raw(record.entry.data);
      return;
    case 'state':
      w.varint(record.state.term).u64(record.state.vote).varint(record.state.commit);
      return;
    case 'crc':
      w.u32(record.crc);
      return;
    case 'snapshot':
      w.varint(record.mark.index).varint(record.mark.term);
  }
}

/** Writes records one behind the other and carries the checksum on. Mutable; owned by the log. */
export class RecordWriter {
  readonly #frame = new Writer(4096);
  readonly #payload = new Writer(1024);
  #crc: number;

  constructor(crc: number) {
    this.#crc = crc;
  }

  /** The checksum of everything written so far. */
  get crc(): number {
    return this.#crc;
  }

  add(record: WalRecord): void {
    const payload = this.#payload;
    payload.reset();
    writePayload(payload, record);
    const bytes = payload.view();
    this.#crc = crc32c(bytes, this.#crc);
    this.#frame.u32(bytes.length).u32(this.#crc).u8(TYPE_NUMBER[record.type]).raw(bytes);
  }

  /** Bytes of the records that were not taken yet. */
  get pending(): number {
    return this.#frame.length;
  }

  /** Takes what was written. */
  take(): Bytes {
    const bytes = this.#frame.finish();
    this.#frame.reset();
    return bytes;
  }
}

function readPayload(type: number, payload: Bytes): WalRecord {
  const r = new Reader(payload);
  switch (type) {
    case TYPE_NUMBER.metadata:
      return { type: 'metadata', metadata: { nodeId: nodeId(r.u64()), clusterId: r.u64() } };
    case TYPE_NUMBER.entry: {
      const number = r.u8();
      const entryType = ENTRY_TYPES[number];
      if (entryType === undefined) throw new DecodeError(`unknown entry type ${number}`);
      const entryTerm = term(r.varint());
      const index = logIndex(r.varint());
      return { type: 'entry', entry: { type: entryType, term: entryTerm, index, data: r.raw(payload.length - r.offset) } };
    }
    case TYPE_NUMBER.state:
      return { type: 'state', state: { term: term(r.varint()), vote: nodeId(r.u64()), commit: logIndex(r.varint()) } };
    case TYPE_NUMBER.crc:
      return { type: 'crc', crc: r.u32() };
    case TYPE_NUMBER.snapshot:
      return { type: 'snapshot', mark: { index: logIndex(r.varint()), term: term(r.varint()) } };
    default:
      throw new DecodeError(`unexpected block type ${type}`);
  }
}

/** One step of reading a segment. `torn`: the file ends inside a record, which therefore was never complete. */
export type RecordResult =
  | { readonly type: 'record'; readonly record: WalRecord; readonly next: number; readonly crc: number }
  | { readonly type: 'end' }
  | { readonly type: 'torn' }
  | { readonly type: 'bad-crc'; readonly stored: number; readonly computed: number };

/**
 * Reads the record at `offset` of a segment.
 * @param crc the checksum up to here
 * @throws DecodeError if a record with a good checksum has a payload that its type does not allow
 */
export function readRecord(segment: Bytes, offset: number, crc: number): RecordResult {
  if (offset === segment.length) return { type: 'end' };
  if (offset + FRAME_BYTES > segment.length) return { type: 'torn' };
  const frame = new Reader(segment.subarray(offset, offset + FRAME_BYTES));
  const length = frame.u32();
  const stored = frame.u32();
  const type = frame.u8();
  const next = offset + FRAME_BYTES + length;
  if (next > segment.length) return { type: 'torn' };
  const payload = segment.subarray(offset + FRAME_BYTES, next);
  // A crc record says where the chain stands, so it is checked against itself and against the chain by the reader of the log.
  const computed = crc32c(payload, crc);
  if (computed !== stored) return { type: 'bad-crc', stored, computed };
  return { type: 'record', record: readPayload(type, payload), next, crc: computed };
}
