import type { Page } from '@playwright/test';
import type { HarnessAnswers, HarnessRequest } from './harness/requests.ts';

/** The harness's port: the one after the site's. */
export const HARNESS_PORT = Number(process.env['E2E_PORT'] ?? 4173) + 1;
export const HARNESS_URL = `http://127.0.0.1:${HARNESS_PORT}/`;

/** Asks the harness that a page has open. @throws Error with the harness's own words if it fails */
export async function ask<T extends keyof HarnessAnswers>(
  page: Page,
  _type: T,
  request: Extract<HarnessRequest, { readonly type: T }>,
): Promise<HarnessAnswers[T]> {
  const result = await page.evaluate((asked: HarnessRequest) => window.harness(asked), request);
  if (result.type === 'failed') throw new Error(result.message);
  return result.answer as HarnessAnswers[T];
}
