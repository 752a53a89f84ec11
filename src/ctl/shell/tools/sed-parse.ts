/** The script of `sed`. */

import { CommandProblem } from '#ctl/shell/frame.ts';
import { extendedOf, safeExpression } from '#ctl/shell/tools/expression.ts';

export type Address =
  { readonly type: 'line'; readonly line: number } | { readonly type: 'last' } | { readonly type: 'match'; readonly expression: RegExp };

interface Place {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly negated: boolean;
}

export type SedCommand = Place &
  (
    | {
        readonly type: 's';
        readonly expression: RegExp;
        /** Texts, and numbers of groups. */
        readonly replacement: readonly (string | number)[];
        readonly global: boolean;
        readonly nth: number;
        readonly print: boolean;
      }
    | { readonly type: 'y'; readonly map: ReadonlyMap<string, string> }
    | { readonly type: 'a' | 'i' | 'c'; readonly text: string }
    | { readonly type: 'p' | 'd' | 'q' | '=' }
  );

/** @throws CommandProblem */
export function parseSed(script: string, extended: boolean): readonly SedCommand[] {
  const reader = new Reader(script, extended);
  const commands: SedCommand[] = [];
  for (let next = reader.command(); next !== undefined; next = reader.command()) commands.push(next);
  return commands;
}

const problem = (message: string): CommandProblem => new CommandProblem(`sed: ${message}`);

class Reader {
  readonly #text: string;
  readonly #extended: boolean;
  #at = 0;

  constructor(text: string, extended: boolean) {
    this.#text = text;
    this.#extended = extended;
  }

  #skip(blanks: RegExp): void {
    while (blanks.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  command(): SedCommand | undefined {
    this.#skip(/[\s;]/);
    if (this.#at >= this.#text.length) return undefined;
    const from = this.#address();
    let to: Address | undefined;
    if (from !== undefined && this.#text[this.#at] === ',') {
      this.#at++;
      to = this.#address();
      if (to === undefined) throw problem("unexpected `,'");
    }
    this.#skip(/ /);
    const negated = this.#text[this.#at] === '!';
    if (negated) this.#at++;
    this.#skip(/ /);
    const place = { from, to, negated };
    const name = this.#text[this.#at++] ?? '';
    switch (name) {
      case 's':
        return { ...place, ...this.#substitution() };
      case 'y':
        return { ...place, type: 'y', map: this.#transliteration() };
      case 'p':
      case 'd':
      case 'q':
      case '=':
        return { ...place, type: name };
      case 'a':
      case 'i':
      case 'c': {
        const end = this.#text.indexOf('\n', this.#at + (this.#text.startsWith('\\\n', this.#at) ? 2 : 0));
        const line = this.#text.slice(this.#at, end < 0 ? undefined : end);
        this.#at = end < 0 ? this.#text.length : end;
        return { ...place, type: name, text: line.replace(/^\\?\n?\s*/, '') };
      }
      case '':
        throw problem('missing command');
      default:
        throw problem(`\`${name}' is not supported here (s p d q = a i c y are)`);
    }
  }

  #address(): Address | undefined {
    const rest = this.#text.slice(this.#at);
    const number = /^\d+/.exec(rest)?.[0];
    if (number !== undefined) {
      this.#at += number.length;
      return { type: 'line', line: Number(number) };
    }
    if (rest.startsWith('$')) {
      this.#at++;
      return { type: 'last' };
    }
    if (!rest.startsWith('/') && !rest.startsWith('\\')) return undefined;
    if (rest.startsWith('\\')) this.#at++;
    const source = this.#delimited(this.#text[this.#at++] ?? '/');
    return { type: 'match', expression: this.#expression(source, '') };
  }

  #expression(source: string, flags: string): RegExp {
    return safeExpression(this.#extended ? source : extendedOf(source), flags);
  }

  /** Up to the next delimiter, which is skipped. */
  #delimited(delimiter: string): string {
    let out = '';
    while (this.#at < this.#text.length) {
      const ch = this.#text[this.#at++] ?? '';
      if (ch === delimiter) return out;
      if (ch === '\\') {
        const next = this.#text[this.#at++] ?? '';
        out += next === delimiter ? next : `\\${next}`;
      } else out += ch;
    }
    throw problem("unterminated `s' command or address");
  }

  #substitution(): Extract<SedCommand, { readonly type: 's' }> extends infer S ? Omit<S, keyof Place> : never {
    const delimiter = this.#text[this.#at++] ?? '/';
    const source = this.#delimited(delimiter);
    const by = this.#delimited(delimiter);
    const flags = /^[gIip0-9]*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += flags.length;
    const nth = Number(/\d+/.exec(flags)?.[0] ?? '1');
    const expression = this.#expression(source, /i/i.test(flags) ? 'gi' : 'g');
    return { type: 's', expression, replacement: pieces(by), global: flags.includes('g'), nth, print: flags.includes('p') };
  }

  #transliteration(): ReadonlyMap<string, string> {
    const delimiter = this.#text[this.#at++] ?? '/';
    const from = Array.from(this.#delimited(delimiter));
    const to = Array.from(this.#delimited(delimiter));
    if (from.length !== to.length) throw problem("strings for `y' command are different lengths");
    return new Map(from.map((ch, i) => [ch, to[i] ?? '']));
  }
}

/** `&`, `\1` and text. */
function pieces(by: string): readonly (string | number)[] {
  const out: (string | number)[] = [];
  const parts = by.split(/(\\[\s\S]|&)/);
  for (const part of parts) {
    if (part === '&') out.push(0);
    else if (/^\\\d$/.test(part)) out.push(Number(part.slice(1)));
    else if (part === '\\n') out.push('\n');
    else if (part === '\\t') out.push('\t');
    else if (part.startsWith('\\')) out.push(part.slice(1));
    else if (part !== '') out.push(part);
  }
  return out;
}
