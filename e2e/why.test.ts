import type { Locator, Page } from '@playwright/test';
import { expect, test, type Playground } from './playground.ts';

/** What a visitor asks of the run, found as a visitor finds it. */

const why = (playground: Playground): Locator => playground.page.getByRole('region', { name: 'Why', exact: true });
const tab = (playground: Playground, name: string): Locator => playground.page.getByRole('tab', { name, exact: true });
const feed = (playground: Playground): Locator => playground.page.getByRole('list', { name: 'Events' });

/** A cluster of a seed, with the rail open; time passes at its own pace. */
async function begin(playground: Playground, nodes: number): Promise<{ readonly leader: string; readonly term: number }> {
  await playground.open();
  await playground.type(`play new --nodes ${nodes} --seed 7`);
  await expect(playground.page.getByText(new RegExp(`^${nodes} members · seed 7 ·`))).toBeVisible();
  const found = await playground.waitForLeader({ after: 1 });
  await playground.openPanel('Details');
  return found;
}

/** Waits until a member answers: one that is cut off before it was ever ready takes no requests. */
async function serves(playground: Playground, member: string): Promise<void> {
  await playground.setPace('1×');
  await expect(await playground.request('get', 'nothing', { through: member })).toContainText('done');
}

/** Makes a request in the terminal, and chooses it among the requests; its stages as a table. */
async function lifeOf(playground: Playground, line: string): Promise<Locator> {
  const { page } = playground;
  await playground.type(`etcdctl ${line}`);
  await page.getByText('The life of a request').click();
  const choice = page.getByLabel('Which request');
  const option = choice.locator('option', { hasText: line });
  await expect(option).toHaveCount(1);
  // By value: the text of the option grows with what becomes of the request.
  await choice.selectOption((await option.getAttribute('value')) ?? '');
  return page.getByRole('table', { name: 'The life of a request' });
}

/** The middle of an append on its way over which nothing lies; undefined if there is none. */
const seenAppend = async (page: Page): Promise<{ readonly x: number; readonly y: number } | undefined> =>
  page.evaluate(() => {
    for (const message of document.querySelectorAll('[data-hit="message"]')) {
      const box = message.querySelector('.msg-append')?.getBoundingClientRect();
      if (box === undefined) continue;
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      if (message.contains(document.elementFromPoint(x, y))) return { x, y };
    }
    return undefined;
  });

test.describe('why', () => {
  test('a leader leads is answered before anybody asks, with the votes and the paper', async ({ playground }) => {
    const { leader } = await begin(playground, 3);
    await expect(why(playground).getByRole('heading')).toHaveText(`Why does ${leader} lead term 2?`);
    await expect(why(playground)).toContainText('voted for it; 2 are a majority.');
    await expect(why(playground)).toContainText('Raft §5.2');
  });

  test('a request hangs in a partition: who has not acknowledged its entry, and when the leader steps down', async ({
    playground,
    page,
  }) => {
    const { leader } = await begin(playground, 5);
    await serves(playground, leader);
    // So slow that the leader is a leader for a minute of ours: it steps down after an election timeout without a majority.
    await playground.setPace('1/50×');
    await playground.type(`play isolate ${leader}`);
    await playground.request('put', 'foo', { value: 'lost', through: leader });
    await page.getByText('The life of a request').click();
    const choice = page.getByLabel('Which request');
    await expect(choice.locator('option', { hasText: 'put foo lost' })).toHaveCount(1);
    await choice.selectOption({ index: 1 });
    await expect(why(playground).getByRole('heading')).toHaveText('Why does “put foo lost” hang?');
    await expect(why(playground)).toContainText('has not acknowledged it: the link to the leader is cut.');
    await playground.pause();
    await expect(why(playground)).toContainText('1 of 5, a majority is 3.');
  });

  test('an entry is not committed is answered at its cell', async ({ playground, page }) => {
    const { leader } = await begin(playground, 5);
    await serves(playground, leader);
    await playground.setPace('1/50×');
    await playground.type(`play isolate ${leader}`);
    await playground.request('put', 'foo', { value: 'lost', through: leader });
    await playground.openPanel('Log');
    const cell = page.getByRole('table', { name: 'Log' }).getByRole('row', { name: leader }).getByRole('cell').last();
    await expect(cell).toHaveAccessibleName(/foo=lost/);
    await playground.pause();
    await cell.click();
    await expect(why(playground).getByRole('heading')).toHaveText(new RegExp(`^Why is entry \\d+ on ${leader} not committed\\?$`));
    await expect(why(playground)).toContainText('1 of 5, a majority is 3.');
  });

  test('a reason is a door to its moment', async ({ playground, page }) => {
    await begin(playground, 3);
    await why(playground)
      .getByRole('button', { name: /voted for it;/ })
      .click();
    await expect(page.getByRole('button', { name: 'Back to the present' })).toBeVisible();
    await expect.poll(() => playground.seconds()).toBeLessThan(2);
  });

  test('a vote was refused: the leader was heard a moment ago', async ({ playground, page }) => {
    const { leader } = await begin(playground, 3);
    const other = ['etcd-1', 'etcd-2', 'etcd-3'].find((name) => name !== leader) ?? '';
    await playground.type(`play timeout ${other}`);
    await feed(playground)
      .getByRole('button', { name: new RegExp(`would not vote for ${other}`) })
      .first()
      .click();
    await expect(why(playground).getByRole('heading')).toHaveText(new RegExp(`^Why would etcd-\\d not vote for ${other}\\?$`));
    await expect(why(playground)).toContainText('less than an election timeout');
    await page.keyboard.press('Escape');
    await expect(why(playground).getByRole('heading')).toHaveText(/^Why does etcd-\d lead term/);
  });
});

test('the feed is searched and filtered', async ({ playground, page }) => {
  const { leader } = await begin(playground, 3);
  await playground.type('etcdctl put needle 1');
  await page.getByRole('searchbox', { name: 'Search' }).fill('needle');
  await expect(feed(playground).getByRole('listitem').filter({ hasText: 'needle' }).first()).toBeVisible();
  await expect(feed(playground).getByRole('listitem').filter({ hasNotText: 'needle' })).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Search' }).fill('');
  await page.getByLabel('About').selectOption({ label: 'elections' });
  await expect(feed(playground)).toContainText(`${leader} won term 2`);
  await expect(feed(playground)).not.toContainText('needle');
});

test.describe('the life of a request', () => {
  test('a put is followed from the client to every disk and back', async ({ playground }) => {
    await begin(playground, 3);
    const table = await lifeOf(playground, 'put a 1');
    for (const stage of [/request to/, /appends/, /flushes/, /acknowledges/, /commits/, /applies/, /^answer/])
      await expect(table.getByRole('rowheader', { name: stage }).first()).toBeAttached();
  });

  test('its stages are walked by keyboard; one that is chosen shows its instant and stays among the others', async ({
    playground,
    page,
  }) => {
    await begin(playground, 3);
    const table = await lifeOf(playground, 'put a 1');
    await expect(table.getByRole('rowheader', { name: /^answer/ })).toBeAttached();
    // The last that happens: no more stages come.
    await expect(table.getByRole('rowheader', { name: /applies$/ })).toHaveCount(3);
    await playground.pause();
    const stages = table.getByRole('rowheader').getByRole('button');
    const count = await stages.count();
    await page.getByLabel('Which request').press('Tab');
    await expect(stages.first()).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(stages.nth(1)).toBeFocused();
    await expect(page.locator('.life-focused')).toHaveCount(1);
    await page.keyboard.press('End');
    await expect(stages.last()).toBeFocused();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Back to the present' })).toBeVisible();
    await expect(stages).toHaveCount(count);
    await expect(stages.first()).toHaveAttribute('aria-pressed', 'true');
  });

  test('what it led to lights up in the log and on the tape', async ({ playground, page }) => {
    const { leader } = await begin(playground, 3);
    const table = await lifeOf(playground, 'put a 1');
    await expect(table.getByRole('rowheader', { name: /acknowledges/ })).toHaveCount(2);
    await playground.openPanel('Log');
    await playground.pause();
    const lit = page.getByRole('table', { name: 'Log' }).locator('.cell-effect');
    await expect(lit).toHaveCount(3);
    await expect(lit.first()).toHaveAccessibleName(/a=1/);
    await expect(page.getByRole('region', { name: 'Time' }).locator('.tape-effect').first()).toBeAttached();
    // The entry of the leader lit up: what made it is a cause, what followers wrote because of it an effect.
    await page.getByRole('table', { name: 'Log' }).getByRole('row', { name: leader }).getByRole('cell', { name: /a=1/ }).click();
    await expect(lit).toHaveCount(2);
  });
});

test('a member shows its log, and it is searched', async ({ playground, page }) => {
  const { leader } = await begin(playground, 3);
  await tab(playground, 'Member').click();
  await page.getByRole('group', { name: 'Member', exact: true }).getByRole('button', { name: leader }).click();
  await page.getByText('Log of its process').click();
  await page.getByRole('searchbox', { name: 'Search in the log' }).fill('became leader');
  await expect(page.getByRole('list', { name: 'Log of its process' })).toContainText('became leader at term 2');
  await page.getByText('State and queues').click();
  await expect(page.getByText(/\d+ of \d+ ticks of 100 ms/)).toBeVisible();
});

test('a guarantee that a broken rule breaks is shown, and its moment is gone to', async ({ playground, page }) => {
  await playground.open();
  await playground.openPanel('Details');
  await tab(playground, 'Safety').click();
  await expect(page.getByText(/^Every guarantee has held so far/)).toBeVisible();
  await playground.type('play new --nodes 3 --seed 7 --break commit-without-majority');
  await expect(page.getByText(/^3 members · seed 7 ·/)).toBeVisible();
  const { leader } = await playground.waitForLeader({ after: 1 });
  await serves(playground, leader);
  // In one line, so that the leader has no time to step down in between.
  const port = 2279 + 100 * Number(leader.replace('etcd-', ''));
  await playground.type(`play isolate ${leader}; etcdctl --endpoints 127.0.0.1:${port} put a lost`);
  await expect(page.getByText(/guarantees? (was|were) broken/)).toBeVisible({ timeout: 30_000 });
  await page
    .getByRole('button', { name: /^Go to / })
    .first()
    .click();
  await expect(page.getByRole('button', { name: 'Back to the present' })).toBeVisible();
});

test('a message on its way is dropped by a click', async ({ playground, page }) => {
  await begin(playground, 3);
  await playground.pause();
  await playground.type('etcdctl put a 1');
  // One message after another, until one travels between members where nothing lies over it.
  await page.getByLabel('Step size').selectOption({ label: 'one message' });
  let append = await seenAppend(page);
  await expect(async () => {
    if (append === undefined) await page.getByRole('button', { name: 'Step', exact: true }).click();
    await playground.drawn();
    append = await seenAppend(page);
    expect(append).toBeDefined();
  }).toPass({ timeout: 30_000 });
  await page.mouse.click(append?.x ?? 0, append?.y ?? 0);
  await expect(page.getByRole('region', { name: 'This message' })).toBeVisible();
  await page.getByRole('group', { name: 'What can happen to it' }).getByRole('button', { name: 'Drop' }).click();
  await expect(playground.lastLine).toHaveText(/^play message \d+ --drop$/);
});
