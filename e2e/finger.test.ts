/** A finger on the stage. */
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
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  for (let step = 1; step <= 5; step++)
    await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: x - 10 * step, y }] });
  // Longer than a press has to rest.
  await page.waitForTimeout(700);
  await expect(page.getByRole('menu')).toBeHidden();
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
});
