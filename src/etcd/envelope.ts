/**
 * What travels between members carries the id of the sender's cluster in front, as the header of etcd's peer requests does (X-Etcd-Cluster-ID): two
 * clusters may have one member's addresses, and must not listen to each other.
 */

import { concatBytes, type Bytes } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import type { ClusterId } from '#etcd/identity.ts';

const ID_BYTES = 8;

/** Puts a message into its envelope. */
export function sealEnvelope(clusterId: ClusterId, message: Bytes): Bytes {
  const head = new Uint8Array(ID_BYTES);
  new DataView(head.buffer).setBigUint64(0, clusterId);
  return concatBytes([head, message]);
}

/** Takes a message out of its envelope; it is a view into the bytes. @throws DecodeError */
export function openEnvelope(bytes: Bytes): { readonly clusterId: ClusterId; readonly message: Bytes } {
  if (bytes.length <= ID_BYTES) throw new DecodeError(`a message between members of ${bytes.length} bytes`);
  const clusterId = new DataView(bytes.buffer, bytes.byteOffset, ID_BYTES).getBigUint64(0);
  return { clusterId, message: bytes.subarray(ID_BYTES) };
}
