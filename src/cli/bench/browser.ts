/**
 * What a visitor feels, in Chromium: members in workers writing as fast as they can, the time until three members live, and the page's work
 * for a frame. Serves the built site (dist, built if missing) and the harness of the browser tests.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import * as v from 'valibot';
import { build, preview, type PreviewServer } from 'vite';
import { rowOf, type Row } from '#cli/bench-row.ts';
import { frameTimes } from '#cli/frame-times.ts';

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const REPETITIONS = 5;
const LANES = 100;
const VALUE_BYTES = 256;
const PUTS_MILLIS = 2000;
const WINDOWS = 5;
const WINDOW_MILLIS = 3000;

const executable = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));
const launch = { args: ARGS, ...(executable === undefined ? {} : { executablePath: executable }) };

async function serve(config: string, built: string): Promise<PreviewServer> {
  if (!existsSync(built)) await build({ configFile: config, logLevel: 'warn' });
  return preview({ configFile: config, preview: { port: 4300, strictPort: false } });
}

const addressOf = (server: PreviewServer): string => server.resolvedUrls?.local[0] ?? '';

/** The harness's answer to `puts`; the harness belongs to the tests, so its types are not known here. */
const PutsAnswer = v.variant('type', [
  v.object({ type: v.literal('ok'), answer: v.looseObject({ putsPerSecond: v.number() }) }),
  v.object({ type: v.literal('failed'), message: v.string() }),
]);

function putsPerSecond(value: unknown): number {
  const parsed = v.parse(PutsAnswer, value);
  if (parsed.type === 'failed') throw new Error(parsed.message);
  return parsed.answer.putsPerSecond;
}

/** Puts a second with each member in a worker. A persistent profile: private windows write more slowly. */
async function puts(storage: 'opfs' | 'memory'): Promise<Row> {
  const config = 'e2e/harness/vite.config.ts';
  await build({ configFile: config, logLevel: 'warn' });
  const server = await serve(config, 'node_modules/.cache/harness/index.html');
  const profile = mkdtempSync(join(tmpdir(), 'bench-'));
  let context: BrowserContext | undefined;
  try {
    context = await chromium.launchPersistentContext(profile, launch);
    const page = await context.newPage();
    await page.goto(addressOf(server));
    const options = { nodes: 3, clients: LANES, valueBytes: VALUE_BYTES, latencyMicros: undefined, wallMillis: PUTS_MILLIS };
    const request = JSON.stringify({ type: 'puts', options, storage });
    const samples: number[] = [];
    for (let i = 0; i < REPETITIONS; i++) samples.push(putsPerSecond(await page.evaluate(`window.harness(${request})`)));
    const disk = storage === 'opfs' ? 'flushed write-ahead log on OPFS' : 'disks in memory';
    return rowOf(
      `workers: ${LANES} writers of 256 bytes, 3 members, ${storage}`,
      'puts/s',
      samples,
      `${disk}, full trace hash, page not drawing`,
    );
  } finally {
    await context?.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

const THREE_LIVE = `document.querySelectorAll('[role="button"][aria-label$=", up"]').length >= 3 && performance.now()`;

/** From navigation to three live members, in a fresh context each time. */
async function untilLive(browser: Browser, address: string): Promise<Row> {
  const samples: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    // The page's policy would refuse the condition, which Playwright evaluates as text.
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(address, { waitUntil: 'commit' });
    const handle = await page.waitForFunction(THREE_LIVE, undefined, { polling: 'raf' });
    samples.push(Number(await handle.jsonValue()));
    await context.close();
  }
  return rowOf('page: navigation to three live members', 'ms', samples, 'fresh profile, built site');
}

/** One window of tracing; see {@link frameTimes}. */
async function traceFrames(browser: Browser, page: Page): Promise<{ readonly work: number; readonly gap: number }> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  await page.waitForTimeout(WINDOW_MILLIS);
  return frameTimes((await browser.stopTracing()).toString('utf8'));
}

/** The page's work for a frame and the gaps between frames, five members at real time under a watching, writing visitor. */
async function frames(browser: Browser, address: string): Promise<readonly Row[]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  const page = await context.newPage();
  await page.goto(address);
  for (const panel of ['Log', 'Details', 'Terminal']) await page.getByRole('button', { name: panel, exact: true }).click();
  await page.getByRole('textbox', { name: 'Command line' }).fill('play new --nodes 5 --seed 7');
  await page.keyboard.press('Enter');
  await page.getByLabel('Pace').selectOption({ label: '1×' });
  await page
    .getByRole('banner')
    .getByRole('status', { name: /leads term/ })
    .waitFor({ timeout: 60_000 });
  const windows: { readonly work: number; readonly gap: number }[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    await page.getByRole('textbox', { name: 'Command line' }).fill(`etcdctl put key-${i} value`);
    await page.keyboard.press('Enter');
    windows.push(await traceFrames(browser, page));
  }
  await context.close();
  const note = `p95 of each of ${WINDOWS} windows of ${WINDOW_MILLIS / 1000} s`;
  return [
    rowOf(
      'page: main-thread work per frame, 5 members at 1×',
      'ms',
      windows.map(({ work }) => work),
      note,
    ),
    rowOf(
      'page: gap between frames, 5 members at 1×',
      'ms',
      windows.map(({ gap }) => gap),
      note,
    ),
  ];
}

/** Rows for `npm run bench`. */
export async function rows(): Promise<readonly Row[]> {
  const workers = [await puts('opfs'), await puts('memory')];
  const server = await serve('vite.config.ts', 'dist/index.html');
  const browser = await chromium.launch(launch);
  try {
    return [...workers, await untilLive(browser, addressOf(server)), ...(await frames(browser, addressOf(server)))];
  } finally {
    await browser.close();
    await server.close();
  }
}
