/** What commands do to members and clients: start, kill, freeze, thaw, wipe, clocks. Each assumes that it was checked to be possible. */

import type { DiskSettings } from '#ctl/world-command.ts';
import type { Halt, MemberConfig, RemoteCluster } from '#etcd/contract.ts';
import type { CrashPoint } from '#etcd/crash-points.ts';
import { NO_EVENT, type EventId } from '#kernel/brand.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import { releaseClient, releaseMember } from '#sim/delivery.ts';
import { memberTime, SOUND_DISK, wallOffset, type Seat } from '#sim/member-seat.ts';
import type { DiskFate } from '#sim/node-host.ts';
import { settingText } from '#sim/setting-text.ts';
import { loseInbound, reportLoss, sendBreak } from '#sim/transport.ts';
import { nowOf, routeTo, type WorldCore } from '#sim/world-core.ts';
import type { FlipPlace } from '#wal/disk-faults.ts';

/** Bytes of an unflushed write that a power loss may leave behind, at most. */
const TORN_BYTES_MAX = 4096;

/**
 * Starts a member's process on its disk, in this instant.
 * @param config with what holds for this start only
 */
export function startMember(core: WorldCore, seat: Seat, cause: EventId, config: MemberConfig = seat.config): void {
  settleFate(seat);
  seat.life = 'up';
  seat.crash = undefined;
  seat.ended = undefined;
  seat.incarnation++;
  seat.startedAs = ++core.starts;
  core.routes.clear();
  const event = core.events.emit('member-started', nowOf(core), cause, { member: seat.actor, incarnation: seat.incarnation });
  seat.info = {
    actor: seat.actor,
    nextEvent: seat.nextEvent,
    incarnation: seat.incarnation,
    now: memberTime(seat, core.now),
    ...wallOffset(seat),
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

/** Tells the host of a process that ended by itself, before anything else is done with its disk. */
export function settleFate(seat: Seat): void {
  if (seat.fate !== undefined) seat.ops.push({ type: 'kill', disk: seat.fate });
  seat.fate = undefined;
}

/** What a loss of power leaves of what was not flushed: what was asked for, or chance. */
function lossOfPower(seat: Seat): DiskFate {
  const { tear } = seat.disk;
  if (tear === undefined)
    return { type: 'power-loss', keepBytes: seat.random.nextBelow(2) === 0 ? 0 : seat.random.nextBelow(TORN_BYTES_MAX) };
  seat.disk = { ...seat.disk, tear: undefined };
  return { type: 'power-loss', keepBytes: tear };
}

/** Ends a member's process; its connections break. */
export function killMember(core: WorldCore, seat: Seat, powerLoss: boolean, cause: EventId): void {
  const disk: DiskFate = powerLoss ? lossOfPower(seat) : { type: 'keep' };
  const event = core.events.emit('member-killed', nowOf(core), cause, { member: seat.actor, powerLoss });
  seat.ops.push({ type: 'kill', disk });
  endMember(core, seat, 'dead', event);
}

/** A member's process is to die when it next comes to a point. */
export function armMember(core: WorldCore, seat: Seat, point: CrashPoint, powerLoss: boolean, cause: EventId): void {
  const event = core.events.emit('crash-point-armed', nowOf(core), cause, { member: seat.actor, point, powerLoss });
  seat.armed = { point, powerLoss };
  seat.inbox.push({ type: 'arm', point, cause: event });
}

/** Takes that back. */
export function disarmMember(core: WorldCore, seat: Seat, cause: EventId): void {
  if (seat.armed === undefined) return;
  const event = core.events.emit('crash-point-armed', nowOf(core), cause, { member: seat.actor, point: '', powerLoss: false });
  seat.armed = undefined;
  seat.inbox.push({ type: 'arm', point: '', cause: event });
}

/** Takes away a member's disk; a running one is ended first. The new one is sound. */
export function wipeMember(core: WorldCore, seat: Seat, cause: EventId): void {
  const event = core.events.emit('member-wiped', nowOf(core), cause, { member: seat.actor });
  seat.ops.push({ type: 'kill', disk: { type: 'wipe' } });
  seat.fate = undefined;
  if (seat.life === 'up' || seat.life === 'frozen') endMember(core, seat, 'dead', event);
  seat.life = 'dead';
  seat.disk = SOUND_DISK;
  seat.begun = [];
  seat.cluster = undefined;
}

/** A member stopped by itself, because something failed, it was removed, or it came to a crash point. */
export function haltMember(core: WorldCore, seat: Seat, halt: Halt): void {
  const { type, message: reason, event: from } = halt;
  const at = nowOf(core);
  const { armed } = seat;
  seat.crash = reason;
  seat.ended = type;
  seat.fate = { type: 'keep' };
  if (type === 'removed') {
    endMember(core, seat, 'dead', core.events.emit('member-stopped', at, from, { member: seat.actor, reason }));
  } else if (type === 'crash-point' && armed !== undefined) {
    const event = core.events.emit('crash-point-reached', at, from, { member: seat.actor, ...armed });
    if (armed.powerLoss) seat.fate = lossOfPower(seat);
    endMember(core, seat, 'dead', event);
  } else endMember(core, seat, 'crashed', core.events.emit('member-crashed', at, from, { member: seat.actor, reason }));
}

/** The host of a member failed. */
export function crashMember(core: WorldCore, seat: Seat, reason: string): void {
  haltMember(core, seat, { type: 'disk', message: reason, event: seat.info?.cause ?? NO_EVENT });
}

/** Changes what is wrong with a member's disk, or damages what lies there. */
export function changeDisk(core: WorldCore, seat: Seat, settings: DiskSettings, cause: EventId): void {
  const { walLatency, backendLatency, full, failFsync, tear, corrupt, corruptFile = 'wal' } = settings;
  if (walLatency !== undefined) seat.latency.wal = walLatency;
  if (backendLatency !== undefined) seat.latency.backend = backendLatency;
  if (full !== undefined || failFsync !== undefined || corrupt !== undefined) settleFate(seat);
  if (full !== undefined || failFsync !== undefined) {
    seat.disk = { ...seat.disk, full: full ?? seat.disk.full, failFsync: failFsync ?? seat.disk.failFsync };
    const faults = { full: seat.disk.full, failFsync: seat.disk.failFsync };
    seat.ops.push({ type: 'disk', damage: { type: 'faults', faults } });
  }
  if (tear !== undefined) seat.disk = { ...seat.disk, tear: tear === false ? undefined : tear };
  if (corrupt !== undefined) {
    const place: FlipPlace =
      corrupt === 'random' ? { type: 'drawn', draw: seat.random.nextBelow(2 ** 31) } : { type: 'offset', offset: corrupt };
    // A snapshot may not be there, and a damaged one is only set aside: the member goes on from an older one or its log.
    if (corruptFile.startsWith('wal')) seat.disk = { ...seat.disk, isCorrupt: true };
    seat.ops.push({ type: 'disk', damage: { type: 'flip', folder: seat.config.folder, file: corruptFile, place } });
  }
  core.events.emit('disk-changed', nowOf(core), cause, { member: seat.actor, setting: settingText(settings) });
}

function endMember(core: WorldCore, seat: Seat, life: 'dead' | 'crashed', cause: EventId): void {
  seat.life = life;
  seat.wakeAt = undefined;
  seat.armed = undefined;
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

/** Election timers begin anew: to fire together, or as far apart as the timeout allows, in the order of the members' numbers. */
export function setTimers(core: WorldCore, seats: readonly Seat[], mode: 'align' | 'spread', cause: EventId): void {
  for (const [i, seat] of seats.entries()) {
    const { electionMicros, heartbeatMicros } = seat.config;
    const least = Math.round(electionMicros / heartbeatMicros);
    const ticks = mode === 'align' || seats.length < 2 ? least : least + Math.floor((i * (least - 1)) / (seats.length - 1));
    const event = core.events.emit('timer-set', nowOf(core), cause, { member: seat.actor, ticks });
    seat.inbox.push({ type: 'election-timer', ticks, cause: event });
  }
}
