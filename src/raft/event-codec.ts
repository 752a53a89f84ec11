/** The binary form of events: the stable number of the type, then its fields in the order of the table in event.ts. */

import type { NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { decodeConfChange, encodeConfChange, type ConfChange } from '#raft/conf-change.ts';
import type { Configuration } from '#raft/configuration.ts';
import { RAFT_EVENTS, type FieldSpec, type RaftEvent, type RaftEventType } from '#raft/event.ts';
import type { ProgressView } from '#raft/progress.ts';
import { readIds, readIndex, readWord, readId, writeIds } from '#raft/state-codec.ts';

type Field = readonly [name: string, spec: FieldSpec];

const FIELDS_BY_TYPE = new Map<string, readonly Field[]>();
const TYPE_BY_ID = new Map<number, RaftEventType>();
for (const [type, { id, fields }] of Object.entries(RAFT_EVENTS)) {
  FIELDS_BY_TYPE.set(type, Object.entries(fields));
  TYPE_BY_ID.set(id, type as RaftEventType); // Object.entries loses the key type
}

const FLOWS = ['probe', 'replicate', 'snapshot'] as const;

function writeProgress(w: Writer, view: ProgressView): void {
  w.u8(FLOWS.indexOf(view.state)).varint(view.match).varint(view.next).bool(view.isLearner).bool(view.paused);
  w.varint(view.pendingSnapshot).bool(view.recentActive).varint(view.inflight).bool(view.inflightFull);
}

const readProgress = (r: Reader): ProgressView => ({
  state: readWord(r, FLOWS, 'progress state'),
  match: readIndex(r),
  next: readIndex(r),
  isLearner: r.bool(),
  paused: r.bool(),
  pendingSnapshot: readIndex(r),
  recentActive: r.bool(),
  inflight: r.varint(),
  inflightFull: r.bool(),
});

export function writeConfiguration(w: Writer, config: Configuration): void {
  writeIds(w, config.voters);
  writeIds(w, config.outgoing);
  writeIds(w, config.learners);
  writeIds(w, config.learnersNext);
  w.bool(config.autoLeave);
}

export const readConfiguration = (r: Reader): Configuration => ({
  voters: readIds(r),
  outgoing: readIds(r),
  learners: readIds(r),
  learnersNext: readIds(r),
  autoLeave: r.bool(),
});

function writeChange(w: Writer, change: ConfChange): void {
  w.u8(change.version).bytes(encodeConfChange(change));
}

function readChange(r: Reader): ConfChange {
  const version = r.u8();
  if (version !== 1 && version !== 2) throw new DecodeError(`unknown version ${version} of a configuration change`);
  return decodeConfChange(version === 1 ? 'EntryConfChange' : 'EntryConfChangeV2', r.bytes().slice());
}

function writeField(w: Writer, spec: FieldSpec, value: unknown): void {
  // The table of event.ts gives the value's type; the compiler cannot follow it through a lookup by name.
  if (spec === 'n')
    w.varint(value as number); // by the table
  else if (spec === 'id')
    w.u64(value as NodeId); // by the table
  else if (spec === 'f')
    w.bool(value as boolean); // by the table
  else if (spec === 'ids')
    writeIds(w, value as readonly NodeId[]); // by the table
  else if (spec === 'config')
    writeConfiguration(w, value as Configuration); // by the table
  else if (spec === 'progress')
    writeProgress(w, value as ProgressView); // by the table
  else if (spec === 'change')
    writeChange(w, value as ConfChange); // by the table
  else w.u8(spec.indexOf(value as string)); // by the table
}

function readField(r: Reader, spec: FieldSpec): unknown {
  if (spec === 'n') return r.varint();
  if (spec === 'id') return readId(r);
  if (spec === 'f') return r.bool();
  if (spec === 'ids') return readIds(r);
  if (spec === 'config') return readConfiguration(r);
  if (spec === 'progress') return readProgress(r);
  return spec === 'change' ? readChange(r) : readWord(r, spec, 'word');
}

/** Appends one event to `w`. */
export function writeEvent(w: Writer, event: RaftEvent): void {
  w.varint(RAFT_EVENTS[event.type].id);
  const values = event as unknown as Readonly<Record<string, unknown>>; // read by the names in the table
  for (const [name, spec] of FIELDS_BY_TYPE.get(event.type) ?? []) writeField(w, spec, values[name]);
}

const scratch = new Writer(128);

/** An event as bytes. */
export function encodeEvent(event: RaftEvent): Bytes {
  scratch.reset();
  writeEvent(scratch, event);
  return scratch.finish();
}

/** Reads {@link encodeEvent}'s bytes. @throws DecodeError on anything else */
export function decodeEvent(bytes: Bytes): RaftEvent {
  const r = new Reader(bytes);
  const id = r.varint();
  const type = TYPE_BY_ID.get(id);
  if (type === undefined) throw new DecodeError(`unknown event ${id}`);
  const values: Record<string, unknown> = { type };
  for (const [name, spec] of FIELDS_BY_TYPE.get(type) ?? []) values[name] = readField(r, spec);
  if (!r.done) throw new DecodeError(`${bytes.length - r.offset} bytes after the event`);
  return values as unknown as RaftEvent; // has just the fields of its row in the table
}
