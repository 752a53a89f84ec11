/** From messages to JSON as etcd's gateway writes them: names of the .proto files, 64-bit numbers as strings, zero fields left out. */

import { ENUMS, MESSAGES } from '#api/gen/schema.ts';
import { base64 } from '#kernel/base64.ts';
import type { FieldSchema } from '#api/schema.ts';

/** Text of a JSON string as Go's encoding/json escapes it: `<`, `>` and `&` too. */
export function goJsonString(text: string): string {
  return JSON.stringify(text)
    .replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/(?<!\\)((?:\\\\)*)\\([bf])/g, (_, slashes: string, c: string) => `${slashes}${c === 'b' ? '\\u0008' : '\\u000c'}`);
}

const ENUM_NAMES: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map(
  Object.entries(ENUMS).map(([type, values]) => [type, new Map(Object.entries(values).map(([name, n]) => [n, name]))]),
);

/**
 * Writes a message.
 * @param type full message name
 * @param message a decoded message of that type
 */
export function messageToJson(type: string, message: object): string {
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(message));
  const parts: string[] = [];
  for (const field of MESSAGES[type] ?? []) {
    const json = field.oneof === undefined ? fieldToJson(field, values.get(field.prop)) : caseToJson(field, values.get(field.oneof));
    if (json !== undefined) parts.push(`${goJsonString(field.name)}:${json}`);
  }
  return `{${parts.join(',')}}`;
}

function caseToJson(field: FieldSchema, union: unknown): string | undefined {
  if (typeof union !== 'object' || union === null || !('type' in union) || !('value' in union) || union.type !== field.prop)
    return undefined;
  return valueToJson(field, union.value);
}

function fieldToJson(field: FieldSchema, value: unknown): string | undefined {
  if (field.repeated === true)
    return Array.isArray(value) && value.length > 0 ? `[${value.map((v) => valueToJson(field, v)).join(',')}]` : undefined;
  if (value === undefined || value === 0 || value === 0n || value === false || value === '') return undefined;
  if (value instanceof Uint8Array && value.length === 0) return undefined;
  return valueToJson(field, value);
}

function valueToJson(field: FieldSchema, value: unknown): string {
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  if (typeof value === 'string') return goJsonString(value);
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    const name = field.kind === 'enum' ? ENUM_NAMES.get(field.type ?? '')?.get(value) : undefined;
    return name === undefined ? String(value) : `"${name}"`;
  }
  return typeof value === 'object' && value !== null ? messageToJson(field.type ?? '', value) : 'null';
}
