/**
 * Assertions for conditions that cannot happen. A failed assertion stops the member that made it, visibly, and keeps its trace.
 * Expected failures are values, never assertions.
 */

/** A broken invariant. `message` names the rule and carries the values that contradict it. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/**
 * Throws {@link AssertionError} unless `condition` holds.
 * @param message the rule, with both numbers in it; a function is only called on failure, so a hot path pays nothing for the text.
 */
export function assert(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new AssertionError(typeof message === 'string' ? message : message());
}

/** Closes a switch over a discriminated union: the compiler refuses a missing case, and a value from outside fails loudly. */
export function unreachable(value: never, what: string): never {
  throw new AssertionError(`${what}: unexpected ${JSON.stringify(value)}`);
}

/** Returns `value`, or fails naming what was expected to be there. */
export function present<T>(value: T | undefined, what: string | (() => string)): T {
  if (value === undefined) throw new AssertionError(typeof what === 'string' ? `missing ${what}` : `missing ${what()}`);
  return value;
}
