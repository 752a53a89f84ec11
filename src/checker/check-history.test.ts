import { beforeAll, describe, expect, it } from 'vitest';

import { ERRORS } from '#api/errors.ts';
import { checkHistory } from '#checker/check-history.ts';
import { checkLeases } from '#checker/check-leases.ts';
import type { Answer, History, Operation, Watch, WatchAnswer } from '#checker/history.ts';
import { Replay } from '#checker/replay.ts';
import type { RunChecks } from '#checker/run-checks.ts';
import { calmRun } from '#checker/testing/calm-run.ts';
import type { Property } from '#checker/violation.ts';

let checks: RunChecks;
let sound: History;
beforeAll(() => {
  checks = calmRun(5, 12_000_000);
  sound = checks.history();
});

const found = (history: History, replay: Replay = checks.replay): readonly Property[] => [
  ...new Set(checkHistory(history, replay, '3.5').map(({ property }) => property)),
];

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the run has no ${what}`);
  return value;
}

/** The history with one operation replaced. */
const withOperation = (of: (op: Operation) => boolean, change: (op: Operation) => Operation): History => {
  const op = must(sound.operations.find(of), 'such operation');
  return { ...sound, operations: sound.operations.map((one) => (one === op ? change(one) : one)) };
};
const withAnswer = (op: Operation, change: (answer: Answer) => Answer): Operation =>
  op.outcome.type === 'ok' ? { ...op, outcome: { type: 'ok', answer: change(op.outcome.answer) } } : op;

const isOk = (op: Operation): boolean => op.outcome.type === 'ok';
const actionsOf = (op: Operation) => (op.request.type === 'txn' ? op.request.success : []);
const isPut = (op: Operation): boolean => isOk(op) && actionsOf(op).length === 1 && actionsOf(op)[0]?.type === 'put';
const isGet = (op: Operation, serializable: boolean): boolean =>
  isOk(op) &&
  op.request.type === 'txn' &&
  op.request.serializable === serializable &&
  actionsOf(op)[0]?.type === 'range' &&
  readsSomething(op);
const readsSomething = ({ outcome }: Operation): boolean =>
  outcome.type === 'ok' && outcome.answer.type === 'txn' && outcome.answer.results.some((r) => r.type === 'range' && r.kvs.length > 0);

const otherValue = (answer: Answer): Answer =>
  answer.type !== 'txn'
    ? answer
    : {
        ...answer,
        results: answer.results.map((r) => (r.type === 'range' ? { ...r, kvs: r.kvs.map((kv) => ({ ...kv, value: 'spoilt' })) } : r)),
      };
const earlier = (answer: Answer): Answer => ({ ...answer, revision: answer.revision - 1 });

/** The history with the answers of one watcher changed: that with the most events. */
const withWatch = (
  change: (answers: readonly WatchAnswer[], watch: Watch) => readonly WatchAnswer[],
  fits: (watch: Watch) => boolean = () => true,
): History => {
  const count = (watch: Watch): number => watch.answers.reduce((sum, { events }) => sum + events.length, 0);
  const [busiest] = sound.watches.filter(fits).toSorted((a, b) => count(b) - count(a));
  const watch = must(busiest, 'watch');
  return { ...sound, watches: sound.watches.map((one) => (one === watch ? { ...one, answers: change(one.answers, one) } : one)) };
};
const busy = (answers: readonly WatchAnswer[]): number => answers.findIndex(({ events }, i) => i > 3 && events.length > 0);

describe('a run without faults', () => {
  it('has nothing against it, and does everything that the checks look at', () => {
    expect(checkHistory(sound, checks.replay, '3.5')).toEqual([]);
    expect(checks.violations).toEqual([]);
    const kinds = new Set(sound.operations.filter(isOk).map(({ request }) => request.type));
    expect([...kinds].toSorted()).toEqual(['compact', 'lease-grant', 'lease-renew', 'lease-revoke', 'txn']);
    expect(sound.watches.length).toBeGreaterThanOrEqual(6);
  });
});

describe("etcd's promises: a history that breaks one is found out", () => {
  const OPERATIONS: readonly (readonly [string, Property, () => History])[] = [
    [
      'a read of a value that was never there',
      'linearizability',
      () =>
        withOperation(
          (op) => isGet(op, false),
          (op) => withAnswer(op, otherValue),
        ),
    ],
    [
      'a stale read of a value that was never there',
      'serializable-read',
      () =>
        withOperation(
          (op) => isGet(op, true),
          (op) => withAnswer(op, otherValue),
        ),
    ],
    ["a write that is answered with another's revision", 'linearizability', () => withOperation(isPut, (op) => withAnswer(op, earlier))],
    [
      'an acknowledged write that nobody has',
      'linearizability',
      () => withOperation(isPut, (op) => withAnswer(op, (answer) => ({ ...answer, revision: checks.replay.revision + 1 }))),
    ],
    [
      'two writes of one revision',
      'one-revision',
      () => ({ ...sound, operations: [...sound.operations, { ...must(sound.operations.find(isPut), 'put'), client: 'twin' }] }),
    ],
    [
      'a read of the past, long after newer writes were answered',
      'linearizability',
      () =>
        withOperation(
          (op) => isGet(op, false),
          (op) => ({ ...op, client: 'late', invokedAt: 30_000_000, returnedAt: 30_001_000 }),
        ),
    ],
    [
      'a write that shows before it is asked for',
      'linearizability',
      () => withOperation(isPut, (op) => ({ ...op, client: 'late', invokedAt: 30_000_000, returnedAt: 30_001_000 })),
    ],
    [
      'an answer before any member has applied it',
      'linearizability',
      () => withOperation(isPut, (op) => ({ ...op, client: 'early', invokedAt: 1000, returnedAt: 2000 })),
    ],
    [
      'a member that goes back in time for one client',
      'monotone-revision',
      () =>
        withOperation(
          (op) => isGet(op, true),
          (op) => ({ ...op, invokedAt: 30_000_000, returnedAt: 30_001_000 }),
        ),
    ],
    [
      'a revision that nobody asked for',
      'linearizability',
      () => ({ ...sound, operations: sound.operations.filter((op) => op !== sound.operations.find(isPut)) }),
    ],
    [
      'a refusal as compacted before anybody compacted',
      'linearizability',
      () =>
        withOperation(
          (op) => isOk(op) && pastOf(op) > 0,
          (op) => ({ ...op, invokedAt: 1000, returnedAt: 2000, outcome: refusal(ERRORS.Compacted.message) }),
        ),
    ],
    [
      'a refusal as a future revision of one that had been answered',
      'linearizability',
      () =>
        withOperation(
          (op) => isOk(op) && pastOf(op) > 1,
          (op) => ({
            ...op,
            invokedAt: 30_000_000,
            returnedAt: 30_001_000,
            outcome: refusal(ERRORS.FutureRev.message),
          }),
        ),
    ],
  ];
  const refusal = (message: string): Operation['outcome'] => ({ type: 'failed', code: 11, message });
  const pastOf = (op: Operation): number => {
    const [action] = actionsOf(op);
    return action?.type === 'range' ? action.revision : 0;
  };
  it.each(OPERATIONS)('%s: %s', (_, property, spoil) => expect(found(spoil())).toContain(property));

  it('an unanswered write explains its revision once, and not twice (a request applied twice)', () => {
    const put = must(sound.operations.findLast(isPut), 'put');
    const open: Operation = { ...put, outcome: { type: 'unknown', message: 'given up' }, returnedAt: Infinity };
    const history = { ...sound, operations: sound.operations.map((op) => (op === put ? open : op)) };
    expect(found(history)).toEqual([]);
    const [action] = actionsOf(put);
    if (action?.type !== 'put') throw new Error('not a put');
    const again = copyOf(checks.replay);
    const before = again.at(action.key, again.revision);
    const revision = again.revision + 1;
    const { key, value } = action;
    const version = { key, value, create: before?.create ?? revision, mod: revision, version: (before?.version ?? 0) + 1, lease: 0n };
    again.append(revision, [{ version, sub: 0, tombstone: false }], 40_000_000);
    expect(found(history, again)).toEqual(['linearizability']);
  });
});

const copyOf = (replay: Replay): Replay => {
  const copy = new Replay();
  for (const { revision, changes, at } of replay.steps) {
    copy.append(
      revision,
      changes.map(({ key, after, sub }) => ({
        version: after ?? { key, value: '', create: 0, mod: revision, version: 0, lease: 0n },
        sub,
        tombstone: after === undefined,
      })),
      at,
    );
  }
  return copy;
};

describe('leases', () => {
  /** Revisions in which a lease ended by itself. */
  const endings = () => {
    const revoked = new Set(sound.operations.flatMap(({ request }) => (request.type === 'lease-revoke' ? [request.id] : [])));
    return checks.replay.steps.filter(({ changes }) => {
      const lease = changes[0]?.before?.lease ?? 0n;
      return lease !== 0n && !revoked.has(lease) && changes.every(({ after, before }) => after === undefined && before?.lease === lease);
    });
  };

  it('a lease that ends before its time is found out', () => {
    const end = must(endings()[0], 'lease that ended by itself');
    const lease = end.changes[0]?.before?.lease ?? 0n;
    const history = withOperation(
      ({ request, outcome }) =>
        request.type === 'lease-grant' && outcome.type === 'ok' && outcome.answer.type === 'lease' && outcome.answer.id === lease,
      (op) => withAnswer(op, (answer) => (answer.type === 'lease' ? { ...answer, ttl: 3600n } : answer)),
    );
    expect(found(history)).toContain('lease-floor');
  });

  it('a lease that ends without all of its keys is found out', () => {
    const ending = (gone: readonly string[]): Replay => {
      const replay = new Replay();
      const version = (key: string, mod: number) => ({ key, value: key, create: mod, mod, version: 1, lease: 7n });
      replay.append(2, [{ version: version('a', 2), sub: 0, tombstone: false }], 1);
      replay.append(3, [{ version: version('b', 3), sub: 0, tombstone: false }], 2);
      const deletion = (key: string, sub: number) => ({ version: version(key, 4), sub, tombstone: true });
      replay.append(4, gone.map(deletion), 3);
      return replay;
    };
    // Who put the keys does not matter here.
    const endings = (replay: Replay) =>
      checkLeases([], replay.steps.slice(2), replay, () => false).violations.map(({ property }) => property);
    expect(endings(ending(['a', 'b']))).toEqual([]);
    expect(endings(ending(['a']))).toEqual(['lease-atomic']);
  });
});

describe('the nine rules of a watch', () => {
  const WATCHES: readonly (readonly [string, Property, () => History])[] = [
    [
      'filter: an event from outside of the range',
      'watch-filter',
      () => withWatch((answers) => answers.map((a) => ({ ...a, events: a.events.map((e) => ({ ...e, kv: { ...e.kv, key: 'other' } })) }))),
    ],
    [
      'filter: a deletion that was filtered out',
      'watch-filter',
      () =>
        withWatch(
          (answers) => answers.map((a) => ({ ...a, events: a.events.map((e) => ({ ...e, type: 'delete' as const })) })),
          (w) => w.noDelete,
        ),
    ],
    ['ordered: answers that changed places', 'watch-ordered', () => withWatch((answers) => answers.toReversed())],
    [
      'unique: an answer that came twice',
      'watch-unique',
      () => withWatch((answers) => answers.flatMap((a, i) => (i === busy(answers) ? [a, a] : [a]))),
    ],
    [
      'atomic: a revision split over two answers',
      'watch-atomic',
      () =>
        withWatch((answers) =>
          answers.flatMap((a) =>
            a.events.length > 1
              ? [
                  { ...a, events: a.events.slice(0, 1) },
                  { ...a, events: a.events.slice(1) },
                ]
              : [a],
          ),
        ),
    ],
    [
      'bookmarkable: a notice before what it stands for',
      'watch-bookmarkable',
      () =>
        withWatch((answers) => [{ at: answers[0]?.at ?? 0, revision: checks.replay.revision, events: [], fragment: false }, ...answers]),
    ],
    [
      'resumable: the first event is left out',
      'watch-resumable',
      () => withWatch((answers) => answers.slice(answers.findIndex((a) => a.events.length > 0) + 1)),
    ],
    [
      'reliable: an event in the middle is left out',
      'watch-reliable',
      () => withWatch((answers) => answers.filter((_, i) => i !== busy(answers))),
    ],
    [
      'previous value: another one than there was',
      'watch-prev-kv',
      () =>
        withWatch(
          (answers) =>
            answers.map((a) => ({
              ...a,
              events: a.events.map((e) => (e.previous === undefined ? e : { ...e, previous: { ...e.previous, value: 'spoilt' } })),
            })),
          (w) => w.prevKv,
        ),
    ],
    [
      'is create: a change shown as a creation',
      'watch-is-create',
      () =>
        withWatch((answers) => answers.map((a) => ({ ...a, events: a.events.map((e) => ({ ...e, kv: { ...e.kv, create: e.kv.mod } })) }))),
    ],
  ];
  it.each(WATCHES)('%s: %s', (_, property, spoil) => expect(found(spoil())).toContain(property));
});
