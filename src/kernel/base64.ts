/** Standard base64 with padding, as Go's encoding/base64 writes and refuses it. */

import type { Bytes } from '#kernel/bytes.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGITS: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (c, i) => [c, i]));

export function base64(bytes: Bytes): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const n = (a << 16) | (b << 8) | c;
    const left = bytes.length - i;
    out +=
      (ALPHABET[n >> 18] ?? '') +
      (ALPHABET[(n >> 12) & 63] ?? '') +
      (left > 1 ? (ALPHABET[(n >> 6) & 63] ?? '') : '=') +
      (left > 2 ? (ALPHABET[n & 63] ?? '') : '=');
  }
  return out;
}

export type Base64Result = { readonly type: 'ok'; readonly bytes: Bytes } | { readonly type: 'error'; readonly message: string };

/** Line breaks are passed over; the offset in an error is Go's. */
export function fromBase64(text: string): Base64Result {
  const corrupt = (at: number): Base64Result => ({ type: 'error', message: `illegal base64 data at input byte ${at}` });
  const out: number[] = [];
  let at = 0;
  const skipBreaks = (): void => {
    while (text[at] === '\n' || text[at] === '\r') at++;
  };
  for (;;) {
    let bits = 0;
    let count = 0;
    for (; count < 4; count++) {
      skipBreaks();
      const ch = text[at];
      if (ch === undefined) {
        if (count === 0) return { type: 'ok', bytes: Uint8Array.from(out) };
        return corrupt(at - count);
      }
      at++;
      const digit = DIGITS.get(ch);
      if (digit !== undefined) {
        bits = bits * 64 + digit;
        continue;
      }
      if (ch !== '=' || count < 2) return corrupt(at - 1);
      skipBreaks();
      if (count === 2) {
        if (at === text.length) return corrupt(text.length);
        if (text[at] !== '=') return corrupt(at - 1);
        at++;
        skipBreaks();
      }
      if (at < text.length) return corrupt(at);
      out.push(count === 2 ? bits >> 4 : bits >> 10);
      if (count === 3) out.push((bits >> 2) & 255);
      return { type: 'ok', bytes: Uint8Array.from(out) };
    }
    out.push((bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
  }
}
