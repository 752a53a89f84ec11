/** The branches of a run, in their dialog. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './playground.ts';

test('branches are named, gone to and deleted in a dialog that breaks no rule of access', async ({ playground, page }) => {
  await playground.open();
  await playground.request('put', 'a', { value: '1' });
  await expect(playground.answers).toContainText('OK');
  await playground.pause();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name: '2 branches' })).toBeVisible();
  await page.keyboard.press('b');
  await page.getByRole('button', { name: /^2 branches/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Branches' });
  const branches = dialog.getByRole('list').first().getByRole('listitem');
  await expect(branches).toHaveCount(2);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
  const left = branches.filter({ has: page.getByRole('button', { name: /^Compare/ }) });
  await left.getByRole('textbox').fill('with the put');
  await left.getByRole('textbox').blur();
  await expect(dialog.getByText('with the put').first()).toBeVisible();
  await dialog.getByRole('button', { name: /^Go.*with the put/ }).click();
  await page.getByRole('button', { name: /^2 branches/ }).click();
  // The branch that one is on cannot be deleted: until that is the other one, there is nothing to delete.
  await expect(dialog.getByRole('listitem').filter({ hasText: 'with the put' })).toContainText('you are here');
  await dialog
    .getByRole('button', { name: /^Delete.*/ })
    .first()
    .click();
  await expect(dialog.getByRole('list').first().getByRole('listitem')).toHaveCount(1);
});
