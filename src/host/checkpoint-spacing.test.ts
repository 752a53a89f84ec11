/** No instant of a run is far from a checkpoint, at whatever pace it was played and whatever the cluster had to do (issue: at most 5 virtual seconds apart). */
import { describe, expect, it } from 'vitest';
import { CheckpointSpacing } from '#host/checkpoint-spacing.ts';
import { ChunkPool } from '#host/chunk-pool.ts';
import { Session } from '#host/conductor/session.ts';
import { PAST_APART_MAX, PAST_INTERVAL_MICROS, Past } from '#host/past.ts';
import { playStep } from '#host/playback.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import type { Pace } from '#view/frame.ts';

const SECOND = 1_000_000;

interface Played {
  readonly session: Session;
  readonly tab: TestTab;
}

/** A tab in which `seconds` of virtual time have gone by. @param readingMicros wall time that a look at the clock takes: the less, the longer a slice */
async function played(seconds: number, pace: Pace, lines: readonly string[], readingMicros = 10): Promise<Played> {
  const tab = new TestTab(new FakeStorage(), { readingMicros });
  const session = new Session(tab.environment);
  await session.boot({ fragment: '', scope: '' }, () => undefined);
  for (const line of lines) {
    await session.withRun(async (run) => {
      run.catchUp();
      await run.terminals.execute('main', line);
      run.keepCommands();
    });
    await tab.passUntil(() => session.run !== undefined && session.run.played >= 0, SECOND);
  }
  session.playback.pace = pace;
  expect(await tab.passUntil(() => (session.run?.played ?? 0) >= seconds * SECOND, 600 * SECOND)).toBe(true);
  return { session, tab };
}

/** How far the checkpoints of a run, its beginning and its present lie apart, virtual µs. */
function gapsOf({ run, travel }: Session): readonly number[] {
  const times = [0, ...travel.past.times, run?.played ?? 0];
  return times.slice(1).map((at, i) => at - (times[i] ?? 0));
}

const FASTEST: Pace = { type: 'fastest' };

describe('another checkpoint', () => {
  const begun = { played: 5 * SECOND, world: { traceBytes: 100_000 } };
  const after = (micros: number, bytes: number) => ({
    played: begun.played + micros,
    world: { traceBytes: begun.world.traceBytes + bytes },
  });
  const kept = (at: number) => ({ at, view: at, checkpoint: { world: new Uint8Array(1), members: [] } });

  it('is due after the interval, or sooner where much happened and there was time for it, and never at once', () => {
    const past = Past.begin(new ChunkPool());
    let wall = 0;
    const isDue = (micros: number, bytes: number, waited = 1_000_000) => {
      const spacing = new CheckpointSpacing(() => wall, begun, past);
      wall += waited;
      return spacing.isDue(after(micros, bytes), past);
    };
    expect(isDue(PAST_INTERVAL_MICROS - 1, 1000)).toBe(false);
    expect(isDue(PAST_INTERVAL_MICROS, 1000, 0)).toBe(true);
    expect(isDue(SECOND, 100_000)).toBe(true);
    expect(isDue(SECOND, 100_000, 0)).toBe(false);
    expect(isDue(1000, 10_000_000)).toBe(false);
  });

  it('is not needed where the branch has one, nor shortly before it', () => {
    const past = Past.begin(new ChunkPool());
    past.add(kept(begun.played));
    past.add(kept(begun.played + 4 * SECOND));
    let wall = 0;
    const spacing = new CheckpointSpacing(() => (wall += SECOND), begun, past);
    const isDue = (micros: number, bytes: number) => spacing.isDue(after(micros, bytes), past);
    expect(isDue(3_100_000, 1000)).toBe(false);
    expect(isDue(3_900_000, 100_000)).toBe(false);
    expect(isDue(4 * SECOND, 100_000)).toBe(false);
    // It was passed: the next one is measured from there.
    expect(isDue(6_900_000, 100_100)).toBe(false);
    expect(isDue(7 * SECOND, 100_100)).toBe(true);
  });

  it('is due before one that is too far away', () => {
    const past = Past.begin(new ChunkPool());
    past.add(kept(begun.played));
    past.add(kept(begun.played + 5_500_000));
    expect(new CheckpointSpacing(() => 0, begun, past).isDue(after(3 * SECOND, 1000), past)).toBe(true);
  });
});

describe('checkpoints are at most 5 virtual seconds apart', () => {
  it('while an idle cluster of five goes by at the fastest pace, in slices that take longer than that', async () => {
    const { session } = await played(90, FASTEST, ['play new --nodes 5 --seed 7']);
    expect(session.run?.world.core.seats).toHaveLength(5);
    expect(session.run?.host.isAhead).toBe(false); // the slice is over
    expect(session.travel.past.times.length).toBeGreaterThan(18);
    expect(Math.max(...gapsOf(session))).toBeLessThanOrEqual(PAST_APART_MAX);
  }, 60_000);

  it('under 20 puts a second, and each is the state that a replay comes to', async () => {
    const { session, tab } = await played(30, FASTEST, ['play new --nodes 5 --seed 7', 'play traffic start --rate 20']);
    expect(Math.max(...gapsOf(session))).toBeLessThanOrEqual(PAST_APART_MAX);
    const { run, travel } = session;
    if (run === undefined) throw new Error('no run');
    // Each checkpoint is held against a replay from the one before it, and a difference is told with the run.
    const told: string[] = [];
    session.face.onUpdate = (update) => void told.push(...update.notices.map(({ type }) => type));
    session.halt(run);
    for (const at of [0, ...travel.past.times].slice(0, -1)) {
      await session.turn(() => travel.look(run, at + SECOND, travel.wish()));
      expect(travel.looking?.played).toBeGreaterThan(at);
      await tab.passUntil(() => false, SECOND);
    }
    expect(told).toEqual([]);
  }, 60_000);

  it('under a thousand puts a second on seven members', async () => {
    const { session } = await played(8, FASTEST, ['play new --nodes 7 --seed 5', 'play traffic start --clients 10 --rate 1000'], 30);
    expect(session.travel.past.times.length).toBeGreaterThan(1);
    expect(Math.max(...gapsOf(session))).toBeLessThanOrEqual(PAST_APART_MAX);
  }, 60_000);

  it('at sixty times the clock, and where time passes step by step', async () => {
    const { session } = await played(30, { type: 'fixed', rate: 60 }, ['play new --nodes 5 --seed 7']);
    await session.withRun(async (run) => {
      session.halt(run);
      await playStep(run, 'term', session.stops); // a calm cluster has no other term: it plays as long as a step may
    });
    expect(session.run?.played).toBeGreaterThan(80 * SECOND);
    expect(Math.max(...gapsOf(session))).toBeLessThanOrEqual(PAST_APART_MAX);
  }, 60_000);
});
