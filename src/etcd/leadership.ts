/** What a member does when leaders come and go: lessor, cluster version, reads that must not go on. */

import { NO_NODE, simTime, type EventId, type NodeId } from '#kernel/brand.ts';
import type { SoftState } from '#raft/state.ts';
import { breaks } from '#etcd/broken-rules.ts';
import { askAnew } from '#etcd/lease-forwarding.ts';
import { formatId } from '#etcd/identity.ts';
import { clusterVersion, coreOf, isLeader, type Parts } from '#etcd/parts.ts';
import { askNewLeader } from '#etcd/promote-forwarding.ts';
import { askAgain, onLeaderChangedForReads } from '#etcd/reads.ts';
import { momentOf } from '#etcd/time-of-day.ts';
import { versionRules } from '#etcd/version-rules.ts';
import { proposeV2 } from '#etcd/v2-propose.ts';
import { VERSION_KEY } from '#etcd/v2-store.ts';
import { LEASE_CHECK_MICROS } from '#lease/lessor.ts';

/** Time between two looks of the leader at the cluster version, µs (etcd's monitorVersionInterval). */
export const VERSION_CHECK_MICROS = 5_000_000;

/** The core's role or leader changed. */
export function onSoftState(m: Parts, soft: SoftState, cause: EventId): void {
  const before = m.loop.knownLead;
  const isNewLeader = soft.lead !== NO_NODE && soft.lead !== before;
  m.loop.knownLead = soft.lead;
  if (isNewLeader) m.v2Stats.leaderSince = momentOf(m.out);
  if (soft.lead === NO_NODE && before !== NO_NODE) m.loop.leaderLostAt = m.out.now;
  if (soft.lead !== before) logLeader(m, before, soft.lead, cause);
  if (soft.role !== 'leader') {
    m.machine.lessor.demote();
    m.loop.leaseCheckAt = simTime(0);
    m.peers.forgetBeats();
  } else if (isNewLeader) {
    m.loop.electedAt = m.out.now;
  }
  if (isNewLeader) m.loop.leaderChanges++;
  if (isNewLeader) onLeaderChangedForReads(m, cause);
  if (isNewLeader) askAnew(m);
  if (isNewLeader) askNewLeader(m, cause);
}

/** The first entry of a leader's term is applied here. */
export function onFirstEntryOfTerm(m: Parts, cause: EventId, leads: boolean): void {
  askAgain(m);
  if (!leads) return;
  // With the rule broken, leases count from this member's own start.
  if (breaks(m.config, 'lease-clock')) m.machine.lessor.promote(m.info.now, 0);
  else m.machine.lessor.promote(m.out.now, m.config.electionMicros);
  m.loop.leaseCheckAt = simTime(m.out.now + LEASE_CHECK_MICROS);
  checkVersion(m, cause);
}

/** A leader sets the cluster version once, and looks again until it is set. */
export function checkVersion(m: Parts, cause: EventId): void {
  m.loop.versionCheckAt = simTime(0);
  if (!isLeader(m) || m.machine.cluster.version !== undefined) return;
  m.loop.versionCheckAt = simTime(m.out.now + VERSION_CHECK_MICROS);
  const version = clusterVersion(m);
  const fields = { 'cluster-version': version.slice(0, version.lastIndexOf('.')) };
  const event = m.out.log('setting-cluster-version', fields, cause, versionRules(m.config).settingVersionText);
  proposeV2(m, { type: 'cluster-version' }, { Method: 'PUT', path: VERSION_KEY, value: version }, event);
}

/** The log says the cluster's version. */
export function onVersionSet(m: Parts, version: string): void {
  const { cluster } = m.machine;
  const text = version.slice(0, version.lastIndexOf('.'));
  if (cluster.version === undefined) {
    m.out.log('set-cluster-version', { 'cluster-id': formatId(m.clusterId), 'local-member-id': formatId(m.self), 'cluster-version': text });
    m.out.log('enabled-capabilities', { 'cluster-version': text });
  }
  cluster.version = version;
}

/** What etcd's node says of a change of leaders. */
function logLeader(m: Parts, before: NodeId, now: NodeId, cause: EventId): void {
  const self = `raft.node: ${formatId(m.self)}`;
  const at = `at term ${coreOf(m).term}`;
  if (before === NO_NODE) m.out.log('leader-elected', {}, cause, `${self} elected leader ${formatId(now)} ${at}`);
  else if (now === NO_NODE) m.out.log('leader-lost', {}, cause, `${self} lost leader ${formatId(before)} ${at}`);
  else m.out.log('leader-changed', {}, cause, `${self} changed leader from ${formatId(before)} to ${formatId(now)} ${at}`);
}
