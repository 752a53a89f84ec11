/**
 * Sequences like the recorded ones in `conformance/etcd/random`: puts, ranges, transactions, deletions, leases with ids of the client, compactions.
 * Few keys, some of them no UTF-8 or prefixes of others; revisions about those that there are.
 */

import { b64, type Draw, type Fields } from '#cli/differential/draw.ts';
import { post, type Operation } from '#cli/differential/operation.ts';

const KEYS: readonly Buffer[] = [
  ...['a', 'ab', 'abc', 'b', 'ba', 'c', 'd', 'z', 'foo', 'foo/1', 'foo/2', 'foo/20', 'foo/3', 'é'].map((text) => Buffer.from(text)),
  Buffer.from([1]),
  Buffer.from([0xc3, 0xbf]),
];
const NOBODY = 4040;
const FROM_ALL = 'AA==';

/** The end of the keys that begin as this one does. */
function prefixEnd(key: Buffer): string {
  const end = Buffer.from(key);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end.toString('base64');
}

const key = (d: Draw): Buffer => KEYS[d.below(KEYS.length)] ?? Buffer.from('a');
const name = (d: Draw): string => key(d).toString('base64');
/** About the revisions of a sequence at this step. */
const revision = (d: Draw, step: number): number => d.below(Math.max(2, Math.ceil(step * 0.6))) + 1;
const lease = (d: Draw): number => (d.chance(0.25) ? NOBODY : d.chance(0.3) ? 0 : 100 + d.below(11));

function interval(d: Draw): Fields {
  const from = key(d);
  return d.weighted<Fields>([
    [4, () => ({ key: from.toString('base64') })],
    [2, () => ({ key: from.toString('base64'), range_end: prefixEnd(from) })],
    [1, () => ({ key: from.toString('base64'), range_end: FROM_ALL })],
    [1, () => ({ key: FROM_ALL, range_end: FROM_ALL })],
    [1.5, () => ({ key: from.toString('base64'), range_end: name(d) })],
  ]);
}

const value = (d: Draw): string =>
  d.weighted<string>([
    [2, () => b64(`v${d.below(5)}`)],
    [2, () => b64('键值')],
    [2, () => ''],
    [2, () => Buffer.from([0, 0x62, 0x69, 0x6e, 0x7f]).toString('base64')],
    [2, () => b64('x'.repeat(d.below(60)))],
  ]);

const range = (d: Draw, step: number): Fields => ({
  ...interval(d),
  ...d.fields(
    [0.3, 'limit', () => d.below(4)],
    [0.35, 'revision', () => revision(d, step)],
    [0.4, 'sort_order', () => d.of('NONE', 'ASCEND', 'DESCEND')],
    [0.4, 'sort_target', () => d.of('KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE')],
    [0.12, 'serializable', () => true],
    [0.12, 'keys_only', () => true],
    [0.12, 'count_only', () => true],
    [0.06, 'min_mod_revision', () => revision(d, step)],
    [0.06, 'max_mod_revision', () => revision(d, step)],
    [0.06, 'min_create_revision', () => revision(d, step)],
    [0.06, 'max_create_revision', () => revision(d, step)],
  ),
});

const put = (d: Draw): Fields => ({
  key: name(d),
  ...d.fields(
    [0.94, 'value', () => value(d)],
    [0.2, 'lease', () => lease(d)],
    [0.25, 'prev_kv', () => true],
    [0.06, 'ignore_lease', () => true],
    [0.06, 'ignore_value', () => true],
  ),
});

const deletion = (d: Draw): Fields => ({ ...interval(d), ...d.fields([0.4, 'prev_kv', () => true]) });

function comparison(d: Draw, step: number): Fields {
  const target = d.of('VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE');
  const amounts: Readonly<Record<typeof target, () => Fields>> = {
    VERSION: () => ({ version: d.below(4) }),
    CREATE: () => ({ create_revision: d.chance(0.5) ? 0 : revision(d, step) }),
    MOD: () => ({ mod_revision: d.chance(0.5) ? 0 : revision(d, step) }),
    VALUE: () => ({ value: value(d) }),
    LEASE: () => ({ lease: d.of(0, 100, 101, 105) }),
  };
  const where = d.chance(0.2) ? interval(d) : { key: name(d) };
  return { ...where, target, result: d.of('EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'), ...amounts[target]() };
}

function step(d: Draw, at: number, depth: number): Fields {
  return d.weighted<Fields>([
    [4, () => ({ request_put: put(d) })],
    [4, () => ({ request_range: range(d, at) })],
    [3, () => ({ request_delete_range: deletion(d) })],
    [depth < 3 ? 1.5 : 0, () => ({ request_txn: txn(d, at, depth + 1) })],
  ]);
}

const txn = (d: Draw, at: number, depth = 0): Fields =>
  d.fields(
    [0.78, 'compare', () => d.list(1, 3, () => comparison(d, at))],
    [0.76, 'success', () => d.list(1, 3, () => step(d, at, depth))],
    [0.75, 'failure', () => d.list(1, 3, () => step(d, at, depth))],
  );

/** @param at how many steps there were before */
export function gatewayOperation(d: Draw, at: number): Operation {
  return d.weighted<Operation>([
    [35, () => post('/v3/kv/put', put(d))],
    [23, () => post('/v3/kv/range', range(d, at))],
    [18, () => post('/v3/kv/txn', txn(d, at))],
    [10, () => post('/v3/kv/deleterange', deletion(d))],
    [5, () => post('/v3/lease/grant', { ID: 100 + d.below(11), TTL: 100_000 })],
    [3.8, () => post('/v3/kv/compaction', { revision: revision(d, at), ...d.fields([0.5, 'physical', () => true]) })],
    [2.7, () => post('/v3/lease/timetolive', { ID: d.chance(0.3) ? NOBODY : 100 + d.below(11), keys: true })],
    [2.4, () => post('/v3/lease/revoke', { ID: d.chance(0.4) ? NOBODY : 100 + d.below(11) })],
  ]);
}
