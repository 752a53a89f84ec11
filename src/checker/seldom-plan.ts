/**
 * What dice seldom bring about, among faults of all kinds: members left behind until they need a snapshot, which die while they take it; learners that are
 * added, started and promoted, machines of removed members used again; deaths in the middle of a change of the membership.
 */

import { between, pause, until, SECOND, type GuidedStep } from '#checker/guided-faults.ts';
import { clientFault, clock, maintenance, oneMessage, slowness, timers } from '#checker/machine-faults.ts';
import { changeMembership, startAdded } from '#checker/membership-faults.ts';
import { CRASH_POINTS, CRASH_POINT_NAMES, type CrashPoint } from '#etcd/crash-points.ts';
import type { Prng } from '#kernel/prng.ts';
import type { Seat } from '#sim/member-seat.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import type { World } from '#sim/world.ts';

type Command = TimedCommand['command'];
type Steps = Generator<GuidedStep, void, void>;

/** More than the log keeps of what was applied, with the snapshot counts of this mix (seed-plan.ts). */
const LEFT_BEHIND_ENTRIES = 80;
/** etcd accepts a change when all members have been connected for five seconds. */
export const CALM_MICROS = 6 * SECOND;

/** Clocks run at most so many times as fast, or as slow. */
export const SELDOM_CLOCK_RATE_MAX = 1.2;

const pick = <T>(random: Prng, list: readonly T[]): T | undefined => (list.length === 0 ? undefined : list[random.nextBelow(list.length)]);
const pointsOf = (area: (typeof CRASH_POINTS)[keyof typeof CRASH_POINTS]['area']) =>
  CRASH_POINT_NAMES.filter((name) => CRASH_POINTS[name].area === area);
const SNAPSHOT_POINTS = pointsOf('snapshot');
const MEMBERSHIP_POINTS = pointsOf('membership');

/** Members that a change removed, or that run without anybody's word, are left as they are. */
const cluster = (world: World): readonly Seat[] => {
  const ids = new Set(leaderSeat(world.core)?.cluster?.members.map(({ id }) => id));
  return world.core.seats.filter((seat) => ids.has(seat.status?.id.toString(16) ?? ''));
};

/** Everything is connected and in time, everybody who died runs. */
export function mend(world: World): readonly Command[] {
  const named = (life: Seat['life']) => world.core.seats.filter((seat) => seat.life === life).map(({ name }) => name);
  const dead = named('dead');
  const frozen = named('frozen');
  return [
    { type: 'heal' },
    { type: 'clock', nodes: ['all'], rate: 1 },
    ...(dead.length === 0 ? [] : [{ type: 'restart', nodes: dead } as const]),
    ...(frozen.length === 0 ? [] : [{ type: 'thaw', nodes: frozen } as const]),
    ...startAdded(world),
  ];
}

/** One fault of another kind, so that the stories do not happen in a calm cluster alone. */
export function disturb(world: World, random: Prng): readonly Command[] {
  switch (random.nextBelow(6)) {
    case 0:
      return oneMessage(world, random);
    case 1:
      return clientFault(world, random);
    case 2:
      return slowness(world, random);
    case 3:
      return clock(world, random, SELDOM_CLOCK_RATE_MAX);
    case 4:
      return maintenance(world, random);
    default:
      return timers(random);
  }
}

/** A member of the cluster misses more than the log keeps, and is to die at some point of the snapshot that it gets then, or at the chosen one. */
export function* leftBehind(world: World, random: Prng, chosen?: CrashPoint): Steps {
  const leader = leaderSeat(world.core);
  const behind = pick(
    random,
    cluster(world).filter((seat) => seat !== leader && seat.life === 'up'),
  );
  const at = chosen ?? pick(random, SNAPSHOT_POINTS);
  if (leader === undefined || behind === undefined || at === undefined) return;
  const start = leader.status?.applied ?? 0;
  const others = world.core.seats.filter((seat) => seat !== behind).map(({ name }) => name);
  const applied = (): number => leaderSeat(world.core)?.status?.applied ?? 0;
  yield until(() => applied() > start + LEFT_BEHIND_ENTRIES, 20 * SECOND, { type: 'partition', sides: [[behind.name], others] });
  const nodes = [behind.name];
  yield until(
    () => behind.life === 'dead',
    5 * SECOND,
    { type: 'kill', nodes, powerLoss: random.nextBelow(2) === 0, at },
    ...disturb(world, random),
    { type: 'heal' },
  );
}

/** Some changes of the membership in a row; in every second one somebody is to die in the middle of it. */
function* changes(world: World, random: Prng): Steps {
  yield pause(CALM_MICROS);
  for (let left = 2 + random.nextBelow(3); left > 0; left--) {
    const victim = pick(
      random,
      world.core.seats.filter((seat) => seat.life === 'up'),
    );
    const at = pick(random, MEMBERSHIP_POINTS);
    const dies = random.nextBelow(2) === 0 && victim !== undefined && at !== undefined;
    const death: readonly Command[] = dies ? [{ type: 'kill', nodes: [victim.name], powerLoss: random.nextBelow(2) === 0, at }] : [];
    yield pause(between(random, SECOND, 3 * SECOND), ...death, ...changeMembership(world, random));
    yield pause(between(random, SECOND / 2, SECOND), ...mend(world));
  }
}

/** The plan of the mix `seldom`. */
export function* seldom(world: World, random: Prng): Steps {
  for (;;) {
    yield until(() => leaderSeat(world.core) !== undefined, 10 * SECOND, ...mend(world));
    yield pause(between(random, SECOND / 2, 2 * SECOND), ...disturb(world, random));
    if (random.nextBelow(2) === 0) yield* leftBehind(world, random);
    else yield* changes(world, random);
    yield pause(between(random, SECOND / 2, 2 * SECOND), ...mend(world));
  }
}
