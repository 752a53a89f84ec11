/** The clients of a chaos run besides its writers: how many, and what they do, drawn from the seed alone as etcd's robustness tests vary it. */

import { createPrng } from '#kernel/prng.ts';
import type { TimedCommand } from '#sim/run-spec.ts';

type Command = TimedCommand['command'];

export interface TrafficPlan {
  /** A name of `TRAFFIC_MIXES`. */
  readonly mix: string;
  /** Clients, each with one request at a time. */
  readonly clients: number;
  /** Clients that watch. */
  readonly watchers: number;
  /** Pause before a watch that broke is opened again, ms. */
  readonly watchPauseMs: number;
  /** Hot keys. */
  readonly keys: number;
  /** Pause of a client between two requests, ms. */
  readonly pauseMs: number;
  /** Time after which a client gives a request up, ms. */
  readonly timeoutMs: number;
  /** Pause between two compactions, ms; 0: none. */
  readonly compactMs: number;
  /** Clients of the v2 API, where the members have it. */
  readonly v2: number;
  /** Watches are to end where no leader is known (clientv3's WithRequireLeader). */
  readonly requireLeader: boolean;
  /** Compactions reach the newest revision that is known, not only almost. */
  readonly compactsNewest: boolean;
}

const MIXES = ['put-delete-lease', 'put', 'kubernetes', 'put-delete-lease', 'delete'];

/** One seed of so many has the v2 API and a client of it. */
export const V2_EVERY = 6;

/** Most seeds compact, and give up early enough that some outcomes stay unknown. */
export const trafficOf = (seed: number): TrafficPlan => ({
  mix: MIXES[seed % MIXES.length] ?? 'put',
  clients: 2,
  watchers: 1,
  watchPauseMs: 100,
  keys: 10,
  pauseMs: 120,
  timeoutMs: seed % 2 === 0 ? 200 : 1000,
  compactMs: seed % 7 === 0 ? 0 : 500,
  v2: seed % V2_EVERY === 0 ? 1 : 0,
  requireLeader: false,
  compactsNewest: false,
});

/**
 * For the mix of all faults: as etcd's robustness tests have it, few or many hot keys, compactions every 200 ms or rarely, up to the newest revision too,
 * one to three clients that watch. About 20 requests a second in all.
 */
export function variedTraffic(seed: number): TrafficPlan {
  const random = createPrng(seed, 'chaos/traffic');
  const clients = 1 + random.nextBelow(3);
  return {
    ...trafficOf(seed),
    mix: MIXES[random.nextBelow(MIXES.length)] ?? 'put',
    clients,
    watchers: 1 + random.nextBelow(3),
    keys: [3, 10, 10, 40][random.nextBelow(4)] ?? 10,
    pauseMs: 100 * clients,
    timeoutMs: [200, 200, 1000][random.nextBelow(3)] ?? 200,
    compactMs: [200, 200, 1000, 0][random.nextBelow(4)] ?? 200,
    compactsNewest: random.nextBelow(4) === 0,
  };
}

/** What starts the clients. @param endpoints of all members */
export function trafficCommands(plan: TrafficPlan, endpoints: readonly string[], seed: number): readonly Command[] {
  const rotated = (by: number): string =>
    [...endpoints.slice(by % endpoints.length), ...endpoints.slice(0, by % endpoints.length)].join(',');
  const start = (name: string, program: string, by: number, ...flags: readonly string[]): Command => ({
    type: 'start',
    process: name,
    client: name,
    argv: [program, '--name', name, '--endpoints', rotated(by), ...flags],
    env: {},
    stdin: undefined,
    columns: 0,
  });
  const traffic = (mix: string, pauseMs: number): readonly string[] => [
    '--seed',
    `${seed}`,
    '--mix',
    mix,
    '--keys',
    `${plan.keys}`,
    '--pause-ms',
    `${pauseMs}`,
    '--timeout-ms',
    `${plan.timeoutMs}`,
  ];
  return [
    ...Array.from({ length: plan.watchers }, (_, i) =>
      start(`watcher${i}`, 'watcher', i, '--pause-ms', `${plan.watchPauseMs}`, ...(plan.requireLeader ? ['--require-leader', 'yes'] : [])),
    ),
    ...Array.from({ length: plan.clients }, (_, i) => start(`traffic${i}`, 'traffic', i, ...traffic(plan.mix, plan.pauseMs))),
    ...Array.from({ length: plan.v2 }, (_, i) => start(`v2-${i}`, 'v2-traffic', i, '--seed', `${seed}`, '--pause-ms', `${plan.pauseMs}`)),
    ...(plan.compactMs === 0
      ? []
      : [start('compactor', 'traffic', 0, ...traffic(plan.compactsNewest ? 'compact-newest' : 'compact', plan.compactMs))]),
  ];
}
