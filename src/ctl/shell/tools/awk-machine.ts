/** Runs an awk program line by line. */

import { CommandProblem } from '#ctl/shell/frame.ts';
import type { AwkExpression, AwkRule, AwkStatement } from '#ctl/shell/tools/awk-parse.ts';
import { literalSource, safeExpression } from '#ctl/shell/tools/expression.ts';
import { format } from '#ctl/shell/tools/format.ts';
import { fromUtf8 } from '#kernel/bytes.ts';

type Value = string | number;

/** What ends a line's rules, or everything. */
type Leave = 'next' | 'exit' | undefined;

/** Mutable; lives as long as the program runs. */
export class AwkMachine {
  readonly #rules: readonly AwkRule[];
  readonly #variables: Map<string, Value>;
  #line = '';
  #fields: string[] = [];
  #out = '';
  exited = false;

  constructor(rules: readonly AwkRule[], separator: string, variables: ReadonlyMap<string, string>) {
    this.#rules = rules;
    this.#variables = new Map<string, Value>([['FS', separator], ['OFS', ' '], ['ORS', '\n'], ['NR', 0], ...variables]);
  }

  /** No rule looks at the input. */
  get onlyBegins(): boolean {
    return this.#rules.every((rule) => rule.when === 'BEGIN');
  }

  begin(): string {
    return this.#special('BEGIN');
  }

  end(): string {
    return this.#special('END');
  }

  #special(when: 'BEGIN' | 'END'): string {
    for (const rule of this.#rules) if (rule.when === when && rule.body !== undefined) this.#run(rule.body);
    return this.#take();
  }

  #take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  line(text: string): string {
    this.#variables.set('NR', Number(this.#variables.get('NR') ?? 0) + 1);
    this.#set(text);
    for (const rule of this.#rules) {
      if (rule.when === 'BEGIN' || rule.when === 'END') continue;
      if (rule.when !== undefined && !isTrue(this.#value(rule.when))) continue;
      const leave = rule.body === undefined ? this.#print([]) : this.#run(rule.body);
      if (leave === 'exit') this.exited = true;
      if (leave !== undefined) break;
    }
    return this.#take();
  }

  #set(text: string): void {
    const separator = String(this.#variables.get('FS') ?? ' ');
    this.#line = text;
    if (separator === ' ') this.#fields = text.trim() === '' ? [] : text.trim().split(/\s+/);
    else
      this.#fields =
        text === '' ? [] : text.split(separator.length === 1 ? new RegExp(literalSource(separator)) : safeExpression(separator));
    this.#variables.set('NF', this.#fields.length);
  }

  #run(body: readonly AwkStatement[]): Leave {
    for (const statement of body) {
      const leave = this.#statement(statement);
      if (leave !== undefined) return leave;
    }
    return undefined;
  }

  #statement(statement: AwkStatement): Leave {
    switch (statement.type) {
      case 'print':
        return this.#print(statement.args);
      case 'printf': {
        const [first = '', ...rest] = statement.args.map((arg) => text(this.#value(arg)));
        this.#out += fromUtf8(format(first, rest));
        return undefined;
      }
      case 'expression':
        this.#value(statement.of);
        return undefined;
      case 'if':
        return this.#run(isTrue(this.#value(statement.test)) ? statement.yes : statement.no);
      case 'next':
      case 'exit':
        return statement.type;
    }
  }

  #print(args: readonly AwkExpression[]): undefined {
    const words = args.length === 0 ? [this.#line] : args.map((arg) => text(this.#value(arg)));
    this.#out += words.join(String(this.#variables.get('OFS'))) + String(this.#variables.get('ORS'));
  }

  #value(node: AwkExpression): Value {
    switch (node.type) {
      case 'number':
      case 'string':
        return node.value;
      case 'match':
        return safeExpression(node.source).test(this.#line) ? 1 : 0;
      case 'variable':
        return this.#variables.get(node.name) ?? '';
      case 'field': {
        const at = number(this.#value(node.at));
        return at === 0 ? this.#line : (this.#fields[at - 1] ?? '');
      }
      case 'not':
        return isTrue(this.#value(node.of)) ? 0 : 1;
      case 'minus':
        return -number(this.#value(node.of));
      case 'assign':
        return this.#assign(node);
      case 'binary':
        return this.#binary(node);
      case 'call':
        return this.#call(node.name, node.args);
    }
  }

  #assign(node: Extract<AwkExpression, { readonly type: 'assign' }>): Value {
    const before = this.#value(node.to);
    const given = this.#value(node.value);
    const results: Readonly<Record<string, () => Value>> = {
      '=': () => given,
      '+=': () => number(before) + number(given),
      '-=': () => number(before) - number(given),
      '*=': () => number(before) * number(given),
      '/=': () => number(before) / number(given),
      'post+': () => number(before) + 1,
      'post-': () => number(before) - 1,
    };
    const value = results[node.operator]?.() ?? given;
    if (node.to.type === 'variable') this.#variables.set(node.to.name, value);
    else if (node.to.type === 'field') {
      const at = number(this.#value(node.to.at));
      if (at === 0) this.#set(text(value));
      else if (at > 0 && at <= 1000) {
        while (this.#fields.length < at) this.#fields.push('');
        this.#fields[at - 1] = text(value);
        this.#line = this.#fields.join(String(this.#variables.get('OFS')));
      }
    }
    return node.operator.startsWith('post') ? number(before) : value;
  }

  #binary({ operator, left, right }: Extract<AwkExpression, { readonly type: 'binary' }>): Value {
    const a = this.#value(left);
    if (operator === '&&') return isTrue(a) && isTrue(this.#value(right)) ? 1 : 0;
    if (operator === '||') return isTrue(a) || isTrue(this.#value(right)) ? 1 : 0;
    if (operator === '~' || operator === '!~') {
      const source = right.type === 'match' ? right.source : text(this.#value(right));
      return safeExpression(source).test(text(a)) === (operator === '~') ? 1 : 0;
    }
    const b = this.#value(right);
    if (operator === ' ') return text(a) + text(b);
    if ('+-*/%'.includes(operator)) return arithmetic(operator, number(a), number(b));
    const isNumeric = looksNumeric(a) && looksNumeric(b);
    const order = isNumeric ? number(a) - number(b) : text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0;
    const holds = { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0, '==': order === 0, '!=': order !== 0 }[operator];
    return holds === true ? 1 : 0;
  }

  #call(name: string, args: readonly AwkExpression[]): Value {
    const values = args.map((arg) => this.#value(arg));
    const [a = this.#line, b = '', c] = values;
    switch (name) {
      case 'length':
        return text(a).length;
      case 'toupper':
        return text(a).toUpperCase();
      case 'tolower':
        return text(a).toLowerCase();
      case 'int':
        return Math.trunc(number(a));
      case 'index':
        return text(a).indexOf(text(b)) + 1;
      case 'substr':
        return text(a).slice(Math.max(0, number(b) - 1), c === undefined ? undefined : number(b) - 1 + number(c));
      default:
        throw new CommandProblem(`awk: ${name}() is not supported here`, 2);
    }
  }
}

const isTrue = (value: Value): boolean =>
  typeof value === 'number' ? value !== 0 : value !== '' && !(looksNumeric(value) && Number(value) === 0);
const looksNumeric = (value: Value): boolean => typeof value === 'number' || /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(value);
const number = (value: Value): number => (typeof value === 'number' ? value : Number(/^\s*[-+]?\d*\.?\d*/.exec(value)?.[0] ?? '0') || 0);
const text = (value: Value): string =>
  typeof value === 'number' ? String(Number.isInteger(value) ? value : Number(value.toPrecision(6))) : value;

function arithmetic(operator: string, a: number, b: number): number {
  if ((operator === '/' || operator === '%') && b === 0) throw new CommandProblem('awk: division by zero', 2);
  return operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b;
}
