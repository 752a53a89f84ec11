/**
 * Requests as etcd's warnings print them (InternalRaftStringer, LoggableTxnRequest): Go's compact text form of a message, in which a field that has its
 * default is left out and each has a space behind it, but values by their size, never by their content.
 */

import type { Compare, DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '#api/gen/rpc.ts';
import type { InternalRaftRequest } from '#api/gen/raft-internal.ts';
import type { Bytes } from '#kernel/bytes.ts';

/** Bytes as protobuf's text form quotes them: what is not printable ASCII in octal. */
function goQuoteBytes(bytes: Bytes): string {
  let out = '"';
  for (const byte of bytes) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 0x20 && byte < 0x7f) out += String.fromCharCode(byte);
    else out += ESCAPES[byte] ?? `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `${out}"`;
}
const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

const field = (name: string, value: Bytes | bigint | number | boolean): string => {
  if (typeof value === 'object') return value.length === 0 ? '' : `${name}:${goQuoteBytes(value)} `;
  return value === false || value === 0n || value === 0 ? '' : `${name}:${value} `;
};
/** A field of an enumeration. */
const named = (name: string, names: readonly string[], value: number): string => (value === 0 ? '' : `${name}:${names[value] ?? value} `);

const ORDERS = ['NONE', 'ASCEND', 'DESCEND'];
const SORT_TARGETS = ['KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'];
const TARGETS = ['VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE'];
const RESULTS = ['EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'];

/** A range, as a read is complained of. */
export const rangeText = (r: RangeRequest): string =>
  field('key', r.key) +
  field('range_end', r.rangeEnd) +
  field('limit', r.limit) +
  field('revision', r.revision) +
  named('sort_order', ORDERS, r.sortOrder) +
  named('sort_target', SORT_TARGETS, r.sortTarget) +
  field('serializable', r.serializable) +
  field('keys_only', r.keysOnly) +
  field('count_only', r.countOnly) +
  field('min_mod_revision', r.minModRevision) +
  field('max_mod_revision', r.maxModRevision) +
  field('min_create_revision', r.minCreateRevision) +
  field('max_create_revision', r.maxCreateRevision);

const putText = (r: PutRequest): string =>
  field('key', r.key) +
  field('value_size', r.value.length) +
  field('lease', r.lease) +
  field('prev_kv', r.prevKv) +
  field('ignore_value', r.ignoreValue) +
  field('ignore_lease', r.ignoreLease);

const deleteText = (r: DeleteRangeRequest): string => field('key', r.key) + field('range_end', r.rangeEnd) + field('prev_kv', r.prevKv);

/** What hides nothing is printed as the message that it is, with the space behind it. */
function opText({ request }: RequestOp): string {
  switch (request?.type) {
    case 'requestPut':
      return `request_put:<${putText(request.value)}>`;
    case 'requestTxn':
      return `request_txn:<${txnText(request.value)}>`;
    case 'requestRange':
      return `request_range:<${rangeText(request.value)}> `;
    case 'requestDeleteRange':
      return `request_delete_range:<${deleteText(request.value)}> `;
    case undefined:
      return '';
  }
}

function compareText({ result, target, key, targetUnion, rangeEnd }: Compare): string {
  const union =
    targetUnion === undefined
      ? ''
      : targetUnion.type === 'value'
        ? field('value_size', targetUnion.value.length)
        : `${snake(targetUnion.type)}:${targetUnion.value} `;
  return named('result', RESULTS, result) + named('target', TARGETS, target) + field('key', key) + union + field('range_end', rangeEnd);
}
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const txnText = ({ compare, success, failure }: TxnRequest): string =>
  `compare:<${compare.map(compareText).join(' ')}> success:<${success.map(opText).join(' ')}> failure:<${failure.map(opText).join(' ')}>`;

const hex = (id: bigint): string => BigInt.asUintN(64, id).toString(16).padStart(16, '0');

/** Such as `header:<ID:7587855094 > put:<key:"foo" value_size:3 >`. */
export function requestText(r: InternalRaftRequest): string {
  const { header } = r;
  const user = header === undefined || header.username === '' ? '' : `username:"${header.username}" auth_revision:${header.authRevision} `;
  const head = header === undefined ? '' : `header:<ID:${header.ID} ${user}> `;
  if (r.put !== undefined) return `${head}put:<${putText(r.put)}>`;
  if (r.txn !== undefined) return `${head}txn:<${txnText(r.txn)}>`;
  if (r.leaseGrant !== undefined) return `${head}lease_grant:<ttl:${r.leaseGrant.TTL}-second id:${hex(r.leaseGrant.ID)}>`;
  if (r.leaseRevoke !== undefined) return `${head}lease_revoke:<id:${hex(r.leaseRevoke.ID)}>`;
  if (r.deleteRange !== undefined) return `${head}delete_range:<${deleteText(r.deleteRange)}> `;
  if (r.compaction !== undefined)
    return `${head}compaction:<${field('revision', r.compaction.revision)}${field('physical', r.compaction.physical)}> `;
  return head;
}
