/** The physical pass of compactions: one batch, a pause, the next, as etcd's scheduler does, so that it never holds up the member. */

import { KVService } from '#api/rpc.ts';
import { simTime } from '#kernel/brand.ts';
import { answer } from '#etcd/answer.ts';
import { goDuration } from '#kernel/go-duration.ts';
import { sizeFields } from '#etcd/backend-text.ts';
import { versionRules } from '#etcd/version-rules.ts';
import { reach } from '#etcd/crash-points.ts';
import type { Parts } from '#etcd/parts.ts';
import type { FinishedCompaction } from '#mvcc/compaction.ts';
import { settingsOf } from '#etcd/settings.ts';

/** A compaction was accepted: its first batch is due at once. */
export function scheduleCompaction(m: Parts, revision: number): void {
  reach(m, 'compactBeforeCommitScheduledCompact');
  m.out.log('compact-index', { revision });
  if (m.loop.compactionAt !== 0) return;
  m.loop.compactionAt = m.out.now;
  m.loop.compactionSince = m.out.now;
}

/** Does the batch that is due. */
export function onCompactionTimer(m: Parts): void {
  const { loop, out, machine } = m;
  if (loop.compactionAt === 0 || out.now < loop.compactionAt) return;
  const { compactionBatchLimit, compactionSleepMicros } = settingsOf(m.config);
  const stored = machine.kv.storedRevisions;
  reach(m, 'compactBeforeCommitBatch');
  const { hasMore, finished } = machine.kv.compactStep(compactionBatchLimit);
  reach(m, 'compactAfterCommitBatch');
  m.metrics.add('compactedKeys', stored - machine.kv.storedRevisions);
  if (finished !== undefined) {
    reach(m, 'compactBeforeSetFinishedCompact');
    logFinished(m, finished);
    loop.compactionSince = out.now;
    reach(m, 'compactAfterSetFinishedCompact');
  }
  loop.compactionAt = hasMore ? simTime(out.now + compactionSleepMicros) : simTime(0);
  releaseWaits(m, machine.kv.finishedCompactRevision);
}

function logFinished({ config, loop, machine, out }: Parts, { revision, since, hash, follows }: FinishedCompaction): void {
  const took = goDuration(out.now - loop.compactionSince);
  const more = versionRules(config).hasNewMethods ? { hash: hash ?? 0, ...sizeFields(machine.kv.size) } : {};
  out.log('compaction-finished', { 'compact-revision': revision, took, ...more });
  if (hash === undefined) return;
  if (follows) out.log('compaction-hash', { hash, revision, 'compact-revision': since });
  else out.log('compaction-hash-skipped', {});
}

/** Answers those who wait for the physical pass. */
function releaseWaits(m: Parts, finished: number): void {
  const done = m.loop.compactWaits.filter(({ revision }) => revision <= finished);
  if (done.length === 0) return;
  m.loop.compactWaits = m.loop.compactWaits.filter(({ revision }) => revision > finished);
  for (const { call } of done) answer(m, call, KVService.Compact, { header: undefined }, m.out.cause);
}
