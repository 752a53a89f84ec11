/**
 * Binary form of a member's step, input and output, for the message between the world and a member's worker: one transferred buffer
 * each way instead of hundreds of cloned objects (a clone of 100 objects costs three times a 4 KB buffer).
 *
 * Both ends are the same build, so there is no version in it; what is malformed throws DecodeError.
 */

import { unreachable } from '#kernel/assert.ts';
import { eventIdFromNumber, nodeId, simTime, type EventId, type NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, type Reader, type Writer } from '#kernel/codec.ts';
import type {
  CallId,
  Halt,
  InboxItem,
  MemberStatus,
  OutMessage,
  RemoteCluster,
  Reply,
  SaveRequest,
  StepInput,
  StepOutput,
} from '#etcd/contract.ts';
import { crashPointOf } from '#etcd/crash-points.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import { TextReader, TextWriter } from '#host/text-table.ts';

const ITEM = {
  wake: 0,
  peer: 1,
  unreachable: 2,
  'snapshot-sent': 3,
  call: 4,
  'call-message': 5,
  'call-half-close': 6,
  'call-cancel': 7,
  http: 8,
  saved: 9,
  'election-timeout': 10,
  'call-read': 11,
  'election-timer': 12,
  arm: 13,
  'fail-assertion': 14,
} as const;
const REPLY = { message: 0, end: 1, 'http-head': 2, 'http-body': 3 } as const;
const TARGETS = ['wal', 'backend', 'snapshot'] as const;
const ROLES = ['follower', 'pre-candidate', 'candidate', 'leader'] as const;
const HALTS = ['assertion', 'disk', 'removed', 'start', 'crash-point'] as const;

/** The value at a place of a fixed list. @throws DecodeError beyond its end */
function pick<T>(list: readonly T[], index: number, what: string): T {
  const value = list[index];
  if (value === undefined) throw new DecodeError(`unknown ${what} ${index}`);
  return value;
}

const readEvent = (r: Reader): EventId => eventIdFromNumber(r.varint());
const readNode = (r: Reader): NodeId => nodeId(r.u64());
const writeCall = (w: Writer, id: CallId): Writer => w.varint(id.client).varint(id.call);
const readCall = (r: Reader): CallId => ({ client: r.varint(), call: r.varint() });

function writeHeaders(w: Writer, texts: TextWriter, headers: readonly (readonly [string, string])[]): void {
  w.varint(headers.length);
  for (const [name, value] of headers) {
    texts.write(name);
    w.text(value);
  }
}

function readHeaders(r: Reader, texts: TextReader): (readonly [string, string])[] {
  return readList(r, () => [texts.read(), r.text()] as const);
}

function readList<T>(r: Reader, read: () => T): T[] {
  const n = r.varint();
  const out: T[] = [];
  for (let i = 0; i < n; i++) out.push(read());
  return out;
}

function writeItem(w: Writer, texts: TextWriter, item: InboxItem): void {
  w.u8(ITEM[item.type]).varint(item.cause);
  switch (item.type) {
    case 'wake':
    case 'election-timeout':
      return;
    case 'fail-assertion':
      w.text(item.reason ?? '');
      return;
    case 'peer':
      w.bytes(item.message);
      return;
    case 'unreachable':
      w.u64(item.peer);
      return;
    case 'snapshot-sent':
      w.u64(item.peer).bool(item.ok);
      return;
    case 'call':
      writeCall(w, item.id);
      texts.write(item.method);
      w.bytes(item.body);
      texts.write(item.token);
      w.bool(item.requireLeader ?? false);
      return;
    case 'call-message':
      writeCall(w, item.id).bytes(item.body);
      return;
    case 'call-read':
      writeCall(w, item.id).varint(item.bytes);
      return;
    case 'call-half-close':
    case 'call-cancel':
      writeCall(w, item.id);
      return;
    case 'http':
      writeCall(w, item.id);
      texts.write(item.method);
      w.text(item.target);
      writeHeaders(w, texts, item.headers);
      w.bytes(item.body);
      return;
    case 'saved':
      w.varint(item.op);
      return;
    case 'election-timer':
      w.varint(item.ticks);
      return;
    case 'arm':
      w.text(item.point);
      return;
    default:
      unreachable(item, 'inbox item');
  }
}

function readOpening(r: Reader, texts: TextReader, cause: EventId): InboxItem {
  const call = { type: 'call', id: readCall(r), method: texts.read(), body: r.bytes(), token: texts.read(), cause } as const;
  return r.bool() ? { ...call, requireLeader: true } : call;
}

function readItem(r: Reader, texts: TextReader): InboxItem {
  const tag = r.u8();
  const cause = readEvent(r);
  switch (tag) {
    case ITEM.wake:
      return { type: 'wake', cause };
    case ITEM['election-timeout']:
      return { type: 'election-timeout', cause };
    case ITEM['fail-assertion']:
      return { type: 'fail-assertion', reason: r.text() || undefined, cause };
    case ITEM.peer:
      return { type: 'peer', message: r.bytes(), cause };
    case ITEM.unreachable:
      return { type: 'unreachable', peer: readNode(r), cause };
    case ITEM['snapshot-sent']:
      return { type: 'snapshot-sent', peer: readNode(r), ok: r.bool(), cause };
    case ITEM.call:
      return readOpening(r, texts, cause);
    case ITEM['call-message']:
      return { type: 'call-message', id: readCall(r), body: r.bytes(), cause };
    case ITEM['call-read']:
      return { type: 'call-read', id: readCall(r), bytes: r.varint(), cause };
    case ITEM['call-half-close']:
      return { type: 'call-half-close', id: readCall(r), cause };
    case ITEM['call-cancel']:
      return { type: 'call-cancel', id: readCall(r), cause };
    case ITEM.http:
      return {
        type: 'http',
        id: readCall(r),
        method: texts.read(),
        target: r.text(),
        headers: readHeaders(r, texts),
        body: r.bytes(),
        cause,
      };
    case ITEM.saved:
      return { type: 'saved', op: r.varint(), cause };
    case ITEM['election-timer']:
      return { type: 'election-timer', ticks: r.varint(), cause };
    case ITEM.arm:
      return { type: 'arm', point: crashPointOf(r.text()) ?? '', cause };
    default:
      throw new DecodeError(`unknown inbox item ${tag}`);
  }
}

/** Appends a step's input. */
export function writeStepInput(w: Writer, input: StepInput): void {
  const texts = new TextWriter(w);
  w.varint(input.now)
    .f64(input.wallOffset ?? 0)
    .varint(input.items.length);
  for (const item of input.items) writeItem(w, texts, item);
}

/** Reads {@link writeStepInput}'s bytes; byte fields are views into the source. @throws DecodeError */
export function readStepInput(r: Reader): StepInput {
  const texts = new TextReader(r);
  const now = simTime(r.varint());
  const wallOffset = r.f64();
  return { now, ...(wallOffset === 0 ? {} : { wallOffset }), items: readList(r, () => readItem(r, texts)) };
}

function writeReply(w: Writer, texts: TextWriter, reply: Reply): void {
  writeCall(w.u8(REPLY[reply.type]), reply.id).varint(reply.event);
  switch (reply.type) {
    case 'message':
      w.bytes(reply.body);
      return;
    case 'end':
      w.varint(reply.code);
      texts.write(reply.message);
      return;
    case 'http-head':
      w.varint(reply.status);
      writeHeaders(w, texts, reply.headers);
      return;
    case 'http-body':
      w.bytes(reply.body).bool(reply.last);
      return;
    default:
      unreachable(reply, 'reply');
  }
}

function readReply(r: Reader, texts: TextReader): Reply {
  const tag = r.u8();
  const id = readCall(r);
  const event = readEvent(r);
  switch (tag) {
    case REPLY.message:
      return { type: 'message', id, body: r.bytes(), event };
    case REPLY.end:
      return { type: 'end', id, code: r.varint(), message: texts.read(), event };
    case REPLY['http-head']:
      return { type: 'http-head', id, status: r.varint(), headers: readHeaders(r, texts), event };
    case REPLY['http-body']:
      return { type: 'http-body', id, body: r.bytes(), last: r.bool(), event };
    default:
      throw new DecodeError(`unknown reply ${tag}`);
  }
}

function writeStatus(w: Writer, s: MemberStatus): void {
  w.u64(s.id).u8(ROLES.indexOf(s.role)).bool(s.learner).varint(s.term).u64(s.vote).u64(s.lead);
  w.varint(s.commit).varint(s.applied).varint(s.firstIndex).varint(s.lastIndex).varint(s.lastTerm);
  w.varint(s.revision).f64(s.compactRevision).varint(s.electionElapsed).varint(s.electionTimeout).varint(s.nextTickAt).varint(s.saving);
  w.varint(s.voters.length);
  for (const voter of s.voters) w.u64(voter);
}

function readStatus(r: Reader): MemberStatus {
  return {
    id: readNode(r),
    role: pick(ROLES, r.u8(), 'role'),
    learner: r.bool(),
    term: r.varint(),
    vote: readNode(r),
    lead: readNode(r),
    commit: r.varint(),
    applied: r.varint(),
    firstIndex: r.varint(),
    lastIndex: r.varint(),
    lastTerm: r.varint(),
    revision: r.varint(),
    compactRevision: r.f64(), // etcd's "never compacted" is -1
    electionElapsed: r.varint(),
    electionTimeout: r.varint(),
    nextTickAt: simTime(r.varint()),
    saving: r.varint(),
    voters: readList(r, () => readNode(r)),
  };
}

function writeOutMessage(w: Writer, texts: TextWriter, m: OutMessage): void {
  w.u64(m.to).bytes(m.message);
  texts.write(m.kind);
  w.varint(m.event);
}

const readOutMessage = (r: Reader, texts: TextReader): OutMessage => ({
  to: readNode(r),
  message: r.bytes(),
  kind: texts.read(),
  event: readEvent(r),
});

function writeHalt(w: Writer, halt: Halt | undefined): void {
  w.u8(halt === undefined ? 0 : HALTS.indexOf(halt.type) + 1);
  if (halt !== undefined) w.text(halt.message).varint(halt.event);
}

function readHalt(r: Reader): Halt | undefined {
  const tag = r.u8();
  return tag === 0 ? undefined : { type: pick(HALTS, tag - 1, 'halt'), message: r.text(), event: readEvent(r) };
}

/** Appends a step's output. */
export function writeStepOutput(w: Writer, out: StepOutput): void {
  const texts = new TextWriter(w);
  w.varint(out.wakeAt === undefined ? 0 : out.wakeAt + 1);
  w.varint(out.messages.length);
  for (const m of out.messages) writeOutMessage(w, texts, m);
  w.varint(out.replies.length);
  for (const reply of out.replies) writeReply(w, texts, reply);
  w.varint(out.saves.length);
  for (const save of out.saves) w.varint(save.op).u8(TARGETS.indexOf(save.target)).varint(save.bytes).varint(save.event);
  w.bytes(out.trace).varint(out.nextEvent);
  writeStatus(w, out.status);
  w.bool(out.cluster !== undefined);
  if (out.cluster !== undefined) w.bytes(encodePlain(out.cluster as unknown as Plain)); // plain data without an index signature
  writeHalt(w, out.halt);
}

/** Reads {@link writeStepOutput}'s bytes; byte fields are views into the source. @throws DecodeError */
export function readStepOutput(r: Reader): StepOutput {
  const texts = new TextReader(r);
  const wake = r.varint();
  const messages = readList(r, () => readOutMessage(r, texts));
  const replies = readList(r, () => readReply(r, texts));
  const saves = readList<SaveRequest>(r, () => ({
    op: r.varint(),
    target: pick(TARGETS, r.u8(), 'save target'),
    bytes: r.varint(),
    event: readEvent(r),
  }));
  const trace: Bytes = r.bytes();
  const nextEvent = r.varint();
  const status = readStatus(r);
  const cluster = r.bool() ? (decodePlain(r.bytes()) as unknown as RemoteCluster) : undefined; // written by writeStepOutput of the same build
  const halt = readHalt(r);
  return {
    wakeAt: wake === 0 ? undefined : simTime(wake - 1),
    messages,
    replies,
    saves,
    trace,
    nextEvent,
    status,
    ...(cluster === undefined ? {} : { cluster }),
    ...(halt === undefined ? {} : { halt }),
  };
}
