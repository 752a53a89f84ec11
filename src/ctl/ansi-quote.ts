/** `$'…'`: a word with everything in it that a line of text cannot hold, written as bash writes and reads it. */

import type { Piece } from '#ctl/lexer.ts';

const NAMED: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Reads from the `$` on. A backslash before another character stays. */
export function readAnsiQuoted(line: string, start: number): Piece {
  const parts: string[] = [];
  const piece = /[^'\\]+|\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([\s\S]))/y;
  let at = start + 2;
  while (at < line.length) {
    if (line[at] === "'") return { type: 'piece', text: parts.join(''), end: at + 1 };
    piece.lastIndex = at;
    const match = piece.exec(line);
    if (match === null) break;
    const [whole, byte, unit, named] = match;
    const code = byte ?? unit;
    if (code !== undefined) parts.push(String.fromCharCode(parseInt(code, 16)));
    else parts.push(named === undefined ? whole : (NAMED[named] ?? whole));
    at += whole.length;
  }
  return { type: 'error', message: "missing closing '", column: start + 1 };
}

const WRITTEN: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\\': '\\\\', "'": "\\'" };

/** Writes a word so that {@link readAnsiQuoted} reads it back. */
export const quoteAnsi = (text: string): string =>
  `$'${text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\\']/gu, (ch) => WRITTEN[ch] ?? `\\u${ch.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`;
