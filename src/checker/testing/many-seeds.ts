/** Many seeded runs of one size under the default faults: what "safe" means in the test suite. */

import { chaosOptions } from '#checker/chaos-options.ts';
import { runChaos } from '#checker/chaos.ts';
import { DEFAULT_MIX, type FaultMix } from '#checker/fault-mix.ts';
import { trafficOf } from '#checker/traffic-plan.ts';
import { violationText } from '#checker/violation.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

const MICROS = 60_000_000;
const WRITERS = 1;

export interface SeedsResult {
  /** Each with the command that replays it. */
  readonly violations: readonly string[];
  /** What shows that the runs were no idle ones: see ChaosResult. */
  readonly acknowledged: number;
  readonly changes: number;
  readonly transfers: number;
  readonly installs: number;
}

/** Runs the seeds `from` up to and with `to`. */
export function runSeeds(nodes: number, from: number, to: number, mix: FaultMix = DEFAULT_MIX): SeedsResult {
  const violations: string[] = [];
  let acknowledged = 0;
  let changes = 0;
  let transfers = 0;
  let installs = 0;
  for (let seed = from; seed <= to; seed++) {
    const result = runChaos(
      { seed, options: chaosOptions(seed, nodes, []), mix, micros: MICROS, writers: WRITERS, traffic: trafficOf(seed) },
      createEtcdHost(),
    );
    acknowledged += result.acknowledged;
    changes += result.changes;
    transfers += result.transfers;
    installs += result.installs;
    for (const v of result.violations)
      violations.push(`${violationText(v)}\n  npm run chaos -- --seeds ${seed}..${seed} --nodes ${nodes} --for 60s --mix ${mix.name}`);
  }
  return { violations, acknowledged, changes, transfers, installs };
}

/** Twenty blocks of ten seeds. */
export const BLOCKS: readonly (readonly [number, number])[] = Array.from({ length: 20 }, (_, i) => [10 * i + 1, 10 * i + 10] as const);
