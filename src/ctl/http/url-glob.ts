/** URL globbing, as curl does it: `{a,b}` and `[1-9]`, `[01-10:2]`, `[a-z]` stand for several addresses; the last one varies fastest. */

type Glob =
  | { readonly type: 'set'; readonly values: readonly string[] }
  /** `from`, `from + step`, …: numbers with at least `width` digits, or the codes of letters. */
  | {
      readonly type: 'range';
      readonly from: number;
      readonly step: number;
      readonly count: number;
      readonly width: number;
      readonly letters: boolean;
    };

/** An address with its globs. */
export interface UrlGlob {
  readonly parts: readonly (string | Glob)[];
  /** How many addresses it stands for, at least 1. */
  readonly count: number;
}

/** `position` counts from 1. */
export type UrlGlobResult =
  { readonly type: 'ok'; readonly glob: UrlGlob } | { readonly type: 'error'; readonly message: string; readonly position: number };

/** curl has the same limit. */
const GLOBS_MAX = 100;

const problem = (message: string, position: number): UrlGlobResult => ({ type: 'error', message, position });

/** Reads an address. */
export function parseUrlGlob(url: string): UrlGlobResult {
  const parts: (string | Glob)[] = [];
  let text = '';
  let count = 1;
  for (let at = 0; at < url.length;) {
    const ch = url[at] ?? '';
    const literal = literalAt(url, at);
    if (literal !== undefined) {
      text += literal.text;
      at = literal.end;
    } else if (ch === '{' || ch === '[') {
      const read = ch === '{' ? readSet(url, at) : readRange(url, at);
      if (read.type === 'error') return read;
      parts.push(text, read.glob);
      text = '';
      at = read.end;
      count *= globCount(read.glob);
      if (parts.length > 2 * GLOBS_MAX) return problem('too many globs', at);
      if (!Number.isSafeInteger(count)) return problem('range overflow', at);
    } else return problem('unmatched close brace/bracket', at + 1);
  }
  return { type: 'ok', glob: { parts: [...parts, text], count } };
}

/** The address of that index, from 0, and what each glob stands for in it. */
export function urlAt(glob: UrlGlob, index: number): { readonly url: string; readonly values: readonly string[] } {
  let rest = index;
  let url = '';
  const values: string[] = [];
  for (const part of glob.parts.toReversed()) {
    if (typeof part === 'string') url = part + url;
    else {
      const count = globCount(part);
      const value = globValue(part, rest % count);
      rest = Math.floor(rest / count);
      values.unshift(value);
      url = value + url;
    }
  }
  return { url, values };
}

const globCount = (glob: Glob): number => (glob.type === 'set' ? glob.values.length : glob.count);

function globValue(glob: Glob, index: number): string {
  if (glob.type === 'set') return glob.values[index] ?? '';
  const value = glob.from + index * glob.step;
  return glob.letters ? String.fromCharCode(value) : String(value).padStart(glob.width, '0');
}

/** What begins no glob: other characters, `\[`, `[]`, an IPv6 address. */
function literalAt(url: string, at: number): { readonly text: string; readonly end: number } | undefined {
  const ch = url[at] ?? '';
  const next = url[at + 1] ?? '';
  if (ch === '\\' && next !== '' && '{}[]'.includes(next)) return { text: next, end: at + 2 };
  if (ch === '[') {
    const address = /^\[(?:|[0-9a-fA-F.]*:[0-9a-fA-F.]*:[0-9a-fA-F.:]*(?:%[\w.-]+)?)\]/.exec(url.slice(at, at + 64))?.[0];
    return address === undefined ? undefined : { text: address, end: at + address.length };
  }
  return '{}]'.includes(ch) ? undefined : { text: ch, end: at + 1 };
}

type GlobRead =
  | { readonly type: 'ok'; readonly glob: Glob; readonly end: number }
  | { readonly type: 'error'; readonly message: string; readonly position: number };

function readSet(url: string, start: number): GlobRead {
  const failed = (message: string, position: number): GlobRead => ({ type: 'error', message, position });
  const values: string[] = [];
  let value = '';
  for (let at = start + 1; at < url.length; at++) {
    const ch = url[at] ?? '';
    if (ch === '}') {
      if (values.length === 0 && value === '') return failed('empty string within braces', at + 1);
      return { type: 'ok', glob: { type: 'set', values: [...values, value] }, end: at + 1 };
    }
    if (ch === '{' || ch === '[') return failed('nested brace', at + 1);
    if (ch === ']') return failed('unexpected close bracket', at + 1);
    if (ch === ',') {
      values.push(value);
      value = '';
    } else if (ch === '\\' && at + 1 < url.length) value += url[++at] ?? '';
    else value += ch;
  }
  return failed('unmatched brace', start + 1);
}

/** Where curl sees a bad range: after it, or after the part that it could read. */
function readRange(url: string, start: number): GlobRead {
  const bad = (position: number): GlobRead => ({ type: 'error', message: 'bad range', position });
  const rest = url.slice(start);
  const match = /^\[(?:(\d+)-(\d+)|([A-Za-z])-([A-Za-z]))(?::(\d+))?\]/.exec(rest);
  if (match === null) return bad(start + (/^\[\d+-/.exec(rest)?.[0].length ?? 1) + 1);
  const [whole, low, high, first = '', last = '', stepText] = match;
  const letters = low === undefined;
  const from = letters ? first.charCodeAt(0) : Number(low);
  const to = letters ? last.charCodeAt(0) : Number(high);
  const step = Number(stepText ?? '1');
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return bad(start + (low ?? '').length + 3);
  const isBad = step < 1 || to < from || (to === from ? step !== 1 : step > to - from) || (letters && to - from > 25);
  if (isBad) return bad(start + whole.length + 1);
  const width = low?.startsWith('0') === true ? low.length : 0;
  return {
    type: 'ok',
    glob: { type: 'range', from, step, count: Math.floor((to - from) / step) + 1, width, letters },
    end: start + whole.length,
  };
}
