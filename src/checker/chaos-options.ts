/** The clusters of chaos runs: each seed has one, so that a seed alone names its run. */

import type { BrokenRule } from '#kernel/broken-rule.ts';
import { V2_EVERY } from '#checker/traffic-plan.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';

/**
 * Every third seed takes Raft snapshots after few entries, so that laggards need them; every fourth runs the core with asynchronous storage
 * writes; the profiles alternate unless one is given.
 */
export function chaosOptions(seed: number, nodes: number, broken: readonly BrokenRule[], profile?: RunOptions['profile']): RunOptions {
  const base = defaultRunOptions(profile ?? (seed % 2 === 0 ? '3.5' : '3.4.23'));
  const snapshots = seed % 3 === 0 ? { snapshotCount: 50, snapshotCatchUpEntries: 10 } : {};
  return { ...base, ...snapshots, nodes, broken, storage: seed % 4 === 0 ? 'async' : 'sync', enableV2: seed % V2_EVERY === 0 };
}
