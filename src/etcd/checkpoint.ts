/** A running member as bytes: everything but its disk, its configuration and how it was started. A restored member behaves identically. */

import { sha256 } from '@noble/hashes/sha2.js';
import { MICROS_PER_SECOND, eventIdFromNumber, logIndex, nodeId, NO_NODE, simTime } from '#kernel/brand.ts';
import { toHex, type Bytes } from '#kernel/bytes.ts';
import { BlockSource } from '#kernel/blocks.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import { decodeWatches, encodeWatches } from '#mvcc/watch-codec.ts';
import { WatchableStore } from '#mvcc/watchable-store.ts';
import { restoreState, saveState } from '#raft/checkpoint.ts';
import { readList, writeList } from '#raft/state-codec.ts';
import type { Disk } from '#wal/disk.ts';
import { decodeWalPosition, encodeWalPosition, Wal } from '#wal/wal.ts';
import { Tokens } from '#auth/tokens.ts';
import { readApplyJob, readBackendWork, writeApplyJob, writeBackendWork } from '#etcd/backend-codec.ts';
import { AutoCompactor } from '#etcd/auto-compaction.ts';
import { crashPointOf } from '#etcd/crash-points.ts';
import { CorruptionChecks } from '#etcd/corruption-round.ts';
import { Calls } from '#etcd/calls.ts';
import type { InboxItem, MemberConfig, StartInfo } from '#etcd/contract.ts';
import { InnerCalls } from '#etcd/inner-calls.ts';
import { Metrics } from '#etcd/metrics.ts';
import { readMachine, writeMachine } from '#etcd/image.ts';
import { readTransfer, writeTransfer } from '#etcd/leader-transfer.ts';
import type { ForwardedCall } from '#etcd/lease-forwarding.ts';
import type { LeaseQuestion, LeaseWait } from '#etcd/lease-question.ts';
import { Outbox } from '#etcd/outbox.ts';
import { loopOf, machineOf, partsOf, type LoopState, type Parts } from '#etcd/parts.ts';
import { Peers } from '#etcd/peers.ts';
import { readPendingSave, writePendingSave } from '#etcd/pending-save.ts';
import { Proposals } from '#etcd/proposals.ts';
import { readCallRead, ReadLoop, writeRead } from '#etcd/read-loop.ts';
import { RequestIds } from '#etcd/request-ids.ts';
import { settingsOf } from '#etcd/settings.ts';
import { raftEventSink, raftSettings } from '#etcd/start.ts';
import { SnapshotStreams } from '#etcd/snapshot-stream.ts';
import { V2Calls } from '#etcd/v2-calls.ts';
import { PeerStats } from '#etcd/v2-peer-stats.ts';
import { WatchStreams } from '#etcd/watch-streams.ts';

const FORMAT = 10;

/** @param blocks gets most of the log and the store, in blocks that are the same objects each time; undefined: all is in the result */
export function saveParts(m: Parts, blocks?: Bytes[]): Bytes {
  const w = new Writer(8192);
  w.u8(FORMAT).u64(m.self).u64(m.clusterId).varint(m.out.nextEvent).varint(m.out.now).f64(m.out.wallOffset).u64(m.ids.save());
  encodeWalPosition(w, m.wal.position);
  w.bytes(saveState(m.raft, m.log, blocks));
  writeMachine(w, m.machine, 'all', blocks);
  w.bytes(encodeWatches(m.machine.kv));
  writeLoop(w, m.loop);
  m.proposals.save(w);
  m.reads.save(w);
  m.calls.save(w);
  m.inner.save(w);
  m.watches.save(w);
  m.snapshots.save(w);
  m.peers.save(w);
  m.tokens.save(w);
  m.metrics.save(w);
  m.compactor.save(w);
  m.checks.save(w);
  m.v2.save(w);
  m.v2Stats.save(w);
  // Inbox items are plain data; their type has no index signature.
  writeList(w, m.held, (out, item) => out.bytes(encodePlain(item as unknown as Plain))); // see above
  writeList(w, m.forwarded, (out, f) =>
    out
      .varint(f.call.client)
      .varint(f.call.call)
      .varint(f.deadline)
      .u64(f.promote ?? NO_NODE)
      .bytes(encodePlain(f.question ?? null))
      .bool(f.isSent ?? false),
  );
  // Waits are plain data; their type has no index signature.
  writeList(w, m.leaseWaits, (out, wait) => out.bytes(encodePlain(wait as unknown as Plain))); // see above
  writeList(w, m.transfers, writeTransfer);
  return w.finish();
}

/** @throws DecodeError */
export function restoreParts(config: MemberConfig, info: StartInfo, disk: Disk, bytes: Bytes, blocks?: readonly Bytes[]): Parts {
  const source = blocks === undefined ? undefined : new BlockSource(blocks);
  const r = new Reader(bytes);
  const format = r.u8();
  if (format !== FORMAT) throw new DecodeError(`member checkpoint format ${format}, expected ${FORMAT}`);
  const self = nodeId(r.u64());
  const clusterId = r.u64();
  const out = new Outbox(info.actor, r.varint(), simTime(r.varint()));
  out.wallOffset = r.f64();
  out.clusterId = clusterId;
  const ids = RequestIds.restore(self, r.u64());
  const wal = Wal.resume(disk, { nodeId: self, clusterId }, config.walSegmentBytes, decodeWalPosition(r));
  const owner: { loop: LoopState | undefined } = { loop: undefined };
  const sink = raftEventSink(out, owner);
  const { node: raft, storage: log } = restoreState(r.bytes().slice(), raftSettings(config, self, sink), source);
  const image = readMachine(r, config, source);
  const machine = machineOf({
    ...image,
    kv: new WatchableStore({ profile: config.profile, leases: image.lessor }, image.kv.state(), decodeWatches(r.bytes().slice())),
  });
  const loop = readLoop(r);
  owner.loop = loop;
  const m = partsOf({
    config,
    info,
    self,
    clusterId,
    out,
    raft,
    log,
    wal,
    disk,
    ids,
    machine,
    loop,
    proposals: Proposals.restore(r),
    reads: ReadLoop.restore(r),
    calls: Calls.restore(r),
    inner: InnerCalls.restore(r),
    watches: WatchStreams.restore(r),
    snapshots: SnapshotStreams.restore(r),
    peers: Peers.restore(r),
    tokens: Tokens.restore(r, settingsOf(config).authTokenTtlSeconds * MICROS_PER_SECOND),
    metrics: Metrics.restore(r),
    compactor: AutoCompactor.restore(r),
    checks: CorruptionChecks.restore(r),
    v2: V2Calls.restore(r),
    v2Stats: PeerStats.restore(r),
    held: readList(r, (inner) => decodePlain(inner.bytes().slice()) as unknown as InboxItem), // what saveParts wrote
    forwarded: readList(r, readForwarded),
    leaseWaits: readList(r, (inner) => decodePlain(inner.bytes().slice()) as unknown as LeaseWait), // what saveParts wrote
    transfers: readList(r, readTransfer),
    halt: undefined,
  });
  if (!r.done) throw new DecodeError(`${bytes.length - r.offset} bytes after a member checkpoint`);
  return m;
}

function readForwarded(r: Reader): ForwardedCall {
  const waiting = { call: { client: r.varint(), call: r.varint() }, deadline: simTime(r.varint()) };
  const promote = nodeId(r.u64());
  const question = decodePlain(r.bytes().slice()) as LeaseQuestion | null; // what saveParts wrote
  const isSent = r.bool();
  if (question !== null) return { ...waiting, question, isSent };
  return promote === NO_NODE ? waiting : { ...waiting, promote };
}

function writeLoop(w: Writer, loop: LoopState): void {
  w.varint(loop.nextTickAt).varint(loop.tickedAt).bool(loop.isTickHeld).varint(loop.forwardTicksAt).varint(loop.lastOp);
  writeList(w, loop.saves, writePendingSave);
  w.varint(loop.knownCommit)
    .varint(loop.commitEvent)
    .u64(loop.knownLead)
    .varint(loop.leaderLostAt)
    .varint(loop.leaderChanges)
    .varint(loop.electedAt)
    .varint(loop.snapshotIndex)
    .bool(loop.isServing);
  w.varint(loop.versionCheckAt)
    .varint(loop.watchSyncAt)
    .varint(loop.backendCommitAt)
    .varint(loop.compactionAt)
    .varint(loop.leaseCheckAt)
    .varint(loop.stopAt);
  writeBackendWork(w, loop.backend);
  writeList(w, loop.applyQueue, writeApplyJob);
  writeList(w, loop.blockedReads, writeRead);
  writeList(w, loop.compactWaits, (out, { call, revision }) => out.varint(call.client).varint(call.call).varint(revision));
  w.varint(loop.syncAt)
    .varint(loop.victimsAt)
    .varint(loop.compactionSince)
    .text(loop.armed ?? '');
}

const readLoop = (r: Reader): LoopState =>
  loopOf({
    nextTickAt: simTime(r.varint()),
    tickedAt: simTime(r.varint()),
    isTickHeld: r.bool(),
    forwardTicksAt: simTime(r.varint()),
    lastOp: r.varint(),
    saves: readList(r, readPendingSave),
    knownCommit: logIndex(r.varint()),
    commitEvent: eventIdFromNumber(r.varint()),
    knownLead: nodeId(r.u64()),
    leaderLostAt: simTime(r.varint()),
    leaderChanges: r.varint(),
    electedAt: simTime(r.varint()),
    snapshotIndex: logIndex(r.varint()),
    isServing: r.bool(),
    versionCheckAt: simTime(r.varint()),
    watchSyncAt: simTime(r.varint()),
    backendCommitAt: simTime(r.varint()),
    compactionAt: simTime(r.varint()),
    leaseCheckAt: simTime(r.varint()),
    stopAt: simTime(r.varint()),
    backend: readBackendWork(r),
    applyQueue: readList(r, readApplyJob),
    blockedReads: readList(r, readCallRead),
    compactWaits: readList(r, (inner) => ({ call: { client: inner.varint(), call: inner.varint() }, revision: inner.varint() })),
    syncAt: simTime(r.varint()),
    victimsAt: simTime(r.varint()),
    compactionSince: simTime(r.varint()),
    armed: crashPointOf(r.text()),
  });

const BLOCK_DIGESTS = new WeakMap<Bytes, Bytes>();

function blockDigest(block: Bytes): Bytes {
  const known = BLOCK_DIGESTS.get(block);
  if (known !== undefined) return known;
  const digest = sha256(block);
  BLOCK_DIGESTS.set(block, digest);
  return digest;
}

/** SHA-256 of {@link saveParts} and of its blocks' own, hex. */
export function digestOf(m: Parts): string {
  const blocks: Bytes[] = [];
  const hash = sha256.create().update(saveParts(m, blocks));
  for (const block of blocks) hash.update(blockDigest(block));
  return toHex(hash.digest());
}
