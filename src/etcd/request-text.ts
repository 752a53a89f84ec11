/** A request of the log as etcd's warnings print it (InternalRaftStringer): values by their size, never by their content. */

import type { Compare, RequestOp, TxnRequest } from '#api/gen/rpc.ts';
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

/** Fields that have their default are left out, as Go's text form of a message leaves them out. */
const field = (name: string, value: Bytes | bigint | number | boolean): string => {
  if (typeof value === 'object') return value.length === 0 ? '' : `${name}:${goQuoteBytes(value)} `;
  return value === false || value === 0n || value === 0 ? '' : `${name}:${value} `;
};

function opText({ request }: RequestOp): string {
  switch (request?.type) {
    case 'requestPut':
      return `request_put:<${field('key', request.value.key)}value_size:${request.value.value.length} ${field('lease', request.value.lease)}>`;
    case 'requestRange':
      return `request_range:<${field('key', request.value.key)}${field('range_end', request.value.rangeEnd)}>`;
    case 'requestDeleteRange':
      return `request_delete_range:<${field('key', request.value.key)}${field('range_end', request.value.rangeEnd)}>`;
    case 'requestTxn':
      return `request_txn:<${txnText(request.value)}>`;
    case undefined:
      return '';
  }
}

const TARGETS = ['VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE'];

function compareText({ target, key, targetUnion }: Compare): string {
  const name = TARGETS[target] ?? `${target}`;
  const union =
    targetUnion === undefined
      ? ''
      : targetUnion.type === 'value'
        ? `value_size:${targetUnion.value.length} `
        : `${snake(targetUnion.type)}:${targetUnion.value} `;
  return `compare:<target:${name} ${field('key', key)}${union}> `;
}
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const txnText = ({ compare, success, failure }: TxnRequest): string =>
  `${compare.map(compareText).join('')}${success.map((op) => `success:<${opText(op)}> `).join('')}${failure.map((op) => `failure:<${opText(op)}> `).join('')}`.trimEnd();

/** Such as `header:<ID:7587855094 > put:<key:"foo" value_size:3 >`. */
export function requestText(r: InternalRaftRequest): string {
  const { header } = r;
  const user = header === undefined || header.username === '' ? '' : `username:"${header.username}" auth_revision:${header.authRevision} `;
  const head = header === undefined ? '' : `header:<ID:${header.ID} ${user}> `;
  if (r.put !== undefined) return `${head}put:<${field('key', r.put.key)}value_size:${r.put.value.length} ${field('lease', r.put.lease)}>`;
  if (r.deleteRange !== undefined)
    return `${head}delete_range:<${field('key', r.deleteRange.key)}${field('range_end', r.deleteRange.rangeEnd)}>`;
  if (r.txn !== undefined) return `${head}txn:<${txnText(r.txn)}>`;
  if (r.compaction !== undefined)
    return `${head}compaction:<${field('revision', r.compaction.revision)}${field('physical', r.compaction.physical)}>`;
  if (r.leaseGrant !== undefined) return `${head}lease_grant:<${field('ttl', r.leaseGrant.TTL)}${field('id', r.leaseGrant.ID)}>`;
  if (r.leaseRevoke !== undefined) return `${head}lease_revoke:<id:${BigInt.asUintN(64, r.leaseRevoke.ID).toString(16)}>`;
  return head.trimEnd();
}
