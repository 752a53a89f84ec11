/** The page's state: what updates do to it, and which lines clicks send. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PLAIN_MEMBER } from '#view/plain-member.ts';
import type { Conductor, Update } from '#view/conductor.ts';
import type { FeedItem } from '#view/feed.ts';
import type { Frame, MemberView } from '#view/frame.ts';
import { partitionLine, quoteWord, requestLine } from '#store/command-lines.ts';
import { createPlayground, type Playground } from '#store/playground.ts';
import { languageFor, readPreferences } from '#store/preferences.ts';
import { FEED_MAX } from '#store/state.ts';
import { keepUnchanged } from '#store/structural-share.ts';
import {
  BLOCK_LINES,
  EMPTY_TERMINAL,
  linesOf,
  outputText,
  searchTyped,
  TERMINAL_LINES_MAX,
  transcriptText,
  withOutput,
} from '#store/terminal-history.ts';
import { screenOf } from '#store/terminal-tabs.ts';
import { createVirtualClock } from '#store/virtual-clock.ts';

const member = (number: number): MemberView => ({
  ...PLAIN_MEMBER,
  name: `etcd-${number}`,
  id: `${number}`,
  number,
  clientUrl: `http://127.0.0.1:${2279 + 100 * number}`,
  commit: 4,
  applied: 4,
  lastIndex: 4,
  lastTerm: 2,
  log: { compactedTo: 0, bootstrapTo: 4, cells: [] },
});

const frame = (changed: Partial<Frame> = {}): Frame => ({
  run: {
    engine: 'e',
    profile: '3.5',
    seed: 1,
    nodes: 3,
    generation: 1,
    heartbeatMicros: 100_000,
    electionMicros: 1_000_000,
    storage: 'memory',
    secondTab: false,
  },
  now: 1000,
  rate: 1,
  until: 5000,
  playing: true,
  pace: { type: 'adaptive' },
  members: [member(1), member(2), member(3)],
  clients: [],
  messages: [],
  crowd: [],
  links: [],
  partition: [],
  headline: { type: 'leader', leader: 'etcd-1', term: 2, commit: 4, stale: [] },
  safe: true,
  safety: [],
  head: 1000,
  looking: false,
  since: 0,
  ...changed,
});

const update = (changed: Partial<Update> = {}): Update => ({
  frame: frame(),
  feed: [],
  tape: undefined,
  feedReset: false,
  branches: undefined,
  bookmarks: undefined,
  breakpoints: undefined,
  stopped: undefined,
  opened: undefined,
  terminal: [],
  notices: [],
  ...changed,
});
const fact = (seq: number, item: FeedItem['fact']): FeedItem => ({ seq, id: seq, cause: 0, at: 0, member: 'etcd-1', term: 2, fact: item });

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Stand extends Playground {
  readonly sent: string[];
  readonly stored: Map<string, string>;
  readonly conductor: Mutable<Conductor>;
}

function stand(stored = new Map<string, string>()): Stand {
  const sent: string[] = [];
  const note =
    (name: string) =>
    async (...args: readonly unknown[]): Promise<void> => {
      const said = args.filter((arg) => typeof arg !== 'function').map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)));
      sent.push([name, ...said].join(' '));
    };
  const answers: Partial<Mutable<Conductor>> = {
    complete: async () => ({ from: 0, words: [] }),
    cleanPaste: async (text) => [text],
    openRun: async () => ({ type: 'ok' }),
    scenarioLink: async (id) => `run=${id}`,
  };
  // Every other call is only noted.
  const conductor = new Proxy(answers, {
    get: (known, name): unknown => Reflect.get(known, name) ?? note(String(name)),
  }) as Mutable<Conductor>; // the proxy has all of it
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  };
  const playground = createPlayground({
    conductor,
    storage,
    languages: ['en'],
    prefersDark: false,
    wall: () => 0,
    copy: async () => true,
    addressWith: (fragment) => `https://example.org/#${fragment}`,
  });
  return { ...playground, sent, stored, conductor };
}

describe('clicks', () => {
  it('send the line that they stand for, and show it', () => {
    const { store, actions, sent } = stand();
    actions.receive(update());
    actions.toMember('kill', 'etcd-1');
    actions.heal();
    actions.newRun({ nodes: 5, seed: 7 });
    expect(sent).toEqual(['execute page play kill etcd-1', 'execute page play heal', 'execute page play new --nodes 5 --seed 7']);
    expect(store.getState().lastCommand?.line).toBe('play new --nodes 5 --seed 7');
    expect(linesOf(screenOf(store.getState().terminals, 'main')).map((line) => [line.kind, line.text])).toContainEqual([
      'click',
      'play heal',
    ]);
  });

  it('cut the network between the chosen members and the others', () => {
    const { store, actions, sent } = stand();
    actions.receive(update());
    actions.chooseSides();
    actions.cut();
    expect(sent).toEqual([]);
    actions.pick('etcd-2');
    actions.pick('etcd-1');
    actions.pick('etcd-2');
    actions.cut();
    expect(sent).toEqual(['execute page play partition etcd-1 / etcd-2,etcd-3']);
    expect(store.getState().choosing).toBeUndefined();
  });

  it('show what a refused line said', () => {
    const { store, actions } = stand();
    actions.receive(update());
    actions.toMember('restart', 'etcd-1');
    actions.receive(update({ terminal: [{ type: 'output', terminal: 'page', stderr: true, text: 'etcd-1 is up\n' }] }));
    expect(store.getState().lastCommand?.error).toBe('etcd-1 is up\n');
  });

  it('are no longer the last command once they are taken back', () => {
    const { store, actions } = stand();
    actions.receive(update());
    actions.toMember('kill', 'etcd-1');
    actions.receive(update());
    expect(store.getState().lastCommand?.line).toBe('play kill etcd-1');
    actions.receive(update({ notices: [{ type: 'undone', left: 1, line: 'play kill etcd-1' }] }));
    expect(store.getState().lastCommand).toBeUndefined();
  });

  it('of the request form go through the chosen member, each with its own output', () => {
    const { store, actions, sent } = stand();
    actions.receive(update());
    actions.request({ method: 'put', key: 'a', value: 'b c' }, 'etcd-2');
    actions.request({ method: 'watch', key: 'a', prefix: true }, 'etcd-1');
    expect(sent).toEqual([
      "execute request-1 etcdctl --endpoints=127.0.0.1:2479 put a 'b c'",
      'execute request-2 etcdctl watch --prefix a',
    ]);
    actions.receive(
      update({
        terminal: [
          { type: 'output', terminal: 'request-1', stderr: false, text: 'OK\n' },
          { type: 'exit', terminal: 'request-1', code: 0 },
        ],
      }),
    );
    const [put, watch] = store.getState().requests;
    expect(put?.output.busy).toBe(false);
    expect(put === undefined ? '' : outputText(put.output)).toBe('OK');
    expect(watch?.output.busy).toBe(true);
    actions.stopRequest(2);
    expect(sent.at(-1)).toBe('interrupt request-2');
  });

  it('never needs more terminals than the conductor has', () => {
    const { actions, sent } = stand();
    actions.receive(update());
    for (let i = 0; i < 100; i++) actions.request({ method: 'get', key: String(i), prefix: false }, 'etcd-1');
    expect(new Set(sent.map((line) => line.split(' ')[1])).size).toBeLessThanOrEqual(20);
  });
});

describe('the terminal', () => {
  it('runs a line, gives what is typed meanwhile to the program, and is free after its end', () => {
    const { store, actions, sent } = stand();
    actions.receive(update());
    actions.type('main', 'etcdctl watch a');
    actions.type('main', 'x');
    expect(sent).toEqual(['execute main etcdctl watch a', 'input main x\n false']);
    actions.receive(update({ terminal: [{ type: 'exit', terminal: 'main', code: 130 }] }));
    expect(screenOf(store.getState().terminals, 'main').busy).toBe(false);
  });

  it('a scenario file of the visitor becomes a file of the machine, whatever is in it, and is played', () => {
    const { actions, sent } = stand();
    actions.receive(update());
    actions.loadScript('main', "my run's.play", 'play new\r\n@1s play kill 1\nEND_OF_SCRIPT\nrm -r /');
    expect(sent).toEqual([
      "execute main cat > /tmp/my_run_s.play <<'END_OF_SCRIPT'\nplay new\n@1s play kill 1\nrm -r /\nEND_OF_SCRIPT",
      'execute main play load /tmp/my_run_s.play',
    ]);
  });

  it('runs pasted lines one after another', () => {
    const { actions, sent } = stand();
    actions.receive(update());
    actions.typeAll('main', ['etcdctl put a 1', 'etcdctl put b 2']);
    expect(sent).toEqual(['execute main etcdctl put a 1']);
    actions.receive(update({ terminal: [{ type: 'exit', terminal: 'main', code: 0 }] }));
    expect(sent).toEqual(['execute main etcdctl put a 1', 'execute main etcdctl put b 2']);
  });

  it('joins output that arrives in pieces', () => {
    const state = withOutput(withOutput(withOutput(EMPTY_TERMINAL, 'he', false), 'llo\nwor', false), 'ld\n', false);
    expect(linesOf(state).map((line) => line.text)).toEqual(['hello', 'world']);
  });

  it('is bounded', () => {
    const state = withOutput(EMPTY_TERMINAL, 'x\n'.repeat(TERMINAL_LINES_MAX + 50), false);
    expect(linesOf(state).length).toBeLessThanOrEqual(TERMINAL_LINES_MAX);
    expect(linesOf(state).length).toBeGreaterThan(TERMINAL_LINES_MAX - BLOCK_LINES);
  });

  it('leaves all blocks but the last as they are when a line comes', () => {
    const before = withOutput(EMPTY_TERMINAL, 'x\n'.repeat(5 * BLOCK_LINES + 7), false);
    const after = withOutput(before, 'y\n', false);
    expect(after.blocks.slice(0, -1).every((block, i) => block === before.blocks[i])).toBe(true);
    expect(linesOf(after).map((line) => line.id)).toEqual([...Array(5 * BLOCK_LINES + 8).keys()].map((i) => i + 1));
  });

  it('has tabs with screens of their own', () => {
    const { store, actions, sent } = stand();
    actions.receive(update());
    actions.openTerminal();
    actions.receive(update());
    const { active } = store.getState().terminals;
    expect(active).toBe('terminal-2');
    actions.type(active, 'etcdctl watch a');
    actions.receive(update({ terminal: [{ type: 'output', terminal: active, stderr: false, text: 'PUT\n' }] }));
    expect(transcriptText(screenOf(store.getState().terminals, active))).toBe('etcd-1 $ etcdctl watch a\nPUT');
    expect(transcriptText(screenOf(store.getState().terminals, 'main'))).toBe('');
    actions.closeTerminal(active);
    expect(sent).toEqual(['execute terminal-2 etcdctl watch a', 'interrupt terminal-2']);
    actions.closeTerminal('main');
    expect(store.getState().terminals.tabs.map((tab) => tab.name)).toEqual(['main']);
  });

  it('finds typed lines from the newest back', () => {
    const typed = ['etcdctl put a 1', 'play kill leader', 'etcdctl put b 2'];
    expect(searchTyped(typed, 'put', 0)).toBe('etcdctl put b 2');
    expect(searchTyped(typed, 'put', 1)).toBe('etcdctl put a 1');
    expect(searchTyped(typed, 'put', 2)).toBeUndefined();
    expect(searchTyped(typed, '', 0)).toBeUndefined();
  });

  it('asks for time when a command needs it, until time runs', () => {
    const { store, actions } = stand();
    actions.receive(update({ frame: frame({ playing: false }), terminal: [{ type: 'needs-time', terminal: 'main' }] }));
    expect(store.getState().needsTime).toBe(true);
    actions.receive(update({ frame: frame({ playing: true }) }));
    expect(store.getState().needsTime).toBe(false);
  });
});

describe('updates', () => {
  it('keep a bounded feed, and begin anew with another run', () => {
    const { store, actions } = stand();
    const many = Array.from({ length: FEED_MAX + 5 }, (_, seq) => fact(seq, { type: 'healed' }));
    actions.receive(update());
    actions.receive(update({ feed: many }));
    expect(store.getState().feed).toHaveLength(FEED_MAX);
    actions.receive(update({ frame: frame({ run: { ...frame().run, generation: 2 } }), feed: [fact(1, { type: 'frozen' })] }));
    expect(store.getState().feed.map((each) => each.fact.type)).toEqual(['frozen']);
  });

  it('share what did not change, so that it is not drawn again', () => {
    const { store, actions } = stand();
    actions.receive(update());
    const before = store.getState().frame;
    actions.receive(update({ frame: frame({ now: 2000, members: [{ ...member(1), term: 3 }, member(2), member(3)] }) }));
    const after = store.getState().frame;
    expect(after?.members).not.toBe(before?.members);
    expect(after?.members[1]).toBe(before?.members[1]);
    expect(after?.members[0]?.term).toBe(3);
  });

  it('remember what the visitor has seen', () => {
    const { store, actions, stored } = stand();
    actions.receive(
      update({ feed: [fact(1, { type: 'request', client: 'you', label: 'put a b' }), fact(2, { type: 'killed', powerLoss: false })] }),
    );
    expect(store.getState().preferences.seen).toEqual(['put', 'kill']);
    expect(
      readPreferences({ getItem: (name) => stored.get(name) ?? null, setItem: () => undefined, removeItem: () => undefined }).seen,
    ).toEqual(['put', 'kill']);
  });

  it('tell a put on the smaller side of a cut from another', () => {
    const { store, actions } = stand();
    const put = (name: string): FeedItem => ({ ...fact(1, { type: 'request', client: 'you', label: 'put a b' }), member: name });
    const cut = frame({ partition: [['etcd-1'], ['etcd-2', 'etcd-3']] });
    actions.receive(update({ frame: cut, feed: [put('etcd-2')] }));
    expect(store.getState().preferences.seen).toEqual(['put']);
    actions.receive(update({ frame: cut, feed: [put('etcd-1')] }));
    expect(store.getState().preferences.seen).toEqual(['put', 'minority']);
  });

  it('that fail are shown, not lost', async () => {
    const { store, actions, conductor } = stand();
    conductor.play = () => Promise.reject(new Error('the engine is gone'));
    actions.play();
    await vi.waitFor(() => {
      expect(store.getState()).toMatchObject({ phase: 'failed', failure: 'the engine is gone' });
    });
  });
});

describe('shared structure', () => {
  it('equals the newer value, and is the older one where they are equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        expect(keepUnchanged(before, after)).toEqual(after);
        expect(keepUnchanged(before, structuredClone(before))).toBe(before);
      }),
    );
    // Found by the above, once in many runs: zeros of both signs, a name that every object seems to have, a name that holds nothing.
    expect(keepUnchanged<readonly number[]>([0], [-0])).toEqual([-0]);
    const proto = JSON.parse('{"__proto__":{"a":1}}') as unknown; // plain data
    expect(keepUnchanged<unknown>({}, proto)).toEqual(proto);
    expect(keepUnchanged<object>({ a: undefined }, { b: undefined })).toStrictEqual({ b: undefined });
  });
});

describe('virtual time between frames', () => {
  it('passes at the rate of the frame, and never past what it allows', () => {
    const clock = createVirtualClock();
    clock.anchor({ ...frame(), now: 1000, rate: 0.5, until: 3000 }, 10);
    expect(clock.at(10)).toBe(1000);
    expect(clock.at(12)).toBe(2000);
    expect(clock.at(100)).toBe(3000);
  });

  it('never goes back while a run goes on, and starts over with another', () => {
    const clock = createVirtualClock();
    clock.anchor({ ...frame(), now: 1000, rate: 1, until: 9000 }, 0);
    expect(clock.at(2)).toBe(3000);
    clock.anchor({ ...frame(), now: 2500, rate: 1, until: 9000 }, 2);
    expect(clock.at(2)).toBe(3000);
    clock.anchor({ ...frame(), run: { ...frame().run, generation: 2 }, now: 0, rate: 1, until: 100 }, 3);
    expect(clock.at(3)).toBe(0);
  });

  it('stands still while paused', () => {
    const clock = createVirtualClock();
    clock.anchor({ ...frame(), now: 1000, playing: false }, 0);
    expect(clock.at(1000)).toBe(1000);
    expect(clock.moves()).toBe(false);
  });
});

describe('preferences', () => {
  const read = (text: string | null) => readPreferences({ getItem: () => text, setItem: () => undefined, removeItem: () => undefined });

  it('have defaults for whatever is missing or wrong', () => {
    expect(read(null)).toEqual(read('{'));
    expect(read('{"theme":"neon","log":1,"rail":"yes","seen":["put","fly"],"step":"leap"}')).toEqual({ ...read(null), seen: ['put'] });
    expect(read('{"theme":"dark","language":"zh","rail":true,"railTab":"keys"}')).toMatchObject({
      theme: 'dark',
      language: 'zh',
      rail: true,
      railTab: 'data',
    });
    expect(read('{"railTab":"events"}').railTab).toBe('why');
  });

  it('take the first language that there is', () => {
    expect(languageFor(['fr', 'zh-TW', 'en'])).toBe('zh');
    expect(languageFor(['de'])).toBe('en');
    expect(languageFor(['en-GB', 'zh'])).toBe('en');
  });
});

describe('lines', () => {
  it('quote what a shell would take apart', () => {
    expect(['a', "it's", 'a b', ''].map(quoteWord)).toEqual(['a', `'it'\\''s'`, `'a b'`, `''`]);
    expect(requestLine({ method: 'put', key: '-k', value: 'v' }, 'http://127.0.0.1:2379')).toBe('etcdctl put -- -k v');
    expect(requestLine({ method: 'del', key: 'a', prefix: false }, 'http://127.0.0.1:2579')).toBe(
      'etcdctl --endpoints=127.0.0.1:2579 del a',
    );
    expect(partitionLine(['c', 'a'], ['a', 'b', 'c'])).toBe('play partition a,c / b');
  });
});

describe('causes and effects', () => {
  it('are those of the instant at which time stands, though that came while a question was under way', async () => {
    const { store, actions, conductor } = stand();
    let asked = 0;
    const answers: (() => void)[] = [];
    conductor.related = async () => {
      const effects = [++asked];
      await new Promise<void>((resolve) => answers.push(resolve));
      return { causes: [], effects, entries: [], instants: [] };
    };
    actions.receive(update({ frame: frame({ now: 1, playing: true }) }));
    actions.select({ type: 'event', id: 5, at: 1 });
    actions.receive(update({ frame: frame({ now: 2, playing: false }) }));
    expect(asked).toBe(1);
    answers.shift()?.();
    await vi.waitFor(() => {
      expect(asked).toBe(2);
    });
    answers.shift()?.();
    await vi.waitFor(() => {
      expect([...store.getState().related.effects]).toEqual([2]);
    });
    // A step shortly after it is the last that the page hears.
    actions.receive(update({ frame: frame({ now: 3, playing: false }) }));
    expect(asked).toBe(3);
  });
});
