/** The run that a seed names: everything about it is drawn from the seed and what is said here. */

import { chaosOptions, variedOptions } from '#checker/chaos-options.ts';
import type { ChaosPlan } from '#checker/chaos.ts';
import { EVERY_FAULT, SELDOM_FAULTS, type FaultMix } from '#checker/fault-mix.ts';
import { trafficOf, variedTraffic } from '#checker/traffic-plan.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import type { RunOptions } from '#sim/run-options.ts';

/** Clients that write keys of their own. */
const WRITERS = 1;

/** The faults of a seed if nothing else is asked for: all kinds by dice; in every fourth seed what dice seldom bring about. */
export const mixOfSeed = (seed: number): FaultMix => (seed % 4 === 0 ? SELDOM_FAULTS : EVERY_FAULT);

/** @param micros virtual time under faults */
export function seedPlan(
  seed: number,
  nodes: number,
  micros: number,
  mix: FaultMix,
  broken: readonly BrokenRule[] = [],
  profile?: RunOptions['profile'],
): ChaosPlan {
  const isSeldom = mix.name === SELDOM_FAULTS.name;
  const isVaried = mix.name === EVERY_FAULT.name || isSeldom;
  const drawn = (isVaried ? variedOptions : chaosOptions)(seed, nodes, broken, profile);
  const options = isSeldom ? { ...drawn, snapshotCount: 50, snapshotCatchUpEntries: 10 } : drawn;
  return { seed, options, mix, micros, writers: WRITERS, traffic: isVaried ? variedTraffic(seed) : trafficOf(seed) };
}
