/**
 * The member as the world sees it: a pure step machine (DESIGN §2). `step(now, inbox) → outbox`; no clock, no I/O but the Disk port.
 * A member does not know whether it lives in a worker. Everything here is plain data, so that it can cross a worker boundary.
 */

import type { EventId, NodeId, SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import type { CrashPoint } from '#etcd/crash-points.ts';
import type { ServerSettings } from '#etcd/settings.ts';

/** The etcd release whose behaviour is modelled. */
export type Profile = '3.4.23' | '3.5';

/** One member of `--initial-cluster`. */
export interface InitialMember {
  readonly name: string;
  readonly peerUrls: readonly string[];
}

/** What a member is started with; etcd's flags, with times in virtual microseconds. */
export interface MemberConfig {
  readonly profile: Profile;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  /** `--listen-peer-urls`, `--listen-client-urls`: where its process answers. */
  readonly listenPeerUrls: readonly string[];
  readonly listenClientUrls: readonly string[];
  readonly initialCluster: readonly InitialMember[];
  readonly initialClusterToken: string;
  readonly initialClusterState: 'new' | 'existing';
  /** `--force-new-cluster`: what lies on the disk goes on as a cluster of this member alone. */
  readonly forceNewCluster: boolean;
  /** `--data-dir`, for the log. */
  readonly dataDir: string;
  /** Where the data directory lies on the member's disk: in front of the names of all its files; '' for the first directory. */
  readonly folder: string;
  /** `--strict-reconfig-check`. */
  readonly strictReconfigCheck: boolean;
  /** Learners in a cluster (`--experimental-max-learners`). */
  readonly learnersMax: number;
  /** µs of one tick (`--heartbeat-interval`), default 100 ms. */
  readonly heartbeatMicros: number;
  /** µs (`--election-timeout`), default 1000 ms; a whole number of ticks. */
  readonly electionMicros: number;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  /** `sync` is etcd's loop: a save blocks ticks and sends. `async` uses the core's asynchronous storage writes. */
  readonly storage: 'sync' | 'async';
  /** Applied entries between two Raft snapshots (`--snapshot-count`). */
  readonly snapshotCount: number;
  /** Entries kept behind a snapshot for slow followers. */
  readonly snapshotCatchUpEntries: number;
  /** Bytes (`--max-request-bytes`), default 1.5 MiB. */
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  /** Bytes (`--quota-backend-bytes`), 0 is 2 GiB. */
  readonly quotaBackendBytes: number;
  readonly walSegmentBytes: number;
  /** Unix milliseconds at virtual time 0. */
  readonly epochMillis: number;
  /** The run's seed; the member draws from streams named after itself. */
  readonly seed: number;
  /** Rules broken on purpose, to prove that the checkers see it. */
  readonly broken: readonly BrokenRule[];
  /** The rest of etcd's flags; what is left out has etcd's default ({@link ServerSettings}). */
  readonly settings?: Partial<ServerSettings>;
}

/** A member of a cluster as `/members` on the peers' port tells it. Ids in hex, so that it is plain data. */
export interface RemoteMember {
  readonly id: string;
  /** Empty until it was started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** The cluster as one of its members knows it. */
export interface RemoteCluster {
  /** Hex. */
  readonly id: string;
  /** Ascending by id. */
  readonly members: readonly RemoteMember[];
}

/** What the world adds at each start of a member. */
export interface StartInfo {
  /** The member's number in the world, from 1: the actor of its trace events. */
  readonly actor: number;
  /** Number of its first trace event: continues the last incarnation's. */
  readonly nextEvent: number;
  /** 1 for the first start, 2 after the first restart, … */
  readonly incarnation: number;
  readonly now: SimTime;
  /** See {@link StepInput.wallOffset}. */
  readonly wallOffset?: number;
  /** The event that started it. */
  readonly cause: EventId;
  /**
   * What the first of the other members of its `--initial-cluster` that can be reached says of the cluster (etcd's GetClusterFromRemotePeers); undefined
   * if none can. Deviation: the answer is there at once, while etcd's takes a round trip.
   */
  readonly remote: RemoteCluster | undefined;
}

/** Identifies a call of a client at a member: the client's actor number and its own counter of calls. */
export interface CallId {
  readonly client: number;
  readonly call: number;
}

/** One thing that happens to a member. `cause` is the world's event of its delivery. */
export type InboxItem =
  /** The wake-up time that it asked for has come. */
  | { readonly type: 'wake'; readonly cause: EventId }
  /** A peer's message, in the Raft core's encoding (`encodeMessage`). */
  | { readonly type: 'peer'; readonly message: Bytes; readonly cause: EventId }
  /** A peer could not be reached (connection refused): ReportUnreachable. */
  | { readonly type: 'unreachable'; readonly peer: NodeId; readonly cause: EventId }
  /** The outcome of sending a snapshot: ReportSnapshot. */
  | { readonly type: 'snapshot-sent'; readonly peer: NodeId; readonly ok: boolean; readonly cause: EventId }
  /** A client opens a call. `method` as in `#api/rpc.ts`, `body` the encoded first request, `token` the auth token or ''. */
  | {
      readonly type: 'call';
      readonly id: CallId;
      readonly method: string;
      readonly body: Bytes;
      readonly token: string;
      /** Metadata `hasleader: true`: a member without a leader refuses, and ends a stream that has lost it (clientv3.WithRequireLeader). */
      readonly requireLeader?: boolean;
      readonly cause: EventId;
    }
  /** A further request on a streaming call. */
  | { readonly type: 'call-message'; readonly id: CallId; readonly body: Bytes; readonly cause: EventId }
  /** The client has taken so many bytes of a stream's answers (HTTP/2's WINDOW_UPDATE): as many more may be sent. */
  | { readonly type: 'call-read'; readonly id: CallId; readonly bytes: number; readonly cause: EventId }
  /** The client sends no more. */
  | { readonly type: 'call-half-close'; readonly id: CallId; readonly cause: EventId }
  /** The client cancelled, or its connection is gone. */
  | { readonly type: 'call-cancel'; readonly id: CallId; readonly cause: EventId }
  /** An HTTP request (`/version`, `/health`, gateway, v2 …): answered by `http` replies. */
  | {
      readonly type: 'http';
      readonly id: CallId;
      readonly method: string;
      readonly target: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Bytes;
      readonly cause: EventId;
    }
  /** The disk operation `op` is durable now. */
  | { readonly type: 'saved'; readonly op: number; readonly cause: EventId }
  /** Forced by `play timeout`: campaign now. */
  | { readonly type: 'election-timeout'; readonly cause: EventId }
  /** The process is to die when it next comes to this point; `''` takes that back. */
  | { readonly type: 'arm'; readonly point: CrashPoint | ''; readonly cause: EventId }
  /** Forced by `play crash`: an assertion fails, and says `reason` or what it found. */
  | { readonly type: 'fail-assertion'; readonly reason: string | undefined; readonly cause: EventId }
  /** The election timer begins anew now and fires after so many ticks, unless a leader is heard before. A leader has none. */
  | { readonly type: 'election-timer'; readonly ticks: number; readonly cause: EventId };

export interface StepInput {
  /** The member's own clock, µs: monotonic, as ticks, timeouts and leases need it. */
  readonly now: SimTime;
  /** By how much the time of day that its machine tells is off, µs; left out: 0. It jumps, `now` never does. */
  readonly wallOffset?: number;
  readonly items: readonly InboxItem[];
}

/** A Raft message on its way to a peer. */
export interface OutMessage {
  readonly to: NodeId;
  readonly message: Bytes;
  /** Message type (`MsgApp`, …), so that the world can draw and fault it without decoding. */
  readonly kind: string;
  /** The trace event `message-sent`. */
  readonly event: EventId;
}

/** An answer on a call. */
export type Reply =
  | { readonly type: 'message'; readonly id: CallId; readonly body: Bytes; readonly event: EventId }
  /** The end of a call: gRPC status code (0 is OK) and message. A unary call is a message, then an end. */
  | { readonly type: 'end'; readonly id: CallId; readonly code: number; readonly message: string; readonly event: EventId }
  | {
      readonly type: 'http-head';
      readonly id: CallId;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly event: EventId;
    }
  | { readonly type: 'http-body'; readonly id: CallId; readonly body: Bytes; readonly last: boolean; readonly event: EventId };

/** A disk operation that the world completes after its modelled latency, by an inbox item `saved`. */
export interface SaveRequest {
  readonly op: number;
  /** Whose latency applies. */
  readonly target: 'wal' | 'backend' | 'snapshot';
  readonly bytes: number;
  /** The trace event of its submission. */
  readonly event: EventId;
}

/** What everybody may know of a member at any time without asking; small and cheap. */
export interface MemberStatus {
  readonly id: NodeId;
  readonly role: 'follower' | 'pre-candidate' | 'candidate' | 'leader';
  readonly learner: boolean;
  readonly term: number;
  readonly vote: NodeId;
  readonly lead: NodeId;
  readonly commit: number;
  readonly applied: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly revision: number;
  readonly compactRevision: number;
  /** Ticks since the timer was reset, and the timeout drawn for this round, in ticks. */
  readonly electionElapsed: number;
  readonly electionTimeout: number;
  /** µs of the member's clock at its next tick. */
  readonly nextTickAt: SimTime;
  /** The disk operation that it waits for, 0 if none. */
  readonly saving: number;
  /** Ids of the voters by its own configuration, ascending. */
  readonly voters: readonly NodeId[];
}

/** Why a member stopped by itself. */
export interface Halt {
  readonly type: 'assertion' | 'disk' | 'removed' | 'start' | 'crash-point';
  readonly message: string;
  /** What it was doing: the event that the end comes from. */
  readonly event: EventId;
}

export interface StepOutput {
  /** When it wants to be stepped next, by its own clock; undefined: only by an item. */
  readonly wakeAt: SimTime | undefined;
  readonly messages: readonly OutMessage[];
  readonly replies: readonly Reply[];
  readonly saves: readonly SaveRequest[];
  /** Its trace events of this step, encoded (`TraceWriter.take`). */
  readonly trace: Bytes;
  /** Number of its next trace event. */
  readonly nextEvent: number;
  readonly status: MemberStatus;
  /** The cluster as this member knows it; only in the output of a step that changed it. */
  readonly cluster?: RemoteCluster;
  /** Set once, by its last step. */
  readonly halt?: Halt;
}

/** A question of the page or a predicate; answering changes nothing and is not traced. The answer is plain data. */
export type Inspection =
  /** Progress of each peer, votes, read states, ready queue, disk: everything the inspector shows. */
  | { readonly type: 'raft' }
  /** Log cells from `from` up to and with `to`. */
  | { readonly type: 'log'; readonly from: number; readonly to: number }
  /** Keys in [key, rangeEnd) at a revision (0: newest), at most `limit`. */
  | { readonly type: 'keys'; readonly key: Bytes; readonly rangeEnd: Bytes; readonly revision: number; readonly limit: number }
  /** The kept changes of the keys in [key, rangeEnd), the newest first, below main revision `before` (0: all); at most `limit`. */
  | { readonly type: 'key-changes'; readonly key: Bytes; readonly rangeEnd: Bytes; readonly before: number; readonly limit: number }
  /** Changes of main revisions from `from` up to and with `to`, as far as they are still stored; at most 10,000. */
  | { readonly type: 'changes'; readonly from: number; readonly to: number }
  /** etcd's HashKV at a revision (0: newest). */
  | { readonly type: 'hash'; readonly revision: number }
  /** Watchers with position and state. */
  | { readonly type: 'watchers' }
  | { readonly type: 'leases' }
  /** Users and roles. */
  | { readonly type: 'auth' }
  /** The tree of the v2 store, at most 2,000 nodes. */
  | { readonly type: 'v2-keys' }
  | { readonly type: 'members' }
  | { readonly type: 'disk' }
  /** The text of `/metrics`. */
  | { readonly type: 'metrics' }
  /** Digest of the whole engine state, to compare after a seek. */
  | { readonly type: 'digest' };
