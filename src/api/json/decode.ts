/**
 * From JSON to messages as etcd's gateway (grpc-gateway v1 with jsonpb) reads them: both spellings of names, 64-bit numbers as strings or
 * numbers, enums as names or numbers, bytes in base64, unknown fields ignored. Error texts are the gateway's.
 */

import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { ENUMS, MESSAGES } from '#api/gen/schema.ts';
import { fromBase64 } from '#kernel/base64.ts';
import { scanJson, scanWholeJson, type JsonNode } from '#api/json/scan.ts';
import type { FieldSchema } from '#api/schema.ts';

/** A message as its codec takes it. */
export type Message = Readonly<Record<string, unknown>>;
export type DecodeResult = { readonly type: 'ok'; readonly message: Message } | { readonly type: 'error'; readonly message: string };

/** Thrown within this file only. */
class JsonProblem extends Error {}

/**
 * Reads a request.
 * @param type full message name, such as `etcdserverpb.PutRequest`
 * @param text an empty one is the empty message
 */
export function messageFromJson(type: string, text: string): DecodeResult {
  const scanned = scanJson(text);
  if (scanned.type === 'error') return scanned.message === 'EOF' ? { type: 'ok', message: zeroMessage(type) } : scanned;
  try {
    return { type: 'ok', message: readMessage(type, scanned.node) };
  } catch (error) {
    if (error instanceof JsonProblem) return { type: 'error', message: error.message };
    throw error;
  }
}

function zeroValue(field: FieldSchema): unknown {
  if (field.repeated === true) return [];
  switch (field.kind) {
    case 'bytes':
      return EMPTY_BYTES;
    case 'string':
      return '';
    case 'int64':
    case 'uint64':
      return 0n;
    case 'uint32':
    case 'enum':
      return 0;
    case 'bool':
      return false;
    case 'message':
      return undefined;
  }
}

function zeroMessage(type: string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of MESSAGES[type] ?? []) out[field.oneof ?? field.prop] = field.oneof === undefined ? zeroValue(field) : undefined;
  return out;
}

const shown = (node: JsonNode): string => (node.type === 'bool' ? 'bool' : node.type);
const mismatch = (node: JsonNode, goType: string): never => {
  throw new JsonProblem(`json: cannot unmarshal ${shown(node)} into Go value of type ${goType}`);
};

function readMessage(type: string, node: JsonNode): Message {
  const out = zeroMessage(type);
  if (node.type === 'null') return out;
  if (node.type !== 'object') return mismatch(node, 'map[string]json.RawMessage');
  const values = new Map(node.entries);
  for (const field of MESSAGES[type] ?? []) {
    // When both spellings are there the camelCase one counts.
    const value = values.get(field.prop) ?? values.get(field.name);
    if (value === undefined || value.type === 'null') continue;
    if (field.oneof !== undefined) out[field.oneof] = { type: field.prop, value: readScalar(field, value) };
    else if (field.repeated === true)
      out[field.prop] = value.type === 'array' ? value.items.map((item) => readScalar(field, item)) : mismatch(value, '[]json.RawMessage');
    else out[field.prop] = readScalar(field, value);
  }
  return out;
}

function readScalar(field: FieldSchema, node: JsonNode): unknown {
  switch (field.kind) {
    case 'message':
      return readMessage(field.type ?? '', node);
    case 'bytes': {
      if (node.type === 'null') return EMPTY_BYTES;
      // Go reads a list of numbers into bytes as well.
      if (node.type === 'array') return Uint8Array.from(node.items, (item) => (item.type === 'null' ? 0 : readByte(item)));
      if (node.type !== 'string') return mismatch(node, '[]uint8');
      const decoded = fromBase64(node.text);
      if (decoded.type === 'error') throw new JsonProblem(decoded.message);
      return decoded.bytes;
    }
    case 'string':
      return node.type === 'string' ? node.text : mismatch(node, 'string');
    case 'bool':
      return node.type === 'bool' ? node.value : mismatch(node, 'bool');
    case 'int64':
      return readInteger(node, 'int64', -(2n ** 63n), 2n ** 63n - 1n);
    case 'uint64':
      return readInteger(node, 'uint64', 0n, 2n ** 64n - 1n);
    case 'uint32':
      return Number(readInteger(node, 'uint32', 0n, 2n ** 32n - 1n));
    case 'enum':
      return readEnum(field.type ?? '', node);
  }
}

/** A number, or a number in quotes. */
function readInteger(node: JsonNode, goType: string, low: bigint, high: bigint): bigint {
  let inner = node;
  if (node.type === 'string') {
    // What stands between the quotes is read as it was written, escapes and all.
    const scanned = scanWholeJson(node.raw);
    if (scanned.type === 'error') throw new JsonProblem(scanned.message);
    inner = scanned.node;
  }
  if (inner.type === 'null') return 0n;
  if (inner.type !== 'number') return mismatch(inner, goType);
  // Go's unsigned reader takes no sign at all, not even of a zero.
  const value = (low < 0n ? /^-?\d+$/ : /^\d+$/).test(inner.text) ? BigInt(inner.text) : undefined;
  if (value === undefined || value < low || value > high)
    throw new JsonProblem(`json: cannot unmarshal number ${inner.text} into Go value of type ${goType}`);
  return value;
}

const readByte = (node: JsonNode): number =>
  node.type === 'string' ? mismatch(node, 'uint8') : Number(readInteger(node, 'uint8', 0n, 255n));

/** `etcdserverpb.Compare.CompareTarget` is `etcdserverpb.Compare_CompareTarget` in Go. */
function goEnumName(type: string): string {
  const [pkg, ...names] = type.split('.');
  return `${pkg ?? ''}.${names.join('_')}`;
}

/** Characters that Go's %q does not print: control, space but the plain one, format. */
const UNPRINTED = /[\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/g;

/** Go's %q of the inside of a JSON string, which has no character below the space. */
const goQuoted = (text: string): string => {
  const hex = (ch: string): string => ch.charCodeAt(0).toString(16);
  const escaped = text.replace(/["\\]/g, '\\$&').replace(UNPRINTED, (ch) => (ch === '\u007f' ? '\\x7f' : `\\u${hex(ch).padStart(4, '0')}`));
  return `"${escaped}"`;
};

function readEnum(type: string, node: JsonNode): number {
  if (node.type === 'string') {
    // Names are looked up and shown as they were written, escapes and all.
    const value = ENUMS[type]?.[node.raw];
    if (value === undefined) throw new JsonProblem(`unknown value ${goQuoted(node.raw)} for enum ${goEnumName(type)}`);
    return value;
  }
  return Number(readInteger(node, goEnumName(type), -(2n ** 31n), 2n ** 31n - 1n));
}
