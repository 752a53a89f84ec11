/**
 * The protobuf form of a stored KeyValue as etcd's backend holds it (fields: 1 key, 2 create_revision, 3 mod_revision, 4 version, 5 value,
 * 6 lease; zero fields absent), because hashes and the size of the database depend on its bytes.
 */

import type { Bytes } from '#kernel/bytes.ts';
import type { StoredRevision } from '#mvcc/record.ts';

/** Bytes of a backend key: 8 of main, `_`, 8 of sub. */
export const REVISION_BYTES = 17;

const varintBytes = (value: number): number => {
  let n = 1;
  for (let v = value; v >= 0x80; v = Math.floor(v / 0x80)) n++;
  return n;
};

const numberField = (value: number): number => (value === 0 ? 0 : 1 + varintBytes(value));
const bytesField = (value: Bytes): number => (value.length === 0 ? 0 : 1 + varintBytes(value.length) + value.length);

function leaseField(lease: bigint): number {
  if (lease === 0n) return 0;
  let n = 2;
  for (let v = BigInt.asUintN(64, lease); v >= 0x80n; v >>= 7n) n++;
  return n;
}

/** Length of {@link encodeKeyValue}'s bytes. */
export function keyValueSize(kv: StoredRevision): number {
  if (kv.tombstone) return bytesField(kv.key);
  return (
    bytesField(kv.key) +
    numberField(kv.createRevision) +
    numberField(kv.modRevision) +
    numberField(kv.version) +
    bytesField(kv.value) +
    leaseField(kv.lease)
  );
}

/** A change as stored. A tombstone holds only its key. */
export function encodeKeyValue(kv: StoredRevision): Bytes {
  const out = new Uint8Array(keyValueSize(kv));
  let at = 0;
  const varint = (value: number): void => {
    let v = value;
    for (; v >= 0x80; v = Math.floor(v / 0x80)) out[at++] = (v % 0x80) | 0x80;
    out[at++] = v;
  };
  const bytes = (tag: number, value: Bytes): void => {
    if (value.length === 0) return;
    out[at++] = tag;
    varint(value.length);
    out.set(value, at);
    at += value.length;
  };
  const number = (tag: number, value: number): void => {
    if (value === 0) return;
    out[at++] = tag;
    varint(value);
  };
  bytes(0x0a, kv.key);
  if (kv.tombstone) return out;
  number(0x10, kv.createRevision);
  number(0x18, kv.modRevision);
  number(0x20, kv.version);
  bytes(0x2a, kv.value);
  if (kv.lease !== 0n) {
    out[at++] = 0x30;
    let v = BigInt.asUintN(64, kv.lease);
    for (; v >= 0x80n; v >>= 7n) out[at++] = Number(v & 0x7fn) | 0x80;
    out[at++] = Number(v);
  }
  return out;
}

/** A revision as 17 bytes: main and sub big-endian around `_`. */
export function encodeRevision(main: number, sub: number): Bytes {
  const out = new Uint8Array(REVISION_BYTES);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(main));
  out[8] = 0x5f;
  view.setBigUint64(9, BigInt(sub));
  return out;
}

/** The backend key of a change: its revision, and a `t` behind that of a tombstone. */
export function encodeBackendKey(change: StoredRevision): Bytes {
  const revision = encodeRevision(change.modRevision, change.sub);
  if (!change.tombstone) return revision;
  const out = new Uint8Array(REVISION_BYTES + 1);
  out.set(revision);
  out[REVISION_BYTES] = 0x74;
  return out;
}
