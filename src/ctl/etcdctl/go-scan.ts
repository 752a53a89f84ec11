/**
 * Text as Go reads it where etcdctl takes lines of its own: quoted words by `fmt.Sscanf`'s `%q` and `strconv.Unquote`, and the way `txn` and `watch -i`
 * cut a line into words (with etcdctl's oddities, recorded from 3.4.23).
 */

import { concatBytes, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { Exit, fail } from '#ctl/etcdctl/script.ts';

const PLAIN_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
]);
const NUMBER_ESCAPE = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;
const RUNE_MAX = 0x10ffff;

/** One escape after its backslash: its bytes and how many characters it takes; undefined if Go knows none such. */
function readEscape(text: string): { readonly bytes: Bytes; readonly length: number } | undefined {
  const plain = PLAIN_ESCAPES.get(text.slice(0, 1));
  if (plain !== undefined) return { bytes: utf8(plain), length: 1 };
  const match = NUMBER_ESCAPE.exec(text);
  if (match === null) return undefined;
  const [whole, hex, octal, short, long] = match;
  const byte = hex === undefined ? (octal === undefined ? undefined : Number.parseInt(octal, 8)) : Number.parseInt(hex, 16);
  if (byte !== undefined) return byte > 255 ? undefined : { bytes: Uint8Array.of(byte), length: whole.length };
  const rune = Number.parseInt(short ?? long ?? '', 16);
  if (rune > RUNE_MAX || (rune >= 0xd800 && rune <= 0xdfff)) return undefined;
  return { bytes: utf8(String.fromCodePoint(rune)), length: whole.length };
}

/** The inside of a Go string in double quotes. @returns its bytes, for escapes may stand for any; undefined if an escape is none of Go's */
function unquote(inside: string): Bytes | undefined {
  const pieces: Bytes[] = [];
  for (let at = 0; at < inside.length;) {
    const slash = inside.indexOf('\\', at);
    const end = slash < 0 ? inside.length : slash;
    if (end > at) pieces.push(utf8(inside.slice(at, end)));
    if (slash < 0) break;
    const escape = readEscape(inside.slice(slash + 1));
    if (escape === undefined) return undefined;
    pieces.push(escape.bytes);
    at = slash + 1 + escape.length;
  }
  return concatBytes(pieces);
}

/** A quoted word, and what follows it. */
export interface Quoted {
  readonly value: Bytes;
  readonly rest: string;
}

/** Reads a word in double or back quotes, after blanks, as `%q` does; undefined if there is none, or one that Go cannot read. */
export function scanQuoted(text: string): Quoted | undefined {
  const match = /^[\t\v\f\r ]*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/su.exec(text);
  if (match === null) return undefined;
  const [whole, double, back = ''] = match;
  const value = double === undefined ? utf8(back) : unquote(double);
  return value === undefined ? undefined : { value, rest: text.slice(whole.length) };
}

/**
 * The words of a line of `txn` or of `watch -i`. A quote that is not closed is passed over. Of a word in single quotes etcdctl keeps as many bytes as the
 * line has words less two, counted from the quote on; where it would fall over for that (more than there are), the word is taken as it was meant.
 */
export function lineWords(line: string): readonly string[] {
  const words = line.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^'"\t\n\f\r ][^\t\n\f\r ]*[^'"\t\n\f\r ]?/gu) ?? [];
  return words.map((word) => {
    if (word.startsWith("'")) return singleQuoted(word, words.length);
    if (!word.startsWith('"')) return word;
    const quoted = scanQuoted(word);
    return quoted === undefined ? fail(Exit.InvalidInput, 'invalid syntax') : fromUtf8(quoted.value);
  });
}

function singleQuoted(word: string, count: number): string {
  const bytes = utf8(word);
  const end = count - 1;
  return end < 1 || end > bytes.length ? word.slice(1, -1) : fromUtf8(bytes.slice(1, end));
}
