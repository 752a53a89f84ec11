/** Values as Go prints them: %q of bytes, encoding/json, %x of ids, human sizes. */

import { equalBytes, fromUtf8, toHex, utf8, type Bytes } from '#kernel/bytes.ts';
import { MESSAGES } from '#api/gen/schema.ts';
import { base64 } from '#kernel/base64.ts';
import { goJsonString } from '#api/json/encode.ts';
import type { FieldSchema } from '#api/schema.ts';
import { goQuote } from '#ctl/duration.ts';

/** Bytes as %q prints a string: text where it is UTF-8, \x escapes where it is not. */
export function quoteBytes(bytes: Bytes): string {
  const text = fromUtf8(bytes);
  if (equalBytes(utf8(text), bytes)) return goQuote(text);
  let out = '';
  for (let i = 0; i < bytes.length;) {
    let taken = 0;
    for (let n = 4; n >= 1 && taken === 0; n--) {
      const piece = bytes.subarray(i, i + n);
      const ch = fromUtf8(piece);
      if (piece.length === n && [...ch].length === 1 && equalBytes(utf8(ch), piece)) {
        out += goQuote(ch).slice(1, -1);
        taken = n;
      }
    }
    if (taken === 0) {
      out += `\\x${toHex(bytes.subarray(i, i + 1))}`;
      taken = 1;
    }
    i += taken;
  }
  return `"${out}"`;
}

/** Bytes as etcdctl's --hex prints them: `\x66\x6f`. */
export const hexBytes = (bytes: Bytes): string => toHex(bytes).replace(/../g, '\\x$&');

/** An unsigned id as %x prints it. */
export const hexId = (id: bigint): string => id.toString(16);
/** A lease id as %016x prints it. */
export const leaseHex = (id: bigint): string => (id < 0n ? `-${(-id).toString(16).padStart(15, '0')}` : id.toString(16).padStart(16, '0'));

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Bytes with decimal units, two digits below ten: `20 kB`, `3.0 MB`. */
export function humanSize(bytes: bigint): string {
  const value = Number(bytes);
  if (value < 10) return `${value} B`;
  const exponent = Math.min(Math.floor(Math.log(value) / Math.log(1000) + 1e-12), SIZE_UNITS.length - 1);
  const scaled = Math.floor((value / 1000 ** exponent) * 10 + 0.5) / 10;
  return `${scaled < 10 ? scaled.toFixed(1) : roundHalfEven(scaled)} ${SIZE_UNITS[exponent] ?? ''}`;
}

/** Go's %.0f: a half goes to the even neighbour, so 20480 bytes are 20 kB. */
function roundHalfEven(value: number): number {
  const low = Math.floor(value);
  return value - low === 0.5 ? low + (low % 2) : Math.round(value);
}

/** A JSON value with the order of keys kept and numbers of any size. */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject;
export class JsonObject {
  readonly entries: readonly (readonly [string, Json])[];
  constructor(entries: readonly (readonly [string, Json])[]) {
    this.entries = entries;
  }
}
/** Builds an object; entries of undefined are left out. */
export const jsonObject = (...entries: readonly (readonly [string, Json | undefined])[]): JsonObject =>
  new JsonObject(entries.flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const])));

/** Prints as Go's encoding/json does: no blanks, `<`, `>` and `&` escaped. */
export function goJson(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return goJsonString(value);
  if (value instanceof JsonObject) return `{${value.entries.map(([k, v]) => `${goJsonString(k)}:${goJson(v)}`).join(',')}}`;
  if (typeof value === 'object') return `[${value.map(goJson).join(',')}]`;
  return String(value);
}

const pascal = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/**
 * A message as Go's encoding/json prints etcd's generated structs: zero fields left out, bytes in base64, enums as numbers, a union as
 * an object of its Go names.
 * @param message a generated message of that type
 */
export function messageJson(type: string, message: object): JsonObject {
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(message));
  const entries: (readonly [string, Json])[] = [];
  const unions = new Set<string>();
  for (const field of MESSAGES[type] ?? []) {
    if (field.oneof !== undefined) {
      if (unions.has(field.oneof)) continue;
      unions.add(field.oneof);
      const union = unionJson(MESSAGES[type] ?? [], values.get(field.oneof));
      if (union !== undefined) entries.push([pascal(field.oneof), union]);
      continue;
    }
    const json = fieldJson(field, values.get(field.prop));
    if (json !== undefined) entries.push([field.name, json]);
  }
  return new JsonObject(entries);
}

function unionJson(fields: readonly FieldSchema[], value: unknown): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('value' in value)) return undefined;
  const field = fields.find((f) => f.prop === value.type);
  if (field === undefined) return undefined;
  return jsonObject([pascal(field.prop), scalarJson(field, value.value)]);
}

/** Undefined for a zero value. */
function fieldJson(field: FieldSchema, value: unknown): Json | undefined {
  if (field.repeated === true) return Array.isArray(value) && value.length > 0 ? value.map((v) => scalarJson(field, v)) : undefined;
  if (value === undefined || value === 0 || value === 0n || value === false || value === '') return undefined;
  if (value instanceof Uint8Array && value.length === 0) return undefined;
  return scalarJson(field, value);
}

function scalarJson(field: FieldSchema, value: unknown): Json {
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  return typeof value === 'object' && value !== null && field.type !== undefined ? messageJson(field.type, value) : null;
}
