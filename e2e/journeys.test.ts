import { expect, test } from './playground.ts';

/** What a visitor does in the first minutes, found as a visitor finds it. */
test.describe('a visitor', () => {
  test('sees a calm page and an election in the first eight seconds of the cluster', async ({ playground, page }) => {
    await page.goto('./');
    const { term } = await playground.waitForLeader();
    expect(term).toBeGreaterThan(0);
    expect(await playground.seconds()).toBeLessThan(8);
    // Nobody leads before an election, and no election comes before a timeout has passed. The tape's scale follows time.
    await playground.pause();
    const mark = async (kind: string): Promise<number> =>
      (await page.getByRole('region', { name: 'Time' }).locator(`.mark-${kind} path`).first().boundingBox())?.x ?? Number.NaN;
    const start = (await playground.timeline.boundingBox())?.x ?? Number.NaN;
    const [election, leader] = [await mark('election'), await mark('leader')];
    expect(election).toBeGreaterThan(start);
    expect(leader).toBeGreaterThanOrEqual(election);
    for (const name of ['etcd-1', 'etcd-2', 'etcd-3']) await expect(playground.member(name)).toBeVisible();
    await expect(page.getByRole('region', { name: 'Log', exact: true })).toBeHidden();
    await expect(playground.terminal).toBeHidden();
    await expect(page.getByText('3 members')).toBeVisible();
  });

  test('follows the hints: puts a key, kills the leader, restarts it', async ({ playground, page }) => {
    await playground.open();
    const first = await playground.waitForLeader();
    await page.getByRole('button', { name: 'Put a key' }).click();
    await expect(playground.answers).toContainText('OK');
    await expect(playground.lastLine).toContainText('put foo bar');
    await expect(page.getByRole('region', { name: 'Log', exact: true })).toBeVisible();

    await page.getByRole('button', { name: `Kill ${first.leader}` }).click();
    await expect(playground.lastLine).toHaveText(`play kill ${first.leader}`);
    const second = await playground.waitForLeader({ after: first.term });
    expect(second.leader).not.toBe(first.leader);
    await expect(playground.headline).toContainText(`${first.leader} is down`);

    await page.getByRole('button', { name: `Restart ${first.leader}` }).click();
    await expect(playground.member(first.leader)).toHaveAccessibleName(new RegExp(`follower, term ${String(second.term)}, up`), {
      timeout: 15_000,
    });
    const answer = await playground.request('get', 'foo', { through: first.leader });
    await expect(answer).toContainText('bar');
  });

  test('opens a watch beside a put and sees it fire', async ({ playground }) => {
    await playground.open();
    const watch = await playground.request('watch', 'foo', { through: 'etcd-2' });
    await expect(watch).toContainText('watching');
    await playground.request('put', 'foo', { value: 'seen', through: 'etcd-3' });
    const fired = playground.answers.getByRole('listitem').filter({ hasText: 'watch foo' });
    await expect(fired).toContainText('PUT');
    await expect(fired).toContainText('seen');
    await fired.getByRole('button', { name: 'Stop' }).click();
    await expect(fired).toContainText('stopped');
  });

  test('freezes a member and thaws it', async ({ playground }) => {
    await playground.open();
    const { leader, term } = await playground.waitForLeader();
    await playground.toMember(leader, 'Freeze');
    await playground.waitForLeader({ after: term });
    await expect(playground.member(leader)).toHaveAccessibleName(/frozen/);
    await playground.toMember(leader, 'Thaw');
    await expect(playground.member(leader)).toHaveAccessibleName(/follower, term \d+, up/, { timeout: 15_000 });
  });

  test('cuts the network by choosing sides, writes to the minority, heals', async ({ playground, page }) => {
    await playground.open();
    const { leader, term } = await playground.waitForLeader();
    // All three have published themselves: one that is cut off before that takes no requests for seven seconds, as etcd's.
    await expect(playground.headline).toContainText(/Committed up to (8|9|\d\d)\./, { timeout: 15_000 });
    await page.getByRole('button', { name: 'Cut the network' }).click();
    await playground.member(leader).click();
    await page.getByRole('button', { name: 'Cut here' }).click();
    await expect(playground.lastLine).toContainText('play partition');
    const minority = await playground.request('put', 'foo', { value: 'lost', through: leader });
    const minorityAnswer = playground.answers.getByRole('listitem').filter({ hasText: 'put foo lost' });
    await expect(minority).toContainText('waiting');
    const second = await playground.waitForLeader({ after: term });
    await playground.request('put', 'foo', { value: 'kept', through: second.leader });
    await expect(playground.answers.getByRole('listitem').filter({ hasText: 'put foo kept' })).toContainText('OK', { timeout: 15_000 });
    await expect(minorityAnswer).toContainText('context deadline exceeded', { timeout: 20_000 });

    await page.getByRole('button', { name: 'Heal' }).first().click();
    await expect(playground.member(leader)).toHaveAccessibleName(new RegExp(`follower, term ${String(second.term)}`), { timeout: 15_000 });
    const answer = await playground.request('get', 'foo', { through: leader });
    await expect(answer).toContainText('kept');
  });

  test('pauses, steps and changes the pace', async ({ playground, page }) => {
    await playground.open();
    await playground.pause();
    const time = page.getByRole('region', { name: 'Time' });
    const before = await playground.seconds();
    await page.waitForTimeout(500);
    expect(await playground.seconds()).toBe(before);
    await playground.stepUntilLater(() => time.getByRole('button', { name: 'Step', exact: true }).click());
    await playground.setPace('as fast as possible');
    await time.getByRole('button', { name: 'Run', exact: true }).click();
    const running = await playground.seconds();
    await expect.poll(async () => playground.seconds()).toBeGreaterThan(running + 10);
  });

  test('begins a new cluster of five', async ({ playground, page }) => {
    await playground.open();
    await page.getByRole('button', { name: 'New cluster' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('5 members').check();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await expect(playground.member('etcd-5')).toBeVisible();
    await playground.waitForLeader();
  });
});

test.describe('by keyboard alone', () => {
  test('a visitor chooses, kills and restarts a member, cuts and heals the network, and finds the keys', async ({ playground, page }) => {
    await playground.open();
    await page.keyboard.press('1');
    await expect(page.getByRole('region', { name: 'etcd-1', exact: true })).toBeVisible();
    await page.keyboard.press('k');
    await expect(playground.lastLine).toHaveText('play kill etcd-1');
    await expect(playground.member('etcd-1')).toHaveAccessibleName(/down/);
    await page.keyboard.press('r');
    await expect(playground.member('etcd-1')).toHaveAccessibleName(/up/, { timeout: 15_000 });
    await page.keyboard.press('Escape');
    await page.keyboard.press('p');
    await page.keyboard.press('2');
    await page.keyboard.press('Enter');
    await expect(playground.lastLine).toContainText('play partition etcd-2 / etcd-1,etcd-3');
    await page.keyboard.press('h');
    await expect(playground.lastLine).toHaveText('play heal');
    await page.keyboard.press('t');
    await expect(playground.terminal).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toContainText('Kill the chosen member');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  });

  test('tab reaches every member, and Enter chooses it', async ({ playground, page }) => {
    await playground.open();
    await playground.member('etcd-2').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: 'etcd-2', exact: true })).toBeVisible();
  });
});
