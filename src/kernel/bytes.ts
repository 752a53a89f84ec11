/** Byte strings: comparison in etcd's order, hex, UTF-8, concatenation. The engine has no TextEncoder, so UTF-8 is here. */

export type Bytes = Uint8Array<ArrayBufferLike>;

export const EMPTY_BYTES: Bytes = new Uint8Array(0);

/** Lexicographic order of unsigned bytes, shorter first on a tie: negative, 0 or positive. */
export function compareBytes(a: Bytes, b: Bytes): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = (a[i] ?? 0) - (b[i] ?? 0);
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

export const equalBytes = (a: Bytes, b: Bytes): boolean => a.length === b.length && compareBytes(a, b) === 0;

export function concatBytes(parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const p of parts) length += p.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** Lower-case hex, two digits a byte. */
export function toHex(bytes: Bytes): string {
  let s = '';
  for (const b of bytes) s += HEX[b] ?? '';
  return s;
}

/** Encodes text as UTF-8; a lone surrogate becomes U+FFFD, as TextEncoder does. A value may have megabytes: no list of its bytes is made first. */
export function utf8(text: string): Bytes {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x80) return utf8BeyondAscii(text);
    out[i] = c;
  }
  return out;
}

function utf8BeyondAscii(text: string): Bytes {
  // A unit of UTF-16 takes three bytes at most, two of them together four.
  const out = new Uint8Array(3 * text.length);
  let size = 0;
  for (const ch of text) {
    let c = ch.codePointAt(0) ?? 0;
    if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd;
    if (c < 0x80) out[size++] = c;
    else {
      if (c < 0x800) out[size++] = 0xc0 | (c >> 6);
      else {
        if (c < 0x10000) out[size++] = 0xe0 | (c >> 12);
        else {
          out[size++] = 0xf0 | (c >> 18);
          out[size++] = 0x80 | ((c >> 12) & 63);
        }
        out[size++] = 0x80 | ((c >> 6) & 63);
      }
      out[size++] = 0x80 | (c & 63);
    }
  }
  return out.slice(0, size);
}

/** Decodes UTF-8; every malformed byte becomes U+FFFD. */
export function fromUtf8(bytes: Bytes): string {
  let s = '';
  let i = 0;
  while (i < bytes.length) {
    const b = bytes[i] ?? 0;
    const extra = b < 0x80 ? 0 : b >= 0xc2 && b < 0xe0 ? 1 : b >= 0xe0 && b < 0xf0 ? 2 : b >= 0xf0 && b < 0xf5 ? 3 : -1;
    let c = extra === 0 ? b : extra === 1 ? b & 31 : extra === 2 ? b & 15 : b & 7;
    let ok = extra >= 0 && i + extra < bytes.length;
    for (let k = 1; ok && k <= extra; k++) {
      const n = bytes[i + k] ?? 0;
      if ((n & 0xc0) !== 0x80) ok = false;
      else c = (c << 6) | (n & 63);
    }
    if (ok && ((extra === 2 && (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))) || (extra === 3 && (c < 0x10000 || c > 0x10ffff)))) ok = false;
    s += ok ? String.fromCodePoint(c) : '\ufffd';
    i += ok ? extra + 1 : 1;
  }
  return s;
}
