/**
 * The leader's revoking of leases whose time is over. 3.5 first makes sure by a ReadIndex that this member still leads: one that was deposed without hearing
 * of it, because it hung, would end leases that its successor has renewed (etcd issue 15247, which 3.4.23 has).
 */

import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { EventId, LeaseId } from '#kernel/brand.ts';
import { coreOf, isLeader, type Parts } from '#etcd/parts.ts';
import { proposeOwn } from '#etcd/propose.ts';
import { NO_CALL } from '#etcd/read-loop.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** Ends leases whose time is over, at once or when the leadership is confirmed. */
export function revokeExpired(m: Parts, ids: readonly LeaseId[], cause: EventId): void {
  if (ids.length === 0) return;
  if (versionRules(m.config).confirmsBeforeRevoking)
    m.reads.next.push({ call: NO_CALL, body: EMPTY_BYTES, event: cause, since: m.out.now, revoke: ids });
  else revoke(m, ids, cause);
}

/** The index that was asked for is applied here. */
export function onLeadershipRead(m: Parts, ids: readonly LeaseId[], cause: EventId): void {
  if (isLeader(m)) return revoke(m, ids, cause);
  const who = { 'local-member-id': m.self };
  m.out.log('not-the-leader', { ...who, lead: coreOf(m).lead }, cause);
  m.out.log('revoke-ignored', who, cause);
}

/** Nobody confirmed it. The leases are looked at again (Lessor's retry). */
export function onLeadershipUnknown(m: Parts, error: string, cause: EventId): void {
  m.out.log('leadership-unknown', { error }, cause);
  m.out.log('revoke-ignored', { 'local-member-id': m.self }, cause);
}

function revoke(m: Parts, ids: readonly LeaseId[], cause: EventId): void {
  for (const id of ids) {
    m.metrics.add('leasesExpired');
    proposeOwn(m, { leaseRevoke: { ID: id } }, cause);
  }
}
