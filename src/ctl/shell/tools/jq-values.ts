/** Values of jq: their kinds, order, and what operators and formats make of them. */

import { base64, fromBase64 } from '#kernel/base64.ts';
import { jsonText } from '#ctl/shell/tools/json-text.ts';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';

export type Json = null | boolean | number | bigint | string | readonly Json[] | ReadonlyMap<string, Json>;

/** An error of the filter, as jq words it. */
export class JqProblem extends Error {
  override readonly name = 'JqProblem';
}

/** All results of a filter, in order. */
export type Results = Generator<Json, void>;

export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
export const isObject = (value: Json): value is ReadonlyMap<string, Json> => value instanceof Map;
export const isTrue = (value: Json): boolean => value !== null && value !== false;
export const first = (results: Results): Json => {
  for (const value of results) return value;
  return null;
};

export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (isObject(value)) return 'object';
  return typeof value === 'bigint' ? 'number' : typeof value;
}
export const described = (value: Json): string => `${kindOf(value)} (${jsonText(value, 0).slice(0, 40)})`;

export function indexed(from: Json, at: Json, quiet: boolean): Json {
  if (from === null) return null;
  if (isList(from)) {
    if (typeof at === 'number') return from.at(Math.floor(at)) ?? null;
  } else if (typeof from === 'object' && typeof at === 'string') return from.get(at) ?? null;
  if (quiet) return null;
  throw new JqProblem(`Cannot index ${kindOf(from)} with ${typeof at === 'string' ? JSON.stringify(at) : kindOf(at)}`);
}

export function numberOf(value: Json): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new JqProblem(`${described(value)} is not a number`);
}

const RANKS = ['null', 'boolean', 'number', 'string', 'array', 'object'];

export function order(a: Json, b: Json): number {
  const rank = RANKS.indexOf(kindOf(a)) - RANKS.indexOf(kindOf(b));
  if (rank !== 0) return rank;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if ((typeof a === 'number' || typeof a === 'bigint') && (typeof b === 'number' || typeof b === 'bigint'))
    return a < b ? -1 : a > b ? 1 : 0;
  const [x, y] = [jsonText(a, 0, true), jsonText(b, 0, true)];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function combined(operator: string, a: Json, b: Json): Json {
  switch (operator) {
    case '==':
      return order(a, b) === 0;
    case '!=':
      return order(a, b) !== 0;
    case '<':
      return order(a, b) < 0;
    case '<=':
      return order(a, b) <= 0;
    case '>':
      return order(a, b) > 0;
    case '>=':
      return order(a, b) >= 0;
    case '+':
      if (a === null) return b;
      if (b === null) return a;
      if (typeof a === 'string' && typeof b === 'string') return a + b;
      if (isList(a) && isList(b)) return [...a, ...b];
      if (isObject(a) && isObject(b)) return new Map([...a, ...b]);
      if (kindOf(a) !== 'number' || kindOf(b) !== 'number') throw new JqProblem(`${described(a)} and ${described(b)} cannot be added`);
      return numberOf(a) + numberOf(b);
    case '-':
      return isList(a) && isList(b) ? a.filter((x) => !b.some((y) => order(x, y) === 0)) : numberOf(a) - numberOf(b);
    case '*':
      return numberOf(a) * numberOf(b);
    case '/':
      if (typeof a === 'string' && typeof b === 'string') return a.split(b);
      if (numberOf(b) === 0) throw new JqProblem(`${described(a)} and ${described(b)} cannot be divided because the divisor is zero`);
      return numberOf(a) / numberOf(b);
    case '%':
      return Math.trunc(numberOf(a)) % Math.trunc(numberOf(b));
    default:
      throw new JqProblem(`${operator} is not supported here`);
  }
}

export function formatted(format: string, value: Json): string {
  const text = typeof value === 'string' ? value : jsonText(value, 0);
  switch (format) {
    case '':
    case '@text':
      return text;
    case '@json':
      return jsonText(value, 0);
    case '@base64':
      return base64(utf8(text));
    case '@base64d': {
      const decoded = fromBase64(text);
      if (decoded.type !== 'ok') throw new JqProblem(`${described(value)} is not valid base64 data`);
      return fromUtf8(decoded.bytes);
    }
    case '@uri':
      return encodeURIComponent(text);
    case '@csv':
    case '@tsv':
      if (!isList(value)) throw new JqProblem(`${described(value)} cannot be formatted, only an array can be`);
      return value
        .map((v) =>
          typeof v === 'string' && format === '@csv'
            ? `"${v.replaceAll('"', '""')}"`
            : v === null
              ? ''
              : typeof v === 'string'
                ? v
                : jsonText(v, 0),
        )
        .join(format === '@csv' ? ',' : '\t');
    default:
      throw new JqProblem(`${format} is not a valid format`);
  }
}

/** The list that a function works on. */
export function listOf(value: Json): readonly Json[] {
  if (isList(value)) return value;
  if (isObject(value)) return [...value.values()];
  throw new JqProblem(`Cannot iterate over ${described(value)}`);
}
export const keysOf = (value: Json): readonly Json[] => {
  if (isObject(value)) return [...value.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return listOf(value).map((_, i) => i);
};
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  throw new JqProblem(`${described(value)} is not a string`);
}

export function lengthOf(value: Json): number {
  if (value === null) return 0;
  if (typeof value === 'string') return Array.from(value).length;
  if (isList(value)) return value.length;
  return isObject(value) ? value.size : Math.abs(numberOf(value));
}

export function contains(outer: Json, inner: Json): boolean {
  if (typeof outer === 'string' && typeof inner === 'string') return outer.includes(inner);
  if (isList(outer) && isList(inner)) return inner.every((x) => outer.some((y) => contains(y, x)));
  if (isObject(outer) && isObject(inner)) return [...inner].every(([key, value]) => contains(outer.get(key) ?? null, value));
  return order(outer, inner) === 0;
}
