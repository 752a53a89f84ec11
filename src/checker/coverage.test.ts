import { expect, it } from 'vitest';

import { Coverage } from '#checker/coverage.ts';
import { EVERY_FAULT, POINTS_MIX, SELDOM_FAULTS } from '#checker/fault-mix.ts';
import { runSeeds } from '#checker/testing/many-seeds.ts';

it(
  'a few seeds of the mixes bring about all that is listed: messages, roles, faults, crash points, happenings, error answers',
  { timeout: 900_000 },
  () => {
    const seen = new Coverage();
    expect(runSeeds(3, 1, 16, EVERY_FAULT, seen).violations).toEqual([]);
    expect(runSeeds(3, 1, 6, SELDOM_FAULTS, seen).violations).toEqual([]);
    expect(runSeeds(3, 1, 6, POINTS_MIX, seen).violations).toEqual([]);
    expect(seen.missing()).toEqual([]);
  },
);
