/** The branches of a run, in their dialog. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Playground } from './playground.ts';

/** A run that stands still on its second branch: the first has a put that was undone. */
async function branchOff(playground: Playground): Promise<void> {
  const { page } = playground;
  await playground.open();
  await playground.request('put', 'a', { value: '1' });
  await expect(playground.answers).toContainText('OK');
  await playground.pause();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name: '2 branches' })).toBeVisible();
}

test('branches are named, gone to and deleted in a dialog that breaks no rule of access', async ({ playground, page }) => {
  await branchOff(playground);
  await page.keyboard.press('b');
  await page.getByRole('button', { name: /^2 branches · 1 bookmark/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Branches' });
  const branches = dialog.getByRole('list').first().getByRole('listitem');
  await expect(branches).toHaveCount(2);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
  const left = branches.filter({ has: page.getByRole('button', { name: /^Compare/ }) });
  await left.getByRole('textbox').fill('with the put');
  await left.getByRole('textbox').blur();
  await expect(dialog.getByText('with the put').first()).toBeVisible();
  const before = await playground.seconds();
  await dialog.getByRole('button', { name: /^Go.*with the put/ }).click();
  await expect.poll(async () => playground.seconds()).toBeGreaterThan(before);
  await page.getByRole('button', { name: /^2 branches/ }).click();
  // The branch that one is on cannot be deleted: until that is the other one, there is nothing to delete.
  await expect(dialog.getByRole('listitem').filter({ hasText: 'with the put' })).toContainText('you are here');
  await dialog
    .getByRole('button', { name: /^Delete.*/ })
    .first()
    .click();
  await expect(dialog.getByRole('list').first().getByRole('listitem')).toHaveCount(1);
});

test('a button that moves while it is pressed is pressed; taken off it, the mouse presses nothing', async ({ playground, page }) => {
  await branchOff(playground);
  const door = page.getByRole('button', { name: /^2 branches/ });
  const box = await door.boundingBox();
  if (box === null) throw new Error('the button has no place');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 300, y - 200, { steps: 3 });
  await page.mouse.up();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.mouse.move(x, y);
  await page.mouse.down();
  // A bookmark makes the tape higher: the button is no longer under the mouse.
  await page.keyboard.press('b');
  await expect(door).toHaveText(/1 bookmark/);
  await expect.poll(async () => (await door.boundingBox())?.y ?? 0).toBeLessThan(y - box.height / 2);
  await page.mouse.up();
  await expect(page.getByRole('dialog', { name: 'Branches' })).toBeVisible();
});
