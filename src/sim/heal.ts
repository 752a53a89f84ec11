/** Mending: the network, or everything that is in force. Who does not run stays so, and what is broken on a disk stays broken. */

import type { EventId } from '#kernel/brand.ts';
import { mendClock } from '#sim/clocks.ts';
import { changeDisk, disarmMember, thawClient, thawMember } from '#sim/faults.ts';
import { sameLatency } from '#sim/links.ts';
import type { Seat } from '#sim/member-seat.ts';
import { settleLinks } from '#sim/transport.ts';
import { nowOf, type WorldCore } from '#sim/world-core.ts';

export function healNetwork(core: WorldCore, cause: EventId): void {
  core.links.heal();
  core.events.emit('network-healed', nowOf(core), cause, {});
  settleLinks(core);
}

/** The network, disks, clocks and armed crash points; whoever is frozen thaws. */
export function healAll(core: WorldCore, cause: EventId): void {
  healNetwork(core, cause);
  for (const seat of core.seats) {
    mendDisk(core, seat, cause);
    mendClock(core, seat, cause);
    if (seat.life === 'frozen') thawMember(core, seat, cause);
    if (seat.life === 'up') disarmMember(core, seat, cause);
  }
  for (const client of core.clients.values()) {
    mendClock(core, client, cause);
    if (client.frozen) thawClient(core, client, cause);
  }
}

function mendDisk(core: WorldCore, seat: Seat, cause: EventId): void {
  const { full, failFsync, tear } = seat.disk;
  const { walLatency, backendLatency } = core.options;
  const settings = {
    ...(sameLatency(seat.latency.wal, walLatency) ? {} : { walLatency }),
    ...(sameLatency(seat.latency.backend, backendLatency) ? {} : { backendLatency }),
    ...(full ? { full: false } : {}),
    ...(failFsync ? { failFsync: false } : {}),
    ...(tear === undefined ? {} : { tear: false as const }),
  };
  if (Object.keys(settings).length > 0) changeDisk(core, seat, settings, cause);
}
