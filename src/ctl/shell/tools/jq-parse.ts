/** The language of jq, as far as it goes here: what is missing is named. */

export type JqNode =
  | { readonly type: 'identity' | 'recurse' }
  | { readonly type: 'literal'; readonly value: string | number | boolean | null }
  /** Texts and filters of `"a \(.b)"`, after a format such as `@base64d`. */
  | { readonly type: 'text'; readonly format: string; readonly parts: readonly (string | JqNode)[] }
  | { readonly type: 'index'; readonly from: JqNode; readonly at: JqNode; readonly quiet: boolean }
  | { readonly type: 'slice'; readonly from: JqNode; readonly start: JqNode | undefined; readonly end: JqNode | undefined }
  | { readonly type: 'iterate'; readonly from: JqNode; readonly quiet: boolean }
  | { readonly type: 'pipe' | 'comma' | 'or' | 'and' | 'alternative'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'binary'; readonly operator: string; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'negate'; readonly of: JqNode }
  | { readonly type: 'array'; readonly of: JqNode | undefined }
  | { readonly type: 'object'; readonly entries: readonly (readonly [JqNode, JqNode])[] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly JqNode[] }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'bind'; readonly from: JqNode; readonly name: string; readonly body: JqNode }
  | { readonly type: 'if'; readonly test: JqNode; readonly yes: JqNode; readonly no: JqNode };

class Trouble extends Error {}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|(@\w+)|(\$\w+)|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\.\.|\/\/|==|!=|<=|>=|\?|[.[\](){}|,:;+\-*/%<>]))/y;
const LENGTH_MAX = 10_000;
const DEPTH_MAX = 100;

/** The filter, or what is wrong with it. */
export function parseJq(text: string): JqNode | string {
  try {
    if (text.length > LENGTH_MAX) throw new Trouble(`a filter has at most ${LENGTH_MAX} characters`);
    return new Parser(text).whole();
  } catch (error) {
    if (error instanceof Trouble) return error.message;
    throw error;
  }
}

function tokensOf(text: string): readonly string[] {
  const out: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    if (/^\s*"/.test(text.slice(at))) {
      const token = readString(text, at + text.slice(at).indexOf('"'));
      out.push(token);
      TOKEN.lastIndex = at + text.slice(at).indexOf('"') + token.length;
      continue;
    }
    const match = TOKEN.exec(text);
    if (match === null) throw new Trouble(`syntax error at ${JSON.stringify(text.slice(at).trim().slice(0, 10))}`);
    out.push(match[0].trim());
  }
  return out;
}

/** A string with its interpolations, which may hold strings themselves. */
function readString(text: string, start: number): string {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return text.slice(start, at + 1);
    if (text[at] !== '\\') continue;
    at++;
    if (text[at] !== '(') continue;
    let depth = 1;
    for (at++; at < text.length && depth > 0; at++) {
      if (text[at] === '(') depth++;
      else if (text[at] === ')') depth--;
      else if (text[at] === '"') at += readString(text, at).length - 1;
    }
    at--;
  }
  throw new Trouble('unterminated string');
}

const LEVELS: readonly (readonly string[])[] = [['or'], ['and'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']];
const IDENTITY: JqNode = { type: 'identity' };

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  whole(): JqNode {
    if (this.#tokens.length === 0) return IDENTITY;
    const node = this.#pipe();
    if (this.#at < this.#tokens.length) throw new Trouble(`syntax error, unexpected ${this.#peek() ?? ''}`);
    return node;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new Trouble(`syntax error, unexpected ${this.#peek() ?? 'end of the filter'}, expected ${token}`);
  }

  #pipe(): JqNode {
    if (++this.#depth > DEPTH_MAX) throw new Trouble('nested too deeply');
    try {
      const left = this.#comma();
      if (this.#take('as')) {
        const name = this.#tokens[this.#at++] ?? '';
        if (!name.startsWith('$')) throw new Trouble('only `as $name` is supported here');
        this.#expect('|');
        return { type: 'bind', from: left, name: name.slice(1), body: this.#pipe() };
      }
      return this.#take('|') ? { type: 'pipe', left, right: this.#pipe() } : left;
    } finally {
      this.#depth--;
    }
  }

  #comma(): JqNode {
    let left = this.#alternative();
    while (this.#take(',')) left = { type: 'comma', left, right: this.#alternative() };
    return left;
  }

  #alternative(): JqNode {
    const left = this.#level(0);
    return this.#take('//') ? { type: 'alternative', left, right: this.#alternative() } : left;
  }

  #level(level: number): JqNode {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#postfix();
    let left = this.#level(level + 1);
    for (let operator = this.#peek(); operator !== undefined && operators.includes(operator); operator = this.#peek()) {
      this.#at++;
      const right = this.#level(level + 1);
      left = operator === 'or' || operator === 'and' ? { type: operator, left, right } : { type: 'binary', operator, left, right };
    }
    return left;
  }

  #postfix(): JqNode {
    let node = this.#primary();
    for (;;) {
      if (this.#take('?')) continue;
      if (this.#peek() === '.' && /^[A-Za-z_"]/.test(this.#tokens[this.#at + 1] ?? '')) {
        this.#at++;
        node = this.#field(node);
      } else if (this.#take('.') && this.#peek() === '[') continue;
      else if (this.#take('[')) node = this.#bracket(node);
      else return node;
    }
  }

  #field(from: JqNode): JqNode {
    const name = this.#tokens[this.#at++] ?? '';
    const at: JqNode = name.startsWith('"') ? this.#text(name, '') : { type: 'literal', value: name };
    return { type: 'index', from, at, quiet: this.#take('?') };
  }

  #bracket(from: JqNode): JqNode {
    if (this.#take(']')) return { type: 'iterate', from, quiet: this.#take('?') };
    const start = this.#peek() === ':' ? undefined : this.#pipe();
    if (this.#take(':')) {
      const end = this.#peek() === ']' ? undefined : this.#pipe();
      this.#expect(']');
      return { type: 'slice', from, start, end };
    }
    this.#expect(']');
    return { type: 'index', from, at: start ?? IDENTITY, quiet: this.#take('?') };
  }

  #primary(): JqNode {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Trouble('syntax error, unexpected end of the filter');
    if (token === '.') return /^[A-Za-z_"]/.test(this.#peek() ?? '') ? this.#field(IDENTITY) : IDENTITY;
    if (token === '..') return { type: 'recurse' };
    if (token === '-') return { type: 'negate', of: this.#postfix() };
    if (token === '(') {
      const inner = this.#pipe();
      this.#expect(')');
      return inner;
    }
    if (token === '[') {
      if (this.#take(']')) return { type: 'array', of: undefined };
      const of = this.#pipe();
      this.#expect(']');
      return { type: 'array', of };
    }
    if (token === '{') return this.#object();
    if (token.startsWith('"')) return this.#text(token, '');
    if (token.startsWith('@'))
      return this.#peek()?.startsWith('"') === true
        ? this.#text(this.#tokens[this.#at++] ?? '""', token)
        : { type: 'call', name: token, args: [] };
    if (token.startsWith('$')) return { type: 'variable', name: token.slice(1) };
    if (/^\d/.test(token)) return { type: 'literal', value: Number(token) };
    if (token === 'if') return this.#conditional();
    if (/^(def|reduce|foreach|try|import|label)$/.test(token)) throw new Trouble(`${token} is not supported here`);
    if (/^[A-Za-z_]/.test(token)) return this.#call(token);
    throw new Trouble(`syntax error, unexpected ${token}`);
  }

  #conditional(): JqNode {
    const test = this.#pipe();
    this.#expect('then');
    const yes = this.#pipe();
    if (this.#take('elif')) return { type: 'if', test, yes, no: this.#conditional() };
    const no = this.#take('else') ? this.#pipe() : IDENTITY;
    this.#expect('end');
    return { type: 'if', test, yes, no };
  }

  #call(name: string): JqNode {
    if (name === 'true' || name === 'false') return { type: 'literal', value: name === 'true' };
    if (name === 'null') return { type: 'literal', value: null };
    const args: JqNode[] = [];
    if (this.#take('(')) {
      do args.push(this.#pipe());
      while (this.#take(';'));
      this.#expect(')');
    }
    return { type: 'call', name, args };
  }

  #object(): JqNode {
    const entries: (readonly [JqNode, JqNode])[] = [];
    while (!this.#take('}')) {
      const token = this.#tokens[this.#at++] ?? '';
      let key: JqNode;
      let fallback: JqNode;
      if (token === '(') {
        key = this.#pipe();
        this.#expect(')');
        fallback = IDENTITY;
      } else if (token.startsWith('$')) {
        key = { type: 'literal', value: token.slice(1) };
        fallback = { type: 'variable', name: token.slice(1) };
      } else if (/^[A-Za-z_"@]/.test(token)) {
        key = token.startsWith('"') ? this.#text(token, '') : { type: 'literal', value: token };
        fallback = { type: 'index', from: IDENTITY, at: key, quiet: false };
      } else throw new Trouble(`syntax error, unexpected ${token === '' ? 'end of the filter' : token} in an object`);
      entries.push([key, this.#take(':') ? this.#alternative() : fallback]);
      if (this.#peek() !== '}') this.#expect(',');
    }
    return { type: 'object', entries };
  }

  #text(token: string, format: string): JqNode {
    const parts: (string | JqNode)[] = [];
    let text = '';
    for (let at = 1; at < token.length - 1; at++) {
      if (token[at] !== '\\') {
        text += token[at] ?? '';
        continue;
      }
      if (token[at + 1] === '(') {
        const end = closing(token, at + 2);
        parts.push(unescape(text), new Parser(token.slice(at + 2, end)).whole());
        text = '';
        at = end;
      } else {
        text += token.slice(at, at + 2);
        at++;
      }
    }
    parts.push(unescape(text));
    return { type: 'text', format, parts };
  }
}

function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
    else if (text[at] === '"') at += readString(text, at).length - 1;
  }
  throw new Trouble('unterminated \\( in a string');
}

function unescape(text: string): string {
  try {
    const value: unknown = JSON.parse(`"${text.replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`);
    return typeof value === 'string' ? value : text;
  } catch {
    throw new Trouble(`bad escape in a string: ${text}`);
  }
}
