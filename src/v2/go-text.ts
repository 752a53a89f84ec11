/**
 * Go's strings as ours: Go's hold any bytes, and keys and values of the v2 API may be no UTF-8. A byte that belongs to no character
 * is kept as the lone surrogate U+DC80..U+DCFF, which no UTF-8 can name, so that nothing is lost on the way through the log.
 */

import { goJsonString } from '#api/json/encode.ts';
import { compareBytes, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';

const ESCAPE = 0xdc00;
const isEscaped = (code: number): boolean => code >= 0xdc80 && code <= 0xdcff;

/** The length of the UTF-8 character that begins here, 0 if none does. */
function characterAt(bytes: Bytes, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  return fromUtf8(bytes.subarray(at, at + length)).length === (length === 4 ? 2 : 1) ? length : 0;
}

/** Bytes as text; {@link bytesOfText} gives the same bytes back. */
export function textOfBytes(bytes: Bytes): string {
  let text = '';
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = characterAt(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += fromUtf8(bytes.subarray(from, at)) + String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
    from = ++at;
  }
  return text + fromUtf8(bytes.subarray(from));
}

/** The bytes of a text of {@link textOfBytes}. */
export function bytesOfText(text: string): Bytes {
  if (!/[\udc80-\udcff]/.test(text)) return utf8(text);
  const out: number[] = [];
  for (const ch of text) {
    const code = ch.codePointAt(0) ?? 0;
    if (isEscaped(code)) out.push(code - ESCAPE);
    else out.push(...utf8(ch));
  }
  return Uint8Array.from(out);
}

/** A text as Go's encoding/json writes it: what is no UTF-8 as `\ufffd`. */
export const goTextJson = (text: string): string =>
  goJsonString(text).replace(/(?<!\\)((?:\\\\)*)\\udc[89a-f][0-9a-f]/g, (_, slashes: string) => `${slashes}\\ufffd`);

/** Order of Go's strings: by bytes. */
export const compareText = (a: string, b: string): number => compareBytes(bytesOfText(a), bytesOfText(b));
