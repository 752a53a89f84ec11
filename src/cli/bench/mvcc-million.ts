/** Benchmarks of the key-value engine at its limits: one million keys, ten thousand watchers, a compaction of one million revisions. */

import { createPrng } from '#kernel/prng.ts';
import { utf8, type Bytes } from '#kernel/bytes.ts';
import { MvccStore } from '#mvcc/store.ts';
import { WatchableStore } from '#mvcc/watchable-store.ts';
import { rowOf, type Row } from '#cli/bench-row.ts';

const KEYS = 1_000_000;
const VALUE_BYTES = 100;
const READS = 20_000;
const RANGES = 2_000;
const RANGE_KEYS = 100;
const WATCHERS = 10_000;
const WATCHED_PUTS = 100_000;
const REPETITIONS = 5;
/** etcd commits its backend at so many changes. */
const COMMIT_EVERY = 10_000;
const MICROS = 1000;
const MEGABYTE = 1024 * 1024;

const keyOf = (i: number): Bytes => utf8(`/bench/key-${String(i).padStart(8, '0')}`);
const valueOf = (): Bytes => new Uint8Array(VALUE_BYTES).fill(7);

/** How long each call takes, µs, in order of length. */
function times(n: number, run: (i: number) => void): readonly number[] {
  const all = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const from = performance.now();
    run(i);
    all[i] = (performance.now() - from) * MICROS;
  }
  return [...all.sort()];
}

const at = (sorted: readonly number[], part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;

/** Median, and the 1st and 99th of a hundred instead of the extremes. */
function rowOfTimes(name: string, sorted: readonly number[], note?: string): Row {
  return {
    name,
    unit: 'µs',
    median: at(sorted, 0.5),
    low: at(sorted, 0.01),
    high: at(sorted, 0.99),
    ...(note === undefined ? {} : { note }),
  };
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MEGABYTE;
}

function load(store: MvccStore): Row[] {
  const before = memory();
  const keys = Array.from({ length: KEYS }, (_, i) => keyOf((i * 7919) % KEYS));
  const order = memory();
  const from = performance.now();
  const puts = times(KEYS, (i) => {
    store.put(keys[i] ?? keyOf(i), valueOf());
    if (i % COMMIT_EVERY === 0) store.size.commit();
  });
  const seconds = (performance.now() - from) / 1000;
  const after = memory();
  const note = `${VALUE_BYTES}-byte values`;
  return [
    rowOf('million keys: load', 's', [seconds], note),
    rowOfTimes('million keys: put while loading', puts, 'low and high: 1 % and 99 %'),
    rowOf('million keys: memory', 'MiB', [after - before], `keys alone ${(order - before).toFixed(0)} MiB`),
  ];
}

function read(store: MvccStore): Row[] {
  const random = createPrng(1, 'bench');
  const points = times(READS, () => void store.get(keyOf(random.nextBelow(KEYS))));
  const ranges = times(RANGES, () => {
    const start = random.nextBelow(KEYS - RANGE_KEYS);
    store.range({ key: keyOf(start), rangeEnd: keyOf(start + RANGE_KEYS) });
  });
  const overwrites = times(READS, () => void store.put(keyOf(random.nextBelow(KEYS)), valueOf()));
  return [
    rowOfTimes('million keys: get', points),
    rowOfTimes('million keys: range of 100 keys', ranges),
    rowOfTimes('million keys: put over a key', overwrites),
  ];
}

/** One revision of each key becomes old; then all old ones go. */
function compaction(store: MvccStore): Row[] {
  for (let i = 0; i < KEYS; i++) {
    store.put(keyOf((i * 7919) % KEYS), valueOf());
    if (i % COMMIT_EVERY === 0) store.size.commit();
  }
  store.size.commit();
  const steps: number[] = [];
  const timed = <T>(run: () => T): T => {
    const from = performance.now();
    const result = run();
    steps.push(performance.now() - from);
    return result;
  };
  timed(() => store.compact(store.currentRevision));
  const scheduling = steps[0] ?? NaN;
  let commits = 0;
  while (timed(() => store.compactStep().hasMore)) {
    // The member commits its backend every 100 ms, ten steps.
    if (steps.length % 10 === 0) {
      timed(() => store.size.commit());
      commits++;
    }
  }
  const sorted = steps.toSorted((a, b) => a - b);
  const row = (name: string, median: number): Row => ({ name, unit: 'ms', median, low: sorted[0] ?? NaN, high: sorted.at(-1) ?? NaN });
  return [
    rowOf('compaction of 1,000,000 revisions: scheduling', 'ms', [scheduling]),
    { ...row('compaction of 1,000,000 revisions: a step', at(sorted, 0.5)), note: `${sorted.length} steps, ${commits} commits` },
  ];
}

function watchedPuts(watchers: number): number {
  const store = new WatchableStore({ profile: '3.5' });
  const stream = store.openStream();
  for (let i = 0; i < watchers; i++) stream.watch({ key: keyOf(i) });
  const keys = Array.from({ length: WATCHERS }, (_, i) => keyOf(i));
  const from = performance.now();
  for (let i = 0; i < WATCHED_PUTS; i++) {
    store.put(keys[i % WATCHERS] ?? keyOf(i), valueOf());
    // The member drains at the end of each step.
    if (i % 64 === 63) stream.drain();
    if (i % COMMIT_EVERY === 0) store.size.commit();
  }
  return ((performance.now() - from) * MICROS) / WATCHED_PUTS;
}

/** All rows of this file. */
export function rows(): readonly Row[] {
  watchedPuts(0); // lets the compiler warm up
  watchedPuts(WATCHERS);
  const watched = [
    rowOf(
      'put, unwatched',
      'µs',
      Array.from({ length: REPETITIONS }, () => watchedPuts(0)),
      `${VALUE_BYTES}-byte values`,
    ),
    rowOf(
      'put, 10,000 watchers on distinct keys',
      'µs',
      Array.from({ length: REPETITIONS }, () => watchedPuts(WATCHERS)),
      'delivery included',
    ),
  ];
  const store = new MvccStore({ profile: '3.5' });
  return [...watched, ...load(store), ...read(store), ...compaction(store)];
}
