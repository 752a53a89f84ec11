import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Playground } from './playground.ts';
import { serveSite } from '../tools/serve-site.mjs';

/** A published update reaches a visitor whose browser keeps the old site. */
test('a kept site does not hold an update back, and works again without a network after it', async ({ page, context }) => {
  const dir = mkdtempSync(join(tmpdir(), 'site-'));
  cpSync('dist', dir, { recursive: true });
  const server = await serveSite({ dir, base: '/moved/here/', port: 0 });
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
    await page.goto(`http://127.0.0.1:${address.port}/moved/here/`);
    const description = page.locator('meta[name=description]');
    await expect(description).not.toHaveAttribute('content', 'newer');
    await page.evaluate(async () => navigator.serviceWorker.ready.then(() => undefined));

    const html = join(dir, 'index.html');
    writeFileSync(html, readFileSync(html, 'utf8').replace(/(?<=name="description" content=")[^"]*/, 'newer'));
    const worker = join(dir, 'sw.js');
    writeFileSync(worker, readFileSync(worker, 'utf8').replace(/'[0-9a-f]{16}'/, "'0123456789abcdef'"));
    // A page that stays open hears of it, and offers to reload. In a private window, as here, files are written through the browser's own
    // process, which keeps it from looking for updates: time stands still meanwhile.
    await new Playground(page).pause();
    await page.evaluate(async () => navigator.serviceWorker.getRegistration().then((registration) => registration?.update()));
    await expect(page.getByText('A newer version of this page is here.')).toBeVisible({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Reload' }).click();
    await expect(description).toHaveAttribute('content', 'newer');

    // In a private window, as here, files are written through the browser's own process, which keeps it from looking for updates.
    await new Playground(page).pause();
    await expect
      .poll(async () => page.evaluate(async () => caches.keys()), { timeout: 30_000 })
      .toContain('etcd-playground-0123456789abcdef');
    // The newer worker takes over when the last tab of the old one is gone; the browser may take its time to notice, so the tab leaves again.
    await expect(async () => {
      await page.goto('about:blank');
      await page.waitForTimeout(500);
      await page.goto(`http://127.0.0.1:${address.port}/moved/here/`);
      expect(await page.evaluate(async () => caches.keys())).toEqual(['etcd-playground-0123456789abcdef']);
    }).toPass({ timeout: 40_000 });
    await context.setOffline(true);
    await page.reload();
    await expect(description).toHaveAttribute('content', 'newer');
    await expect(page.getByRole('main')).toBeVisible();
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(dir, { recursive: true, force: true });
  }
});
