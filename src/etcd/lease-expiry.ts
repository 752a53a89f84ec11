/** The leader's revoking of leases whose time is over. */

import type { EventId, LeaseId } from '#kernel/brand.ts';
import { isSureToLead } from '#etcd/leadership-check.ts';
import type { Parts } from '#etcd/parts.ts';
import { proposeOwn } from '#etcd/propose.ts';

/** Ends leases whose time is over, at once or when the leadership is confirmed. */
export function revokeExpired(m: Parts, leases: readonly LeaseId[], cause: EventId): void {
  if (leases.length === 0) return;
  if (isSureToLead(m)) revoke(m, leases, cause);
  else m.reads.next.push({ type: 'revoke', leases, event: cause, since: m.out.now });
}

/** This member leads. */
export function revoke(m: Parts, leases: readonly LeaseId[], cause: EventId): void {
  for (const id of leases) {
    m.metrics.add('leasesExpired');
    proposeOwn(m, { leaseRevoke: { ID: id } }, cause);
  }
}

/** It does not lead, or does not know. The leases are looked at again (Lessor's retry). */
export function ignoreRevoke(m: Parts, cause: EventId): void {
  m.out.log('revoke-ignored', { 'local-member-id': m.self }, cause);
}
