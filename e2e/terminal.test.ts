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
      ['make me a sandwich', /make: command not found/],
      ["etcdctl put 'a", /missing closing '/],
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

  test('offers to run when a command needs time and time is paused', async ({ playground, page }) => {
    await playground.pause();
    await playground.type('etcdctl put foo later');
    await expect(page.getByText('Time is paused, and this needs time.')).toBeVisible();
    await page.getByRole('status').getByRole('button', { name: 'Run' }).click();
    await expect(playground.output).toContainText('OK');
  });

  test('shows a member that fails a check of its own, with a report that carries the run', async ({ playground, page }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await playground.type('etcdctl put foo bar');
    await expect(playground.output).toContainText('OK');
    // Its log is gone, but the leader knows what it had: no such member may go on (paper §5.1: stable storage).
    const { leader } = await playground.waitForLeader();
    const victim = leader === 'etcd-2' ? 'etcd-3' : 'etcd-2';
    await playground.type(`play wipe ${victim}`);
    await playground.type(`play restart ${victim}`);
    const told = new RegExp(String.raw`^${victim} stopped at a failed check: tocommit\(\d+\) is out of range`);
    await expect(page.getByText(told)).toBeVisible({ timeout: 15_000 });
    await expect(playground.member(victim)).toHaveAccessibleName(/crashed/);
    await page.getByRole('button', { name: 'Copy the report' }).click();
    const report = await page.evaluate(async () => navigator.clipboard.readText());
    expect(report).toContain('"seed"');
    expect(report).toContain('wipe');
  });

  test('shows the line of every click', async ({ playground }) => {
    await playground.toMember('etcd-2', 'Freeze');
    await expect(playground.output).toContainText('play freeze etcd-2');
  });
});
