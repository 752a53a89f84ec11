/**
 * The page while an instant of the past is looked at, on the screens that have least room: nothing of the row under the stage lies under the tape,
 * nothing is cut off, everything that is touched is large enough, and the way back is there. Nothing moves when the past is entered.
 */
import type { Locator, Page } from '@playwright/test';
import { runToFragment } from '../src/host/share.ts';
import { defaultRunOptions } from '../src/sim/run-options.ts';
import { newRunSpec } from '../src/sim/run-spec.ts';
import { expect, test, type Playground } from './playground.ts';

interface Screen {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

const PHONE: Screen = { name: 'a phone', width: 390, height: 844 };
const LYING: Screen = { name: 'a phone on its side', width: 844, height: 390 };
const TABLET: Screen = { name: 'a tablet', width: 1024, height: 768 };
const LOOKS = [
  { language: 'English', locale: 'en-US', colorScheme: 'light', doors: ['Log', 'Details', 'Terminal'], present: 'Back to the present' },
  { language: 'Chinese', locale: 'zh-CN', colorScheme: 'dark', doors: ['日志', '详情', '终端'], present: '回到现在' },
] as const;

const boxOf = async (
  locator: Locator,
): Promise<{ readonly x: number; readonly y: number; readonly width: number; readonly height: number }> =>
  (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

/** Half a pixel is rounding. */
const ROUNDING = 0.5;

/** Its leader is elected within the first second and stays: what the page says of it does not change from one step to the next. */
const CALM = runToFragment(newRunSpec(7, { ...defaultRunOptions(), nodes: 3 }));

/** A run that stands still a moment before its end, so that the past is one key away. By classes: the page speaks another language in some of these. */
async function openPaused(page: Page): Promise<void> {
  await page.goto(`./#${CALM}`);
  const play = page.locator('.round-strong');
  const tape = page.locator('.tape-slider');
  await expect
    .poll(async () => Number.parseFloat((await tape.getAttribute('aria-valuetext')) ?? ''), { timeout: 30_000 })
    .toBeGreaterThan(2);
  await play.click();
  let before = '';
  await expect
    .poll(async () => {
      const last = before;
      before = (await tape.getAttribute('aria-valuetext')) ?? '';
      return before === last;
    })
    .toBe(true);
}

async function lookBack(page: Page): Promise<void> {
  await page.locator('.tape-slider').press('ArrowLeft');
  await expect(page.locator('.past-bar strong')).toBeVisible();
}

async function expectNothingCovered(page: Page, doors: readonly string[]): Promise<void> {
  // A panel that opens may still be loaded.
  await expect(async () => {
    const tape = await boxOf(page.locator('.tape-card'));
    for (const name of doors) {
      const door = await boxOf(page.getByRole('button', { name, exact: true }));
      expect(door.height, name).toBeGreaterThan(0);
      expect(door.y + door.height, `${name} and the tape`).toBeLessThanOrEqual(tape.y + ROUNDING);
    }
    for (const part of ['.stage-card', '.hint .button']) {
      const box = await boxOf(page.locator(part));
      expect(box.height, part).toBeGreaterThan(0);
      expect(box.y + box.height, `${part} and the tape`).toBeLessThanOrEqual(tape.y + ROUNDING);
    }
  }).toPass({ timeout: 10_000 });
}

async function expectNoSideways(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}

async function expectWayBack(page: Page, present: string): Promise<void> {
  const back = page.getByRole('button', { name: present });
  const [tape, box] = [await boxOf(page.locator('.tape-card')), await boxOf(back)];
  expect(box.height).toBeGreaterThanOrEqual(44 - ROUNDING);
  expect(box.width).toBeGreaterThanOrEqual(44);
  expect(box.x + box.width).toBeLessThanOrEqual(tape.x + tape.width);
  // The time that is shown is not cut off.
  expect(
    await page
      .locator('.past-bar p')
      .first()
      .evaluate((p) => p.scrollWidth - p.clientWidth),
  ).toBeLessThanOrEqual(0);
  await back.click();
  await expect(page.locator('.past-bar strong')).toBeHidden();
}

for (const { language, locale, colorScheme, doors, present } of LOOKS) {
  for (const { name, width, height } of [PHONE, LYING]) {
    test.describe(`${name}, ${language}`, () => {
      test.use({ viewport: { width, height }, locale, colorScheme, hasTouch: true, isMobile: true });

      test('shows the past without hiding or moving anything', async ({ page }) => {
        await openPaused(page);
        const [stage, tape] = [await boxOf(page.locator('.stage-card')), await boxOf(page.locator('.tape-card'))];
        await expectNothingCovered(page, doors);
        await lookBack(page);
        await expectNothingCovered(page, doors);
        expect(await boxOf(page.locator('.stage-card'))).toEqual(stage);
        expect(await boxOf(page.locator('.tape-card'))).toEqual(tape);
        await expectNoSideways(page);
        await expectWayBack(page, present);
      });

      test('shows one panel at a time in the past, between the doors and the tape', async ({ page }) => {
        await openPaused(page);
        await lookBack(page);
        for (const door of doors) {
          await page.getByRole('button', { name: door, exact: true, pressed: false }).click();
          const panel = page.locator(door === doors[0] ? '.log-card' : '.side > .card');
          await expect(panel).toHaveCount(1);
          await expect(panel).toBeInViewport();
          await expectNoSideways(page);
          // The last line of the page can be scrolled clear of the tape.
          await expect
            .poll(async () => {
              await page.evaluate(() => {
                window.scrollTo(0, document.documentElement.scrollHeight);
              });
              const [tape, box] = [await boxOf(page.locator('.tape-card')), await boxOf(panel)];
              return box.y + box.height - tape.y;
            })
            .toBeLessThanOrEqual(ROUNDING);
          await page.getByRole('button', { name: door, exact: true, pressed: true }).click();
        }
        await expectWayBack(page, present);
      });
    });
  }

  test.describe(`${TABLET.name}, ${language}`, () => {
    test.use({ viewport: { width: TABLET.width, height: TABLET.height }, locale, colorScheme, hasTouch: true, isMobile: true });

    test('shows the past beside all panels', async ({ page }) => {
      await openPaused(page);
      await lookBack(page);
      for (const door of doors) await page.getByRole('button', { name: door, exact: true, pressed: false }).click();
      await expectNothingCovered(page, doors);
      await expect(page.locator('.side > .card')).toHaveCount(2);
      await expect(async () => {
        const tape = await boxOf(page.locator('.tape-card'));
        for (const panel of await page.locator('.stage-card, .log-card, .side > .card').all()) {
          const box = await boxOf(panel);
          expect(box.y + box.height).toBeLessThanOrEqual(tape.y + ROUNDING);
        }
        expect(tape.y + tape.height).toBeLessThanOrEqual(TABLET.height);
      }).toPass({ timeout: 10_000 });
      await expectNoSideways(page);
      await expectWayBack(page, present);
    });
  });
}

test('a phone that has branches still shows the doors', async ({
  page,
  playground,
}: {
  readonly page: Page;
  readonly playground: Playground;
}) => {
  await page.setViewportSize({ width: PHONE.width, height: PHONE.height });
  await openPaused(page);
  await lookBack(page);
  await playground.toMember('etcd-2', 'Freeze');
  await expect(page.locator('.tape-strip')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expectNothingCovered(page, ['Log', 'Details', 'Terminal']);
});
