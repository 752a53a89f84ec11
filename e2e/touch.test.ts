import { expect, test, type Playground } from './playground.ts';

/** What a visitor does to the cluster with the pointer and the keys, found as a visitor finds it. */

interface Spot {
  readonly x: number;
  readonly y: number;
}

async function middleOf(playground: Playground, name: string): Promise<Spot> {
  const box = await playground.member(name).locator('.disc').boundingBox();
  if (box === null) throw new Error(`${name} is not on the stage`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A spot on the link of two members where nothing else lies over it. Time stands, so that nothing comes to lie there. */
async function spotOnLink(playground: Playground, from: string, to: string): Promise<Spot> {
  await playground.pause();
  const [a, b] = [await middleOf(playground, from), await middleOf(playground, to)];
  for (const share of [0.4, 0.35, 0.45, 0.3, 0.5, 0.55, 0.6]) {
    const spot = between(a, b, share);
    const hit = await playground.page.evaluate(
      ({ x, y }) => document.elementFromPoint(x, y)?.closest('[data-hit]')?.getAttribute('data-hit'),
      spot,
    );
    if (hit === 'link') return spot;
  }
  throw new Error(`something lies over the whole link between ${from} and ${to}`);
}

async function draw(playground: Playground, points: readonly Spot[]): Promise<void> {
  const { mouse } = playground.page;
  const [first, ...rest] = points;
  if (first === undefined) return;
  await mouse.move(first.x, first.y);
  await mouse.down();
  for (const { x, y } of rest) await mouse.move(x, y, { steps: 5 });
  await mouse.up();
}

const between = (a: Spot, b: Spot, share: number): Spot => ({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });

test.describe('the network is cut by hand', () => {
  test('by a line drawn through the ring', async ({ playground }) => {
    await playground.open();
    const [top, right, left] = [
      await middleOf(playground, 'etcd-1'),
      await middleOf(playground, 'etcd-2'),
      await middleOf(playground, 'etcd-3'),
    ];
    const y = (top.y + right.y) / 2;
    await draw(playground, [
      { x: left.x - 60, y },
      { x: right.x + 60, y: y + 6 },
    ]);
    await expect(playground.lastLine).toHaveText('play partition etcd-1 / etcd-2,etcd-3');
    await expect(playground.page.getByRole('button', { name: 'Heal' }).first()).toBeVisible();
  });

  test('by a line drawn around a member', async ({ playground }) => {
    await playground.open();
    const { x, y } = await middleOf(playground, 'etcd-2');
    const ring = Array.from({ length: 13 }, (_, at) => ({
      x: x + 85 * Math.cos((at / 12) * 6.28),
      y: y + 85 * Math.sin((at / 12) * 6.28),
    }));
    await draw(playground, ring);
    await expect(playground.lastLine).toHaveText('play partition etcd-2 / etcd-1,etcd-3');
  });

  test('one way, by the menu of a link', async ({ playground, page }) => {
    await playground.open();
    const { x, y } = await spotOnLink(playground, 'etcd-1', 'etcd-2');
    await page.mouse.click(x, y);
    await page.getByRole('menuitem', { name: 'Cut etcd-1 → etcd-2' }).click();
    await expect(playground.lastLine).toHaveText('play link etcd-1 > etcd-2 --cut');
  });

  test('slowed down by pulling a link aside', async ({ playground }) => {
    await playground.open();
    const at = await spotOnLink(playground, 'etcd-3', 'etcd-2');
    await draw(playground, [at, { x: at.x, y: at.y - 40 }]);
    await expect(playground.lastLine).toHaveText('play link etcd-2 <> etcd-3 --latency 53ms');
  });
});

test.describe('menus and commands', () => {
  test('a menu opens by the keyboard, is walked through, shows its line and closes', async ({ playground, page }) => {
    await playground.open();
    await playground.member('etcd-2').focus();
    await page.keyboard.press('Shift+F10');
    const menu = page.getByRole('menu', { name: 'etcd-2' });
    await expect(menu.getByRole('menuitem').first()).toBeFocused();
    await expect(page.getByText('$ play kill etcd-2')).toBeVisible();
    await page.keyboard.press('d');
    await expect(menu.getByRole('menuitem', { name: 'Disk…' })).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('menu', { name: 'Disk of etcd-2' })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(playground.lastLine).toHaveText('play disk etcd-2 --latency 20ms');
    await expect(playground.member('etcd-2')).toHaveAccessibleName(/disk 20 ms/);
    await playground.member('etcd-2').focus();
    await page.keyboard.press('Shift+F10');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toBeHidden();
    await expect(playground.member('etcd-2')).toBeFocused();
  });

  test('the palette finds a situation and a typed line', async ({ playground, page }) => {
    await playground.open();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill('isolate the leader');
    await expect(page.getByRole('listbox').getByRole('option', { selected: true })).toContainText('Isolate the leader');
    await page.keyboard.press('Enter');
    await expect(playground.lastLine).toHaveText('play isolate leader');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill('play heal');
    await page.keyboard.press('Enter');
    await expect(playground.lastLine).toHaveText('play heal');
  });

  test('a situation is chosen from the menu of the cluster', async ({ playground, page }) => {
    await playground.open();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Situations…' }).click();
    await page.getByRole('menuitem', { name: 'Flaky network' }).click();
    await expect(playground.lastLine).toHaveText('play link all <> all --loss 10% --latency 5ms..60ms');
    await expect(page.getByText('every link: 5ms..60ms, loss 10%')).toBeVisible();
  });

  test('what was done last is undone, and can be gone back to', async ({ playground, page }) => {
    await playground.open();
    const { leader } = await playground.waitForLeader();
    await playground.toMember(leader, 'Kill');
    await expect(playground.member(leader)).toHaveAccessibleName(/down/);
    await page.keyboard.press('Control+z');
    await expect(playground.member(leader)).toHaveAccessibleName(/up$/);
    await expect(page.getByText(`Undone: play kill ${leader}.`)).toBeVisible();
    await page.getByRole('button', { name: 'Go to branch 1' }).first().click();
    await expect(playground.member(leader)).toHaveAccessibleName(/down/);
  });
});

test.describe('time', () => {
  test('an instant is bookmarked, named and gone to; it survives a reload', async ({ playground, page }) => {
    await playground.open();
    await playground.pause();
    const at = await playground.seconds();
    await page.keyboard.press('b');
    await expect(page.getByRole('button', { name: 'Go to Bookmark 1' })).toBeVisible();
    await playground.resume();
    await expect.poll(() => playground.seconds(), { timeout: 20_000 }).toBeGreaterThan(at + 0.3);
    await page.getByRole('button', { name: 'Go to Bookmark 1' }).click();
    await expect.poll(() => playground.seconds()).toBeCloseTo(at, 2);
    await page.getByRole('button', { name: /1 bookmark/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('list', { name: 'Bookmarks' }).getByLabel('Name').fill('calm');
    await page.keyboard.press('Tab');
    await expect(dialog).toContainText('Go to calm');
    await page.keyboard.press('Escape');
    await page.reload();
    await expect(page.getByRole('button', { name: 'Go to calm' })).toBeVisible({ timeout: 20_000 });
  });

  test('steps of one state change go forth and back by as much', async ({ playground, page }) => {
    await playground.open();
    await playground.pause();
    await page.getByLabel('Step size').selectOption({ label: 'one state change' });
    await playground.stepUntilEarlier(() => page.keyboard.press(','));
    await playground.stepUntilLater(() => page.keyboard.press('.'));
  });

  test('a breakpoint stops time when its condition comes to hold', async ({ playground, page }) => {
    await playground.open();
    await page.getByRole('button', { name: 'Breakpoints' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Condition' }).fill('leader(');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await dialog.getByRole('button', { name: 'not leader' }).click();
    await expect(dialog.getByRole('list', { name: 'Breakpoints' })).toContainText('not leader');
    await page.keyboard.press('Escape');
    const { leader } = await playground.waitForLeader();
    await playground.toMember(leader, 'Kill');
    await expect(page.getByText(/^Stopped at .*: not leader$/)).toBeVisible({ timeout: 15_000 });
    await expect(page.getByRole('region', { name: 'Time' }).getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  });
});

test.describe('history', () => {
  test('the space-time diagram is searched, zoomed and moved, and a message in it can be chosen', async ({ playground, page }) => {
    await playground.open();
    const answer = await playground.request('put', 'needle', { value: '1' });
    await expect(answer).toContainText('OK');
    await playground.pause();
    await page.keyboard.press('v');
    const diagram = page.getByRole('region', { name: /^Space-time diagram/ });
    await expect(diagram.locator('.flight').first()).toBeAttached();
    const plain = await diagram.locator('.flight:not(.flight-other)').count();
    await page.getByRole('searchbox', { name: 'Key or text' }).fill('needle');
    await expect.poll(() => diagram.locator('.flight:not(.flight-other)').count()).toBeLessThan(plain);
    await expect(diagram.locator('.flight:not(.flight-other)').first()).toBeAttached();
    await page.getByRole('searchbox', { name: 'Key or text' }).fill('');
    await page.getByLabel('Messages shown').selectOption({ label: 'clients' });
    await expect.poll(() => diagram.locator('.flight-append:not(.flight-other)').count()).toBe(0);
    const label = (): Promise<string | null> => diagram.getByRole('img').getAttribute('aria-label');
    // All of a short run is seen at first, and then there is nowhere to go.
    const whole = await label();
    await diagram.focus();
    for (let n = 0; n < 3; n++) await page.keyboard.press('+');
    await expect.poll(label).not.toBe(whole);
    const first = await label();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(label).not.toBe(first);
    await page.getByRole('button', { name: 'Follow', exact: true }).click();
    await expect.poll(label).toBe(first);
    await page.mouse.move(700, 400);
    await page.mouse.wheel(0, -400);
    await expect.poll(label).not.toBe(first);
  });

  test('a long log is scrolled back to entries that no frame carries', async ({ playground, page }) => {
    await playground.open();
    await playground.openPanel('Log');
    await playground.setPace('as fast as possible');
    await playground.type('for i in $(seq 1 120); do etcdctl put key-$i v; done');
    await expect(page.getByRole('button', { name: 'Interrupt', exact: true })).toBeHidden({ timeout: 40_000 });
    await playground.pause();
    const log = page.getByRole('region', { name: 'Log, scrolls sideways' });
    await expect(log.getByRole('cell', { name: /key-120=v/ }).first()).toBeVisible();
    await expect(log.getByRole('cell', { name: /key-2=v/ })).toHaveCount(0);
    await log.evaluate((element) => {
      element.scrollLeft = 0;
    });
    const old = log.getByRole('cell', { name: /key-2=v, committed, applied/ });
    await expect(old.first()).toBeVisible();
    await old.first().click();
    await expect(log.locator('.cell-selected')).toHaveCount(1);
    expect(await log.getByRole('cell').count()).toBeLessThan(120);
  });
});

test.describe('without sight of the stage', () => {
  test('the ring is a table with the same actions, and what happens is told', async ({ playground, page }) => {
    await playground.open();
    // So that nothing else happens of which the newest few sentences would be told instead.
    await playground.pause();
    await page.keyboard.press('a');
    const table = page.getByRole('region', { name: 'The ring as a table' });
    const row = table.getByRole('table', { name: 'Members' }).getByRole('row', { name: /etcd-2/ });
    await expect(row).toContainText(/leader|follower/);
    await table.getByRole('button', { name: 'Actions: etcd-2' }).click();
    await page.getByRole('menuitem', { name: 'Freeze' }).click();
    await expect(playground.lastLine).toHaveText('play freeze etcd-2');
    await expect(row).toContainText('frozen');
    await expect(page.getByRole('log', { name: 'What happens' })).toContainText('etcd-2', { timeout: 10_000 });
  });

  test('panels are resized with the keys, and stay so', async ({ playground, page }) => {
    await playground.open();
    await playground.openPanel('Details');
    const splitter = page.getByRole('separator', { name: 'Width of the side panels' });
    const rail = page.getByRole('region', { name: 'Details' });
    const before = (await rail.boundingBox())?.width ?? 0;
    await splitter.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => (await rail.boundingBox())?.width ?? 0).toBeGreaterThan(before + 50);
    await page.reload();
    await playground.waitForLeader();
    await expect.poll(async () => (await rail.boundingBox())?.width ?? 0).toBeGreaterThan(before + 50);
  });
});
