/**
 * Whether a leader may decide about leases by itself. One whose loop stood still, for instance on a slow disk, may have been deposed without knowing: it
 * would end leases that its successor has renewed, and renew those that its successor lets end (etcd issue 15247; 3.4.23 does). 3.5 makes sure by a
 * ReadIndex first (3.5.13), unless its loop has ticked lately (3.5.16: asking for each renewal cost half of the throughput). So one that is merely cut off
 * still decides, until it steps down.
 */

import type { EventId } from '#kernel/brand.ts';
import { coreOf, isLeader, type Parts } from '#etcd/parts.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** Ticks without which a loop counts as standing still (EtcdServer.isActive). */
const ACTIVE_TICKS = 3;

/** Whether it need not ask before it decides. */
export const isSureToLead = (m: Parts): boolean =>
  !versionRules(m.config).confirmsLeadership || m.out.now < m.loop.tickedAt + ACTIVE_TICKS * m.config.heartbeatMicros;

/** The index that was asked for is applied here: whether this member leads. */
export function stillLeads(m: Parts, cause: EventId): boolean {
  if (isLeader(m)) return true;
  m.out.log('not-the-leader', { 'local-member-id': m.self, lead: coreOf(m).lead }, cause);
  return false;
}

/** Nobody confirmed it. */
export function logLeadershipUnknown(m: Parts, error: string, cause: EventId): void {
  m.out.log('leadership-unknown', { error }, cause);
}
