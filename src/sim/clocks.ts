/** Clocks of members and clients that run fast or slow, or tell another time of day. */

import type { EventId } from '#kernel/brand.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import { toGrid } from '#sim/links.ts';
import { memberTime, type Seat } from '#sim/member-seat.ts';
import { settingText } from '#sim/setting-text.ts';
import { nowOf, type WorldCore } from '#sim/world-core.ts';

interface ClockChange {
  readonly rate?: number;
  readonly jumpMicros?: number;
}

/** From now on a clock runs at another rate, which all that its owner times feels, or tells a time of day that is off by so much more. */
export function changeClock(core: WorldCore, owner: Seat | ClientActor, change: ClockChange, cause: EventId): void {
  const setting = settingText({ rate: change.rate, jump: change.jumpMicros === undefined ? undefined : `${change.jumpMicros}us` });
  core.events.emit('clock-changed', nowOf(core), cause, { member: owner.actor, setting });
  const { clock } = owner;
  const rate = change.rate ?? clock.rate;
  const offset = clock.offset + (change.jumpMicros ?? 0);
  // A rate of 1 that was never another stays exact.
  owner.clock = rate === clock.rate ? { ...clock, offset } : { since: core.now, base: memberTime(owner, core.now), rate, offset };
  if (rate === clock.rate) return;
  const later = (at: number): number => toGrid(core.now + (Math.max(0, at - core.now) * clock.rate) / rate);
  if ('wakeAt' in owner) {
    if (owner.wakeAt !== undefined) owner.wakeAt = later(owner.wakeAt);
    return;
  }
  core.agenda.rewrite((entry) =>
    entry.item.type === 'timer' && entry.item.client === owner.actor ? { at: later(entry.at), item: entry.item } : entry,
  );
}

/** The clock tells the right time again and runs at the right rate. */
export function mendClock(core: WorldCore, owner: Seat | ClientActor, cause: EventId): void {
  const { rate, offset } = owner.clock;
  if (rate === 1 && offset === 0) return;
  changeClock(core, owner, { ...(rate === 1 ? {} : { rate: 1 }), ...(offset === 0 ? {} : { jumpMicros: -offset }) }, cause);
}
