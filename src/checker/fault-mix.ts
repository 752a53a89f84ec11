/** Random faults of a whole-cluster run: what to do next to the world as it is. One seeded stream decides everything. */

import { isolatedLeader, laggingMember, learningMember, returningMember, slowReader, twoRemovals } from '#checker/guided-breaks.ts';
import { doubleVote, figureEight, type GuidedPlan } from '#checker/guided-faults.ts';
import {
  clientFault,
  clock,
  crashPoint,
  failDisk,
  flipBit,
  giveUpDamaged,
  hasDamaged,
  maintenance,
  mendDisks,
  oneMessage,
  slowness as slow,
  tear,
  timers,
} from '#checker/machine-faults.ts';
import { changeMembership, operator } from '#checker/membership-faults.ts';
import { points } from '#checker/points-plan.ts';
import { seldom, SELDOM_CLOCK_RATE_MAX } from '#checker/seldom-plan.ts';
import type { Prng } from '#kernel/prng.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { World } from '#sim/world.ts';

type Command = TimedCommand['command'];

/**
 * How often what happens, as weights, and how long it is quiet between two faults (ms). The mixes other than `default` lean towards what brings
 * one kind of mistake to light.
 */
export interface FaultMix {
  readonly name: string;
  readonly quietMs: readonly [number, number];
  readonly kill: number;
  readonly powerLoss: number;
  /** All members lose power at once. */
  readonly blackout: number;
  readonly restart: number;
  readonly freeze: number;
  readonly thaw: number;
  readonly partition: number;
  readonly oneWayCut: number;
  readonly heal: number;
  readonly lossy: number;
  readonly timeout: number;
  /** A member votes or campaigns, dies at once and comes back. */
  readonly blink: number;
  readonly slowDisk: number;
  /** The leader hands over, asked by `etcdctl move-leader`. */
  readonly transfer: number;
  /** A member is added, started, promoted or removed, the leader too (membership-faults.ts). */
  readonly reconfigure: number;
  /** Faults of machines, links, clocks and clients (machine-faults.ts). */
  readonly crashPoint: number;
  readonly full: number;
  readonly failFsync: number;
  readonly mendDisks: number;
  readonly tear: number;
  readonly flipBit: number;
  readonly slowness: number;
  readonly oneMessage: number;
  readonly clock: number;
  readonly timers: number;
  readonly client: number;
  readonly maintenance: number;
  /** Clocks run at most so many times as fast, or as slow. */
  readonly clockRateMax: number;
  /** Put by the writers, bytes. */
  readonly valueBytes: number;
  /** How long a writer rests between two puts. */
  readonly pauseMs: number;
  /** Takes the place of the dice. */
  readonly plan: GuidedPlan | undefined;
  /** Nothing but a member that comes back disturbs the leaders (see liveness.ts). */
  readonly disruption: boolean;
}

const NONE: FaultMix = {
  name: 'none',
  quietMs: [300, 1500],
  kill: 0,
  powerLoss: 0,
  blackout: 0,
  restart: 0,
  freeze: 0,
  thaw: 0,
  partition: 0,
  oneWayCut: 0,
  heal: 0,
  lossy: 0,
  timeout: 0,
  blink: 0,
  slowDisk: 0,
  transfer: 0,
  reconfigure: 0,
  crashPoint: 0,
  full: 0,
  failFsync: 0,
  mendDisks: 0,
  tear: 0,
  flipBit: 0,
  slowness: 0,
  oneMessage: 0,
  clock: 0,
  timers: 0,
  client: 0,
  maintenance: 0,
  clockRateMax: 1,
  valueBytes: 32,
  pauseMs: 100,
  plan: undefined,
  disruption: false,
};

export const DEFAULT_MIX: FaultMix = {
  ...NONE,
  name: 'default',
  kill: 3,
  powerLoss: 3,
  blackout: 0.3,
  restart: 8,
  freeze: 2,
  thaw: 4,
  partition: 3,
  oneWayCut: 2,
  heal: 5,
  lossy: 1,
  timeout: 1,
  blink: 1,
  slowDisk: 1,
  transfer: 2,
  reconfigure: 2,
};

/** All faults that there are: what the cluster is trusted for. The others stay as they are, so that recipes of broken rules keep their seeds. */
export const EVERY_FAULT: FaultMix = {
  ...DEFAULT_MIX,
  name: 'every',
  quietMs: [200, 1200],
  kill: 2,
  powerLoss: 2,
  restart: 12,
  thaw: 5,
  heal: 6,
  crashPoint: 6,
  full: 0.5,
  failFsync: 0.5,
  mendDisks: 3,
  tear: 1,
  flipBit: 0.5,
  slowness: 2,
  oneMessage: 2,
  clock: 1.5,
  timers: 1,
  client: 3,
  maintenance: 1,
  clockRateMax: 1.5,
};

/** What dice seldom bring about: snapshots and changes of the membership with deaths in their midst. */
export const SELDOM_FAULTS: FaultMix = { ...NONE, name: 'seldom', pauseMs: 50, clockRateMax: SELDOM_CLOCK_RATE_MAX, plan: seldom };

/** Every crash point and every seldom fault in its turn. */
export const POINTS_MIX: FaultMix = { ...NONE, name: 'points', pauseMs: 50, clockRateMax: SELDOM_CLOCK_RATE_MAX, plan: points };

export const FAULT_MIXES: Readonly<Record<string, FaultMix>> = {
  default: DEFAULT_MIX,
  every: EVERY_FAULT,
  seldom: SELDOM_FAULTS,
  points: POINTS_MIX,
  /** Elections all the time, by members that come back the moment after they voted. */
  votes: { ...NONE, name: 'votes', quietMs: [5, 120], timeout: 10, blink: 10, oneWayCut: 1, heal: 2, restart: 4 },
  /** Slow disks and losses of power. */
  power: {
    ...NONE,
    name: 'power',
    quietMs: [50, 900],
    powerLoss: 4,
    blackout: 3,
    restart: 14,
    slowDisk: 4,
    partition: 1,
    heal: 3,
    timeout: 2,
  },
  /** Calm enough that the cluster accepts changes of itself, with faults while they are under way. */
  membership: {
    ...NONE,
    name: 'membership',
    quietMs: [500, 6000],
    reconfigure: 8,
    transfer: 3,
    kill: 1,
    powerLoss: 1,
    restart: 6,
    partition: 1,
    heal: 5,
  },
  /** Figure 8 of the paper; values so large that one message carries one entry. */
  'figure-8': { ...NONE, name: 'figure-8', valueBytes: 1_100_000, pauseMs: 700, plan: figureEight },
  'double-vote': { ...NONE, name: 'double-vote', plan: doubleVote },
  'returning-member': { ...NONE, name: 'returning-member', plan: returningMember, disruption: true },
  'isolated-leader': { ...NONE, name: 'isolated-leader', plan: isolatedLeader },
  'two-removals': { ...NONE, name: 'two-removals', plan: twoRemovals },
  'learning-member': { ...NONE, name: 'learning-member', plan: learningMember },
  'lagging-member': { ...NONE, name: 'lagging-member', plan: laggingMember },
  'slow-reader': { ...NONE, name: 'slow-reader', plan: slowReader },
  /** Members restart all the time, so that what they find on their disks matters. */
  restarts: { ...NONE, name: 'restarts', quietMs: [200, 2500], kill: 4, powerLoss: 3, restart: 12 },
};

const pick = <T>(random: Prng, list: readonly T[]): T | undefined => (list.length === 0 ? undefined : list[random.nextBelow(list.length)]);

/** How long to wait before the next fault, µs. */
export function quietMicros(mix: FaultMix, random: Prng): number {
  const [low, high] = mix.quietMs;
  return 1000 * (low + random.nextBelow(high - low + 1));
}

/** Commands to submit now, in order; empty if the drawn fault fits nobody. */
export function drawFault(mix: FaultMix, world: World, random: Prng): readonly Command[] {
  const { seats } = world.core;
  const up = seats.filter((s) => s.life === 'up');
  const running = seats.filter((s) => s.life === 'up' || s.life === 'frozen');
  const on = (list: readonly Seat[], make: (nodes: readonly string[]) => Command): readonly Command[] => {
    const seat = pick(random, list);
    return seat === undefined ? [] : [make([seat.name])];
  };
  const faults: readonly (readonly [number, () => readonly Command[]])[] = [
    [mix.kill, () => on(running, (nodes) => ({ type: 'kill', nodes, powerLoss: false }))],
    [mix.powerLoss, () => on(running, (nodes) => ({ type: 'kill', nodes, powerLoss: true }))],
    [mix.blackout, () => (running.length === 0 ? [] : [{ type: 'kill', nodes: running.map((s) => s.name), powerLoss: true }])],
    [
      mix.restart,
      () =>
        on(
          seats.filter((s) => s.life === 'dead' || (s.life === 'crashed' && !s.disk.full && !s.disk.failFsync && !s.disk.isCorrupt)),
          (nodes) => ({ type: 'restart', nodes }),
        ),
    ],
    [mix.freeze, () => on(up, (nodes) => ({ type: 'freeze', nodes }))],
    [
      mix.thaw,
      () =>
        on(
          seats.filter((s) => s.life === 'frozen'),
          (nodes) => ({ type: 'thaw', nodes }),
        ),
    ],
    [mix.partition, () => partition(seats, random)],
    [mix.oneWayCut, () => link(seats, random, { cut: true })],
    [mix.heal, () => [{ type: 'heal' }]],
    [mix.lossy, () => link(seats, random, { loss: 0.3, duplicate: 0.2, reorder: 0.3 })],
    [mix.timeout, () => on(up, (nodes) => ({ type: 'timeout', nodes }))],
    [mix.blink, () => blink(up, random)],
    [mix.slowDisk, () => on(seats, (nodes) => ({ type: 'disk', nodes, settings: { walLatency: slowness(random) } }))],
    [mix.transfer, () => transfer(world, random)],
    // An operator with a damaged member replaces that one first: another removal might leave no quorum of sound ones.
    [mix.reconfigure, () => (hasDamaged(world) ? giveUpDamaged(world) : changeMembership(world, random))],
    [mix.crashPoint, () => crashPoint(world, random)],
    [mix.full, () => failDisk(world, random, 'full')],
    [mix.failFsync, () => failDisk(world, random, 'failFsync')],
    [mix.mendDisks, () => mendDisks(world)],
    [mix.tear, () => tear(world, random)],
    [mix.flipBit, () => [...flipBit(world, random), ...giveUpDamaged(world)]],
    [mix.slowness, () => slow(world, random)],
    [mix.oneMessage, () => oneMessage(world, random)],
    [mix.clock, () => clock(world, random, mix.clockRateMax)],
    [mix.timers, () => timers(random)],
    [mix.client, () => clientFault(world, random)],
    [mix.maintenance, () => maintenance(world, random)],
  ];
  let left = random.nextFloat() * faults.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, draw] of faults) {
    left -= weight;
    if (left < 0) return draw();
  }
  return [];
}

const slowness = (random: Prng): { readonly minMicros: number; readonly maxMicros: number } => {
  const maxMicros = [3000, 20_000, 80_000, 300_000][random.nextBelow(4)] ?? 3000;
  return { minMicros: Math.floor(maxMicros / 3), maxMicros };
};

/** Somebody asks the leader to hand over to another member, which may be dead, cut off or behind. */
function transfer(world: World, random: Prng): readonly Command[] {
  const leader = leaderSeat(world.core);
  const others = world.core.seats.filter((s) => s !== leader);
  const target = pick(random, others)?.status?.id;
  return leader === undefined || target === undefined ? [] : operator(world, leader, 'move-leader', target.toString(16));
}

function partition(seats: readonly Seat[], random: Prng): readonly Command[] {
  const side = seats.filter(() => random.nextBelow(2) === 0).map((s) => s.name);
  return side.length === 0 || side.length === seats.length ? [] : [{ type: 'partition', sides: [side] }];
}

function link(seats: readonly Seat[], random: Prng, settings: Extract<Command, { readonly type: 'link' }>['settings']): readonly Command[] {
  const from = pick(random, seats);
  const to = pick(random, seats);
  return from === undefined || to === undefined || from === to
    ? []
    : [{ type: 'link', from: from.name, to: to.name, both: false, settings }];
}

/** A member is made to campaign, and one that may just have voted dies and comes back. */
function blink(up: readonly Seat[], random: Prng): readonly Command[] {
  const seat = pick(random, up);
  if (seat === undefined) return [];
  const nodes = [seat.name];
  return [
    { type: 'kill', nodes, powerLoss: random.nextBelow(2) === 0 },
    { type: 'restart', nodes },
  ];
}
