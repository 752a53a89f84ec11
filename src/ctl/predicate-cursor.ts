/** Where the reading of a condition stands: takes words, numbers, texts, comparisons and members, or says what was expected. */

import type { Comparison, Scope } from '#ctl/predicate.ts';
import type { PredicateProblem, PredicateToken } from '#ctl/predicate-tokens.ts';

/** Names that a condition may use; what is left out is not checked. */
export interface PredicateNames {
  readonly members?: readonly string[];
  /** Kinds of trace events. */
  readonly events?: readonly string[];
}

/** A value, or what was expected where. */
export type Read<T> = { readonly type: 'ok'; readonly value: T } | PredicateProblem;

const SCOPE_NODES = new Set(['leader', 'followers', 'any', 'all', 'majority']);
const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;

/** Owns the position in the tokens. */
export class PredicateCursor {
  readonly names: PredicateNames;
  readonly #tokens: readonly PredicateToken[];
  readonly #end: number;
  #at = 0;

  /** @param end column after the last character */
  constructor(tokens: readonly PredicateToken[], end: number, names: PredicateNames) {
    this.#tokens = tokens;
    this.#end = end;
    this.names = names;
  }

  peek(): PredicateToken | undefined {
    return this.#tokens[this.#at];
  }

  take(): PredicateToken | undefined {
    return this.#tokens[this.#at++];
  }

  problem(message: string, token = this.peek()): PredicateProblem {
    return { type: 'error', message, column: token?.column ?? this.#end };
  }

  /** Takes the next token if it is this unquoted word or sign. */
  accept(text: string): boolean {
    const token = this.peek();
    if (token === undefined || token.type === 'text' || token.text !== text) return false;
    this.#at++;
    return true;
  }

  /** Takes one of these words. */
  oneOf<T extends string>(words: readonly T[], message: string): Read<T> {
    const token = this.peek();
    const word = token?.type === 'word' ? words.find((each) => each === token.text) : undefined;
    if (word === undefined) return this.problem(message);
    this.#at++;
    return { type: 'ok', value: word };
  }

  /** Takes `=` or `!=`; undefined when neither comes next. */
  equality(): boolean | undefined {
    if (this.accept('=') || this.accept('==')) return true;
    return this.accept('!=') ? false : undefined;
  }

  /** Whether a comparison comes next. */
  get atComparison(): boolean {
    return this.peek()?.type === 'sign' && this.#comparison() !== undefined;
  }

  #comparison(): Comparison | undefined {
    const text = this.peek()?.text;
    return COMPARISONS.find((c) => c === (text === '==' ? '=' : text));
  }

  /** A comparison with a whole number. @param what names the quantity in the error */
  compared(what: string): Read<{ readonly comparison: Comparison; readonly value: number }> {
    return this.#compared(what, /^\d{1,15}$/, 'a whole number');
  }

  /** A comparison with a number that may have a fraction. */
  comparedDecimal(what: string): Read<{ readonly comparison: Comparison; readonly value: number }> {
    return this.#compared(what, /^\d{1,15}(?:\.\d{1,9})?$/, 'a number');
  }

  #compared(what: string, pattern: RegExp, kind: string): Read<{ readonly comparison: Comparison; readonly value: number }> {
    const token = this.peek();
    const comparison = this.#comparison();
    if (token?.type !== 'sign' || comparison === undefined) return this.problem(`${what} is a number: compare it, as in ${what} >= 3`);
    this.#at++;
    const number = this.#number(pattern, `${what} is compared with ${kind}`);
    return number.type === 'error' ? number : { type: 'ok', value: { comparison, value: number.value } };
  }

  whole(message: string): Read<number> {
    return this.#number(/^\d{1,15}$/, message);
  }

  #number(pattern: RegExp, message: string): Read<number> {
    const token = this.peek();
    if (token?.type !== 'word' || !pattern.test(token.text)) return this.problem(message);
    this.#at++;
    return { type: 'ok', value: Number(token.text) };
  }

  /** A word or a quoted text. */
  text(message: string): Read<string> {
    const token = this.peek();
    if (token === undefined || token.type === 'sign') return this.problem(message);
    this.#at++;
    return { type: 'ok', value: token.text };
  }

  /** `on MEMBER`, or any. */
  scope(): Read<Scope> {
    if (!this.accept('on')) return { type: 'ok', value: { type: 'any' } };
    const node = this.node();
    if (node.type === 'error') return node;
    const { value: name } = node;
    return { type: 'ok', value: name === 'any' || name === 'all' || name === 'majority' ? { type: name } : { type: 'node', node: name } };
  }

  node(): Read<string> {
    const token = this.peek();
    if (token === undefined || token.type === 'sign')
      return this.problem('a member is missing: a name, a number, leader, followers, all, any or majority');
    const number = /^\d+$/.test(token.text) ? Number(token.text) : 0;
    const { members } = this.names;
    const isKnown =
      members === undefined || SCOPE_NODES.has(token.text) || members.includes(token.text) || (number >= 1 && number <= members.length);
    if (!isKnown) return this.problem(`no member ${token.shown}: there are ${members.join(', ')}`);
    this.#at++;
    return { type: 'ok', value: token.text };
  }
}
