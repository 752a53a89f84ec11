import { expect, test } from '@playwright/test';
import { Playground } from './playground.ts';

/** The built site as a static host serves it: under a sub-path, with its own policy, nothing fetched from elsewhere. */
test.describe('the built site', () => {
  test('loads under a sub-path, asks no other host and breaks no policy', async ({ page }) => {
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
    page.on('response', (response) => {
      if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
    });
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.goto('./');
    await expect(page.getByRole('main')).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(problems).toEqual([]);
    expect([...hosts]).toEqual([new URL(page.url()).host]);
  });

  test('refuses an inline script and a foreign request', async ({ page }) => {
    await page.goto('./');
    const outcome = await page.evaluate(async () => {
      const violations: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'globalThis.smuggled = true';
      document.body.append(script);
      await fetch('https://example.com/').catch(() => undefined);
      // They are told after what they are about.
      for (let waited = 0; violations.length < 2 && waited < 100; waited++) await new Promise((resolve) => setTimeout(resolve, 50));
      return { violations, smuggled: 'smuggled' in globalThis };
    });
    expect(outcome.smuggled).toBe(false);
    expect(outcome.violations).toContain('script-src-elem');
    expect(outcome.violations).toContain('connect-src');
  });

  test('opens again without a network', async ({ page, context }) => {
    await page.goto('./');
    await page.evaluate(async () => navigator.serviceWorker.ready.then((registration) => registration.active?.state));
    await context.setOffline(true);
    await page.reload();
    await new Playground(page).waitForLeader();
  });

  test('names itself for installation', async ({ page, request }) => {
    await page.goto('./');
    const href = await page.locator('link[rel=manifest]').getAttribute('href');
    const answer = await request.get(new URL(href ?? '', page.url()).href);
    expect(answer.headers()['content-type']).toContain('application/manifest+json');
    expect(await answer.json()).toMatchObject({ name: 'etcd playground', start_url: './' });
  });
});
