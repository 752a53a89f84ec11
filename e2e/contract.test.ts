import { expect, test } from '@playwright/test';
import { ask, HARNESS_URL } from './ask-harness.ts';

/** Members in workers keep what members in one thread keep: the same suite, and the traces are equal byte for byte. */
for (const storage of ['opfs', 'memory'] as const) {
  test(`members in workers keep the contract of hosts, on ${storage}`, async ({ page }) => {
    test.slow();
    await page.goto(HARNESS_URL);
    const reports = await ask(page, 'contract', { type: 'contract', storage });
    expect(reports.filter((report) => report.error !== undefined)).toEqual([]);
    expect(reports.length).toBeGreaterThan(3);
  });
}
