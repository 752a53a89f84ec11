/** Where a terminal talks to, and what it says while nobody answers there. */
import { expect, test } from './playground.ts';

test.describe('a terminal', () => {
  test('says that its member does not answer, and offers another', async ({ playground, page }) => {
    await playground.open();
    await playground.openPanel('Terminal');
    await expect(playground.terminal.getByText('does not answer now')).toBeHidden();
    await playground.toMember('etcd-1', 'Kill');
    await expect(playground.terminal.getByText('etcd-1 does not answer now')).toBeVisible();
    await playground.terminal.getByRole('button', { name: 'Talk to etcd-2' }).click();
    await expect(playground.terminal.getByText('etcd-1 does not answer now')).toBeHidden();
    await playground.type('etcdctl put foo bar');
    await expect(playground.output).toContainText('OK', { timeout: 20_000 });
    await expect(page.getByText('etcd-2 $').last()).toBeVisible();
  });

  test('has the keyboard when a key opens it, on a narrow page too', async ({ playground, page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await playground.open();
    await page.keyboard.press('t');
    const input = page.getByRole('textbox', { name: 'Command line' });
    await expect(input).toBeFocused();
    await page.keyboard.type('play status');
    await expect(input).toHaveValue('play status');
  });

  test('takes no key of the page while it is being loaded', async ({ playground, page }) => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/assets\/Terminal-[^/]*\.js$/, async (route) => {
      await held;
      await route.continue();
    });
    await playground.open();
    await page.keyboard.press('1');
    await page.keyboard.press('t');
    await page.keyboard.press('k');
    release();
    await expect(page.getByRole('textbox', { name: 'Command line' })).toBeFocused();
    await expect(playground.member('etcd-1')).toHaveAccessibleName(/, up$/);
  });
});
