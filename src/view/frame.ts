/**
 * What the page may know, as plain data. The conductor builds a frame after the instants that it played; the page draws it and decides
 * no protocol fact (STYLE 36). Times are virtual microseconds, ids are hex strings, members are named by their name.
 */

import type { SafetyView } from '#view/safety.ts';

export type MemberRole = 'follower' | 'pre-candidate' | 'candidate' | 'leader';
export type MemberLife = 'up' | 'frozen' | 'dead' | 'crashed';
export type VoteState = 'granted' | 'refused' | 'pending';

/** A peer's progress as the leader keeps it. */
export interface PeerProgress {
  readonly name: string;
  readonly state: 'probe' | 'replicate' | 'snapshot';
  readonly match: number;
  readonly next: number;
  readonly inflight: number;
  readonly paused: boolean;
  readonly active: boolean;
}

export interface MemberView {
  readonly name: string;
  /** Hex, as etcdctl prints it. */
  readonly id: string;
  /** 1.. in the order of the ring. */
  readonly number: number;
  readonly clientUrl: string;
  readonly peerUrl: string;
  readonly life: MemberLife;
  /** Why it crashed, if it did. */
  readonly crash: string | undefined;
  readonly incarnation: number;
  readonly role: MemberRole;
  readonly learner: boolean;
  /** A leader that a majority of the voters does not follow in its term. */
  readonly leadsWithoutQuorum: boolean;
  readonly term: number;
  readonly vote: string | undefined;
  readonly lead: string | undefined;
  readonly commit: number;
  readonly applied: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly revision: number;
  readonly compactRevision: number;
  /** The election timer: when it was reset, when it fires (µs, virtual); undefined for a leader and for a member that is not up. */
  readonly timer: { readonly startedAt: number; readonly firesAt: number; readonly ticks: number } | undefined;
  /** Votes that a candidate has asked for, by name; empty otherwise. */
  readonly votes: readonly { readonly name: string; readonly vote: VoteState }[];
  /** A leader's bookkeeping; empty otherwise. */
  readonly progress: readonly PeerProgress[];
  /** A save is under way on its disk. */
  readonly saving: boolean;
  /** What is broken about it on purpose, as facts; left out while nothing is. */
  readonly inForce?: MemberFaults;
  /** What kind of end it was if it stopped by itself: it is dead after `removed` and `crash-point`, else crashed. */
  readonly ended?: 'assertion' | 'disk' | 'removed' | 'start' | 'crash-point';
  readonly log: LogView;
}

/** µs, uniform between both; `spiky`: mostly near the least, seldom near the greatest. */
export interface LatencyView {
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly spiky: boolean;
}

/** A clock that does not run as the world's: how fast all that it times is, and by how much (µs) the time of day that it tells is off. */
export interface ClockView {
  readonly rate: number;
  readonly offsetMicros: number;
}

/** The faults of one member that are in force. */
export interface MemberFaults {
  /** fsync of the write-ahead log and commit of the backend, where they are not as the run's options say. */
  readonly walLatency: LatencyView | undefined;
  readonly backendLatency: LatencyView | undefined;
  readonly full: boolean;
  readonly failFsync: boolean;
  /** Bytes of a write that is not flushed which the next loss of power leaves behind. */
  readonly tear: number | undefined;
  /** A bit was flipped on its disk: the member finds it when it is started. */
  readonly corrupt: boolean;
  /** The crash point at which its process will die. */
  readonly armed: { readonly point: string; readonly powerLoss: boolean } | undefined;
  readonly clock: ClockView | undefined;
}

/** A member's log, as far as the page shows it. */
export interface LogView {
  /** Entries up to this index are in the snapshot and gone from the log; 0 if none. */
  readonly compactedTo: number;
  /** Entries up to this index were made by bootstrap (configuration changes, first empty entry, publishes, cluster version); drawn as one block. */
  readonly bootstrapTo: number;
  /** The newest cells (bounded), ascending by index. */
  readonly cells: readonly LogCell[];
}

export interface LogCell {
  readonly index: number;
  readonly term: number;
  readonly kind: 'normal' | 'empty' | 'conf-change' | 'cluster';
  /** Short content such as `a=1`, `del a`, `txn`, `+etcd-4`. */
  readonly label: string;
  readonly committed: boolean;
  readonly applied: boolean;
  /** Durable on this member's disk. */
  readonly stable: boolean;
}

/** A message on its way: between members, or between a client and a member. */
export interface MessageView {
  /** The id of its `message-sent` (or call) event: stable while in flight. */
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly kind:
    | 'append'
    | 'append-ack'
    | 'append-nack'
    | 'heartbeat'
    | 'heartbeat-ack'
    | 'vote'
    | 'vote-grant'
    | 'vote-refusal'
    | 'pre-vote'
    | 'pre-vote-grant'
    | 'pre-vote-refusal'
    | 'snapshot'
    | 'timeout-now'
    | 'forward'
    | 'read-index'
    | 'read-index-answer'
    | 'call'
    | 'reply'
    | 'watch-event';
  readonly sentAt: number;
  readonly arrivesAt: number;
  /** Set when it is or will be lost on the way: where, as a fraction of the way, and why. */
  readonly lost: { readonly at: number; readonly reason: 'cut' | 'loss' | 'dead' | 'dropped' } | undefined;
  readonly term: number;
  /** Number of entries carried. */
  readonly entries: number;
  /** All fields by their Raft names, as short text, for the inspector. */
  readonly fields: readonly (readonly [string, string])[];
}

/** Further messages of a kind on one way. */
export interface CrowdView {
  readonly from: string;
  readonly to: string;
  readonly kind: MessageView['kind'];
  readonly count: number;
}

export interface ClientView {
  readonly name: string;
  readonly frozen: boolean;
  /** What it is doing, such as `put foo bar`, and with whom. */
  readonly activity: string | undefined;
  readonly endpoint: string | undefined;
  /** It sends again whatever got no answer; left out if it does as etcd's client does. */
  readonly retry?: 'blind';
  /** Left out while it runs as the world's. */
  readonly clock?: ClockView;
}

/** A link that is not as it was made. */
export interface LinkView {
  readonly from: string;
  readonly to: string;
  readonly cut: boolean;
  readonly note: string;
  readonly settings?: LinkSettingsView;
}

/** What a link does to what it carries. Probabilities from 0 to 1. */
export interface LinkSettingsView {
  readonly latency: LatencyView | undefined;
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  /** Bytes a second; 0 is no limit. */
  readonly bandwidth: number;
}

/** The headline's facts; the words are made by the page. */
export type Headline =
  | { readonly type: 'booting' }
  | { readonly type: 'no-leader'; readonly electing: readonly string[]; readonly quorumPossible: boolean }
  | { readonly type: 'leader'; readonly leader: string; readonly term: number; readonly commit: number; readonly stale: readonly string[] };

export interface RunView {
  readonly engine: string;
  readonly profile: string;
  readonly seed: number;
  readonly nodes: number;
  /** Counts up with each new run of this tab. */
  readonly generation: number;
  /** µs: one tick, and the base election timeout. */
  readonly heartbeatMicros: number;
  readonly electionMicros: number;
  /** `opfs`: members write to the origin private file system; `memory`: the browser refused it. */
  readonly storage: 'opfs' | 'memory';
  /** Another tab owns the stored cluster; this one has a cluster of its own that is not kept. */
  readonly secondTab: boolean;
}

export type Pace = { readonly type: 'adaptive' } | { readonly type: 'fixed'; readonly rate: number } | { readonly type: 'fastest' };

export interface Frame {
  readonly run: RunView;
  /** Virtual now, µs, at the moment the frame was made. */
  readonly now: number;
  /** Virtual µs that pass in one µs of wall time just now; the page interpolates with it, never past `until`. */
  readonly rate: number;
  /** The page must not draw a later instant than this: the next event happens there. */
  readonly until: number;
  readonly playing: boolean;
  readonly pace: Pace;
  readonly members: readonly MemberView[];
  readonly clients: readonly ClientView[];
  readonly messages: readonly MessageView[];
  /** Messages on their way that are not among `messages`, because there are too many: counted by their way and kind. */
  readonly crowd: readonly CrowdView[];
  readonly links: readonly LinkView[];
  /** Sides of the present partition, by name; empty if there is none. */
  readonly partition: readonly (readonly string[])[];
  readonly headline: Headline;
  /** False once any safety property was violated. */
  readonly safe: boolean;
  /** How each property stands that the page watches, in the order of `SAFETY_GROUPS`. */
  readonly safety: readonly SafetyView[];
  /** Virtual µs up to which this branch of the run was played: `now`, unless the past is looked at or played again. */
  readonly head: number;
  /** An earlier instant is looked at; the run itself stands at its head. */
  readonly looking: boolean;
  /** The earliest instant (virtual µs) of this branch that can be gone to: 0 until something falls away. */
  readonly since: number;
}
