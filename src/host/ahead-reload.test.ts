/** A run that is played at the fastest pace, where members run ahead of their workers, and a tab that ends at any moment of it. */
import { describe, expect, it } from 'vitest';
import { Page } from '#host/testing/test-page.ts';
import { FakeStorage } from '#host/testing/test-tab.ts';

const SECOND = 1_000_000;

/** A page at the fastest pace, with a leader. */
async function atFullSpeed(line?: string): Promise<Page> {
  const page = await new Page(new FakeStorage(), { readingMicros: 150 }).boot();
  if (line !== undefined) await page.conductor.execute('main', line);
  await page.conductor.setPace({ type: 'fastest' });
  await page.until(() => page.leader !== undefined, 8 * SECOND);
  return page;
}

/** A moment at which the tab may have ended, and what the page had been told by then. */
interface Moment {
  readonly storage: FakeStorage;
  readonly now: number;
  readonly oks: number;
}

const oks = (page: Page): number => page.output().match(/^OK$/gm)?.length ?? 0;

/** All moments while a line runs: one after each write to any file. */
async function momentsOf(page: Page, line: string): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  page.storage.onWrite = () => moments.push({ storage: page.storage.copy(), now: page.frame.now, oks: oks(page) });
  await page.run(line, 30 * SECOND);
  page.storage.onWrite = undefined;
  return moments;
}

/** The page that comes back is where the other was last told to be, or later, and the run is the one that its commands lead to, now and later. */
async function comesBack({ storage, now, oks: answered }: Moment): Promise<void> {
  const page = await new Page(storage).boot();
  expect(page.notices).toEqual([expect.objectContaining({ type: 'restored' })]);
  expect(page.frame.now).toBeGreaterThanOrEqual(Math.floor(now));
  expect(await page.isReproducible()).toBe(true);
  await page.conductor.pause();
  const keys = await page.keys('etcd-1', 'k');
  expect(keys.length).toBeGreaterThanOrEqual(answered);
}

describe('a run at the fastest pace', () => {
  it('has the trace that its commands lead to', async () => {
    const page = await atFullSpeed();
    await page.run(
      'for i in $(seq 1 40); do etcdctl put k$i v$i; done; play kill leader --power-loss; etcdctl put k41 v --command-timeout 9s',
      60 * SECOND,
    );
    await page.run('play restart all; play until "leader"; play run 2s', 60 * SECOND);
    await page.conductor.pause();
    expect(await page.isReproducible()).toBe(true);
    expect(oks(page)).toBeGreaterThanOrEqual(40);
  });

  it('shows what it shows at any other pace', async () => {
    const [fast, slow] = [await atFullSpeed(), await new Page(new FakeStorage()).boot()];
    await slow.until(() => slow.feed.length >= 60, 8 * SECOND);
    const told = (page: Page) => page.feed.slice(0, 60).map(({ at, member, fact }) => [at, member, fact]);
    expect(told(fast)).toEqual(told(slow));
  });

  it('comes back from every write of a loop of puts', async () => {
    const page = await atFullSpeed();
    const moments = await momentsOf(page, 'for i in $(seq 1 100); do etcdctl put k$i v$i; done');
    expect(oks(page)).toBe(100);
    expect(moments.length).toBeGreaterThan(20);
    expect(moments.length).toBeLessThan(60); // and not one for each put
    for (const moment of moments) await comesBack(moment);
  });

  it('comes back from every write while snapshots are made, logs are cut, and members die, are wiped, and join', async () => {
    const page = await atFullSpeed('play new --nodes 3 --seed 3 --snapshot-count 5 --catch-up-entries 3');
    const moments = await momentsOf(
      page,
      `for i in $(seq 1 30); do etcdctl put k$i v$i; done
play disk etcd-3 --tear 20
play kill etcd-3 --power-loss
for i in $(seq 31 60); do etcdctl put k$i v$i; done
play restart etcd-3; play kill etcd-2 --at walBeforeSync --power-loss
for i in $(seq 61 70); do etcdctl put k$i v$i --command-timeout 9s; done
play restart etcd-2; play run 11s
etcdctl member add etcd-4 --peer-urls=http://127.0.0.1:2680; play start etcd-4
for i in $(seq 71 90); do etcdctl put k$i v$i; done
play kill etcd-4; play wipe etcd-4; play run 200ms`,
    );
    expect(page.output()).not.toContain('play:');
    expect(page.frame.members.map(({ life }) => life)).toEqual(['up', 'up', 'up', 'dead']);
    const [count, stride] = [moments.length, Math.floor(moments.length / 30)];
    expect(count).toBeGreaterThan(150);
    for (const moment of moments.filter((_, i) => i % stride === 0)) await comesBack(moment);
  });

  it('goes on from where it came back to as if there had been no end', async () => {
    const page = await atFullSpeed();
    const moments = await momentsOf(page, 'for i in $(seq 1 30); do etcdctl put k$i v$i; done');
    for (const { storage } of moments.filter((_, i) => i % 5 === 0)) {
      const again = await new Page(storage, { readingMicros: 150 }).boot();
      await again.conductor.setPace({ type: 'fastest' });
      await again.run('play run 100ms; etcdctl put after all; play run 1s', 30 * SECOND);
      await again.conductor.pause();
      expect(again.output()).toMatch(/^(OK\n){1,2}$/); // the put that was under way has its terminal again
      expect(await again.isReproducible()).toBe(true);
      expect((await again.reload()).notices).toEqual([expect.objectContaining({ type: 'restored' })]);
    }
  });

  it('lets members crash whose disk refuses what it was given, with a report, and start again', async () => {
    const page = await atFullSpeed();
    const folder = page.storage.folder(['playground', 'member-2']);
    folder.dieAfterWrites(2);
    await page.conductor.execute('main', 'for i in $(seq 1 200); do etcdctl put k$i v$i; done');
    await page.until(() => page.frame.members[1]?.life === 'crashed', 2 * SECOND);
    expect(page.notices.filter((n) => n.type === 'engine-failed')).toEqual([
      expect.objectContaining({
        member: 'etcd-2',
        detail: expect.stringContaining('its worker was lost: Error: dead') as string,
        report: expect.stringContaining('"seed"') as string,
      }),
    ]);
    await page.until(() => page.exits().length === 1, 20 * SECOND);
    expect(oks(page)).toBe(200);
    folder.dieAfterWrites(Infinity);
    await page.run('play restart etcd-2; play run 2s', 20 * SECOND);
    expect(page.frame.members[1]).toMatchObject({ life: 'up', revision: page.frame.members[0]?.revision });
  });

  it('stays alive when a worker dies', async () => {
    const page = await atFullSpeed();
    page.tab.workers[2]?.fail('RangeError: out of memory');
    await page.until(() => page.frame.members[2]?.life === 'crashed', 2 * SECOND);
    expect(page.frame.members[2]?.crash).toContain('out of memory');
    await page.run('play restart etcd-3; etcdctl put a b; play run 1s', 20 * SECOND);
    expect(page.frame.members.map(({ life }) => life)).toEqual(['up', 'up', 'up']);
  });

  it('has its members in their workers again when the pace changes, time stops, or another instant is lived', async () => {
    const page = await atFullSpeed();
    await page.run('for i in $(seq 1 20); do etcdctl put k$i v$i; done', 20 * SECOND);
    await page.conductor.setPace({ type: 'fixed', rate: 1 });
    await page.run('etcdctl put slow 1', 20 * SECOND);
    await page.conductor.setPace({ type: 'fastest' });
    await page.run('etcdctl put fast 1', 20 * SECOND);
    await page.conductor.pause();
    await page.conductor.step('event');
    await page.conductor.execute('main', 'play kill etcd-2');
    let isThere = false;
    void page.conductor.seek(page.frame.now - 400_000).then(() => (isThere = true));
    await page.until(() => isThere, SECOND);
    await page.conductor.play();
    await page.tab.passUntil(() => false, 200_000);
    await page.run('play run 1s; etcdctl put again 1', 20 * SECOND);
    await page.conductor.pause();
    expect(page.notices.some((n) => n.type === 'engine-failed')).toBe(false);
    expect(await page.isReproducible()).toBe(true);
    expect((await page.reload()).notices).toEqual([expect.objectContaining({ type: 'restored' })]);
  });

  it('carries seven members under a thousand puts a second, with a backlog that is bounded', async () => {
    const page = await atFullSpeed('play new --nodes 7 --seed 5');
    await page.conductor.execute('main', 'play traffic start --clients 10 --rate 1000');
    const end = page.frame.now + SECOND;
    await page.until(() => page.frame.now > end, 60 * SECOND);
    await page.conductor.pause();
    expect(page.frame.members.every(({ life, revision }) => life === 'up' && revision > 100)).toBe(true);
    expect((await page.reload()).notices).toEqual([expect.objectContaining({ type: 'restored' })]);
  });
});
