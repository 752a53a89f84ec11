import { AxeBuilder } from '@axe-core/playwright';
import { runToFragment } from '../src/host/share.ts';
import { defaultRunOptions } from '../src/sim/run-options.ts';
import { newRunSpec } from '../src/sim/run-spec.ts';
import { expect, test } from './playground.ts';

/** The terminal prints what etcdctl prints, and says plainly what it does not know. */
test.describe('the terminal', () => {
  test.beforeEach(async ({ playground }) => {
    await playground.open();
    await playground.openPanel('Terminal');
  });

  test('puts, gets and deletes', async ({ playground }) => {
    await playground.type('etcdctl put foo bar');
    await expect(playground.output).toContainText('OK');
    await playground.type('etcdctl get foo');
    await expect(playground.output).toContainText(/foo\s*bar/);
    await playground.type('etcdctl get foo -w json');
    await expect(playground.output).toContainText('"key":"Zm9v","create_revision":2,"mod_revision":2,"version":1,"value":"YmFy"');
    await playground.type('etcdctl del foo');
    await expect(playground.output).toContainText(/etcdctl del foo\s*1/);
  });

  test('prints the members with the ids of the documentation', async ({ playground }) => {
    await playground.type('etcdctl member list');
    await expect(playground.output).toContainText('47a42fb96a975854, started, etcd-1, http://127.0.0.1:2380, http://127.0.0.1:2379, false');
    await playground.type('etcdctl endpoint status -w table');
    await expect(playground.output).toContainText('| 127.0.0.1:2379 | 47a42fb96a975854 |');
  });

  test('watches until Ctrl-C', async ({ playground, page }) => {
    await playground.type('etcdctl watch foo');
    await playground.request('put', 'foo', { value: 'beside' });
    await expect(playground.output).toContainText(/PUT\s*foo\s*beside/);
    await page.getByRole('textbox', { name: 'Command line' }).press('Control+c');
    await playground.type('etcdctl version');
    await expect(playground.output).toContainText('etcdctl version: 3.5');
  });

  test('answers bad input with etcd’s own words, and goes on', async ({ playground }) => {
    const cases: readonly (readonly [line: string, answer: RegExp])[] = [
      ['etcdctl putt a b', /unknown command "putt" for "etcdctl"/],
      ['etcdctl put', /put command needs 1 argument and input from stdin or 2 arguments/],
      ['etcdctl get a --limit=x', /invalid argument "x" for "--limit"/],
      ['etcdctl get a --nosuch', /unknown flag: --nosuch/],
      ['play kill etcd-9', /no member "etcd-9"/],
      ['play fly', /unknown command play fly/],
      ['play run 5', /a time needs a unit/],
      ['frobnicate the cluster', /frobnicate: command not found/],
    ];
    for (const [line, answer] of cases) {
      await playground.type(line);
      await expect(playground.output.getByText(answer).last()).toBeVisible();
    }
    await playground.type('etcdctl put still works');
    await expect(playground.output).toContainText('OK');
  });

  test('shows the last lines again with the arrow keys', async ({ playground, page }) => {
    await playground.type('etcdctl version');
    await playground.type('play status');
    const input = page.getByRole('textbox', { name: 'Command line' });
    await input.press('ArrowUp');
    await expect(input).toHaveValue('play status');
    await input.press('ArrowUp');
    await expect(input).toHaveValue('etcdctl version');
    await input.press('ArrowDown');
    await expect(input).toHaveValue('play status');
  });

  test('goes on in the next line until a command is whole, or until Ctrl-C', async ({ playground, page }) => {
    await playground.type('for i in 1 2; do');
    await playground.type('etcdctl put k$i v$i');
    await playground.type('done');
    await expect(playground.output).toContainText(/OK\s*OK/);
    await playground.type("etcdctl put 'a");
    await page.getByRole('textbox', { name: 'Command line' }).press('Control+c');
    await playground.type('etcdctl get k --prefix --keys-only | grep k2');
    await expect(playground.output).toContainText(/grep k2\s*k2/);
  });

  test('completes words with Tab, and finds typed lines with Ctrl-R', async ({ playground, page }) => {
    await playground.type('etcdctl put food 1');
    await expect(playground.output).toContainText('OK');
    const input = page.getByRole('textbox', { name: 'Command line' });
    await input.fill('etcdctl memb');
    await input.press('Tab');
    await expect(input).toHaveValue('etcdctl member ');
    await input.fill('etcdctl get fo');
    await input.press('Tab');
    await expect(input).toHaveValue('etcdctl get food ');
    await input.fill('');
    await input.press('Control+r');
    await input.press('p');
    await input.press('u');
    await expect(input).toHaveValue('etcdctl put food 1');
    await input.press('Escape');
    await expect(input).toHaveValue('etcdctl put food 1');
  });

  test('has several shells side by side, each talking to a member of its own', async ({ page }) => {
    await page.getByRole('button', { name: 'One more terminal' }).click();
    await page.getByLabel('Where etcdctl talks to').selectOption('etcd-2');
    const second = page.getByRole('textbox', { name: 'Command line, terminal 2' });
    await expect(page.getByText('etcd-2 $').last()).toBeVisible();
    await second.fill('etcdctl watch foo');
    await second.press('Enter');
    const more = page.getByRole('button', { name: 'More of the terminal' });
    await more.click();
    await page.getByRole('menuitemcheckbox', { name: 'Side by side' }).click();
    const first = page.getByRole('textbox', { name: 'Command line, terminal 1' });
    await first.fill('etcdctl put foo beside');
    await first.press('Enter');
    await expect(page.getByRole('log', { name: 'Terminal output, terminal 1' })).toContainText('OK');
    await expect(page.getByRole('log', { name: 'Terminal output, terminal 2' })).toContainText(/PUT\s*foo\s*beside/);
    await second.focus();
    await more.click();
    await expect(page.getByRole('menuitemcheckbox', { name: 'Side by side' })).toBeChecked();
    await page.getByRole('menuitem', { name: 'Close terminal 2' }).click();
    await expect(second).toBeHidden();
  });

  test('takes a pasted example with its prompts and what it printed', async ({ playground, page }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(() => navigator.clipboard.writeText('$ etcdctl put foo bar\nOK\n$ etcdctl get foo\nfoo\nbar\n'));
    await page.getByRole('textbox', { name: 'Command line' }).focus();
    await page.keyboard.press('Control+v');
    await expect(playground.output).toContainText(/OK\s*foo\s*bar/);
  });

  test('has one row of words, and the rest in a menu for the keyboard alone', async ({ playground, page }) => {
    const header = playground.terminal.locator('header');
    await playground.type('etcdctl put foo bar');
    await expect(playground.output).toContainText('OK');
    expect((await header.boundingBox())?.height).toBeLessThan(56);
    const more = page.getByRole('button', { name: 'More of the terminal' });
    await more.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Play a script…' })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('menuitem', { name: 'Save the transcript' })).toBeFocused();
    const saved = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    const chunks: Buffer[] = [];
    for await (const chunk of await (await saved).createReadStream()) chunks.push(Buffer.from(chunk as Uint8Array)); // a stream of bytes
    expect(Buffer.concat(chunks).toString()).toMatch(/ \$ etcdctl put foo bar\nOK\n/);
    await expect(more).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toBeHidden();
    await expect(more).toBeFocused();
  });

  test('plays a script file of the visitor’s in the place of the cluster', async ({ playground, page }) => {
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'More of the terminal' }).click();
    await page.getByRole('menuitem', { name: 'Play a script…' }).click();
    const buffer = Buffer.from('play new --nodes 5 --seed 11\n@3s play freeze etcd-5\n');
    await (await chosen).setFiles({ name: 'five members.play', mimeType: 'text/plain', buffer });
    await expect(playground.member('etcd-5')).toHaveAccessibleName(/frozen/, { timeout: 30_000 });
  });

  test('reads a flood by its size and its last line', async ({ playground, page }) => {
    await playground.type('seq 1 2000');
    const voice = page.getByRole('status', { name: 'What the terminal prints' });
    await expect(voice).toHaveText(/^\d+ more lines, the last: 2000$/);
    await playground.type('echo few');
    await expect(voice).toHaveText('few');
  });

  test('offers to run when a command needs time and time is paused', async ({ playground, page }) => {
    await playground.pause();
    await playground.type('etcdctl put foo later');
    await expect(page.getByText('Time is paused, and this needs time.')).toBeVisible();
    await page.getByRole('status').getByRole('button', { name: 'Run' }).click();
    await expect(playground.output).toContainText('OK');
  });

  test('shows a member that fails a check of its own, with a report that carries the run', async ({ playground, page }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    // Its log is gone and it joins again as itself; but the leader knows what it had: no such member may go on (paper §5.1: stable storage).
    const victim = 'etcd-2';
    const initialCluster = ['2380', '2480', '2580'].map((port, i) => ({ name: `etcd-${i + 1}`, peerUrls: [`http://127.0.0.1:${port}`] }));
    const flags = {
      name: victim,
      dataDir: `${victim}.etcd`,
      peerUrls: ['http://127.0.0.1:2480'],
      clientUrls: ['http://127.0.0.1:2479'],
      initialCluster,
      initialClusterToken: 'etcd-cluster-my',
      initialClusterState: 'existing' as const,
    };
    const spec = {
      ...newRunSpec(7, defaultRunOptions()),
      commands: [
        { at: 3_000_000, command: { type: 'wipe' as const, nodes: [victim] } },
        { at: 3_100_000, command: { type: 'launch' as const, flags } },
      ],
    };
    await page.goto(`./#${runToFragment(spec)}`);
    await page.reload();
    await playground.waitForLeader();
    await playground.setPace('10×');
    const told = new RegExp(String.raw`^${victim} stopped at a failed check: tocommit\(\d+\) is out of range`);
    await expect(page.getByText(told)).toBeVisible({ timeout: 15_000 });
    await expect(playground.member(victim)).toHaveAccessibleName(/crashed/);
    await page.getByRole('button', { name: 'Copy the report' }).click();
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
    const report = await page.evaluate(async () => navigator.clipboard.readText());
    expect(report).toContain('"seed"');
    expect(report).toContain('wipe');
  });

  test('shows the line of every click', async ({ playground }) => {
    await playground.toMember('etcd-2', 'Freeze');
    await expect(playground.output).toContainText('play freeze etcd-2');
  });
});

test.describe('the terminal on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('has the keys that a touch keyboard lacks', async ({ playground, page }) => {
    await playground.open();
    await playground.type('etcdctl put food 1');
    await expect(playground.output).toContainText('OK');
    const bar = page.getByRole('toolbar', { name: 'Keys of the terminal' });
    for (const button of await bar.getByRole('button').all()) {
      const box = await button.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const input = page.getByRole('textbox', { name: 'Command line' });
    const press = (name: string): Promise<void> => bar.getByRole('button', { name }).tap();
    await input.fill('etcdctl memb');
    await press('Complete (Tab)');
    await expect(input).toHaveValue('etcdctl member ');
    await press('Left');
    await press('Left');
    await page.keyboard.type('X');
    await expect(input).toHaveValue('etcdctl membeXr ');
    await press('Right');
    await page.keyboard.type('Y');
    await expect(input).toHaveValue('etcdctl membeXrY ');
    await press('Earlier line');
    await expect(input).toHaveValue('etcdctl put food 1');
    await press('Later line');
    await expect(input).toHaveValue('');
    await playground.type('etcdctl watch food');
    await expect(playground.terminal.getByRole('button', { name: 'Interrupt', exact: true })).toBeVisible();
    await press('Interrupt (Ctrl-C)');
    await playground.type('echo free');
    await expect(playground.output).toContainText(/echo free\s*free/);
  });
});

test.describe('the terminal for all', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing in two terminals and their menu, ${colorScheme}`, async ({ playground, page }) => {
      await page.emulateMedia({ colorScheme });
      await playground.open();
      await playground.type('etcdctl put foo bar');
      await playground.type('etcdctl nosuch');
      await page.getByRole('button', { name: 'One more terminal' }).click();
      await page.getByRole('button', { name: 'More of the terminal' }).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)).toEqual([]);
    });
  }
});
