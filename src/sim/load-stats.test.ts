/** What a load client measures. */
import { describe, expect, it } from 'vitest';
import { BUCKET_MICROS, ended, freshStats, latencySlot, mergeBuckets, percentile, rolled, underWay } from '#sim/load-stats.ts';

describe('latencies', () => {
  it('are told within an eighth of what they are', () => {
    for (const micros of [8, 100, 999, 1000, 12_345, 5_000_000]) {
      const shown = percentile({ [latencySlot(micros)]: 1 }, 0.5);
      expect(Math.abs(shown - micros) / micros).toBeLessThanOrEqual(1 / 8);
    }
  });

  it('have percentiles of their counts', () => {
    const latencies = { [latencySlot(1000)]: 90, [latencySlot(50_000)]: 9, [latencySlot(900_000)]: 1 };
    expect(percentile(latencies, 0.5)).toBeLessThan(1200);
    expect(percentile(latencies, 0.95)).toBeGreaterThan(40_000);
    expect(percentile(latencies, 1)).toBeGreaterThan(700_000);
    expect(percentile({}, 0.5)).toBe(0);
  });

  it('of several clients add up', () => {
    const one = ended(freshStats(0), 'put', 'ok', 1000, 10).now;
    const two = ended(freshStats(0), 'put', 'unknown', 1000, 10).now;
    expect(mergeBuckets(0, [one, two])).toMatchObject({ ok: 1, unknown: 1, latencies: { [latencySlot(1000)]: 1 } });
  });
});

describe('stretches of time', () => {
  it('begin anew, keep a minute, and the total keeps all', () => {
    let stats = freshStats(0);
    for (let i = 0; i < 300; i++) stats = ended(stats, 'get', 'ok', 500, i * BUCKET_MICROS);
    expect(stats.past.length).toBeLessThanOrEqual(120);
    expect(stats.now.ok).toBe(1);
    expect(stats.total.ok).toBe(300);
    expect(stats.kinds).toEqual({ get: { ok: 300, failed: 0, unknown: 0 } });
  });

  it('know the most that was under way', () => {
    const stats = underWay(underWay(freshStats(0), 5, 1), 3, 2);
    expect(stats.now.inFlight).toBe(5);
    expect(rolled(stats, 2 * BUCKET_MICROS).now.inFlight).toBe(0);
  });
});
