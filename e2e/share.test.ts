/** What can be taken away of a run: files, pictures, texts for other tools. */
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './playground.ts';

/** Clicks, and reads the file that the page saves. */
async function savedBy(page: Page, button: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** What the page put on the clipboard last. */
const copied = (page: Page): Promise<string | undefined> => page.evaluate(() => (globalThis as { copied?: string }).copied);

test.describe('sharing', () => {
  test.beforeEach(async ({ playground, page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(navigator.clipboard, 'writeText', {
        value: (text: string) => ((globalThis as { copied?: string }).copied = text),
      });
    });
    await playground.open();
    await playground.request('put', 'foo', { value: 'bar' });
    await expect(playground.answers).toContainText('OK');
    await playground.pause();
    await page.getByRole('button', { name: 'Share' }).click();
  });

  test('saves the space-time diagram as a picture that stands alone', async ({ page }) => {
    const svg = await savedBy(page, 'Space-time diagram (SVG)');
    const text = svg.bytes.toString('utf8');
    expect(svg.name).toBe('space-time.svg');
    expect(text).toMatch(/^<svg /);
    expect(text).toContain('etcd-2');
    // Nothing in it needs the page's style sheet.
    expect(text).not.toContain('class=');
    expect(text).not.toContain('var(--');
    const png = await savedBy(page, 'Space-time diagram (PNG)');
    expect([...png.bytes.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join('')).toBe('PNG');
    expect(png.bytes.length).toBeGreaterThan(10_000);
  });

  test('speaks to Mermaid, to ShiViz, and to whoever reads JSON', async ({ page }) => {
    await page.getByRole('button', { name: 'Copy as Mermaid' }).click();
    await expect(page.getByText('Copied.')).toBeVisible();
    expect(await copied(page)).toMatch(/^sequenceDiagram\n +participant p0 as you\n[^]*->>[^]*put foo bar/);
    const shiviz = await savedBy(page, 'Save for ShiViz');
    expect(shiviz.bytes.toString('utf8')).toMatch(/\netcd-1 \{[^}]*"etcd-1":\d+/);
    const trace = await savedBy(page, 'Save its trace (JSON)');
    const file = JSON.parse(trace.bytes.toString('utf8')) as { events: { type: string }[]; run: { commands: unknown[] } }; // just saved
    expect(file.events.some((event) => event.type === 'applied')).toBe(true);
    expect(file.run.commands.length).toBeGreaterThan(0);
  });

  test('shows the link as a code for a camera, and breaks no rule of access', async ({ page }) => {
    await page.getByRole('button', { name: 'QR code' }).click();
    await expect(page.getByRole('img', { name: 'The link to this run as a QR code' })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
  });
});
