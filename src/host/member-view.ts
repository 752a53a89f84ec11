/** One member as the page sees it: what the world knows of its place, what its status says, and what was asked of it. */

import { NO_NODE, type NodeId } from '#kernel/brand.ts';
import { memberFaults } from '#host/fault-view.ts';
import { idToHex, type Cast } from '#host/cast.ts';
import { EMPTY_DETAIL, type MemberDetail } from '#host/member-detail.ts';
import type { MemberStatus } from '#etcd/contract.ts';
import type { RunOptions } from '#sim/run-options.ts';
import { worldTime, type Seat } from '#sim/member-seat.ts';
import type { LogView, MemberView } from '#view/frame.ts';

/** Whether a member follows a leader in its term: it knows it as its leader, or has voted for it and not yet heard of any. */
function isFollowing(status: MemberStatus, leader: MemberStatus): boolean {
  if (status.term !== leader.term) return false;
  return status.lead === leader.id || (status.lead === NO_NODE && status.role === 'follower' && status.vote === leader.id);
}

/** Whether a majority of a leader's voters follow it in its term; `seats` are all of the run. */
export function hasFollowing(leader: MemberStatus, seats: readonly Seat[]): boolean {
  const following = seats.filter(
    (s) => s.life === 'up' && s.status !== undefined && leader.voters.includes(s.status.id) && isFollowing(s.status, leader),
  );
  return following.length * 2 > leader.voters.length;
}

/** When the election timer was reset and when it fires, in world time; undefined for who has none running. */
function timerOf(seat: Seat, status: MemberStatus, heartbeatMicros: number): MemberView['timer'] {
  if (status.role === 'leader' || seat.life !== 'up') return undefined;
  const at = (clock: number): number => worldTime(seat, clock);
  const left = Math.max(0, status.electionTimeout - status.electionElapsed - 1);
  const firesAt = status.nextTickAt + left * heartbeatMicros;
  return {
    startedAt: at(Math.max(0, firesAt - status.electionTimeout * heartbeatMicros)),
    firesAt: at(firesAt),
    ticks: status.electionTimeout,
  };
}

function logView(status: MemberStatus, detail: MemberDetail): LogView {
  return {
    compactedTo: Math.max(0, status.firstIndex - 1),
    bootstrapTo: detail.bootstrapTo,
    cells: detail.cells.map((cell) => ({ ...cell, committed: cell.index <= status.commit, applied: cell.index <= status.applied })),
  };
}

/** How long the run's disks take by themselves. */
type UsualLatency = Pick<RunOptions, 'walLatency' | 'backendLatency'>;

const NO_STATUS = {
  role: 'follower',
  learner: false,
  term: 0,
  commit: 0,
  applied: 0,
  firstIndex: 1,
  lastIndex: 0,
  lastTerm: 0,
  revision: 1,
  compactRevision: -1,
} as const;

/** @param detail what the member answered last */
export function memberView(
  seat: Seat,
  seats: readonly Seat[],
  cast: Cast,
  usual: UsualLatency,
  detail: MemberDetail = EMPTY_DETAIL,
): MemberView {
  const { status, config } = seat;
  const name = (id: NodeId | undefined): string | undefined => (id === undefined || id === 0n ? undefined : cast.nodeName(id));
  const shown = status ?? NO_STATUS;
  const inForce = memberFaults(seat, usual);
  return {
    name: seat.name,
    id: status === undefined ? '' : idToHex(status.id),
    number: seat.actor,
    clientUrl: config.clientUrls[0] ?? '',
    peerUrl: config.peerUrls[0] ?? '',
    life: seat.life,
    crash: seat.life === 'crashed' ? seat.crash : undefined,
    incarnation: seat.incarnation,
    role: shown.role,
    learner: shown.learner,
    leadsWithoutQuorum: status !== undefined && seat.life === 'up' && status.role === 'leader' && !hasFollowing(status, seats),
    term: shown.term,
    vote: name(status?.vote),
    lead: name(status?.lead),
    commit: shown.commit,
    applied: shown.applied,
    firstIndex: shown.firstIndex,
    lastIndex: shown.lastIndex,
    lastTerm: shown.lastTerm,
    revision: shown.revision,
    compactRevision: shown.compactRevision,
    timer: status === undefined ? undefined : timerOf(seat, status, config.heartbeatMicros),
    votes: shown.role === 'candidate' || shown.role === 'pre-candidate' ? detail.votes : [],
    progress: shown.role === 'leader' ? detail.progress : [],
    saving: seat.life === 'up' && (status?.saving ?? 0) !== 0,
    ...(inForce === undefined ? {} : { inForce }),
    ...(seat.ended === undefined ? {} : { ended: seat.ended }),
    log: status === undefined ? { compactedTo: 0, bootstrapTo: 0, cells: [] } : logView(status, detail),
  };
}
