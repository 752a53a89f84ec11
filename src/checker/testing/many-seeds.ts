/** Many seeded runs of one size under the default faults: what "safe" means in the test suite. */

import { runChaos } from '#checker/chaos.ts';
import { DEFAULT_MIX, EVERY_FAULT, FAULT_MIXES, type FaultMix } from '#checker/fault-mix.ts';
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

/** Every fifth seed is calm enough for the cluster to accept changes of its membership; of the others every second has all faults. */
const mixOf = (seed: number): FaultMix =>
  seed % 5 === 0 ? (FAULT_MIXES['membership'] ?? DEFAULT_MIX) : seed % 2 === 0 ? EVERY_FAULT : DEFAULT_MIX;

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

/** Ten blocks of twenty seeds. */
export const BLOCKS: readonly (readonly [number, number])[] = Array.from({ length: 10 }, (_, i) => [20 * i + 1, 20 * i + 20] as const);
