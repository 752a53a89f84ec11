/** How much virtual time passes in a second of wall time with members in this thread: idle, and under load. */

import { rowOf, type Row } from '#cli/bench-row.ts';
import { simTime } from '#kernel/brand.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil, playWhileNot } from '#sim/player.ts';
import { leaderName } from '#sim/predicate-world.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

const REPETITIONS = 5;
const IDLE_SECONDS = 200;
const LOAD_SECONDS = 2;
const LANES = 100;

const wall = (): number => Number(process.hrtime.bigint()) / 1e9;

/** A cluster with a leader, and its host. */
function cluster(nodes: number, seed: number): { readonly world: World; readonly host: ReturnType<typeof createEtcdHost> } {
  const world = World.begin({ spec: newRunSpec(seed, { ...defaultRunOptions(), nodes }), programs: LOAD_PROGRAMS });
  const host = createEtcdHost();
  if (!playWhileNot(world, host, () => leaderName(world) !== undefined, simTime(30_000_000)))
    throw new Error('no leader within 30 virtual seconds');
  return { world, host };
}

function idle(seed: number): number {
  const { world, host } = cluster(5, seed);
  const began = wall();
  playUntil(world, host, simTime(world.now + IDLE_SECONDS * 1_000_000));
  return IDLE_SECONDS / (wall() - began);
}

function loaded(seed: number): { readonly virtual: number; readonly puts: number } {
  const { world, host } = cluster(3, seed);
  const before = world.core.seats[0]?.status?.revision ?? 0;
  const endpoints = world.core.seats.flatMap((s) => s.config.clientUrls).join(',');
  world.submit({
    type: 'start',
    process: 'load',
    client: 'load',
    argv: ['writer', '--endpoints', endpoints, '--lanes', `${LANES}`, '--pause-ms', '0'],
    env: {},
    stdin: undefined,
    columns: 0,
  });
  const began = wall();
  playUntil(world, host, simTime(world.now + LOAD_SECONDS * 1_000_000));
  const seconds = wall() - began;
  const puts = Math.max(...world.core.seats.map((s) => s.status?.revision ?? 0)) - before;
  return { virtual: LOAD_SECONDS / seconds, puts: puts / seconds };
}

/** Rows for `npm run bench`. */
export function rows(): readonly Row[] {
  const idles: number[] = [];
  const loads: { readonly virtual: number; readonly puts: number }[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    idles.push(idle(i + 1));
    loads.push(loaded(i + 1));
  }
  return [
    rowOf('world: idle, 5 members', 'virtual s/s', idles),
    rowOf(
      `world: ${LANES} writers of 256 bytes, 3 members`,
      'virtual s/s',
      loads.map((l) => l.virtual),
    ),
    rowOf(
      `world: ${LANES} writers of 256 bytes, 3 members`,
      'puts/s',
      loads.map((l) => l.puts),
      'members, clients and trace hash in one thread',
    ),
  ];
}
