/** The functions of jq. */

import { safeExpression } from '#ctl/shell/tools/expression.ts';
import type { JqNode } from '#ctl/shell/tools/jq-parse.ts';
import {
  combined,
  contains,
  described,
  first,
  formatted,
  indexed,
  isList,
  isObject,
  isTrue,
  JqProblem,
  keysOf,
  kindOf,
  lengthOf,
  listOf,
  numberOf,
  order,
  textOf,
  type Json,
  type Results,
} from '#ctl/shell/tools/jq-values.ts';
import { jsonText, JsonProblem, readJsonTexts } from '#ctl/shell/tools/json-text.ts';

/** Runs a filter, over another value than the present one if it is given. */
export type Run = (node: JqNode, value?: Json) => Results;

const DEPTH_MAX = 500;
const RANGE_MAX = 1_000_000;

/** A value and all that is in it. */
export function* recurse(value: Json, depth: number): Results {
  if (depth > DEPTH_MAX) throw new JqProblem('nested too deeply');
  yield value;
  if (isList(value)) for (const item of value) yield* recurse(item, depth + 1);
  else if (isObject(value)) for (const item of value.values()) yield* recurse(item, depth + 1);
}

const PLAIN: Readonly<Record<string, (input: Json) => Json>> = {
  length: lengthOf,
  keys: keysOf,
  values: (v) => v,
  not: (v) => !isTrue(v),
  type: kindOf,
  add: (v) => listOf(v).reduce<Json>((sum, x) => combined('+', sum, x), null),
  tostring: (v) => (typeof v === 'string' ? v : jsonText(v, 0)),
  tojson: (v) => jsonText(v, 0),
  ascii_downcase: (v) => textOf(v).toLowerCase(),
  ascii_upcase: (v) => textOf(v).toUpperCase(),
  reverse: (v) => (typeof v === 'string' ? Array.from(v).toReversed().join('') : listOf(v).toReversed()),
  floor: (v) => Math.floor(numberOf(v)),
  ceil: (v) => Math.ceil(numberOf(v)),
  round: (v) => Math.round(numberOf(v)),
  first: (v) => listOf(v)[0] ?? null,
  last: (v) => listOf(v).at(-1) ?? null,
  any: (v) => listOf(v).some(isTrue),
  all: (v) => listOf(v).every(isTrue),
  flatten: (v) => listOf(v).flatMap((x) => (isList(x) ? listOf(PLAIN['flatten']?.(x) ?? x) : [x])),
  to_entries: (v) =>
    (isObject(v) ? [...v] : listOf(v).map((value, i) => [i, value] as const)).map(
      ([key, value]: readonly [Json, Json]) =>
        new Map<string, Json>([
          ['key', key],
          ['value', value],
        ]),
    ),
  from_entries: (v) =>
    new Map(listOf(v).map((e) => [textOf(indexed(e, 'key', true) ?? indexed(e, 'name', true)), indexed(e, 'value', true)])),
  tonumber: (v) => {
    if (typeof v !== 'string') return numberOf(v);
    if (v.trim() === '' || !Number.isFinite(Number(v))) throw new JqProblem(`${described(v)} cannot be parsed as a number`);
    return /^-?\d+$/.test(v) && !Number.isSafeInteger(Number(v)) ? BigInt(v) : Number(v);
  },
  fromjson: (v) => {
    try {
      return readJsonTexts(textOf(v))[0] ?? null;
    } catch (error) {
      if (error instanceof JsonProblem) throw new JqProblem(`${error.message} (while parsing '${textOf(v)}')`);
      throw error;
    }
  },
};

/** `sort_by(f)` and its like: values with the keys that they are ordered by. */
function keyed(input: Json, by: JqNode | undefined, run: Run): readonly { readonly key: Json; readonly value: Json }[] {
  const pairs = listOf(input).map((value) => ({ key: by === undefined ? value : [...run(by, value)], value }));
  return pairs.toSorted((a, b) => order(a.key, b.key));
}

/** Calls a function by its name. @throws JqProblem */
export function* called(name: string, args: readonly JqNode[], input: Json, run: Run): Results {
  const [a, b] = args;
  if (name.startsWith('@')) {
    yield formatted(name, input);
    return;
  }
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (args.length === 0 && plain !== undefined) {
    if (name !== 'values' || input !== null) yield plain(input);
    return;
  }
  const argument = (): Json => (a === undefined ? null : first(run(a)));
  switch (name) {
    case 'empty':
      return;
    case 'error':
      throw new JqProblem(a === undefined ? jsonText(input, 0) : textOf(argument()));
    case 'select':
      if (a !== undefined) for (const test of run(a)) if (isTrue(test)) yield input;
      return;
    case 'map':
      yield listOf(input).flatMap((value) => (a === undefined ? [value] : [...run(a, value)]));
      return;
    case 'map_values':
      if (isObject(input) && a !== undefined) yield new Map([...input].map(([key, value]) => [key, first(run(a, value))]));
      else yield listOf(input).map((value) => (a === undefined ? value : first(run(a, value))));
      return;
    case 'recurse':
      yield* recurse(input, 0);
      return;
    case 'has':
      yield isObject(input) ? input.has(textOf(argument())) : Number(argument()) < listOf(input).length;
      return;
    case 'contains':
    case 'inside': {
      const [outer, inner] = name === 'contains' ? [input, argument()] : [argument(), input];
      yield contains(outer, inner);
      return;
    }
    case 'startswith':
      yield textOf(input).startsWith(textOf(argument()));
      return;
    case 'endswith':
      yield textOf(input).endsWith(textOf(argument()));
      return;
    case 'ltrimstr': {
      const prefix = argument();
      yield typeof input === 'string' && typeof prefix === 'string' && input.startsWith(prefix) ? input.slice(prefix.length) : input;
      return;
    }
    case 'rtrimstr': {
      const suffix = argument();
      yield typeof input === 'string' && typeof suffix === 'string' && suffix !== '' && input.endsWith(suffix)
        ? input.slice(0, -suffix.length)
        : input;
      return;
    }
    case 'split':
      yield textOf(input).split(textOf(argument()));
      return;
    case 'join':
      yield listOf(input)
        .map((v) => (v === null ? '' : typeof v === 'string' ? v : jsonText(v, 0)))
        .join(textOf(argument()));
      return;
    case 'test':
      yield safeExpression(textOf(argument()), b === undefined ? '' : textOf(first(run(b)))).test(textOf(input));
      return;
    case 'sub':
    case 'gsub':
      yield textOf(input).replace(safeExpression(textOf(argument()), name === 'gsub' ? 'g' : ''), () =>
        b === undefined ? '' : textOf(first(run(b))),
      );
      return;
    case 'sort':
    case 'sort_by':
      yield keyed(input, a, run).map(({ value }) => value);
      return;
    case 'min_by':
    case 'min':
      yield keyed(input, a, run)[0]?.value ?? null;
      return;
    case 'max_by':
    case 'max':
      yield keyed(input, a, run).at(-1)?.value ?? null;
      return;
    case 'unique':
    case 'unique_by':
    case 'group_by': {
      const groups: { readonly key: Json; readonly values: Json[] }[] = [];
      for (const { key, value } of keyed(input, a, run)) {
        const last = groups.at(-1);
        if (last !== undefined && order(last.key, key) === 0) last.values.push(value);
        else groups.push({ key, values: [value] });
      }
      yield groups.map(({ values }) => (name === 'group_by' ? values : (values[0] ?? null)));
      return;
    }
    case 'first':
      if (a !== undefined) for (const value of run(a)) return void (yield value);
      return;
    case 'limit': {
      let left = Number(argument());
      if (b !== undefined && left > 0)
        for (const value of run(b)) {
          yield value;
          if (--left <= 0) return;
        }
      return;
    }
    case 'range': {
      const [from, to] = b === undefined ? [0, Number(argument())] : [Number(argument()), Number(first(run(b)))];
      if (to - from > RANGE_MAX) throw new JqProblem(`range makes at most ${RANGE_MAX} numbers here`);
      for (let n = from; n < to; n++) yield n;
      return;
    }
    case 'any':
    case 'all': {
      const tests = listOf(input).map((value) => a !== undefined && isTrue(first(run(a, value))));
      yield name === 'any' ? tests.some(Boolean) : tests.every(Boolean);
      return;
    }
    case 'with_entries': {
      const entries = listOf(PLAIN['to_entries']?.(input) ?? []).flatMap((e) => (a === undefined ? [e] : [...run(a, e)]));
      yield PLAIN['from_entries']?.(entries) ?? null;
      return;
    }
    case 'del': {
      if (a?.type !== 'index' || a.from.type !== 'identity' || !isObject(input))
        throw new JqProblem('del takes one field of an object here, such as del(.a)');
      const gone = first(run(a.at));
      yield new Map([...input].filter(([key]) => key !== gone));
      return;
    }
    default:
      throw new JqProblem(`${name}/${args.length} is not defined (or not supported here)`);
  }
}
