/** What can be taken away of a run: files, pictures, texts for other tools. */
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, Playground, test } from './playground.ts';

/** Clicks, and reads the file that the page saves. */
async function savedBy(page: Page, button: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** What the page put on the clipboard last. */
const copied = (page: Page): Promise<string | undefined> => page.evaluate(() => (globalThis as { copied?: string }).copied);

test.describe('sharing', () => {
  let instant = 0;
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
    instant = await playground.seconds();
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

  test('opens a saved trace at its last instant, and says what is wrong with another file', async ({ page, playground }) => {
    const trace = await savedBy(page, 'Save its trace (JSON)');
    const open = async (name: string, buffer: Buffer): Promise<void> => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Open a file…' }).click()]);
      await chooser.setFiles({ name, mimeType: 'application/json', buffer });
    };
    await open('broken.json', Buffer.from('{"etcd-playground run": 1,\n"seed": "x"}'));
    await expect(page.getByRole('alert')).toContainText('broken.json holds no run that can be opened');
    await expect(page.getByRole('alert')).toContainText('The present cluster is untouched.');
    await open(trace.name, trace.bytes);
    await expect(page.getByRole('dialog')).toBeHidden();
    // The run before stood at the same instant, but at its present.
    await expect(page.getByText(`The past: ${instant.toFixed(3)} s of ${instant.toFixed(3)} s.`)).toBeVisible();
    await playground.resume();
    await expect(await playground.request('get', 'foo')).toContainText('bar');
  });

  test('gives a link that opens at this instant, standing still, with the panel that was open', async ({ page, browser, baseURL }) => {
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: /^Details/ }).click();
    await page.getByRole('tab', { name: 'Safety' }).click();
    const instant = await new Playground(page).seconds();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await expect(page.getByText('Copied.')).toBeVisible();
    const context = await browser.newContext(baseURL === undefined ? {} : { baseURL });
    const other = new Playground(await context.newPage());
    await other.page.goto((await copied(page)) ?? '');
    await expect.poll(async () => other.seconds(), { timeout: 20_000 }).toBeCloseTo(instant, 2);
    await expect(other.page.getByRole('tab', { name: 'Safety' })).toHaveAttribute('aria-selected', 'true');
    await other.page.waitForTimeout(300);
    expect(await other.seconds()).toBeCloseTo(instant, 2);
    await context.close();
  });
});
