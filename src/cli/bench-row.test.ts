import { describe, expect, it } from 'vitest';
import { rowOf } from '#cli/bench-row.ts';

describe('a benchmark row', () => {
  it('takes the middle of an odd number of measurements', () => {
    expect(rowOf('x', 'ms', [5, 1, 3])).toEqual({ name: 'x', unit: 'ms', median: 3, low: 1, high: 5 });
  });

  it('takes the mean of the two middle ones of an even number', () => {
    expect(rowOf('x', 'ms', [4, 1, 3, 2], 'warm')).toEqual({ name: 'x', unit: 'ms', median: 2.5, low: 1, high: 4, note: 'warm' });
  });

  it('refuses to sum up nothing', () => {
    expect(() => rowOf('x', 'ms', [])).toThrow('x: no measurement');
  });
});
