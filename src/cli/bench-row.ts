/** What a benchmark hands to the driver, and how repeated measurements become one row. */

/** One line of the benchmark table. `low` and `high` are the least and the greatest of the repetitions. */
export interface Row {
  readonly name: string;
  /** Of `median`, `low` and `high`, such as `puts/s`, `ms`, `virtual s / s`. */
  readonly unit: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly note?: string;
}

/** The shape of a file in src/cli/bench. */
export interface BenchModule {
  readonly rows: () => Promise<readonly Row[]> | readonly Row[];
}

/**
 * Sums up repeated measurements of one thing.
 * @throws RangeError if there is none
 */
export function rowOf(name: string, unit: string, samples: readonly number[], note?: string): Row {
  const sorted = samples.toSorted((a, b) => a - b);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined) throw new RangeError(`${name}: no measurement`);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? high;
  const lower = sorted[Math.ceil(middle) - 1] ?? low;
  return { name, unit, median: (lower + upper) / 2, low, high, ...(note === undefined ? {} : { note }) };
}
