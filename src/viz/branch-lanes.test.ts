import { describe, expect, it } from 'vitest';
import { branchLanes } from '#viz/branch-lanes.ts';

describe('two branches on one axis', () => {
  const lanes = branchLanes({ heads: [10_000_000, 6_000_000], forkedAt: 4_000_000, parting: 4_100_000 }, 500);

  it('have one time scale: the longer one reaches the end', () => {
    expect(lanes.lanes.map(({ to }) => to)).toEqual([488, 294.4]);
    expect(lanes.common.x).toBeCloseTo(4 + 0.4 * 484);
  });

  it('part no earlier than they were forked', () => {
    expect(lanes.parting).toBeGreaterThanOrEqual(lanes.common.x);
    expect(branchLanes({ heads: [1, 1], forkedAt: 5, parting: undefined }, 100).common.x).toBeLessThanOrEqual(100);
  });
});
