/**
 * The trace: everything that happens in a run, in order, each event with the id of its cause.
 *
 * An event has a fixed binary form (DESIGN §1): `varint length`, then `varint id`, `varint cause`, `varint at` (µs), `varint kind`,
 * then the fields of its kind in the order of {@link TRACE_SCHEMA}. The trace hash is SHA-256 over these bytes. Kinds and fields are
 * only ever appended, so that an old trace can be read by a newer page.
 *
 * Members write their events into a {@link TraceWriter} during a step and hand the bytes over; the world adds its own. Nobody decodes
 * on the hot path: the page decodes the part that it shows.
 */

import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { eventIdFromNumber, eventId, simTime, type EventId, type SimTime } from '#kernel/brand.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';

/** How a field is written: u = varint, id = 64-bit unsigned, t = text, b = bytes, f = flag. */
type FieldType = 'u' | 'id' | 't' | 'b' | 'f';

/**
 * Kinds of events: stable number and fields. Numbers below 100 are the world's, from 100 a member's, from 200 a client's.
 * Add at the end of a group; never renumber, never reorder fields.
 */
export const TRACE_SCHEMA = {
  'run-started': { kind: 1, fields: { engine: 't', seed: 'u', options: 'b' } },
  /** A recorded world command was applied; `command` is its plain encoding. */
  command: { kind: 2, fields: { command: 'b' } },
  'member-started': { kind: 10, fields: { member: 'u', incarnation: 'u' } },
  'member-killed': { kind: 11, fields: { member: 'u', powerLoss: 'f' } },
  'member-frozen': { kind: 12, fields: { member: 'u' } },
  'member-thawed': { kind: 13, fields: { member: 'u' } },
  'member-wiped': { kind: 14, fields: { member: 'u' } },
  /** A failed assertion or an unrecoverable disk stopped the member. */
  'member-crashed': { kind: 15, fields: { member: 'u', reason: 't' } },
  'member-woken': { kind: 16, fields: { member: 'u' } },
  /** A member ended by itself, as it should: it was removed from the cluster. */
  'member-stopped': { kind: 17, fields: { member: 'u', reason: 't' } },
  /** Its process will die when it next comes to a crash point; `''` takes that back. */
  'crash-point-armed': { kind: 18, fields: { member: 'u', point: 't', powerLoss: 'f' } },
  'crash-point-reached': { kind: 19, fields: { member: 'u', point: 't', powerLoss: 'f' } },
  'network-partitioned': { kind: 20, fields: { sides: 't' } },
  'network-healed': { kind: 21, fields: {} },
  'link-changed': { kind: 22, fields: { from: 'u', to: 'u', setting: 't' } },
  'message-delivered': { kind: 30, fields: { from: 'u', to: 'u', sent: 'u' } },
  'message-lost': { kind: 31, fields: { from: 'u', to: 'u', sent: 'u', reason: 't' } },
  'message-duplicated': { kind: 32, fields: { from: 'u', to: 'u', sent: 'u' } },
  'disk-completed': { kind: 33, fields: { member: 'u', op: 'u' } },
  'disk-changed': { kind: 34, fields: { member: 'u', setting: 't' } },
  'clock-changed': { kind: 35, fields: { member: 'u', setting: 't' } },
  'timeout-forced': { kind: 36, fields: { member: 'u' } },
  /** An election timer began anew, to fire after so many ticks. */
  'timer-set': { kind: 37, fields: { member: 'u', ticks: 'u' } },
  'client-changed': { kind: 38, fields: { client: 'u', setting: 't' } },
  /** A client that retries blindly sent a request again whose outcome it did not know. */
  'call-retried': { kind: 42, fields: { client: 'u', call: 'u', endpoint: 't' } },
  /** A client's call, message, cancel or a member's answer crossed the network. `what`: open, message, window, half-close, cancel, reply, end. */
  'call-delivered': { kind: 40, fields: { client: 'u', member: 'u', call: 'u', what: 't' } },
  'call-failed': { kind: 41, fields: { client: 'u', endpoint: 't', call: 'u', reason: 't' } },

  /** One structured event of the Raft core, in the core's own encoding. */
  raft: { kind: 100, fields: { event: 'b' } },
  /** A Raft message left the member; the message's id in all later events is this event's id. */
  'message-sent': {
    kind: 101,
    fields: { to: 'id', message: 't', term: 'u', logTerm: 'u', index: 'u', entries: 'u', commit: 'u', reject: 'f', bytes: 'u' },
  },
  'save-submitted': {
    kind: 110,
    fields: { op: 'u', bytes: 'u', entries: 'u', lastIndex: 'u', term: 'u', vote: 'id', commit: 'u', sync: 'f' },
  },
  'save-completed': { kind: 111, fields: { op: 'u' } },
  'tick-lost': { kind: 112, fields: { op: 'u' } },
  'backend-committed': { kind: 113, fields: { bytes: 'u' } },
  'snapshot-taken': { kind: 114, fields: { index: 'u', bytes: 'u' } },
  'snapshot-applied': { kind: 115, fields: { index: 'u', bytes: 'u' } },
  'log-compacted': { kind: 116, fields: { index: 'u' } },
  recovered: { kind: 117, fields: { snapshotIndex: 'u', entries: 'u', lastIndex: 'u', term: 'u', commit: 'u' } },
  /** A committed entry changed the state machine. `what` is a short word (put, delete, txn, conf-change, …), `key` its first key. */
  applied: { kind: 120, fields: { index: 'u', term: 'u', what: 't', key: 'b', revision: 'u', request: 'id' } },
  'request-received': { kind: 130, fields: { client: 'u', call: 'u', method: 't', key: 'b', bytes: 'u' } },
  'request-proposed': { kind: 131, fields: { client: 'u', call: 'u', request: 'id', forwarded: 'f', to: 'id' } },
  'read-waiting': { kind: 132, fields: { client: 'u', call: 'u', request: 'id' } },
  'read-confirmed': { kind: 133, fields: { request: 'id', index: 'u' } },
  'request-answered': { kind: 134, fields: { client: 'u', call: 'u', code: 'u', message: 't', revision: 'u' } },
  'watch-created': { kind: 140, fields: { client: 'u', call: 'u', watch: 'u', key: 'b', rangeEnd: 'b', startRevision: 'u' } },
  'watch-delivered': { kind: 141, fields: { client: 'u', call: 'u', watch: 'u', events: 'u', revision: 'u' } },
  'watch-cancelled': { kind: 142, fields: { client: 'u', call: 'u', watch: 'u', reason: 't' } },
  /** One line of etcd's log: level 0 debug … 4 fatal; `line` is the stable id of the message, `fields` plain data. */
  log: { kind: 150, fields: { level: 'u', logger: 't', line: 'u', message: 't', fields: 'b' } },
  /** Anything a later layer of the member wants to say; `topic` names the schema of `data` (plain encoding). */
  note: { kind: 160, fields: { topic: 't', data: 'b' } },

  'process-started': { kind: 200, fields: { process: 't', argv: 'b' } },
  'process-exited': { kind: 201, fields: { process: 't', code: 'u' } },
  'process-signalled': { kind: 202, fields: { process: 't', signal: 't' } },
  'process-output': { kind: 203, fields: { process: 't', stderr: 'f', data: 'b' } },
  /** A program changed the machine's files: `what` is write, append, remove, mkdir or rename. */
  'file-changed': { kind: 204, fields: { process: 't', what: 't', path: 't', bytes: 'u' } },
  'call-opened': { kind: 210, fields: { process: 't', call: 'u', endpoint: 't', method: 't', body: 'b' } },
  'call-sent': { kind: 211, fields: { process: 't', call: 'u', bytes: 'u' } },
  'call-cancelled': { kind: 212, fields: { process: 't', call: 'u' } },
  'call-ended': { kind: 213, fields: { process: 't', call: 'u', code: 'u', message: 't' } },
} as const satisfies Record<string, { readonly kind: number; readonly fields: Readonly<Record<string, FieldType>> }>;

type Schema = typeof TRACE_SCHEMA;
export type TraceKind = keyof Schema;
type FieldValue<F extends FieldType> = F extends 'u'
  ? number
  : F extends 'id'
    ? bigint
    : F extends 't'
      ? string
      : F extends 'b'
        ? Bytes
        : boolean;

/** The fields of one kind of event. */
export type TraceFields<K extends TraceKind> = {
  readonly [F in keyof Schema[K]['fields']]: FieldValue<Extract<Schema[K]['fields'][F], FieldType>>;
};

/** A decoded event, discriminated by `type`. */
export type TraceEvent = {
  [K in TraceKind]: { readonly type: K; readonly id: EventId; readonly cause: EventId; readonly at: SimTime } & TraceFields<K>;
}[TraceKind];

const TYPE_BY_KIND = new Map<number, TraceKind>();
const FIELDS_BY_TYPE = new Map<string, readonly (readonly [string, FieldType])[]>();
for (const [type, { kind, fields }] of Object.entries(TRACE_SCHEMA)) {
  TYPE_BY_KIND.set(kind, type as TraceKind); // Object.entries loses the key type
  FIELDS_BY_TYPE.set(type, Object.entries(fields));
}

/** Writes one actor's events and numbers them. Mutable; owned by the actor. */
export class TraceWriter {
  readonly #out = new Writer(1024);
  readonly #scratch = new Writer(256);
  readonly #actor: number;
  #next: number;

  /**
   * @param actor the actor's number: 0 the world, 1.. members, 1000.. client processes
   * @param next the number of its next event, from 1; continues where the actor's last incarnation stopped
   */
  constructor(actor: number, next: number) {
    this.#actor = actor;
    this.#next = next;
  }

  /** The number that the next event will get. */
  get next(): number {
    return this.#next;
  }

  /** Appends an event and returns its id. */
  emit<K extends TraceKind>(type: K, at: SimTime, cause: EventId, fields: TraceFields<K>): EventId {
    const id = eventId(this.#actor, this.#next++);
    const w = this.#scratch;
    w.reset();
    w.varint(id).varint(cause).varint(at).varint(TRACE_SCHEMA[type].kind);
    const values = fields as Readonly<Record<string, FieldValue<FieldType>>>; // the schema's own keys, read one by one
    for (const [name, fieldType] of FIELDS_BY_TYPE.get(type) ?? []) {
      const value = values[name];
      if (fieldType === 'u')
        w.varint(value as number); // the types of `fields` follow the schema
      else if (fieldType === 'id')
        w.u64(value as bigint); // as above
      else if (fieldType === 't')
        w.text(value as string); // as above
      else if (fieldType === 'b')
        w.bytes(value as Bytes); // as above
      else w.bool(value as boolean); // as above
    }
    this.#out.bytes(w.view());
    return id;
  }

  /** Takes the events written since the last call. */
  take(): Bytes {
    if (this.#out.length === 0) return EMPTY_BYTES;
    const bytes = this.#out.finish();
    this.#out.reset();
    return bytes;
  }
}

/** Decodes one record's payload (without its length). @throws DecodeError */
export function decodeTraceEvent(record: Bytes): TraceEvent {
  const r = new Reader(record);
  const id = eventIdFromNumber(r.varint());
  const cause = eventIdFromNumber(r.varint());
  const at = simTime(r.varint());
  const kind = r.varint();
  const type = TYPE_BY_KIND.get(kind);
  if (type === undefined) throw new DecodeError(`unknown trace event kind ${kind}`);
  const event: Record<string, unknown> = { type, id, cause, at };
  for (const [name, fieldType] of FIELDS_BY_TYPE.get(type) ?? []) {
    event[name] =
      fieldType === 'u'
        ? r.varint()
        : fieldType === 'id'
          ? r.u64()
          : fieldType === 't'
            ? r.text()
            : fieldType === 'b'
              ? r.bytes()
              : r.bool();
  }
  return event as TraceEvent; // built from the schema just above
}

/** Walks the records in a block of trace bytes: calls `visit` with each payload. @throws DecodeError */
export function forEachRecord(block: Bytes, visit: (record: Bytes) => void): void {
  const r = new Reader(block);
  while (!r.done) visit(r.bytes());
}

/** Decodes a block of trace bytes. @throws DecodeError */
export function decodeTrace(block: Bytes): TraceEvent[] {
  const events: TraceEvent[] = [];
  forEachRecord(block, (record) => events.push(decodeTraceEvent(record)));
  return events;
}
