/** The clusters of chaos runs: each seed has one, so that a seed alone names its run. */

import type { BrokenRule } from '#kernel/broken-rule.ts';
import { millis } from '#kernel/brand.ts';
import { createPrng } from '#kernel/prng.ts';
import { V2_EVERY } from '#checker/traffic-plan.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';

/** Heartbeat and election timeout (ms) as etcd's robustness tests vary them, the timeouts whole numbers of heartbeats; the defaults most often. */
const TIMINGS: readonly (readonly [number, number])[] = [
  [100, 1000],
  [29, 290],
  [100, 1000],
  [101, 505],
  [100, 1000],
  [100, 2000],
];
/** Entries between two snapshots, and those kept behind one for laggards. */
const SNAPSHOTS: readonly (readonly [number, number])[] = [
  [50, 10],
  [100, 100],
  [1000, 5000],
];

/**
 * Every third seed takes Raft snapshots after few entries, so that laggards need them; every fourth runs the core with asynchronous storage
 * writes; every sixth has the v2 API; the profiles alternate unless one is given.
 */
export function chaosOptions(seed: number, nodes: number, broken: readonly BrokenRule[], profile?: RunOptions['profile']): RunOptions {
  const base = defaultRunOptions(profile ?? (seed % 2 === 0 ? '3.5' : '3.4.23'));
  const snapshots = seed % 3 === 0 ? { snapshotCount: 50, snapshotCatchUpEntries: 10 } : {};
  return { ...base, ...snapshots, nodes, broken, storage: seed % 4 === 0 ? 'async' : 'sync', enableV2: seed % V2_EVERY === 0 };
}

/** The same with what etcd's robustness tests vary besides: heartbeats, election timeouts, snapshot counts. For the mix of all faults. */
export function variedOptions(seed: number, nodes: number, broken: readonly BrokenRule[], profile?: RunOptions['profile']): RunOptions {
  const random = createPrng(seed, 'chaos/options');
  const [heartbeat, election] = TIMINGS[random.nextBelow(TIMINGS.length)] ?? [100, 1000];
  const [snapshotCount, snapshotCatchUpEntries] = SNAPSHOTS[random.nextBelow(SNAPSHOTS.length)] ?? [50, 10];
  return {
    ...chaosOptions(seed, nodes, broken, profile),
    heartbeatMicros: millis(heartbeat),
    electionMicros: millis(election),
    snapshotCount,
    snapshotCatchUpEntries,
  };
}
