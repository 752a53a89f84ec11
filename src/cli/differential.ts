/**
 * `npm run differential -- [--seeds A..B] [--ops N] [--profile NAME] [--etcd 3.4.23] [--port P] [--no-shrink]`: random sequences from a
 * seed against a real etcd of this machine and the simulated one. Prints the first difference of each sequence, shrunk to a few curl commands;
 * the last line is `N passed, M failed`, exit code 1 if M > 0 or no etcd is installed.
 */

import { operationText } from '#cli/differential/operation.ts';
import { playSequence, shrink, type Played } from '#cli/differential/play.ts';
import { flagsOf, generate, SEQUENCE_PROFILES, type SequenceProfile } from '#cli/differential/generate.ts';
import { installedEtcd, startRealEtcd } from '#cli/differential/real-etcd.ts';
import { SimulatedTarget } from '#cli/differential/simulated.ts';
import type { Operation } from '#cli/differential/operation.ts';

const BASE = 'http://127.0.0.1:2379';
const OPERATIONS_MAX = 10_000;
const USAGE = `usage: npm run differential -- [--seeds A..B] [--ops N] [--profile ${SEQUENCE_PROFILES.join('|')}] [--port P] [--shrink yes|no]`;

interface Arguments {
  readonly first: number;
  readonly last: number;
  readonly operations: number;
  /** Undefined: they take turns. */
  readonly profile: SequenceProfile | undefined;
  /** Client port of the real server, 0 for a free one. */
  readonly port: number;
  readonly shrinks: boolean;
}

/** The arguments, or what is wrong with them. */
function readArguments(args: readonly string[]): Arguments | string {
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) {
    const name = /^--([a-z]+)$/.exec(args[i] ?? '')?.[1] ?? '';
    const value = args[i + 1];
    if (!['seeds', 'ops', 'profile', 'port', 'shrink'].includes(name)) return `unknown flag ${args[i] ?? ''}`;
    if (value === undefined) return `--${name} needs a value`;
    flags.set(name, value);
  }
  const seeds = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(flags.get('seeds') ?? '1..20');
  const first = Number(seeds?.[1] ?? NaN);
  const last = Number(seeds?.[2] ?? seeds?.[1] ?? NaN);
  if (!(first <= last)) return `--seeds: A..B, such as 1..200, not ${flags.get('seeds') ?? ''}`;
  const operations = Number(flags.get('ops') ?? '60');
  if (!Number.isInteger(operations) || operations < 1 || operations > OPERATIONS_MAX) return `--ops: from 1 to ${OPERATIONS_MAX}`;
  const profile = SEQUENCE_PROFILES.find((name) => name === flags.get('profile'));
  if (profile === undefined && flags.has('profile')) return `--profile: one of ${SEQUENCE_PROFILES.join(', ')}`;
  const port = Number(flags.get('port') ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_534) return '--port: from 0 to 65534';
  const shrinks = flags.get('shrink') ?? 'yes';
  if (shrinks !== 'yes' && shrinks !== 'no') return '--shrink: yes or no';
  return { first, last, operations, profile, port, shrinks: shrinks === 'yes' };
}

const profileOf = (a: Arguments, seed: number): SequenceProfile =>
  a.profile ?? SEQUENCE_PROFILES[seed % SEQUENCE_PROFILES.length] ?? 'mixed';

async function runSeed(a: Arguments, seed: number, version: string): Promise<Played> {
  const profile = profileOf(a, seed);
  const play = (operations: readonly Operation[]): Promise<Played> =>
    playSequence(
      operations,
      () => startRealEtcd({ args: flagsOf(profile), port: a.port }),
      () => Promise.resolve(new SimulatedTarget(version, flagsOf(profile))),
    );
  const operations = generate(seed, profile, a.operations);
  const played = await play(operations);
  const replay = `npm run differential -- --seeds ${seed} --ops ${a.operations} --profile ${profile}`;
  if (played.stopped) {
    const deadly = operations[played.steps];
    console.log(`seed ${seed}: real etcd stopped or hung at step ${played.steps + 1}; the rest was not played`);
    if (deadly !== undefined) console.log(`  ${operationText(deadly, BASE)}`);
  }
  if (played.difference === undefined) return played;
  const least = a.shrinks
    ? await shrink(operations, played.difference, play)
    : { operations: operations.slice(0, played.difference.at + 1).slice(-1), difference: played.difference };
  console.log(`seed ${seed} (${profile}): step ${played.difference.at + 1} differs`);
  for (const op of least.operations) console.log(`  ${operationText(op, BASE)}`);
  console.log(`${least.difference.text}\n  replay: ${replay}`);
  return played;
}

async function main(args: readonly string[]): Promise<number> {
  const read = readArguments(args);
  if (typeof read === 'string') {
    console.error(`${read}\n${USAGE}`);
    return 2;
  }
  const version = installedEtcd();
  if (version === undefined) {
    console.error('differential: there is no etcd in PATH; it needs the real one (Debian: apt-get install etcd-server)');
    return 1;
  }
  if (version !== '3.4.23') {
    console.error(`differential: etcd ${version} is installed; the modelled one is 3.4.23`);
    return 1;
  }
  let failed = 0;
  let steps = 0;
  for (let seed = read.first; seed <= read.last; seed++) {
    const played = await runSeed(read, seed, version);
    steps += played.steps;
    if (played.difference !== undefined) failed += 1;
  }
  console.error(`${steps} steps compared`);
  console.log(`${read.last - read.first + 1 - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
