/** What echo and printf print. */

import { CommandProblem } from '#ctl/shell/frame.ts';
import { concatBytes, utf8, type Bytes } from '#kernel/bytes.ts';

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, '\\': 92, e: 27, '"': 34, "'": 39 };

/** Escapes as bytes, so that `\xff` is that byte. */
function unescape(text: string): Bytes {
  const parts: Bytes[] = [];
  let last = 0;
  for (const match of text.matchAll(/\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|0?[0-7]{1,3}|[ntrabfve\\"'])/g)) {
    const [whole, code = ''] = match;
    parts.push(utf8(text.slice(last, match.index)));
    last = match.index + whole.length;
    if (code.startsWith('u')) parts.push(utf8(String.fromCharCode(Number.parseInt(code.slice(1), 16))));
    else if (code.startsWith('x')) parts.push(Uint8Array.of(Number.parseInt(code.slice(1), 16)));
    else if (/^\d/.test(code)) parts.push(Uint8Array.of(Number.parseInt(code, 8) & 255));
    else parts.push(Uint8Array.of(ESCAPES[code] ?? 0));
  }
  return concatBytes([...parts, utf8(text.slice(last))]);
}

/** `echo` with `-n`, `-e`, `-E`. */
export function echoText(args: readonly string[]): Bytes {
  const end = args.findIndex((a) => !/^-[neE]+$/.test(a));
  const flags = args.slice(0, end < 0 ? args.length : end).join('');
  const text = args.slice(end < 0 ? args.length : end).join(' ');
  const cut = flags.includes('e') ? text.indexOf('\\c') : -1;
  const body = flags.includes('e') ? unescape(cut < 0 ? text : text.slice(0, cut)) : utf8(text);
  return flags.includes('n') || cut >= 0 ? body : concatBytes([body, utf8('\n')]);
}

/** `printf`: the format is used again until all arguments are. @throws CommandProblem */
export function format(text: string, args: readonly string[]): Bytes {
  const parts: Bytes[] = [];
  let at = 0;
  do {
    const before = at;
    const pieces = text.split(/(%[-+ 0#]*\d*(?:\.\d+)?[a-zA-Z%])/);
    for (const piece of pieces) {
      const match = /^%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])$/.exec(piece);
      if (match === null) {
        parts.push(unescape(piece));
        continue;
      }
      const [, flags = '', width = '', precision, kind = ''] = match;
      if (kind === '%') parts.push(utf8('%'));
      else parts.push(pad(convert(kind, args[at++] ?? '', precision), flags, Number(width === '' ? '0' : width)));
    }
    if (at === before) break;
  } while (at < args.length);
  return concatBytes(parts);
}

function convert(kind: string, arg: string, precision: string | undefined): Bytes {
  switch (kind) {
    case 's':
      return utf8(precision === undefined ? arg : arg.slice(0, Number(precision)));
    case 'b':
      return unescape(arg);
    case 'q':
      return utf8(/^[\w./:-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`);
    case 'c':
      return utf8(arg.slice(0, 1));
    case 'd':
    case 'i':
    case 'u':
      return utf8(String(numberOf(arg)));
    case 'x':
      return utf8(numberOf(arg).toString(16));
    case 'X':
      return utf8(numberOf(arg).toString(16).toUpperCase());
    case 'o':
      return utf8(numberOf(arg).toString(8));
    case 'f':
    case 'e':
    case 'g':
      return utf8(kind === 'e' ? Number(arg).toExponential(Number(precision ?? '6')) : Number(arg).toFixed(Number(precision ?? '6')));
    default:
      throw new CommandProblem(`printf: '${kind}': invalid format character`);
  }
}

function numberOf(text: string): bigint {
  if (text === '') return 0n;
  if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
  if (/^-?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
  throw new CommandProblem(`printf: ${text}: invalid number`);
}

const WIDTH_MAX = 100_000;

function pad(data: Bytes, flags: string, width: number): Bytes {
  const missing = Math.min(width, WIDTH_MAX) - data.length;
  if (missing <= 0) return data;
  const fill = new Uint8Array(missing).fill(flags.includes('0') && !flags.includes('-') ? 48 : 32);
  return flags.includes('-') ? concatBytes([data, new Uint8Array(missing).fill(32)]) : concatBytes([fill, data]);
}
