import { describe, expect, it } from 'vitest';

import { EVERY_FAULT } from '#checker/fault-mix.ts';
import { blocksOf, runSeeds } from '#checker/testing/many-seeds.ts';

describe('40 seeds × 60 virtual seconds of all faults of machines, disks, links, clocks and clients keep 5 members safe (paper §5, figure 3)', () => {
  it.each(blocksOf(1, 40))('seeds %d to %d', { timeout: 900_000 }, (from, to) => {
    const { violations, acknowledged, transfers, installs } = runSeeds(5, from, to, EVERY_FAULT);
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(1000);
    expect(transfers).toBeGreaterThan(0);
    expect(installs).toBeGreaterThan(0);
  });
});
