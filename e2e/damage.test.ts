import type { Page } from '@playwright/test';
import { expect, test } from './playground.ts';

/** Overwrites the second half of stored files of this site whose path matches; no page of the playground may be open. */
async function damage(page: Page, pattern: string): Promise<number> {
  return page.evaluate(async (source) => {
    const matches = new RegExp(source);
    let damaged = 0;
    const visit = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of folder.entries()) {
        const here = `${path}/${name}`;
        if (handle instanceof FileSystemDirectoryHandle) await visit(handle, here);
        else if (handle instanceof FileSystemFileHandle && matches.test(here)) {
          const { size } = await handle.getFile();
          if (size === 0) continue;
          const writable = await handle.createWritable({ keepExistingData: true });
          await writable.write({ type: 'write', position: Math.floor(size / 2), data: new Uint8Array(Math.ceil(size / 2)).fill(0x5a) });
          await writable.close();
          damaged += 1;
        }
      }
    };
    await visit(await navigator.storage.getDirectory(), '');
    return damaged;
  }, pattern);
}

test.describe('damage', () => {
  test.use({ serviceWorkers: 'block' }); // so that the blank document below is ours
  test('to the stored run is said plainly, and nothing goes before the visitor says so', async ({ playground, page }) => {
    await playground.open();
    await playground.request('put', 'foo', { value: 'bar' });
    await expect(playground.answers).toContainText('OK');
    // A document of this site without the playground in it.
    await page.route('**/blank', async (route) => route.fulfill({ contentType: 'text/html', body: '<link rel="icon" href="data:,">' }));
    await page.goto('./blank');
    // The workers of the page before may hold the files for a moment: until then they cannot be written.
    await expect(async () => expect(await damage(page, '/run/')).toBeGreaterThan(0)).toPass({ timeout: 10_000 });
    await page.goto('./');
    const alert = page.getByRole('alert').filter({ hasText: 'The stored run cannot be read' });
    await expect(alert).toBeVisible();
    await playground.waitForLeader();
    await page.reload();
    await expect(alert).toBeVisible();
    await playground.begin(async () => alert.getByRole('button', { name: 'Start over' }).click());
    await page.reload();
    await expect(page.getByText('You are back where you were')).toBeVisible();
    await expect(alert).toBeHidden();
  });

  test('by a value that is too large is refused with etcd’s own text, and the next one fits', async ({ playground }) => {
    await playground.open();
    // 1.7 MB, where a request may have 1.5: made by the shell, since no browser lays out a typed line of that length quickly.
    await playground.type('etcdctl put big "$(seq 1 260000)"');
    await expect(playground.output.getByText('Error: etcdserver: request is too large').last()).toBeVisible({ timeout: 20_000 });
    await playground.request('put', 'small', { value: 'fits' });
    await expect(playground.answers).toContainText('OK');
  });
});
