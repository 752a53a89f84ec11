import { describe, expect, it } from 'vitest';

import { BLOCKS, runSeeds } from '#checker/testing/many-seeds.ts';

describe('200 seeds × 60 virtual seconds of kills, freezes, partitions, leadership transfers, snapshots and writes keep 5 members safe (paper §5, figure 3)', () => {
  it.each(BLOCKS)('seeds %d to %d', { timeout: 360_000 }, (from, to) => {
    const { violations, acknowledged, transfers, installs } = runSeeds(5, from, to);
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(1000);
    expect(transfers).toBeGreaterThan(0);
    expect(installs).toBeGreaterThan(0);
  });
});
