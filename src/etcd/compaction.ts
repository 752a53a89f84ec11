/** The physical pass of compactions: one batch, a pause, the next, as etcd's scheduler does, so that it never holds up the member. */

import { millis, simTime } from '#kernel/brand.ts';
import { COMPACTION_PAUSE_MILLIS } from '#mvcc/compaction.ts';
import type { Parts } from '#etcd/parts.ts';

/** A compaction was accepted: its first batch is due at once. */
export function scheduleCompaction(m: Parts): void {
  if (m.loop.compactionAt === 0) m.loop.compactionAt = m.out.now;
}

/** Does the batch that is due. */
export function onCompactionTimer(m: Parts): void {
  const { loop, out, machine } = m;
  if (loop.compactionAt === 0 || out.now < loop.compactionAt) return;
  const before = machine.kv.finishedCompactRevision;
  const hasMore = machine.kv.compactStep();
  if (machine.kv.finishedCompactRevision !== before)
    out.log('compaction-finished', { 'compact-revision': machine.kv.finishedCompactRevision });
  loop.compactionAt = hasMore ? simTime(out.now + millis(COMPACTION_PAUSE_MILLIS)) : simTime(0);
}
