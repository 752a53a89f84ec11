import { expect, it } from 'vitest';

import { Coverage } from '#checker/coverage.ts';
import { EVERY_FAULT, SELDOM_FAULTS } from '#checker/fault-mix.ts';
import { runSeeds } from '#checker/testing/many-seeds.ts';

/**
 * So seldom that a test's few seeds do not promise them; the runs of docs/checkers.md have them all.
 */
const SELDOM = new Set(['error: etcdserver: no leader', 'fault: kill of all, power lost', 'fault: flipped bit']);

it(
  'a few seeds of all faults bring about what is listed: messages, roles, faults, happenings, most crash points',
  { timeout: 900_000 },
  () => {
    const seen = new Coverage();
    expect(runSeeds(3, 1, 16, EVERY_FAULT, seen).violations).toEqual([]);
    expect(runSeeds(3, 1, 6, SELDOM_FAULTS, seen).violations).toEqual([]);
    const missing = seen.missing();
    const points = missing.filter((name) => name.startsWith('crash point: '));
    expect(missing.filter((name) => !points.includes(name) && !SELDOM.has(name))).toEqual([]);
    expect(points.length).toBeLessThan(10);
  },
);
