/** What falls away of a long run, and when the page is told. */
import { describe, expect, it } from 'vitest';
import { PAST_COUNT_MAX, PAST_INTERVAL_MICROS } from '#host/past.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import { TimeTravel } from '#host/time-travel.ts';
import type { StoredCheckpoint } from '#host/run-store.ts';

const NOTHING = { branches: undefined, checkpoint: undefined, origin: undefined };

const tiny = (at: number): StoredCheckpoint => ({ at, view: at, checkpoint: { world: Uint8Array.of(at % 251), members: [] } });

function longRun(known: Parameters<TimeTravel['begin']>[0], count: number): TimeTravel {
  const travel = new TimeTravel(new TestTab(new FakeStorage()).environment, () => undefined);
  travel.begin(known);
  for (let i = 1; i <= count; i++) travel.past.add(tiny(i * PAST_INTERVAL_MICROS));
  return travel;
}

describe('a long run', () => {
  it('reaches back to its beginning for a virtual hour, and nothing is said', () => {
    const travel = longRun(NOTHING, 3_600_000_000 / PAST_INTERVAL_MICROS);
    expect(travel.past.floor).toBe(0);
    expect(travel.takeForgotten()).toBeUndefined();
  });

  it('says once from where on it can be gone back to, when its beginning has fallen away', () => {
    const travel = longRun(NOTHING, 7_200_000_000 / PAST_INTERVAL_MICROS);
    expect(travel.past.times.length).toBeLessThanOrEqual(PAST_COUNT_MAX);
    expect(travel.past.floor).toBeGreaterThan(0);
    expect(travel.takeForgotten()).toBe(travel.past.floor);
    expect(travel.takeForgotten()).toBeUndefined();
  });

  it('says nothing of what never was: a run that began on disks', () => {
    const travel = longRun({ ...NOTHING, origin: tiny(7) }, 10);
    expect(travel.past.floor).toBe(7);
    expect(travel.takeForgotten()).toBeUndefined();
  });
});
