/**
 * What travels between members carries the id of the sender's cluster in front, as the header of etcd's peer requests does (X-Etcd-Cluster-ID): two
 * clusters may have one member's addresses, and must not listen to each other.
 */

import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import type { ClusterId } from '#etcd/identity.ts';

const ID_BYTES = 8;
/** Clusters whose heads are remembered: there is one, or two in a lesson about ids. */
const HEADS_MAX = 16;

interface Head {
  readonly clusterId: ClusterId;
  readonly bytes: Bytes;
}

/** Heads by cluster: making and reading 64-bit numbers for each message cost more than the rest of it. */
const heads: Head[] = [];

function remember(head: Head): Head {
  if (heads.length >= HEADS_MAX) heads.length = 0;
  heads.push(head);
  return head;
}

function headOf(clusterId: ClusterId): Bytes {
  for (const head of heads) if (head.clusterId === clusterId) return head.bytes;
  const bytes = new Uint8Array(ID_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, clusterId);
  return remember({ clusterId, bytes }).bytes;
}

function isHead(bytes: Bytes, head: Bytes): boolean {
  for (let i = 0; i < ID_BYTES; i++) if (bytes[i] !== head[i]) return false;
  return true;
}

function clusterOf(bytes: Bytes): ClusterId {
  for (const head of heads) if (isHead(bytes, head.bytes)) return head.clusterId;
  const clusterId = new DataView(bytes.buffer, bytes.byteOffset, ID_BYTES).getBigUint64(0);
  return remember({ clusterId, bytes: bytes.slice(0, ID_BYTES) }).clusterId;
}

/** Puts a message into its envelope. */
export function sealEnvelope(clusterId: ClusterId, message: Bytes): Bytes {
  const out = new Uint8Array(ID_BYTES + message.length);
  out.set(headOf(clusterId));
  out.set(message, ID_BYTES);
  return out;
}

/** Takes a message out of its envelope; it is a view into the bytes. @throws DecodeError */
export function openEnvelope(bytes: Bytes): { readonly clusterId: ClusterId; readonly message: Bytes } {
  if (bytes.length <= ID_BYTES) throw new DecodeError(`a message between members of ${bytes.length} bytes`);
  return { clusterId: clusterOf(bytes), message: bytes.subarray(ID_BYTES) };
}
