import type { Locator } from '@playwright/test';
import { expect, test, type Playground } from './playground.ts';

/** What a visitor asks of the run, found as a visitor finds it. */

const why = (playground: Playground): Locator => playground.page.getByRole('region', { name: 'Why', exact: true });
const feed = (playground: Playground): Locator => playground.page.getByRole('list', { name: 'Events' });

/** A cluster of a seed, with the rail open; time passes at its own pace. */
async function begin(playground: Playground, nodes: number): Promise<{ readonly leader: string; readonly term: number }> {
  await playground.open();
  await playground.type(`play new --nodes ${nodes} --seed 7`);
  await expect(playground.page.getByText(new RegExp(`^${nodes} members · seed 7 ·`))).toBeVisible();
  const found = await playground.waitForLeader({ after: 1 });
  await playground.openPanel('Details');
  return found;
}

test.describe('why', () => {
  test('a leader leads is answered before anybody asks, with the votes and the paper', async ({ playground }) => {
    const { leader } = await begin(playground, 3);
    await expect(why(playground).getByRole('heading')).toHaveText(`Why does ${leader} lead term 2?`);
    await expect(why(playground)).toContainText('voted for it; 2 are a majority.');
    await expect(why(playground)).toContainText('Raft §5.2');
  });

  test('a vote was refused: the leader was heard a moment ago', async ({ playground, page }) => {
    const { leader } = await begin(playground, 3);
    const other = ['etcd-1', 'etcd-2', 'etcd-3'].find((name) => name !== leader) ?? '';
    await playground.type(`play timeout ${other}`);
    await feed(playground)
      .getByRole('button', { name: new RegExp(`would not vote for ${other}`) })
      .first()
      .click();
    await expect(why(playground).getByRole('heading')).toHaveText(new RegExp(`^Why would etcd-\\d not vote for ${other}\\?$`));
    await expect(why(playground)).toContainText('less than an election timeout');
    await page.keyboard.press('Escape');
    await expect(why(playground).getByRole('heading')).toHaveText(/^Why does etcd-\d lead term/);
  });
});

test('the feed is searched and filtered', async ({ playground, page }) => {
  const { leader } = await begin(playground, 3);
  await playground.type('etcdctl put needle 1');
  await page.getByRole('searchbox', { name: 'Search' }).fill('needle');
  for (const item of await feed(playground).getByRole('listitem').all()) await expect(item).toContainText('needle');
  await page.getByRole('searchbox', { name: 'Search' }).fill('');
  await page.getByLabel('About').selectOption({ label: 'elections' });
  await expect(feed(playground)).toContainText(`${leader} won term 2`);
  await expect(feed(playground)).not.toContainText('needle');
});
