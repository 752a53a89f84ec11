/**
 * The terminal of the built site in Chromium: the time from a key to the frame that shows it, with an empty and with a full scrollback, and a loop of a
 * thousand puts at full speed.
 */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { rowOf, type Row } from '#cli/bench-row.ts';

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const KEYS = 60;
const KEY_MILLIS = 40;
const LOOPS = 3;

const executable = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));

/** From the key's own time stamp to the end of the frame that it is drawn in. */
const WATCH_KEYS = `
  window.keyTimes = [];
  document.addEventListener('keydown', (event) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.keyTimes.push(performance.now() - event.timeStamp);
      channel.port2.postMessage(0);
    });
  }, true);
`;

const command = (page: Page) => page.getByRole('textbox', { name: 'Command line' });

async function run(page: Page, line: string, until: string): Promise<number> {
  await command(page).fill(line);
  const begun = performance.now();
  await page.keyboard.press('Enter');
  await page.getByRole('log', { name: 'Terminal output' }).getByText(until, { exact: true }).last().waitFor({ timeout: 120_000 });
  return performance.now() - begun;
}

async function typing(page: Page, what: string): Promise<Row> {
  await page.evaluate('window.keyTimes.length = 0');
  await command(page).focus();
  for (let i = 0; i < KEYS; i++) await page.keyboard.press('x', { delay: KEY_MILLIS });
  await page.waitForTimeout(200);
  const samples: unknown = await page.evaluate('window.keyTimes');
  await command(page).fill('');
  const times = Array.isArray(samples) ? samples.map(Number) : [];
  return rowOf(`terminal: key to the end of its frame, ${what}`, 'ms', times, `${times.length} keys, a cluster of three playing`);
}

async function measure(browser: Browser, address: string): Promise<readonly Row[]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', bypassCSP: true });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole('button', { name: 'Terminal', exact: true }).click();
  await page.evaluate(WATCH_KEYS);
  await run(page, 'echo ready', 'ready');
  const empty = await typing(page, 'empty scrollback');
  await run(page, 'seq 1 10100; echo filled', 'filled');
  const full = await typing(page, '10,000 lines');
  await page.getByLabel('Pace').selectOption('fastest');
  const samples: number[] = [];
  for (let i = 0; i < LOOPS; i++) {
    const millis = await run(page, `for i in $(seq 1 1000); do etcdctl put k$i v$i; done; echo end-${i}`, `end-${i}`);
    samples.push(millis / 1000);
  }
  await context.close();
  return [empty, full, rowOf('terminal: a loop of 1,000 etcdctl put', 's', samples, 'at full speed, three members in workers')];
}

/** Rows for `npm run bench`. */
export async function rows(): Promise<readonly Row[]> {
  if (!existsSync('dist/index.html')) await build({ configFile: 'vite.config.ts', logLevel: 'warn' });
  const server = await preview({ configFile: 'vite.config.ts', preview: { port: 4310, strictPort: false } });
  const browser = await chromium.launch({ args: ARGS, ...(executable === undefined ? {} : { executablePath: executable }) });
  try {
    return await measure(browser, server.resolvedUrls?.local[0] ?? '');
  } finally {
    await browser.close();
    await server.close();
  }
}
