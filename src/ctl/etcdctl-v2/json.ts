/** Reading JSON answers without trusting them, and writing what Go's encoding/json writes. */

import { goJsonString } from '#api/json/encode.ts';

export type JsonValue = string | number | boolean | null | undefined | JsonObject | readonly JsonValue[];
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Undefined if the text is no JSON. */
export function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue; // what JSON.parse returns, by its definition
  } catch {
    return undefined;
  }
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
const isObject = (value: JsonValue): value is JsonObject => typeof value === 'object' && value !== null && !isList(value);

export const fieldOf = (value: JsonValue, name: string): JsonValue =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
export const itemsOf = (value: JsonValue): readonly JsonValue[] => (isList(value) ? value : []);
export const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : '');
export const numberOf = (value: JsonValue): number => (typeof value === 'number' ? value : 0);

/** Go's error for a text that is no JSON, for the two cases that a member's plain text answers lead to. */
export function jsonError(text: string): string {
  if (text === '') return 'unexpected end of JSON input';
  const number = /^\s*-?\d+(?:\.\d+)?\s*(\S)/.exec(text)?.[1];
  if (number !== undefined) return `invalid character '${number}' after top-level value`;
  return `invalid character '${text.trimStart()[0] ?? ''}' looking for beginning of value`;
}

/** A list of strings as Go writes a slice; an empty one that was never made is null. */
export const goStrings = (items: readonly string[]): string => (items.length === 0 ? 'null' : `[${items.map(goJsonString).join(',')}]`);
