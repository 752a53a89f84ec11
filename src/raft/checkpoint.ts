/**
 * A whole node as bytes, with its memory storage: a node restored from them behaves as the original would. What cannot be in bytes (the
 * sink of events, the settings that are the run's) is given again when restoring.
 */

import { assert } from '#kernel/assert.ts';
import type { NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { BlockCodec, type BlockSource } from '#kernel/blocks.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { restorePrng } from '#kernel/prng.ts';
import { coreFrom, type CandidateRole, type Core, type LeaderRole, type RaftSettings, type Role } from '#raft/core.ts';
import { readConfiguration, writeConfiguration } from '#raft/event-codec.ts';
import type { Entry } from '#raft/entry.ts';
import { Inflights, type InflightLimits } from '#raft/inflights.ts';
import { MemoryStorage, type MemoryStorageState } from '#raft/memory-storage.ts';
import { readMessage, writeMessage } from '#raft/message-codec.ts';
import type { Flow, Progress } from '#raft/progress.ts';
import { RaftLog } from '#raft/raft-log.ts';
import { RawNode } from '#raft/raw-node.ts';
import { ReadQueue, type ReadRequest } from '#raft/read-only.ts';
import { settingsOf, type RaftConfig } from '#raft/start.ts';
import type { ReadState, RoleType, SoftState } from '#raft/state.ts';
import * as codec from '#raft/state-codec.ts';

const FORMAT = 1;
/** With most entries in blocks beside it. */
const FORMAT_BLOCKS = 2;
/** An entry's data shares memory with the block that it came in. */
const ENTRIES = new BlockCodec<Entry>(32, (entry) => entry.index, codec.writeEntry, codec.readEntryInPlace);
const ROLES: readonly RoleType[] = ['follower', 'pre-candidate', 'candidate', 'leader'];
const FLOWS: readonly Flow['type'][] = ['probe', 'replicate', 'snapshot'];

function writeStorage(w: Writer, { hardState, snapshot, entries }: MemoryStorageState, blocks: Bytes[] | undefined): void {
  codec.writeHardState(w, hardState);
  codec.writeSnapshot(w, snapshot);
  if (blocks === undefined) {
    codec.writeList(w, entries, codec.writeEntry);
    return;
  }
  const before = blocks.length;
  const from = ENTRIES.write(entries, blocks);
  w.varint(blocks.length - before);
  codec.writeList(w, entries.slice(from), codec.writeEntry);
}

const readStorage = (r: Reader, blocks: BlockSource | undefined): MemoryStorageState => ({
  hardState: codec.readHardState(r),
  snapshot: codec.readSnapshot(r),
  entries: [...(blocks?.take(r.varint()).flatMap((block) => ENTRIES.read(block)) ?? []), ...codec.readList(r, codec.readEntry)],
});

function writeFlow(w: Writer, flow: Flow): void {
  w.u8(FLOWS.indexOf(flow.type));
  if (flow.type === 'snapshot') {
    w.varint(flow.pendingSnapshot);
    return;
  }
  w.bool(flow.paused);
  if (flow.type === 'replicate') codec.writeList(w, flow.inflights.items(), (out, { index, bytes }) => out.varint(index).varint(bytes));
}

function readFlow(r: Reader, limits: InflightLimits): Flow {
  const type = codec.readWord(r, FLOWS, 'flow');
  if (type === 'snapshot') return { type, pendingSnapshot: codec.readIndex(r) };
  const paused = r.bool();
  if (type === 'probe') return { type, paused };
  const inflights = new Inflights(limits);
  for (const { index, bytes } of codec.readList(r, (inner) => ({ index: inner.varint(), bytes: inner.varint() })))
    inflights.add(index, bytes);
  return { type, paused, inflights };
}

function writeProgress(w: Writer, [id, progress]: readonly [NodeId, Progress]): void {
  w.u64(id).varint(progress.match).varint(progress.next).varint(progress.sentCommit).bool(progress.recentActive);
  writeFlow(w, progress.flow);
}

function readProgress(r: Reader, limits: InflightLimits): readonly [NodeId, Progress] {
  const id = codec.readId(r);
  const match = codec.readIndex(r);
  const next = codec.readIndex(r);
  const sentCommit = codec.readIndex(r);
  const recentActive = r.bool();
  return [id, { match, next, sentCommit, recentActive, flow: readFlow(r, limits) }];
}

function writeRequest(w: Writer, request: ReadRequest): void {
  w.u64(request.from).bytes(request.context);
}
const readRequest = (r: Reader): ReadRequest => ({ from: codec.readId(r), context: r.bytes().slice() });

function writeLeader(w: Writer, role: LeaderRole): void {
  codec.writeList(w, [...role.progress], writeProgress);
  codec.writeList(w, role.reads.items(), (out, { request, index, acks }) => {
    writeRequest(out, request);
    out.varint(index);
    codec.writeIds(out, acks);
  });
  codec.writeList(w, role.postponedReads, writeRequest);
  w.u64(role.transferee).varint(role.pendingConfIndex).varint(role.uncommittedSize).varint(role.heartbeatElapsed);
}

function readLeader(r: Reader, limits: InflightLimits): LeaderRole {
  const progress = new Map(codec.readList(r, (inner) => readProgress(inner, limits)));
  const reads = new ReadQueue();
  const waiting = codec.readList(r, (inner) => ({
    request: readRequest(inner),
    index: codec.readIndex(inner),
    acks: codec.readIds(inner),
  }));
  for (const { request, index, acks } of waiting) {
    reads.add(request, index);
    for (const id of acks) reads.acknowledge(id, request.context);
  }
  return {
    type: 'leader',
    progress,
    reads,
    postponedReads: codec.readList(r, readRequest),
    transferee: codec.readId(r),
    pendingConfIndex: codec.readIndex(r),
    uncommittedSize: r.varint(),
    heartbeatElapsed: r.varint(),
  };
}

function writeRole(w: Writer, role: Role): void {
  w.u8(ROLES.indexOf(role.type));
  if (role.type === 'leader') writeLeader(w, role);
  else if (role.type !== 'follower') codec.writeList(w, [...role.votes], (out, [id, granted]) => out.u64(id).bool(granted));
}

function readRole(r: Reader, limits: InflightLimits): Role {
  const type = codec.readWord(r, ROLES, 'role');
  if (type === 'follower') return { type };
  if (type === 'leader') return readLeader(r, limits);
  const votes: CandidateRole['votes'] = new Map(codec.readList(r, (inner) => [codec.readId(inner), inner.bool()]));
  return { type, votes };
}

function writeSoftState(w: Writer, { lead, role }: SoftState): void {
  w.u64(lead).u8(ROLES.indexOf(role));
}
const readSoftState = (r: Reader): SoftState => ({ lead: codec.readId(r), role: codec.readWord(r, ROLES, 'role') });

function writeLog(w: Writer, { unstable, committed, applying, applied, applyingSize, applyingPaused }: RaftLog): void {
  codec.writeOptional(w, unstable.snapshot, codec.writeSnapshot);
  w.bool(unstable.snapshotInProgress);
  codec.writeList(w, unstable.entries, codec.writeEntry);
  w.varint(unstable.offset).varint(unstable.offsetInProgress);
  w.varint(committed).varint(applying).varint(applied).varint(applyingSize).bool(applyingPaused);
}

function readLog(r: Reader, settings: RaftSettings): RaftLog {
  const log = new RaftLog(settings.storage, settings.onEvent, settings.maxCommittedSizePerReady);
  log.unstable.restoreState({
    snapshot: codec.readOptional(r, codec.readSnapshot),
    snapshotInProgress: r.bool(),
    entries: codec.readList(r, codec.readEntry),
    offset: codec.readIndex(r),
    offsetInProgress: codec.readIndex(r),
  });
  log.committed = codec.readIndex(r);
  log.applying = codec.readIndex(r);
  log.applied = codec.readIndex(r);
  log.applyingSize = r.varint();
  log.applyingPaused = r.bool();
  return log;
}

function writeCore(w: Writer, core: Core): void {
  for (const word of core.settings.prng.save()) w.u32(word);
  w.u64(core.id).varint(core.term).u64(core.vote).u64(core.lead);
  w.varint(core.electionElapsed).varint(core.randomizedElectionTimeout);
  writeRole(w, core.role);
  writeConfiguration(w, core.config);
  writeLog(w, core.log);
  codec.writeList(w, core.readStates, (out, { index, context }) => out.varint(index).bytes(context));
  codec.writeList(w, core.messages, writeMessage);
  codec.writeList(w, core.messagesAfterAppend, writeMessage);
}

/**
 * A node and its storage as bytes. The node must not be in the middle of a step.
 * @param storage the storage that the node was started with
 * @param blocks gets most of the entries, in blocks that are the same objects each time; undefined: all is in the result
 */
export function saveState(node: RawNode, storage: MemoryStorage, blocks?: Bytes[]): Bytes {
  const { core, marks, stepsOnAdvance } = node.state();
  assert(core.settings.storage === storage, 'a node is saved with the storage that it was started with');
  const w = new Writer(4096);
  w.u8(blocks === undefined ? FORMAT : FORMAT_BLOCKS);
  writeStorage(w, storage.state(), blocks);
  writeCore(w, core);
  writeSoftState(w, marks.softState);
  codec.writeHardState(w, marks.hardState);
  codec.writeList(w, stepsOnAdvance, writeMessage);
  return w.finish();
}

/** What {@link restoreState} gives back. */
export interface RestoredNode {
  readonly node: RawNode;
  readonly storage: MemoryStorage;
}

/**
 * Continues a node from {@link saveState}'s bytes.
 * @param config the settings that it was started with; storage and randomness come from the bytes
 * @throws DecodeError on malformed bytes
 */
export function restoreState(bytes: Bytes, config: Omit<RaftConfig, 'storage' | 'prng'>, blocks?: BlockSource): RestoredNode {
  const r = new Reader(bytes);
  const format = r.u8();
  const expected = blocks === undefined ? FORMAT : FORMAT_BLOCKS;
  if (format !== expected) throw new DecodeError(`checkpoint format ${format}, expected ${expected}`);
  const storage = MemoryStorage.from(readStorage(r, blocks));
  const prng = restorePrng([r.u32(), r.u32(), r.u32(), r.u32()]);
  const settings = settingsOf({ ...config, storage, prng });
  const inflightLimits = { messagesMax: settings.maxInflightMessages, bytesMax: settings.maxInflightBytes };
  const id = codec.readId(r);
  if (id !== settings.id) throw new DecodeError(`checkpoint of node ${id}, expected ${settings.id}`);
  const readState = (inner: Reader): ReadState => ({ index: codec.readIndex(inner), context: inner.bytes().slice() });
  const core = coreFrom({
    settings,
    id,
    emit: settings.onEvent,
    inflightLimits,
    term: codec.readTerm(r),
    vote: codec.readId(r),
    lead: codec.readId(r),
    electionElapsed: r.varint(),
    randomizedElectionTimeout: r.varint(),
    role: readRole(r, inflightLimits),
    config: readConfiguration(r),
    log: readLog(r, settings),
    readStates: codec.readList(r, readState),
    messages: codec.readList(r, readMessage),
    messagesAfterAppend: codec.readList(r, readMessage),
  });
  const marks = { softState: readSoftState(r), hardState: codec.readHardState(r) };
  const node = RawNode.resume({ core, marks, stepsOnAdvance: codec.readList(r, readMessage) });
  if (!r.done) throw new DecodeError(`${bytes.length - r.offset} bytes after the checkpoint`);
  return { node, storage };
}
