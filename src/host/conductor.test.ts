import { describe, expect, it } from 'vitest';
import { RunStore } from '#host/run-store.ts';
import { runToFragment } from '#host/share.ts';
import { SlotFiles } from '#host/slot-files.ts';
import { Page } from '#host/testing/test-page.ts';
import { FakeStorage } from '#host/testing/test-tab.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { ENGINE_VERSION, newRunSpec } from '#sim/run-spec.ts';

const SECOND = 1_000_000;

const boot = (storage = new FakeStorage()): Promise<Page> => new Page(storage).boot();

async function withLeader(): Promise<Page> {
  const page = await boot();
  await page.until(() => page.leader !== undefined, 8 * SECOND);
  return page;
}

describe('the conductor', () => {
  it('shows the first leader within 8 s and a new one within 6 s of a kill', async () => {
    const page = await boot();
    expect(await page.until(() => page.leader !== undefined, 8 * SECOND)).toBeLessThan(8 * SECOND);
    const old = page.leader ?? '';
    await page.conductor.execute('main', 'play kill leader');
    await page.until(() => page.leader !== undefined && page.leader !== old, 6 * SECOND);
    expect(page.frame.members.find((m) => m.name === old)).toMatchObject({ life: 'dead' });
    expect(page.tape?.some((t) => t.type === 'mark' && t.kind === 'crash' && t.label === old)).toBe(true);
    expect(page.feed.some((f) => f.fact.type === 'killed' && f.member === old)).toBe(true);
  });

  it('runs a put from the terminal through the log of every member', async () => {
    const page = await withLeader();
    await page.run('etcdctl put foo bar');
    expect(page.output()).toBe('OK\n');
    await page.until(() => page.frame.members.every((m) => m.log.cells.some((c) => c.label === 'foo=bar' && c.applied)), 5 * SECOND);
    expect(await page.keys('etcd-3')).toMatchObject([{ key: 'foo', value: 'bar', createRevision: 2, modRevision: 2, version: 1 }]);
    const labels = page.feed.flatMap((f) =>
      f.fact.type === 'request' || f.fact.type === 'appended' || f.fact.type === 'answered' ? [[f.fact.type, f.fact.label]] : [],
    );
    expect(labels).toEqual(
      expect.arrayContaining([
        ['request', 'put foo bar'],
        ['appended', 'put foo bar'],
        ['answered', 'put foo bar'],
      ]),
    );
  });

  it('lets a put into a minority time out within 5 s, with the text of etcd', async () => {
    const page = await withLeader();
    const old = page.leader ?? '';
    await page.conductor.execute('watching', 'etcdctl watch --prefix a'); // nobody is impatient with it
    await page.run(`play isolate ${old}`);
    const took = await page.run(`at ${old}: etcdctl put x 1`, 8 * SECOND);
    expect(took).toBeLessThan(5.5 * SECOND);
    expect(page.output()).toMatch(/context deadline exceeded|request timed out/);
    expect(page.exits().at(-1)).not.toBe(0);
  });

  it('stands still while paused and while hidden, and catches nothing up', async () => {
    const page = await withLeader();
    await page.conductor.pause();
    const { now } = page.frame;
    await page.tab.passUntil(() => false, 2 * SECOND);
    expect(page.frame).toMatchObject({ now, playing: false, rate: 0, until: now });
    await page.conductor.play();
    await page.conductor.setVisible(false);
    await page.tab.passUntil(() => false, 2 * SECOND);
    await page.conductor.setVisible(true);
    expect(page.frame.now).toBe(now);
    await page.tab.passUntil(() => false, 100_000);
    expect(page.frame.now).toBeLessThan(now + SECOND);
  });

  it('says that a command needs time while paused, and shows what it began', async () => {
    const page = await withLeader();
    await page.conductor.pause();
    await page.conductor.execute('main', 'etcdctl put foo bar');
    expect(page.terminal.at(-1)).toEqual({ type: 'needs-time', terminal: 'main' });
    expect(page.frame.messages.some((m) => m.kind === 'call' && m.from === 'you')).toBe(true);
    await page.conductor.play();
    await page.until(() => page.exits().length === 1, 5 * SECOND);
    expect(page.output()).toBe('OK\n');
  });

  it('kills at once while paused', async () => {
    const page = await withLeader();
    await page.conductor.pause();
    await page.conductor.execute('main', 'play kill etcd-2');
    expect(page.exits()).toEqual([0]);
    expect(page.frame.members[1]).toMatchObject({ life: 'dead' });
  });

  it('steps to the next event, message and term', async () => {
    const page = await withLeader();
    await page.conductor.pause();
    const before = page.frame.now;
    await page.conductor.step('event');
    expect(page.frame.now).toBeGreaterThan(before);
    await page.conductor.execute('main', 'etcdctl put foo bar');
    const inFlight = page.frame.messages.length;
    await page.conductor.step('message');
    expect(inFlight).toBeGreaterThan(0);
    await page.conductor.execute('main', 'play kill leader');
    const term = Math.max(...page.frame.members.map((m) => m.term));
    await page.conductor.step('term');
    expect(Math.max(...page.frame.members.map((m) => m.term))).toBe(term + 1);
  });

  it('steps from heartbeat to heartbeat in a calm cluster', async () => {
    const page = await withLeader();
    await page.tab.passUntil(() => false, 2 * SECOND);
    await page.conductor.pause();
    const kinds = new Set<string>();
    for (let n = 0; n < 20; n++) {
      const before = page.frame.now;
      await page.conductor.step(n % 2 === 0 ? 'event' : 'message');
      expect(page.frame.now).toBeGreaterThan(before);
      expect(page.frame.now).toBeLessThan(before + 200_000);
      for (const { kind } of page.frame.messages) kinds.add(kind);
    }
    expect([...kinds].sort()).toEqual(['heartbeat', 'heartbeat-ack']);
  });

  it('ends a watch at Ctrl-C and a wait too', async () => {
    const page = await withLeader();
    await page.conductor.execute('main', 'etcdctl watch foo');
    await page.tab.passUntil(() => false, SECOND);
    await page.conductor.execute('form', 'etcdctl put foo bar');
    await page.until(() => page.output().includes('PUT\nfoo\nbar\n'), 5 * SECOND);
    await page.conductor.interrupt('main');
    await page.until(() => page.exits().length === 1, SECOND);
    await page.conductor.execute('main', 'play run 1h');
    await page.conductor.interrupt('main');
    expect(page.exits()).toHaveLength(2);
    expect(page.exits()[1]).toBe(130);
  });

  it('answers what it does not know as a shell does', async () => {
    const page = await boot();
    await page.run('frobnicate --now');
    expect(page.output()).toContain('frobnicate: command not found');
    expect(page.exits()).toEqual([127]);
    await page.run('play kill etcd-9');
    expect(page.output()).toContain('etcd-9');
  });

  it('begins a new cluster when asked, by a line or by the page', async () => {
    const page = await withLeader();
    await page.conductor.execute('main', 'play new --nodes 5 --seed 3');
    await page.until(() => page.frame.run.nodes === 5, SECOND);
    expect(page.frame.run).toMatchObject({ seed: 3, generation: 2 });
    await page.conductor.newRun({ nodes: 1, seed: 4 });
    expect(page.frame.members.map((m) => m.name)).toEqual(['default']);
    await page.until(() => page.leader === 'default', 8 * SECOND);
  });

  it('shows how each property stands, red where a rule is broken on purpose, and again from a link to that run', async () => {
    const page = await boot();
    await page.conductor.execute('main', 'play new --nodes 3 --seed 6 --break forget-vote-on-restart');
    const standing = (shown: Page, property: string) => shown.frame.safety.find((one) => one.property === property);
    await page.until(() => standing(page, 'election-safety')?.state === 'holds', 10 * SECOND);
    expect(page.frame.safe).toBe(true);
    expect(standing(page, 'watch-ordered')?.state).toBe('unchecked');
    const { fragment } = await page.conductor.share();
    const again = await new Page(new FakeStorage()).boot(fragment);
    expect((await again.conductor.share()).fragment?.split('&')[0]).toBe(fragment?.split('&')[0]);
  });

  it('tells what clients asked, as intervals with their outcome', async () => {
    const page = await withLeader();
    await page.run('etcdctl put foo bar');
    await page.run('etcdctl get foo --consistency=s');
    const { operations } = await page.conductor.operations({ from: 0, to: Infinity });
    expect(operations).toEqual([
      expect.objectContaining({ kind: 'put', key: 'foo', value: 'bar', outcome: 'ok', revision: 2, serializable: false, member: 'etcd-1' }),
      expect.objectContaining({ kind: 'get', key: 'foo', value: 'bar', outcome: 'ok', revision: 2, serializable: true }),
    ]);
    expect(operations[0]?.returnedAt).toBeLessThan(operations[1]?.invokedAt ?? 0);
  });

  it('prints its run as a script and plays one in the place of the cluster; a file with something wrong changes nothing', async () => {
    const page = await new Page(new FakeStorage()).boot();
    await page.until(() => page.leader !== undefined, 8 * SECOND);
    await page.run('etcdctl put from script');
    await page.run('play script > run.play');
    await page.run('echo "@1s play kill nobody" > wrong.play');
    const before = page.frame.run;
    await page.run('play load wrong.play');
    expect(page.exits().at(-1)).toBe(1);
    expect(page.output()).toContain('play: wrong.play:1: @1s play kill nobody');
    expect(page.frame.run).toEqual(before);
    await page.conductor.execute('main', 'play load run.play');
    await page.until(() => page.frame.now < 100_000, 2 * SECOND);
    expect(page.frame.run.seed).toBe(before.seed);
    await page.until(() => page.leader !== undefined, 8 * SECOND);
    await page.until(() => page.frame.now > 4 * SECOND, 30 * SECOND);
    await page.run('etcdctl get from');
    expect(page.output()).toMatch(/from\nscript\n$/);
  });

  it('begins what follows a sleep after it, also where nothing happened meanwhile', async () => {
    const page = await withLeader();
    await page.run(
      'play kill etcd-1 etcd-2 etcd-3; play run 3s; play start etcd-1; play freeze etcd-1; sleep 0.03; play thaw etcd-1; play script',
    );
    const times = [...page.output().matchAll(/^@(\d+)us play (?:kill|start|thaw)/gm)].map(([, at]) => Number(at));
    expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 3_000_000, 3_030_001]);
  });

  it('ends the lines of a cluster that is replaced', async () => {
    const page = await withLeader();
    await page.conductor.execute('main', 'etcdctl watch foo');
    await page.conductor.newRun({});
    expect(page.exits()).toEqual([130]);
  });

  it('stays alive when a worker dies: the member has crashed, with a report, and can be restarted', async () => {
    const page = await withLeader();
    page.tab.workers[2]?.fail('RangeError: out of memory');
    await page.until(() => page.frame.members[2]?.life === 'crashed', 5 * SECOND);
    expect(page.frame.members[2]?.crash).toContain('out of memory');
    expect(page.notices.find((n) => n.type === 'engine-failed')).toMatchObject({ report: expect.stringContaining('"seed"') as string });
    await page.run('play restart etcd-3');
    expect(page.frame.members[2]?.life).toBe('up');
  });
});

describe('after a reload', () => {
  it('the page is at the same instant of the same run, at whatever moment it was left', async () => {
    let page = await boot();
    for (const micros of [300_000, 1_200_000, 2_000_000, 700_000, 4_000_000]) {
      await page.tab.passUntil(() => false, micros);
      const before = page.frame;
      page = await page.reload();
      expect(page.notices).toEqual([expect.objectContaining({ type: 'restored' })]);
      // The frame before may be up to one slice old.
      expect(Math.abs(page.frame.now - before.now)).toBeLessThan(200_000);
      expect(page.frame.members.map((m) => [m.name, m.term, m.role, m.lastIndex])).toEqual(
        before.members.map((m) => [m.name, m.term, m.role, m.lastIndex]),
      );
    }
    await page.until(() => page.leader !== undefined, 8 * SECOND);
  });

  it('the run goes on as if there had been none', async () => {
    const straight = await boot();
    const broken = await boot();
    await straight.run('play until "leader"');
    await broken.run('play until "leader"');
    const again = await broken.reload();
    for (const page of [straight, again]) await page.run('play run 3s');
    const [a, b] = [straight.frame.members, again.frame.members].map((members) =>
      members.map((m) => [m.name, m.term, m.role, m.lastIndex, m.commit, m.revision]),
    );
    expect(b).toEqual(a);
  });

  it('the feed and the tape tell what happened before', async () => {
    const page = await withLeader();
    await page.tab.passUntil(() => false, 5 * SECOND);
    await page.run('play kill leader');
    await page.until(() => page.feed.some((f) => f.fact.type === 'killed'), SECOND);
    const again = await page.reload();
    const past = again.feed;
    expect(past.length).toBeGreaterThan(20);
    expect(past).toEqual(page.feed.slice(-200).filter((f) => past.some((p) => p.seq === f.seq)));
    expect(past.some((f) => f.fact.type === 'killed')).toBe(true);
    expect(again.tape?.filter((t) => t.type === 'mark' && t.kind === 'crash')).toHaveLength(1);
    expect(again.tape?.filter((t) => t.type === 'mark' && t.kind === 'leader')).toHaveLength(1);
  });

  it('time that was stopped stays stopped, time that ran goes on', async () => {
    const page = await withLeader();
    await page.conductor.pause();
    const { now } = page.frame;
    const stopped = await page.reload();
    expect(stopped.frame).toMatchObject({ playing: false, now: Math.floor(now) });
    await stopped.conductor.play();
    expect((await stopped.reload()).frame.playing).toBe(true);
  });

  it('what was put is there, and the terminal of a running watch is too', async () => {
    const page = await withLeader();
    await page.run('etcdctl put foo bar');
    await page.conductor.execute('main', 'etcdctl watch foo');
    await page.tab.passUntil(() => false, 2 * SECOND);
    const again = await page.reload();
    expect(await again.keys('etcd-1', 'f')).toHaveLength(1);
    await again.conductor.execute('form', 'etcdctl put foo baz');
    await again.until(() => again.output().includes('baz'), 5 * SECOND);
  });

  it('the disks decide when they are not what the run leads to, if the visitor says so', async () => {
    const page = await withLeader();
    await page.run('etcdctl put foo bar');
    await page.conductor.pause();
    const folder = page.storage.folder(['playground', 'member-2']);
    page.tab.close(page.storage);
    folder.flip('slot-0', 600);
    const again = await new Page(page.storage).boot();
    expect(again.notices).toEqual([
      expect.objectContaining({ type: 'disks-disagree', detail: expect.stringContaining('etcd-2') as string }),
    ]);
    expect(again.frame.run.storage).toBe('memory');
    await again.conductor.resolveStorage('start-from-disks');
    expect(again.frame.run.storage).toBe('opfs');
    await again.until(() => again.leader !== undefined, 10 * SECOND);
    expect(await again.keys(again.leader ?? '', 'foo')).toHaveLength(1);
    const third = await again.reload();
    expect(third.notices).toEqual([expect.objectContaining({ type: 'restored' })]);
    expect(await third.keys(again.leader ?? '', 'foo')).toHaveLength(1);
    // Its commands alone do not lead to it: the past begins with the disks, and a link would lie.
    await third.conductor.seek(0);
    expect(await third.keys('etcd-1', 'foo')).toHaveLength(1);
    await expect(third.conductor.share()).rejects.toThrow('from the disks');
    await third.conductor.play();
    await third.run('play script');
    expect(third.output()).toMatch(/^play: this run began from the disks/m);
    expect(third.exits().at(-1)).toBe(1);
  });

  it('a damaged run is told and left as it is until the visitor starts over', async () => {
    const page = await withLeader();
    const run = page.storage.folder(['playground', 'run']);
    page.tab.close(page.storage);
    for (let slot = 0; slot < run.size; slot++) if (run.holds(`slot-${slot}`, 'spec')) run.flip(`slot-${slot}`, 520);
    const again = await new Page(page.storage).boot();
    expect(again.notices).toEqual([expect.objectContaining({ type: 'stored-run-broken' })]);
    const third = await again.reload();
    expect(third.notices).toEqual([expect.objectContaining({ type: 'stored-run-broken' })]);
    await third.conductor.resolveStorage('start-over');
    const fourth = await third.reload();
    expect(fourth.notices.some((n) => n.type === 'stored-run-broken')).toBe(false);
  });
});

describe('a stored run of another engine', () => {
  it('is told, and the members can be started from their disks', async () => {
    const page = await withLeader();
    await page.run('etcdctl put foo bar');
    await page.conductor.pause();
    page.tab.close(page.storage);
    const files = await SlotFiles.open(
      (n) => page.storage.folder(['playground', 'run']).open(`slot-${n}`),
      page.storage.folder(['playground', 'run']).size,
    );
    new RunStore(files).begin({ ...newRunSpec(7, defaultRunOptions()), engine: '0' });
    new RunStore(files).present({ now: 5, played: 5, begun: 5, paused: false, moving: false });
    files.close();
    const again = await new Page(page.storage).boot();
    expect(again.notices).toEqual([{ type: 'stored-run-broken', detail: expect.stringContaining('engine version 0') as string }]);
    await again.conductor.resolveStorage('start-from-disks');
    await again.until(() => again.leader !== undefined, 10 * SECOND);
    expect(await again.keys(again.leader ?? '', 'foo')).toHaveLength(1);
  });
});

describe('links and storage', () => {
  it('a link of another engine is played, and told', async () => {
    const spec = { ...newRunSpec(99, { ...defaultRunOptions(), nodes: 5 }), engine: '0' };
    const visitor = await new Page(new FakeStorage()).boot(`#${runToFragment(spec)}`);
    expect(visitor.frame.run).toMatchObject({ nodes: 5, seed: 99, engine: ENGINE_VERSION });
    expect(visitor.notices).toEqual([{ type: 'other-engine', made: '0', present: ENGINE_VERSION }]);
  });

  it('a link opens its run and leaves the stored one alone', async () => {
    const page = await withLeader();
    await page.run('etcdctl put foo bar');
    await page.conductor.pause();
    page.tab.close(page.storage);
    const visitor = await new Page(page.storage).boot(`#${runToFragment(newRunSpec(99, { ...defaultRunOptions(), nodes: 5 }))}`);
    expect(visitor.frame.run).toMatchObject({ nodes: 5, seed: 99, storage: 'memory' });
    await visitor.conductor.newRun({ nodes: 1 });
    expect(visitor.frame.run.storage).toBe('memory');
    visitor.tab.close(page.storage);
    const again = await new Page(page.storage).boot();
    expect(await again.keys('etcd-1')).toHaveLength(1);
    const { fragment } = await again.conductor.share();
    expect(fragment).toMatch(/^run=[\w-]+&head=\d+\.[0-9a-f]{64}$/);
  });

  it('a bad link is told with a reason, and the own cluster opens', async () => {
    const page = await new Page(new FakeStorage()).boot('#run=AAAA');
    expect(page.notices).toEqual([expect.objectContaining({ type: 'bad-link' })]);
    expect(page.frame.run.storage).toBe('opfs');
  });

  it('a second tab and a browser that refuses get a cluster in memory, and are told', async () => {
    const second = await new Page(new FakeStorage(), { owner: false }).boot();
    expect(second.notices).toEqual([{ type: 'second-tab' }]);
    expect(second.frame.run).toMatchObject({ secondTab: true, storage: 'memory' });
    const refused = await new Page(new FakeStorage(), { refuses: 'SecurityError' }).boot();
    expect(refused.notices).toEqual([{ type: 'no-opfs', detail: 'SecurityError' }]);
    await refused.until(() => refused.leader !== undefined, 8 * SECOND);
    await refused.run('play kill leader');
    await refused.run('play restart all');
    await refused.until(() => refused.frame.members.every((m) => m.life === 'up'), SECOND);
  });

  it('deleting what is stored leaves nothing of the old cluster', async () => {
    const page = await withLeader();
    await page.run('etcdctl put foo bar');
    await page.conductor.deleteStored();
    expect(page.frame.members.every((m) => m.revision <= 1)).toBe(true);
    const again = await page.reload();
    await again.until(() => again.leader !== undefined, 8 * SECOND);
    expect(await again.keys('etcd-1')).toEqual([]);
  });
});

describe('a member that joins the cluster', () => {
  it('is on the page, goes when it is removed, and is there again after a reload', async () => {
    const page = await new Page(new FakeStorage()).boot();
    await page.conductor.setPace({ type: 'fixed', rate: 1 });
    await page.run('play run 8s', 60 * SECOND);
    await page.run('etcdctl member add etcd-4 --peer-urls=http://127.0.0.1:2680', 60 * SECOND);
    expect(page.frame.members).toHaveLength(3);
    await page.run('play start etcd-4', 60 * SECOND);
    await page.run('play until "members = 4 on all and voters = 4 on all and leader" --within 10s', 60 * SECOND);
    expect(page.exits().at(-1)).toBe(0);
    expect(page.frame.members.map((m) => [m.name, m.life, m.clientUrl])).toContainEqual(['etcd-4', 'up', 'http://127.0.0.1:2679']);
    const id = page.frame.members[3]?.id ?? '';
    const again = await page.reload();
    expect(again.notices).toMatchObject([{ type: 'restored' }]);
    expect(again.frame.members[3]).toMatchObject({ name: 'etcd-4', id, life: 'up' });
    await again.conductor.setPace({ type: 'fixed', rate: 1 });
    await again.run('play run 6s', 60 * SECOND);
    await again.run(`etcdctl member remove ${id}`, 60 * SECOND);
    await again.run('play until "dead etcd-4" --within 5s', 60 * SECOND);
    expect(again.exits().at(-1)).toBe(0);
    expect(again.frame.members[3]).toMatchObject({ life: 'dead', crash: undefined });
    expect(again.feed.map(({ fact }) => fact.type)).toContain('stopped');
  });
});
