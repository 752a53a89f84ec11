/**
 * What the playground holds in memory over a virtual hour of five members at full speed, in Chromium: the page and all of its workers, after a collection
 * of garbage: idle, under a light load, and under the same load while somebody compacts and members make snapshots, so that what the cluster itself holds stays
 * the same and whatever else grew would be seen. `MEMORY_MINUTES` makes the hour shorter.
 */
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { chromium, type Browser, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { rowOf, type Row } from '#cli/bench-row.ts';
import { HeapUsage, heapBytes, type HeapPart } from '#cli/heap-usage.ts';

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const MINUTES = Number(process.env['MEMORY_MINUTES'] ?? '60');
const SAMPLES = 12;
const READINGS = 3;
const MEBIBYTE = 1024 * 1024;

const executable = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));

interface Sample {
  /** Virtual ms. */
  readonly at: number;
  readonly parts: readonly HeapPart[];
}

async function type(page: Page, line: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Command line' }).fill(line);
  await page.keyboard.press('Enter');
}

/** The tape's slider stands at the present, in virtual ms. */
const NOW = `Number(document.querySelector('[role="slider"][aria-valuetext]')?.getAttribute('aria-valuenow') ?? 0)`;

function describe({ at, parts }: Sample): string {
  const held = parts.map(
    ({ name, objects, embedder, buffers }) => `${name} ${[objects, embedder, buffers].map((b) => (b / MEBIBYTE).toFixed(1)).join('+')}`,
  );
  return `${(at / 60_000).toFixed(1)} min: ${(heapBytes(parts) / MEBIBYTE).toFixed(1)} MiB (${held.join(', ')})`;
}

interface Situation {
  readonly what: string;
  /** Flags of `play new`. */
  readonly flags: string;
  /** Typed one after the other; the last may go on. */
  readonly lines: readonly string[];
}

const LOAD = 'play traffic start --rate 2';
const SITUATIONS: readonly Situation[] = [
  { what: 'idle', flags: '', lines: [] },
  { what: '2 puts/s', flags: '', lines: [LOAD] },
  {
    what: '2 puts/s, compacted',
    flags: '--snapshot-count 100 --catch-up-entries 50',
    lines: [LOAD, "while sleep 60; do etcdctl compact $(etcdctl endpoint status -w json | jq '.[0].Status.header.revision'); done"],
  },
];

/** Time goes on meanwhile, so a reading has in it what is under way just then: the least of three is what is held. */
async function leastOf(heap: HeapUsage): Promise<readonly HeapPart[]> {
  const readings: (readonly HeapPart[])[] = [];
  for (let i = 0; i < READINGS; i++) readings.push(await heap.read());
  return readings.reduce((least, reading) => (heapBytes(reading) < heapBytes(least) ? reading : least));
}

async function hour(browser: Browser, address: string, { what, flags, lines }: Situation): Promise<readonly Row[]> {
  // The page's policy would refuse what Playwright evaluates as text.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', bypassCSP: true });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole('button', { name: 'Terminal', exact: true }).click();
  await type(page, `play new --nodes 5 --seed 7 ${flags}`);
  await page
    .getByRole('banner')
    .getByRole('status', { name: /leads term/ })
    .waitFor({ timeout: 60_000 });
  for (const line of lines) await type(page, line);
  const heap = await HeapUsage.of(browser, address);
  const samples: Sample[] = [];
  await page.getByLabel('Pace').selectOption('fastest');
  const [began, load1] = [performance.now(), loadavg()[0] ?? 0];
  for (let i = 1; i <= SAMPLES; i++) {
    const until = (i * MINUTES * 60_000) / SAMPLES;
    await page.waitForFunction(`${NOW} >= ${until}`, undefined, { polling: 100, timeout: 0 });
    const sample = { at: Number(await page.evaluate(NOW)), parts: await leastOf(heap) };
    samples.push(sample);
    console.error(describe(sample));
  }
  const speed = (MINUTES * 60) / ((performance.now() - began) / 1000);
  await context.close();
  const held = samples.map(({ parts }) => heapBytes(parts) / MEBIBYTE);
  const half = held.slice(SAMPLES / 2);
  const name = `memory: ${MINUTES} virtual min, 5 members, ${what}`;
  return [
    rowOf(`${name}: page and workers`, 'MiB', held, `${SAMPLES} times, after collection`),
    rowOf(`${name}: growth of the second half`, 'MiB', [(half.at(-1) ?? 0) - (held[SAMPLES / 2 - 1] ?? 0)]),
    rowOf(`${name}: speed`, 'virtual s/s', [speed], `load ${load1.toFixed(0)} at the beginning`),
  ];
}

/** Rows for `npm run bench`. */
export async function rows(): Promise<readonly Row[]> {
  await build({ configFile: 'vite.config.ts', logLevel: 'warn' });
  const server = await preview({ configFile: 'vite.config.ts', preview: { port: 4320, strictPort: false } });
  const browser = await chromium.launch({ args: ARGS, ...(executable === undefined ? {} : { executablePath: executable }) });
  const address = server.resolvedUrls?.local[0] ?? '';
  try {
    const rows: Row[] = [];
    const only = process.env['MEMORY_ONLY'];
    for (const situation of SITUATIONS)
      if (only === undefined || situation.what === only) rows.push(...(await hour(browser, address, situation)));
    return rows;
  } finally {
    await browser.close();
    await server.close();
  }
}
