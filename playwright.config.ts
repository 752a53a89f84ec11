import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import { HARNESS_PORT, HARNESS_URL } from './e2e/ask-harness.ts';

/** `npm test` names the browser that it found or fetched; alone, Playwright takes the system's Chromium or its own. */
const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));
/** The site's port, and the harness's is the next: two checkouts can test side by side with `E2E_PORT=4273 npx playwright test`. */
const PORT = HARNESS_PORT - 1;

/** Browser tests run against the built site, served under a sub-path as GitHub Pages does. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  snapshotPathTemplate: 'e2e/screenshots/{arg}{ext}',
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  workers: 2,
  // Against what hangs: each thing that a test waits for has its own limit, and a busy machine takes many times as long for their sum.
  timeout: 180_000,
  expect: {
    timeout: 10_000,
    // Survives a browser update's new text edges, not a moved or missing thing.
    toHaveScreenshot: { maxDiffPixelRatio: 0.02, threshold: 0.25, animations: 'disabled' },
  },
  use: {
    baseURL: `http://127.0.0.1:${PORT}/etcd-playground/`,
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    colorScheme: 'light',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Raster in one thread and in whole tiles: screenshots come out the same.
        '--disable-partial-raster',
        '--num-raster-threads=1',
      ],
    },
  },
  projects: [{ name: 'chromium', use: { browserName: 'chromium' } }],
  webServer: [
    {
      name: 'site',
      command: `node tools/serve-site.mjs --port ${PORT}`,
      url: `http://127.0.0.1:${PORT}/etcd-playground/`,
      timeout: 180_000,
    },
    {
      name: 'harness',
      command: `vite build --config e2e/harness/vite.config.ts && node tools/serve-site.mjs --dir node_modules/.cache/harness --base / --port ${HARNESS_PORT}`,
      url: HARNESS_URL,
      timeout: 180_000,
    },
  ],
});
