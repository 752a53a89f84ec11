/**
 * The pieces of one running member. The files beside this one are functions over them, one concept each; member.ts owns them.
 * All state of a member is in here, and checkpoint.ts encodes it.
 */

import type { EventId, LogIndex, NodeId, SimTime, Term } from '#kernel/brand.ts';
import type { ConfState } from '#raft/state.ts';
import type { Core } from '#raft/core.ts';
import type { MemoryStorage } from '#raft/memory-storage.ts';
import type { RawNode } from '#raft/raw-node.ts';
import type { Disk } from '#wal/disk.ts';
import type { Wal } from '#wal/wal.ts';
import type { WatchableStore } from '#mvcc/watchable-store.ts';
import type { CorruptionChecks } from '#etcd/corruption-round.ts';
import type { Calls } from '#etcd/calls.ts';
import type { CallId, Halt, InboxItem, MemberConfig, StartInfo } from '#etcd/contract.ts';
import type { ClusterId } from '#etcd/identity.ts';
import type { Alarms } from '#etcd/alarms.ts';
import type { AuthStore } from '#auth/auth-store.ts';
import type { V2Store } from '#v2/store.ts';
import type { Tokens } from '#auth/tokens.ts';
import type { Lessor } from '#lease/lessor.ts';
import type { InnerCalls } from '#etcd/inner-calls.ts';
import type { LeaderTransfer } from '#etcd/leader-transfer.ts';
import type { LeaseWait } from '#etcd/lease-question.ts';
import type { ForwardedCall } from '#etcd/lease-forwarding.ts';
import type { ApplyJob } from '#etcd/apply-queue.ts';
import type { AutoCompactor } from '#etcd/auto-compaction.ts';
import type { BackendWork } from '#etcd/backend-work.ts';
import type { CrashPoint } from '#etcd/crash-points.ts';
import type { Membership } from '#etcd/membership.ts';
import type { Metrics } from '#etcd/metrics.ts';
import type { V2Calls } from '#etcd/v2-calls.ts';
import type { PeerStats } from '#etcd/v2-peer-stats.ts';
import type { SnapshotStreams } from '#etcd/snapshot-stream.ts';
import type { WatchStreams } from '#etcd/watch-streams.ts';
import type { Outbox } from '#etcd/outbox.ts';
import type { Peers } from '#etcd/peers.ts';
import type { PendingSave } from '#etcd/pending-save.ts';
import type { Proposals } from '#etcd/proposals.ts';
import type { CallRead, ReadLoop } from '#etcd/read-loop.ts';
import type { RequestIds } from '#etcd/request-ids.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** What applying the log has made: equal on all members that have applied the same entries. Replaced as a whole by an installed snapshot. */
export interface StateMachine {
  readonly kv: WatchableStore;
  cluster: Membership;
  alarms: Alarms;
  lessor: Lessor;
  auth: AuthStore;
  v2: V2Store;
  confState: ConfState;
  appliedIndex: LogIndex;
  appliedTerm: Term;
  /** The last entry that changed the keys. */
  changedIndex: LogIndex;
}

/** A state machine whose fields lie in one order in memory, however it came about ({@link partsOf}). */
export const machineOf = (from: StateMachine): StateMachine => ({
  kv: from.kv,
  cluster: from.cluster,
  alarms: from.alarms,
  lessor: from.lessor,
  auth: from.auth,
  v2: from.v2,
  confState: from.confState,
  appliedIndex: from.appliedIndex,
  appliedTerm: from.appliedTerm,
  changedIndex: from.changedIndex,
});

/** What the storage loop remembers between steps. Times are of the member's clock, µs; 0 is "not set". */
export interface LoopState {
  nextTickAt: SimTime;
  /** When the core last heard of a tick; the start before the first. */
  tickedAt: SimTime;
  /** A tick came while a save blocked the loop; a ticker holds one and loses the rest. */
  isTickHeld: boolean;
  /** When the election ticks of a started member with peers are advanced (etcd's adjustTicks). */
  forwardTicksAt: SimTime;
  /** Number of the last disk operation. */
  lastOp: number;
  /** Writes under way, oldest first: at most one with etcd's loop. */
  saves: PendingSave[];
  /** Commit index as the last Ready told it. */
  knownCommit: LogIndex;
  /** The trace event of the last advance of the commit index; 0 before the first. */
  commitEvent: EventId;
  /** Leader as the last Ready told it. */
  knownLead: NodeId;
  /** When there was a leader last; the start if there was none. */
  leaderLostAt: SimTime;
  /** How often a leader has appeared. */
  leaderChanges: number;
  /** When this member became leader last; 0 if never. */
  electedAt: SimTime;
  /** Applied index of the last Raft snapshot. */
  snapshotIndex: LogIndex;
  /** Clients are answered from the moment when the member's own publishing is applied. */
  isServing: boolean;
  /** When to try again to set the cluster version. */
  versionCheckAt: SimTime;
  /** When unsynced watchers are looked after again; 0: there are none. */
  watchSyncAt: SimTime;
  /** When watchers whose batch did not fit their stream are tried again; 0: there are none, or their streams are still full. */
  victimsAt: SimTime;
  /** When what changed is written to the backend; 0: nothing changed. */
  backendCommitAt: SimTime;
  /** When the next batch of a compaction's physical pass is due. */
  compactionAt: SimTime;
  /** When that pass began. */
  compactionSince: SimTime;
  /** What holds the backend's locks. */
  backend: BackendWork;
  /** Committed entries that wait for the backend, oldest first; beyond a gap of 5000 entries writes are refused. */
  applyQueue: ApplyJob[];
  /** Reads that wait for the backend; bounded by the open calls. */
  blockedReads: CallRead[];
  /** Calls that wait for the physical pass of a compaction. */
  compactWaits: CompactWait[];
  /** When the lessor looks for expired leases again. */
  leaseCheckAt: SimTime;
  /** When a member that was removed stops: a second later, so that the others still hear of it. */
  stopAt: SimTime;
  /** When the leader looks for expired keys of the v2 store; 0: none is to expire, or another member leads. */
  syncAt: SimTime;
  /** Where the process is to die the next time that it comes there. */
  armed: CrashPoint | undefined;
}

/** A loop state whose fields lie in one order in memory, however it came about ({@link partsOf}). */
export const loopOf = (from: LoopState): LoopState => ({
  nextTickAt: from.nextTickAt,
  tickedAt: from.tickedAt,
  isTickHeld: from.isTickHeld,
  forwardTicksAt: from.forwardTicksAt,
  lastOp: from.lastOp,
  saves: from.saves,
  knownCommit: from.knownCommit,
  commitEvent: from.commitEvent,
  knownLead: from.knownLead,
  leaderLostAt: from.leaderLostAt,
  leaderChanges: from.leaderChanges,
  electedAt: from.electedAt,
  snapshotIndex: from.snapshotIndex,
  isServing: from.isServing,
  versionCheckAt: from.versionCheckAt,
  watchSyncAt: from.watchSyncAt,
  victimsAt: from.victimsAt,
  backendCommitAt: from.backendCommitAt,
  compactionAt: from.compactionAt,
  compactionSince: from.compactionSince,
  backend: from.backend,
  applyQueue: from.applyQueue,
  blockedReads: from.blockedReads,
  compactWaits: from.compactWaits,
  leaseCheckAt: from.leaseCheckAt,
  stopAt: from.stopAt,
  syncAt: from.syncAt,
  armed: from.armed,
});

/** A compaction with `physical`, accepted at `revision`. */
export interface CompactWait {
  readonly call: CallId;
  readonly revision: number;
}

export interface Parts {
  readonly config: MemberConfig;
  readonly info: StartInfo;
  readonly self: NodeId;
  readonly clusterId: ClusterId;
  readonly out: Outbox;
  readonly raft: RawNode;
  readonly log: MemoryStorage;
  readonly wal: Wal;
  readonly disk: Disk;
  readonly ids: RequestIds;
  readonly proposals: Proposals;
  readonly reads: ReadLoop;
  readonly calls: Calls;
  /** Calls that it makes of itself, for the Lock and Election services. */
  readonly inner: InnerCalls;
  readonly watches: WatchStreams;
  readonly snapshots: SnapshotStreams;
  readonly peers: Peers;
  readonly tokens: Tokens;
  readonly metrics: Metrics;
  readonly compactor: AutoCompactor;
  readonly checks: CorruptionChecks;
  readonly v2: V2Calls;
  readonly v2Stats: PeerStats;
  readonly machine: StateMachine;
  readonly loop: LoopState;
  /** Calls that came before the member serves; bounded by HELD_ITEMS_MAX, beyond which they are dropped like connections of a full backlog. */
  readonly held: InboxItem[];
  /** Lease calls that wait for the leader's word, oldest first; bounded by the open calls. */
  readonly forwarded: ForwardedCall[];
  /** Oldest first; bounded by the open calls of all members. */
  readonly leaseWaits: LeaseWait[];
  /** Bounded by the open calls. */
  readonly transfers: LeaderTransfer[];
  /** Set once: the member stops after this step. */
  halt: Halt | undefined;
}

/** The parts of a member with their fields in one order in memory, started or restored: compiled code that meets another order is thrown away and compiled again,
 * which made the first seeks of a process several times as slow as the later ones. */
export const partsOf = (from: Parts): Parts => ({
  config: from.config,
  info: from.info,
  self: from.self,
  clusterId: from.clusterId,
  out: from.out,
  raft: from.raft,
  log: from.log,
  wal: from.wal,
  disk: from.disk,
  ids: from.ids,
  proposals: from.proposals,
  reads: from.reads,
  calls: from.calls,
  inner: from.inner,
  watches: from.watches,
  snapshots: from.snapshots,
  peers: from.peers,
  tokens: from.tokens,
  metrics: from.metrics,
  compactor: from.compactor,
  checks: from.checks,
  v2: from.v2,
  v2Stats: from.v2Stats,
  machine: from.machine,
  loop: from.loop,
  held: from.held,
  forwarded: from.forwarded,
  leaseWaits: from.leaseWaits,
  transfers: from.transfers,
  halt: from.halt,
});

export const HELD_ITEMS_MAX = 4096;

/** The core's state, for cheap reads. */
export const coreOf = (m: Parts): Core => m.raft.state().core;
export const isLeader = (m: Parts): boolean => coreOf(m).role.type === 'leader';

/** µs: five seconds for disks and networks, and two elections (etcd's ReqTimeout). */
export const requestTimeoutMicros = (m: Parts): number => 5_000_000 + 2 * m.config.electionMicros;

/** The modelled server version. */
export const serverVersion = (m: Pick<Parts, 'config'>): string => versionRules(m.config).serverVersion;
/** The cluster version that a leader sets. */
export const clusterVersion = (m: Parts): string => versionRules(m.config).clusterVersion;
