/** The members as one of them knows the cluster, with what each says of itself, and the machines that are no members. */

import { answered, askMember } from '#host/data/ask-member.ts';
import { idToHex } from '#host/cast.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { DiskAnswer, MembersAnswer } from '#etcd/inspection.ts';
import { nodeId, type NodeId } from '#kernel/brand.ts';
import { worldTime, type Seat } from '#sim/member-seat.ts';
import type { ClusterAnswer, ClusterQuery, ClusterRow } from '#view/data.ts';

type ConfiguredMember = MembersAnswer['members'][number];

export async function readCluster(run: LiveRun, { member }: ClusterQuery): Promise<ClusterAnswer> {
  const asked = await askMember(run, member, { type: 'members' });
  const { seats } = run.world.core;
  const known: MembersAnswer =
    'error' in asked ? { version: '', alarms: [], raised: [], members: [] } : (asked.answer as unknown as MembersAnswer); // the member's own answer; both ends are the same build
  const leader = seats
    .filter((s) => s.life === 'up' && s.status?.role === 'leader')
    .sort((a, b) => (b.status?.term ?? 0) - (a.status?.term ?? 0))[0];
  const matches = new Map((run.details.get(leader?.actor ?? 0)?.progress ?? []).map((peer) => [peer.name, peer.match] as const));
  const alarmsOf = (id: bigint): readonly string[] => known.raised.filter((one) => one.id === id).map(({ alarm }) => alarm);
  const matchOf = (id: NodeId): number | undefined => matches.get(run.world.core.seatById.get(id)?.name ?? idToHex(id));
  const inCluster = await Promise.all(
    known.members.map(async (one): Promise<ClusterRow> => {
      const id = nodeId(one.id);
      const seat = run.world.core.seatById.get(id) ?? seats.find((s) => s.name === one.name);
      return { ...(await configured(run, one, seat)), match: matchOf(id), alarms: alarmsOf(one.id) };
    }),
  );
  const names = new Set(inCluster.map(({ id }) => run.world.core.seatById.get(nodeId(BigInt(`0x${id}`)))?.name));
  const others = seats.filter((seat) => !names.has(seat.name) && !inCluster.some(({ name }) => name === seat.name));
  const rows = [...inCluster, ...(await Promise.all(others.map((seat) => outside(run, seat))))];
  const voters = known.members.filter((one) => !one.isLearner).length;
  return {
    type: 'cluster',
    version: known.version,
    rows: rows.sort((a, b) => placeOf(seats, a) - placeOf(seats, b)),
    voters,
    quorum: Math.floor(voters / 2) + 1,
    leader: leader?.name ?? '',
    lastIndex: leader?.status?.lastIndex ?? 0,
    ...answered(run, member, 'error' in asked ? asked.error : undefined),
  };
}

const placeOf = (seats: readonly Seat[], { name }: ClusterRow): number => {
  const at = seats.findIndex((seat) => seat.name === name);
  return at === -1 ? seats.length : at;
};

async function configured(run: LiveRun, one: ConfiguredMember, seat: Seat | undefined): Promise<Omit<ClusterRow, 'match' | 'alarms'>> {
  return {
    name: one.name,
    id: idToHex(nodeId(one.id)),
    peerUrls: one.peerUrls,
    clientUrls: one.clientUrls,
    isLearner: one.isLearner,
    isMember: true,
    status: seat === undefined ? undefined : await statusOf(run, seat),
  };
}

async function outside(run: LiveRun, seat: Seat): Promise<ClusterRow> {
  return {
    name: seat.name,
    id: seat.status === undefined ? '' : idToHex(seat.status.id),
    peerUrls: seat.config.peerUrls,
    clientUrls: seat.config.clientUrls,
    isLearner: false,
    isMember: false,
    status: await statusOf(run, seat),
    match: undefined,
    alarms: [],
  };
}

async function statusOf(run: LiveRun, seat: Seat): Promise<ClusterRow['status']> {
  const { status } = seat;
  if (status === undefined || (seat.life !== 'up' && seat.life !== 'frozen')) return undefined;
  const answer = await run.ask(seat.actor, { type: 'disk' });
  if (answer === undefined) return undefined;
  const disk = answer as unknown as DiskAnswer; // as above
  return {
    version: seat.config.profile,
    role: status.role,
    term: status.term,
    lastIndex: status.lastIndex,
    applied: status.applied,
    dbSize: disk.dbSize,
    dbSizeInUse: disk.dbSizeInUse,
    quota: disk.quota,
    busyUntil: disk.defragmentedAt === -1 ? undefined : worldTime(seat, disk.defragmentedAt),
  };
}
