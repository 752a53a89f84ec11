/** The language of awk, as far as it goes here. */

import { CommandProblem } from '#ctl/shell/frame.ts';

export type AwkExpression =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'match'; readonly source: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'field'; readonly at: AwkExpression }
  | { readonly type: 'binary'; readonly operator: string; readonly left: AwkExpression; readonly right: AwkExpression }
  | { readonly type: 'not' | 'minus'; readonly of: AwkExpression }
  | { readonly type: 'assign'; readonly to: AwkExpression; readonly operator: string; readonly value: AwkExpression }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly AwkExpression[] };

export type AwkStatement =
  | { readonly type: 'print'; readonly args: readonly AwkExpression[] }
  | { readonly type: 'printf'; readonly args: readonly AwkExpression[] }
  | { readonly type: 'expression'; readonly of: AwkExpression }
  | { readonly type: 'if'; readonly test: AwkExpression; readonly yes: readonly AwkStatement[]; readonly no: readonly AwkStatement[] }
  | { readonly type: 'next' | 'exit' };

export interface AwkRule {
  readonly when: 'BEGIN' | 'END' | AwkExpression | undefined;
  /** Undefined prints the line. */
  readonly body: readonly AwkStatement[] | undefined;
}

const TOKEN =
  /\s*(?:#[^\n]*)?(?:("(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(&&|\|\||==|!=|<=|>=|\+\+|--|\+=|-=|\*=|\/=|!~|[-+*/%<>=!~$(){},;?:\n]))/y;
const DEPTH_MAX = 100;

const trouble = (message: string): CommandProblem => new CommandProblem(`awk: ${message}`, 2);

/** @throws CommandProblem */
export function parseAwk(text: string): readonly AwkRule[] {
  return new Parser(text).rules();
}

const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['~', '!~'],
  ['<', '<=', '>', '>=', '==', '!='],
  [' '],
  ['+', '-'],
  ['*', '/', '%'],
];

class Parser {
  readonly #text: string;
  #at = 0;
  #token: string | undefined;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#advance();
  }

  /** Reads the next token; where a value may begin, `/` begins a match. */
  #advance(): void {
    while (/[ \t\r]/.test(this.#text[this.#at] ?? '')) this.#at++;
    if (this.#at >= this.#text.length) {
      this.#token = undefined;
      return;
    }
    TOKEN.lastIndex = this.#at;
    const match = this.#text[this.#at] === '\n' ? ['\n', undefined] : TOKEN.exec(this.#text);
    if (match === null) throw trouble(`syntax error at ${this.#text.slice(this.#at, this.#at + 10)}`);
    this.#token = this.#text[this.#at] === '\n' ? '\n' : (match[0] ?? '').trim();
    this.#at = this.#token === '\n' ? this.#at + 1 : TOKEN.lastIndex;
  }

  #take(token: string): boolean {
    if (this.#token !== token) return false;
    this.#advance();
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw trouble(`syntax error near ${this.#token ?? 'the end'}, expected ${token}`);
  }

  #skip(): void {
    while (this.#token === ';' || this.#token === '\n') this.#advance();
  }

  rules(): readonly AwkRule[] {
    const out: AwkRule[] = [];
    for (this.#skip(); this.#token !== undefined; this.#skip()) {
      let when: AwkRule['when'];
      if (this.#token === 'BEGIN' || this.#token === 'END') {
        when = this.#token;
        this.#advance();
      } else if (this.#token !== '{') when = this.#expression();
      out.push({ when, body: this.#token === '{' ? this.#block() : undefined });
    }
    return out;
  }

  #block(): readonly AwkStatement[] {
    if (!this.#take('{')) return [this.#statement()];
    const out: AwkStatement[] = [];
    for (this.#skip(); this.#token !== '}'; this.#skip()) {
      if (this.#token === undefined) throw trouble('syntax error, } is missing');
      out.push(this.#statement());
    }
    this.#advance();
    return out;
  }

  #statement(): AwkStatement {
    if (++this.#depth > DEPTH_MAX) throw trouble('nested too deeply');
    try {
      if (this.#take('print')) return { type: 'print', args: this.#list() };
      if (this.#take('printf')) return { type: 'printf', args: this.#list() };
      if (this.#take('next')) return { type: 'next' };
      if (this.#take('exit')) return { type: 'exit' };
      if (this.#take('if')) {
        this.#expect('(');
        const test = this.#expression();
        this.#expect(')');
        const yes = this.#block();
        if (this.#token === ';') this.#skip();
        return { type: 'if', test, yes, no: this.#take('else') ? this.#block() : [] };
      }
      if (/^(for|while|do|function|delete|getline)$/.test(this.#token ?? '')) throw trouble(`${this.#token ?? ''} is not supported here`);
      return { type: 'expression', of: this.#expression() };
    } finally {
      this.#depth--;
    }
  }

  #list(): readonly AwkExpression[] {
    const out: AwkExpression[] = [];
    if (this.#token === undefined || [';', '}', '\n'].includes(this.#token)) return out;
    do out.push(this.#expression());
    while (this.#take(','));
    return out;
  }

  #expression(): AwkExpression {
    if (++this.#depth > DEPTH_MAX) throw trouble('nested too deeply');
    const left = this.#level(0);
    this.#depth--;
    const operator = this.#token ?? '';
    if (!['=', '+=', '-=', '*=', '/='].includes(operator)) return left;
    if (left.type !== 'variable' && left.type !== 'field') throw trouble('only a variable or a field can be assigned to');
    this.#advance();
    return { type: 'assign', to: left, operator, value: this.#expression() };
  }

  #level(level: number): AwkExpression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#level(level + 1);
    for (;;) {
      const token = this.#token;
      if (operators[0] === ' ') {
        if (token === undefined || !(/^["\w$(]/.test(token) || token === '!') || ['else', 'in'].includes(token)) return left;
        left = { type: 'binary', operator: ' ', left, right: this.#level(level + 1) };
      } else if (token !== undefined && operators.includes(token)) {
        this.#advance();
        left = { type: 'binary', operator: token, left, right: this.#level(level + 1) };
      } else return left;
    }
  }

  #unary(): AwkExpression {
    if (this.#take('!')) return { type: 'not', of: this.#unary() };
    if (this.#take('-')) return { type: 'minus', of: this.#unary() };
    const value = this.#primary();
    for (const operator of ['++', '--'] as const)
      if (this.#take(operator))
        return { type: 'assign', to: value, operator: operator === '++' ? 'post+' : 'post-', value: { type: 'number', value: 1 } };
    return value;
  }

  #primary(): AwkExpression {
    const token = this.#token;
    if (token === undefined) throw trouble('syntax error, the program ends too early');
    if (token === '/') return this.#pattern();
    this.#advance();
    if (token === '(') {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (token === '$') return { type: 'field', at: this.#primary() };
    if (token.startsWith('"')) return { type: 'string', value: unescape(token.slice(1, -1)) };
    if (/^\d/.test(token)) return { type: 'number', value: Number(token) };
    if (!/^[A-Za-z_]/.test(token)) throw trouble(`syntax error near ${token}`);
    if (token === 'length' && this.#token !== '(') return { type: 'call', name: token, args: [] };
    if (!this.#take('(')) return { type: 'variable', name: token };
    const args = this.#token === ')' ? [] : this.#list();
    this.#expect(')');
    return { type: 'call', name: token, args };
  }

  /** `/…/`: the token `/` was read already. */
  #pattern(): AwkExpression {
    let source = '';
    for (let ch = this.#text[this.#at]; ch !== '/'; ch = this.#text[this.#at]) {
      if (ch === undefined) throw trouble('unterminated regular expression');
      source += ch === '\\' && this.#text[this.#at + 1] === '/' ? '' : ch;
      this.#at++;
      if (ch === '\\') source += this.#text[this.#at++] ?? '';
    }
    this.#at++;
    this.#advance();
    return { type: 'match', source };
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
const unescape = (text: string): string => text.replace(/\\(.)/g, (_, ch: string) => ESCAPES[ch] ?? ch);
