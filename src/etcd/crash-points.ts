/**
 * Named places at which a member's process can be made to die (`play kill NODE --at POINT`), after the failpoints that etcd's own robustness tests
 * use (gofail comments in its source). What was sent and written before the place stands; nothing after it happens.
 *
 * A seam is a call of {@link reach} and costs one comparison. Names that begin with `play` have no failpoint of etcd's.
 */

import type { LoopState } from '#etcd/parts.ts';

/** Where a point lies, for the documentation and the coverage table. */
type CrashArea = 'wal' | 'send' | 'snapshot' | 'apply' | 'membership' | 'backend' | 'compaction' | 'defragmentation';

interface CrashPointFacts {
  readonly area: CrashArea;
  /** The function of etcd in which the failpoint lies. */
  readonly where: string;
}

/** All points, in the order of the documentation. Chaos draws from this table and coverage counts it. */
export const CRASH_POINTS = {
  // The hard state and the entries: written in memory only, in the operating system's hands, flushed.
  raftBeforeSave: { area: 'wal', where: 'etcdserver.(*raftNode).start' },
  walBeforeSync: { area: 'wal', where: 'wal.(*WAL).sync' },
  walAfterSync: { area: 'wal', where: 'wal.(*WAL).sync' },
  raftAfterSave: { area: 'wal', where: 'etcdserver.(*raftNode).start' },
  raftBeforeLeaderSend: { area: 'send', where: 'etcdserver.(*raftNode).start' },
  raftBeforeFollowerSend: { area: 'send', where: 'etcdserver.(*raftNode).start' },
  // A snapshot that came from the leader.
  raftBeforeSaveSnap: { area: 'snapshot', where: 'etcdserver.(*raftNode).start' },
  raftAfterSaveSnap: { area: 'snapshot', where: 'etcdserver.(*raftNode).start' },
  raftBeforeApplySnap: { area: 'snapshot', where: 'etcdserver.(*raftNode).start' },
  raftAfterApplySnap: { area: 'snapshot', where: 'etcdserver.(*raftNode).start' },
  applyBeforeOpenSnapshot: { area: 'snapshot', where: 'etcdserver.(*EtcdServer).applySnapshot' },
  raftAfterWALRelease: { area: 'snapshot', where: 'etcdserver.(*raftNode).start' },
  // Entries change the state machine.
  playBeforeApply: { area: 'apply', where: 'etcdserver.(*EtcdServer).applyEntries' },
  playAfterApply: { area: 'apply', where: 'etcdserver.(*EtcdServer).applyEntries' },
  beforeApplyOneConfChange: { area: 'membership', where: 'etcdserver.(*EtcdServer).applyConfChange' },
  playAfterApplyOneConfChange: { area: 'membership', where: 'etcdserver.(*EtcdServer).applyConfChange' },
  beforeCommit: { area: 'backend', where: 'backend.(*batchTx).commit' },
  afterCommit: { area: 'backend', where: 'backend.(*batchTx).commit' },
  compactBeforeCommitScheduledCompact: { area: 'compaction', where: 'mvcc.(*store).updateCompactRev' },
  compactBeforeCommitBatch: { area: 'compaction', where: 'mvcc.(*store).scheduleCompaction' },
  compactAfterCommitBatch: { area: 'compaction', where: 'mvcc.(*store).scheduleCompaction' },
  compactBeforeSetFinishedCompact: { area: 'compaction', where: 'mvcc.(*store).scheduleCompaction' },
  compactAfterSetFinishedCompact: { area: 'compaction', where: 'mvcc.(*store).scheduleCompaction' },
  defragBeforeCopy: { area: 'defragmentation', where: 'backend.(*backend).defrag' },
  defragBeforeRename: { area: 'defragmentation', where: 'backend.(*backend).defrag' },
} as const satisfies Readonly<Record<string, CrashPointFacts>>;

export type CrashPoint = keyof typeof CRASH_POINTS;

/** Names in the order of the table. */
export const CRASH_POINT_NAMES = Object.keys(CRASH_POINTS) as readonly CrashPoint[]; // the keys of the table

/** Whether a text names a point. */
export const isCrashPoint = (text: string): text is CrashPoint => Object.hasOwn(CRASH_POINTS, text);

/** The process dies here. No defect: it was asked for. */
export class CrashPointReached extends Error {
  override readonly name = 'CrashPointReached';
  readonly point: CrashPoint;

  constructor(point: CrashPoint) {
    super(`killed at ${point} (${CRASH_POINTS[point].where})`);
    this.point = point;
  }
}

/** A place of the table. @throws CrashPointReached if the member is armed to die here */
export function reach({ loop }: { readonly loop: Pick<LoopState, 'armed'> }, point: CrashPoint): void {
  if (loop.armed === point) throw new CrashPointReached(point);
}

/** A point by its name; anything else (`''`) is none. */
export const crashPointOf = (text: string): CrashPoint | undefined => (isCrashPoint(text) ? text : undefined);
