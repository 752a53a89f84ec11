/** Everything in a member that happens at a time: ticks, timeouts, retries, background work. All times are of the member's own clock. */

import { proposeCheckpoints } from '#etcd/lease-question.ts';
import { millis, simTime, type SimTime } from '#kernel/brand.ts';
import { LEASE_CHECK_MICROS } from '#lease/lessor.ts';
import { SYNC_PAUSE_MILLIS, VICTIM_PAUSE_MILLIS } from '#mvcc/watcher.ts';
import { beginCommit, nextBackendTimer, onDefragmentTimer } from '#etcd/apply-queue.ts';
import { onAutoCompacted, onAutoCompaction } from '#etcd/auto-compaction.ts';
import { isBeforeStart, onCheckTimers } from '#etcd/corruption-check.ts';
import { onCompactionTimer } from '#etcd/compaction.ts';
import { askLeader, onForwardTimers } from '#etcd/lease-forwarding.ts';
import { nextTransferTimer, onTransferTimers } from '#etcd/leader-transfer.ts';
import { checkVersion } from '#etcd/leadership.ts';
import type { Parts } from '#etcd/parts.ts';
import { stopRemoved } from '#etcd/peer-notice.ts';
import { failProposal, timeoutOf } from '#etcd/proposal-outcome.ts';
import { revokeExpired } from '#etcd/lease-expiry.ts';
import { publish } from '#etcd/publish.ts';
import { armSync, onSyncTimer } from '#etcd/v2-apply.ts';
import { nextReadTimer, onReadTimers } from '#etcd/reads.ts';
import { settingsOf } from '#etcd/settings.ts';
import { noLeaderAt, onNoLeaderTimer } from '#etcd/require-leader.ts';
import { onForwardTimer } from '#etcd/start.ts';
import { nextTickAfter, onTick } from '#etcd/storage-loop.ts';
import { breaks } from '#etcd/broken-rules.ts';
import { skipSlow } from '#etcd/planted-faults.ts';
import { onProgressTimers } from '#etcd/watch-streams.ts';

/** While the backend is busy, its next commit is tried again after this time, µs. */
const BUSY_RETRY_MICROS = 1000;

/** Does what is due. */
export function onTimers(m: Parts): void {
  const { now, cause } = m.out;
  onCheckTimers(m);
  if (isBeforeStart(m)) return;
  if (now >= m.loop.nextTickAt) {
    onTick(m);
    nextTickAfter(m);
    if (m.forwarded.length > 0) askLeader(m, cause);
  }
  if (m.loop.stopAt > 0 && now >= m.loop.stopAt) return stopRemoved(m, cause);
  onForwardTimer(m);
  onReadTimers(m, cause);
  onForwardTimers(m, cause);
  onTransferTimers(m, cause);
  for (const proposal of m.proposals.expired(now)) {
    const error = timeoutOf(m, proposal, m.proposals.isQueued(proposal.id));
    m.proposals.take(proposal.id);
    m.metrics.add('proposalsFailed');
    if (proposal.waiter.type === 'publish') {
      m.out.log('publish-failed', { error: 'etcdserver: request timed out', 'publish-timeout': '7s' }, proposal.event);
      publish(m, cause);
    } else if (proposal.waiter.type === 'compactor') onAutoCompacted(m, error, proposal.event);
    else failProposal(m, proposal, error, proposal.event);
  }
  if (m.loop.versionCheckAt > 0 && now >= m.loop.versionCheckAt) checkVersion(m, cause);
  onDefragmentTimer(m);
  onNoLeaderTimer(m, cause);
  onLeaseTimer(m);
  onSyncTimer(m, cause);
  onCompactionTimer(m);
  onAutoCompaction(m, cause);
  onProgressTimers(m);
  if (m.loop.watchSyncAt > 0 && now >= m.loop.watchSyncAt) {
    m.loop.watchSyncAt = simTime(0);
    if (breaks(m.config, 'watch-skip-slow')) skipSlow(m);
    m.machine.kv.syncWatchers();
  }
  if (m.loop.victimsAt > 0 && now >= m.loop.victimsAt) {
    m.loop.victimsAt = simTime(0);
    m.machine.kv.serveVictims();
  }
  if (m.loop.backendCommitAt > 0 && now >= m.loop.backendCommitAt) commitBackend(m);
}

/** Sets the timers of background work that this step has made necessary. */
export function armTimers(m: Parts): void {
  const { kv } = m.machine;
  const { now } = m.out;
  if (kv.needsSync && m.loop.watchSyncAt === 0) m.loop.watchSyncAt = simTime(now + millis(SYNC_PAUSE_MILLIS));
  armSync(m);
  const { uncommitted } = kv.size;
  const { backendBatchLimit, backendBatchMicros } = settingsOf(m.config);
  if (uncommitted >= backendBatchLimit && m.loop.backend.type === 'idle') commitBackend(m);
  else if (uncommitted > 0 && m.loop.backendCommitAt === 0) m.loop.backendCommitAt = simTime(now + backendBatchMicros);
}

/** Victims whose stream has room again wait for their next turn; a stream that nobody reads wakes nobody. */
export function armVictims(m: Parts): void {
  if (m.loop.victimsAt === 0 && m.machine.kv.victimsHaveRoom) m.loop.victimsAt = simTime(m.out.now + millis(VICTIM_PAUSE_MILLIS));
}

function commitBackend(m: Parts): void {
  if (m.machine.kv.size.uncommitted === 0) m.loop.backendCommitAt = simTime(0);
  else if (beginCommit(m)) m.loop.backendCommitAt = simTime(0);
  else m.loop.backendCommitAt = simTime(m.out.now + BUSY_RETRY_MICROS);
}

function onLeaseTimer(m: Parts): void {
  const { now, cause } = m.out;
  if (m.loop.leaseCheckAt === 0 || now < m.loop.leaseCheckAt) return;
  m.loop.leaseCheckAt = simTime(now + LEASE_CHECK_MICROS);
  revokeExpired(m, m.machine.lessor.takeExpired(now), cause);
  proposeCheckpoints(m, m.machine.lessor.takeCheckpoints(now), cause);
}

/** The earlier of two times, of which the second may not be set. */
const sooner = (at: number, time: SimTime | undefined): number => (time !== undefined && time > 0 && time < at ? time : at);

/** When the member wants to be woken. */
export function nextWake(m: Parts): SimTime {
  const { loop, checks } = m;
  // A member that compares its data first does nothing else; what has been due meanwhile is done afterwards.
  if (isBeforeStart(m)) return simTime(Math.max(checks.round?.deadline ?? 0, m.out.now + 1));
  let at: number = sooner(loop.nextTickAt, loop.forwardTicksAt);
  at = sooner(at, m.proposals.nextDeadline());
  at = sooner(at, nextReadTimer(m));
  at = sooner(at, m.forwarded[0]?.deadline);
  at = sooner(at, m.leaseWaits[0]?.deadline);
  at = sooner(at, nextTransferTimer(m));
  at = sooner(at, loop.versionCheckAt);
  at = sooner(at, loop.watchSyncAt);
  at = sooner(at, loop.victimsAt);
  at = sooner(at, loop.backendCommitAt);
  at = sooner(at, loop.compactionAt);
  at = sooner(at, loop.stopAt);
  at = sooner(at, nextBackendTimer(m));
  at = sooner(at, loop.syncAt);
  at = sooner(at, noLeaderAt(m));
  at = sooner(at, m.compactor.at);
  at = sooner(at, checks.round?.deadline ?? checks.at);
  if (m.machine.lessor.size > 0) at = sooner(at, loop.leaseCheckAt);
  return simTime(Math.max(at, m.out.now + 1));
}
