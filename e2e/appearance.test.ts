import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test, type Playground } from './playground.ts';

/** Findings of axe, in short. @param part a selector of what is looked at; all of the page without one */
async function findings(page: Page, part?: string): Promise<readonly string[]> {
  const builder = new AxeBuilder({ page });
  const { violations } = await (part === undefined ? builder : builder.include(part)).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
}

/** The lower edge of what is seen, px; Infinity while it is not there. */
async function endOf(what: Locator): Promise<number> {
  const box = await what.boundingBox();
  return box === null ? Infinity : box.y + box.height;
}

/** States of the page, and how a visitor comes to each. */
const STATES: readonly (readonly [string, (playground: Playground) => Promise<void>])[] = [
  ['at first sight', async () => undefined],
  [
    'with requests, details, the terminal and a chosen member',
    async (playground) => {
      await playground.request('put', 'foo', { value: 'bar' });
      await expect(playground.answers).toContainText('OK');
      await playground.openPanel('Details');
      await playground.openPanel('Terminal');
      await playground.member('etcd-1').click();
    },
  ],
  [
    'with the menu of a member',
    async (playground) => {
      const { page } = playground;
      await playground.member('etcd-2').focus();
      await page.keyboard.press('Shift+F10');
      await expect(page.getByRole('menu')).toBeVisible();
    },
  ],
  [
    'with the ring as a table',
    async ({ page }) => {
      await page.keyboard.press('b');
      await page.keyboard.press('a');
      await expect(page.getByRole('region', { name: 'The ring as a table' })).toBeVisible();
    },
  ],
  [
    'with the space-time diagram and the log',
    async (playground) => {
      await playground.page.keyboard.press('v');
      await expect(playground.page.getByRole('region', { name: /^Space-time diagram/ })).toBeVisible();
      await playground.openPanel('Log');
    },
  ],
  [
    'with the reasons and the life of a request',
    async (playground) => {
      const { page } = playground;
      await playground.request('put', 'foo', { value: 'bar' });
      await expect(playground.answers).toContainText('OK');
      await playground.openPanel('Log');
      await playground.openPanel('Details');
      await page.getByText('The life of a request').click();
      const option = page.getByLabel('Which request').locator('option', { hasText: 'put foo bar' });
      await expect(option).toHaveCount(1);
      await page.getByLabel('Which request').selectOption((await option.getAttribute('value')) ?? '');
      await expect(page.getByRole('region', { name: 'Why', exact: true }).getByRole('heading')).toHaveText(/^Why .*put foo bar/);
      await expect(page.getByRole('rowheader', { name: /^answer/ })).toBeAttached();
    },
  ],
  [
    'with everything about a member',
    async (playground) => {
      const { page } = playground;
      await playground.openPanel('Details');
      await page.getByRole('tab', { name: 'Member', exact: true }).click();
      await page.getByRole('group', { name: 'Member', exact: true }).getByRole('button', { name: 'etcd-1' }).click();
      for (const section of ['Log of its process', 'State and queues']) await page.getByText(section).click();
      await expect(page.getByRole('searchbox', { name: 'Search in the log' })).toBeVisible();
    },
  ],
  [
    'with what must hold',
    async (playground) => {
      await playground.openPanel('Details');
      await playground.page.getByRole('tab', { name: 'Safety', exact: true }).click();
      await expect(playground.page.getByText(/^Every guarantee has held so far/)).toBeVisible();
    },
  ],
];

test.describe('accessibility', () => {
  for (const [state, prepare] of STATES) {
    test(`axe finds nothing ${state}`, async ({ playground, page }) => {
      await playground.open();
      await prepare(playground);
      await playground.pause();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await findings(page), colorScheme).toEqual([]);
      }
    });
  }

  test('axe finds nothing in dialogs', async ({ playground, page }) => {
    await playground.open();
    await playground.pause();
    for (const open of [
      async () => page.keyboard.press('Control+k'),
      async () => page.keyboard.press('Shift+B'),
      async () => page.keyboard.press('?'),
      async () => page.getByRole('button', { name: 'New cluster' }).click(),
      async () => page.getByRole('button', { name: 'Share' }).click(),
    ]) {
      await open();
      await expect(page.getByRole('dialog')).toBeVisible();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        // What is below cannot be reached meanwhile, and has tests of its own.
        expect(await findings(page, '[role=dialog], dialog'), colorScheme).toEqual([]);
      }
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
  });

  test('the page speaks Chinese', async ({ playground, page }) => {
    await playground.open();
    await page.getByRole('button', { name: 'Language: 中文' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('banner').getByRole('status')).toHaveAttribute('aria-label', /任期/);
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('banner').getByRole('status')).toHaveAttribute('aria-label', /任期/);
    expect(await findings(page)).toEqual([]);
  });
});

test.describe('every size', () => {
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [390, 844],
  ] as const) {
    test(`${width} × ${height} shows stage, headline and tape without scrolling sideways`, async ({ playground, page }) => {
      await page.setViewportSize({ width, height });
      await playground.open();
      await expect
        .poll(async () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth))
        .toBeLessThanOrEqual(0);
      await expect(playground.headline).toBeInViewport();
      await expect(page.getByRole('region', { name: 'Time' })).toBeInViewport();
      for (const name of ['etcd-1', 'etcd-2', 'etcd-3']) await expect(playground.member(name)).toBeInViewport();
    });
  }

  for (const width of [320, 360])
    test(`a phone of ${width} px scrolls in one direction`, async ({ playground, page }) => {
      await page.setViewportSize({ width, height: 640 });
      await playground.open();
      await playground.openPanel('Details');
      await expect(page.getByRole('tab', { name: 'Why' })).toBeVisible();
      await expect
        .poll(async () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth))
        .toBeLessThanOrEqual(0);
      const time = page.getByRole('region', { name: 'Time' });
      for (const name of ['Pace', 'Step size']) {
        const end = async (): Promise<number> => {
          const box = await time.getByLabel(name).boundingBox();
          return (box?.x ?? width) + (box?.width ?? 0);
        };
        await expect.poll(end, { message: name }).toBeLessThanOrEqual(width);
      }
    });

  test('on 1024 × 768 stage, log and terminal are seen at once', async ({ playground, page }) => {
    await page.setViewportSize({ width: 1024, height: 768 });
    await playground.open();
    await playground.openPanel('Terminal');
    await playground.openPanel('Log');
    for (const name of ['Stage', 'Log', 'Terminal', 'Time']) {
      await expect(page.getByRole('region', { name, exact: true })).toBeInViewport({ ratio: 1 });
    }
    // Nor does one lie behind the tape.
    const tape = async (): Promise<number> => (await page.getByRole('region', { name: 'Time' }).boundingBox())?.y ?? 0;
    await expect
      .poll(async () => (await endOf(page.getByRole('region', { name: 'Log', exact: true }))) - (await tape()))
      .toBeLessThanOrEqual(0);
  });

  test('on 1024 × 768 the request form is whole beside the log and the details', async ({ playground, page }) => {
    await page.setViewportSize({ width: 1024, height: 768 });
    await playground.open();
    await playground.request('put', 'a', { value: '1' });
    await expect(playground.answers).toContainText('OK');
    await playground.openPanel('Log');
    await playground.openPanel('Details');
    const stage = page.getByRole('region', { name: 'Stage', exact: true });
    // What lies below it in the column would cover it, and the card of the stage would cut it off.
    for (const part of [playground.requestForm, playground.answers])
      await expect.poll(async () => (await endOf(part)) - (await endOf(stage))).toBeLessThanOrEqual(0);
    for (const region of ['Log', 'Stage'])
      await expect(page.getByRole('region', { name: region, exact: true })).toBeInViewport({ ratio: 1 });
  });

  test('the stage has at least 60 % of the first sight', async ({ playground, page }) => {
    await playground.open();
    const share = async (): Promise<number> => {
      const box = await page.getByRole('region', { name: 'Stage' }).boundingBox();
      return ((box?.width ?? 0) * (box?.height ?? 0)) / (1440 * 900);
    };
    await expect.poll(share).toBeGreaterThanOrEqual(0.6);
  });
});
