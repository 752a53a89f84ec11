import { expect, test, type CDPSession, type Page } from '@playwright/test';
import { Playground } from './playground.ts';

/** The members' workers are made by the conductor's, which Playwright does not list; Chromium's debugging protocol does. */
class MemberWorkers {
  readonly #session: CDPSession;
  readonly #context: string | undefined;

  private constructor(session: CDPSession, context: string | undefined) {
    this.#session = session;
    this.#context = context;
  }

  static async of(page: Page): Promise<MemberWorkers> {
    const browser = page.context().browser();
    if (browser === null) throw new Error('a browser is needed');
    const own = await page.context().newCDPSession(page);
    const { targetInfo } = await own.send('Target.getTargetInfo');
    return new MemberWorkers(await browser.newBrowserCDPSession(), targetInfo.browserContextId);
  }

  /** All of this page. */
  async list(): Promise<string[]> {
    const { targetInfos } = await this.#session.send('Target.getTargets', { filter: [{}] });
    const own = targetInfos.filter(
      ({ type, url, browserContextId }) => type === 'worker' && url.includes('/node-worker-') && browserContextId === this.#context,
    );
    return own.map(({ targetId }) => targetId);
  }

  /** Has one run a script. */
  async run(targetId: string, expression: string): Promise<void> {
    const { sessionId } = await this.#session.send('Target.attachToTarget', { targetId, flatten: false });
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } });
    await this.#session.send('Target.sendMessageToTarget', { sessionId, message });
  }
}

/** As when an allocation fails in the middle of a step. */
const DIES = "setTimeout(() => { throw new RangeError('Array buffer allocation failed'); }); 0";

for (const pace of ['adaptive', 'fastest'])
  test(`a member whose worker dies in the browser crashes by a recorded command, at pace ${pace}`, async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await page.getByLabel('Pace').selectOption(pace);
    const workers = await MemberWorkers.of(page);
    // Two may be lost, where the first is told late.
    const alert = page.getByRole('alert').filter({ hasText: 'its worker was lost: ' }).first();
    // One of them is a spare that no member has: that it dies is nobody's loss.
    await expect.poll(async () => workers.list()).toHaveLength(4);
    const all = await workers.list();
    await expect(async () => {
      const [next] = all.splice(0, 1);
      if (next !== undefined) await workers.run(next, DIES);
      await expect(alert).toContainText('Array buffer allocation failed', { timeout: 5_000 });
    }).toPass({ timeout: 30_000 });
    await playground.type('play script | grep crash');
    await expect(playground.output).toContainText(/play crash etcd-\d --reason 'its worker was lost: .*Array buffer allocation failed/, {
      timeout: 20_000,
    });
    const crashed = /play crash (etcd-\d)/.exec((await playground.output.textContent()) ?? '')?.[1] ?? '';
    // Its disk may not be written yet: the files of a worker that ended are free a while later.
    await page.reload();
    await expect(playground.member(crashed)).toHaveAccessibleName(/crashed/, { timeout: 30_000 });
    await expect(page.getByText('are not what the recorded commands lead to')).toBeHidden();
  });
