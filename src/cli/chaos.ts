/**
 * `npm run chaos -- --seeds A..B --nodes N --for 60s [--break RULE] [--mix NAME] [--profile 3.4.23|3.5]`: seeded whole-cluster runs under faults with all
 * checkers on. Prints each violation with the command that replays it; the last line is `N seeds, M violations`, exit code 1 if M > 0.
 */

import { parseMicros } from '#ctl/duration.ts';
import { chaosOptions } from '#checker/chaos-options.ts';
import { runChaos } from '#checker/chaos.ts';
import { FAULT_MIXES, DEFAULT_MIX, type FaultMix } from '#checker/fault-mix.ts';
import { trafficOf } from '#checker/traffic-plan.ts';
import { violationText } from '#checker/violation.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { BROKEN_RULES, type BrokenRule } from '#etcd/broken-rules.ts';

const USAGE = `usage: npm run chaos -- --seeds A..B --nodes N --for 60s [--break RULE] [--mix ${Object.keys(FAULT_MIXES).join('|')}] [--profile 3.4.23|3.5]`;
const WRITERS = 1;

interface Arguments {
  readonly first: number;
  readonly last: number;
  readonly nodes: number;
  readonly micros: number;
  readonly broken: readonly BrokenRule[];
  readonly mix: FaultMix;
  /** Undefined: they alternate. */
  readonly profile: '3.4.23' | '3.5' | undefined;
}

function readFlags(args: readonly string[]): ReadonlyMap<string, string> | string {
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) {
    const match = /^--([a-z]+)$/.exec(args[i] ?? '');
    const value = args[i + 1];
    const name = match?.[1] ?? '';
    if (!['seeds', 'nodes', 'for', 'break', 'mix', 'profile'].includes(name)) return `unknown flag ${args[i] ?? ''}`;
    if (value === undefined) return `--${name} needs a value`;
    flags.set(name, value);
  }
  return flags;
}

/** The arguments, or what is wrong with them. */
function readArguments(args: readonly string[]): Arguments | string {
  const flags = readFlags(args);
  if (typeof flags === 'string') return flags;
  const seeds = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(flags.get('seeds') ?? '1..20');
  const first = Number(seeds?.[1] ?? NaN);
  const last = Number(seeds?.[2] ?? seeds?.[1] ?? NaN);
  if (!(first <= last)) return `--seeds: A..B, such as 1..200, not ${flags.get('seeds') ?? ''}`;
  const nodes = Number(flags.get('nodes') ?? '3');
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 9) return `--nodes: from 1 to 9, not ${flags.get('nodes') ?? ''}`;
  const time = parseMicros(flags.get('for') ?? '60s');
  if (time.type === 'error') return `--for: ${time.message}`;
  const mix = FAULT_MIXES[flags.get('mix') ?? 'default'];
  if (mix === undefined) return `--mix: one of ${Object.keys(FAULT_MIXES).join(', ')}`;
  const profile = flags.get('profile');
  if (profile !== undefined && profile !== '3.4.23' && profile !== '3.5') return '--profile: 3.4.23 or 3.5';
  const name = flags.get('break');
  const rule = BROKEN_RULES.find((known) => known === name);
  if (name !== undefined && rule === undefined) return `--break: one of ${BROKEN_RULES.join(', ')}`;
  return { first, last, nodes, micros: time.micros, broken: rule === undefined ? [] : [rule], mix, profile };
}

function replayCommand(a: Arguments, seed: number): string {
  const rule = a.broken.map((r) => ` --break ${r}`).join('');
  const mix = a.mix === DEFAULT_MIX ? '' : ` --mix ${a.mix.name}`;
  const profile = a.profile === undefined ? '' : ` --profile ${a.profile}`;
  return `npm run chaos -- --seeds ${seed}..${seed} --nodes ${a.nodes} --for ${a.micros / 1000}ms${rule}${mix}${profile}`;
}

function main(args: readonly string[]): number {
  const read = readArguments(args);
  if (typeof read === 'string') {
    console.error(`${read}\n${USAGE}`);
    return 2;
  }
  let violations = 0;
  let acknowledged = 0;
  let changes = 0;
  let transfers = 0;
  let installs = 0;
  for (let seed = read.first; seed <= read.last; seed++) {
    const options = chaosOptions(seed, read.nodes, read.broken, read.profile);
    const result = runChaos(
      { seed, options, mix: read.mix, micros: read.micros, writers: WRITERS, traffic: trafficOf(seed) },
      createEtcdHost(),
    );
    acknowledged += result.acknowledged;
    changes += result.changes;
    transfers += result.transfers;
    installs += result.installs;
    violations += result.violations.length;
    for (const violation of result.violations) console.log(`seed ${seed}: ${violationText(violation)}`);
    if (result.violations.length > 0) console.log(`  replay: ${replayCommand(read, seed)}`);
  }
  console.error(
    `${acknowledged} acknowledged writes, ${transfers} leadership transfers, ${changes} configuration changes, ${installs} snapshots installed`,
  );
  console.log(`${read.last - read.first + 1} seeds, ${violations} violations`);
  return violations === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
