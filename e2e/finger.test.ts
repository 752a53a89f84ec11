/** A finger on the stage. */
import type { Page } from '@playwright/test';
import { expect, test } from './playground.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test('a long press on a member opens its menu, and what is chosen is done', async ({ playground, page }) => {
  await playground.open();
  const member = playground.member('etcd-2');
  const box = (await member.locator('.disc').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const finger = await page.context().newCDPSession(page);
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  const menu = page.getByRole('menu', { name: 'etcd-2' });
  await expect(menu).toBeVisible();
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  // Letting go neither closes it nor chooses what lies under the finger.
  await page.waitForTimeout(300);
  await expect(menu).toBeVisible();
  await expect(playground.lastLine).toBeHidden();
  const freeze = menu.getByRole('menuitem', { name: 'Freeze' });
  expect((await freeze.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  await freeze.tap();
  await expect(menu).toBeHidden();
  await expect(member).toHaveAccessibleName(/frozen/);
});

test('a finger that moves on opens no menu', async ({ playground, page }) => {
  await playground.open();
  const box = (await playground.member('etcd-2').locator('.disc').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const finger = await page.context().newCDPSession(page);
  // All sent at once: a finger that rests for a while before it moves on has pressed.
  await Promise.all([
    finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] }),
    ...[1, 2, 3, 4, 5].map((step) =>
      finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: x - 10 * step, y }] }),
    ),
  ]);
  // Longer than a press has to rest.
  await page.waitForTimeout(700);
  await expect(page.getByRole('menu')).toBeHidden();
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
});

/** What a finger would miss: controls that are seen and less than 44 px high or wide, with their label if they have one. */
const tooSmall = async (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, select, input, summary, [role="tab"]')].flatMap((control) => {
      const own = control.getBoundingClientRect();
      const label = control.closest('label')?.getBoundingClientRect() ?? own;
      const [width, height] = [Math.max(own.width, label.width), Math.max(own.height, label.height)];
      // Half a pixel is rounding.
      return own.width === 0 || (width >= 43.5 && height >= 43.5)
        ? []
        : [`${control.tagName} ${control.getAttribute('aria-label') ?? control.textContent} ${Math.round(width)} × ${Math.round(height)}`];
    }),
  );

test('everything that can be touched in the tabs is large enough for a finger', async ({ playground, page }) => {
  await playground.open();
  await playground.openPanel('Details');
  for (const tab of ['Why', 'Member', 'Data', 'Safety']) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await expect(page.getByRole('tab', { name: tab, exact: true })).toHaveAttribute('aria-selected', 'true');
    await expect.poll(async () => tooSmall(page), { message: tab }).toEqual([]);
  }
});

test('so is everything in the dialogs', async ({ playground, page }) => {
  await playground.open();
  for (const open of [
    async () => page.getByRole('button', { name: 'New cluster' }).click(),
    async () => page.getByRole('button', { name: 'Share' }).click(),
    async () => page.keyboard.press('Shift+B'),
    async () => page.keyboard.press('Control+k'),
  ]) {
    await open();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expect.poll(async () => tooSmall(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
});
