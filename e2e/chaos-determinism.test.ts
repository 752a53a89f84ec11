import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ask, HARNESS_URL } from './ask-harness.ts';

/** Seeds that are compared; CHAOS_SEEDS=50 for all that the documentation speaks of. */
const SEEDS = Number(process.env['CHAOS_SEEDS'] ?? 2);
const FIRST = 301;

const npm = (...args: readonly string[]): string => {
  const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', ...args], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
};

test(`chaos: the traces of ${SEEDS} seeds are the same in Node and in Chromium with a worker for each member`, async ({ page }) => {
  test.setTimeout(180_000 + SEEDS * 60_000);
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  npm('chaos', '--', '--seeds', `${FIRST}..${FIRST + SEEDS - 1}`, '--nodes', '3', '--for', '10s', '--write', folder);
  const files = readdirSync(folder);
  expect(files.length).toBe(SEEDS);
  await page.goto(HARNESS_URL);
  for (const file of files) {
    const path = join(folder, file);
    const inNode = /trace sha256 ([0-9a-f]{64})/.exec(npm('scenario', '--', path, '--check', '--hash'))?.[1];
    const played = await ask(page, 'scenario', { type: 'scenario', text: readFileSync(path, 'utf8'), storage: 'memory' });
    expect(played.failure, file).toBeUndefined();
    expect(played.hash, file).toBe(inNode);
  }
});
