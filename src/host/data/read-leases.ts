/** The leases as one member knows them; only the leader counts their time. */

import { answered, askMember } from '#host/data/ask-member.ts';
import { idToHex } from '#host/cast.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { LeasesAnswer as MemberAnswer } from '#etcd/inspection.ts';
import { nodeId } from '#kernel/brand.ts';
import { worldTime } from '#sim/member-seat.ts';
import type { LeasesAnswer, LeasesQuery } from '#view/data.ts';

const LEASES_MAX = 1000;
const KEYS_MAX = 50;

export async function readLeases(run: LiveRun, { member }: LeasesQuery): Promise<LeasesAnswer> {
  const asked = await askMember(run, member, { type: 'leases' });
  if ('error' in asked) return { type: 'leases', isPrimary: false, leases: [], ...answered(run, member, asked.error) };
  const { isPrimary, leases } = asked.answer as unknown as MemberAnswer; // the member's own answer; both ends are the same build
  return {
    type: 'leases',
    isPrimary,
    leases: leases.slice(0, LEASES_MAX).map(({ id, ttl, expiresAt, keys }) => ({
      id: idToHex(nodeId(id)),
      ttl: Number(ttl),
      expiresAt: expiresAt === undefined ? undefined : worldTime(asked.seat, expiresAt),
      keys: keys.slice(0, KEYS_MAX),
    })),
    ...answered(run, member),
  };
}
