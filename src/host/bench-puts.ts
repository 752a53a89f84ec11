/**
 * Puts per second: closed-loop clients against a cluster of members that answer later, as fast as possible, with nothing drawn. Every put is durable on
 * a majority before it is answered, and the whole trace is hashed.
 */

import { LOAD_PROGRAMS } from '#sim/programs.ts';
import type { NodeHost } from '#sim/node-host.ts';
import { leaderName } from '#sim/predicate-world.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

export interface PutBenchOptions {
  readonly nodes: number;
  readonly clients: number;
  readonly valueBytes: number;
  /** Fixed latency (µs) of every network way and of the log's fsync; undefined: the ranges of a run's defaults. */
  readonly latencyMicros: number | undefined;
  /** Wall ms that are measured, after a tenth of them to warm up. */
  readonly wallMillis: number;
}

export interface PutBench {
  readonly puts: number;
  readonly wallMillis: number;
  readonly putsPerSecond: number;
  readonly instants: number;
  readonly virtualMicros: number;
  readonly traceBytes: number;
  readonly hash: string;
  /** Share of the wall time spent waiting for the members. */
  readonly membersShare: number;
}

const BOOT_MICROS_MAX = 20_000_000;

/** Mutable counters of one measurement. */
interface Meter {
  instants: number;
  waited: number;
}

/** @param now wall µs */
export async function benchPuts(options: PutBenchOptions, newHost: () => Promise<NodeHost>, now: () => number): Promise<PutBench> {
  const host = await newHost();
  const world = World.begin({ spec: newRunSpec(1, runOptions(options)), programs: LOAD_PROGRAMS });
  const meter: Meter = { instants: 0, waited: 0 };
  try {
    while (leaderName(world) === undefined || world.now < 3_000_000) {
      if (world.now > BOOT_MICROS_MAX) throw new Error('no leader within 20 s of virtual time');
      await playOne(world, host, meter, now);
    }
    startClients(world, options);
    const revision = (): number => Math.max(...world.core.seats.map((s) => s.status?.revision ?? 0));
    await playFor(options.wallMillis / 10, world, host, meter, now);
    meter.instants = 0;
    meter.waited = 0;
    const before = revision();
    const began = { wall: now(), virtual: world.now, bytes: world.traceHash().bytes };
    await playFor(options.wallMillis, world, host, meter, now);
    const wallMicros = now() - began.wall;
    const puts = revision() - before;
    const { hash, bytes } = world.traceHash();
    return {
      puts,
      wallMillis: wallMicros / 1000,
      putsPerSecond: (puts / wallMicros) * 1_000_000,
      instants: meter.instants,
      virtualMicros: world.now - began.virtual,
      traceBytes: bytes - began.bytes,
      hash,
      membersShare: meter.waited / wallMicros,
    };
  } finally {
    await host.dispose();
  }
}

function runOptions({ nodes, latencyMicros }: PutBenchOptions): RunOptions {
  const defaults = { ...defaultRunOptions(), nodes };
  if (latencyMicros === undefined) return defaults;
  const fixed = { minMicros: latencyMicros, maxMicros: latencyMicros };
  return { ...defaults, peerLatency: fixed, clientLatency: fixed, walLatency: fixed };
}

/** All clients write through the leader, as etcd's own benchmark does. */
function startClients(world: World, options: PutBenchOptions): void {
  const leader = world.core.seats.find((s) => s.name === leaderName(world));
  const endpoint = (leader?.config.clientUrls[0] ?? '').replace(/^https?:\/\//, '');
  const argv = [
    'writer',
    '--endpoints',
    endpoint,
    '--lanes',
    String(options.clients),
    '--bytes',
    String(options.valueBytes),
    '--pause-ms',
    '0',
  ];
  const result = world.submit({ type: 'start', process: 'load', client: 'load', argv, env: {}, stdin: undefined, columns: 0 });
  if (result.type === 'error') throw new Error(result.message);
}

async function playFor(wallMillis: number, world: World, host: NodeHost, meter: Meter, now: () => number): Promise<void> {
  const end = now() + wallMillis * 1000;
  while (now() < end) await playOne(world, host, meter, now);
}

async function playOne(world: World, host: NodeHost, meter: Meter, now: () => number): Promise<void> {
  const { work } = world.collect();
  const asked = now();
  const [first] = work;
  const results =
    first !== undefined && work.length === 1 ? [await host.perform(first)] : await Promise.all(work.map((w) => host.perform(w)));
  meter.waited += now() - asked;
  meter.instants++;
  world.complete(results);
}
