import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './playground.ts';

/** Serious findings of axe, in short. */
async function findings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
}

test.describe('accessibility', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing, ${colorScheme}`, async ({ playground, page }) => {
      await page.emulateMedia({ colorScheme });
      await playground.open();
      expect(await findings(page)).toEqual([]);
      await playground.request('put', 'foo', { value: 'bar' });
      await expect(playground.answers).toContainText('OK');
      await playground.openPanel('Details');
      await playground.openPanel('Terminal');
      await playground.member('etcd-1').click();
      expect(await findings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Help, legend and keys' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });
  }

  test('axe finds nothing in menus, dialogs and the other views of the stage', async ({ playground, page }) => {
    await playground.open();
    await playground.member('etcd-2').focus();
    await page.keyboard.press('Shift+F10');
    await expect(page.getByRole('menu')).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    await page.keyboard.press('a');
    await expect(page.getByRole('region', { name: 'The ring as a table' })).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('v');
    await expect(page.getByRole('region', { name: /^Space-time diagram/ })).toBeVisible();
    await playground.openPanel('Log');
    expect(await findings(page)).toEqual([]);
    for (const open of ['Control+k', 'Shift+B']) {
      await page.keyboard.press(open);
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
  });

  test('the page speaks Chinese', async ({ playground, page }) => {
    await playground.open();
    await page.getByRole('button', { name: 'Language: 中文' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('banner').getByRole('status')).toHaveAttribute('aria-label', /任期/);
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    expect(await findings(page)).toEqual([]);
  });
});

test.describe('every size', () => {
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [390, 844],
  ] as const) {
    test(`${width} × ${height} shows stage, headline and tape without scrolling sideways`, async ({ playground, page }) => {
      await page.setViewportSize({ width, height });
      await playground.open();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await expect(playground.headline).toBeInViewport();
      await expect(page.getByRole('region', { name: 'Time' })).toBeInViewport();
      for (const name of ['etcd-1', 'etcd-2', 'etcd-3']) await expect(playground.member(name)).toBeInViewport();
    });
  }

  test('the stage has at least 60 % of the first sight', async ({ playground, page }) => {
    await playground.open();
    const box = await page.getByRole('region', { name: 'Stage' }).boundingBox();
    expect(((box?.width ?? 0) * (box?.height ?? 0)) / (1440 * 900)).toBeGreaterThanOrEqual(0.6);
  });
});
