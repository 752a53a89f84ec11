/** What commands do to members and clients: start, kill, freeze, thaw, wipe, clocks. Each assumes that it was checked to be possible. */

import type { MemberConfig, RemoteCluster } from '#etcd/contract.ts';
import { NO_EVENT, type EventId } from '#kernel/brand.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import { releaseClient, releaseMember } from '#sim/delivery.ts';
import { memberTime, type Seat } from '#sim/member-seat.ts';
import type { DiskFate } from '#sim/node-host.ts';
import { loseInbound, reportLoss, sendBreak } from '#sim/transport.ts';
import { nowOf, routeTo, type WorldCore } from '#sim/world-core.ts';

/** Bytes of an unflushed write that a power loss may leave behind, at most. */
const TORN_BYTES_MAX = 4096;

/**
 * Starts a member's process on its disk, in this instant.
 * @param config with what holds for this start only
 */
export function startMember(core: WorldCore, seat: Seat, cause: EventId, config: MemberConfig = seat.config): void {
  if (seat.crash !== undefined) seat.ops.push({ type: 'kill', disk: { type: 'keep' } });
  seat.life = 'up';
  seat.crash = undefined;
  seat.incarnation++;
  seat.startedAs = ++core.starts;
  core.routes.clear();
  const event = core.events.emit('member-started', nowOf(core), cause, { member: seat.actor, incarnation: seat.incarnation });
  seat.info = {
    actor: seat.actor,
    nextEvent: seat.nextEvent,
    incarnation: seat.incarnation,
    now: memberTime(seat, core.now),
    cause: event,
    remote: remoteOf(core, seat, config),
  };
  seat.ops.push({ type: 'start', config, info: seat.info });
}

/** What the first of a member's peers that can be reached says of the cluster; etcd asks them in the order of their URLs. */
function remoteOf(core: WorldCore, seat: Seat, { initialCluster, name }: MemberConfig): RemoteCluster | undefined {
  const urls = initialCluster.flatMap((member) => (member.name === name ? [] : member.peerUrls)).toSorted();
  for (const url of urls) {
    const peer = core.seats[routeTo(core, url) - 1];
    if (peer === undefined || peer === seat || peer.life !== 'up' || peer.cluster === undefined) continue;
    if (core.links.isBlocked(core.links.get(seat.actor, peer.actor)) || core.links.isBlocked(core.links.get(peer.actor, seat.actor)))
      continue;
    if (peer.cluster.members.length > 0) return peer.cluster;
  }
  return undefined;
}

/** Ends a member's process; its connections break. */
export function killMember(core: WorldCore, seat: Seat, powerLoss: boolean, cause: EventId): void {
  const disk: DiskFate = powerLoss
    ? { type: 'power-loss', keepBytes: seat.random.nextBelow(2) === 0 ? 0 : seat.random.nextBelow(TORN_BYTES_MAX) }
    : { type: 'keep' };
  const event = core.events.emit('member-killed', nowOf(core), cause, { member: seat.actor, powerLoss });
  seat.ops.push({ type: 'kill', disk });
  endMember(core, seat, 'dead', event);
}

/** Takes away a member's disk; a running one is ended first. */
export function wipeMember(core: WorldCore, seat: Seat, cause: EventId): void {
  const event = core.events.emit('member-wiped', nowOf(core), cause, { member: seat.actor });
  seat.ops.push({ type: 'kill', disk: { type: 'wipe' } });
  if (seat.life === 'up' || seat.life === 'frozen') endMember(core, seat, 'dead', event);
  seat.life = 'dead';
  seat.begun = [];
  seat.cluster = undefined;
}

/** A member that was removed from its cluster ended, as it should. */
export function stopMember(core: WorldCore, seat: Seat, reason: string): void {
  const event = core.events.emit('member-stopped', nowOf(core), seat.info?.cause ?? NO_EVENT, { member: seat.actor, reason });
  seat.crash = reason;
  endMember(core, seat, 'dead', event);
}

/** A member stopped by itself. */
export function crashMember(core: WorldCore, seat: Seat, reason: string): void {
  const event = core.events.emit('member-crashed', nowOf(core), seat.info?.cause ?? NO_EVENT, { member: seat.actor, reason });
  seat.crash = reason;
  endMember(core, seat, 'crashed', event);
}

function endMember(core: WorldCore, seat: Seat, life: 'dead' | 'crashed', cause: EventId): void {
  seat.life = life;
  seat.wakeAt = undefined;
  seat.inbox = [];
  const backlog = seat.backlog;
  seat.backlog = [];
  loseInbound(core, seat.actor);
  for (const client of core.clients.values()) {
    for (const call of client.calls.values()) {
      if (call.member === seat.actor && call.state === 'open' && call.incarnation === seat.incarnation)
        sendBreak(core, seat.actor, client.actor, call.call, 'broken', cause);
    }
  }
  for (const item of backlog) {
    if (item.type === 'peer') reportLoss(core, item.flight, 'dead');
    // A call that waited in the frozen process's socket was connected: it breaks.
    if (item.type === 'call' && (item.item.type === 'call' || item.item.type === 'http'))
      sendBreak(core, seat.actor, item.item.id.client, item.item.id.call, 'broken', cause);
  }
}

/** Stops a member's process in its tracks (SIGSTOP): its clock runs on, what comes waits. */
export function freezeMember(core: WorldCore, seat: Seat, cause: EventId): void {
  core.events.emit('member-frozen', nowOf(core), cause, { member: seat.actor });
  seat.life = 'frozen';
}

export function thawMember(core: WorldCore, seat: Seat, cause: EventId): void {
  core.events.emit('member-thawed', nowOf(core), cause, { member: seat.actor });
  seat.life = 'up';
  releaseMember(core, seat);
}

export function freezeClient(core: WorldCore, client: ClientActor, cause: EventId): void {
  core.events.emit('member-frozen', nowOf(core), cause, { member: client.actor });
  client.frozen = true;
}

export function thawClient(core: WorldCore, client: ClientActor, cause: EventId): void {
  core.events.emit('member-thawed', nowOf(core), cause, { member: client.actor });
  client.frozen = false;
  releaseClient(core, client);
}

/** The member's election timer fires in this instant. */
export function forceTimeout(core: WorldCore, seat: Seat, cause: EventId): void {
  const event = core.events.emit('timeout-forced', nowOf(core), cause, { member: seat.actor });
  seat.inbox.push({ type: 'election-timeout', cause: event });
}

/** Lets a member's clock run at another rate from now on. Its next wake-up moves accordingly. */
export function setClockRate(core: WorldCore, seat: Seat, rate: number, cause: EventId): void {
  core.events.emit('clock-changed', nowOf(core), cause, { member: seat.actor, setting: `rate=${rate}` });
  const left = seat.wakeAt === undefined ? undefined : Math.max(0, seat.wakeAt - core.now) * seat.clock.rate;
  seat.clock = { since: core.now, base: memberTime(seat, core.now), rate };
  if (left !== undefined) seat.wakeAt = Math.ceil((core.now + left / rate) / 1000) * 1000;
}
