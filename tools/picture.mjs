/**
 * `npm run picture`: takes the README's picture, docs/picture.png, and the one that other sites show beside a link, public/social.png, of the built
 * site: a real election, a put, the death of the leader. Build first. The page is driven as a visitor would, by the lines of its terminal.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { serveSite } from './serve-site.mjs';
import { ensureBrowser, ROOT } from './setup.mjs';

const BASE = '/etcd-playground/';

/** Waits for the headline to say something. */
const headline = (page, pattern) => page.getByRole('banner').getByRole('status', { name: pattern }).waitFor({ timeout: 60_000 });

/** Types a line in the terminal and waits for its end. */
async function type(page, line) {
  await page.getByRole('textbox', { name: 'Command line' }).fill(line);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(200); // until the page shows that it runs
  await page.getByRole('button', { name: 'Interrupt' }).waitFor({ state: 'hidden', timeout: 60_000 });
}

/** A real election, a few writes, the death of the leader, a write to its successor; then time stands still while that one travels. */
async function play(page) {
  await headline(page, /leads term/);
  for (const panel of ['Log', 'Details', 'Terminal']) await page.getByRole('button', { name: panel, exact: true }).click();
  await type(page, 'play new --nodes 3 --seed 7');
  await headline(page, /leads term 2/);
  await type(page, 'etcdctl put a 1');
  await type(page, 'etcdctl --endpoints=127.0.0.1:2479 put b 2');
  await type(page, 'play kill leader');
  await headline(page, /leads term 3/);
  await type(page, 'play run 300ms');
  await page.getByLabel('Pace').selectOption({ label: '1/200×' });
  await page.getByRole('textbox', { name: 'Command line' }).fill('etcdctl put a 3');
  await page.keyboard.press('Enter');
  await page.getByText(/appended entry \d+ to its log: put a 3/).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(500);
  await page.getByRole('region', { name: 'Time' }).getByRole('button', { name: 'Pause', exact: true }).click();
  await page.mouse.move(0, 0);
}

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
  await play(page);
  mkdirSync(join(ROOT, 'docs'), { recursive: true });
  await page.screenshot({ path: join(ROOT, 'docs', 'picture.png') });
  console.log('docs/picture.png');
  // What stands in the type of a preview must be large: the stage and the tape.
  await page.setViewportSize({ width: 1200, height: 630 });
  for (const panel of ['Details', 'Terminal', 'Log']) await page.getByRole('button', { name: panel, exact: true }).click();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(500); // until the stage has its new size
  await page.screenshot({ path: join(ROOT, 'public', 'social.png') });
  console.log('public/social.png');
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
