/** What etcd must answer to a transaction in a given state, and what it must change: the model that histories are held against. */

import { isInRange, type KeyRange } from '#mvcc/byte-key.ts';
import type { Action, ActionResult, Answer, Guard, TxnRequest, Version } from '#checker/history.ts';
import { isSameVersion, type Step } from '#checker/replay.ts';

/** The keys as they are at some point. */
export interface KeyState {
  at(key: string): Version | undefined;
  /** In order of keys. */
  range(range: KeyRange): readonly Version[];
  /** The same at an explicit revision; undefined if it cannot be known. */
  past(range: KeyRange, revision: number): readonly Version[] | undefined;
}

export interface ModelChange {
  readonly key: string;
  readonly after: Version | undefined;
}

export interface ModelOutcome {
  readonly succeeded: boolean;
  readonly results: readonly (ActionResult | undefined)[];
  /** In order; at most one of each key. */
  readonly changes: readonly ModelChange[];
}

/** @param revision of the changes, if there are any */
export function evaluate(request: TxnRequest, state: KeyState, revision: number): ModelOutcome {
  const succeeded = request.guards.every((guard) => holds(guard, state.at(guard.key)));
  const written = new Map<string, Version | undefined>();
  const results = (succeeded ? request.success : request.failure).map((action) => perform(action, state, written, revision));
  return { succeeded, results, changes: [...written].map(([key, after]) => ({ key, after })) };
}

function holds(guard: Guard, version: Version | undefined): boolean {
  const order = orderOf(guard, version);
  if (order === undefined) return false;
  switch (guard.result) {
    case 'equal':
      return order === 0;
    case 'not-equal':
      return order !== 0;
    case 'greater':
      return order > 0;
    case 'less':
      return order < 0;
  }
}

/** Undefined: nothing holds of the value of a key that does not exist. */
function orderOf({ target, wanted }: Guard, version: Version | undefined): number | undefined {
  if (target === 'value') {
    if (version === undefined) return undefined;
    const text = String(wanted);
    return version.value < text ? -1 : version.value > text ? 1 : 0;
  }
  const have = BigInt(version?.[target] ?? 0);
  const want = BigInt(wanted);
  return have < want ? -1 : have > want ? 1 : 0;
}

function perform(action: Action, state: KeyState, written: Map<string, Version | undefined>, revision: number): ActionResult | undefined {
  const current = (key: string): Version | undefined => (written.has(key) ? written.get(key) : state.at(key));
  switch (action.type) {
    case 'put': {
      const { key, value, lease } = action;
      const before = current(key);
      written.set(key, { key, value, create: before?.create ?? revision, mod: revision, version: (before?.version ?? 0) + 1, lease });
      return { type: 'put', previous: action.prevKv ? before : undefined };
    }
    case 'delete': {
      const gone = currentRange(action.range, state, written);
      for (const { key } of gone) written.set(key, undefined);
      return { type: 'delete', deleted: gone.length, previous: action.prevKv ? gone : [] };
    }
    case 'range': {
      const { range, limit, countOnly, keysOnly } = action;
      const all = action.revision === 0 ? currentRange(range, state, written) : state.past(range, action.revision);
      if (all === undefined) return undefined;
      const more = limit > 0 && all.length > limit;
      const kept = countOnly ? [] : more ? all.slice(0, limit) : all;
      const kvs = keysOnly ? kept.map((kv) => ({ ...kv, value: '' })) : kept;
      return { type: 'range', kvs, count: all.length, more: more && !countOnly };
    }
  }
}

function currentRange(range: KeyRange, state: KeyState, written: ReadonlyMap<string, Version | undefined>): readonly Version[] {
  const stored = state.range(range);
  if (written.size === 0) return stored;
  const merged = stored.filter(({ key }) => !written.has(key));
  for (const [key, version] of written) if (version !== undefined && isInRange(key, range)) merged.push(version);
  return merged.sort((a, b) => (a.key < b.key ? -1 : 1));
}

const isSameList = (a: readonly Version[], b: readonly Version[]): boolean =>
  a.length === b.length && a.every((version, i) => isSameVersion(version, b[i]));

function isSameResult(model: ActionResult | undefined, real: ActionResult | undefined): boolean {
  if (model === undefined) return true;
  if (model.type === 'range' && real?.type === 'range')
    return model.count === real.count && model.more === real.more && isSameList(model.kvs, real.kvs);
  if (model.type === 'put' && real?.type === 'put') return isSameVersion(model.previous, real.previous);
  return model.type === 'delete' && real?.type === 'delete' && model.deleted === real.deleted && isSameList(model.previous, real.previous);
}

/** Whether the answer is what the model says. */
export const isSameAnswer = (model: ModelOutcome, answer: Answer): boolean =>
  answer.type === 'txn' &&
  answer.succeeded === model.succeeded &&
  answer.results.length === model.results.length &&
  model.results.every((result, i) => isSameResult(result, answer.results[i]));

/** Whether these are exactly the changes of a revision. */
export const isSameChanges = (model: readonly ModelChange[], step: Step): boolean =>
  model.length === step.changes.length &&
  step.changes.every(({ key, after }) => {
    const change = model.find((one) => one.key === key);
    return change !== undefined && isSameVersion(change.after, after);
  });
