/** The page for a room, and inside another page. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { expect, test } from './playground.ts';

/** The size of type as it stands on the screen, px. */
const typeSize = (locator: Locator): Promise<number> =>
  locator.evaluate(
    (element) => Number.parseFloat(getComputedStyle(element).fontSize) * (element as Element & { currentCSSZoom: number }).currentCSSZoom,
  );

for (const viewport of [
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
]) {
  test.describe(`a room that looks at ${viewport.width} × ${viewport.height}`, () => {
    test.use({ viewport });

    test('reads the sentence, the members and the tape from its last row', async ({ playground, page }) => {
      await playground.open();
      await page.getByRole('button', { name: 'Present' }).click();
      await expect.poll(async () => typeSize(playground.headline)).toBeGreaterThanOrEqual(40);
      const stage = page.getByRole('region', { name: 'Stage' });
      await expect.poll(async () => typeSize(stage.locator('.member-name').first())).toBeGreaterThanOrEqual(40);
      await expect.poll(async () => typeSize(stage.locator('.member-role').first())).toBeGreaterThanOrEqual(30);
      await expect.poll(async () => typeSize(stage.locator('.term-number').first())).toBeGreaterThanOrEqual(56);
      const link = await stage
        .locator('.link')
        .first()
        .evaluate(
          (element) =>
            Number.parseFloat(getComputedStyle(element).strokeWidth) * (element as Element & { currentCSSZoom: number }).currentCSSZoom,
        );
      expect(link).toBeGreaterThanOrEqual(2);
      await expect
        .poll(async () => typeSize(page.getByRole('region', { name: 'Time' }).locator('text').first()))
        .toBeGreaterThanOrEqual(30);
      // All members lie on the stage, and nothing scrolls.
      const inside = async (): Promise<boolean> =>
        stage.evaluate((card) => {
          const box = card.getBoundingClientRect();
          return [...card.querySelectorAll('.member-button')].every((member) => {
            const own = member.getBoundingClientRect();
            return own.left >= box.left && own.right <= box.right && own.top >= box.top - 1 && own.bottom <= box.bottom + 1;
          });
        });
      // The stage is drawn anew once its card has its new size.
      await expect.poll(inside).toBe(true);
      await expect.poll(async () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('button', { name: 'Present' })).toBeVisible();
    });
  });
}

test('inside another page only the stage, the sentence and the tape are there, with a cluster of its own', async ({ page }) => {
  await page.goto('./?embed');
  await expect(page.getByRole('banner').getByRole('status', { name: /leads term/ })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('button', { name: 'Share' })).toBeHidden();
  await expect(page.getByRole('region', { name: 'Stage' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Time' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
});
