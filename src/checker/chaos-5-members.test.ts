import { describe, expect, it } from 'vitest';

import { BLOCKS, violationsOf } from '#checker/testing/many-seeds.ts';

describe('200 seeds × 60 virtual seconds of kills, freezes, partitions and writes keep 5 members safe (paper §5, figure 3)', () => {
  it.each(BLOCKS)('seeds %d to %d', { timeout: 180_000 }, (from, to) => {
    const { violations, acknowledged } = violationsOf(5, from, to);
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(500);
  });
});
