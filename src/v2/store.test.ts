import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reader, Writer } from '#kernel/codec.ts';
import { eventJson, rfc3339 } from '#v2/event.ts';
import { readV2Store, writeV2Store } from '#v2/store-codec.ts';
import { FOREVER, V2Store, type Lifetime, type V2Result } from '#v2/store.ts';

const NOW = 1_704_067_200_000_000_000n;
const SECOND = 1_000_000_000n;
const store = (): V2Store => new V2Store(['/0', '/1']);
const file = (value: string, lifetime: Lifetime = FOREVER) => ({ dir: false, value, lifetime });
const text = (result: V2Result): string => (result.ok ? eventJson(result.event, '/1') : `${result.error.code} ${result.error.cause}`);
const until = (seconds: bigint): Lifetime => ({ expiration: NOW + seconds * SECOND, refresh: false });
const all = { recursive: true, sorted: true };

/** The simplest store that could be: full paths of files and directories with what each says. */
class Model {
  readonly values = new Map<string, string | undefined>([['/1', undefined]]);

  isDir(path: string): boolean {
    return this.values.has(path) && this.values.get(path) === undefined;
  }

  /** Why a path cannot be made; '' if it can. */
  #blocked(path: string): string {
    const names = path.split('/').slice(1);
    for (let i = 1; i < names.length; i++) {
      const above = `/${names.slice(0, i).join('/')}`;
      if (this.values.has(above) && !this.isDir(above)) return `104 ${above}`;
    }
    return '';
  }

  missing(path: string): string {
    const blocked = this.#blocked(path);
    if (blocked !== '') return blocked;
    const names = path.split('/').slice(1);
    for (let i = 1; i <= names.length; i++) {
      const at = `/${names.slice(0, i).join('/')}`;
      if (!this.values.has(at)) return `100 ${at}`;
    }
    return '';
  }

  put(path: string, value: string | undefined): void {
    const names = path.split('/').slice(1);
    for (let i = 1; i < names.length; i++) this.values.set(`/${names.slice(0, i).join('/')}`, undefined);
    this.values.set(path, value);
  }

  set(path: string, value: string | undefined): string {
    const blocked = this.#blocked(path);
    if (blocked !== '') return blocked;
    if (this.isDir(path)) return `102 ${path}`;
    this.put(path, value);
    return 'ok';
  }

  create(path: string, value: string | undefined): string {
    const blocked = this.#blocked(path);
    if (blocked !== '') return blocked;
    if (this.values.has(path)) return `105 ${path}`;
    this.put(path, value);
    return 'ok';
  }

  swap(path: string, before: string, value: string): string {
    const missing = this.missing(path);
    if (missing !== '') return missing;
    if (this.isDir(path)) return `102 ${path}`;
    const present = this.values.get(path) ?? '';
    if (before !== '' && before !== present) return `101 [${before} != ${present}]`;
    this.values.set(path, value);
    return 'ok';
  }

  delete(path: string, dir: boolean, recursive: boolean): string {
    const missing = this.missing(path);
    if (missing !== '') return missing;
    const below = [...this.values.keys()].filter((key) => key.startsWith(`${path}/`));
    if (this.isDir(path) && !dir && !recursive) return `102 ${path}`;
    if (this.isDir(path) && !recursive && below.length > 0) return `108 ${path}`;
    for (const key of [path, ...below]) this.values.delete(key);
    return 'ok';
  }
}

const name = fc.constantFrom('a', 'b', 'c', '_h');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/1/${names.join('/')}`);
const value = fc.constantFrom('', 'x', 'y');
const action = fc.oneof(
  fc.record({ type: fc.constant('set' as const), path, value, dir: fc.boolean() }),
  fc.record({ type: fc.constant('create' as const), path, value, dir: fc.boolean() }),
  fc.record({ type: fc.constant('swap' as const), path, before: value, value }),
  fc.record({ type: fc.constant('delete' as const), path, dir: fc.boolean(), recursive: fc.boolean() }),
);

describe('the tree', () => {
  it('does what the simplest model does, raises its index once for each change, and is the same after an encoding', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        let real = store();
        const model = new Model();
        let changes = 0;
        for (const [i, a] of actions.entries()) {
          let result: V2Result;
          let expected: string;
          if (a.type === 'swap') {
            result = real.compareAndSwap(a.path, { prevValue: a.before, prevIndex: 0n }, { value: a.value, lifetime: FOREVER }, NOW);
            expected = model.swap(a.path, a.before, a.value);
          } else if (a.type === 'delete') {
            result = real.delete(a.path, a, NOW);
            expected = model.delete(a.path, a.dir, a.recursive);
          } else {
            const creation = { dir: a.dir, value: a.value, lifetime: FOREVER };
            result = a.type === 'set' ? real.set(a.path, creation, NOW) : real.create(a.path, false, creation, NOW);
            expected = model[a.type](a.path, a.dir ? undefined : a.value);
          }
          expect(result.ok ? 'ok' : `${result.error.code} ${result.error.cause}`).toBe(expected);
          if (result.ok) changes += 1;
          expect(real.index).toBe(changes);
          if (i % 7 === 6) real = copyOf(real, 'all');
        }
        for (const [key, expected] of model.values) {
          const got = real.get(key, all, NOW);
          expect(got.ok && (got.event.node.dir ? undefined : got.event.node.value)).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('cannot be changed at its roots', () => {
    const s = store();
    expect(text(s.set('/1', file('x'), NOW))).toBe('107 /');
    expect(text(s.delete('/1', { dir: true, recursive: true }, NOW))).toBe('107 /');
    expect(text(s.update('/', 'x', FOREVER, NOW))).toBe('107 /');
  });

  it('hides names with an underscore from listings, not from who asks for them', () => {
    const s = store();
    s.set('/1/_h/x', file('1'), NOW);
    s.set('/1/d/_h', file('2'), NOW);
    expect(text(s.get('/1', all, NOW))).toBe(
      '{"action":"get","node":{"dir":true,"nodes":[{"key":"/d","dir":true,"modifiedIndex":2,"createdIndex":2}]}}',
    );
    expect(text(s.get('/1/_h', all, NOW))).toContain('"/_h/x"');
  });

  it('names in-order keys by the index that they get', () => {
    const s = store();
    s.set('/1/a', file('x'), NOW);
    expect(text(s.create('/1/q', true, file('job'), NOW))).toContain('"key":"/q/00000000000000000002"');
  });
});

function copyOf(s: V2Store, what: 'replicated' | 'all'): V2Store {
  const w = new Writer();
  writeV2Store(w, s, what);
  const bytes = w.finish();
  const copy = readV2Store(new Reader(bytes), ['/0', '/1']);
  const again = new Writer();
  writeV2Store(again, copy, what);
  expect(again.finish()).toEqual(bytes);
  return copy;
}

describe('what expires', () => {
  it('goes at the first look after its time, earliest first, a directory with all in it', () => {
    const s = store();
    s.set('/1/late', file('x', until(9n)), NOW);
    s.set('/1/d', { dir: true, value: '', lifetime: until(2n) }, NOW);
    s.set('/1/d/in', file('y', until(5n)), NOW);
    s.set('/1/soon', file('x', until(1n)), NOW);
    s.deleteExpired(NOW + 3n * SECOND, NOW + 3n * SECOND);
    expect(
      s.hub
        .history()
        .slice(-2)
        .map((e) => `${e.action} ${e.node.key}`),
    ).toEqual(['expire /1/soon', 'expire /1/d']);
    expect([...s.mortal].map((node) => node.name)).toEqual(['late']);
    expect(s.stats.get('expireCount')).toBe(2);
  });

  it('stays with a time before 2000, and for good after an update without one', () => {
    const s = store();
    s.set('/1/a', file('x', { expiration: 5n, refresh: false }), NOW);
    s.set('/1/b', file('x', until(5n)), NOW);
    s.update('/1/b', 'y', FOREVER, NOW);
    expect(s.mortal.size).toBe(0);
  });

  it('shows seconds rounded up, and a refresh tells nobody', () => {
    const s = store();
    s.set('/1/a', file('x', until(5n)), NOW);
    expect(text(s.get('/1/a', all, NOW + 1n))).toContain('"ttl":5');
    expect(text(s.get('/1/a', all, NOW + 5n * SECOND + 1n))).not.toContain('ttl');
    const { watcher } = s.watch('/1/a', { recursive: false, stream: false }, 0n) as { watcher: { queue: readonly unknown[] } };
    s.set('/1/a', file('', { expiration: NOW + 9n * SECOND, refresh: true }), NOW);
    expect(watcher.queue).toEqual([]);
    expect(text(s.get('/1/a', all, NOW))).toContain('"value":"x"');
  });
});

describe('watchers', () => {
  const watcher = (s: V2Store, key: string, options: { recursive: boolean; stream: boolean }, since = 0n) => {
    const result = s.watch(key, options, since);
    if (!result.ok) throw new Error(result.error.cause);
    return result.watcher;
  };
  const one = { recursive: false, stream: false };

  it('hear the first event of the past that concerns them, and with a stream nothing more', () => {
    const s = store();
    for (const v of ['1', '2']) s.set('/1/a', file(v), NOW);
    const w = watcher(s, '/1/a', { recursive: false, stream: true }, 1n);
    s.set('/1/a', file('3'), NOW);
    expect(w.queue.map((e) => e.node.value)).toEqual(['1']);
    expect(s.hub.count).toBe(0);
  });

  it('are refused what is older than the last thousand events', () => {
    const s = store();
    for (let i = 1; i <= 1100; i++) s.set('/1/x', file(`${i}`), NOW);
    const refused = s.watch('/1/a', one, 100n);
    expect(!refused.ok && refused.error).toEqual({ code: 401, cause: 'the requested history has been cleared [101/100]', index: 1100 });
    expect(watcher(s, '/1/x', one, 101n).queue[0]?.node.value).toBe('101');
  });

  it('of a child hear that its directory went; hidden names are not told above', () => {
    const s = store();
    s.set('/1/d/x/y', file('1'), NOW);
    const child = watcher(s, '/1/d/x/y', one);
    const above = watcher(s, '/1/d', { recursive: true, stream: true });
    s.set('/1/d/_h', file('1'), NOW);
    expect(above.queue).toEqual([]);
    s.delete('/1/d', { dir: true, recursive: true }, NOW);
    expect(child.queue.map((e) => e.node.key)).toEqual(['/1/d']);
    // Once as the removed path, once as the changed one: so does etcd.
    expect(above.queue.map((e) => e.action)).toEqual(['delete', 'delete']);
  });

  it('that fall a hundred events behind are closed', () => {
    const s = store();
    const w = watcher(s, '/1', { recursive: true, stream: true });
    for (let i = 0; i < 101; i++) s.set('/1/x', file(`${i}`), NOW);
    expect([w.queue.length, w.isClosed, w.isWaiting]).toEqual([100, true, false]);
  });

  it('go on after an encoding, and only a checkpoint has them', () => {
    const s = store();
    const { id } = watcher(s, '/1/a', one);
    const copy = copyOf(s, 'all');
    copy.set('/1/a', file('1'), NOW);
    expect(copy.hub.watchers.get(id)?.queue).toHaveLength(1);
    expect(copyOf(s, 'replicated').hub.watchers.size).toBe(0);
  });
});

it('writes times as Go does: digits of the fraction only where there are some', () => {
  expect([0n, -1n, 1_704_067_200_120_000_000n, -6_641_290_148_000_000_000n].map(rfc3339)).toEqual([
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:59:59.999999999Z',
    '2024-01-01T00:00:00.12Z',
    '1759-07-19T05:10:52Z',
  ]);
});
