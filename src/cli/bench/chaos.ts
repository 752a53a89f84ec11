/** How much virtual time passes in a second of wall time in a chaos run with all checkers on: all faults, about 20 requests a second. */

import { EVERY_FAULT } from '#checker/fault-mix.ts';
import { runChaos } from '#checker/chaos.ts';
import { seedPlan } from '#checker/seed-plan.ts';
import { rowOf, type Row } from '#cli/bench-row.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

const SEEDS = 8;
const SECONDS = 60;

const wall = (): number => Number(process.hrtime.bigint()) / 1e9;

/** Rows for `npm run bench`. @throws Error if a check finds something */
export function rows(): readonly Row[] {
  return [3, 5].map((nodes) => {
    const rates = Array.from({ length: SEEDS }, (_, i) => {
      const began = wall();
      const { violations, endedAt } = runChaos(seedPlan(i + 1, nodes, SECONDS * 1_000_000, EVERY_FAULT), createEtcdHost());
      const took = wall() - began;
      if (violations.length > 0) throw new Error(`seed ${i + 1}: ${violations[0]?.detail ?? ''}`);
      return endedAt / 1_000_000 / took;
    });
    return rowOf(`chaos: all faults and checks, ${nodes} members, about 20 requests/s`, 'virtual s/s', rates, 'one thread');
  });
}
