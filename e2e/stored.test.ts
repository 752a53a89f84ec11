import { expect, Playground, test } from './playground.ts';

/** What a reload, a second tab and a browser without files do to the cluster. */
test.describe('the stored cluster', () => {
  test('is at the same instant after a reload, with its keys on its disks', async ({ playground, page }) => {
    await playground.open();
    await playground.request('put', 'foo', { value: 'kept' });
    await expect(playground.answers).toContainText('OK');
    const { leader, term } = await playground.waitForLeader();
    await playground.toMember(leader, 'Kill');
    await playground.waitForLeader({ after: term });
    await playground.pause();
    const instant = await playground.seconds();

    await page.reload();
    await expect(page.getByText(`You are back where you were, at ${String(instant)}`)).toBeVisible();
    await expect(playground.member(leader)).toHaveAccessibleName(/down/);
    // Time was stopped, and it stays so.
    await expect.poll(() => playground.seconds()).toBe(instant);
    await playground.resume();

    await playground.toMember(leader, 'Restart');
    await expect(playground.member(leader)).toHaveAccessibleName(/follower/, { timeout: 15_000 });
    const answer = await playground.request('get', 'foo', { through: leader });
    await expect(answer).toContainText('kept');
  });

  test('comes back from the middle of a loop at the fastest pace, with all that was answered on its disks', async ({
    playground,
    page,
  }) => {
    test.slow();
    await playground.open();
    await playground.openPanel('Terminal');
    const answered = async (): Promise<number> => ((await playground.output.textContent()) ?? '').match(/OK/g)?.length ?? 0;
    for (let round = 1; round <= 3; round++) {
      await page.getByLabel('Pace').selectOption('fastest');
      await playground.type(`for i in $(seq 1 2000); do etcdctl put r${String(round)}/k$i v; done`);
      await expect.poll(answered, { timeout: 60_000 }).toBeGreaterThan(30 * round);
      const oks = await answered();
      await page.reload();
      await expect(page.getByText('You are back where you were')).toBeVisible();
      await playground.openPanel('Terminal');
      await playground.type(`echo keys $(etcdctl get r${String(round)}/ --prefix --keys-only | grep -c k)`);
      await expect(playground.output).toContainText(/keys \d+/, { timeout: 20_000 });
      const keys = Number(/keys (\d+)/.exec((await playground.output.textContent()) ?? '')?.[1]);
      expect(keys).toBeGreaterThanOrEqual(oks);
    }
  });

  test('belongs to one tab; a second one gets its own and says so', async ({ playground, context }) => {
    await playground.open();
    await playground.request('put', 'mine', { value: 'first' });
    await expect(playground.answers).toContainText('OK');
    const second = await context.newPage();
    await second.goto('./');
    await expect(second.getByText('Another tab has the stored cluster.')).toBeVisible();
    await expect(second.getByRole('banner').getByRole('status')).toHaveAttribute('aria-label', /leads term/, { timeout: 15_000 });
    await second.close();
    const answer = await playground.request('get', 'mine');
    await expect(answer).toContainText('first');
  });

  test('goes when the visitor deletes it', async ({ playground, page }) => {
    await playground.open();
    await playground.request('put', 'foo', { value: 'gone' });
    await expect(playground.answers).toContainText('OK');
    await page.getByRole('button', { name: 'Help, legend and keys' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete all stored data' }).click();
    await playground.begin(async () => page.getByRole('dialog').getByRole('button', { name: 'Really delete?' }).click());
    const answer = await playground.request('get', 'foo');
    await expect(answer).toContainText('done');
    await expect(answer).not.toContainText('gone');
    await page.reload();
    await playground.waitForLeader();
    const again = await playground.request('get', 'foo');
    await expect(again).toContainText('done');
    await expect(again).not.toContainText('gone');
  });
});

test.describe('a browser that gives no files', () => {
  test.use({ serviceWorkers: 'block' });

  test('runs on memory and says so', async ({ playground, page }) => {
    const refuse =
      "Object.defineProperty(StorageManager.prototype, 'getDirectory', { value: () => Promise.reject(new DOMException('refused', 'SecurityError')) });\n";
    await page.route('**/assets/*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: refuse + (await response.text()) });
    });
    await playground.open();
    await expect(page.getByText('the members keep their disks in memory')).toBeVisible();
    await playground.request('put', 'foo', { value: 'bar' });
    await expect(playground.answers).toContainText('OK');
  });
});

test.describe('a link', () => {
  test('that holds no run is refused with a reason, and nothing is lost', async ({ playground, page }) => {
    await playground.open();
    await playground.request('put', 'foo', { value: 'kept' });
    await expect(playground.answers).toContainText('OK');
    await page.goto('about:blank');
    await page.goto('./#run=%%%garbage');
    await expect(page.getByRole('alert')).toContainText('The link holds no run that can be played');
    await playground.waitForLeader();
    await page.goto('about:blank');
    await page.goto('./');
    await playground.waitForLeader();
    const answer = await playground.request('get', 'foo');
    await expect(answer).toContainText('kept');
  });

  test('brings another browser to the same run', async ({ playground, page, browser, baseURL }) => {
    await page.addInitScript(() => {
      Object.defineProperty(navigator.clipboard, 'writeText', {
        value: (text: string) => ((globalThis as { copied?: string }).copied = text),
      });
    });
    await playground.open();
    await playground.request('put', 'foo', { value: 'shared' });
    await expect(playground.answers).toContainText('OK');
    await playground.pause();
    const instant = await playground.seconds();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await expect(page.getByText('Copied.')).toBeVisible();
    const link = await page.evaluate(() => (globalThis as { copied?: string }).copied);
    const context = await browser.newContext(baseURL === undefined ? {} : { baseURL });
    const other = new Playground(await context.newPage());
    await other.page.goto(link ?? '');
    await other.waitForLeader();
    // A link that was copied while time stood opens with time standing.
    await other.setPace('10×');
    await other.resume();
    const run = await page.getByText(/^3 members · seed \d+/).textContent();
    await expect(other.page.getByText(run ?? '')).toBeVisible();
    await expect.poll(async () => other.seconds(), { timeout: 30_000 }).toBeGreaterThan(instant);
    await expect(await other.request('get', 'foo')).toContainText('shared');
    await context.close();
  });
});
