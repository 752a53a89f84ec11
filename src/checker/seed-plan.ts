/** The run that a seed names: everything about it is drawn from the seed and what is said here. */

import { chaosOptions, variedOptions } from '#checker/chaos-options.ts';
import type { ChaosPlan } from '#checker/chaos.ts';
import { EVERY_FAULT, POINTS_MIX, SELDOM_FAULTS, type FaultMix } from '#checker/fault-mix.ts';
import { trafficOf, variedTraffic } from '#checker/traffic-plan.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import type { RunOptions } from '#sim/run-options.ts';

/** Clients that write keys of their own. */
const WRITERS = 1;

/** For the points of compactions, and so that the want of a leader is felt. */
const POINTS_TRAFFIC = { compactMs: 500, requireLeader: true } as const;

/** The faults of a seed if nothing else is asked for: all kinds by dice; in every fourth seed what dice seldom bring about, in one of eight every point. */
export const mixOfSeed = (seed: number): FaultMix => (seed % 4 === 0 ? SELDOM_FAULTS : seed % 8 === 6 ? POINTS_MIX : EVERY_FAULT);

/** @param micros virtual time under faults */
export function seedPlan(
  seed: number,
  nodes: number,
  micros: number,
  mix: FaultMix,
  broken: readonly BrokenRule[] = [],
  profile?: RunOptions['profile'],
): ChaosPlan {
  const isPoints = mix.name === POINTS_MIX.name;
  const isSeldom = mix.name === SELDOM_FAULTS.name || isPoints;
  const isVaried = mix.name === EVERY_FAULT.name || isSeldom;
  const drawn = (isVaried ? variedOptions : chaosOptions)(seed, nodes, broken, profile);
  const options = isSeldom ? { ...drawn, snapshotCount: 50, snapshotCatchUpEntries: 10 } : drawn;
  const traffic = isVaried ? variedTraffic(seed) : trafficOf(seed);
  return { seed, options, mix, micros, writers: WRITERS, traffic: isPoints ? { ...traffic, ...POINTS_TRAFFIC } : traffic };
}
