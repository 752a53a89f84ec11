/** Two branches side by side. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './playground.ts';

test('what was done in the past is held against what went before: where they part, and what differs', async ({ playground, page }) => {
  await playground.open();
  await playground.request('put', 'foo', { value: 'first' });
  await expect(playground.answers).toContainText('OK');
  // The first branch goes on for a while, so that the second one ends within it.
  await playground.setPace('2×');
  const put = await playground.seconds();
  await expect.poll(async () => playground.seconds(), { timeout: 20_000 }).toBeGreaterThan(put + 3);
  await playground.pause();
  await page.keyboard.press('Control+z');
  await expect(page.getByText(/is kept as branch|taken back/)).toBeVisible();
  const second = await playground.request('put', 'foo', { value: 'second' });
  await playground.resume();
  await expect(second).toContainText('OK');
  await playground.pause();
  await page.getByRole('button', { name: /branches/ }).click();
  await page
    .getByRole('button', { name: /^Compare with the present one/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: 'Two branches side by side' });
  await expect(dialog.getByText(/They part at/)).toBeVisible({ timeout: 20_000 });
  await expect(dialog.getByRole('img', { name: /Both branches on one axis/ })).toBeVisible();
  await expect(dialog.getByText(/log entr(y|ies) differ/).first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
});
