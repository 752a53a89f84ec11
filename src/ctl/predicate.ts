/**
 * The predicate language (DESIGN §5): one typed condition for `play until`, breakpoints and expectations. Text → checked tree here;
 * its meaning over a world is in predicate-eval.ts.
 *
 *     leader                         leader = etcd-2            alive etcd-2        frozen leader
 *     term > 3                       commit >= 10 on all        role = candidate on etcd-1
 *     key "foo" = "bar"              key "foo" exists           revision >= 5 on etcd-1
 *     entry 12 = 3 on all            messages MsgVote > 0       alarm NOSPACE       lease 694d71ddacfda227
 *     watchers >= 1                  outcome w1 = ok            not (leader or term < 2) and dbsize > 20480
 *     members = 4 on leader          voters = 3 on all          role = learner on etcd-4
 *
 * `on` names a member, `any` (the default), `all`, `followers`, `leader` or `majority`; only live members count.
 */

import { tokenize, type PredicateProblem, type PredicateToken } from '#ctl/predicate-tokens.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Whole numbers that each member has. */
export const NUMBER_QUANTITIES = [
  'term',
  'commit',
  'applied',
  'first',
  'last',
  'revision',
  'compact',
  'dbsize',
  'watchers',
  'leases',
  'lead-changes',
  'members',
  'voters',
] as const;
export type NumberQuantity = (typeof NUMBER_QUANTITIES)[number];
export const ROLES = ['follower', 'pre-candidate', 'candidate', 'leader', 'learner'] as const;
export type RoleName = (typeof ROLES)[number];
export const OUTCOMES = ['running', 'ok', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Which live members a statement is about; a name or number of a member otherwise. */
export type Scope = { readonly type: 'any' | 'all' | 'majority' } | { readonly type: 'node'; readonly node: string };

/** A checked condition, plain data. */
export type Predicate =
  | { readonly type: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate }
  | { readonly type: 'not'; readonly operand: Predicate }
  /** A live member leads and a majority of the voters follow it in its term. */
  | { readonly type: 'has-leader' }
  | { readonly type: 'leader-is'; readonly node: string; readonly equal: boolean }
  | { readonly type: 'liveness'; readonly what: 'alive' | 'frozen' | 'dead'; readonly node: string }
  | {
      readonly type: 'number';
      readonly quantity: NumberQuantity;
      readonly comparison: Comparison;
      readonly value: number;
      readonly scope: Scope;
    }
  | { readonly type: 'role'; readonly role: RoleName; readonly equal: boolean; readonly scope: Scope }
  /** `value` undefined asks whether the key is there. */
  | { readonly type: 'key'; readonly key: string; readonly value: string | undefined; readonly equal: boolean; readonly scope: Scope }
  /** Compares the term of the log entry at an index; an absent entry has term 0. */
  | { readonly type: 'entry'; readonly index: number; readonly comparison: Comparison; readonly value: number; readonly scope: Scope }
  | { readonly type: 'messages'; readonly kind: string; readonly comparison: Comparison; readonly value: number }
  | { readonly type: 'alarm'; readonly alarm: 'NOSPACE' | 'CORRUPT'; readonly scope: Scope }
  /** `id` in lower-case hex. */
  | { readonly type: 'lease'; readonly id: string; readonly scope: Scope }
  | { readonly type: 'outcome'; readonly process: string; readonly outcome: Outcome; readonly equal: boolean };

export type PredicateResult = { readonly type: 'ok'; readonly predicate: Predicate } | PredicateProblem;

const DEPTH_MAX = 64;
const SCOPE_NODES = new Set(['leader', 'followers', 'any', 'all', 'majority']);

/**
 * Reads and checks a condition.
 * @param members names to hold member names against; not checked when left out
 */
export function parsePredicate(text: string, members?: readonly string[]): PredicateResult {
  const tokens = tokenize(text);
  if (tokens.type === 'error') return tokens;
  const parser = new Parser(tokens.tokens, text.length + 1, members);
  const result = parser.or(0);
  if (result.type === 'error') return result;
  const extra = parser.peek();
  if (extra !== undefined)
    return { type: 'error', message: `unexpected ${extra.shown}: join conditions with and, or`, column: extra.column };
  return result;
}

const isQuantity = (text: string): text is NumberQuantity => NUMBER_QUANTITIES.some((q) => q === text);

/** Recursive descent over the tokens; owns its position. */
class Parser {
  readonly #tokens: readonly PredicateToken[];
  readonly #end: number;
  readonly #members: readonly string[] | undefined;
  #at = 0;

  constructor(tokens: readonly PredicateToken[], end: number, members: readonly string[] | undefined) {
    this.#tokens = tokens;
    this.#end = end;
    this.#members = members;
  }

  peek(): PredicateToken | undefined {
    return this.#tokens[this.#at];
  }

  #problem(message: string, token = this.peek()): PredicateProblem {
    return { type: 'error', message, column: token?.column ?? this.#end };
  }

  /** Takes the next token if it is this unquoted word or sign. */
  #accept(text: string): boolean {
    const token = this.peek();
    if (token === undefined || token.type === 'text' || token.text !== text) return false;
    this.#at++;
    return true;
  }

  or(depth: number): PredicateResult {
    return this.#chain('or', depth, (d) => this.#and(d));
  }

  #and(depth: number): PredicateResult {
    return this.#chain('and', depth, (d) => this.#not(d));
  }

  #chain(type: 'and' | 'or', depth: number, operand: (depth: number) => PredicateResult): PredicateResult {
    let left = operand(depth);
    while (left.type === 'ok' && this.#accept(type)) {
      const right = operand(depth);
      if (right.type === 'error') return right;
      left = { type: 'ok', predicate: { type, left: left.predicate, right: right.predicate } };
    }
    return left;
  }

  #not(depth: number): PredicateResult {
    if (depth > DEPTH_MAX) return this.#problem(`nested deeper than ${DEPTH_MAX}`);
    if (this.#accept('not')) {
      const operand = this.#not(depth + 1);
      return operand.type === 'error' ? operand : { type: 'ok', predicate: { type: 'not', operand: operand.predicate } };
    }
    if (this.#accept('(')) {
      const inner = this.or(depth + 1);
      if (inner.type === 'ok' && !this.#accept(')')) return this.#problem('missing )');
      return inner;
    }
    return this.#statement();
  }

  #statement(): PredicateResult {
    const head = this.peek();
    if (head === undefined) return this.#problem('a condition is missing');
    this.#at++;
    if (head.type === 'word') {
      if (isQuantity(head.text)) return this.#number(head.text);
      switch (head.text) {
        case 'leader':
          return this.#leader();
        case 'alive':
        case 'dead':
        case 'frozen':
          return this.#liveness(head.text);
        case 'role':
          return this.#role();
        case 'key':
          return this.#key();
        case 'entry':
          return this.#entry();
        case 'messages':
          return this.#messages();
        case 'alarm':
          return this.#alarm();
        case 'lease':
          return this.#lease();
        case 'outcome':
          return this.#outcome();
      }
    }
    const known = [
      'leader',
      'alive',
      'dead',
      'frozen',
      'role',
      'key',
      'entry',
      'messages',
      'alarm',
      'lease',
      'outcome',
      ...NUMBER_QUANTITIES,
    ];
    return this.#problem(`unknown condition ${head.shown}: there are ${known.join(', ')}`, head);
  }

  #leader(): PredicateResult {
    const equality = this.#equality();
    if (equality === undefined) return { type: 'ok', predicate: { type: 'has-leader' } };
    const node = this.#node();
    return node.type === 'error' ? node : { type: 'ok', predicate: { type: 'leader-is', node: node.node, equal: equality } };
  }

  #liveness(what: 'alive' | 'frozen' | 'dead'): PredicateResult {
    const node = this.#node();
    return node.type === 'error' ? node : { type: 'ok', predicate: { type: 'liveness', what, node: node.node } };
  }

  #number(quantity: NumberQuantity): PredicateResult {
    const compared = this.#comparedNumber(quantity);
    if (compared.type === 'error') return compared;
    const scope = this.#scope();
    if (scope.type === 'error') return scope;
    return {
      type: 'ok',
      predicate: { type: 'number', quantity, comparison: compared.comparison, value: compared.value, scope: scope.scope },
    };
  }

  #role(): PredicateResult {
    const equal = this.#equality();
    if (equal === undefined) return this.#problem('role needs = or != and a role');
    const token = this.peek();
    const role = ROLES.find((r) => r === token?.text);
    if (role === undefined) return this.#problem(`role is one of ${ROLES.join(', ')}`);
    this.#at++;
    const scope = this.#scope();
    return scope.type === 'error' ? scope : { type: 'ok', predicate: { type: 'role', role, equal, scope: scope.scope } };
  }

  #key(): PredicateResult {
    const key = this.#text('key needs the name of a key: key "foo" = "bar"');
    if (key.type === 'error') return key;
    let value: string | undefined;
    let equal = true;
    if (this.#accept('absent')) equal = false;
    else if (!this.#accept('exists')) {
      const equality = this.#equality();
      if (equality !== undefined) {
        const read = this.#text('= needs a value: key "foo" = "bar"');
        if (read.type === 'error') return read;
        value = read.text;
        equal = equality;
      }
    }
    const scope = this.#scope();
    return scope.type === 'error' ? scope : { type: 'ok', predicate: { type: 'key', key: key.text, value, equal, scope: scope.scope } };
  }

  #entry(): PredicateResult {
    const index = this.#whole('entry needs an index: entry 12 = 3');
    if (index.type === 'error') return index;
    const compared = this.#comparedNumber('entry');
    if (compared.type === 'error') return compared;
    const scope = this.#scope();
    if (scope.type === 'error') return scope;
    return {
      type: 'ok',
      predicate: { type: 'entry', index: index.value, comparison: compared.comparison, value: compared.value, scope: scope.scope },
    };
  }

  #messages(): PredicateResult {
    const kind = this.#text('messages needs a type: messages MsgApp > 0');
    if (kind.type === 'error') return kind;
    const compared = this.#comparedNumber('messages');
    if (compared.type === 'error') return compared;
    return { type: 'ok', predicate: { type: 'messages', kind: kind.text, comparison: compared.comparison, value: compared.value } };
  }

  #alarm(): PredicateResult {
    const alarm = this.#accept('NOSPACE') ? 'NOSPACE' : this.#accept('CORRUPT') ? 'CORRUPT' : undefined;
    if (alarm === undefined) return this.#problem('alarm is NOSPACE or CORRUPT');
    const scope = this.#scope();
    return scope.type === 'error' ? scope : { type: 'ok', predicate: { type: 'alarm', alarm, scope: scope.scope } };
  }

  #lease(): PredicateResult {
    const id = this.#text('lease needs an id in hex');
    if (id.type === 'error') return id;
    if (!/^[0-9a-fA-F]{1,16}$/.test(id.text)) return this.#problem('lease needs an id in hex', this.#tokens[this.#at - 1]);
    const scope = this.#scope();
    return scope.type === 'error'
      ? scope
      : { type: 'ok', predicate: { type: 'lease', id: id.text.toLowerCase().replace(/^0+(?=.)/, ''), scope: scope.scope } };
  }

  #outcome(): PredicateResult {
    const process = this.#text('outcome needs the name of a background command: outcome w1 = ok');
    if (process.type === 'error') return process;
    const equal = this.#equality();
    const token = this.peek();
    const outcome = OUTCOMES.find((o) => o === token?.text);
    if (equal === undefined || outcome === undefined) return this.#problem(`outcome needs = or != and one of ${OUTCOMES.join(', ')}`);
    this.#at++;
    return { type: 'ok', predicate: { type: 'outcome', process: process.text, outcome, equal } };
  }

  /** Takes `=` or `!=`; undefined when neither comes next. */
  #equality(): boolean | undefined {
    if (this.#accept('=') || this.#accept('==')) return true;
    return this.#accept('!=') ? false : undefined;
  }

  #comparedNumber(what: string): { readonly type: 'ok'; readonly comparison: Comparison; readonly value: number } | PredicateProblem {
    const token = this.peek();
    const text = token?.text === '==' ? '=' : token?.text;
    const comparison = (['=', '!=', '<', '<=', '>', '>='] as const).find((c) => c === text);
    if (token?.type !== 'sign' || comparison === undefined) return this.#problem(`${what} is a number: compare it, as in ${what} >= 3`);
    this.#at++;
    const value = this.#whole(`${what} is compared with a whole number`);
    return value.type === 'error' ? value : { type: 'ok', comparison, value: value.value };
  }

  #whole(message: string): { readonly type: 'ok'; readonly value: number } | PredicateProblem {
    const token = this.peek();
    if (token?.type !== 'word' || !/^\d{1,15}$/.test(token.text)) return this.#problem(message);
    this.#at++;
    return { type: 'ok', value: Number(token.text) };
  }

  #text(message: string): { readonly type: 'ok'; readonly text: string } | PredicateProblem {
    const token = this.peek();
    if (token === undefined || token.type === 'sign') return this.#problem(message);
    this.#at++;
    return { type: 'ok', text: token.text };
  }

  #scope(): { readonly type: 'ok'; readonly scope: Scope } | PredicateProblem {
    if (!this.#accept('on')) return { type: 'ok', scope: { type: 'any' } };
    const node = this.#node();
    if (node.type === 'error') return node;
    const { node: name } = node;
    return { type: 'ok', scope: name === 'any' || name === 'all' || name === 'majority' ? { type: name } : { type: 'node', node: name } };
  }

  #node(): { readonly type: 'ok'; readonly node: string } | PredicateProblem {
    const token = this.peek();
    if (token === undefined || token.type === 'sign')
      return this.#problem('a member is missing: a name, a number, leader, followers, all, any or majority');
    const number = /^\d+$/.test(token.text) ? Number(token.text) : 0;
    const members = this.#members;
    if (
      members !== undefined &&
      !SCOPE_NODES.has(token.text) &&
      !members.includes(token.text) &&
      !(number >= 1 && number <= members.length)
    ) {
      return this.#problem(`no member ${token.shown}: there are ${members.join(', ')}`);
    }
    this.#at++;
    return { type: 'ok', node: token.text };
  }
}
