/** Bytes as people read them: text where they are text, hex otherwise, JSON laid out. */

import { fromUtf8, type Bytes } from '#kernel/bytes.ts';

function isControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if ((c < 0x20 && c !== 0x0a && c !== 0x09) || c === 0x7f) return true;
  }
  return false;
}

/** The text of bytes that are one; undefined if they are not UTF-8, or hold control characters. */
export function textOf(bytes: Bytes): string | undefined {
  const text = fromUtf8(bytes);
  return text.includes('\ufffd') || isControl(text) ? undefined : text;
}

/** Text as it is; other bytes as `\xNN`. */
export function showBytes(bytes: Bytes): string {
  return (
    textOf(bytes) ??
    Array.from(bytes, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`)).join('')
  );
}

/** On one line, for a row of a list. */
export function showLine(bytes: Bytes, max = 120): string {
  const text = showBytes(bytes.length > max ? bytes.slice(0, max) : bytes).replaceAll('\n', '⏎');
  return bytes.length > max ? `${text}…` : text;
}

const HEX_COLUMNS = 8;

/** `00000000  61 62 …  ab…`, eight bytes a line. */
export function hexDump(bytes: Bytes): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += HEX_COLUMNS) {
    const row = bytes.subarray(at, at + HEX_COLUMNS);
    const hex = Array.from(row, (b) => b.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(row, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(HEX_COLUMNS * 3 - 1)}  ${text}`);
  }
  return lines.join('\n');
}

/** Laid out with two blanks a level; undefined if it is no object or list in JSON. */
export function prettyJson(bytes: Bytes): string | undefined {
  const text = textOf(bytes);
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return undefined;
  }
}

/** Bytes as a key that objects and maps can hold; not for showing. */
export const byteId = (bytes: Bytes): string => String.fromCharCode(...bytes.subarray(0, 4096));

/** A word of a shell line for bytes: quoted where it has to be, `$'\xNN'` where they are no text. */
export function shellWord(bytes: Bytes): string {
  const text = textOf(bytes);
  if (text === undefined)
    return `$'${Array.from(bytes, (b) => (b >= 0x20 && b < 0x7f && b !== 0x27 && b !== 0x5c ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`)).join('')}'`;
  if (text === '') return "''";
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether a range is all keys that begin with `key`. */
export function isPrefix(key: Bytes, rangeEnd: Bytes): boolean {
  const last = key[key.length - 1];
  if (last === undefined || last === 0xff || rangeEnd.length !== key.length) return false;
  return rangeEnd.every((b, i) => b === (i === key.length - 1 ? last + 1 : key[i]));
}
