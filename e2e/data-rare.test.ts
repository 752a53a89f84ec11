/** What few runs come to see: a full database, authentication, v2 keys, a backend that is busy. */
import type { Locator, Page } from '@playwright/test';
import { expect, test, type Playground } from './playground.ts';

async function openView(playground: Playground, name: string): Promise<void> {
  const { page } = playground;
  await playground.openPanel('Details');
  await page.getByRole('tab', { name: 'Data' }).click();
  const doors = page.getByRole('navigation', { name: 'Data views' });
  const door = doors.getByRole('button', { name, exact: true });
  await expect(doors).toBeVisible();
  if (!(await door.isVisible())) await doors.getByRole('button', { name: 'More…' }).click();
  await door.click();
}

/** A new cluster by a line, at the pace of the cluster itself. */
async function newCluster(playground: Playground, line: string): Promise<void> {
  await playground.open();
  await playground.begin(async () => playground.type(line));
  await playground.setPace('1×');
}

const said = (page: Page): Locator => page.getByRole('region', { name: 'What the last click ran' });

test('a database over its quota raises an alarm, which is seen, explained and disarmed', async ({ playground, page }) => {
  await newCluster(playground, 'play new --nodes 3 --seed 7 --quota-backend-bytes 32768');
  await openView(playground, 'Storage');
  await expect(page.getByText('No alarm.')).toBeVisible();
  await expect(await playground.request('put', 'big', { value: 'x'.repeat(20_000) })).toContainText(
    'etcdserver: mvcc: database space exceeded',
  );
  const alarm = page.getByRole('alert').filter({ hasText: 'NOSPACE' });
  await expect(alarm).toContainText('The cluster takes no more writes: compact, defragment each member, then disarm.');
  await alarm.getByRole('button', { name: 'Disarm' }).click();
  await expect(page.getByText('No alarm.')).toBeVisible();
  await expect(await playground.request('put', 'small', { value: '1' })).toContainText('OK');
});

test('authentication is turned on in the users view: nobody may act without a name then', async ({ playground, page }) => {
  await playground.open();
  await page.getByLabel('Pace').selectOption('1');
  await openView(playground, 'Users');
  await expect(page.getByText('Authentication is off.')).toBeVisible();
  const user = page.getByRole('form', { name: 'Add user' });
  await user.getByLabel('Name').fill('root');
  await user.getByLabel('Password').fill('secret');
  await user.getByRole('button', { name: 'Add user' }).click();
  await expect(said(page)).toContainText('User root created');
  const role = page.getByRole('form', { name: 'Add role' });
  await role.getByLabel('Role').fill('root');
  await role.getByRole('button', { name: 'Add role' }).click();
  const give = page.getByRole('group', { name: 'Give role root' });
  await give.getByRole('button', { name: 'root' }).click();
  await expect(said(page)).toContainText('Role root is granted to user root');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByText('Authentication is on.')).toBeVisible();
  await expect(await playground.request('put', 'a', { value: '1' })).toContainText('etcdserver: user name is empty');
  await page.getByLabel('The lines go as').fill('root:secret');
  await page.getByRole('button', { name: 'Turn off' }).click();
  await expect(page.getByText('Authentication is off.')).toBeVisible();
  await expect(await playground.request('put', 'a', { value: '1' })).toContainText('OK');
});

test('v2 keys are a tree that follows what is set and deleted', async ({ playground, page }) => {
  await playground.open();
  await openView(playground, 'v2 keys');
  await playground.begin(async () => page.getByRole('button', { name: 'New cluster with the v2 API' }).click());
  await playground.setPace('1×');
  await expect(page.getByText('No v2 keys yet.')).toBeVisible({ timeout: 30_000 });
  const form = page.getByRole('form', { name: 'Set' });
  await form.getByLabel('Path').fill('/app/name');
  await form.getByLabel('Value').fill('one');
  await form.getByRole('button', { name: 'Set' }).click();
  const tree = page.getByRole('list', { name: 'v2 keys' }).getByRole('listitem');
  await expect(tree).toHaveCount(2);
  await expect(tree.nth(0)).toContainText('app/');
  await expect(tree.nth(1)).toContainText('one');
  // By another way than the view's own.
  await playground.type('curl http://127.0.0.1:2379/v2/keys/app/name -XPUT -d value=two');
  await expect(tree.nth(1)).toContainText('two');
  await page.getByRole('button', { name: 'Delete /app', exact: true }).click();
  await expect(page.getByText('No v2 keys yet.')).toBeVisible();
});

test('a member that defragments says that it answers nothing meanwhile, and for how long', async ({ playground, page }) => {
  await playground.open();
  await openView(playground, 'Storage');
  // Event by event: it takes milliseconds.
  await playground.pause();
  await page.getByRole('button', { name: 'Defragment etcd-1' }).click();
  const meanwhile = page.getByText(/^defragmenting: answers nothing for another [\d.]+ s$/);
  await expect(async () => {
    if (!(await meanwhile.isVisible())) await page.getByRole('button', { name: 'Step', exact: true }).click();
    await expect(meanwhile).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await playground.setPace('1×');
  await playground.resume();
  await expect(said(page)).toContainText('Finished defragmenting etcd member');
  await expect(page.getByText(/^defragmenting/)).toBeHidden();
});

test('a transaction within a transaction, guarded by a compare of a whole prefix, goes through the gateway', async ({
  playground,
  page,
}) => {
  await playground.open();
  await page.getByLabel('Pace').selectOption('1');
  await openView(playground, 'Transaction');
  const form = page.getByRole('form', { name: 'Transaction' });
  await form.getByRole('region', { name: 'If' }).getByLabel('prefix').check();
  const then = form.getByRole('region', { name: 'then', exact: true }).first();
  await then.getByRole('combobox', { name: 'Operation' }).selectOption('txn');
  const nested = form.getByRole('group', { name: 'Transaction 1 of “then”' });
  await nested.getByRole('button', { name: 'then: + Operation' }).click();
  await nested.getByLabel('Key').fill('inner');
  await nested.getByLabel('Value').fill('kept');
  await expect(page.getByLabel('The same for the JSON gateway')).toContainText('request_txn');
  await form.getByRole('button', { name: 'Run' }).click();
  const taken = form.getByRole('region', { name: 'then, taken' });
  await expect(taken).toContainText('SUCCESS');
  await expect(taken).toContainText('OK');
  await expect(playground.lastLine).toContainText('/v3/kv/txn');
  await expect(await playground.request('get', 'inner')).toContainText('kept');
});
