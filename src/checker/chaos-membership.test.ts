import { expect, it } from 'vitest';

import { FAULT_MIXES, DEFAULT_MIX } from '#checker/fault-mix.ts';
import { runSeeds } from '#checker/testing/many-seeds.ts';

it.each([3, 5])(
  '%d members stay safe while voters and learners come and go, leaders hand over and members fall (paper §6)',
  { timeout: 900_000 },
  (nodes) => {
    const { violations, changes, joins, transfers } = runSeeds(nodes, 1, 10, FAULT_MIXES['membership'] ?? DEFAULT_MIX);
    expect(violations).toEqual([]);
    expect(changes).toBeGreaterThan(10);
    expect(joins).toBeGreaterThan(3);
    expect(transfers).toBeGreaterThan(5);
  },
);
