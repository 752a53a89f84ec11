/** After a reload the past comes back by itself, and nobody who goes somewhere waits for it. */
import { describe, expect, it } from 'vitest';
import { Session } from '#host/conductor/session.ts';
import { PAST_APART_MAX } from '#host/past.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';

const SECOND = 1_000_000;

interface Tab {
  readonly session: Session;
  readonly tab: TestTab;
  readonly told: string[];
}

async function open(storage: FakeStorage): Promise<Tab> {
  const tab = new TestTab(storage, { readingMicros: 10 });
  const session = new Session(tab.environment);
  const told: string[] = [];
  await session.boot({ fragment: '', scope: '' }, (update) => void told.push(...update.notices.map(({ type }) => type)));
  return { session, tab, told };
}

/** A tab that is opened again after 40 virtual seconds of a cluster under load, paused. */
async function reopened(): Promise<Tab> {
  const storage = new FakeStorage();
  const { session, tab } = await open(storage);
  await session.withRun(async (run) => {
    run.catchUp();
    await run.terminals.execute('main', 'play traffic start --rate 20');
    run.keepCommands();
  });
  session.playback.pace = { type: 'fastest' };
  expect(await tab.passUntil(() => (session.run?.played ?? 0) >= 40 * SECOND, 600 * SECOND)).toBe(true);
  await session.withRun((run) => {
    session.halt(run);
    return Promise.resolve();
  });
  tab.close(storage);
  return open(storage);
}

function gapsOf({ run, travel }: Session): readonly number[] {
  const times = [0, ...travel.past.times, run?.played ?? 0];
  return times.slice(1).map((at, i) => at - (times[i] ?? 0));
}

describe('the past after a reload', () => {
  it('is one checkpoint at first, and is replayed while nobody wants anything, as it was', async () => {
    const { session, tab, told } = await reopened();
    expect(session.travel.past.times).toHaveLength(1);
    expect(Math.max(...gapsOf(session))).toBeGreaterThan(30 * SECOND);
    expect(await tab.passUntil(() => Math.max(...gapsOf(session)) <= PAST_APART_MAX, 600 * SECOND)).toBe(true);
    // The replay that was begun first goes on to the stored checkpoint, and its last way there is held against that.
    const { run, travel } = session;
    if (run === undefined) throw new Error('no run');
    const [before = 0] = travel.past.times.slice(-2);
    await session.turn(() => travel.look(run, before + 1000, travel.wish()));
    await tab.passUntil(() => false, 2 * SECOND);
    expect(told).toEqual(['restored']);
  }, 60_000);

  it('gives way to whoever goes somewhere, and goes on after it from where it was', async () => {
    const { session, tab } = await reopened();
    const { run, travel } = session;
    if (run === undefined) throw new Error('no run');
    expect(await tab.passUntil(() => travel.past.times.length > 4, 600 * SECOND)).toBe(true);
    const before = [...travel.past.times];
    expect(Math.max(...gapsOf(session))).toBeGreaterThan(PAST_APART_MAX);
    await session.turn(() => travel.look(run, 2 * SECOND, travel.wish()));
    expect(travel.looking?.playhead).toBe(2 * SECOND);
    expect(await tab.passUntil(() => Math.max(...gapsOf(session)) <= PAST_APART_MAX, 600 * SECOND)).toBe(true);
    expect(travel.past.times).toEqual(expect.arrayContaining(before));
    expect(travel.looking?.playhead).toBe(2 * SECOND);
  }, 60_000);

  it('is not replayed for another run, nor for a branch that begins before it is there', async () => {
    const { session, tab } = await reopened();
    const { run, travel } = session;
    if (run === undefined) throw new Error('no run');
    await session.turn(() => travel.look(run, 2 * SECOND, travel.wish()));
    await session.withRun(async (present) => {
      await present.terminals.execute('main', 'play kill etcd-1');
      present.keepCommands();
    });
    const branch = session.run;
    if (branch === undefined) throw new Error('no run');
    expect(travel.view(branch)).toHaveLength(2);
    expect(branch.played).toBeLessThan(5 * SECOND);
    await tab.passUntil(() => false, 20 * SECOND);
    for (const at of session.travel.past.times) expect(at).toBeLessThanOrEqual(branch.played);
  }, 60_000);
});
