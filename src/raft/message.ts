/**
 * The messages of the protocol, with etcd's names, as a union on `type`. Each carries only the fields that it uses.
 *
 * Messages with term 0 are local or not bound to a term (MsgProp, MsgReadIndex); all others carry the sender's term, pre-votes the
 * term that they would campaign in.
 */

import { nodeId, type LogIndex, type NodeId, type Term } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Entry, Proposal } from '#raft/entry.ts';
import type { HardState, Snapshot } from '#raft/state.ts';

interface Envelope {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly term: Term;
}

/** Local: start an election. */
export interface MsgHup extends Envelope {
  readonly type: 'MsgHup';
}
/** Local: a leader's heartbeat is due. */
export interface MsgBeat extends Envelope {
  readonly type: 'MsgBeat';
}
/** Entries to append, given by the application or forwarded by a follower. */
export interface MsgProp extends Envelope {
  readonly type: 'MsgProp';
  readonly entries: readonly Proposal[];
}
/** AppendEntries (paper §5.3): `logTerm` and `index` name the entry before `entries`. */
export interface MsgApp extends Envelope {
  readonly type: 'MsgApp';
  readonly logTerm: Term;
  readonly index: LogIndex;
  readonly entries: readonly Entry[];
  readonly commit: LogIndex;
}
/** Answer to MsgApp and MsgSnap: everything up to `index` is durable; or, on `reject`, the entry at `index` did not match. */
export interface MsgAppResp extends Envelope {
  readonly type: 'MsgAppResp';
  readonly index: LogIndex;
  readonly reject: boolean;
  /** On `reject`: a guess at the last index where the logs agree, and its term in `logTerm`. */
  readonly rejectHint: LogIndex;
  readonly logTerm: Term;
}
/** RequestVote (paper §5.2) or its rehearsal (dissertation §9.6): `logTerm` and `index` name the candidate's last entry. */
export interface MsgVote extends Envelope {
  readonly type: 'MsgVote' | 'MsgPreVote';
  readonly logTerm: Term;
  readonly index: LogIndex;
  /** The leader asked for this election, so leases do not hold it back. */
  readonly transfer: boolean;
}
export interface MsgVoteResp extends Envelope {
  readonly type: 'MsgVoteResp' | 'MsgPreVoteResp';
  readonly reject: boolean;
}
/** InstallSnapshot (paper §7). */
export interface MsgSnap extends Envelope {
  readonly type: 'MsgSnap';
  readonly snapshot: Snapshot;
}
/** A leader's sign of life. `context` names the newest read request that waits for a confirmation. */
export interface MsgHeartbeat extends Envelope {
  readonly type: 'MsgHeartbeat';
  readonly commit: LogIndex;
  readonly context: Bytes;
}
export interface MsgHeartbeatResp extends Envelope {
  readonly type: 'MsgHeartbeatResp';
  readonly context: Bytes;
}
/** Local: the last message to `from` was not delivered. */
export interface MsgUnreachable extends Envelope {
  readonly type: 'MsgUnreachable';
}
/** Local: the snapshot to `from` arrived, or on `reject` it did not. */
export interface MsgSnapStatus extends Envelope {
  readonly type: 'MsgSnapStatus';
  readonly reject: boolean;
}
/** Local: look whether a quorum was heard from in the last election timeout. */
export interface MsgCheckQuorum extends Envelope {
  readonly type: 'MsgCheckQuorum';
}
/** Hand the leadership to `from`. */
export interface MsgTransferLeader extends Envelope {
  readonly type: 'MsgTransferLeader';
}
/** The leader asks a follower to campaign at once (dissertation §3.10). */
export interface MsgTimeoutNow extends Envelope {
  readonly type: 'MsgTimeoutNow';
}
/** Asks for an index that is safe to read at. */
export interface MsgReadIndex extends Envelope {
  readonly type: 'MsgReadIndex';
  readonly context: Bytes;
}
export interface MsgReadIndexResp extends Envelope {
  readonly type: 'MsgReadIndexResp';
  readonly index: LogIndex;
  readonly context: Bytes;
}
/** To the append thread: write these, in this order, then hand out `responses`. */
export interface MsgStorageAppend extends Envelope {
  readonly type: 'MsgStorageAppend';
  readonly entries: readonly Entry[];
  readonly hardState: HardState | undefined;
  readonly snapshot: Snapshot | undefined;
  readonly responses: readonly Message[];
}
/** From the append thread: the log is durable up to (`logTerm`, `index`), unless index is 0, and so is the snapshot. */
export interface MsgStorageAppendResp extends Envelope {
  readonly type: 'MsgStorageAppendResp';
  readonly logTerm: Term;
  readonly index: LogIndex;
  readonly snapshot: Snapshot | undefined;
}
/** To the apply thread: apply these, then hand out `responses`. */
export interface MsgStorageApply extends Envelope {
  readonly type: 'MsgStorageApply';
  readonly entries: readonly Entry[];
  readonly responses: readonly Message[];
}
/** From the apply thread: these entries are applied. */
export interface MsgStorageApplyResp extends Envelope {
  readonly type: 'MsgStorageApplyResp';
  readonly entries: readonly Entry[];
}
/** Local: a follower is to forget whom it follows, so that it may vote before its election timeout. */
export interface MsgForgetLeader extends Envelope {
  readonly type: 'MsgForgetLeader';
}

export type Message =
  | MsgHup
  | MsgBeat
  | MsgProp
  | MsgApp
  | MsgAppResp
  | MsgVote
  | MsgVoteResp
  | MsgSnap
  | MsgHeartbeat
  | MsgHeartbeatResp
  | MsgUnreachable
  | MsgSnapStatus
  | MsgCheckQuorum
  | MsgTransferLeader
  | MsgTimeoutNow
  | MsgReadIndex
  | MsgReadIndexResp
  | MsgStorageAppend
  | MsgStorageAppendResp
  | MsgStorageApply
  | MsgStorageApplyResp
  | MsgForgetLeader;

export type MessageType = Message['type'];

/** All types, in the order of their stable numbers (etcd's own). */
export const MESSAGE_TYPES = [
  'MsgHup',
  'MsgBeat',
  'MsgProp',
  'MsgApp',
  'MsgAppResp',
  'MsgVote',
  'MsgVoteResp',
  'MsgSnap',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgTransferLeader',
  'MsgTimeoutNow',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgPreVote',
  'MsgPreVoteResp',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
  'MsgForgetLeader',
] as const satisfies readonly MessageType[];

/** The address of the thread that writes the log, with asynchronous storage writes. */
export const APPEND_THREAD = nodeId(2n ** 64n - 1n);
/** The address of the thread that applies committed entries, with asynchronous storage writes. */
export const APPLY_THREAD = nodeId(2n ** 64n - 2n);

/** True for the two storage threads. */
export const isStorageThread = (id: NodeId): boolean => id === APPEND_THREAD || id === APPLY_THREAD;

const LOCAL: ReadonlySet<MessageType> = new Set([
  'MsgHup',
  'MsgBeat',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
]);

const RESPONSES: ReadonlySet<MessageType> = new Set([
  'MsgAppResp',
  'MsgVoteResp',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgReadIndexResp',
  'MsgPreVoteResp',
  'MsgStorageAppendResp',
  'MsgStorageApplyResp',
]);

/** Messages that never come from another node. */
export const isLocalMessage = (type: MessageType): boolean => LOCAL.has(type);
/** Messages that only a tracked peer, or a storage thread, can have a reason to send. */
export const isResponseMessage = (type: MessageType): boolean => RESPONSES.has(type);
