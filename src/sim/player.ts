/** Plays a world on members that answer at once. */

import type { SimTime } from '#kernel/brand.ts';
import { performWork, type SyncNodeHost } from '#sim/node-host.ts';
import type { Instant, World } from '#sim/world.ts';

/** Called after each instant; whatever looks on (checkers, conditions) may not change the world. */
export type AfterInstant = (instant: Instant) => void;

/** Plays the next instant, if there is one. */
export function playInstant(world: World, host: SyncNodeHost): Instant | undefined {
  if (world.nextInstantAt() === undefined) return undefined;
  const instant = world.collect();
  world.complete(instant.work.map((work) => performWork(host, work)));
  return instant;
}

/** Plays all instants up to and with `until`; virtual time is `until` afterwards. */
export function playUntil(world: World, host: SyncNodeHost, until: SimTime, after?: AfterInstant): void {
  for (let next = world.nextInstantAt(); next !== undefined && next <= until; next = world.nextInstantAt()) {
    const instant = playInstant(world, host);
    if (instant !== undefined) after?.(instant);
  }
  world.advanceTo(until);
}

/**
 * Plays until `holds`, looked at now and after each instant, or `limit` passes.
 * @returns whether it holds; time stands where it first did, or at `limit`
 */
export function playWhileNot(world: World, host: SyncNodeHost, holds: () => boolean, limit: SimTime, after?: AfterInstant): boolean {
  if (holds()) return true;
  for (let next = world.nextInstantAt(); next !== undefined && next <= limit; next = world.nextInstantAt()) {
    const instant = playInstant(world, host);
    if (instant !== undefined) after?.(instant);
    if (holds()) return true;
  }
  world.advanceTo(limit);
  return false;
}
