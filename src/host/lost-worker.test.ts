/** A worker that is lost costs its member, and nothing of what makes a run: it is played again from its commands, the crash among them. */
import { expect, it } from 'vitest';
import { createConductor } from '#host/conductor.ts';
import type { WorkerPort } from '#host/node-client.ts';
import { readGivenRun } from '#host/share.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import { traceHashAt } from '#host/trace-check.ts';
import type { Notice, Update } from '#view/conductor.ts';
import type { Frame, Pace } from '#view/frame.ts';

const SECOND = 1_000_000;

/** @param stillborn which of the workers, by the order in which they are made, dies before it has done anything */
async function openPage(storage: FakeStorage, pace: Pace, stillborn = -1) {
  const tab = new TestTab(storage, { readingMicros: pace.type === 'fastest' ? 1000 : 0 });
  const spawn = (): WorkerPort => {
    const worker = tab.environment.spawn();
    const made = tab.workers.at(-1);
    if (tab.workers.length - 1 === stillborn) queueMicrotask(() => made?.fail('RangeError: out of memory'));
    return worker;
  };
  const conductor = createConductor({ ...tab.environment, spawn });
  const notices: Notice[] = [];
  const seen: { frame: Frame | undefined } = { frame: undefined };
  await conductor.boot({ fragment: '', scope: '' }, (update: Update) => {
    seen.frame = update.frame;
    notices.push(...update.notices);
  });
  await conductor.setPace(pace);
  const until = async (holds: (frame: Frame) => boolean): Promise<void> => {
    expect(await tab.passUntil(() => seen.frame !== undefined && holds(seen.frame), 120 * SECOND)).toBe(true);
  };
  const frame = (): Frame => {
    if (seen.frame === undefined) throw new Error('no frame yet');
    return seen.frame;
  };
  return { tab, conductor, notices, until, frame };
}

/** The run as a file, played again by somebody else, has the trace that it had here. @returns when the member crashed, µs */
async function isReplayable({ conductor, tab }: Awaited<ReturnType<typeof openPage>>, lost = LOST): Promise<number> {
  const { file } = await conductor.share();
  const given = readGivenRun(file);
  if (given.type === 'error' || given.run.head === undefined) throw new Error('the run cannot be read');
  const { spec, head } = given.run;
  expect(await traceHashAt(head.at, spec, { environment: { ...tab.environment, now: () => 0 }, isStale: () => false })).toBe(head.trace);
  const crashes = spec.commands.flatMap(({ at, command }) => (command.type === 'crash' ? [{ at, command }] : []));
  expect(crashes.map(({ command }) => `${command.nodes.join(' ')}: ${command.reason ?? ''}`)).toEqual([lost]);
  return crashes[0]?.at ?? 0;
}

/** Ends a page that stands still, and opens it again: it is where it was. */
async function reload(page: Awaited<ReturnType<typeof openPage>>, storage: FakeStorage, pace: Pace): ReturnType<typeof openPage> {
  const { now, members } = page.frame();
  page.tab.close(storage);
  const again = await openPage(storage, pace);
  await again.until(() => true);
  expect(again.frame()).toMatchObject({ now, members: members.map(({ name, life, crash }) => ({ name, life, crash })) });
  expect(again.notices.map(({ type }) => type)).toEqual(['restored']);
  return again;
}

const LOST = 'etcd-3: its worker was lost: RangeError: out of memory';

it.each<Pace>([{ type: 'fixed', rate: 4 }, { type: 'fastest' }])(
  'a member whose worker dies crashes by a recorded command, at pace $type: a replay, a seek and a reload come to the same',
  async (pace) => {
    const storage = new FakeStorage();
    const page = await openPage(storage, pace);
    await page.until((frame) => frame.headline.type === 'leader' && frame.now > 3 * SECOND);
    page.tab.workers[2]?.fail('RangeError: out of memory');
    await page.until((frame) => frame.members[2]?.life === 'crashed');
    const diedAt = page.frame().now;
    expect(page.frame().members[2]?.crash).toBe('forced by play crash: its worker was lost: RangeError: out of memory');
    const failures = page.notices.filter(({ type }) => type === 'engine-failed');
    expect(failures).toMatchObject([{ member: 'etcd-3', report: expect.stringContaining('"reason":"its worker was lost') as string }]);
    await page.until((frame) => frame.now > diedAt + SECOND);
    await page.conductor.execute('main', 'play restart etcd-3');
    await page.until((frame) => frame.members[2]?.life === 'up' && frame.now > diedAt + 3 * SECOND);
    await page.conductor.pause();
    const crashedAt = await isReplayable(page);

    let sought = false;
    void page.conductor.seek(crashedAt - 1000).then(() => (sought = true));
    await page.until(() => sought);
    expect(page.frame().members[2]?.life).toBe('up');
    await page.conductor.play();
    await page.until((frame) => frame.now > crashedAt + SECOND);
    expect(await isReplayable(page)).toBe(crashedAt);
    await page.conductor.pause();
    await reload(page, storage, pace);
    expect(page.notices.filter(({ type }) => type === 'engine-failed')).toHaveLength(2);
  },
);

it.each<Pace>([{ type: 'fixed', rate: 4 }, { type: 'fastest' }])(
  'a member whose worker dies before the first instant has started, and crashes by a recorded command, at pace $type',
  async (pace) => {
    const storage = new FakeStorage();
    const page = await openPage(storage, pace, 2);
    await page.until((frame) => frame.members[2]?.life === 'crashed' && frame.headline.type === 'leader');
    await page.conductor.execute('main', 'play restart etcd-3');
    await page.until((frame) => frame.members[2]?.life === 'up' && frame.now > 3 * SECOND);
    await page.conductor.pause();
    await isReplayable(page);
  },
);

it('a page that ends before the lost member’s disk is written comes back to its run all the same', async () => {
  const storage = new FakeStorage();
  const pace: Pace = { type: 'fixed', rate: 4 };
  // The fourth worker of a page is the one that is to write it.
  const page = await openPage(storage, pace, 3);
  await page.until((frame) => frame.headline.type === 'leader' && frame.now > 3 * SECOND);
  // What it is given next is to be written.
  await page.conductor.setPace({ type: 'fixed', rate: 0.02 });
  await page.conductor.execute('form', 'etcdctl put foo bar');
  const append = () => page.frame().messages.find(({ kind, entries }) => kind === 'append' && entries > 0);
  await page.until(() => append() !== undefined);
  const victim = append()?.to ?? '';
  const at = page.frame().members.findIndex(({ name }) => name === victim);
  page.tab.workers[at]?.fail('RangeError: out of memory');
  await page.until((frame) => frame.members[at]?.life === 'crashed');
  await page.conductor.pause();
  const again = await reload(page, storage, pace);
  await again.conductor.execute('main', `play restart ${victim}`);
  await again.until((frame) => frame.members[at]?.life === 'up');
});

it('a member that joins and whose worker dies at once crashes by a recorded command', async () => {
  const page = await openPage(new FakeStorage(), { type: 'fixed', rate: 4 }, 3);
  await page.until((frame) => frame.headline.type === 'leader');
  await page.conductor.execute('main', 'play run 11s; etcdctl member add etcd-4 --peer-urls=http://127.0.0.1:2680; play start etcd-4');
  await page.until((frame) => frame.members[3]?.life === 'crashed');
  await page.conductor.pause();
  await isReplayable(page, LOST.replace('etcd-3', 'etcd-4'));
});
