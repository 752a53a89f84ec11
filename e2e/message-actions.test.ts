/** What can be done to a message on its way, by click: each button is a line, and the line does what the button says. */
import type { Locator, Page } from '@playwright/test';
import { defaultRunOptions } from '../src/sim/run-options.ts';
import { newRunSpec } from '../src/sim/run-spec.ts';
import { expect, test, type Playground } from './playground.ts';
import { etcdctlAt, standingLink } from './standing-link.ts';

/** A put is sent at 1.5 s; the page opens a little later, with time standing still. */
const OPENS_AT = 1_501_000;
const LINK = standingLink(
  { ...newRunSpec(7, { ...defaultRunOptions(), nodes: 3 }), commands: [etcdctlAt(1_500_000, 'put', 'a', '1')] },
  OPENS_AT,
  { panels: 'why' },
);

const inspector = (page: Page): Locator => page.getByRole('region', { name: 'This message' });
const appends = (page: Page): Locator => page.locator('[data-hit="message"]').filter({ hasText: /^append from/ });

async function step(playground: Playground): Promise<void> {
  const before = await playground.seconds();
  await playground.page.getByRole('region', { name: 'Time' }).getByRole('button', { name: 'Step', exact: true }).click();
  await expect.poll(async () => playground.seconds()).toBeGreaterThanOrEqual(before);
}

/** Virtual seconds at which the chosen message arrives. */
async function arrival(page: Page): Promise<number> {
  const text = (await inspector(page).locator('p').first().textContent()) ?? '';
  return Number(/arrives at ([\d.]+) s/.exec(text)?.[1]);
}

/** Chooses an append between members that is on its way. */
async function chooseAppend(playground: Playground): Promise<void> {
  const { page } = playground;
  await page.goto(`./#${LINK}`);
  await expect.poll(async () => playground.seconds(), { timeout: 30_000 }).toBe(OPENS_AT / 1e6);
  await page.getByLabel('Step size').selectOption({ label: 'one message' });
  await expect(async () => {
    if ((await appends(page).count()) === 0) await step(playground);
    await expect(appends(page).first()).toBeAttached({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await appends(page).first().click({ force: true });
  await expect(inspector(page)).toBeVisible();
}

/** The fields of the chosen message, as words and values. */
async function fields(page: Page): Promise<Readonly<Record<string, string>>> {
  const rows = await inspector(page).locator('dl > div').all();
  return Object.fromEntries(
    await Promise.all(rows.map(async (row) => [await row.locator('dt').innerText(), await row.locator('dd').innerText()] as const)),
  );
}

const press = async (page: Page, name: string): Promise<void> =>
  page.getByRole('group', { name: 'What can happen to it' }).getByRole('button', { name }).click();

test('all fields of a message are said in words', async ({ playground, page }) => {
  await chooseAppend(playground);
  const said = await fields(page);
  const [, sender, receiver] = /^append from (\S+) to (etcd-\d)/.exec((await appends(page).first().textContent()) ?? '') ?? [];
  expect(said).toEqual({
    'kind of message': 'MsgApp',
    sender,
    receiver,
    'term of the sender': '2',
    'term of the entry before, or of the last one': '2',
    'entry that it is about': '8',
    'entries that it carries': '1 (9..9)',
    'committed, as the sender knows': '8',
  });
});

test('a message is delayed: it arrives 50 ms later', async ({ playground, page }) => {
  await chooseAppend(playground);
  const before = await arrival(page);
  await press(page, 'Delay by 50 ms');
  await expect(playground.lastLine).toHaveText(/^play message \d+ --delay 50ms$/);
  await step(playground);
  await expect.poll(async () => arrival(page)).toBeCloseTo(before + 0.05, 3);
});

test('a message is duplicated: one more of it is on its way', async ({ playground, page }) => {
  await chooseAppend(playground);
  const title = (await appends(page).first().textContent()) ?? '';
  const same = page.locator('[data-hit="message"]').filter({ hasText: title });
  const before = await same.count();
  await press(page, 'Duplicate');
  await expect(playground.lastLine).toHaveText(/^play message \d+ --duplicate$/);
  await page.getByLabel('Step size').selectOption({ label: 'one event' });
  await step(playground);
  await expect(same).toHaveCount(before + 1);
});

test('a message is delivered now: it is no longer on its way', async ({ playground, page }) => {
  await chooseAppend(playground);
  const before = await arrival(page);
  await press(page, 'Deliver now');
  await expect(playground.lastLine).toHaveText(/^play message \d+ --deliver$/);
  await step(playground);
  await expect(inspector(page)).toBeHidden();
  expect(await playground.seconds()).toBeLessThan(before);
});

test('a message is dropped: it arrives nowhere', async ({ playground, page }) => {
  await chooseAppend(playground);
  await press(page, 'Drop');
  await expect(playground.lastLine).toHaveText(/^play message \d+ --drop$/);
  await step(playground);
  // What is lost cannot be tampered with.
  await expect(page.getByRole('group', { name: 'What can happen to it' })).toBeHidden();
});
