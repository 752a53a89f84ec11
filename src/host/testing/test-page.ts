/** A visitor's page in memory: a tab, its conductor, and all that the conductor told it. */

import { createConductor } from '#host/conductor.ts';
import { readGivenRun } from '#host/share.ts';
import { keysOf, type TextKey } from '#host/testing/stored-keys.ts';
import { TestTab, type FakeStorage, type TabOptions } from '#host/testing/test-tab.ts';
import { traceHashAt } from '#host/trace-check.ts';
import type { Conductor, Notice, TerminalEvent, Update } from '#view/conductor.ts';
import type { FeedItem } from '#view/feed.ts';
import type { Frame } from '#view/frame.ts';

const SECOND = 1_000_000;

/** A tab with what its page has seen. */
export class Page {
  readonly tab: TestTab;
  readonly storage: FakeStorage;
  readonly conductor: Conductor;
  readonly notices: Notice[] = [];
  readonly terminal: TerminalEvent[] = [];
  readonly feed: FeedItem[] = [];
  tape: Update['tape'];
  frames = 0;
  #frame: Frame | undefined;

  constructor(storage: FakeStorage, options: TabOptions = {}) {
    this.storage = storage;
    this.tab = new TestTab(storage, options);
    this.conductor = createConductor(this.tab.environment);
  }

  async boot(fragment = ''): Promise<this> {
    await this.conductor.boot({ fragment, scope: '' }, (update) => {
      this.frames++;
      this.#frame = update.frame;
      this.notices.push(...update.notices);
      this.terminal.push(...update.terminal);
      this.feed.push(...update.feed);
      this.tape = update.tape ?? this.tape;
    });
    return this;
  }

  get frame(): Frame {
    if (this.#frame === undefined) throw new Error('no frame yet');
    return this.#frame;
  }

  get leader(): string | undefined {
    return this.frame.headline.type === 'leader' ? this.frame.headline.leader : undefined;
  }

  output(terminal = 'main'): string {
    return this.terminal.flatMap((e) => (e.type === 'output' && e.terminal === terminal ? [e.text] : [])).join('');
  }

  exits(terminal = 'main'): readonly number[] {
    return this.terminal.flatMap((e) => (e.type === 'exit' && e.terminal === terminal ? [e.code] : []));
  }

  /** The newest keys of a member that begin with a prefix. */
  keys(member: string, prefix = ''): Promise<readonly TextKey[]> {
    return keysOf(this.conductor, member, prefix);
  }

  /** Wall µs until it holds. */
  async until(holds: () => boolean, within: number): Promise<number> {
    const before = this.tab.wall;
    if (!(await this.tab.passUntil(holds, within))) throw new Error(`it did not come to pass within ${within} µs`);
    return this.tab.wall - before;
  }

  /** Runs a line to its end. */
  async run(line: string, within = 10 * SECOND): Promise<number> {
    const ended = this.exits().length;
    await this.conductor.execute('main', line);
    return this.until(() => this.exits().length > ended, within);
  }

  /** The run as it was given away now, and whether its commands alone lead to the trace that it has. */
  async isReproducible(): Promise<boolean> {
    const read = readGivenRun((await this.conductor.share()).file);
    if (read.type === 'error' || read.run.head === undefined) throw new Error('the run cannot be read');
    const { head, spec } = read.run;
    const environment = { ...this.tab.environment, now: () => 0 }; // it takes no turns
    return (await traceHashAt(head.at, spec, { environment, isStale: () => false })) === head.trace;
  }

  /** The same visitor, after a reload at this moment. */
  async reload(): Promise<Page> {
    this.tab.close(this.storage);
    return new Page(this.storage).boot();
  }
}
