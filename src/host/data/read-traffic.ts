/** What the load generator measured: its clients' stretches of time added up. */

import { answered } from '#host/data/ask-member.ts';
import type { LiveRun } from '#host/live-run.ts';
import { loadProcesses, loadStateOf } from '#sim/load-commands.ts';
import { BUCKET_MICROS, mergeBuckets, percentile, type LoadBucket } from '#sim/load-stats.ts';
import type { TrafficAnswer, TrafficBucket } from '#view/data.ts';

const BUCKETS_MAX = 120;

function shown(at: number, buckets: readonly LoadBucket[]): TrafficBucket {
  const { latencies, ...rest } = mergeBuckets(at, buckets);
  return { ...rest, p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), p99: percentile(latencies, 0.99) };
}

export function readTraffic(run: LiveRun): TrafficAnswer {
  const states = loadProcesses(run.world.core).map(loadStateOf);
  const byTime = new Map<number, LoadBucket[]>();
  for (const { stats } of states)
    for (const bucket of [...stats.past, stats.now]) byTime.set(bucket.at, [...(byTime.get(bucket.at) ?? []), bucket]);
  const times = [...byTime.keys()].sort((a, b) => a - b).slice(-BUCKETS_MAX);
  const kinds = new Map<string, { readonly ok: number; readonly failed: number; readonly unknown: number }>();
  for (const { stats } of states)
    for (const [kind, { ok, failed, unknown }] of Object.entries(stats.kinds)) {
      const before = kinds.get(kind) ?? { ok: 0, failed: 0, unknown: 0 };
      kinds.set(kind, { ok: before.ok + ok, failed: before.failed + failed, unknown: before.unknown + unknown });
    }
  return {
    type: 'traffic',
    state: states.length === 0 ? 'none' : states.some((state) => state.sending) ? 'running' : 'stopped',
    line: states[0]?.settings.line ?? '',
    bucketMicros: BUCKET_MICROS,
    buckets: times.map((at) => shown(at, byTime.get(at) ?? [])),
    total: {
      ...shown(
        states[0]?.stats.total.at ?? 0,
        states.map(({ stats }) => stats.total),
      ),
      inFlight: states.reduce((sum, state) => sum + state.underWay.length, 0),
    },
    skipped: states.reduce((sum, { stats }) => sum + stats.skipped, 0),
    kinds: [...kinds].map(([kind, counts]) => ({ kind, ...counts })),
    ...answered(run, ''),
  };
}
