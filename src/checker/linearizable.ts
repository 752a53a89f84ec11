/**
 * Linearizability of a history by complete search (search.ts): for histories whose answers carry no revisions (from elsewhere), and to check the fast path
 * of check-history.ts, which trusts in them. Transactions are the model's (txn-model.ts); operations of unknown outcome may have happened or not; failed
 * ones did nothing. Where revisions are not compared, keys that no operation touches together are searched apart from each other, which is sound:
 * linearizability is local to objects (Herlihy and Wing 1990, theorem 1).
 */

import { simTime } from '#kernel/brand.ts';
import { isInRange, type KeyRange } from '#mvcc/byte-key.ts';
import { operationName, type Action, type Answer, type Operation, type TxnRequest, type Version } from '#checker/history.ts';
import { operationText } from '#checker/history-text.ts';
import { searchOrder, SEARCH_STEPS_MAX, type Interval, type Model } from '#checker/search.ts';
import { evaluate, isSameAnswer, type KeyState } from '#checker/txn-model.ts';
import type { Violation } from '#checker/violation.ts';

export interface LinearizabilityRules {
  /** Whether answers carry etcd's revisions, which then must fit too. */
  readonly revisions: boolean;
  /** Of each search. */
  readonly stepsMax?: number;
}

export type Linearizability =
  | { readonly type: 'holds' }
  | { readonly type: 'violated'; readonly violation: Violation }
  | { readonly type: 'undecided'; readonly steps: number };

/** The store: what is there, and its revision. */
interface Store {
  readonly revision: number;
  readonly keys: ReadonlyMap<string, Version>;
}

type TxnAnswer = Extract<Answer, { readonly type: 'txn' }>;
interface TxnOperation extends Operation {
  readonly request: TxnRequest;
}

const isTxn = (op: Operation): op is TxnOperation => op.request.type === 'txn' && !op.request.serializable && op.outcome.type !== 'failed';

/** Checks all transactions of a history that are not serializable. Leases and compactions are not modelled: keys must not end with leases. */
export function checkLinearizable(operations: readonly Operation[], rules: LinearizabilityRules): Linearizability {
  const all = operations.filter(isTxn);
  // Comparisons with anything but values see the count of all changes: then keys are not independent.
  const isWhole = rules.revisions || all.some(({ request }) => request.guards.some(({ target }) => target !== 'value'));
  const model = storeModel(rules.revisions, isWhole);
  let undecided: Linearizability | undefined;
  for (const part of isWhole ? [all] : partition(all)) {
    const end = searchOrder(part.map(intervalOf), model, rules.stepsMax ?? SEARCH_STEPS_MAX);
    if (end.type === 'impossible') return { type: 'violated', violation: violationOf(part, end.best, end.stuck) };
    if (end.type === 'undecided') undecided = end;
  }
  return undecided ?? { type: 'holds' };
}

const intervalOf = ({ invokedAt, returnedAt, request, outcome }: TxnOperation): Interval<TxnRequest, TxnAnswer> => ({
  invokedAt,
  returnedAt,
  input: request,
  output: outcome.type === 'ok' && outcome.answer.type === 'txn' ? outcome.answer : undefined,
});

/** @param isWhole whether revisions are part of the state */
function storeModel(revisions: boolean, isWhole: boolean): Model<Store, TxnRequest, TxnAnswer> {
  return {
    initial: { revision: 1, keys: new Map() },
    step(store, request, answer) {
      const { changes, ...model } = evaluate(request, stateOf(store), store.revision + 1);
      const isWrite = changes.length > 0;
      if (answer !== undefined) {
        if (revisions && answer.revision !== store.revision + (isWrite ? 1 : 0)) return undefined;
        if (!(revisions ? isSameAnswer({ changes, ...model }, answer) : isSameInValues(model, answer))) return undefined;
      }
      if (!isWrite) return store;
      const keys = new Map(store.keys);
      for (const { key, after } of changes) {
        if (after === undefined) keys.delete(key);
        else keys.set(key, after);
      }
      return { revision: store.revision + 1, keys };
    },
    name({ revision, keys }) {
      const sorted = [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      const shown = sorted.map((kv) => (isWhole ? [kv.key, kv.value, kv.mod, kv.create, kv.version] : [kv.key, kv.value]));
      return JSON.stringify(isWhole ? [revision, shown] : shown);
    },
  };
}

const stateOf = ({ keys }: Store): KeyState => ({
  at: (key) => keys.get(key),
  range: (range) => [...keys.values()].filter(({ key }) => isInRange(key, range)).sort((a, b) => (a.key < b.key ? -1 : 1)),
  past: () => undefined,
});

/** Where answers have no revisions, only which keys there are and what they hold. */
function isSameInValues({ succeeded, results }: Omit<ReturnType<typeof evaluate>, 'changes'>, answer: TxnAnswer): boolean {
  if (succeeded !== answer.succeeded) return false;
  return results.every((model, i) => {
    const real = answer.results[i];
    if (model?.type === 'range' && real?.type === 'range')
      return (
        model.kvs.length === real.kvs.length &&
        model.kvs.every(({ key, value }, k) => key === real.kvs[k]?.key && value === real.kvs[k].value)
      );
    return model?.type !== 'delete' || real?.type !== 'delete' || model.deleted === real.deleted;
  });
}

/** Operations in groups that touch no key of each other. */
function partition(operations: readonly TxnOperation[]): readonly (readonly TxnOperation[])[] {
  const names = new Set(operations.flatMap(({ request }) => rangesOf(request).map(({ start }) => start)));
  const parent = new Map([...names].map((name) => [name, name]));
  const rootOf = (name: string): string => {
    let root = name;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    return root;
  };
  for (const { request } of operations) {
    const ranges = rangesOf(request);
    const [first] = ranges;
    if (first === undefined) continue;
    for (const name of names)
      if (ranges.some((range) => isInRange(name, range) || range.start === name)) parent.set(rootOf(name), rootOf(first.start));
  }
  const groups = new Map<string, TxnOperation[]>();
  for (const op of operations) {
    const root = rootOf(rangesOf(op.request)[0]?.start ?? '');
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [op]);
    else group.push(op);
  }
  return [...groups.values()];
}

const rangesOf = ({ guards, success, failure }: TxnRequest): readonly KeyRange[] => [
  ...guards.map(({ key }): KeyRange => ({ start: key, end: undefined })),
  ...[...success, ...failure].map((action: Action): KeyRange =>
    action.type === 'put' ? { start: action.key, end: undefined } : action.range,
  ),
];

/** Operations of the order that led nowhere that are shown. */
const SHOWN_MAX = 3;

function violationOf(operations: readonly TxnOperation[], best: readonly number[], stuck: readonly number[]): Violation {
  const open = stuck.flatMap((i) => operations[i] ?? []).sort((a, b) => a.returnedAt - b.returnedAt);
  const [first] = open;
  const before = best.slice(-SHOWN_MAX).flatMap((i) => operations[i] ?? []);
  return {
    property: 'linearizability',
    members: first === undefined ? [] : [operationName(first)],
    index: 0,
    at: simTime(first === undefined || first.returnedAt === Infinity ? 0 : Math.floor(first.returnedAt)),
    detail: `no order of ${operations.length} operations explains all answers: after ${best.length} of them, none of those that had begun can come next`,
    events: [...before, ...open].map(operationText),
  };
}
