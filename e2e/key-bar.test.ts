/** The keys that a touch keyboard lacks, over the terminal of a phone: each does what the key of that name does. */
import type { Locator, Page } from '@playwright/test';
import { expect, test, type Playground } from './playground.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const commandLine = (page: Page): Locator => page.getByRole('textbox', { name: 'Command line' });
const key = (page: Page, name: string): Locator =>
  page.getByRole('toolbar', { name: 'Keys of the terminal' }).getByRole('button', { name, exact: true });
const caret = async (page: Page): Promise<number | null> =>
  commandLine(page).evaluate((input) => (input instanceof HTMLInputElement ? input.selectionStart : null));

async function openTerminal(playground: Playground): Promise<void> {
  await playground.open();
  await playground.openPanel('Terminal');
  await commandLine(playground.page).tap();
  await expect(playground.page.getByRole('toolbar', { name: 'Keys of the terminal' })).toBeVisible();
}

test('the bar is there, within reach and large enough for a finger', async ({ playground, page }) => {
  await openTerminal(playground);
  const buttons = await page.getByRole('toolbar', { name: 'Keys of the terminal' }).getByRole('button').all();
  expect(buttons).toHaveLength(6);
  for (const button of buttons) {
    const box = (await button.boundingBox()) ?? { x: -1, y: 0, width: 0, height: 0 };
    expect(box.height).toBeGreaterThanOrEqual(43.5);
    expect(box.width).toBeGreaterThanOrEqual(43.5);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
  }
});

/** Nothing of it lies under the tape, which stands over the lower end of the page. */
async function expectClearOfTape(page: Page, what: Locator): Promise<void> {
  await expect
    .poll(async () => {
      const [box, tape] = [await what.boundingBox(), await page.getByRole('region', { name: 'Time', exact: true }).boundingBox()];
      return box === null || tape === null ? Infinity : box.y + box.height - tape.y;
    })
    .toBeLessThanOrEqual(0.5);
}

test('what was clicked leaves the doors and the bar in sight, and its line stands over the tape', async ({ playground, page }) => {
  await playground.open();
  await playground.toMember('etcd-1', 'Kill');
  await expect(playground.lastLine).toHaveText('play kill etcd-1');
  for (const name of ['Log', 'Details', 'Terminal']) await expectClearOfTape(page, page.getByRole('button', { name, exact: true }));
  const bar = page.getByRole('toolbar', { name: 'Keys of the terminal' });
  await playground.openPanel('Terminal');
  await expectClearOfTape(page, bar);
  // One branch more makes the tape higher.
  await page.getByRole('button', { name: 'Terminal', exact: true }).click();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name: /^2 branches/ })).toBeVisible();
  await playground.openPanel('Terminal');
  await expectClearOfTape(page, bar);
});

test('Tab completes, and the keyboard stays', async ({ playground, page }) => {
  await openTerminal(playground);
  await commandLine(page).fill('etcdctl pu');
  await key(page, 'Complete (Tab)').tap();
  await expect(commandLine(page)).toHaveValue('etcdctl put ');
  await expect(commandLine(page)).toBeFocused();
});

test('the arrows recall lines and move the caret', async ({ playground, page }) => {
  await openTerminal(playground);
  await playground.type('etcdctl version');
  await expect(playground.output).toContainText('etcdctl version: 3.5');
  await key(page, 'Earlier line').tap();
  await expect(commandLine(page)).toHaveValue('etcdctl version');
  const end = 'etcdctl version'.length;
  await commandLine(page).evaluate((input) => {
    if (input instanceof HTMLInputElement) input.setSelectionRange(input.value.length, input.value.length);
  });
  await key(page, 'Left').tap();
  await expect.poll(async () => caret(page)).toBe(end - 1);
  await key(page, 'Left').tap();
  await expect.poll(async () => caret(page)).toBe(end - 2);
  await key(page, 'Right').tap();
  await expect.poll(async () => caret(page)).toBe(end - 1);
  await key(page, 'Later line').tap();
  await expect(commandLine(page)).toHaveValue('');
  await expect(commandLine(page)).toBeFocused();
});

test('Ctrl-C ends what runs, and clears what is typed', async ({ playground, page }) => {
  await openTerminal(playground);
  await playground.type('etcdctl watch foo');
  const interrupt = playground.terminal.getByRole('button', { name: 'Interrupt', exact: true });
  await expect(interrupt).toBeVisible({ timeout: 20_000 });
  await key(page, 'Interrupt (Ctrl-C)').tap();
  await expect(interrupt).toBeHidden({ timeout: 20_000 });
  await playground.type('etcdctl version');
  await expect(playground.output).toContainText('etcdctl version: 3.5');
  await commandLine(page).fill('half a line');
  await key(page, 'Interrupt (Ctrl-C)').tap();
  await expect(commandLine(page)).toHaveValue('');
});
