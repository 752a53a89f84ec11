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

  /** Waits for the headline to name a leader; returns it with its term. */
  async waitForLeader(
    options: { readonly after?: number; readonly timeout?: number } = {},
  ): Promise<{ readonly leader: string; readonly term: number }> {
    let found = { leader: '', term: 0 };
    await expect(async () => {
      const match = /^(\S+) leads term (\d+)\./.exec((await this.headline.getAttribute('aria-label')) ?? '');
      found = { leader: match?.[1] ?? '', term: Number(match?.[2] ?? 0) };
      expect(found.term).toBeGreaterThan(options.after ?? 0);
    }).toPass({ timeout: options.timeout ?? 15_000, intervals: [50] });
    return found;
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
    if (!(await this.requestForm.isVisible())) await this.page.getByRole('button', { name: 'Request' }).click();
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
    const door = this.page.getByRole('button', { name, exact: true, pressed: false });
    // The page may open it by itself meanwhile, as the log after the first request.
    await expect(async () => {
      if (await door.isVisible()) await door.click({ timeout: 500 });
    }).toPass({ timeout: 10_000 });
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
    const button = this.page.getByRole('button', { name: 'Pause', exact: true });
    const run = this.page.getByRole('region', { name: 'Time' }).getByRole('button', { name: 'Run', exact: true });
    // While the page starts, neither can be pressed yet.
    await expect(async () => {
      if (await button.isVisible()) await button.click();
      await expect(run).toBeEnabled({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    // The button may change before the instant is drawn at which time stopped.
    let before = Number.NaN;
    await expect
      .poll(async () => {
        const last = before;
        before = await this.seconds();
        return before === last;
      })
      .toBe(true);
  }

  async resume(): Promise<void> {
    await this.page.getByRole('region', { name: 'Time' }).getByRole('button', { name: 'Run', exact: true }).click();
    await expect(this.page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  }

  /** The tape; its value is the virtual time that the page shows. */
  get timeline(): Locator {
    return this.page.getByRole('slider', { name: 'Go to an instant of the run' });
  }

  /** Virtual seconds that the page shows. */
  async seconds(): Promise<number> {
    return Number.parseFloat((await this.timeline.getAttribute('aria-valuetext')) ?? '');
  }

  async setPace(label: string): Promise<void> {
    await this.page.getByLabel('Pace').selectOption({ label });
  }
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
