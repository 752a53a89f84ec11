/** Going back in time: what is shown, what is kept, and that the past comes out the same. */
import { describe, expect, it, vi } from 'vitest';
import { createConductor } from '#host/conductor.ts';
import { Past } from '#host/past.ts';
import { runToFragment } from '#host/share.ts';
import { keysOf } from '#host/testing/stored-keys.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import { TraceMarks } from '#host/trace-marks.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';
import type { BookmarkView, BranchView, Conductor, Notice, Update } from '#view/conductor.ts';
import type { FeedItem, TapeItem } from '#view/feed.ts';
import type { Frame } from '#view/frame.ts';

const SECOND = 1_000_000;

/** A tab and what its page would show. */
class Page {
  readonly tab: TestTab;
  readonly conductor: Conductor;
  readonly notices: Notice[] = [];
  feed: readonly FeedItem[] = [];
  tape: readonly TapeItem[] = [];
  branches: readonly BranchView[] = [];
  bookmarks: readonly BookmarkView[] = [];
  text = '';
  exits = 0;
  #frame: Frame | undefined;

  constructor(readonly storage: FakeStorage) {
    this.tab = new TestTab(storage);
    this.conductor = createConductor(this.tab.environment);
  }

  static open(storage = new FakeStorage(), fragment = ''): Promise<Page> {
    return new Page(storage).#boot(fragment);
  }

  async #boot(fragment: string): Promise<Page> {
    await this.conductor.boot({ fragment, scope: '' }, (update: Update) => {
      this.#frame = update.frame;
      this.notices.push(...update.notices);
      this.feed = update.feedReset ? update.feed : [...this.feed, ...update.feed];
      this.tape = update.tape ?? this.tape;
      this.branches = update.branches ?? this.branches;
      this.bookmarks = update.bookmarks ?? this.bookmarks;
      for (const event of update.terminal) {
        if (event.type === 'output') this.text += event.text;
        if (event.type === 'exit') this.exits++;
      }
    });
    return this;
  }

  get frame(): Frame {
    if (this.#frame === undefined) throw new Error('no frame yet');
    return this.#frame;
  }

  async until(holds: () => boolean, within = 30 * SECOND): Promise<void> {
    expect(await this.tab.passUntil(holds, within)).toBe(true);
  }

  async run(line: string): Promise<string> {
    const [before, ended] = [this.text.length, this.exits];
    await this.conductor.execute('main', line);
    await this.conductor.play();
    await this.until(() => this.exits > ended);
    return this.text.slice(before);
  }

  async get(key: string): Promise<string | undefined> {
    return (await keysOf(this.conductor, 'etcd-1', key))[0]?.value;
  }

  reload(): Promise<Page> {
    this.tab.close(this.storage);
    return Page.open(this.storage);
  }
}

/** A cluster with a=1, then a=2, then a dead leader; `between` lies between the puts. */
async function withHistory(): Promise<{ readonly page: Page; readonly between: number; readonly head: number }> {
  const page = await Page.open();
  await page.until(() => page.frame.headline.type === 'leader');
  await page.conductor.setPace({ type: 'fixed', rate: 4 });
  await page.run('etcdctl put a 1');
  await page.run('play run 7s');
  const between = Math.floor(page.frame.now) - 1000; // before the next command, which is given at once
  await page.run('etcdctl put a 2');
  await page.run('play kill leader');
  await page.run('play run 6s');
  await page.conductor.pause();
  return { page, between, head: page.frame.now };
}

/** What must be the same whenever an instant is shown. */
const pictureOf = ({ members, messages, headline }: Frame): unknown => ({ members, messages, headline });

describe('looking at the past', () => {
  it('shows the instant as it was, and the present as it is when it is left', async () => {
    const { page, between, head } = await withHistory();
    const present = pictureOf(page.frame);
    expect(await page.get('a')).toBe('2');
    await page.conductor.seek(between);
    expect(page.frame).toMatchObject({ now: between, looking: true, playing: false, rate: 0, head });
    expect(await page.get('a')).toBe('1');
    expect(page.frame.members.every((m) => m.life === 'up')).toBe(true);
    expect(page.feed.every((item) => item.at <= between)).toBe(true);
    expect(page.tape.some((item) => item.type === 'mark' && item.at > between)).toBe(true);
    await page.conductor.seek(head);
    expect(page.frame).toMatchObject({ now: head, looking: false });
    expect(pictureOf(page.frame)).toEqual(present);
    expect(page.branches).toHaveLength(1);
  });

  it('is held against the trace and the checkpoints of the run as it was played, and is the same', async () => {
    const { page, between } = await withHistory();
    for (const at of [0, 2 * SECOND, between, between + SECOND].map(Math.floor)) {
      await page.conductor.seek(at);
      await page.tab.passUntil(() => false, 2 * SECOND);
    }
    await page.conductor.play();
    await page.tab.passUntil(() => false, 4 * SECOND);
    await page.conductor.seek(between + 2 * SECOND);
    await page.tab.passUntil(() => false, 2 * SECOND);
    expect(page.notices.filter(({ type }) => type === 'engine-failed')).toEqual([]);
  });

  it('is rehearsed before anybody looks: the ways to the first three checkpoints are held against them, each once', async () => {
    const taken = vi.spyOn(Past.prototype, 'takeUnproved');
    const { page } = await withHistory();
    await page.tab.passUntil(() => false, 2 * SECOND);
    const gaps = taken.mock.results.map(({ value }) => value as { readonly from: number; readonly to: number }); // what it gives, where there are checkpoints
    taken.mockRestore();
    expect(gaps.map(({ from }) => from)).toEqual([-1, ...gaps.slice(0, -1).map(({ to }) => to)]);
    expect(gaps).toHaveLength(3);
    expect(page.notices.filter(({ type }) => type === 'engine-failed')).toEqual([]);
  });

  it('is held against it as it is lived again, up to the head: one mark that is another is told of', async () => {
    const real = Object.getOwnPropertyDescriptor(TraceMarks.prototype, 'note')?.value as TraceMarks['note']; // what it is
    let tampered = 0;
    const note = vi.spyOn(TraceMarks.prototype, 'note').mockImplementation(function (this: TraceMarks, at, hash) {
      const isIt = at >= 11 * SECOND && tampered === 0;
      real.call(this, at, isIt ? () => 'f'.repeat(64) : hash);
      if (isIt && this.after(11 * SECOND - 1) !== undefined) tampered = at;
    });
    const { page, head } = await withHistory();
    const told = (): readonly string[] => page.notices.flatMap((notice) => (notice.type === 'engine-failed' ? [notice.detail] : []));
    await page.conductor.seek(4 * SECOND);
    expect(told()).toEqual([]);
    await page.conductor.play();
    await page.until(() => page.frame.now >= head, 60 * SECOND);
    note.mockRestore();
    expect(told()).toEqual([`Error: the run played again up to ${tampered} µs has another trace than it had`]);
    expect(page.branches).toHaveLength(1);
  });

  it('gives the same picture however it is come to', async () => {
    const { page, between } = await withHistory();
    const pictures = new Map<number, unknown>();
    const times = [0, between / 3, between - 1, between, between + 500_000, between + 2 * SECOND].map(Math.floor);
    for (const at of times) {
      await page.conductor.seek(at);
      pictures.set(at, pictureOf(page.frame));
    }
    for (const at of [...times].reverse()) {
      await page.conductor.seek(at);
      expect(pictureOf(page.frame)).toEqual(pictures.get(at));
    }
  });

  it('steps back by as much as a step forward goes', async () => {
    const { page, between } = await withHistory();
    await page.conductor.seek(between);
    for (const size of ['event', 'message', 'term'] as const) {
      const before = page.frame.now;
      await page.conductor.stepBack(size);
      expect(page.frame).toMatchObject({ looking: true });
      expect(page.frame.now).toBeLessThan(before);
    }
    await page.conductor.seek(0);
    await page.conductor.stepBack('event');
    expect(page.frame.now).toBe(0);
  });
});

describe('the history of a run', () => {
  it('tells every message from its sending to its end, and who was what', async () => {
    const { page, head } = await withHistory();
    const history = await page.conductor.history({ from: 0, to: head, heartbeats: true });
    expect(history.members).toEqual(['etcd-1', 'etcd-2', 'etcd-3']);
    expect(history.clients).toEqual(['you']);
    const kinds = new Set(history.flights.map((flight) => flight.kind));
    for (const kind of ['call', 'reply', 'append', 'append-ack', 'heartbeat', 'pre-vote', 'vote', 'vote-grant'] as const)
      expect(kinds).toContain(kind);
    for (const { sentAt, endedAt } of history.flights) expect(endedAt ?? Infinity).toBeGreaterThanOrEqual(sentAt);
    expect(history.flights.some((flight) => flight.lost)).toBe(true); // to the dead leader
    expect(history.flights.find((flight) => flight.kind === 'append' && flight.label === 'put a 1')).toBeDefined();
    expect(new Set(history.roles.map((record) => record.role))).toEqual(new Set(['follower', 'pre-candidate', 'candidate', 'leader']));
    expect(history.lives.at(-1)).toMatchObject({ life: 'dead' });
    expect(history.saves.length).toBeGreaterThan(5);
    expect(history.saves.every((save) => (save.to ?? 0) > save.from)).toBe(true);
    const quiet = await page.conductor.history({ from: 0, to: head, heartbeats: false });
    expect(quiet.flights.some((flight) => flight.kind === 'heartbeat')).toBe(false);
  });

  it('stays whole when the past is lived again', async () => {
    const { page, between, head } = await withHistory();
    const before = await page.conductor.history({ from: 0, to: head, heartbeats: false });
    await page.conductor.seek(between);
    await page.conductor.play();
    await page.until(() => page.frame.now >= head);
    await page.conductor.pause();
    const after = await page.conductor.history({ from: 0, to: head, heartbeats: false });
    expect(after.flights).toEqual(before.flights);
  });
});

describe('living the past again', () => {
  it('comes out as it did, with no branch, though the members were brought back', async () => {
    const { page, between, head } = await withHistory();
    const present = pictureOf(page.frame);
    await page.conductor.seek(between);
    await page.conductor.play();
    await page.until(() => page.frame.now >= head - 1);
    await page.conductor.pause();
    await page.conductor.seek(head);
    expect(pictureOf(page.frame)).toEqual(present);
    expect(page.branches).toHaveLength(1);
    expect(await page.get('a')).toBe('2');
  });

  it('survives a reload in the middle, with what is still to come', async () => {
    const { page, between, head } = await withHistory();
    await page.conductor.seek(between);
    await page.conductor.step('event');
    const at = page.frame.now;
    const again = await page.reload();
    expect(again.notices.map((n) => n.type)).toEqual(['restored']);
    expect(again.frame.now).toBe(at);
    expect(again.frame.head).toBeGreaterThanOrEqual(head - 1);
    await again.conductor.play();
    await again.until(() => again.frame.now >= head);
    expect(await again.get('a')).toBe('2');
    expect(again.frame.members.filter((m) => m.life === 'dead')).toHaveLength(1);
  });
});

describe('acting in the past', () => {
  it('begins a branch, keeps the old one, and goes back and forth between them', async () => {
    const { page, between, head } = await withHistory();
    const first = pictureOf(page.frame);
    const before = await page.conductor.requests();
    await page.conductor.seek(between);
    await page.run('etcdctl put a other');
    expect(page.notices.at(-1)).toMatchObject({ type: 'branched', left: 1, pending: 2 });
    expect(page.branches).toMatchObject([
      { id: 1, parent: undefined, head: Math.floor(head), current: false },
      { id: 2, parent: 1, current: true },
    ]);
    expect(await page.get('a')).toBe('other');
    await page.conductor.renameBranch(2, '  mine ');
    const asked = await page.conductor.requests();
    await page.conductor.switchBranch(1);
    expect(page.frame).toMatchObject({ playing: false, looking: false, now: Math.floor(head) });
    expect(pictureOf(page.frame)).toEqual(first);
    // What a branch remembers of its requests, and why they went as they did, is there again too.
    expect(await page.conductor.requests()).toEqual(before);
    await page.conductor.switchBranch(2);
    expect(await page.conductor.requests()).toEqual(asked);
    expect(await page.get('a')).toBe('other');
    expect(page.branches.find((b) => b.current)).toMatchObject({ id: 2, name: 'mine' });
    await page.conductor.deleteBranch(1);
    await page.conductor.deleteBranch(2);
    expect(page.branches).toMatchObject([{ id: 2, current: true }]);
  });

  it('is remembered over a reload', async () => {
    const { page, between } = await withHistory();
    await page.conductor.seek(between);
    await page.run('etcdctl put a other');
    await page.conductor.pause();
    const again = await page.reload();
    expect(again.branches).toHaveLength(2);
    await again.conductor.switchBranch(1);
    expect(await again.get('a')).toBe('2');
  });

  it('keeps a branch also where nothing was done later', async () => {
    const { page, head } = await withHistory();
    await page.conductor.seek(head - 2 * SECOND);
    await page.run('etcdctl put a late');
    expect(page.notices.at(-1)).toMatchObject({ type: 'branched', pending: 0 });
    expect(page.branches).toHaveLength(2);
  });
});

describe('a link whose commands have not all played', () => {
  it('is kept as a branch when the visitor acts before them', async () => {
    const put: TimedCommand = {
      at: 20 * SECOND,
      command: {
        type: 'start',
        process: 'x/1',
        client: 'x',
        argv: ['etcdctl', 'put', 'from', 'link'],
        env: {},
        stdin: undefined,
        columns: 0,
      },
    };
    const spec = { ...newRunSpec(3, defaultRunOptions()), commands: [put] };
    const page = await Page.open(new FakeStorage(), `#${runToFragment(spec)}`);
    await page.until(() => page.frame.headline.type === 'leader');
    await page.run('etcdctl put mine 1');
    expect(page.notices.at(-1)).toMatchObject({ type: 'branched', left: 1, pending: 1 });
    await page.conductor.switchBranch(1);
    await page.conductor.play();
    await page.until(() => page.feed.some((item) => item.fact.type === 'answered'));
    expect(await page.get('from')).toBe('link');
  });
});

describe('undo', () => {
  it('goes back to just before the last command, without it, and keeps the branch that has it', async () => {
    const { page, head } = await withHistory();
    const dead = page.frame.members.find((member) => member.life === 'dead')?.name;
    expect(dead).toBeDefined();
    const asked = await page.conductor.requests();
    expect(asked.length).toBeGreaterThan(0);
    await page.conductor.undo();
    // What came before is remembered: each request and why it went as it did.
    expect(await page.conductor.requests()).toEqual(asked);
    expect(page.frame.members.every((member) => member.life === 'up')).toBe(true);
    expect(page.frame).toMatchObject({ playing: false, looking: false });
    expect(page.notices.at(-1)).toMatchObject({ type: 'undone', left: 1, line: 'play kill leader' });
    expect(page.branches.map(({ id, current }) => [id, current])).toEqual([
      [1, false],
      [2, true],
    ]);
    await page.run('play run 3s');
    expect(page.frame.members.every((member) => member.life === 'up')).toBe(true);
    await page.conductor.undo();
    expect(page.notices.at(-1)).toMatchObject({ type: 'undone', line: 'etcdctl put a 2' });
    expect(await page.get('a')).toBe('1');
    await page.conductor.switchBranch(1);
    expect(page.frame.now).toBe(Math.floor(head));
    expect(page.frame.members.find((member) => member.name === dead)?.life).toBe('dead');
  });

  it('does nothing where there is no command', async () => {
    const page = await Page.open();
    await page.until(() => page.frame.headline.type === 'leader');
    await page.conductor.undo();
    expect(page.branches).toHaveLength(1);
    expect(page.notices.some((notice) => notice.type === 'undone')).toBe(false);
  });
});

describe('bookmarks', () => {
  it('name an instant, survive a reload, and tell whether the present branch has it', async () => {
    const { page, between, head } = await withHistory();
    await page.conductor.bookmark(between, ' before the kill ');
    await page.conductor.bookmark(head, 'after');
    await page.conductor.seek(between);
    await page.conductor.execute('main', 'play kill etcd-1');
    expect(page.branches).toHaveLength(2);
    expect(page.bookmarks).toMatchObject([
      { id: 1, branch: 1, at: between, name: 'before the kill', here: true },
      { id: 2, branch: 1, at: Math.floor(head), name: 'after', here: false },
    ]);
    const again = await page.reload();
    expect(again.bookmarks).toHaveLength(2);
    await again.conductor.renameBookmark(1, 'calm');
    await again.conductor.deleteBookmark(2);
    expect(again.bookmarks).toMatchObject([{ name: 'calm' }]);
  });
});

describe('the log further back', () => {
  it('is read in windows, with what is committed and applied', async () => {
    const { page } = await withHistory();
    const { members } = await page.conductor.log({ from: 1, to: 1000 });
    expect(members.map(({ name }) => name)).toEqual(['etcd-1', 'etcd-2', 'etcd-3']);
    for (const { cells } of members) expect(cells.map(({ label }) => label)).toEqual(expect.arrayContaining(['a=1', 'a=2']));
    expect(members.flatMap(({ cells }) => cells).filter((cell) => cell.applied && !cell.committed)).toEqual([]);
  });
});

describe('a step of one state change', () => {
  it('ends where a member is in another state than before', async () => {
    const { page, between } = await withHistory();
    await page.conductor.seek(between);
    const states = (): unknown =>
      page.frame.members.map(({ role, term, commit, life, vote, lead }) => [role, term, commit, life, vote, lead]);
    const before = states();
    await page.conductor.step('state');
    expect(states()).not.toEqual(before);
    const after = page.frame.now;
    await page.conductor.stepBack('state');
    expect(page.frame.now).toBeLessThan(after);
  });
});
