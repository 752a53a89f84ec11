/**
 * Starting a member (server/etcdserver): what lies in its data directory, or is begun there (stored.ts), gets a Raft core and a storage loop, and
 * the member tells the cluster of itself.
 */

import { MICROS_PER_SECOND, logIndex, NO_EVENT, NO_NODE, simTime, type NodeId } from '#kernel/brand.ts';
import { createPrng } from '#kernel/prng.ts';
import type { RaftEvent } from '#raft/event.ts';
import { encodeEvent } from '#raft/event-codec.ts';
import { RawNode } from '#raft/raw-node.ts';
import type { RaftConfig } from '#raft/start.ts';
import type { Disk } from '#wal/disk.ts';
import { hasWal } from '#wal/wal.ts';
import { breaks, coreBroken } from '#etcd/broken-rules.ts';
import { Tokens } from '#auth/tokens.ts';
import { AutoCompactor } from '#etcd/auto-compaction.ts';
import { IDLE } from '#etcd/backend-work.ts';
import { Calls } from '#etcd/calls.ts';
import type { MemberConfig, StartInfo } from '#etcd/contract.ts';
import { goDuration } from '#kernel/go-duration.ts';
import { logBegin, logListeners, logStores } from '#etcd/start-log.ts';
import { formatId } from '#etcd/identity.ts';
import { InnerCalls } from '#etcd/inner-calls.ts';
import { STOP_DELAY_MICROS } from '#etcd/peer-notice.ts';
import { Metrics } from '#etcd/metrics.ts';
import type { Outbox } from '#etcd/outbox.ts';
import { loopOf, machineOf, partsOf, type LoopState, type Parts, type StateMachine } from '#etcd/parts.ts';
import { Peers } from '#etcd/peers.ts';
import { Proposals } from '#etcd/proposals.ts';
import { freshChecks } from '#etcd/corruption-check.ts';
import { publish } from '#etcd/publish.ts';
import { ReadLoop } from '#etcd/read-loop.ts';
import { RequestIds } from '#etcd/request-ids.ts';
import { begin, recover } from '#etcd/stored.ts';
import { settingsOf } from '#etcd/settings.ts';
import { forwardTicks } from '#etcd/storage-loop.ts';
import { momentOf, wallMicrosOf } from '#etcd/time-of-day.ts';
import { V2Calls } from '#etcd/v2-calls.ts';
import { PeerStats } from '#etcd/v2-peer-stats.ts';
import { lookUpCluster } from '#etcd/v2-store.ts';
import { SnapshotStreams } from '#etcd/snapshot-stream.ts';
import { WatchStreams } from '#etcd/watch-streams.ts';

/** Time after which a started member with peers lets most of its election timeout pass at once (etcd polls its connections that often), µs. */
const FORWARD_DELAY_MICROS = 50_000;
/** Limits of the core as etcd sets them. */
const MESSAGE_BYTES_MAX = 1024 * 1024;
const INFLIGHT_MESSAGES_MAX = 512;

/** The core's settings. @param out where its events go */
export function raftSettings(
  config: MemberConfig,
  self: NodeId,
  onEvent: (event: RaftEvent) => void,
): Omit<RaftConfig, 'storage' | 'prng'> {
  return {
    id: self,
    electionTicks: Math.round(config.electionMicros / config.heartbeatMicros),
    heartbeatTicks: 1,
    asyncStorageWrites: config.storage === 'async',
    maxSizePerMessage: MESSAGE_BYTES_MAX,
    maxInflightMessages: INFLIGHT_MESSAGES_MAX,
    checkQuorum: config.checkQuorum && !breaks(config, 'no-check-quorum'),
    preVote: config.preVote && !breaks(config, 'no-pre-vote'),
    disableConfChangeValidation: breaks(config, 'many-conf-changes'),
    onEvent,
    broken: coreBroken(config),
  };
}

/** Puts the core's events into the trace. @param owner its loop is set as soon as there is one */
export function raftEventSink(out: Outbox, owner: { readonly loop: LoopState | undefined }): (event: RaftEvent) => void {
  return (event) => {
    const id = out.emit('raft', { event: encodeEvent(event) });
    out.lastRaft = id;
    if (event.type === 'commit-advanced' && owner.loop !== undefined) owner.loop.commitEvent = id;
  };
}

const freshLoop = (config: MemberConfig, info: StartInfo, machine: StateMachine): LoopState =>
  loopOf({
    nextTickAt: simTime(info.now + config.heartbeatMicros),
    tickedAt: info.now,
    isTickHeld: false,
    forwardTicksAt: simTime(0),
    lastOp: 0,
    saves: [],
    knownCommit: logIndex(0),
    commitEvent: NO_EVENT,
    knownLead: NO_NODE,
    leaderLostAt: info.now,
    leaderChanges: 0,
    electedAt: simTime(0),
    snapshotIndex: machine.appliedIndex,
    isServing: false,
    versionCheckAt: simTime(0),
    watchSyncAt: simTime(0),
    victimsAt: simTime(0),
    compactionSince: info.now,
    backendCommitAt: simTime(0),
    // A compaction whose physical pass was not finished goes on (etcd's restore schedules it again).
    compactionAt: simTime(machine.kv.isCompacting ? info.now : 0),
    backend: IDLE,
    applyQueue: [],
    blockedReads: [],
    compactWaits: [],
    leaseCheckAt: simTime(0),
    stopAt: simTime(0),
    syncAt: simTime(0),
    armed: undefined,
  });

/** Starts a member on its disk. @throws StartError when etcd would refuse to start */
export function startParts(config: MemberConfig, info: StartInfo, disk: Disk, out: Outbox): Parts {
  logBegin(config, out, hasWal(disk));
  const { wal, log, machine, isFresh, entries } = hasWal(disk) ? recover(config, disk, out) : begin(config, info, disk);
  machine.kv.interruptCompactions();
  if (!isFresh) lookUpCluster(machine.v2);
  const known = wal.metadata;
  const id = known.nodeId;
  out.clusterId = known.clusterId;
  const { hardState } = log.initialState();
  if (isFresh) out.log('starting-local-member', { 'local-member-id': formatId(id), 'cluster-id': formatId(known.clusterId) });
  else {
    out.log('restarting-local-member', {
      'cluster-id': formatId(known.clusterId),
      'local-member-id': formatId(id),
      'commit-index': hardState.commit,
    });
    out.emit('recovered', {
      snapshotIndex: machine.appliedIndex,
      entries,
      lastIndex: log.lastIndex(),
      term: hardState.term,
      commit: hardState.commit,
    });
  }
  const loop = freshLoop(config, info, machine);
  const sink = raftEventSink(out, { loop });
  const prng = createPrng(config.seed, `election/${config.name}/${info.incarnation}`);
  const raft = RawNode.start({ ...raftSettings(config, id, sink), storage: log, prng, applied: machine.appliedIndex });
  const ids = RequestIds.create(id, wallMicrosOf(config, momentOf(out)) / 1000);
  const m = partsOf({
    config,
    info,
    self: id,
    clusterId: known.clusterId,
    out,
    raft,
    log,
    wal,
    disk,
    ids,
    proposals: new Proposals(),
    reads: new ReadLoop(ids.next()),
    calls: new Calls(),
    inner: new InnerCalls(),
    watches: new WatchStreams(),
    snapshots: new SnapshotStreams(),
    peers: new Peers(),
    metrics: new Metrics(),
    compactor: new AutoCompactor(info.now, settingsOf(config).autoCompaction, machine.kv.currentRevision),
    checks: freshChecks({ config, out }, !isFresh),
    tokens: new Tokens(settingsOf(config).authTokenTtlSeconds * MICROS_PER_SECOND),
    v2: new V2Calls(),
    v2Stats: new PeerStats(momentOf(out)),
    machine: machineOf(machine),
    loop,
    held: [],
    forwarded: [],
    leaseWaits: [],
    transfers: [],
    halt: undefined,
  });
  logStores(m);
  // Its peers tell etcd's at once; a removed member asks nothing of anybody here.
  if (machine.cluster.isRemoved(id)) loop.stopAt = simTime(info.now + STOP_DELAY_MICROS);
  adjustTicks(m);
  logListeners(m);
  publish(m, out.cause);
  return m;
}

/** Lets most of the first election timeout pass at once: nobody is there to wait for (etcd's adjustTicks). */
function adjustTicks(m: Parts): void {
  const members = Math.max(m.machine.cluster.size, m.config.initialCluster.length);
  if (members > 1) {
    m.loop.forwardTicksAt = simTime(m.out.now + FORWARD_DELAY_MICROS);
    m.out.log('election-tick-advance', { 'election-ticks': electionTicks(m) });
    return;
  }
  const ticks = electionTicks(m) - 1;
  m.out.log('single-node-fast-forward', { 'local-member-id': formatId(m.self), ...tickFields(m, ticks) });
  forwardTicks(m, ticks);
}

const tickFields = (m: Parts, ticks: number) => ({
  'forward-ticks': ticks,
  'forward-duration': goDuration(ticks * m.config.heartbeatMicros),
  'election-ticks': electionTicks(m),
  'election-timeout': goDuration(m.config.electionMicros),
});

const electionTicks = (m: Parts): number => Math.round(m.config.electionMicros / m.config.heartbeatMicros);

/** With peers the connections are looked at first. */
export function onForwardTimer(m: Parts): void {
  const { loop, out } = m;
  if (loop.forwardTicksAt === 0 || out.now < loop.forwardTicksAt) return;
  loop.forwardTicksAt = simTime(0);
  const ticks = electionTicks(m) - 2;
  const active = m.machine.cluster.size - 1;
  out.log('peers-fast-forward', { 'local-member-id': formatId(m.self), ...tickFields(m, ticks), 'active-remote-members': active });
  forwardTicks(m, ticks);
}
