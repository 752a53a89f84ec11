/**
 * Faults of disks, processes, links, clocks and clients among the faults of a run: what to do next, as drawn. What would leave the cluster without a
 * majority of sound disks is left out, since nothing could bring it back.
 */

import { operator } from '#checker/membership-faults.ts';
import type { Prng } from '#kernel/prng.ts';
import { CRASH_POINT_NAMES } from '#etcd/crash-points.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import type { Seat } from '#sim/member-seat.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import { isRunning } from '#sim/world-core.ts';
import type { World } from '#sim/world.ts';

type Command = TimedCommand['command'];

const pick = <T>(random: Prng, list: readonly T[]): T | undefined => (list.length === 0 ? undefined : list[random.nextBelow(list.length)]);
const running = ({ core }: World): readonly Seat[] => core.seats.filter(isRunning);

/** A process is to die when it comes to a named point. */
export function crashPoint(world: World, random: Prng): readonly Command[] {
  const seat = pick(random, running(world));
  const at = pick(random, CRASH_POINT_NAMES);
  return seat === undefined || at === undefined ? [] : [{ type: 'kill', nodes: [seat.name], powerLoss: random.nextBelow(2) === 0, at }];
}

/** A disk is full, or its flush fails, until it is mended. */
export function failDisk(world: World, random: Prng, what: 'full' | 'failFsync'): readonly Command[] {
  const seat = pick(random, running(world));
  return seat === undefined ? [] : [{ type: 'disk', nodes: [seat.name], settings: { [what]: true } }];
}

/** Disks that fail are mended, all of them. */
export function mendDisks({ core, options }: World): readonly Command[] {
  const failing = core.seats.filter(({ disk }) => disk.full || disk.failFsync).map(({ name }) => name);
  const settings = { walLatency: options.walLatency, backendLatency: options.backendLatency, full: false, failFsync: false };
  return failing.length === 0 ? [] : [{ type: 'disk', nodes: failing, settings }];
}

/** A machine loses power in the middle of a write. */
export function tear(world: World, random: Prng): readonly Command[] {
  const seat = pick(random, running(world));
  if (seat === undefined) return [];
  const nodes = [seat.name];
  return [
    { type: 'disk', nodes, settings: { tear: random.nextBelow(600) } },
    { type: 'kill', nodes, powerLoss: true },
  ];
}

/** A bit of a follower's log is flipped: of one at a time, and only where the others are a majority. */
export function flipBit(world: World, random: Prng): readonly Command[] {
  const { seats } = world.core;
  const leader = leaderSeat(world.core);
  const voters = leader?.status?.voters.length ?? 0;
  if (voters < 3 || seats.some(({ disk }) => disk.isCorrupt)) return [];
  const seat = pick(
    random,
    seats.filter((one) => one !== leader && one.life === 'up'),
  );
  return seat === undefined ? [] : [{ type: 'disk', nodes: [seat.name], settings: { corrupt: 'random' } }];
}

/** Whether a member of the cluster has a damaged log. */
export function hasDamaged({ core }: World): boolean {
  const ids = new Set(leaderSeat(core)?.cluster?.members.map(({ id }) => id));
  return core.seats.some(({ disk, status }) => disk.isCorrupt && ids.has(status?.id.toString(16) ?? ''));
}

/** A member that refused its damaged log is removed, so that it can be added again with an empty disk. */
export function giveUpDamaged(world: World): readonly Command[] {
  const leader = leaderSeat(world.core);
  const ids = new Set(leader?.cluster?.members.map(({ id }) => id));
  const damaged = world.core.seats.find(
    ({ disk, life, status }) => disk.isCorrupt && life === 'crashed' && ids.has(status?.id.toString(16) ?? ''),
  );
  return leader === undefined || damaged === undefined
    ? []
    : operator(world, leader, 'member', 'remove', damaged.status?.id.toString(16) ?? '');
}

/** Flushes, commits or a link that are slow now and then, or a link that carries little. */
export function slowness(world: World, random: Prng): readonly Command[] {
  const { seats } = world.core;
  const seat = pick(random, seats);
  const to = pick(random, seats);
  if (seat === undefined || to === undefined) return [];
  const latency = { minMicros: 1000, maxMicros: [50_000, 400_000, 1_500_000][random.nextBelow(3)] ?? 50_000, spiky: true as const };
  const nodes = [seat.name];
  const dice = random.nextBelow(4);
  if (dice === 0) return [{ type: 'disk', nodes, settings: { walLatency: latency } }];
  if (dice === 1) return [{ type: 'disk', nodes, settings: { backendLatency: latency } }];
  if (seat === to) return [];
  const bandwidth = 2 ** (13 + random.nextBelow(6));
  const settings = dice === 2 ? { latency } : { bandwidth };
  return [{ type: 'link', from: seat.name, to: to.name, both: random.nextBelow(2) === 0, settings }];
}

/** One Raft message in flight is dropped, sent twice or held up. */
export function oneMessage(world: World, random: Prng): readonly Command[] {
  const flights = world.core.agenda
    .entries()
    .flatMap(({ item }) => (item.type === 'peer' && item.flight.lost === undefined ? [item.flight] : []));
  const flight = pick(random, flights);
  if (flight === undefined) return [];
  const event = flight.sent;
  const dice = random.nextBelow(3);
  if (dice === 0) return [{ type: 'message', event, action: 'drop', delayMicros: 0 }];
  // etcd's streams are TCP: Raft's own messages may be made to come twice, a forwarded proposal would be done twice.
  if (dice === 1 && flight.kind === 'MsgProp') return [];
  if (dice === 1) return [{ type: 'message', event, action: 'duplicate', delayMicros: 0 }];
  return [{ type: 'message', event, action: 'delay', delayMicros: 1000 * (1 + random.nextBelow(2000)) }];
}

/** A member's clock runs at another rate, or jumps; or all are right again. */
export function clock(world: World, random: Prng, rateMax: number): readonly Command[] {
  const seat = pick(random, world.core.seats);
  if (seat === undefined) return [];
  const dice = random.nextBelow(4);
  if (dice === 0) return [{ type: 'clock', nodes: ['all'], rate: 1 }];
  if (dice === 1) return [{ type: 'clock', nodes: [seat.name], jumpMicros: 1000 * (random.nextBelow(20_000) - 10_000) }];
  const rates = [1 / rateMax, 0.9, 1.1, rateMax].map((rate) => Math.round(rate * 100) / 100);
  return [{ type: 'clock', nodes: [seat.name], rate: pick(random, rates) ?? 1 }];
}

export const timers = (random: Prng): readonly Command[] => [
  { type: 'timers', nodes: ['all'], mode: random.nextBelow(2) === 0 ? 'align' : 'spread' },
];

/** Programs of the load, which are started again when they are killed. */
const LOAD = new Set(['traffic', 'watcher', 'v2-traffic']);

/** A client is frozen, thawed, killed (another takes its place) or cut off from a member. */
export function clientFault(world: World, random: Prng): readonly Command[] {
  const { clients, seats } = world.core;
  const load = [...clients.values()].filter((client) => loadOf(client) !== undefined);
  const frozen = load.filter((client) => client.frozen);
  if (frozen.length > 0 && random.nextBelow(2) === 0) return [{ type: 'thaw', nodes: frozen.map(({ name }) => name) }];
  const client = pick(random, load);
  const seat = pick(random, seats);
  const process = client === undefined ? undefined : loadOf(client);
  if (client === undefined || seat === undefined || process === undefined) return [];
  switch (random.nextBelow(3)) {
    case 0:
      return [{ type: 'freeze', nodes: [client.name] }];
    case 1: {
      const name = `${client.name.replace(/_.*$/, '')}_${world.now}`; // a name that a scenario can be written with
      const argv = process.argv.map((word) => (word === client.name ? name : word));
      return [
        { type: 'kill', nodes: [client.name], powerLoss: false },
        { type: 'start', process: name, client: name, argv, env: {}, stdin: undefined, columns: 0 },
      ];
    }
    default:
      return [{ type: 'link', from: client.name, to: seat.name, both: true, settings: { cut: true } }];
  }
}

const loadOf = ({ processes }: ClientActor) => [...processes.values()].find(({ argv }) => LOAD.has(argv[0] ?? ''));

/** What an operator does now and then: defragments a member. */
export function maintenance(world: World, random: Prng): readonly Command[] {
  const seat = pick(
    random,
    world.core.seats.filter(({ life }) => life === 'up'),
  );
  return seat === undefined ? [] : operator(world, seat, 'defrag');
}
