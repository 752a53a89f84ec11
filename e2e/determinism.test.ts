import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { ask, HARNESS_URL } from './ask-harness.ts';

/** The hash of a scenario played in Node, in one thread, without a page. */
function hashInNode(file: string): string {
  const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'scenario', '--', file, '--hash'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  expect(status, stdout + stderr).toBe(0);
  const hash = /^trace sha256 ([0-9a-f]{64})$/.exec(stdout.trimEnd().split('\n').at(-1) ?? '')?.[1];
  if (hash === undefined) throw new Error(`no hash in the last line of: ${stdout}`);
  return hash;
}

/** The same run is the same, byte for byte, in Node without workers and in Chromium with a worker for each member. */
for (const name of ['three-members', 'five-members']) {
  test(`${name}: the trace is the same in Node and in workers, on files and in memory`, async ({ page }) => {
    test.slow();
    const file = `e2e/scenarios/${name}.play`;
    const text = readFileSync(file, 'utf8');
    const inNode = hashInNode(file);
    await page.goto(HARNESS_URL);
    for (const storage of ['opfs', 'memory', 'opfs'] as const) {
      const played = await ask(page, 'scenario', { type: 'scenario', text, storage });
      expect(played.failure).toBeUndefined();
      expect(played.hash, storage).toBe(inNode);
    }
    const otherSeed = await ask(page, 'scenario', { type: 'scenario', text: text.replace(/--seed \d+/, '--seed 8'), storage: 'memory' });
    expect(otherSeed.hash).not.toBe(inNode);
  });
}
