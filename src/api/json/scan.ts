/**
 * Reads JSON as Go's encoding/json does: numbers keep their text (int64 does not fit a double), keys keep their order, and what is wrong
 * is said in Go's words. Only the first value of a text is read, as by Go's Decoder.
 */

import { utf8 } from '#kernel/bytes.ts';

export type JsonNode =
  | { readonly type: 'object'; readonly entries: readonly (readonly [string, JsonNode])[] }
  | { readonly type: 'array'; readonly items: readonly JsonNode[] }
  /** `raw` is the source between the quotes. */
  | { readonly type: 'string'; readonly text: string; readonly raw: string }
  | { readonly type: 'number'; readonly text: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'null' };

/** `EOF` for an empty text, `unexpected EOF` for one that breaks off. */
export type ScanResult = { readonly type: 'ok'; readonly node: JsonNode } | { readonly type: 'error'; readonly message: string };

/** Go gives up at 10,000; here the stack of a worker is the measure. */
const DEPTH_MAX = 1000;

/** Thrown inside the scanner only. */
class ScanError extends Error {}

export function scanJson(text: string): ScanResult {
  const scanner = new Scanner(text);
  try {
    scanner.blanks();
    if (scanner.atEnd) return { type: 'error', message: 'EOF' };
    return { type: 'ok', node: scanner.value(0) };
  } catch (error) {
    if (error instanceof ScanError) return { type: 'error', message: error.message };
    throw error;
  }
}

/** Reads a text that is one value and nothing else, as Go's Unmarshal does. */
export function scanWholeJson(text: string): ScanResult {
  const scanner = new Scanner(text);
  try {
    const node = scanner.value(0);
    scanner.blanks();
    if (!scanner.atEnd) scanner.fail('after top-level value');
    return { type: 'ok', node };
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    return { type: 'error', message: error.message === 'unexpected EOF' ? 'unexpected end of JSON input' : error.message };
  }
}

const CONTROL_NAMES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
  '\x07': '\\a',
};

/** What Go's error messages quote: the byte at which reading stopped, taken for a character of its own. */
function quoteByte(ch: string): string {
  if (ch === "'") return "'\\''";
  if (ch === '"') return "'\"'";
  const code = utf8(ch)[0] ?? 0;
  if (code < 0x20 || code === 0x7f) return `'${CONTROL_NAMES[ch] ?? `\\x${code.toString(16).padStart(2, '0')}`}'`;
  // The first byte of a longer character is one of C2 to F4, and those are letters.
  return `'${ch === '\\' ? '\\\\' : String.fromCharCode(code)}'`;
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  fail(context: string): never {
    const ch = this.#text[this.#at];
    throw new ScanError(ch === undefined ? 'unexpected EOF' : `invalid character ${quoteByte(this.#whole())} ${context}`);
  }

  /** The character here, with both its halves. */
  #whole(): string {
    return String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
  }

  blanks(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  value(depth: number): JsonNode {
    if (depth > DEPTH_MAX) throw new ScanError('exceeded max depth');
    this.blanks();
    const ch = this.#text[this.#at] ?? '';
    if (ch === '{') return this.#object(depth);
    if (ch === '[') return this.#array(depth);
    if (ch === '"') {
      const start = this.#at + 1;
      const text = this.#string();
      return { type: 'string', text, raw: this.#text.slice(start, this.#at - 1) };
    }
    if (ch === '-' || (ch >= '0' && ch <= '9' && ch !== '')) return this.#number();
    if (ch === 't') return this.#literal('true', { type: 'bool', value: true });
    if (ch === 'f') return this.#literal('false', { type: 'bool', value: false });
    if (ch === 'n') return this.#literal('null', { type: 'null' });
    return this.fail('looking for beginning of value');
  }

  #literal(word: string, node: JsonNode): JsonNode {
    for (const [i, ch] of [...word].entries()) {
      if (this.#text[this.#at] !== ch)
        this.fail(i === 0 ? 'looking for beginning of value' : `in literal ${word} (expecting ${quoteByte(ch)})`);
      this.#at++;
    }
    return node;
  }

  #object(depth: number): JsonNode {
    this.#at++;
    const entries: (readonly [string, JsonNode])[] = [];
    this.blanks();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return { type: 'object', entries };
    }
    for (;;) {
      this.blanks();
      if (this.#text[this.#at] !== '"') this.fail('looking for beginning of object key string');
      const key = this.#string();
      this.blanks();
      if (this.#text[this.#at] !== ':') this.fail('after object key');
      this.#at++;
      entries.push([key, this.value(depth + 1)]);
      this.blanks();
      const ch = this.#text[this.#at];
      if (ch !== ',' && ch !== '}') this.fail('after object key:value pair');
      this.#at++;
      if (ch === '}') return { type: 'object', entries };
    }
  }

  #array(depth: number): JsonNode {
    this.#at++;
    const items: JsonNode[] = [];
    this.blanks();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return { type: 'array', items };
    }
    for (;;) {
      items.push(this.value(depth + 1));
      this.blanks();
      const ch = this.#text[this.#at];
      if (ch !== ',' && ch !== ']') this.fail('after array element');
      this.#at++;
      if (ch === ']') return { type: 'array', items };
    }
  }

  #string(): string {
    this.#at++;
    let out = '';
    for (;;) {
      const ch = this.#text[this.#at];
      if (ch === undefined || ch < ' ') return this.fail('in string literal');
      this.#at++;
      if (ch === '"') return out;
      if (ch !== '\\') {
        out += ch;
        continue;
      }
      const escape = this.#text[this.#at];
      const plain = escape === undefined ? undefined : ESCAPES[escape];
      if (plain !== undefined) {
        out += plain;
        this.#at++;
      } else if (escape === 'u') {
        this.#at++;
        out += this.#hex();
      } else this.fail('in string escape code');
    }
  }

  #hex(): string {
    let code = 0;
    for (let i = 0; i < 4; i++) {
      const digit = this.#text[this.#at] ?? '';
      if (!/^[0-9a-fA-F]$/.test(digit)) this.fail('in \\u hexadecimal character escape');
      code = code * 16 + Number.parseInt(digit, 16);
      this.#at++;
    }
    return String.fromCharCode(code);
  }

  #number(): JsonNode {
    const start = this.#at;
    const isDigit = (): boolean => /^[0-9]$/.test(this.#text[this.#at] ?? '');
    const digits = (context: string): void => {
      if (!isDigit()) this.fail(context);
      while (isDigit()) this.#at++;
    };
    if (this.#text[this.#at] === '-') this.#at++;
    if (this.#text[this.#at] === '0') this.#at++;
    else digits('in numeric literal');
    if (this.#text[this.#at] === '.') {
      this.#at++;
      digits('after decimal point in numeric literal');
    }
    if (/^[eE]$/.test(this.#text[this.#at] ?? '')) {
      this.#at++;
      if (/^[+-]$/.test(this.#text[this.#at] ?? '')) this.#at++;
      digits('in exponent of numeric literal');
    }
    return { type: 'number', text: this.#text.slice(start, this.#at) };
  }
}
