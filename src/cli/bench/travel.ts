/** Going back in time: how long it takes to show an instant of a ten-minute run of five members at 20 requests a second, and what it keeps in memory. */

import { rowOf, type Row } from '#cli/bench-row.ts';
import { ChunkPool } from '#host/chunk-pool.ts';
import { PAST_INTERVAL_MICROS, Past } from '#host/past.ts';
import type { LiveRun } from '#host/live-run.ts';
import { Rehearsal } from '#host/rehearsal.ts';
import { proveGap, replayTo, type Replay } from '#host/replica.ts';
import { createPrng } from '#kernel/prng.ts';
import { ETCD_KIND } from '#sim/etcd-members.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions, memberConfigs } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';

const MINUTES = 10;
const SEEKS = 30;
const NODES = 5;
const RUN_MICROS = MINUTES * 60_000_000;
/** Of virtual time, after which a tab looks whether there is something to rehearse, as at the fastest pace. */
const PIECE_MICROS = 4_000_000;
const MEBIBYTE = 1024 * 1024;

/** Of this process, all its threads: what a busy machine does not change much. */
const cpuMillis = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const wallMicros = (): number => Number(process.hrtime.bigint()) / 1000;

/** Twenty clients that write once a second each. */
function writers(endpoints: string): TimedCommand {
  const argv = ['writer', '--endpoints', endpoints, '--lanes', '20', '--pause-ms', '1000'];
  return { at: 3_000_000, command: { type: 'start', process: 'load', client: 'load', argv, env: {}, stdin: undefined, columns: 0 } };
}

/** Rows for `npm run bench`. */
export async function rows(): Promise<readonly Row[]> {
  const seed = 1;
  const options = { ...defaultRunOptions(), nodes: NODES };
  const endpoints = memberConfigs(seed, options)
    .flatMap((config) => config.clientUrls)
    .join(',');
  const pool = new ChunkPool();
  const past = Past.begin(pool);
  const environment = {
    now: wallMicros,
    after: (millis: number, run: () => void) => {
      const timer = setTimeout(run, millis);
      return () => clearTimeout(timer);
    },
    programs: LOAD_PROGRAMS,
    memberKind: ETCD_KIND,
  };
  const replay: Replay = {
    environment,
    spec: { ...newRunSpec(seed, options), commands: [writers(endpoints)] },
    past,
    known: undefined,
    isStale: () => false,
  };
  // As a tab does: some of what was played is replayed before anybody looks back.
  const rehearsal = new Rehearsal();
  const rehearsed: number[] = [];
  const began = wallMicros();
  let known: LiveRun | undefined;
  for (let at = 0; at <= RUN_MICROS; at += PIECE_MICROS) {
    known = await replayTo(at, { ...replay, known });
    const from = known === undefined ? undefined : rehearsal.next(known, past);
    if (from !== undefined) rehearsed.push(from);
  }
  const whole = (wallMicros() - began) / 1e6;
  known = undefined; // in a tab the members are in other threads
  for (const from of rehearsed) {
    const gap = past.takeUnproved(from);
    if (gap !== undefined) await proveGap(gap, replay);
  }
  const draws = createPrng(seed, 'seeks');
  const seeks: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i < SEEKS; i++) {
    const at = Math.floor(draws.nextFloat() * RUN_MICROS);
    const before = wallMicros();
    const cpuBefore = cpuMillis();
    await replayTo(at, replay);
    seeks.push((wallMicros() - before) / 1000);
    cpu.push(cpuMillis() - cpuBefore);
  }
  const run = `${MINUTES} min, ${NODES} members, 20 puts/s`;
  return [
    rowOf(`travel: an instant of ${run}`, 'ms', seeks, `checkpoints ${PAST_INTERVAL_MICROS / 1e6} s apart`),
    rowOf(`travel: processor time of an instant of ${run}`, 'ms', cpu, 'collection of garbage included'),
    rowOf(`travel: replay of all of ${run}`, 's', [whole], 'with its checkpoints'),
    rowOf(`travel: checkpoints of ${run}`, 'MiB', [pool.size / MEBIBYTE], `${past.times.length} of them`),
  ];
}
