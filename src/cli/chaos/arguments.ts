/** The arguments of `npm run chaos`. */

import { parseMicros } from '#ctl/duration.ts';
import { FAULT_MIXES } from '#checker/fault-mix.ts';
import { BROKEN_RULES, type BrokenRule } from '#kernel/broken-rule.ts';
import type { Profile } from '#etcd/contract.ts';

/** A search that can find nothing is not begun. */
const NO_WHOLE_CLUSTER =
  '--break ignore-outgoing: etcd’s server proposes no joint change, so no run of a whole cluster can show it. ' +
  'The search over bare cores does, and prints a shortened script: npx vitest run src/raft/joint-quorum.test.ts';

export const USAGE = `usage: npm run chaos -- --seeds A..B --nodes N --for 60s [--break RULE] [--mix ${Object.keys(FAULT_MIXES).join('|')}] [--profile 3.4.23|3.5] [--jobs N] [--shrink off] [--write FOLDER]`;

export interface ChaosArguments {
  readonly first: number;
  readonly last: number;
  /** Undefined where a rule is broken and its recipe says how many. */
  readonly nodes: number | undefined;
  readonly micros: number;
  readonly broken: BrokenRule | undefined;
  /** Undefined: the default one, or the recipe's. */
  readonly mix: string | undefined;
  /** Undefined: they alternate. */
  readonly profile: Profile | undefined;
  /** Threads; undefined: one for each core. */
  readonly jobs: number | undefined;
  /** Shorten what is found to a scenario. */
  readonly shrinks: boolean;
  /** Where each run is written as a scenario; undefined: nowhere. */
  readonly folder: string | undefined;
}

function readFlags(args: readonly string[]): ReadonlyMap<string, string> | string {
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) {
    const name = /^--([a-z]+)$/.exec(args[i] ?? '')?.[1] ?? '';
    const value = args[i + 1];
    if (!['seeds', 'nodes', 'for', 'break', 'mix', 'profile', 'jobs', 'shrink', 'write'].includes(name))
      return `unknown flag ${args[i] ?? ''}`;
    if (value === undefined) return `--${name} needs a value`;
    flags.set(name, value);
  }
  return flags;
}

/** A whole number from a flag within limits; undefined without the flag. */
function countOf(flags: ReadonlyMap<string, string>, name: string, max: number): number | string | undefined {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  const count = Number(text);
  return Number.isInteger(count) && count >= 1 && count <= max ? count : `--${name}: from 1 to ${max}, not ${text}`;
}

/** The arguments, or what is wrong with them. */
export function readArguments(args: readonly string[]): ChaosArguments | string {
  const flags = readFlags(args);
  if (typeof flags === 'string') return flags;
  const seeds = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(flags.get('seeds') ?? '1..20');
  const first = Number(seeds?.[1] ?? NaN);
  const last = Number(seeds?.[2] ?? seeds?.[1] ?? NaN);
  if (!(first <= last)) return `--seeds: A..B, such as 1..200, not ${flags.get('seeds') ?? ''}`;
  const nodes = countOf(flags, 'nodes', 9);
  if (typeof nodes === 'string') return nodes;
  const jobs = countOf(flags, 'jobs', 64);
  if (typeof jobs === 'string') return jobs;
  const time = parseMicros(flags.get('for') ?? '60s');
  if (time.type === 'error') return `--for: ${time.message}`;
  const mix = flags.get('mix');
  if (mix !== undefined && FAULT_MIXES[mix] === undefined) return `--mix: one of ${Object.keys(FAULT_MIXES).join(', ')}`;
  const profile = flags.get('profile');
  if (profile !== undefined && profile !== '3.4.23' && profile !== '3.5') return '--profile: 3.4.23 or 3.5';
  const name = flags.get('break');
  const broken = BROKEN_RULES.find((known) => known === name);
  if (name !== undefined && broken === undefined) return `--break: one of ${BROKEN_RULES.join(', ')}`;
  if (broken === 'ignore-outgoing') return NO_WHOLE_CLUSTER;
  const shrink = flags.get('shrink') ?? 'on';
  if (shrink !== 'on' && shrink !== 'off') return `--shrink: on or off, not ${shrink}`;
  return { first, last, nodes, micros: time.micros, broken, mix, profile, jobs, shrinks: shrink === 'on', folder: flags.get('write') };
}

/** The command that plays one seed again. */
export function replayCommand(a: ChaosArguments, seed: number): string {
  const nodes = a.nodes === undefined ? '' : ` --nodes ${a.nodes}`;
  const rule = a.broken === undefined ? '' : ` --break ${a.broken}`;
  const mix = a.mix === undefined ? '' : ` --mix ${a.mix}`;
  const profile = a.profile === undefined ? '' : ` --profile ${a.profile}`;
  return `npm run chaos -- --seeds ${seed}..${seed}${nodes} --for ${a.micros / 1000}ms${rule}${mix}${profile}`;
}
