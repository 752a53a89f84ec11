/** Text → checked condition (predicate.ts), or what was expected where. Recursive descent; statements by their first word are in predicate-statements.ts. */

import type { Predicate } from '#ctl/predicate.ts';
import { readStatement, type StatementResult } from '#ctl/predicate-statements.ts';
import { PredicateCursor, type PredicateNames } from '#ctl/predicate-cursor.ts';
import { tokenize, type PredicateProblem } from '#ctl/predicate-tokens.ts';

export type PredicateResult = { readonly type: 'ok'; readonly predicate: Predicate } | PredicateProblem;

const DEPTH_MAX = 64;
/** Statements in one condition. */
const STATEMENTS_MAX = 200;

/**
 * Reads and checks a condition.
 * @param names names to hold those of the text against; not checked when left out
 */
export function parsePredicate(text: string, names: PredicateNames = {}): PredicateResult {
  const tokens = tokenize(text);
  if (tokens.type === 'error') return tokens;
  const cursor = new PredicateCursor(tokens.tokens, text.length + 1, names);
  const result = new Parser(cursor).or(0);
  if (result.type === 'error') return result;
  const extra = cursor.peek();
  if (extra !== undefined)
    return { type: 'error', message: `unexpected ${extra.shown}: join conditions with and, or`, column: extra.column };
  return result;
}

/** Joins and brackets. */
class Parser {
  readonly #cursor: PredicateCursor;
  #statements = 0;

  constructor(cursor: PredicateCursor) {
    this.#cursor = cursor;
  }

  or(depth: number): PredicateResult {
    return this.#chain('or', depth, (d) => this.#and(d));
  }

  #and(depth: number): PredicateResult {
    return this.#chain('and', depth, (d) => this.#not(d));
  }

  #chain(type: 'and' | 'or', depth: number, operand: (depth: number) => PredicateResult): PredicateResult {
    let left = operand(depth);
    while (left.type === 'ok' && this.#cursor.accept(type)) {
      const right = operand(depth);
      if (right.type === 'error') return right;
      left = { type: 'ok', predicate: { type, left: left.predicate, right: right.predicate } };
    }
    return left;
  }

  #not(depth: number): PredicateResult {
    const cursor = this.#cursor;
    if (depth > DEPTH_MAX) return cursor.problem(`nested deeper than ${DEPTH_MAX}`);
    if (cursor.accept('not')) {
      const operand = this.#not(depth + 1);
      return operand.type === 'error' ? operand : { type: 'ok', predicate: { type: 'not', operand: operand.predicate } };
    }
    if (cursor.accept('(')) {
      const inner = this.or(depth + 1);
      if (inner.type === 'ok' && !cursor.accept(')')) return cursor.problem('missing )');
      return inner;
    }
    if (++this.#statements > STATEMENTS_MAX) return cursor.problem(`more than ${STATEMENTS_MAX} statements`);
    const read: StatementResult = readStatement(cursor);
    return read;
  }
}
