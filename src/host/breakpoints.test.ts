/** Breakpoints: time stops at the instant in which a condition comes to hold, and the page is told which. */
import { describe, expect, it } from 'vitest';
import { createConductor } from '#host/conductor.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import type { BreakpointHit, BreakpointView } from '#view/breakpoint.ts';
import type { Frame } from '#view/frame.ts';

const SECOND = 1_000_000;

class Page {
  readonly tab = new TestTab(new FakeStorage());
  readonly conductor = createConductor(this.tab.environment);
  readonly hits: BreakpointHit[] = [];
  list: readonly BreakpointView[] = [];
  text = '';
  exits: number[] = [];
  frame: Frame | undefined;

  static async open(): Promise<Page> {
    const page = new Page();
    await page.conductor.boot({ fragment: '', scope: '' }, (update) => {
      page.frame = update.frame;
      page.list = update.breakpoints ?? page.list;
      if (update.stopped !== undefined) page.hits.push(update.stopped);
      for (const event of update.terminal) {
        if (event.type === 'output') page.text += event.text;
        if (event.type === 'exit') page.exits.push(event.code);
      }
    });
    return page;
  }

  /** Plays until it is stopped. */
  async untilStopped(): Promise<BreakpointHit> {
    const before = this.hits.length;
    await this.conductor.play();
    expect(await this.tab.passUntil(() => this.hits.length > before, 60 * SECOND)).toBe(true);
    const hit = this.hits.at(-1);
    if (hit === undefined) throw new Error('no hit');
    expect(this.frame).toMatchObject({ playing: false, now: hit.at });
    return hit;
  }

  async line(text: string): Promise<number | undefined> {
    const before = this.exits.length;
    await this.conductor.execute('main', text);
    expect(await this.tab.passUntil(() => this.exits.length > before, 30 * SECOND)).toBe(true);
    return this.exits.at(-1);
  }
}

describe('a breakpoint', () => {
  it('stops time where its condition comes to hold, and not again while it goes on holding', async () => {
    const page = await Page.open();
    await page.conductor.setPace({ type: 'fastest' });
    expect(await page.conductor.addBreakpoint('leader')).toEqual({ type: 'ok', id: 1 });
    expect(await page.untilStopped()).toMatchObject({ id: 1, condition: 'leader' });
    expect(page.list).toMatchObject([{ id: 1, hits: 1, enabled: true }]);
    await page.line('play break delete 1');
    await page.conductor.addBreakpoint('steps-down');
    await page.line('play isolate leader');
    expect(await page.untilStopped()).toMatchObject({ id: 2 });
    expect(page.frame?.members.map((member) => member.role)).not.toContain('leader');
  });

  it('on a moment stops at each of them, and on a change where it changes', async () => {
    const page = await Page.open();
    await page.conductor.setPace({ type: 'fastest' });
    await page.conductor.addBreakpoint('event applied on etcd-2');
    const first = await page.untilStopped();
    const second = await page.untilStopped();
    expect(second.at).toBeGreaterThan(first.at);
    await page.line('play break delete all');
    await page.conductor.play();
    await page.tab.passUntil(() => page.frame?.headline.type === 'leader', 30 * SECOND);
    await page.conductor.pause();
    await page.conductor.addBreakpoint('lease-of "k" changes on etcd-3');
    await page.conductor.execute('main', 'L=$(etcdctl lease grant 100 | cut -d" " -f2); etcdctl put k v --lease=$L');
    expect(await page.untilStopped()).toMatchObject({ condition: 'lease-of "k" changes on etcd-3' });
  });

  it('is typed, listed, switched off and deleted', async () => {
    const page = await Page.open();
    expect(await page.line('play break term > 99')).toBe(0);
    expect(await page.line('play break "outcome any = unknown"')).toBe(0);
    expect(await page.line('play break disable 2')).toBe(0);
    page.text = '';
    expect(await page.line('play break list')).toBe(0);
    expect(page.text).toBe('1  term > 99  (0 hits)\n2  outcome any = unknown  (0 hits, disabled)\n');
    expect(await page.line('play break delete 1')).toBe(0);
    expect(await page.line('play break delete 1')).toBe(1);
    expect(await page.conductor.breakpoints()).toMatchObject([{ id: 2, enabled: false }]);
    expect(await page.line('play break delete')).toBe(2);
    expect(await page.line('play break "term >"')).toBe(2);
    expect(page.text).toContain('term is compared with a whole number');
    expect(await page.conductor.addBreakpoint('leader = etcd-7')).toMatchObject({ type: 'error', column: 10 });
  });

  it('is not part of the run: the trace is what it is without', async () => {
    const hashes: string[] = [];
    for (const condition of ['leader', undefined]) {
      const page = await Page.open();
      await page.conductor.newRun({ seed: 5 });
      await page.conductor.setPace({ type: 'fastest' });
      if (condition !== undefined) {
        await page.conductor.addBreakpoint(condition);
        await page.untilStopped();
        await page.line('play break delete all');
      }
      await page.conductor.addBreakpoint('commit >= 8 on all');
      await page.untilStopped();
      hashes.push((await page.conductor.share()).file);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('says when it names a member that the present cluster has not', async () => {
    const page = await Page.open();
    await page.conductor.addBreakpoint('leader = etcd-3');
    await page.conductor.newRun({ nodes: 1 });
    expect(await page.conductor.breakpoints()).toMatchObject([{ problem: 'no member etcd-3: there are default' }]);
  });
});
