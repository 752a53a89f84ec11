import { describe, expect, it } from 'vitest';
import { checkHistory } from '#checker/check-history.ts';
import type { Action, ActionResult, Guard, Operation, TxnRequest, Version } from '#checker/history.ts';
import { checkLinearizable } from '#checker/linearizable.ts';
import { Replay } from '#checker/replay.ts';
import { searchOrder, type Interval, type Model } from '#checker/search.ts';
import { evaluate, type KeyState } from '#checker/txn-model.ts';
import { createPrng, type Prng } from '#kernel/prng.ts';

const put = (key: string, value: string): Action => ({ type: 'put', key, value, lease: 0n, prevKv: false });
const get = (key: string): Action => ({
  type: 'range',
  range: { start: key, end: undefined },
  revision: 0,
  limit: 0,
  countOnly: false,
  keysOnly: false,
});
const remove = (key: string): Action => ({ type: 'delete', range: { start: key, end: undefined }, prevKv: false });
const txn = (success: readonly Action[], guards: readonly Guard[] = [], failure: readonly Action[] = []): TxnRequest => ({
  type: 'txn',
  guards,
  success,
  failure,
  serializable: false,
});

/** A history in a few words: `[client, begin, end, action, what it showed]`; no end: its outcome is unknown. */
type Line = readonly [client: string, from: number, to: number | undefined, action: Action, shown?: string | number | undefined];

function historyOf(lines: readonly Line[]): readonly Operation[] {
  return lines.map(([client, invokedAt, to, action, shown], call): Operation => {
    const kv: Version = {
      key: action.type === 'put' ? '' : action.range.start,
      value: String(shown),
      create: 0,
      mod: 0,
      version: 0,
      lease: 0n,
    };
    const kvs = shown === undefined ? [] : [kv];
    const result: ActionResult =
      action.type === 'put'
        ? { type: 'put', previous: undefined }
        : action.type === 'delete'
          ? { type: 'delete', deleted: Number(shown ?? 0), previous: [] }
          : { type: 'range', kvs, count: kvs.length, more: false };
    const common = { client, call, member: 1, request: txn([action]), invokedAt };
    if (to === undefined) return { ...common, outcome: { type: 'unknown', message: '' }, returnedAt: Infinity };
    return {
      ...common,
      outcome: { type: 'ok', answer: { type: 'txn', revision: 0, succeeded: true, results: [result] } },
      returnedAt: to,
    };
  });
}

const verdict = (lines: readonly Line[]): string => checkLinearizable(historyOf(lines), { revisions: false }).type;

describe('hand-made histories without revisions', () => {
  it.each<readonly [string, readonly Line[]]>([
    ['nothing', []],
    [
      'a read during a write sees the old value',
      [
        ['a', 0, 10, put('x', '1')],
        ['b', 2, 4, get('x')],
      ],
    ],
    [
      'a read during a write sees the new value',
      [
        ['a', 0, 10, put('x', '1')],
        ['b', 2, 4, get('x'), '1'],
      ],
    ],
    [
      'an unknown write happens',
      [
        ['a', 0, undefined, put('x', '1')],
        ['b', 20, 30, get('x'), '1'],
      ],
    ],
    [
      'an unknown write does not happen',
      [
        ['a', 0, undefined, put('x', '1')],
        ['b', 20, 30, get('x')],
      ],
    ],
    [
      'an unknown write happens between two reads, long after its beginning',
      [
        ['a', 0, undefined, put('x', '1')],
        ['b', 20, 30, get('x')],
        ['b', 40, 50, get('x'), '1'],
      ],
    ],
    [
      'two concurrent writes, and readers that agree on their order',
      [
        ['a', 0, 10, put('x', '1')],
        ['b', 0, 10, put('x', '2')],
        ['c', 11, 12, get('x'), '1'],
        ['d', 13, 14, get('x'), '1'],
      ],
    ],
    [
      'a deletion of what an unknown write made',
      [
        ['a', 0, undefined, put('x', '1')],
        ['b', 5, 9, remove('x'), 1],
        ['c', 10, 11, get('x')],
      ],
    ],
  ])('%s: holds', (_what, lines) => {
    expect(verdict(lines)).toBe('holds');
  });

  it.each<readonly [string, readonly Line[]]>([
    [
      'a read that misses an acknowledged write',
      [
        ['a', 0, 10, put('x', '1')],
        ['b', 11, 14, get('x')],
      ],
    ],
    [
      'a value that nobody put',
      [
        ['a', 0, 10, put('x', '1')],
        ['b', 2, 14, get('x'), '2'],
      ],
    ],
    [
      'a read of the future',
      [
        ['b', 0, 5, get('x'), '1'],
        ['a', 6, 10, put('x', '1')],
      ],
    ],
    [
      'readers that disagree on the order of two writes',
      [
        ['a', 0, 10, put('x', '1')],
        ['b', 0, 10, put('x', '2')],
        ['c', 11, 12, get('x'), '1'],
        ['d', 13, 14, get('x'), '2'],
      ],
    ],
    [
      'an unknown write that happens twice',
      [
        ['a', 0, undefined, put('x', '1')],
        ['b', 20, 30, get('x'), '1'],
        ['b', 31, 40, remove('x'), 1],
        ['b', 41, 50, get('x'), '1'],
      ],
    ],
    [
      'one key breaks it, among others that are sound',
      [
        ['a', 0, 9, put('y', '1')],
        ['a', 10, 19, put('x', '1')],
        ['b', 20, 29, get('x')],
      ],
    ],
  ])('%s: violated', (_what, lines) => {
    expect(verdict(lines)).toBe('violated');
  });

  it('a compare-and-set that succeeds twice on one value is named, with what led there', () => {
    const guard: Guard = { key: 'x', target: 'value', result: 'equal', wanted: '0' };
    const swap = (client: string, from: number, value: string): Operation => ({
      client,
      call: 1,
      member: 1,
      request: txn([put('x', value)], [guard]),
      outcome: { type: 'ok', answer: { type: 'txn', revision: 0, succeeded: true, results: [{ type: 'put', previous: undefined }] } },
      invokedAt: from,
      returnedAt: from + 10,
    });
    const end = checkLinearizable([...historyOf([['i', 0, 5, put('x', '0')]]), swap('a', 10, '1'), swap('b', 12, '2')], {
      revisions: false,
    });
    expect(end).toMatchObject({
      type: 'violated',
      violation: { property: 'linearizability', members: [expect.stringMatching(/^[ab]#1$/)] },
    });
    expect(end.type === 'violated' ? end.violation.events?.length : 0).toBeGreaterThanOrEqual(2);
  });

  it('says that it gave up when its limit is reached', () => {
    const many = Array.from({ length: 12 }, (_, i): Line => [`c${i}`, 0, 100, put('x', `${i}`)]);
    const lines: readonly Line[] = [...many, ['r', 200, 300, get('x'), 'never']];
    expect(checkLinearizable(historyOf(lines), { revisions: false, stepsMax: 1000 })).toMatchObject({ type: 'undecided' });
  });
});

describe('the search', () => {
  /** A register: an input sets it, or asks for it. */
  const register: Model<number, number | 'ask', number> = {
    initial: 0,
    step: (state, input, output) => (input !== 'ask' ? input : output === undefined || output === state ? state : undefined),
    name: String,
  };
  type RegisterOp = Interval<number | 'ask', number>;

  /** The definition itself: some order of all answered and some unknown operations, in which each answer fits. */
  function isOrderable(ops: readonly RegisterOp[], state = 0): boolean {
    if (ops.every(({ returnedAt }) => returnedAt === Infinity)) return true;
    return ops.some((op) => {
      if (ops.some((other) => other !== op && other.returnedAt < op.invokedAt)) return false;
      const after = register.step(state, op.input, op.output);
      return (
        after !== undefined &&
        isOrderable(
          ops.filter((other) => other !== op),
          after,
        )
      );
    });
  }

  it('agrees with the definition on 3000 random histories', () => {
    const random = createPrng(7, 'test/search');
    let sound = 0;
    for (let n = 0; n < 3000; n++) {
      const ops = Array.from({ length: 1 + random.nextBelow(6) }, (): RegisterOp => {
        const invokedAt = random.nextBelow(12);
        const isOpen = random.nextBelow(6) === 0;
        const input = random.nextBelow(2) === 0 ? ('ask' as const) : 1 + random.nextBelow(3);
        const returnedAt = isOpen ? Infinity : invokedAt + random.nextBelow(8);
        return { invokedAt, returnedAt, input, output: isOpen || input !== 'ask' ? undefined : random.nextBelow(4) };
      });
      const wanted = isOrderable(ops);
      expect(searchOrder(ops, register).type, JSON.stringify(ops)).toBe(wanted ? 'ordered' : 'impossible');
      if (wanted) sound++;
    }
    expect(sound).toBeGreaterThan(500);
    expect(sound).toBeLessThan(2500);
  });
});

describe('the search and the fast path, which trusts in revisions', () => {
  const KEYS = ['a', 'b', 'c'];
  const pick = <T>(random: Prng, list: readonly [T, ...(readonly T[])]): T => list[random.nextBelow(list.length)] ?? list[0];

  function drawRequest(random: Prng, n: number): TxnRequest {
    const key = KEYS[random.nextBelow(3)] ?? 'a';
    const list: Action = { type: 'range', range: { start: 'a', end: 'z' }, revision: 0, limit: 0, countOnly: false, keysOnly: false };
    const guard: Guard = { key, target: 'mod', result: 'equal', wanted: BigInt(random.nextBelow(4)) };
    return pick(random, [
      txn([put(key, `v${n}`)]),
      txn([get(key)]),
      txn([remove(key)]),
      txn([list]),
      txn([put(key, `v${n}`)], [guard], [get(key)]),
      txn([put('a', `v${n}`), put('b', `v${n}`)]),
    ]);
  }

  /** A store that answers at one moment between begin and end: a sound history and the order of its changes. */
  function draw(random: Prng, count: number): { readonly operations: Operation[]; readonly replay: Replay } {
    const replay = new Replay();
    const keys = new Map<string, Version>();
    const state: KeyState = {
      at: (key) => keys.get(key),
      range: ({ start, end }) =>
        [...keys.values()].filter((kv) => (end === undefined ? kv.key === start : true)).sort((x, y) => (x.key < y.key ? -1 : 1)),
      past: () => undefined,
    };
    const moments = Array.from({ length: count }, () => 1 + random.nextBelow(1000)).sort((x, y) => x - y);
    const operations = moments.map((at, n): Operation => {
      const request = drawRequest(random, n);
      const revision = replay.revision + 1;
      const { changes, succeeded, results } = evaluate(request, state, revision);
      const isLost = random.nextBelow(5) === 0;
      const isDone = !isLost || random.nextBelow(2) === 0;
      if (isDone && changes.length > 0) {
        for (const { key, after } of changes) {
          if (after === undefined) keys.delete(key);
          else keys.set(key, after);
        }
        const shown = changes.map(({ key, after }, sub) => ({
          version: after ?? { key, value: '', create: 0, mod: revision, version: 0, lease: 0n },
          sub,
          tombstone: after === undefined,
        }));
        replay.append(revision, shown, at);
      }
      const common = { client: `c${n}`, call: n, member: 0, request, invokedAt: at - random.nextBelow(200) };
      if (isLost) return { ...common, outcome: { type: 'unknown', message: '' }, returnedAt: Infinity };
      const answer = { type: 'txn', revision: replay.revision, succeeded, results: results.flatMap((r) => r ?? []) } as const;
      return { ...common, outcome: { type: 'ok', answer }, returnedAt: at + random.nextBelow(200) };
    });
    return { operations: operations.toSorted((x, y) => x.invokedAt - y.invokedAt), replay };
  }

  /** Changes one answer, or when it came. */
  function spoil(operations: Operation[], random: Prng): void {
    const at = random.nextBelow(operations.length);
    const op = operations[at];
    if (op?.outcome.type !== 'ok') return;
    const { answer } = op.outcome;
    if (random.nextBelow(3) === 0) operations[at] = { ...op, invokedAt: op.invokedAt + 300, returnedAt: op.returnedAt + 300 };
    else {
      const revision = Math.max(1, answer.revision + (random.nextBelow(2) === 0 ? 1 : -1));
      operations[at] = { ...op, outcome: { type: 'ok', answer: { ...answer, revision } } };
    }
  }

  it('agree on 400 sound histories, and the search finds nothing that the fast path does not, on 800 spoilt ones', () => {
    const random = createPrng(11, 'test/linearizable');
    for (let n = 0; n < 400; n++) {
      const { operations, replay } = draw(random, 3 + random.nextBelow(10));
      expect(checkHistory({ operations, watches: [] }, replay, '3.5')).toEqual([]);
      expect(checkLinearizable(operations, { revisions: true }).type).toBe('holds');
      expect(checkLinearizable(operations, { revisions: false }).type).toBe('holds');
    }
    let [found, both] = [0, 0];
    for (let n = 0; n < 800; n++) {
      const { operations, replay } = draw(random, 3 + random.nextBelow(10));
      spoil(operations, random);
      const isFast = checkHistory({ operations, watches: [] }, replay, '3.5').length > 0;
      const isFound = checkLinearizable(operations, { revisions: true }).type === 'violated';
      if (isFound) expect(isFast).toBe(true);
      if (isFast) found++;
      if (isFound) both++;
    }
    // The fast path also knows what was applied, so it finds a little more.
    expect(both).toBeGreaterThan(200);
    expect(both / found).toBeGreaterThan(0.8);
  });
});
