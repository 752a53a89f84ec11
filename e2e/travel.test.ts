import { expect, test, type Playground } from './playground.ts';

/** Drags the tape to a share of its width. */
async function dragTo(playground: Playground, share: number): Promise<void> {
  const box = await playground.timeline.boundingBox();
  if (box === null) throw new Error('the tape is not there');
  const y = box.y + box.height / 2;
  await playground.page.mouse.move(box.x + box.width * 0.9, y);
  await playground.page.mouse.down();
  await playground.page.mouse.move(box.x + box.width * share, y, { steps: 4 });
  await playground.page.mouse.up();
}

/** Going back in time as a visitor does it. */
test.describe('the past', () => {
  test('is looked at by dragging the tape, and left again', async ({ playground, page }) => {
    await playground.open();
    const first = await playground.waitForLeader();
    await playground.toMember(first.leader, 'Kill');
    const second = await playground.waitForLeader({ after: first.term });
    await playground.pause();
    const head = await playground.seconds();
    await dragTo(playground, 0.02);
    await expect(page.getByText(/^The past:/)).toBeVisible();
    await expect.poll(() => playground.seconds()).toBeLessThan(head);
    await expect(playground.member(first.leader)).toHaveAccessibleName(/up$/);
    await page.getByRole('button', { name: 'Back to the present' }).click();
    await expect(page.getByText(/^The past:/)).toBeHidden();
    await expect(playground.headline).toContainText(`${second.leader} leads term ${String(second.term)}`);
    await expect.poll(() => playground.seconds()).toBe(head);
  });

  test('is walked through with the keyboard, in steps that go both ways', async ({ playground, page }) => {
    await playground.open();
    await expect.poll(() => playground.seconds(), { timeout: 20_000 }).toBeGreaterThan(2);
    await playground.pause();
    const head = await playground.seconds();
    await playground.timeline.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => playground.seconds()).toBe(0);
    await page.keyboard.press('PageUp');
    await expect.poll(() => playground.seconds()).toBe(1);
    await playground.stepUntilEarlier(() => page.keyboard.press('ArrowLeft'));
    await page.keyboard.press('End');
    await expect.poll(() => playground.seconds()).toBe(head);
    await playground.stepUntilEarlier(() => page.getByRole('button', { name: 'Step back' }).click());
  });

  test('is changed by acting in it: a branch begins, the old one is kept, also over a reload', async ({ playground, page }) => {
    await playground.open();
    await playground.type('etcdctl put foo one');
    await expect(playground.output).toContainText('OK');
    await expect.poll(() => playground.seconds(), { timeout: 20_000 }).toBeGreaterThan(2);
    await playground.pause();
    await playground.timeline.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => playground.seconds()).toBe(0);
    await expect(page.getByText(/^The past:/)).toBeVisible();
    await playground.type('etcdctl put foo two');
    await playground.resume();
    await expect(page.getByRole('status').filter({ hasText: 'kept as branch 1' })).toBeVisible();
    await playground.type('etcdctl get foo --print-value-only');
    await expect(playground.output).toContainText(/print-value-only\s*two/);
    await page.reload();
    await playground.waitForLeader();
    await page.getByRole('button', { name: '2 branches' }).click();
    const dialog = page.getByRole('dialog', { name: 'Branches' });
    await expect(dialog).toContainText('you are here');
    await dialog.getByRole('button', { name: 'Go there: Branch 1' }).click();
    await expect(dialog).toBeHidden();
    await playground.resume();
    await playground.type('etcdctl get foo --print-value-only');
    await expect(playground.output).toContainText(/print-value-only\s*one/);
  });
});
