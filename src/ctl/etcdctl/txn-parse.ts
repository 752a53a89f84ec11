/** The lines of a transaction: comparisons such as `version("k") > "3"`, and get, put and del with their flags. */

import { utf8 } from '#kernel/bytes.ts';
import { Compare, Compare_CompareResult, Compare_CompareTarget, type RequestOp } from '#api/gen/rpc.ts';
import { parseFlags, parseGoInt, type FlagSpec } from '#ctl/etcdctl/flags.ts';
import { COUNT_ONLY_FLAG, DEL_FLAGS, delRequest, GET_FLAGS, getRequest, PUT_FLAGS, putRequest } from '#ctl/etcdctl/kv-ops.ts';
import { Exit, fail } from '#ctl/etcdctl/script.ts';

type Target = NonNullable<Compare['targetUnion']>['type'];

const TARGETS: ReadonlyMap<string, { readonly type: Target; readonly target: Compare['target'] }> = new Map(
  (
    [
      [['ver', 'version'], 'version', Compare_CompareTarget.VERSION],
      [['c', 'create'], 'createRevision', Compare_CompareTarget.CREATE],
      [['m', 'mod'], 'modRevision', Compare_CompareTarget.MOD],
      [['val', 'value'], 'value', Compare_CompareTarget.VALUE],
      [['lease'], 'lease', Compare_CompareTarget.LEASE],
    ] as const
  ).flatMap(([names, type, target]) => names.map((name) => [name, { type, target }] as const)),
);

const RESULTS: ReadonlyMap<string, Compare['result']> = new Map([
  ['=', Compare_CompareResult.EQUAL],
  ['>', Compare_CompareResult.GREATER],
  ['<', Compare_CompareResult.LESS],
  ['!=', Compare_CompareResult.NOT_EQUAL],
]);

/** The inside of a Go-quoted word, and what follows it; undefined if there is none. */
function readQuoted(text: string): { readonly value: string; readonly rest: string } | undefined {
  const match = /^\s*"((?:[^"\\]|\\.)*)"([\s\S]*)$/.exec(text);
  return match === null ? undefined : { value: (match[1] ?? '').replace(/\\(.)/gs, '$1'), rest: match[2] ?? '' };
}

/**
 * Reads a comparison. A malformed one ends the command with etcdctl's text, which shows how far its scanner came.
 */
export function parseCompare(line: string): Compare {
  const head = /^([^(]*)\(([\s\S]*)$/.exec(line);
  if (head === null) return fail(Exit.InvalidInput, `malformed comparison: ${line}`);
  const name = (head[1] ?? '').trim();
  const malformed = (key: string, op: string, value: string): never =>
    fail(Exit.InvalidInput, `malformed comparison: ${line}; got ${name}("${key}") ${op} "${value}"`);
  const key = readQuoted(head[2] ?? '');
  if (key === undefined) return malformed('', '', '');
  if (!/^\s*\)/.test(key.rest)) return malformed(key.value, '', '');
  const op = /^\s*\)\s*(!=|[=<>])?([\s\S]*)$/.exec(key.rest);
  const sign = op?.[1] ?? '';
  if (sign === '') return malformed(key.value, '', '');
  const value = readQuoted(op?.[2] ?? '');
  if (value === undefined) return malformed(key.value, sign, '');
  const target = TARGETS.get(name);
  if (target === undefined) return fail(Exit.InvalidInput, `malformed comparison: ${line} (unknown target ${name})`);
  const result = RESULTS.get(sign) ?? Compare_CompareResult.EQUAL;
  const base = { key: utf8(key.value), result, target: target.target };
  if (target.type === 'value') return Compare.create({ ...base, targetUnion: { type: 'value', value: utf8(value.value) } });
  const number = parseGoInt(value.value, target.type === 'lease' ? 16 : 10, 'int64');
  if (number.type === 'error') return fail(Exit.InvalidInput, `invalid txn compare request: ${line}`);
  return Compare.create({ ...base, targetUnion: { type: target.type, value: number.value } });
}

const OPERATIONS: ReadonlyMap<string, readonly FlagSpec[]> = new Map([
  ['get', [...GET_FLAGS, COUNT_ONLY_FLAG]],
  ['put', PUT_FLAGS],
  ['del', DEL_FLAGS],
]);

/** Words as etcdctl cuts them: a quote that is not closed is passed over. */
function splitWords(line: string): readonly string[] {
  const words = line.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^'"\s]\S*[^'"\s]?/gs) ?? [];
  return words.map((word) => {
    if (word.startsWith("'")) return word.slice(1, -1);
    return word.startsWith('"') ? (readQuoted(word)?.value ?? word) : word;
  });
}

/** Reads a get, put or del line. */
export function parseOperation(line: string): RequestOp {
  const words = splitWords(line);
  const [name = '', ...rest] = words;
  if (words.length < 2) return fail(Exit.InvalidInput, `invalid txn compare request: ${line}`);
  const specs = OPERATIONS.get(name);
  if (specs === undefined) return fail(Exit.InvalidInput, `invalid txn request: ${line}`);
  const parsed = parseFlags(rest, specs);
  if (parsed.type === 'error') return fail(Exit.InvalidInput, `invalid txn request: ${line}`);
  const { args, values } = parsed;
  switch (name) {
    case 'put':
      return { request: { type: 'requestPut', value: putRequest(args, values, undefined) } };
    case 'del':
      return { request: { type: 'requestDeleteRange', value: delRequest(args, values) } };
    default:
      return { request: { type: 'requestRange', value: getRequest(args, values) } };
  }
}
