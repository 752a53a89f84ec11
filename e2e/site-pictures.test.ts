/** The pictures that stand for the site elsewhere: in a tab, on a home screen, beside a link. */
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';

/** Its size in px, as the browser decodes it. */
async function sizeOf(page: Page, address: string): Promise<{ readonly width: number; readonly height: number }> {
  return page.evaluate(async (src) => {
    const picture = new Image();
    picture.src = src;
    await picture.decode();
    return { width: picture.naturalWidth, height: picture.naturalHeight };
  }, address);
}

async function expectLoads(request: APIRequestContext, address: string, type: string): Promise<void> {
  const answer = await request.get(address);
  expect(answer.status(), address).toBe(200);
  expect(answer.headers()['content-type'], address).toContain(type);
}

test('every icon that the page names loads, and is as large as it says', async ({ page, request }) => {
  await page.goto('./');
  const icons = await page
    .locator('link[rel=icon], link[rel=apple-touch-icon]')
    .evaluateAll((links) => links.map((link) => ({ href: link.getAttribute('href') ?? '', sizes: link.getAttribute('sizes') ?? '' })));
  expect(icons.length).toBeGreaterThanOrEqual(3);
  for (const { href, sizes } of icons) {
    const address = new URL(href, page.url()).href;
    await expectLoads(request, address, href.endsWith('.svg') ? 'image/svg+xml' : 'image/png');
    const size = await sizeOf(page, address);
    expect(size.width).toBeGreaterThan(0);
    if (sizes !== '') expect(`${size.width}x${size.height}`).toBe(sizes);
  }
});

test('so does every icon of the manifest, one large enough for a splash screen', async ({ page, request }) => {
  await page.goto('./');
  const manifest = new URL((await page.locator('link[rel=manifest]').getAttribute('href')) ?? '', page.url()).href;
  const { icons } = (await (await request.get(manifest)).json()) as {
    readonly icons: readonly { readonly src: string; readonly sizes: string }[];
  }; // a manifest's shape
  const found = await Promise.all(icons.map(async ({ src, sizes }) => ({ sizes, size: await sizeOf(page, new URL(src, manifest).href) })));
  for (const { sizes, size } of found) if (sizes !== 'any') expect(`${size.width}x${size.height}`).toBe(sizes);
  expect(Math.max(...found.map(({ size }) => size.width))).toBeGreaterThanOrEqual(512);
});

test('the social picture is there, in the size that other sites ask for', async ({ page, request }) => {
  await page.goto('./');
  const address = new URL('social.png', page.url()).href;
  await expectLoads(request, address, 'image/png');
  expect(await sizeOf(page, address)).toEqual({ width: 1200, height: 630 });
});
