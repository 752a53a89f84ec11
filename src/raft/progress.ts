/**
 * What a leader knows of one peer's log, and how it sends to it. The flow is a state of its own (each with only its own fields):
 *
 * - probe: the peer's log end is not known; one append with entries at a time;
 * - replicate: appends are sent one after the other without waiting, up to the window of inflight messages;
 * - snapshot: a snapshot is on its way; nothing is sent until it is known to have arrived or failed.
 *
 * Invariants: `match < next`; in replicate, everything in [match+1, next) is in flight. Mutable; owned by the leader's role.
 */

import { assert } from '#kernel/assert.ts';
import { logIndex, type LogIndex } from '#kernel/brand.ts';
import { Inflights, type InflightLimits } from '#raft/inflights.ts';

export interface ProbeFlow {
  readonly type: 'probe';
  /** An append with entries is out: wait for an answer or a heartbeat's. */
  paused: boolean;
}
export interface ReplicateFlow {
  readonly type: 'replicate';
  /** The window was full after the last append. A heartbeat's answer lifts it for one empty append. */
  paused: boolean;
  readonly inflights: Inflights;
}
export interface SnapshotFlow {
  readonly type: 'snapshot';
  readonly pendingSnapshot: LogIndex;
}
export type Flow = ProbeFlow | ReplicateFlow | SnapshotFlow;

export interface Progress {
  /** The peer is known to have the log up to here. Never goes down; always below `next`. */
  match: LogIndex;
  /** The next append starts here. */
  next: LogIndex;
  /** The highest commit index that was sent and is known to have been usable by the peer. */
  sentCommit: LogIndex;
  /** Something came from the peer since the last check of the quorum. */
  recentActive: boolean;
  flow: Flow;
}

const min = (a: LogIndex, b: LogIndex): LogIndex => (a < b ? a : b);
const after = (index: LogIndex): LogIndex => logIndex(index + 1);
const before = (index: LogIndex): LogIndex => logIndex(index - 1);

/** The progress of a peer of which nothing is known: the next entry to send is `next`. */
export const newProgress = (next: LogIndex, recentActive: boolean): Progress => ({
  match: logIndex(0),
  next,
  sentCommit: logIndex(0),
  recentActive,
  flow: { type: 'probe', paused: false },
});

/** True while nothing with entries may be sent. */
export const isPaused = ({ flow }: Progress): boolean => (flow.type === 'snapshot' ? true : flow.paused);

/** Goes back to probing: from just after what is known, or after the snapshot that was sent. */
export function becomeProbe(progress: Progress): void {
  const { flow } = progress;
  const known = after(progress.match);
  const sent = flow.type === 'snapshot' ? after(flow.pendingSnapshot) : known;
  progress.flow = { type: 'probe', paused: false };
  progress.next = sent > known ? sent : known;
  progress.sentCommit = min(progress.sentCommit, before(progress.next));
}

/** After a failed snapshot: probe from what is known, as if none had been sent. */
export function becomeProbeAfterFailure(progress: Progress): void {
  progress.flow = { type: 'probe', paused: false };
  progress.next = after(progress.match);
  progress.sentCommit = min(progress.sentCommit, progress.match);
}

/** The peer's log end is known: send without waiting. */
export function becomeReplicate(progress: Progress, limits: InflightLimits): void {
  progress.flow = { type: 'replicate', paused: false, inflights: new Inflights(limits) };
  progress.next = after(progress.match);
}

/** A snapshot of `index` was sent. */
export function becomeSnapshot(progress: Progress, index: LogIndex): void {
  assert(index >= progress.match, () => `snapshot ${index} ends before what is known to match(${progress.match})`);
  progress.flow = { type: 'snapshot', pendingSnapshot: index };
  progress.next = after(index);
  progress.sentCommit = index;
}

/** Records an append of `count` entries from `next` on. */
export function recordAppend(progress: Progress, count: number, bytes: number): void {
  const { flow } = progress;
  assert(flow.type !== 'snapshot', () => `append of ${count} entries while a snapshot is on its way`);
  if (flow.type === 'probe') {
    // An empty probe does not pause: it carries no entries that could be lost.
    if (count > 0) flow.paused = true;
    return;
  }
  if (count > 0) {
    progress.next = logIndex(progress.next + count);
    flow.inflights.add(before(progress.next), bytes);
  }
  flow.paused = flow.inflights.full;
}

/** True if an append would tell the peer of a commit index that it can use and was not told. */
export const canBumpCommit = (progress: Progress, commit: LogIndex): boolean =>
  commit > progress.sentCommit && progress.sentCommit < progress.next - 1;

/** The peer has everything up to `index`. Returns whether that is news. */
export function raiseMatch(progress: Progress, index: LogIndex): boolean {
  if (index <= progress.match) return false;
  progress.match = index;
  if (progress.next <= index) progress.next = after(index);
  liftPause(progress);
  return true;
}

/** Allows one more append, whatever the window says. */
export function liftPause({ flow }: Progress): void {
  if (flow.type !== 'snapshot') flow.paused = false;
}

/** Waits with a probe until the peer says something. */
export function pauseProbe({ flow }: Progress): void {
  if (flow.type === 'probe') flow.paused = true;
}

/**
 * The peer rejected the append after `rejected`; its log may agree at `hint`. Moves `next` back.
 * @returns false if the rejection is out of date and changes nothing
 */
export function lowerNext(progress: Progress, rejected: LogIndex, hint: LogIndex): boolean {
  if (progress.flow.type === 'replicate') {
    if (rejected <= progress.match) return false; // an old message: what is known to match cannot be rejected
    progress.next = after(progress.match);
    progress.sentCommit = min(progress.sentCommit, progress.match);
    return true;
  }
  if (progress.next - 1 !== rejected) return false;
  const next = min(rejected, after(hint));
  const floor = after(progress.match);
  progress.next = next > floor ? next : floor;
  progress.sentCommit = min(progress.sentCommit, before(progress.next));
  liftPause(progress);
  return true;
}

/** A progress at one moment, as plain data: for events, the status and drawings. */
export interface ProgressView {
  readonly state: Flow['type'];
  readonly match: LogIndex;
  readonly next: LogIndex;
  readonly isLearner: boolean;
  readonly paused: boolean;
  /** 0 unless a snapshot is on its way. */
  readonly pendingSnapshot: LogIndex;
  readonly recentActive: boolean;
  /** Append messages that were not acknowledged; only counted while replicating. */
  readonly inflight: number;
  readonly inflightFull: boolean;
}

/** Takes a picture of a progress. */
export function viewProgress(progress: Progress, isLearner: boolean): ProgressView {
  const { flow, match, next, recentActive } = progress;
  return {
    state: flow.type,
    match,
    next,
    isLearner,
    paused: isPaused(progress),
    pendingSnapshot: flow.type === 'snapshot' ? flow.pendingSnapshot : logIndex(0),
    recentActive,
    inflight: flow.type === 'replicate' ? flow.inflights.count : 0,
    inflightFull: flow.type === 'replicate' && flow.inflights.full,
  };
}
