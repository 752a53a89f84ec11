/**
 * What the page costs in Chromium: the first visit (first and largest paint, as browsers measure them; how long a click takes to be seen), seven members at real time with every panel open, the same under a load of a thousand puts a second, and how long the page
 * takes to show another instant. Serves the built site (dist, built if missing).
 */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from '@playwright/test';
import * as v from 'valibot';
import { build, preview } from 'vite';
import { rowOf, type Row } from '#cli/bench-row.ts';
import { frameTimes, type FrameTimes } from '#cli/frame-times.ts';

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const WINDOWS = 5;
const WINDOW_MILLIS = 3000;
const SCRUBS = 20;
const PANELS = ['Log', 'Details', 'Terminal'] as const;

const executable = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));
const launch = { args: ARGS, ...(executable === undefined ? {} : { executablePath: executable }) };

async function type(page: Page, line: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Command line' }).fill(line);
  await page.keyboard.press('Enter');
}

/** A cluster of seven that has elected, at real time, with everything open. */
async function open(browser: Browser, address: string): Promise<Page> {
  // The page's policy would refuse what is evaluated as text.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', bypassCSP: true });
  const page = await context.newPage();
  await page.goto(address);
  for (const panel of PANELS) await page.getByRole('button', { name: panel, exact: true }).click();
  await type(page, 'play new --nodes 7 --seed 7');
  await page.getByLabel('Pace').selectOption({ label: '1×' });
  await page
    .getByRole('banner')
    .getByRole('status', { name: /leads term/ })
    .waitFor({ timeout: 60_000 });
  return page;
}

async function windows(browser: Browser, page: Page): Promise<readonly FrameTimes[]> {
  const found: FrameTimes[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
    await page.waitForTimeout(WINDOW_MILLIS);
    found.push(frameTimes((await browser.stopTracing()).toString('utf8')));
  }
  return found;
}

const note = `p95 of each of ${WINDOWS} windows of ${WINDOW_MILLIS / 1000} s, every panel open`;

function frameRows(what: string, found: readonly FrameTimes[]): readonly Row[] {
  return [
    rowOf(
      `page: main-thread work per frame, ${what}`,
      'ms',
      found.map(({ work }) => work),
      note,
    ),
    rowOf(
      `page: gap between frames, ${what}`,
      'ms',
      found.map(({ gap }) => gap),
      note,
    ),
    rowOf(
      `page: frames, ${what}`,
      'frames/s',
      found.map(({ perSecond }) => perSecond),
      `mean of each of ${WINDOWS} windows of ${WINDOW_MILLIS / 1000} s`,
    ),
  ];
}

/** Notes when a key goes down on the tape and when the tape shows another instant. */
const WATCH = `(() => {
  const slider = document.querySelector('.tape-slider');
  window.scrubs = [];
  let since = 0;
  slider.addEventListener('keydown', () => { since = performance.now(); }, true);
  new MutationObserver(() => { if (since > 0) { window.scrubs.push(performance.now() - since); since = 0; } })
    .observe(slider, { attributes: true, attributeFilter: ['aria-valuenow'] });
})()`;

async function scrubs(page: Page): Promise<Row> {
  await page.getByRole('region', { name: 'Time' }).getByRole('button', { name: 'Pause', exact: true }).click();
  await page.evaluate(WATCH);
  await page.getByRole('slider', { name: 'Go to an instant of the run' }).focus();
  for (let i = 0; i < SCRUBS; i++) {
    await page.keyboard.press('PageDown');
    await page.waitForTimeout(400);
  }
  const samples = v.parse(v.pipe(v.array(v.number()), v.minLength(1)), await page.evaluate('window.scrubs'));
  return rowOf('page: from a key on the tape to another instant shown, 7 members', 'ms', samples, 'a second back each time, idle cluster');
}

/** Collects what the browser itself measures of a page: paints, and events until the frame that shows them. */
const OBSERVE = `(() => {
  window.measured = { first: 0, largest: 0, events: [] };
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (e.name === 'first-contentful-paint') window.measured.first = e.startTime; })
    .observe({ type: 'paint', buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) window.measured.largest = e.startTime; })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (e.interactionId > 0 && e.name === 'pointerup') window.measured.events.push(e.duration); })
    .observe({ type: 'event', durationThreshold: 16 });
})()`;
const MEASURED = v.object({ first: v.number(), largest: v.number(), events: v.array(v.number()) });
const VISITS = 7;

/** Visits with an empty cache: what is seen when, and how soon a click on something new is. */
async function visits(browser: Browser, address: string): Promise<readonly Row[]> {
  const found: v.InferOutput<typeof MEASURED>[] = [];
  for (let i = 0; i < VISITS; i++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', bypassCSP: true });
    const page = await context.newPage();
    await page.addInitScript(OBSERVE);
    await page.goto(address);
    await page
      .getByRole('banner')
      .getByRole('status', { name: /leads term/ })
      .waitFor({ timeout: 60_000 });
    for (const name of [...PANELS, ...PANELS]) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.waitForTimeout(300);
    }
    found.push(v.parse(MEASURED, await page.evaluate('window.measured')));
    await context.close();
  }
  const visit = `${VISITS} visits with an empty cache, from the start of the navigation`;
  return [
    rowOf(
      'page: first contentful paint',
      'ms',
      found.map(({ first }) => first),
      visit,
    ),
    rowOf(
      'page: largest contentful paint',
      'ms',
      found.map(({ largest }) => largest),
      visit,
    ),
    rowOf(
      'page: from a click to the frame that shows it, worst of a visit',
      'ms',
      found.map(({ events }) => Math.max(0, ...events)),
      'each panel opened and closed, code and all; in steps of 8 ms, as browsers tell',
    ),
  ];
}

/** Rows for `npm run bench`. */
export async function rows(): Promise<readonly Row[]> {
  if (!existsSync('dist/index.html')) await build({ configFile: 'vite.config.ts', logLevel: 'warn' });
  const server = await preview({ configFile: 'vite.config.ts', preview: { port: 4310, strictPort: false } });
  const browser = await chromium.launch(launch);
  try {
    const address = server.resolvedUrls?.local[0] ?? '';
    const first = await visits(browser, address);
    const calm = await open(browser, address);
    const idle = frameRows('7 members at 1×', await windows(browser, calm));
    const scrub = await scrubs(calm);
    await calm.context().close();
    const busy = await open(browser, address);
    await type(busy, 'play traffic start --clients 16 --rate 1000 --mix put --keys 1000 --size 128');
    await busy.waitForTimeout(2000);
    const loaded = frameRows('7 members at 1× under 1,000 puts/s', await windows(browser, busy));
    return [...first, ...idle, scrub, ...loaded];
  } finally {
    await browser.close();
    await server.close();
  }
}
