/** A run as a link (`run=…`: deflated, base64url) and as text for a file. What comes from outside is checked and bounded. */

import { Inflate, deflateSync } from 'fflate';
import { concatBytes, type Bytes } from '#kernel/bytes.ts';
import { decodeRunSpec, encodeRunSpec, type RunSpec, type RunSpecResult } from '#sim/run-spec.ts';

const PREFIX = 'run=';
/** Bytes of a run behind a link, inflated. */
const RUN_BYTES_MAX = 4 * 1024 * 1024;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function toBase64url(bytes: Bytes): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(4, bytes.length - i + 1);
    for (let d = 0; d < digits; d++) text += ALPHABET[(word >> (18 - 6 * d)) & 63] ?? '';
  }
  return text;
}

/** Undefined for text that is no base64url. */
function fromBase64url(text: string): Bytes | undefined {
  if (text.length % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const char of text) {
    const digit = ALPHABET.indexOf(char);
    if (digit === -1) return undefined;
    word = ((word << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = (word >> bits) & 0xff;
  }
  return out;
}

/** The fragment of a link, without `#`. */
export const runToFragment = (spec: RunSpec): string => PREFIX + toBase64url(deflateSync(encodeRunSpec(spec), { level: 9 }));

/** The run as JSON, for a file or a report. */
export const runToFile = (spec: RunSpec): string => `${JSON.stringify({ 'etcd-playground run': 1, ...spec }, undefined, 1)}\n`;

/** The run in a fragment, whichever engine made it; undefined if the fragment names none. */
export function fragmentToRun(fragment: string): RunSpecResult | undefined {
  const part = fragment
    .replace(/^#/, '')
    .split('&')
    .find((p) => p.startsWith(PREFIX));
  if (part === undefined) return undefined;
  const failed = (message: string): RunSpecResult => ({ type: 'error', where: '', message });
  const bytes = fromBase64url(part.slice(PREFIX.length));
  if (bytes === undefined || bytes.length === 0) return failed('the link is cut off or holds characters that do not belong there');
  const inflated = inflate(bytes);
  if (typeof inflated === 'string') return failed(inflated);
  return decodeRunSpec(inflated);
}

/** A text says what is wrong. */
function inflate(bytes: Bytes): Bytes | string {
  const parts: Bytes[] = [];
  let size = 0;
  try {
    const stream = new Inflate((chunk) => {
      size += chunk.length;
      if (size > RUN_BYTES_MAX) throw new RangeError('too large');
      parts.push(chunk);
    });
    const CHUNK = 16 * 1024;
    for (let at = 0; at < bytes.length; at += CHUNK) stream.push(bytes.slice(at, at + CHUNK), at + CHUNK >= bytes.length);
  } catch (error) {
    if (error instanceof RangeError) return `the run behind the link is larger than ${RUN_BYTES_MAX / 1024 / 1024} MiB`;
    return 'the link is cut off or damaged';
  }
  return concatBytes(parts);
}
