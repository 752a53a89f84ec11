/** Go's `%q` for byte strings, which etcd prints entries with. */

import type { Bytes } from '#kernel/bytes.ts';
import { fromUtf8 } from '#kernel/bytes.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Length in bytes of the well-formed UTF-8 character at `at`; 0 if there is none. */
function characterLength(bytes: Bytes, at: number): number {
  const b = bytes[at] ?? 0;
  const n = b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
  return fromUtf8(bytes.subarray(at, at + n)).includes('\ufffd') && !isReplacement(bytes, at) ? 0 : n;
}

/** U+FFFD itself is a character like any other. */
const isReplacement = (bytes: Bytes, at: number): boolean => bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function quoteCharacter(character: string): string {
  const escape = ESCAPES[character];
  if (escape !== undefined) return escape;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** Bytes as a Go string literal; bytes that are no UTF-8 become `\xNN`. */
export function quoteGo(bytes: Bytes): string {
  let text = '"';
  for (let at = 0; at < bytes.length;) {
    const n = characterLength(bytes, at);
    if (n === 0) {
      text += `\\x${hex(bytes[at] ?? 0, 2)}`;
      at += 1;
    } else {
      text += quoteCharacter(fromUtf8(bytes.subarray(at, at + n)));
      at += n;
    }
  }
  return `${text}"`;
}
