/** Requests to KV: ranges with every option, puts, deletes, nested transactions, compactions; mostly sensible, at times at the edge. */

import { b64, type Draw, type Fields } from '#cli/differential/draw.ts';
import { post, type Operation } from '#cli/differential/operation.ts';

const KEYS = ['a', 'ab', 'b', 'ba', 'c', 'foo', 'foo/1', 'foo/2', 'foo/20', 'z', 'é'] as const;
const LEASES = ['0', '1', '77', '78', '79', '4000000000000000001'] as const;

export const key = (d: Draw): string =>
  d.weighted<string>([
    [30, () => b64(d.of(...KEYS))],
    [1, () => 'AA=='],
    [1, () => '/w=='],
    [0.5, () => ''],
  ]);

/** Absent, an end, a prefix's end, from-key, everything, reversed. */
function rangeFields(d: Draw): Fields {
  const start = key(d);
  return d.weighted<Fields>([
    [4, () => ({ key: start })],
    [3, () => ({ key: start, range_end: key(d) })],
    [2, () => ({ key: start, range_end: 'AA==' })],
    [2, () => ({ key: 'AA==', range_end: 'AA==' })],
    [2, () => ({ key: b64('foo'), range_end: b64('fop') })],
    [0.5, () => ({ key: '', range_end: 'AA==' })],
    [0.3, () => ({ range_end: key(d) })],
  ]);
}

const revision = (d: Draw): unknown =>
  d.weighted<unknown>([
    [10, () => 1 + d.below(30)],
    [2, () => `${1 + d.below(60)}`],
    [0.5, () => 0],
    [0.5, () => -1],
    [0.3, () => '9223372036854775807'],
    [0.2, () => '-9223372036854775808'],
  ]);

/** A sort target that does not exist is left out: it kills real 3.4.23. */
export function rangeRequest(d: Draw): Fields {
  return {
    ...rangeFields(d),
    ...d.fields(
      [0.3, 'limit', () => d.of<unknown>(0, 1, 2, 3, 100, -1, '5')],
      [0.25, 'revision', () => revision(d)],
      [0.3, 'sort_order', () => d.of<unknown>('NONE', 'ASCEND', 'DESCEND', 1, 2, 3, 7, -1)],
      [0.3, 'sort_target', () => d.of<unknown>('KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE', 4)],
      [0.3, 'serializable', () => d.chance(0.8)],
      [0.15, 'keys_only', () => true],
      [0.15, 'count_only', () => true],
      [0.1, 'min_mod_revision', () => revision(d)],
      [0.1, 'max_mod_revision', () => revision(d)],
      [0.1, 'min_create_revision', () => revision(d)],
      [0.1, 'max_create_revision', () => revision(d)],
    ),
  };
}

const value = (d: Draw): string =>
  d.weighted<string>([
    [10, () => b64(`v${d.below(9)}`)],
    [2, () => ''],
    [1, () => b64('x'.repeat(d.below(60)))],
    [1, () => b64('键值')],
    [0.1, () => b64('y'.repeat(3000))],
  ]);

export function putRequest(d: Draw): Fields {
  return {
    key: key(d),
    ...d.fields(
      [0.9, 'value', () => value(d)],
      [0.2, 'lease', () => d.of(...LEASES)],
      [0.25, 'prev_kv', () => true],
      [0.12, 'ignore_value', () => true],
      [0.12, 'ignore_lease', () => true],
    ),
  };
}

export const deleteRequest = (d: Draw): Fields => ({ ...rangeFields(d), ...d.fields([0.5, 'prev_kv', () => true]) });

function compare(d: Draw): Fields {
  const target = d.of('VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE');
  const amount = (): unknown =>
    d.weighted<unknown>([
      [6, () => d.below(12)],
      [1, () => `${d.below(40)}`],
      [0.5, () => -1],
    ]);
  const union: Readonly<Record<typeof target, Fields>> = {
    VERSION: { version: amount() },
    CREATE: { create_revision: amount() },
    MOD: { mod_revision: amount() },
    VALUE: { value: value(d) },
    LEASE: { lease: d.of(...LEASES) },
  };
  return {
    ...rangeFieldsOfCompare(d),
    ...d.fields([0.95, 'target', () => target], [0.9, 'result', () => d.of<unknown>('EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL', 3, 9)]),
    // Without its value a comparison is with zero; real etcd compares a value that belongs to another target as zero too.
    ...(d.chance(0.95) ? union[target] : {}),
  };
}

const rangeFieldsOfCompare = (d: Draw): Fields => (d.chance(0.2) ? rangeFields(d) : { key: key(d) });

function requestOp(d: Draw, depth: number): Fields {
  return d.weighted<Fields>([
    [5, () => ({ request_range: rangeRequest(d) })],
    [5, () => ({ request_put: putRequest(d) })],
    [3, () => ({ request_delete_range: deleteRequest(d) })],
    [depth < 3 ? 2 : 0, () => ({ request_txn: txnRequest(d, depth + 1) })],
    [0.1, () => ({})],
    [0.1, () => ({ request_put: {} })],
    [0.1, () => ({ request_txn: {} })],
  ]);
}

export function txnRequest(d: Draw, depth = 0): Fields {
  return d.fields(
    [0.8, 'compare', () => d.list(0, 3, () => compare(d))],
    [0.9, 'success', () => d.list(0, depth === 0 ? 4 : 2, () => requestOp(d, depth))],
    [0.8, 'failure', () => d.list(0, depth === 0 ? 4 : 2, () => requestOp(d, depth))],
  );
}

const PREFIXES = ['/v3', '/v3', '/v3', '/v3beta'] as const;

/** A path of the gateway under one of its prefixes. */
export const gateway = (d: Draw, path: string): string => `${d.of(...PREFIXES)}${path}`;

/** One request to KV. */
export function kvOperation(d: Draw): Operation {
  return d.weighted<Operation>([
    [10, () => post(gateway(d, '/kv/range'), rangeRequest(d))],
    [10, () => post(gateway(d, '/kv/put'), putRequest(d))],
    [4, () => post(gateway(d, '/kv/deleterange'), deleteRequest(d))],
    [8, () => post(gateway(d, '/kv/txn'), txnRequest(d))],
    [0.2, () => post('/v3/kv/txn', { success: d.list(120, 140, () => ({ request_range: { key: key(d), limit: 1 } })) })],
    [1.5, () => post(gateway(d, '/kv/compaction'), { revision: revision(d), physical: true })],
    [0.5, () => post('/v3/kv/compaction', { revision: revision(d) })],
    [1, () => post('/v3/maintenance/hash', d.fields([0.6, 'revision', () => revision(d)]))],
  ]);
}
