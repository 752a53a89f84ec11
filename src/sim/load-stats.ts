/**
 * What a load client measured, as plain data of bounded size: outcomes and latencies of the newest stretches of time, and of all. Latencies are kept in
 * buckets of an eighth of a power of two, so that those of many clients add up; nothing here is a float that engines could round apart.
 */

/** µs of one stretch. */
export const BUCKET_MICROS = 500_000;
/** Stretches kept: a minute. */
const BUCKETS_MAX = 120;

export type Outcome = 'ok' | 'failed' | 'unknown';

/** Counts of latencies by {@link latencySlot}. */
export type Latencies = Readonly<Record<string, number>>;

/** Requests that ended in [at, at + BUCKET_MICROS). */
export interface LoadBucket {
  readonly at: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  /** Most that were under way at once. */
  readonly inFlight: number;
  readonly latencies: Latencies;
}

export interface LoadStats {
  /** Oldest first, without the present one. */
  readonly past: readonly LoadBucket[];
  readonly now: LoadBucket;
  readonly total: LoadBucket;
  readonly skipped: number;
  readonly kinds: Readonly<Record<string, { readonly ok: number; readonly failed: number; readonly unknown: number }>>;
}

const emptyBucket = (at: number): LoadBucket => ({ at, ok: 0, failed: 0, unknown: 0, inFlight: 0, latencies: {} });

const startOf = (now: number): number => now - (now % BUCKET_MICROS);

export const freshStats = (now: number): LoadStats => ({
  past: [],
  now: emptyBucket(startOf(now)),
  total: emptyBucket(now),
  skipped: 0,
  kinds: {},
});

/** Goes over to the stretch that `now` lies in. */
export function rolled(stats: LoadStats, now: number): LoadStats {
  const at = startOf(now);
  if (at === stats.now.at) return stats;
  const past = [...stats.past, stats.now].filter((bucket) => bucket.at > at - BUCKETS_MAX * BUCKET_MICROS);
  return { ...stats, past, now: emptyBucket(at) };
}

const counted = (latencies: Latencies, slot: number): Latencies => ({ ...latencies, [slot]: (latencies[slot] ?? 0) + 1 });

const withOutcome = (bucket: LoadBucket, outcome: Outcome, slot: number | undefined): LoadBucket => ({
  ...bucket,
  [outcome]: bucket[outcome] + 1,
  latencies: slot === undefined ? bucket.latencies : counted(bucket.latencies, slot),
});

/** A request has ended. Only answered ones say how long an answer takes. */
export function ended(stats: LoadStats, kind: string, outcome: Outcome, micros: number, now: number): LoadStats {
  const at = rolled(stats, now);
  const slot = outcome === 'ok' ? latencySlot(micros) : undefined;
  const before = at.kinds[kind] ?? { ok: 0, failed: 0, unknown: 0 };
  return {
    ...at,
    now: withOutcome(at.now, outcome, slot),
    total: withOutcome(at.total, outcome, slot),
    kinds: { ...at.kinds, [kind]: { ...before, [outcome]: before[outcome] + 1 } },
  };
}

/** So many are under way now. */
export function underWay(stats: LoadStats, count: number, now: number): LoadStats {
  const at = rolled(stats, now);
  if (count <= at.now.inFlight) return at;
  return { ...at, now: { ...at.now, inFlight: count }, total: { ...at.total, inFlight: Math.max(at.total.inFlight, count) } };
}

/** The bucket of a latency (µs, below 2^31): power of two and the three bits after its first. */
export function latencySlot(micros: number): number {
  const value = Math.max(8, Math.min(0x7fff_ffff, Math.round(micros)));
  const power = 31 - Math.clz32(value);
  return power * 8 + ((value >> (power - 3)) & 7);
}

/** The middle of a bucket, µs. */
const slotMicros = (slot: number): number => 2 ** Math.floor(slot / 8) * (1 + ((slot % 8) + 0.5) / 8);

/** The latency (µs) that `share` of the requests did not exceed; 0 if there are none. */
export function percentile(latencies: Latencies, share: number): number {
  const slots = Object.entries(latencies)
    .map(([slot, count]) => [Number(slot), count] as const)
    .sort(([a], [b]) => a - b);
  const all = slots.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.ceil(all * share);
  for (const [slot, count] of slots) {
    left -= count;
    if (left <= 0) return Math.round(slotMicros(slot));
  }
  return 0;
}

/** Several clients' stretches of the same time as one. */
export function mergeBuckets(at: number, buckets: readonly LoadBucket[]): LoadBucket {
  const latencies: Record<string, number> = {};
  for (const bucket of buckets)
    for (const [slot, count] of Object.entries(bucket.latencies)) latencies[slot] = (latencies[slot] ?? 0) + count;
  const sum = (of: (bucket: LoadBucket) => number): number => buckets.reduce((total, bucket) => total + of(bucket), 0);
  return {
    at,
    ok: sum((b) => b.ok),
    failed: sum((b) => b.failed),
    unknown: sum((b) => b.unknown),
    inFlight: sum((b) => b.inFlight),
    latencies,
  };
}
