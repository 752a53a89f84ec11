import { expect, expectPicture, test, type Playground } from './playground.ts';

/**
 * Four main states as pictures. Time is paused and goes by steps, so the same run stands at the same instant every time; geometry tests
 * hold the drawing to the pixel, these hold the page together.
 */

/** A run with a known seed, paused before anything happened. */
async function openPaused(playground: Playground): Promise<void> {
  const { page } = playground;
  await playground.open();
  await playground.setPace('1/1000×');
  await page.getByRole('button', { name: 'New cluster' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('3 members').check();
  await dialog.getByLabel('Seed').fill('7');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText('3 members · seed 7')).toBeVisible();
  await playground.pause();
}

/** Takes steps of a size until the headline says something. */
async function stepUntil(playground: Playground, size: 'one event' | 'one message' | 'one term', headline: RegExp): Promise<void> {
  const { page } = playground;
  await page.getByLabel('Step size').selectOption({ label: size });
  const step = page.getByRole('region', { name: 'Time' }).getByRole('button', { name: 'Step', exact: true });
  for (let taken = 0; taken < 200; taken++) {
    if (headline.test((await playground.headline.getAttribute('aria-label')) ?? '')) return;
    const before = await playground.seconds();
    await step.click();
    await expect.poll(async () => playground.seconds(), { intervals: [10, 20, 50] }).toBeGreaterThan(before);
  }
  throw new Error(`200 steps, and the headline is still not ${String(headline)}`);
}

test('a first leader', async ({ playground, page }) => {
  await openPaused(playground);
  await stepUntil(playground, 'one message', /leads term \d+\. Committed/);
  await expectPicture(page, 'first-leader.png');
});

test('a write on its way, with the log', async ({ playground, page }) => {
  await openPaused(playground);
  await stepUntil(playground, 'one message', /Committed up to 8/);
  await playground.request('put', 'foo', { value: 'bar', through: 'etcd-1' });
  await playground.openPanel('Log');
  for (let step = 0; step < 4; step++) {
    const before = await playground.seconds();
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await expect.poll(async () => playground.seconds()).toBeGreaterThan(before);
  }
  await expectPicture(page, 'write-on-its-way.png');
});

test('a dead leader and its successor, with details and terminal, dark', async ({ playground, page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await openPaused(playground);
  await stepUntil(playground, 'one message', /leads term 2\. Committed/);
  const { leader } = await playground.waitForLeader();
  await playground.toMember(leader, 'Kill');
  await playground.openPanel('Details');
  await playground.openPanel('Terminal');
  await stepUntil(playground, 'one term', /asks for votes|leads term 3\. Committed/);
  await stepUntil(playground, 'one message', /leads term 3\. Committed/);
  await expectPicture(page, 'successor-dark.png');
});

test('a network cut in two, on a phone', async ({ playground, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPaused(playground);
  await stepUntil(playground, 'one message', /leads term 2\. Committed/);
  const { leader } = await playground.waitForLeader();
  await page.getByRole('button', { name: 'Cut the network' }).click();
  await playground.member(leader).click();
  await page.getByRole('button', { name: 'Cut here' }).click();
  await stepUntil(playground, 'one term', /asks for votes|leads term 3\. Committed/);
  await stepUntil(playground, 'one message', /leads term 3\. Committed/);
  await expectPicture(page, 'cut-network-phone.png');
});
