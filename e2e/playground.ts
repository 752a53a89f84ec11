/** The page as a visitor finds it: by roles and names. Every test also fails on a console error, a page error or a broken policy. */
import { expect, test as base, type Locator, type Page } from '@playwright/test';

/** What went wrong without being shown: collected over the life of a page. */
export function collectProblems(page: Page): readonly string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`page: ${error.message}`));
  return problems;
}

/** One open page of the playground. */
export class Playground {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and waits for a leader. `fragment` is what stands after `#`. */
  async open(fragment = ''): Promise<void> {
    await this.page.goto(fragment === '' ? './' : `./#${fragment}`);
    await this.waitForLeader();
  }

  get headline(): Locator {
    return this.page.getByRole('banner').getByRole('status');
  }

  /** A member on the stage, by name; its accessible name says role, term and state. */
  member(name: string): Locator {
    return this.page.getByRole('region', { name: 'Stage' }).getByRole('button', { name: new RegExp(`^${name}, `) });
  }

  get lastLine(): Locator {
    return this.page.getByTitle('Last command').locator('code');
  }

  /**
   * Waits for the headline to name a leader; returns it with its term. Of a hundred elections with random seeds one is a split vote and takes twice as long:
   * the limit is against what hangs, and how long an election may take at which pace is a test of the conductor.
   */
  async waitForLeader(
    options: { readonly after?: number; readonly timeout?: number } = {},
  ): Promise<{ readonly leader: string; readonly term: number }> {
    let found = { leader: '', term: 0 };
    await expect(async () => {
      const match = /^(\S+) leads term (\d+)\./.exec((await this.headline.getAttribute('aria-label')) ?? '');
      found = { leader: match?.[1] ?? '', term: Number(match?.[2] ?? 0) };
      expect(found.term).toBeGreaterThan(options.after ?? 0);
    }).toPass({ timeout: options.timeout ?? 30_000, intervals: [50] });
    return found;
  }

  /** Members, seed and profile of the run, as the page says them. */
  get runLine(): Locator {
    return this.page.getByText(/^\d+ members? · seed \d+ · etcd /);
  }

  /** Does what begins another run, and waits until the page shows that one, with a leader: what is done before would go with the old one. */
  async begin(another: () => Promise<void>, options: { readonly timeout?: number } = {}): Promise<void> {
    const before = (await this.runLine.textContent()) ?? '';
    await another();
    await expect(this.runLine).not.toHaveText(before, { timeout: options.timeout ?? 20_000 });
    await this.waitForLeader();
  }

  /** Chooses a member and presses one of its buttons. */
  async toMember(name: string, button: 'Kill' | 'Restart' | 'Freeze' | 'Thaw' | 'Isolate' | 'Time out now'): Promise<void> {
    const card = this.page.getByRole('region', { name, exact: true });
    if (!(await card.isVisible())) await this.member(name).click();
    await card.getByRole('button', { name: button }).click();
    await card.getByRole('button', { name: 'Close' }).click();
  }

  get requestForm(): Locator {
    return this.page.getByRole('form', { name: 'Request' });
  }

  get answers(): Locator {
    return this.page.getByRole('list', { name: 'Answers' });
  }

  async openRequests(): Promise<void> {
    // By the button, not by the form: that may still be on its way, and a second click would close it.
    const door = this.page.getByRole('toolbar', { name: 'Stage' }).getByRole('button', { name: 'Request' });
    if ((await door.getAttribute('aria-pressed')) === 'false') await door.click();
    await expect(this.requestForm).toBeVisible();
  }

  /** Sends a request by the form; the newest answer is first. */
  async request(
    what: 'put' | 'get' | 'delete' | 'watch',
    key: string,
    options: { readonly value?: string; readonly through?: string } = {},
  ): Promise<Locator> {
    await this.openRequests();
    const form = this.requestForm;
    await form.getByLabel('What').selectOption({ label: what });
    await form.getByLabel('Key', { exact: true }).fill(key);
    if (options.value !== undefined) await form.getByLabel('Value').fill(options.value);
    if (options.through !== undefined) await form.getByLabel('through').selectOption(options.through);
    await form.getByRole('button', { name: 'Send' }).click();
    return this.answers.getByRole('listitem').first();
  }

  get terminal(): Locator {
    return this.page.getByRole('region', { name: 'Terminal' });
  }

  async openPanel(name: 'Log' | 'Details' | 'Terminal'): Promise<void> {
    const door = (pressed: boolean): Locator => this.page.getByRole('button', { name, exact: true, pressed });
    // The page may open it by itself meanwhile, as the log after the first request: a click that comes then would close it.
    await expect(async () => {
      if (await door(false).isVisible()) await door(false).click({ timeout: 5_000 });
      await expect(door(true)).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
  }

  /** Types a line in the terminal, once the command before it has ended. */
  async type(line: string): Promise<void> {
    await this.openPanel('Terminal');
    await expect(this.terminal.getByRole('button', { name: 'Interrupt', exact: true })).toBeHidden({ timeout: 20_000 });
    const input = this.page.getByRole('textbox', { name: 'Command line' });
    await input.fill(line);
    await input.press('Enter');
  }

  get output(): Locator {
    return this.page.getByRole('log', { name: 'Terminal output' });
  }

  async pause(): Promise<void> {
    const time = this.page.getByRole('region', { name: 'Time' });
    const pause = time.getByRole('button', { name: 'Pause', exact: true });
    const run = time.getByRole('button', { name: 'Run', exact: true });
    // While the page starts, neither can be pressed yet. Once only: a second click might let time run again.
    await expect(pause.or(run)).toBeEnabled({ timeout: 20_000 });
    if (await pause.isVisible()) await pause.click();
    await expect(run).toBeVisible({ timeout: 20_000 });
    await this.drawn();
  }

  /** Waits until the page has drawn what it was told: the clock and what moves follow with the next picture. */
  async drawn(): Promise<void> {
    await this.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
        }),
    );
  }

  async resume(): Promise<void> {
    const time = this.page.getByRole('region', { name: 'Time' });
    await time.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(time.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  }

  /** The tape; its value is the virtual time that the page shows. */
  get timeline(): Locator {
    return this.page.getByRole('slider', { name: 'Go to an instant of the run' });
  }

  /** Virtual seconds that the page shows. */
  async seconds(): Promise<number> {
    return Number.parseFloat((await this.timeline.getAttribute('aria-valuetext')) ?? '');
  }

  /** Steps on until the clock shows it: a step goes by one event, and the next may come less than the shown millisecond later. */
  async stepUntilLater(step: () => Promise<void>): Promise<void> {
    const before = await this.seconds();
    await this.#stepUntil(step, (now) => now > before);
  }

  /** The same, back. */
  async stepUntilEarlier(step: () => Promise<void>): Promise<void> {
    const before = await this.seconds();
    await this.#stepUntil(step, (now) => now < before);
  }

  async #stepUntil(step: () => Promise<void>, isThere: (seconds: number) => boolean): Promise<void> {
    await expect(async () => {
      await step();
      // A step that is asked for before the last one was looked up takes its place.
      await expect.poll(async () => isThere(await this.seconds()), { timeout: 2_000 }).toBe(true);
    }).toPass({ timeout: 30_000 });
  }

  async setPace(label: string): Promise<void> {
    await this.page.getByLabel('Pace').selectOption({ label });
  }
}

/**
 * The page, on which time stands, comes to look like a picture. What it asks the conductor for is drawn last, and may leave it still for a while before: a
 * page that stood still once is not the last one.
 */
export async function expectPicture(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await expect(async () => expect(page).toHaveScreenshot(name, { timeout: 5_000 })).toPass({ timeout: 30_000 });
}

interface Fixtures {
  readonly playground: Playground;
}

/** Tests with a page; what the browser complains of fails them. */
export const test = base.extend<Fixtures>({
  playground: async ({ page }, use) => {
    const problems = collectProblems(page);
    await use(new Playground(page));
    expect(problems).toEqual([]);
  },
});

export { expect };
