/** Many seeded runs of one size: what "safe" means in the test suite. */

import { runChaos } from '#checker/chaos.ts';
import { DEFAULT_MIX, FAULT_MIXES, type FaultMix } from '#checker/fault-mix.ts';
import { seedPlan } from '#checker/seed-plan.ts';
import { violationText } from '#checker/violation.ts';
import type { TraceSink } from '#sim/trace-log.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

const MICROS = 60_000_000;

export interface SeedsResult {
  /** Each with the command that replays it. */
  readonly violations: readonly string[];
  /** What shows that the runs were no idle ones: see ChaosResult. */
  readonly acknowledged: number;
  readonly changes: number;
  readonly transfers: number;
  readonly joins: number;
  readonly installs: number;
}

/** Every fifth seed is calm enough for the cluster to accept changes of its membership. */
const mixOf = (seed: number): FaultMix => (seed % 5 === 0 ? (FAULT_MIXES['membership'] ?? DEFAULT_MIX) : DEFAULT_MIX);

/** Runs the seeds `from` up to and with `to`. @param fixed takes the place of the seed's own mix */
export function runSeeds(nodes: number, from: number, to: number, fixed?: FaultMix, sink?: TraceSink): SeedsResult {
  const violations: string[] = [];
  let acknowledged = 0;
  let changes = 0;
  let transfers = 0;
  let joins = 0;
  let installs = 0;
  for (let seed = from; seed <= to; seed++) {
    const mix = fixed ?? mixOf(seed);
    const result = runChaos({ ...seedPlan(seed, nodes, MICROS, mix), ...(sink === undefined ? {} : { sink }) }, createEtcdHost());
    acknowledged += result.acknowledged;
    changes += result.changes;
    transfers += result.transfers;
    joins += result.joins;
    installs += result.installs;
    for (const v of result.violations)
      violations.push(`${violationText(v)}\n  npm run chaos -- --seeds ${seed}..${seed} --nodes ${nodes} --for 60s --mix ${mix.name}`);
  }
  return { violations, acknowledged, changes, transfers, joins, installs };
}

/** Blocks of twenty seeds, each a test. */
export const blocksOf = (from: number, to: number): readonly (readonly [number, number])[] =>
  Array.from({ length: Math.ceil((to - from + 1) / 20) }, (_, i) => [from + 20 * i, Math.min(to, from + 20 * i + 19)] as const);
