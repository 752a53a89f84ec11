/** Short named runs: out of sight until asked for, opened in a click, handed to a room as a code. */
import AxeBuilder from '@axe-core/playwright';
import { expect, Playground, test } from './playground.ts';

test('a scenario is found by its name, opens just before what it shows, and plays on', async ({ playground, page }) => {
  await playground.open();
  await expect(page.getByText('Scenarios')).toBeHidden();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Commands' }).fill('scenarios');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  const scenario = dialog.getByRole('listitem', { name: 'The leader dies' });
  await expect(scenario).toContainText('asks for votes and leads the next term');
  await scenario.getByRole('button', { name: 'QR code' }).click();
  await expect(scenario.getByRole('img', { name: 'The link to “The leader dies” as a QR code' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
  await scenario.getByRole('button', { name: 'Open' }).click();
  await expect(dialog).toBeHidden();
  await playground.waitForLeader({ after: 2, timeout: 30_000 });
  await expect(playground.member('etcd-3')).toHaveAccessibleName('etcd-3, down');
});

test('the link to a scenario opens the same on another page, and the help and the share dialog know of them', async ({
  playground,
  page,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator.clipboard, 'writeText', {
      value: (text: string) => ((globalThis as { copied?: string }).copied = text),
    });
  });
  await playground.open();
  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('button', { name: 'Scenarios that show one thing each' }).click();
  await page.getByRole('dialog', { name: 'Scenarios' }).getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Scenarios that show one thing each' }).click();
  const scenario = page.getByRole('dialog', { name: 'Scenarios' }).getByRole('listitem', { name: 'A rule is broken' });
  await scenario.getByRole('button', { name: 'Copy the link' }).click();
  await expect(page.getByText('Copied.')).toBeVisible();
  const link = (await page.evaluate(() => (globalThis as { copied?: string }).copied)) ?? '';
  const other = new Playground(await page.context().newPage());
  await other.page.goto(link);
  await expect(other.headline).toHaveAccessibleName(/^Broken at /, { timeout: 30_000 });
});
