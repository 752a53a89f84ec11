/** Runs that come from outside, as files and links: whatever is wrong with them is an error that says where, and the present cluster goes on. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConductor } from '#host/conductor.ts';
import { fragmentToRun, readGivenRun, runToFile, runToFragment, shareRun, type GivenRun } from '#host/share.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { ENGINE_VERSION, newRunSpec, type RunSpec } from '#sim/run-spec.ts';
import type { Conductor, Notice } from '#view/conductor.ts';
import type { Frame } from '#view/frame.ts';
import { LINK_CHARACTERS_MAX, type ViewOptions } from '#view/shared-run.ts';

const SECOND = 1_000_000;

const spec: RunSpec = {
  ...newRunSpec(42, { ...defaultRunOptions(), nodes: 5 }),
  commands: [
    { at: 3 * SECOND, command: { type: 'kill', nodes: ['leader'], powerLoss: true } },
    { at: 4 * SECOND, command: { type: 'partition', sides: [['etcd-1'], ['etcd-2', 'etcd-3']] } },
    { at: 5 * SECOND, command: { type: 'link', from: 'etcd-1', to: 'etcd-2', both: true, settings: { loss: 0.1 } } },
    { at: 6 * SECOND, command: { type: 'heal' } },
    {
      at: 6 * SECOND,
      command: { type: 'start', process: 'p1', client: 'you', argv: ['etcdctl', 'get', 'a'], env: {}, stdin: undefined, columns: 80 },
    },
  ],
};
const given: GivenRun = {
  spec,
  head: { at: 7 * SECOND, trace: 'ab'.repeat(32) },
  view: { at: '6500000', panel: 'log & "more" = 100%', view: 'space-time' },
};

describe('a run that is given away', () => {
  it('comes back from its file and from its link with where it stood and how it was looked at', () => {
    expect(readGivenRun(runToFile(spec, given))).toEqual({ type: 'ok', run: given });
    expect(readGivenRun(`https://example.org/play/#${runToFragment(spec, given)}`)).toEqual({ type: 'ok', run: given });
    expect(readGivenRun(runToFragment(spec, given))).toEqual({ type: 'ok', run: given });
  });

  it('has a command a line in its file', () => {
    expect(runToFile(spec, given).split('\n')[8]).toBe('  {"at":3000000,"command":{"type":"kill","nodes":["leader"],"powerLoss":true}},');
  });

  it('has no link where it is too long for one', () => {
    const random = Array.from({ length: 4000 }, (_, i) => ((i * 2654435761) % 2 ** 32).toString(36));
    const commands = random.map((word, i) => ({ at: i, command: { type: 'kill' as const, nodes: [word], powerLoss: false } }));
    const shared = shareRun({ ...spec, commands }, given);
    expect(shared.fragment).toBeUndefined();
    expect(shared.fragmentLength).toBeGreaterThan(LINK_CHARACTERS_MAX);
    expect(readGivenRun(shared.file)).toMatchObject({ type: 'ok' });
  });

  it.each([
    ['', '', /empty/],
    ['hello', '', /neither a link/],
    ['{', '', /not JSON.*line 1/],
    ['{}', '', /"etcd-playground run" is missing/],
    ['{"etcd-playground run": 9}', 'etcd-playground run', /form 9/],
    [runToFile(spec).replace('"seed": 42', '"seed": -1'), 'seed (line 4)', /./],
    [runToFile(spec).replace('"seed": 42,', ''), 'seed (line 1)', /./],
    [runToFile(spec).replace('"nodes":["leader"]', '"nodes":[7]'), 'commands.0.command.nodes.0 (line 7)', /./],
    [runToFile(spec).replace('"type":"heal"', '"type":"hurt"'), 'commands.3.command.type (line 10)', /./],
    [runToFile(spec).replace('"at":4000000', '"at":1'), 'commands (line 6)', /times of commands must not fall/],
    [runToFile(spec, given).replace('abab', 'ABAB'), 'head.trace (line 6)', /64 digits/],
    [runToFile(spec, given).replace('"view":"space-time"', '"view":7'), 'view.view (line 7)', /text/],
  ])('is refused with what is wrong where: %#', (text, where, message) => {
    expect(readGivenRun(text)).toEqual({
      type: 'error',
      where: expect.stringContaining(where) as string,
      message: expect.stringMatching(message) as string,
    });
  });

  it('gives a value whatever the file has become', () => {
    const file = runToFile(spec, given);
    const change = fc.record({
      at: fc.nat(file.length - 1),
      cut: fc.nat(40),
      put: fc.oneof(fc.string({ maxLength: 20 }), fc.json({ maxDepth: 2 })),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let text = file;
        for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut);
        const read = readGivenRun(text);
        return read.type === 'ok' ? readGivenRun(runToFile(read.run.spec, read.run)).type === 'ok' : read.message !== '';
      }),
      { numRuns: 300 },
    );
  });

  it('gives a value whatever the tree of the file has become', () => {
    const tree: unknown = JSON.parse(runToFile(spec, given));
    fc.assert(
      fc.property(fc.array(fc.nat(8), { minLength: 1, maxLength: 5 }), fc.jsonValue(), (path, put) => {
        const read = readGivenRun(JSON.stringify(replaced(tree, path, put)));
        return read.type === 'ok' || read.message !== '';
      }),
      { numRuns: 300 },
    );
  });

  it('gives a value whatever the link has become', () => {
    const link = runToFragment(spec, given);
    const change = fc.record({ at: fc.nat(link.length - 1), cut: fc.nat(3), put: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = link;
        for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut);
        const read = fragmentToRun(text);
        return read === undefined || read.type === 'ok' || read.message !== '';
      }),
      { numRuns: 300 },
    );
  });
});

/** The tree with something else where a path of child numbers leads. */
function replaced(tree: unknown, [first, ...rest]: readonly number[], put: unknown): unknown {
  if (first === undefined || typeof tree !== 'object' || tree === null) return put;
  const entries = Object.entries(tree);
  const chosen = entries.length === 0 ? -1 : first % entries.length;
  const next = entries.map(([name, value], i) => [name, i === chosen ? replaced(value, rest, put) : (value as unknown)] as const);
  return Array.isArray(tree) ? next.map(([, value]) => value) : Object.fromEntries(next);
}

interface Stand {
  readonly tab: TestTab;
  readonly conductor: Conductor;
  readonly notices: Notice[];
  readonly opened: ViewOptions[];
  frame: () => Frame | undefined;
}

async function stand(fragment = ''): Promise<Stand> {
  const tab = new TestTab(new FakeStorage());
  const conductor = createConductor(tab.environment);
  const notices: Notice[] = [];
  const opened: ViewOptions[] = [];
  let frame: Frame | undefined;
  await conductor.boot({ fragment, scope: '' }, (update) => {
    ({ frame } = update);
    notices.push(...update.notices);
    if (update.opened !== undefined) opened.push(update.opened);
  });
  return { tab, conductor, notices, opened, frame: () => frame };
}

describe('opening a run', () => {
  it('leaves the present one as it is if the text is wrong', async () => {
    const page = await stand();
    await page.tab.passUntil(() => page.frame()?.headline.type === 'leader', 10 * SECOND);
    const before = page.frame()?.run;
    expect(await page.conductor.openRun(runToFile(spec).replace('kill', 'kiss'))).toMatchObject({ type: 'error', where: /commands\.0/ });
    expect(page.frame()?.run).toEqual(before);
    expect(page.frame()?.headline.type).toBe('leader');
  });

  it('plays it from its beginning, in memory, and tells how it was looked at', async () => {
    const page = await stand();
    expect(await page.conductor.openRun(runToFile(spec, { head: undefined, view: { at: '5' } }))).toEqual({ type: 'ok' });
    expect(page.frame()?.run).toMatchObject({ nodes: 5, seed: 42, storage: 'memory' });
    expect(page.opened).toEqual([{ at: '5' }]);
  });

  /** A run of this engine that played a little, as a file. */
  async function played(): Promise<string> {
    const page = await stand();
    await page.conductor.newRun({ seed: 9 });
    await page.tab.passUntil(() => page.frame()?.headline.type === 'leader', 10 * SECOND);
    return (await page.conductor.share()).file;
  }
  const told = async (file: string): Promise<readonly Notice[]> => {
    const page = await stand();
    await page.conductor.openRun(file);
    await page.tab.passUntil(() => page.notices.some((notice) => notice.type === 'trace-compared'), 2 * SECOND);
    return page.notices;
  };

  it('of an older engine tells whether its trace is still the same', async () => {
    const file = await played();
    const old = file.replace(`"engine": "${ENGINE_VERSION}"`, '"engine": "0"');
    expect(await told(old)).toMatchObject([
      { type: 'other-engine', made: '0' },
      { type: 'trace-compared', same: true, made: '0' },
    ]);
    const other = old.replace(/("trace":")..../, '$10000');
    expect((await told(other)).at(-1)).toMatchObject({ type: 'trace-compared', same: false });
  });

  it('of this engine says nothing if the trace is the same', async () => {
    expect(await told(await played())).toEqual([]);
  });
});
