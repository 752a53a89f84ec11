/**
 * What the conductor and a member's worker say to each other: one transferred buffer a message, `varint number, u8 type, body`. A reply carries
 * the number of its request. Both ends are the same build.
 */

import { unreachable } from '#kernel/assert.ts';
import { eventIdFromNumber, simTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import type { Inspection, MemberConfig, StartInfo, StepOutput } from '#etcd/contract.ts';
import { readStepInput, readStepOutput, writeStepInput, writeStepOutput } from '#host/step-codec.ts';
import type { DiskDamage } from '#wal/disk-faults.ts';
import { readBlocks, writeBlocks } from '#sim/checkpoint.ts';
import type { DiskFate, MemberCheckpoint, MemberOp, RestoreInfo } from '#sim/node-host.ts';

/** Where a member's files lie: a folder of the origin private file system, or only the worker's memory. */
export type NodeStorage = { readonly type: 'opfs'; readonly folder: readonly string[] } | { readonly type: 'memory' };

/** `as-is`: what lies there is the member's disk. `empty`: whatever lies there is removed. `write`: it is made to be this image. */
export type DiskContent = { readonly type: 'as-is' } | { readonly type: 'empty' } | { readonly type: 'write'; readonly image: Bytes };

export type NodeRequest =
  /** Must be the first. */
  | { readonly type: 'open'; readonly actor: number; readonly storage: NodeStorage; readonly content: DiskContent }
  | { readonly type: 'perform'; readonly ops: readonly MemberOp[] }
  /** Work of several instants that a twin has done before; answered with what came out as one word. */
  | { readonly type: 'follow'; readonly works: readonly (readonly MemberOp[])[] }
  | { readonly type: 'inspect'; readonly question: Inspection }
  | { readonly type: 'checkpoint' }
  | { readonly type: 'restore'; readonly checkpoint: MemberCheckpoint; readonly how: RestoreInfo }
  /** Lets go of all files; answers with the disk's image. The worker is of no use afterwards. */
  | { readonly type: 'close' };

/** A block of a checkpoint: itself, or its place among the blocks of the reply before (those of the state, then those of the disk). */
export type SentBlock = Bytes | number;
export type SentCheckpoint = Omit<MemberCheckpoint, 'stateBlocks' | 'diskBlocks'> & {
  readonly stateBlocks: readonly SentBlock[];
  readonly diskBlocks: readonly SentBlock[];
};

export type NodeReply =
  | { readonly type: 'done' }
  | { readonly type: 'performed'; readonly outputs: readonly StepOutput[] }
  /** `digest` as of output-digest.ts; `halt`: why the member stopped last, '' if it did not. */
  | { readonly type: 'followed'; readonly digest: number; readonly halt: string }
  | { readonly type: 'answer'; readonly answer: Plain }
  | { readonly type: 'checkpoint'; readonly checkpoint: SentCheckpoint }
  | { readonly type: 'closed'; readonly image: Bytes }
  | { readonly type: 'failed'; readonly message: string };

const REQUEST = { open: 0, perform: 1, inspect: 2, checkpoint: 3, restore: 4, close: 5, follow: 6 } as const;
const REPLY = { done: 0, performed: 1, answer: 2, checkpoint: 3, closed: 4, failed: 5, followed: 6 } as const;
const CONTENT = ['as-is', 'empty', 'write'] as const;

// Inspection, MemberConfig and NodeStorage are plain data; interfaces just have no index signature.
const asPlain = (value: object): Plain => value as unknown as Plain;

const writePlain = (w: Writer, value: Plain): Writer => w.bytes(encodePlain(value));
const readPlain = (r: Reader): Plain => decodePlain(r.bytes());

function writeFate(w: Writer, fate: DiskFate): void {
  if (fate.type === 'power-loss') w.u8(1).varint(fate.keepBytes);
  else w.u8(fate.type === 'keep' ? 0 : 2);
}

function readFate(r: Reader): DiskFate {
  const tag = r.u8();
  if (tag === 1) return { type: 'power-loss', keepBytes: r.varint() };
  return { type: tag === 0 ? 'keep' : 'wipe' };
}

function writeInfo(w: Writer, info: StartInfo): void {
  w.varint(info.actor)
    .varint(info.nextEvent)
    .varint(info.incarnation)
    .varint(info.now)
    .f64(info.wallOffset ?? 0)
    .varint(info.cause);
  writePlain(w, info.remote === undefined ? undefined : asPlain(info.remote));
}

function readInfo(r: Reader): StartInfo {
  const [actor, nextEvent, incarnation] = [r.varint(), r.varint(), r.varint()];
  const now = simTime(r.varint());
  const wallOffset = r.f64();
  return {
    actor,
    nextEvent,
    incarnation,
    now,
    ...(wallOffset === 0 ? {} : { wallOffset }),
    cause: eventIdFromNumber(r.varint()),
    remote: readPlain(r) as unknown as StartInfo['remote'], // written by writeInfo of the same build
  };
}

const readConfig = (r: Reader): MemberConfig => readPlain(r) as unknown as MemberConfig; // written by writeOp of the same build

function writeOp(w: Writer, op: MemberOp): void {
  switch (op.type) {
    case 'step':
      writeStepInput(w.u8(0), op.input);
      return;
    case 'start':
      writePlain(w.u8(1), asPlain(op.config));
      writeInfo(w, op.info);
      return;
    case 'kill':
      writeFate(w.u8(2), op.disk);
      return;
    case 'disk':
      writePlain(w.u8(4), asPlain(op.damage));
      return;
    case 'files':
      w.u8(3).text(op.folder).varint(op.files.length);
      for (const { name, bytes } of op.files) w.text(name).bytes(bytes);
      return;
    default:
      unreachable(op, 'member operation');
  }
}

function readOp(r: Reader): MemberOp {
  const tag = r.u8();
  if (tag === 0) return { type: 'step', input: readStepInput(r) };
  if (tag === 1) return { type: 'start', config: readConfig(r), info: readInfo(r) };
  if (tag === 2) return { type: 'kill', disk: readFate(r) };
  if (tag === 3)
    return { type: 'files', folder: r.text(), files: Array.from({ length: r.varint() }, () => ({ name: r.text(), bytes: r.bytes() })) };
  if (tag === 4) return { type: 'disk', damage: readPlain(r) as unknown as DiskDamage }; // written by writeOp of the same build
  throw new DecodeError(`unknown member operation ${tag}`);
}

function writeOps(w: Writer, ops: readonly MemberOp[]): void {
  w.varint(ops.length);
  for (const op of ops) writeOp(w, op);
}

const readOps = (r: Reader): readonly MemberOp[] => Array.from({ length: r.varint() }, () => readOp(r));

function writeCheckpoint(w: Writer, c: MemberCheckpoint): void {
  w.varint(c.actor).bool(c.state !== undefined);
  if (c.state !== undefined) w.bytes(c.state);
  w.bytes(c.disk);
  writeBlocks(w, c.stateBlocks);
  writeBlocks(w, c.diskBlocks);
}

function readCheckpoint(r: Reader): MemberCheckpoint {
  const actor = r.varint();
  return { actor, state: r.bool() ? r.bytes() : undefined, disk: r.bytes(), stateBlocks: readBlocks(r), diskBlocks: readBlocks(r) };
}

function writeSent(w: Writer, c: SentCheckpoint): void {
  w.varint(c.actor).bool(c.state !== undefined);
  if (c.state !== undefined) w.bytes(c.state);
  w.bytes(c.disk);
  for (const blocks of [c.stateBlocks, c.diskBlocks]) {
    w.varint(blocks.length);
    for (const block of blocks) {
      if (typeof block === 'number') w.varint(block + 1);
      else w.varint(0).bytes(block);
    }
  }
}

function readSent(r: Reader): SentCheckpoint {
  const own = { actor: r.varint(), state: r.bool() ? r.bytes() : undefined, disk: r.bytes() };
  const blocks = (): readonly SentBlock[] =>
    Array.from({ length: r.varint() }, () => {
      const known = r.varint();
      return known === 0 ? r.bytes().slice() : known - 1;
    });
  return { ...own, stateBlocks: blocks(), diskBlocks: blocks() };
}

/** Everything is written here first and copied once: growing a buffer for each message costs more garbage than the message. */
const scratch = new Writer(64 * 1024);

function freshScratch(): Writer {
  scratch.reset();
  return scratch;
}

/** Encodes a request into a buffer of its own, to be transferred. */
export function encodeRequest(number: number, request: NodeRequest): Uint8Array<ArrayBuffer> {
  const w = freshScratch();
  w.varint(number).u8(REQUEST[request.type]);
  switch (request.type) {
    case 'open':
      writePlain(w.varint(request.actor), asPlain(request.storage)).u8(CONTENT.indexOf(request.content.type));
      if (request.content.type === 'write') w.bytes(request.content.image);
      break;
    case 'perform':
      writeOps(w, request.ops);
      break;
    case 'follow':
      w.varint(request.works.length);
      for (const ops of request.works) writeOps(w, ops);
      break;
    case 'inspect':
      writePlain(w, asPlain(request.question));
      break;
    case 'restore':
      writeCheckpoint(w, request.checkpoint);
      writePlain(w, asPlain(request.how.config));
      writeInfo(w, request.how.info);
      break;
    case 'checkpoint':
    case 'close':
      break;
    default:
      unreachable(request, 'node request');
  }
  return w.finish();
}

function readContent(r: Reader): DiskContent {
  const type = CONTENT[r.u8()];
  if (type === undefined) throw new DecodeError('unknown disk content');
  return type === 'write' ? { type, image: r.bytes() } : { type };
}

/** Reads a request; byte fields are views into the buffer. @throws DecodeError */
export function decodeRequest(bytes: Bytes): { readonly number: number; readonly request: NodeRequest } {
  const r = new Reader(bytes);
  const number = r.varint();
  return { number, request: readRequest(r) };
}

function readRequest(r: Reader): NodeRequest {
  const tag = r.u8();
  switch (tag) {
    case REQUEST.open:
      return { type: 'open', actor: r.varint(), storage: readPlain(r) as unknown as NodeStorage, content: readContent(r) }; // written by encodeRequest of the same build
    case REQUEST.perform:
      return { type: 'perform', ops: readOps(r) };
    case REQUEST.follow:
      return { type: 'follow', works: Array.from({ length: r.varint() }, () => readOps(r)) };
    case REQUEST.inspect:
      return { type: 'inspect', question: readPlain(r) as unknown as Inspection }; // as above
    case REQUEST.checkpoint:
      return { type: 'checkpoint' };
    case REQUEST.restore:
      return { type: 'restore', checkpoint: readCheckpoint(r), how: { config: readConfig(r), info: readInfo(r) } };
    case REQUEST.close:
      return { type: 'close' };
    default:
      throw new DecodeError(`unknown request ${tag}`);
  }
}

/** Encodes a reply into a buffer of its own, to be transferred. */
export function encodeReply(number: number, reply: NodeReply): Uint8Array<ArrayBuffer> {
  const w = freshScratch();
  w.varint(number).u8(REPLY[reply.type]);
  switch (reply.type) {
    case 'done':
      break;
    case 'performed':
      w.varint(reply.outputs.length);
      for (const output of reply.outputs) writeStepOutput(w, output);
      break;
    case 'followed':
      w.u32(reply.digest).text(reply.halt);
      break;
    case 'answer':
      writePlain(w, reply.answer);
      break;
    case 'checkpoint':
      writeSent(w, reply.checkpoint);
      break;
    case 'closed':
      w.bytes(reply.image);
      break;
    case 'failed':
      w.text(reply.message);
      break;
    default:
      unreachable(reply, 'node reply');
  }
  return w.finish();
}

/** Reads a reply; byte fields are views into the buffer. @throws DecodeError */
export function decodeReply(bytes: Bytes): { readonly number: number; readonly reply: NodeReply } {
  const r = new Reader(bytes);
  const number = r.varint();
  return { number, reply: readReply(r) };
}

function readReply(r: Reader): NodeReply {
  const tag = r.u8();
  switch (tag) {
    case REPLY.done:
      return { type: 'done' };
    case REPLY.performed:
      return { type: 'performed', outputs: Array.from({ length: r.varint() }, () => readStepOutput(r)) };
    case REPLY.followed:
      return { type: 'followed', digest: r.u32(), halt: r.text() };
    case REPLY.answer:
      return { type: 'answer', answer: readPlain(r) };
    case REPLY.checkpoint:
      return { type: 'checkpoint', checkpoint: readSent(r) };
    case REPLY.closed:
      return { type: 'closed', image: r.bytes() };
    case REPLY.failed:
      return { type: 'failed', message: r.text() };
    default:
      throw new DecodeError(`unknown reply ${tag}`);
  }
}
