/** The data views: what etcd holds, seen and changed without typing a command. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test, type Playground } from './playground.ts';

/** Opens the data tab with one of its views. */
async function openView(playground: Playground, name: string): Promise<void> {
  const { page } = playground;
  await playground.openPanel('Details');
  await page.getByRole('tab', { name: 'Data' }).click();
  const doors = page.getByRole('navigation', { name: 'Data views' });
  const more = doors.getByRole('button', { name: 'More…' });
  const door = doors.getByRole('button', { name, exact: true });
  await expect(doors).toBeVisible();
  if (!(await door.isVisible())) await more.click();
  await door.click();
}

/** At the pace of the cluster itself, so that journeys take no longer than they have to. */
async function open(playground: Playground, view: string): Promise<void> {
  await playground.open();
  await playground.setPace('1×');
  await openView(playground, view);
}

const keyForm = (page: Page): Locator => page.getByRole('form', { name: 'New key' });

async function putKey(page: Page, key: string, value: string): Promise<void> {
  const form = keyForm(page);
  if (!(await form.isVisible())) await page.getByRole('button', { name: 'New key' }).first().click();
  await form.getByLabel('Key').fill(key);
  await form.getByLabel('Value').fill(value);
  await form.getByRole('button', { name: 'Put' }).click();
  await expect(page.getByRole('region', { name: 'What the last click ran' }).getByRole('status')).toHaveText('done');
}

async function findings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

test('a key is put, found in the tree by keyboard, edited and deleted; each step echoes its line', async ({ playground, page }) => {
  await open(playground, 'Keys');
  await expect(page.getByText('No keys yet. Put the first one.')).toBeVisible();
  await putKey(page, '/app/name', 'one');
  await expect(playground.lastLine).toHaveText(/etcdctl .*put \/app\/name one$/);
  const tree = page.getByRole('tree', { name: 'Keys' });
  await expect(tree.getByRole('treeitem')).toHaveCount(2);
  await tree.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('region', { name: '/app/name' });
  await expect(detail.getByLabel('Value')).toHaveText('one');
  await detail.getByRole('button', { name: 'Edit' }).click();
  await detail.getByLabel('Value').fill('{"a":1}');
  await detail.getByRole('button', { name: 'Put' }).click();
  await expect(detail.getByLabel('Value')).toHaveText(/"a": 1/);
  await detail.getByRole('button', { name: 'hex' }).click();
  await expect(detail.getByLabel('Value')).toContainText('7b 22 61 22');
  await detail.getByRole('button', { name: 'Delete' }).click();
  await expect(detail.getByText('This key is not in this member’s store any more.')).toBeVisible();
  await expect(playground.lastLine).toHaveText(/etcdctl .*del \/app\/name$/);
});

test('a key has its menu, by mouse and by keyboard', async ({ playground, page }) => {
  await open(playground, 'Keys');
  await putKey(page, 'color', 'red');
  const row = page.getByRole('treeitem').filter({ hasText: 'color' });
  await row.click({ button: 'right' });
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: /color/ }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await page.getByRole('tree').focus();
  await page.keyboard.press('Shift+F10');
  await menu.getByRole('menuitem', { name: /^Delete.*color/ }).click();
  await expect(playground.lastLine).toHaveText('etcdctl del color');
  await expect(row).toBeHidden();
});

test('a key’s history shows what changed, its end, and the way back', async ({ playground, page }) => {
  await open(playground, 'Keys');
  await putKey(page, 'color', 'dark red');
  await putKey(page, 'color', 'dark blue');
  await page.getByRole('treeitem').filter({ hasText: 'color' }).click();
  const detail = page.getByRole('region', { name: 'color' });
  await detail.getByRole('button', { name: 'Delete' }).click();
  await detail.getByRole('button', { name: 'History' }).click();
  const rows = detail.getByRole('list', { name: 'History of color' }).getByRole('listitem');
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(0)).toContainText('tombstone');
  await expect(rows.nth(1).getByRole('deletion')).toHaveText('removed red');
  await expect(rows.nth(1).getByRole('insertion')).toHaveText('added blue');
  await rows.nth(2).getByRole('button', { name: 'Put back the value of revision 2' }).click();
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(0)).toContainText('dark red');
});

test('the revision slider shows the store as it was, and etcd’s words for what was compacted', async ({ playground, page }) => {
  await open(playground, 'Keys');
  for (const value of ['1', '2', '3', '4']) await putKey(page, 'n', value);
  await openView(playground, 'Revisions');
  const slider = page.getByRole('slider', { name: 'Revision', exact: true });
  await expect(slider).toHaveAttribute('aria-valuetext', '5 of 5');
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('row', { name: /n 2 3/ })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Compact up to here' }).click();
  await expect(page.getByText('compacted below 4')).toBeVisible();
  await page.getByRole('textbox', { name: 'Go to' }).fill('2');
  await page.keyboard.press('Enter');
  await expect(page.getByText('etcdserver: mvcc: required revision has been compacted')).toBeVisible();
  await expect(page.getByText('What this revision held is gone')).toBeVisible();
});

test('a watch runs in a terminal of its own, is listed with its events, and can be stopped', async ({ playground, page }) => {
  await open(playground, 'Watchers');
  const form = page.getByRole('form', { name: 'Watch in a terminal' });
  await form.getByLabel('Key', { exact: true }).fill('/w/');
  await form.getByRole('button', { name: 'Watch in a terminal' }).click();
  const watchers = page.getByRole('list', { name: 'Watchers' });
  await expect(watchers.getByText('synced')).toBeVisible();
  await expect(watchers).toContainText('all that begin with /w/');
  await playground.request('put', '/w/a', { value: 'x' });
  await playground.request('put', '/w/a', { value: 'y' });
  const told = page.getByRole('list', { name: 'What it was told, newest first' });
  await expect(told.getByRole('listitem')).toHaveCount(2);
  await expect(told.getByRole('listitem').first()).toContainText('/w/a');
  await page.getByRole('button', { name: /^Stop the watch of you/ }).click();
  await expect(page.getByText('Nobody watches.')).toBeVisible();
});

test('a lease counts down at the leader alone, and takes its key with it', async ({ playground, page }) => {
  await open(playground, 'Leases');
  await page.getByLabel('TTL, s').fill('60');
  await page.getByRole('button', { name: 'Grant', exact: true }).click();
  const leases = page.getByRole('list', { name: 'Leases' });
  await expect(leases.getByRole('meter')).toBeVisible();
  await expect(leases).toContainText(/s left of 60 s/);
  await leases.getByRole('button', { name: /^Put a key with it/ }).click();
  await keyForm(page).getByLabel('Key').fill('mortal');
  await keyForm(page).getByRole('button', { name: 'Put' }).click();
  await expect(leases).toContainText('1 key');
  const { leader } = await playground.waitForLeader();
  const follower = ['etcd-1', 'etcd-2', 'etcd-3'].find((name) => name !== leader) ?? '';
  await page.getByRole('combobox', { name: 'Ask' }).selectOption(follower);
  await expect(page.getByText(`${follower} knows the leases, but counts no time: ${leader} does, as the leader.`)).toBeVisible();
  await expect(leases).toContainText('not counted here');
  await playground.setPace('as fast as possible');
  await expect(page.getByText('No leases. Grant one')).toBeVisible({ timeout: 30_000 });
  await openView(playground, 'Keys');
  await expect(page.getByText('No keys yet.')).toBeVisible();
});

test('a transaction lights the branch that was taken', async ({ playground, page }) => {
  await open(playground, 'Transaction');
  await expect(page.getByLabel('The same for etcdctl')).toContainText('create("lock") = "0"');
  await page.getByRole('button', { name: 'Run', exact: true }).last().click();
  await expect(page.getByText('Every compare held: “then” was done.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'then, taken' })).toContainText('OK');
  await expect(page.getByRole('region', { name: 'else, not taken' })).toBeVisible();
  await page.getByRole('form', { name: 'Transaction' }).getByRole('button', { name: 'Run' }).click();
  await expect(page.getByRole('region', { name: 'else, taken' })).toContainText('lock');
  await expect(page.getByRole('region', { name: 'else, taken' })).toContainText('me');
});

test('a learner is added, started, watched as it catches up, and promoted', async ({ playground, page }) => {
  await open(playground, 'Members');
  await expect(page.getByText('3 voters: a majority is 2.')).toBeVisible();
  // etcd refuses changes while its members have not been connected for five seconds.
  await page.getByRole('button', { name: 'Add etcd-4 as a learner' }).click();
  const said = page.getByRole('region', { name: 'What the last click ran' }).getByRole('status');
  await expect(said).toHaveText(/done|failed/);
  while ((await said.textContent()) !== 'done') {
    await expect(page.getByText('etcdserver: unhealthy cluster')).toBeVisible();
    await page.waitForTimeout(1000);
    await page.getByRole('button', { name: 'Add etcd-4 as a learner' }).click();
    await expect(said).toHaveText(/done|failed/);
  }
  await expect(page.getByText('3 voters: a majority is 2.')).toBeVisible();
  await expect(page.getByText('added, not started')).toBeVisible();
  await page.getByRole('button', { name: 'Start etcd-4' }).click();
  await expect(page.getByText('It has the whole log.')).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Promote etcd-4' }).click();
  await expect(page.getByText('4 voters: a majority is 3.')).toBeVisible();
  await expect(playground.member('etcd-4')).toBeVisible();
});

test('leadership is handed over, and a dead member is replaced in the right order', async ({ playground, page }) => {
  await open(playground, 'Members');
  const { leader, term } = await playground.waitForLeader();
  const other = ['etcd-1', 'etcd-2', 'etcd-3'].find((name) => name !== leader) ?? '';
  await page.getByRole('button', { name: `Hand the leadership to ${other}` }).click();
  expect((await playground.waitForLeader({ after: term })).leader).toBe(other);
  // etcd takes a member for healthy after five seconds of its own.
  const handed = await playground.seconds();
  await expect.poll(() => playground.seconds(), { timeout: 30_000 }).toBeGreaterThan(handed + 6);
  await playground.toMember(leader, 'Kill');
  await openView(playground, 'Members');
  await page.getByRole('button', { name: `Replace ${leader}` }).click();
  await expect(page.getByText('Remove it first, then add a new one')).toBeVisible();
  await page.getByRole('button', { name: `Remove ${leader} from the cluster` }).click();
  await expect(page.getByText('2 voters: a majority is 2.')).toBeVisible();
  await expect(page.getByText('not in the cluster')).toBeVisible();
});

test('compaction and defragmentation give space back', async ({ playground, page }) => {
  await open(playground, 'Storage');
  await expect(page.getByText('No alarm.')).toBeVisible();
  await playground.request('put', 'a', { value: '1' });
  await playground.request('put', 'a', { value: '2' });
  await page.getByRole('form', { name: 'Compact' }).getByRole('button', { name: 'Compact' }).click();
  const said = page.getByRole('region', { name: 'What the last click ran' });
  await expect(said).toContainText(/compacted revision \d/);
  await page.getByRole('button', { name: 'Defragment etcd-1' }).click();
  await expect(said).toContainText('Finished defragmenting etcd member');
});

test('a load runs, is measured, survives a leader’s death in its figures, and stops', async ({ playground, page }) => {
  await open(playground, 'Load');
  await expect(page.getByText('No load yet.')).toBeVisible();
  // Few enough that a busy machine keeps up with the pace: an outcome is unknown some seconds after the leader's death.
  await page.getByRole('form', { name: 'Load' }).getByLabel('Requests a second').fill('20');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('img', { name: /^Answered a second: now [1-9]/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('img', { name: /^Latency: now/ })).toBeVisible();
  await expect(playground.lastLine).toHaveText(/^play traffic start --clients 4 --rate 20/);
  const { leader } = await playground.waitForLeader();
  await playground.toMember(leader, 'Kill');
  await playground.setPace('as fast as possible');
  await openView(playground, 'Load');
  await expect
    .poll(async () => Number(await page.getByRole('row', { name: /^All/ }).getByRole('cell').nth(2).textContent()), { timeout: 40_000 })
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByRole('status').getByText('stopped')).toBeVisible();
});

test('users, roles and v2 keys stay out of sight until they are asked for', async ({ playground, page }) => {
  await open(playground, 'Keys');
  const doors = page.getByRole('navigation', { name: 'Data views' });
  await expect(doors.getByRole('button', { name: 'Users' })).toBeHidden();
  await openView(playground, 'Users');
  await page.getByRole('form', { name: 'Add role' }).getByLabel('Role').fill('reader');
  await page.getByRole('button', { name: 'Add role' }).click();
  const grant = page.getByRole('form', { name: 'Allow reader' });
  await grant.getByLabel('May').selectOption('read');
  await grant.getByLabel('Key').fill('/app/');
  await grant.getByRole('button', { name: 'Allow' }).click();
  await expect(page.getByText('may read all that begin with /app/')).toBeVisible();
  await openView(playground, 'v2 keys');
  await expect(page.getByText('This cluster runs without --enable-v2.')).toBeVisible();
});

test('the quorum is asked, and does not answer without a majority', async ({ playground, page }) => {
  await open(playground, 'Keys');
  await putKey(page, 'k', 'v');
  await page.getByRole('combobox', { name: 'Read' }).selectOption({ label: 'through the quorum (linearizable)' });
  await expect(page.getByText('A majority confirmed revision 2 when this was asked.')).toBeVisible();
  await expect(page.getByRole('treeitem').filter({ hasText: 'k' })).toBeVisible();
  await playground.toMember('etcd-2', 'Kill');
  await playground.toMember('etcd-3', 'Kill');
  await openView(playground, 'Keys');
  await page.getByRole('combobox', { name: 'Ask' }).selectOption('etcd-1');
  await expect(page.getByRole('treeitem').filter({ hasText: 'k' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Read' }).selectOption({ label: 'through the quorum (linearizable)' });
  await expect(page.getByText('The quorum did not answer:')).toBeVisible({ timeout: 30_000 });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in any data view, ${colorScheme}`, async ({ playground, page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await open(playground, 'Keys');
    await putKey(page, '/a/b', '{"x":1}');
    await page.getByRole('treeitem').filter({ hasText: 'b' }).last().click();
    await page.getByRole('button', { name: 'History' }).click();
    for (const view of ['Keys', 'Revisions', 'Watchers', 'Leases', 'Transaction', 'Members', 'Storage', 'Load', 'Users', 'v2 keys']) {
      await openView(playground, view);
      if (view === 'Leases') await page.getByRole('button', { name: 'Grant', exact: true }).click();
      if (view === 'Transaction') {
        await page.getByRole('form', { name: 'Transaction' }).getByRole('button', { name: 'Run' }).click();
        await expect(page.getByRole('region', { name: 'then, taken' })).toBeVisible();
      }
      if (view === 'Load') {
        await page.getByRole('button', { name: 'Start', exact: true }).click();
        await expect(page.getByRole('img', { name: /^Latency: now/ })).toBeVisible({ timeout: 20_000 });
        await page.getByRole('button', { name: 'Stop', exact: true }).click();
      }
      await page.waitForTimeout(300);
      expect(await findings(page), view).toEqual([]);
    }
  });
}

test('on a phone every data view fits, and its buttons are as large as a finger', async ({ playground, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(playground, 'Keys');
  for (const view of ['Keys', 'Revisions', 'Watchers', 'Leases', 'Transaction', 'Members', 'Storage', 'Load']) {
    await openView(playground, view);
    await expect(page.locator('.data-view')).toBeVisible();
    await expect
      .poll(async () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), { message: view })
      .toBeLessThanOrEqual(0);
    const small = async (): Promise<readonly (string | null)[]> =>
      page
        .getByRole('region', { name: 'Details' })
        .locator('.data-doors button, .data-view button, .data-view select')
        .evaluateAll((all) =>
          all.filter((one) => one.getClientRects().length > 0 && one.getBoundingClientRect().height < 44).map((one) => one.textContent),
        );
    await expect.poll(small, { message: view }).toEqual([]);
  }
});
