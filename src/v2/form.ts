/**
 * Addresses and forms as Go's net/url and net/http read them, with their error texts. Text is taken byte by byte, since both may hold any.
 */

import { bytesOfText, textOfBytes } from '#v2/go-text.ts';
import { utf8, type Bytes } from '#kernel/bytes.ts';

/** Go reads no longer form (maxFormSize). */
const FORM_BYTES_MAX = 10 * 1024 * 1024;

/** Values by name, in their order; those of the body come before those of the query. */
export type Form = ReadonlyMap<string, readonly string[]>;

export type FormResult = { readonly ok: true; readonly form: Form } | { readonly ok: false; readonly message: string };
type Unescaped = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

function hexDigit(byte: number | undefined): number {
  const digit = byte === undefined ? NaN : parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? -1 : digit;
}

/** A string as Go quotes it (strconv.Quote), for the few bytes of an error. */
export function goQuote(text: string): string {
  const escape = (code: number): string => {
    const short = new Map([
      [7, '\\a'],
      [8, '\\b'],
      [9, '\\t'],
      [10, '\\n'],
      [11, '\\v'],
      [12, '\\f'],
      [13, '\\r'],
    ]).get(code);
    return short ?? `\\x${(code & 0xff).toString(16).padStart(2, '0')}`;
  };
  const body = text
    .replace(/["\\]/g, (ch) => `\\${ch}`)
    .replace(/[\u0000-\u001f\u007f]|[\udc80-\udcff](?<![\ud800-\udbff].)/g, (ch) => escape(ch.charCodeAt(0)));
  return `"${body}"`;
}

/** Undoes percent-encoding. @param plusIsSpace in a query, not in a path */
function unescape(bytes: Bytes, plusIsSpace: boolean): Unescaped {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === PERCENT) {
      const [high, low] = [hexDigit(bytes[i + 1]), hexDigit(bytes[i + 2])];
      if (high < 0 || low < 0) return { ok: false, message: `invalid URL escape ${goQuote(textOfBytes(bytes.subarray(i, i + 3)))}` };
      out.push(high * 16 + low);
      i += 2;
    } else out.push(plusIsSpace && byte === PLUS ? SPACE : byte);
  }
  return { ok: true, text: textOfBytes(Uint8Array.from(out)) };
}

/** The path of a request's target, without its escapes; undefined where Go answers 400. @param path as it was sent, without the query */
export function decodePath(path: string): string | undefined {
  if (!path.includes('%')) return path;
  const unescaped = unescape(utf8(path), false);
  return unescaped.ok ? unescaped.text : undefined;
}

/** A path as Go writes it into a Location header. */
export function encodePath(path: string): string {
  let out = '';
  for (const byte of bytesOfText(path)) {
    const ch = String.fromCharCode(byte);
    out += /[A-Za-z0-9$&+,/:;=@._~-]/.test(ch) ? ch : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function splitAt(bytes: Bytes, separator: number): Bytes[] {
  const parts: Bytes[] = [];
  let from = 0;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, from)) {
    parts.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return [...parts, bytes.subarray(from)];
}

const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

/** Reads `a=1&b=2` into a form. @returns the error that Go reports, '' if there is none */
function readQuery(bytes: Bytes, form: Map<string, string[]>): string {
  let message = '';
  for (const part of splitAt(bytes, AMPERSAND)) {
    if (part.includes(SEMICOLON)) {
      message = 'invalid semicolon separator in query';
      continue;
    }
    if (part.length === 0) continue;
    const cut = part.indexOf(EQUALS);
    const name = unescape(cut < 0 ? part : part.subarray(0, cut), true);
    const value = unescape(cut < 0 ? new Uint8Array(0) : part.subarray(cut + 1), true);
    if (name.ok && value.ok) form.set(name.text, [...(form.get(name.text) ?? []), value.text]);
    else if (message === '') message = !name.ok ? name.message : value.ok ? '' : value.message;
  }
  return message;
}

interface FormRequest {
  readonly method: string;
  /** Without its `?`. */
  readonly query: string;
  readonly contentType: string;
  readonly body: Bytes;
}

/** Reads the form of a request: the body's of POST, PUT and PATCH, then the query's. */
export function parseForm({ method, query, contentType, body }: FormRequest): FormResult {
  const form = new Map<string, string[]>();
  let message = '';
  const isForm = contentType.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded';
  if (isForm && (method === 'POST' || method === 'PUT' || method === 'PATCH')) {
    message = body.length > FORM_BYTES_MAX ? 'http: POST too large' : readQuery(body, form);
  }
  const queryMessage = readQuery(utf8(query), form);
  const error = message === '' ? queryMessage : message;
  return error === '' ? { ok: true, form } : { ok: false, message: error };
}
