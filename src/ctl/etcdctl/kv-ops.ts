/** Requests from the arguments and flags of get, put and del; used by the commands and by the lines of a transaction. */

import { utf8, type Bytes } from '#kernel/bytes.ts';
import { DeleteRangeRequest, PutRequest, RangeRequest, RangeRequest_SortOrder, RangeRequest_SortTarget } from '#api/gen/rpc.ts';
import { parseGoInt, type FlagSpec, type FlagValue } from '#ctl/etcdctl/flags.ts';
import { Exit, fail } from '#ctl/etcdctl/script.ts';

export type Flags = Readonly<Record<string, FlagValue>>;

const bool = (name: string, usage: string): FlagSpec => ({ name, type: 'bool', fallback: 'false', usage });

export const PUT_FLAGS: readonly FlagSpec[] = [
  { name: 'lease', type: 'string', fallback: '0', usage: 'lease to hang the key on, in hexadecimal' },
  bool('prev-kv', 'print the pair that was replaced'),
  bool('ignore-value', 'keep the value that is there'),
  bool('ignore-lease', 'keep the lease that is there'),
];

export const GET_FLAGS: readonly FlagSpec[] = [
  { name: 'consistency', type: 'string', fallback: 'l', usage: 'linearizable (l) or serializable (s)' },
  { name: 'order', type: 'string', fallback: '', usage: 'order of the results: ASCEND or DESCEND' },
  { name: 'sort-by', type: 'string', fallback: '', usage: 'what to sort by: CREATE, KEY, MODIFY, VALUE or VERSION' },
  { name: 'limit', type: 'int64', fallback: '0', usage: 'at most so many results' },
  bool('prefix', 'all keys that begin with the key'),
  bool('from-key', 'all keys from the key on, in byte order'),
  { name: 'rev', type: 'int64', fallback: '0', usage: 'as of this revision' },
  bool('keys-only', 'no values'),
  bool('print-value-only', 'only values, with the simple format'),
];
/** Since 3.5. */
export const COUNT_ONLY_FLAG: FlagSpec = bool('count-only', 'only the count, with the fields format');

export const DEL_FLAGS: readonly FlagSpec[] = [
  bool('prefix', 'all keys that begin with the key'),
  bool('prev-kv', 'print what was deleted'),
  bool('from-key', 'all keys from the key on, in byte order'),
];
/** Since 3.5. */
export const DEL_RANGE_FLAG: FlagSpec = bool('range', 'delete a range even without an end');

const NO_LIMIT_KEY: Bytes = Uint8Array.of(0);

/** The end of the range of all keys with a prefix: its last byte that can grow, grown. */
export function prefixEnd(prefix: Bytes): Bytes {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix[i] ?? 0;
    if (byte < 0xff) {
      const end = prefix.slice(0, i + 1);
      end[i] = byte + 1;
      return end;
    }
  }
  return NO_LIMIT_KEY;
}

/** Key and end of the range that --prefix and --from-key make of a key; an empty key means everything. */
export function keyRange(key: Bytes, end: Bytes, flags: Flags): { readonly key: Bytes; readonly rangeEnd: Bytes } {
  if (flags['prefix'] === true) return key.length === 0 ? { key: NO_LIMIT_KEY, rangeEnd: NO_LIMIT_KEY } : { key, rangeEnd: prefixEnd(key) };
  if (flags['from-key'] === true) return { key: key.length === 0 ? NO_LIMIT_KEY : key, rangeEnd: NO_LIMIT_KEY };
  return { key, rangeEnd: end };
}

function checkRangeFlags(args: readonly string[], flags: Flags): void {
  if (args.length > 1 && (flags['prefix'] === true || flags['from-key'] === true))
    fail(Exit.BadArgs, 'too many arguments, only accept one argument when `--prefix` or `--from-key` is set');
}

const BOTH_RANGES = '`--prefix` and `--from-key` cannot be set at the same time, choose one';
export const PUT_NEEDS = 'put command needs 1 argument and input from stdin or 2 arguments';

/** @param input the value from standard input when the second argument is missing */
export function putRequest(args: readonly string[], flags: Flags, input: Bytes | undefined): PutRequest {
  const [key] = args;
  if (key === undefined) return fail(Exit.BadArgs, PUT_NEEDS);
  const ignoreValue = flags['ignore-value'] === true;
  if (ignoreValue && args.length > 1) fail(Exit.BadArgs, "put command needs only 1 argument when 'ignore-value' is set");
  const text = args[1];
  const value = ignoreValue ? new Uint8Array(0) : text === undefined ? input : utf8(text);
  if (value === undefined) return fail(Exit.BadArgs, PUT_NEEDS);
  const leaseText = typeof flags['lease'] === 'string' ? flags['lease'] : '0';
  const lease = parseGoInt(leaseText, 16, 'int64');
  if (lease.type === 'error') return fail(Exit.BadArgs, `bad lease ID (${lease.message}), expecting ID in Hex`);
  return PutRequest.create({
    key: utf8(key),
    value,
    lease: lease.value,
    prevKv: flags['prev-kv'] === true,
    ignoreValue,
    ignoreLease: flags['ignore-lease'] === true,
  });
}

const flagText = (flags: Flags, name: string): string => {
  const v = flags[name];
  return typeof v === 'string' ? v : '';
};

export function getRequest(args: readonly string[], flags: Flags): RangeRequest {
  const [key, end = ''] = args;
  if (key === undefined) return fail(Exit.BadArgs, 'get command needs one argument as key and an optional argument as range_end');
  if (flags['prefix'] === true && flags['from-key'] === true) fail(Exit.BadArgs, BOTH_RANGES);
  if (flags['keys-only'] === true && flags['count-only'] === true)
    fail(Exit.BadArgs, '`--keys-only` and `--count-only` cannot be set at the same time, choose one');
  const consistency = flagText(flags, 'consistency');
  if (consistency !== 'l' && consistency !== 's') fail(Exit.BadFeature, `unknown consistency flag "${consistency}"`);
  checkRangeFlags(args, flags);
  const { limit, rev } = flags;
  const target = sortTarget(flagText(flags, 'sort-by'), flagText(flags, 'order'));
  return RangeRequest.create({
    ...keyRange(utf8(key), utf8(end), flags),
    limit: typeof limit === 'bigint' ? limit : 0n,
    revision: typeof rev === 'bigint' && rev > 0n ? rev : 0n,
    ...target,
    serializable: consistency === 's',
    keysOnly: flags['keys-only'] === true,
    countOnly: flags['count-only'] === true,
  });
}

function sortTarget(by: string, order: string): Pick<RangeRequest, 'sortOrder' | 'sortTarget'> {
  const orders: ReadonlyMap<string, RangeRequest['sortOrder']> = new Map([
    ['', RangeRequest_SortOrder.NONE],
    ['ASCEND', RangeRequest_SortOrder.ASCEND],
    ['DESCEND', RangeRequest_SortOrder.DESCEND],
  ]);
  const targets: ReadonlyMap<string, RangeRequest['sortTarget']> = new Map([
    ['', RangeRequest_SortTarget.KEY],
    ['KEY', RangeRequest_SortTarget.KEY],
    ['CREATE', RangeRequest_SortTarget.CREATE],
    ['MODIFY', RangeRequest_SortTarget.MOD],
    ['VALUE', RangeRequest_SortTarget.VALUE],
    ['VERSION', RangeRequest_SortTarget.VERSION],
  ]);
  const sortOrder = orders.get(order.toUpperCase()) ?? fail(Exit.BadFeature, `bad sort order ${order}`);
  const target = targets.get(by.toUpperCase()) ?? fail(Exit.BadFeature, `bad sort target ${by}`);
  // Keys come in ascending order anyway: the client does not ask for a sort.
  const natural = target === RangeRequest_SortTarget.KEY && sortOrder === RangeRequest_SortOrder.ASCEND;
  return { sortOrder: natural ? RangeRequest_SortOrder.NONE : sortOrder, sortTarget: target };
}

export function delRequest(args: readonly string[], flags: Flags): DeleteRangeRequest {
  const [key, end = ''] = args;
  if (key === undefined || args.length > 2)
    return fail(Exit.BadArgs, 'del command needs one argument as key and an optional argument as range_end');
  if (flags['prefix'] === true && flags['from-key'] === true) fail(Exit.BadArgs, BOTH_RANGES);
  checkRangeFlags(args, flags);
  return DeleteRangeRequest.create({ ...keyRange(utf8(key), utf8(end), flags), prevKv: flags['prev-kv'] === true });
}
