/** The lines of a transaction: comparisons such as `version("k") > "3"`, and get, put and del with their flags. */

import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import { Compare, Compare_CompareResult, Compare_CompareTarget, type RequestOp } from '#api/gen/rpc.ts';
import { parseFlags, parseGoInt, type FlagSpec } from '#ctl/etcdctl/flags.ts';
import { lineWords, scanQuoted } from '#ctl/etcdctl/go-scan.ts';
import { quoteBytes } from '#ctl/etcdctl/go-text.ts';
import { COUNT_ONLY_FLAG, DEL_FLAGS, delRequest, GET_FLAGS, getRequest, PUT_FLAGS, putRequest } from '#ctl/etcdctl/kv-ops.ts';
import { usageText } from '#ctl/etcdctl/help.ts';
import { Exit, fail, type ScriptContext } from '#ctl/etcdctl/script.ts';

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

/**
 * Reads a comparison as Go's `Sscanf` reads `%q) %s %q` after the bracket: blanks must stand around the sign, and what follows the value is not looked at.
 * A malformed one ends the command with etcdctl's text, which shows how far its scanner came.
 */
export function parseCompare(line: string): Compare {
  const bracket = line.indexOf('(');
  if (bracket < 0) return fail(Exit.InvalidInput, `malformed comparison: ${line}`);
  const name = line.slice(0, bracket);
  const { key, sign, value } = scanCompare(line.slice(bracket + 1));
  const result = RESULTS.get(sign);
  const known = TARGETS.get(name);
  // A sign that is none makes etcdctl panic: it is refused in the words of the others.
  if (value === undefined || (known !== undefined && result === undefined)) {
    const got = `${name}(${quoteBytes(key)}) ${sign} ${quoteBytes(value ?? new Uint8Array(0))}`;
    return fail(Exit.InvalidInput, `malformed comparison: ${line}; got ${got}`);
  }
  if (known === undefined) return fail(Exit.InvalidInput, `malformed comparison: ${line} (unknown target ${name})`);
  const base = { key, result: result ?? Compare_CompareResult.EQUAL, target: known.target };
  if (known.type === 'value') return Compare.create({ ...base, targetUnion: { type: 'value', value } });
  const number = parseGoInt(fromUtf8(value), known.type === 'lease' ? 16 : 10, 'int64');
  if (number.type === 'error') return fail(Exit.InvalidInput, `invalid txn compare request: ${line}`);
  return Compare.create({ ...base, targetUnion: { type: known.type, value: number.value } });
}

/** What stands after the bracket, as far as it can be read. */
function scanCompare(text: string): { readonly key: Bytes; readonly sign: string; readonly value: Bytes | undefined } {
  const key = scanQuoted(text);
  if (key === undefined) return { key: new Uint8Array(0), sign: '', value: undefined };
  const sign = /^\)\s+(\S+)(?=\s|$)/.exec(key.rest);
  if (sign === null) return { key: key.value, sign: '', value: undefined };
  return { key: key.value, sign: sign[1] ?? '', value: scanQuoted(key.rest.slice(sign[0].length))?.value };
}

const OPERATIONS: ReadonlyMap<string, { readonly use: string; readonly flags: readonly FlagSpec[] }> = new Map([
  ['get', { use: 'get [options] <key> [range_end]', flags: GET_FLAGS }],
  ['put', { use: 'put [options] <key> <value>', flags: PUT_FLAGS }],
  ['del', { use: 'del [options] <key> [range_end]', flags: DEL_FLAGS }],
]);

/** Reads a get, put or del line; one with a wrong flag ends the command, with the usage of its kind. */
export function parseOperation(ctx: ScriptContext, line: string): RequestOp {
  const words = lineWords(line);
  const [name = '', ...rest] = words;
  if (words.length < 2) return fail(Exit.InvalidInput, `invalid txn compare request: ${line}`);
  const operation = OPERATIONS.get(name);
  if (operation === undefined) return fail(Exit.InvalidInput, `invalid txn request: ${line}`);
  const flags = name === 'get' && ctx.start.profile !== '3.4.23' ? [...operation.flags, COUNT_ONLY_FLAG] : operation.flags;
  const parsed = parseFlags(rest, flags);
  if (parsed.type === 'error') {
    ctx.stderr(usageText(operation.use, flags));
    return fail(Exit.InvalidInput, `invalid txn request: ${line}`);
  }
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
