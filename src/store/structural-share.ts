/**
 * Keeps what did not change. An update brings a new copy of everything; sharing the unchanged parts with the state before lets the page
 * draw only what is new.
 */

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shareArrays(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  let same = before.length === after.length;
  const shared = after.map((value, at) => {
    const kept = share(before[at], value);
    if (!Object.is(kept, before[at])) same = false;
    return kept;
  });
  return same ? before : shared;
}

function shareRecords(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(after);
  let same = names.length === Object.keys(before).length;
  const shared = names.map((name) => {
    const known = Object.hasOwn(before, name);
    const kept = known ? share(before[name], after[name]) : after[name];
    if (!known || !Object.is(kept, before[name])) same = false;
    return [name, kept] as const;
  });
  // Not by assignment: a name may be `__proto__`.
  return same ? before : Object.fromEntries(shared);
}

function share(before: unknown, after: unknown): unknown {
  if (Object.is(before, after)) return before;
  if (Array.isArray(before) && Array.isArray(after)) return shareArrays(before, after);
  if (isRecord(before) && isRecord(after)) return shareRecords(before, after);
  return after;
}

/** `after`, with every part that equals the same part of `before` replaced by it. Both are plain data. */
export function keepUnchanged<T>(before: T | undefined, after: T): T {
  return share(before, after) as T; // equal in every part to `after`
}
