/** The run that a seed names: everything about it is drawn from the seed and what is said here. */

import { chaosOptions, variedOptions } from '#checker/chaos-options.ts';
import type { ChaosPlan } from '#checker/chaos.ts';
import { EVERY_FAULT, type FaultMix } from '#checker/fault-mix.ts';
import { trafficOf, variedTraffic } from '#checker/traffic-plan.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import type { RunOptions } from '#sim/run-options.ts';

/** Clients that write keys of their own. */
const WRITERS = 1;

/** @param micros virtual time under faults */
export function seedPlan(
  seed: number,
  nodes: number,
  micros: number,
  mix: FaultMix,
  broken: readonly BrokenRule[] = [],
  profile?: RunOptions['profile'],
): ChaosPlan {
  const isVaried = mix.name === EVERY_FAULT.name;
  const options = (isVaried ? variedOptions : chaosOptions)(seed, nodes, broken, profile);
  return { seed, options, mix, micros, writers: WRITERS, traffic: isVaried ? variedTraffic(seed) : trafficOf(seed) };
}
