import { describe, expect, it } from 'vitest';

import { blocksOf, runSeeds } from '#checker/testing/many-seeds.ts';

describe('40 seeds × 60 virtual seconds of kills, freezes, partitions, changes of the membership, leadership transfers, snapshots and writes keep 3 members safe (paper §5, figure 3)', () => {
  it.each(blocksOf(1, 40))('seeds %d to %d', { timeout: 900_000 }, (from, to) => {
    const { violations, acknowledged, transfers, installs } = runSeeds(3, from, to);
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(1000);
    expect(transfers).toBeGreaterThan(0);
    expect(installs).toBeGreaterThan(0);
  });
});
