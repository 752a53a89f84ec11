import { describe, expect, it } from 'vitest';
import { ClientChecks } from '#checker/client-checks.ts';
import type { Action, ActionResult, Operation, Request, Version, Watch, WatchAnswer, WatchedEvent } from '#checker/history.ts';
import { Scoreboard } from '#checker/scoreboard.ts';
import { WatchChecks } from '#checker/watch-checks.ts';

const version = (key: string, value: string, mod: number, create = mod, count = 1): Version => ({
  key,
  value,
  create,
  mod,
  version: count,
  lease: 0n,
});
const put = (key: string, value: string): Action => ({ type: 'put', key, value, lease: 0n, prevKv: false });
const get = (key: string): Action => ({
  type: 'range',
  range: { start: key, end: undefined },
  revision: 0,
  limit: 0,
  countOnly: false,
  keysOnly: false,
});

/** Clients and watchers whose answers a test makes up. */
class Stage {
  readonly board = new Scoreboard();
  readonly #clients = new ClientChecks(this.board);
  readonly #watches = new WatchChecks(this.board, this.#clients, false);
  #call = 0;

  /** An answered operation between two moments (ms). */
  op(client: string, times: readonly [number, number], action: Action, revision: number, result: ActionResult, serializable = false): this {
    const request: Request = { type: 'txn', guards: [], success: [action], failure: [], serializable };
    return this.answered(client, times, request, { type: 'ok', answer: { type: 'txn', revision, succeeded: true, results: [result] } });
  }

  answered(client: string, [from, to]: readonly [number, number], request: Request, outcome: Operation['outcome']): this {
    const opened = { client, call: ++this.#call, member: 1, request, invokedAt: from * 1000 };
    this.#clients.opened(opened);
    this.#clients.closed({ ...opened, outcome, returnedAt: to * 1000 });
    return this;
  }

  put(client: string, times: readonly [number, number], key: string, value: string, revision: number): this {
    return this.op(client, times, put(key, value), revision, { type: 'put', previous: undefined });
  }

  get(
    client: string,
    times: readonly [number, number],
    key: string,
    revision: number,
    kv: Version | undefined,
    serializable = false,
  ): this {
    const kvs = kv === undefined ? [] : [kv];
    return this.op(client, times, get(key), revision, { type: 'range', kvs, count: kvs.length, more: false }, serializable);
  }

  watch(own: Partial<Watch>, ...answers: readonly (readonly WatchedEvent[] | number)[]): this {
    const range = { start: 'a', end: 'z' };
    const rest = { range, startRevision: 1, noPut: false, noDelete: false, prevKv: false, createdRevision: 1, answers: [] };
    const watch: Watch = { client: 'w', call: 1, member: 1, id: 0, compactRevision: undefined, ...rest, ...own };
    for (const [i, one] of answers.entries()) {
      const answer: WatchAnswer =
        typeof one === 'number'
          ? { at: i, revision: one, events: [], fragment: false }
          : { at: i, revision: one.at(-1)?.kv.mod ?? 0, events: one, fragment: false };
      this.#watches.watched(watch, answer);
    }
    return this;
  }

  get found(): readonly string[] {
    return this.board.violations.map(({ property }) => property);
  }
}

const came = (kv: Version, previous?: Version): WatchedEvent => ({ type: 'put', kv, previous });

describe('what clients are promised, as each answer comes', () => {
  it('has nothing against a sound history, concurrent and stale answers included', () => {
    const stage = new Stage()
      .put('a', [0, 5], 'k', '1', 2)
      .put('b', [0, 9], 'k', '2', 3)
      .get('c', [6, 8], 'k', 3, version('k', '2', 3, 2, 2))
      .get('c', [10, 11], 'k', 3, version('k', '2', 3, 2, 2), true)
      .watch({}, [came(version('k', '1', 2))], [came(version('k', '2', 3, 2, 2))], 3);
    expect(stage.found).toEqual([]);
    expect(stage.board.standing('linearizability')?.checks).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['a read that misses what was acknowledged before it', 'linearizability', (s: Stage) => s.get('b', [6, 7], 'k', 1, undefined)],
    ['a write that is ordered before what was acknowledged', 'linearizability', (s: Stage) => s.put('b', [6, 7], 'j', '2', 1)],
    ['a value that nobody put', 'linearizability', (s: Stage) => s.get('b', [6, 7], 'k', 2, version('k', 'x', 2))],
    [
      'a state that never was',
      'serializable-read',
      (s: Stage) => s.put('a', [6, 7], 'k', '2', 3).get('b', [8, 9], 'k', 3, version('k', '1', 2), true),
    ],
    ['a member that goes back in time', 'monotone-revision', (s: Stage) => s.get('a', [6, 7], 'k', 1, undefined, true)],
  ] as const)('finds %s', (_what, property, spoil) => {
    expect(spoil(new Stage().put('a', [0, 5], 'k', '1', 2)).found).toEqual([property]);
  });

  it('finds two writes of one revision', () => {
    const stage = new Stage();
    stage.put('a', [0, 9], 'k', '1', 2);
    // It began before the other had ended.
    expect(new Stage().put('a', [0, 5], 'k', '1', 2).put('b', [6, 9], 'j', '1', 2).found).toContain('one-revision');
    expect(stage.found).toEqual([]);
  });

  it('finds a lease that ends before its time, unless somebody asked for its end', () => {
    const granted = (): Stage =>
      new Stage().answered(
        'a',
        [0, 10],
        { type: 'lease-grant', id: 7n, ttl: 2n },
        {
          type: 'ok',
          answer: { type: 'lease', revision: 1, id: 7n, ttl: 2n },
        },
      );
    const gone = { type: 'failed', code: 5, message: 'requested lease not found' } as const;
    const renew: Request = { type: 'lease-renew', id: 7n };
    expect(granted().answered('a', [1900, 1999], renew, gone).found).toEqual(['lease-floor']);
    expect(granted().answered('a', [1900, 2000], renew, gone).found).toEqual([]);
    const revoked = granted().answered(
      'b',
      [20, 30],
      { type: 'lease-revoke', id: 7n },
      { type: 'ok', answer: { type: 'done', revision: 1 } },
    );
    expect(revoked.answered('a', [40, 50], renew, gone).found).toEqual([]);
  });
});

describe('watches, as each answer comes', () => {
  const first = came(version('k', '1', 2));
  const second = came(version('k', '2', 3, 2, 2));

  it.each([
    ['an event of another range', 'watch-filter', (s: Stage) => s.watch({ range: { start: 'x', end: undefined } }, [first])],
    ['an event that was filtered out', 'watch-filter', (s: Stage) => s.watch({ noPut: true }, [first])],
    ['events out of order', 'watch-ordered', (s: Stage) => s.watch({}, [second], [first])],
    ['an event that comes twice', 'watch-unique', (s: Stage) => s.watch({}, [first, first])],
    ['a revision in two answers', 'watch-atomic', (s: Stage) => s.watch({}, [first], [came(version('l', '1', 2))])],
    ['an event that a notice had promised not to come', 'watch-bookmarkable', (s: Stage) => s.watch({}, [first], 3, [second])],
    ['an event of before the start', 'watch-resumable', (s: Stage) => s.watch({ startRevision: 3 }, [first])],
    ['a change that never comes', 'watch-reliable', (s: Stage) => s.put('a', [0, 5], 'k', '1', 2).watch({}, [second])],
    ['another value than was put', 'watch-reliable', (s: Stage) => s.put('a', [0, 5], 'k', 'x', 2).watch({}, [first])],
    ['a creation that is none', 'watch-is-create', (s: Stage) => s.watch({}, [came(version('k', '1', 4, 4, 2))])],
    [
      'an old value in the place of the previous one',
      'watch-prev-kv',
      (s: Stage) => s.watch({ prevKv: true }, [first, second], [came(version('k', '3', 4, 2, 3), first.kv)]),
    ],
  ] as const)('finds %s', (_what, property, play) => {
    expect(play(new Stage()).found).toEqual([property]);
  });
});
