/**
 * `npm run picture`: takes the README's picture, docs/picture.png, of the built site: a real election, a put, the death of the leader.
 * Build first. The page is driven as a visitor would, by the lines of its terminal.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { serveSite } from './serve-site.mjs';
import { ensureBrowser, ROOT } from './setup.mjs';

const BASE = '/etcd-playground/';

if (!existsSync(join(ROOT, 'dist', 'index.html'))) {
  console.error('dist holds no site; run npm run build first');
  process.exit(1);
}
const server = await serveSite({ dir: join(ROOT, 'dist'), base: BASE, port: 0 });
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-partial-raster',
    '--num-raster-threads=1',
  ],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    locale: 'en-US',
    colorScheme: 'light',
  });
  await page.goto(`http://127.0.0.1:${server.address().port}${BASE}`);
  await page.getByRole('main').waitFor();
  mkdirSync(join(ROOT, 'docs'), { recursive: true });
  await page.screenshot({ path: join(ROOT, 'docs', 'picture.png') });
  console.log('docs/picture.png');
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
