/** The log in presentation mode: a room reads at most eight columns of it, however wide the projector is. */
import { defaultRunOptions } from '../src/sim/run-options.ts';
import { newRunSpec } from '../src/sim/run-spec.ts';
import { expect, test } from './playground.ts';
import { etcdctlAt, standingLink } from './standing-link.ts';

const COLUMNS_MAX = 8;
const WRITES = 24;
const END = 4_500_000;

const commands = Array.from({ length: WRITES }, (_, i) => etcdctlAt(1_000_000 + i * 100_000, 'put', `k${i}`, 'v'));
const LONG_LOG = standingLink({ ...newRunSpec(7, { ...defaultRunOptions(), nodes: 3 }), commands }, END, { panels: 'log' });

for (const [width, height] of [
  [1024, 768],
  [1440, 900],
  [1920, 1080],
  [3840, 2160],
] as const) {
  test(`a room that looks at ${width} × ${height} sees at most ${COLUMNS_MAX} columns of a long log`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`./#${LONG_LOG}`);
    await expect(page.getByRole('slider', { name: 'Go to an instant of the run' })).toHaveAttribute('aria-valuetext', /^4\.500 s/, {
      timeout: 30_000,
    });
    await page.getByRole('button', { name: 'Present', exact: true }).click();
    const scroller = page.locator('.log-scroller');
    await expect(scroller).toBeVisible();
    /** Numbers of the columns of which more than half is seen. */
    const seen = async (): Promise<readonly string[]> =>
      scroller.evaluate((element) => {
        const box = element.getBoundingClientRect();
        return [...element.querySelectorAll('.log-header text')].flatMap((text) => {
          const own = text.getBoundingClientRect();
          const middle = own.left + own.width / 2;
          return middle > box.left && middle < box.right ? [text.textContent] : [];
        });
      });
    await expect.poll(async () => (await seen()).length).toBeLessThanOrEqual(COLUMNS_MAX);
    // The newest ones, and more than one.
    await expect.poll(async () => (await seen()).length).toBeGreaterThan(1);
    await expect.poll(async () => Number((await seen()).at(-1))).toBeGreaterThanOrEqual(WRITES);
    expect((await seen()).length).toBeLessThanOrEqual(COLUMNS_MAX);
  });
}
