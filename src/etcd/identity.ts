/**
 * Ids of members and clusters as etcd computes them (server/etcdserver/api/membership): the first eight bytes, big-endian, of a SHA-1.
 * The member's name does not enter, so two clusters with equal URLs and token have equal ids.
 */

import { sha1 } from '@noble/hashes/legacy.js';
import { nodeId, type NodeId } from '#kernel/brand.ts';
import { compareBytes, concatBytes, utf8, type Bytes } from '#kernel/bytes.ts';
import type { InitialMember } from '#etcd/contract.ts';

/** Unsigned 64-bit id of a cluster, fixed when it is bootstrapped. */
export type ClusterId = bigint;

function firstEight(input: Bytes): bigint {
  const digest = sha1(input);
  return new DataView(digest.buffer, digest.byteOffset).getBigUint64(0);
}

/**
 * Id of a member.
 * @param peerUrls its advertised peer URLs, in any order
 * @param token `--initial-cluster-token`
 * @param addedAtSeconds Unix seconds, only for a member that was added at run time
 */
export function memberIdOf(peerUrls: readonly string[], token: string, addedAtSeconds?: number): NodeId {
  const urls = peerUrls.map(utf8).sort(compareBytes);
  const added = addedAtSeconds === undefined ? [] : [utf8(String(addedAtSeconds))];
  return nodeId(firstEight(concatBytes([...urls, utf8(token), ...added])));
}

/** Id of a cluster from the ids of its first members. */
export function clusterIdOf(members: readonly NodeId[]): ClusterId {
  const bytes = new Uint8Array(8 * members.length);
  const view = new DataView(bytes.buffer);
  [...members].sort(compareIds).forEach((id, i) => view.setBigUint64(8 * i, id));
  return firstEight(bytes);
}

/** Ascending order of ids. */
export const compareIds = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** As etcd prints ids: lower-case hex without leading zeros. */
export const formatId = (id: bigint): string => id.toString(16);

/** The members of `--initial-cluster` with their ids, ascending by id: the order of the bootstrap entries. */
export function bootstrapMembers(
  cluster: readonly InitialMember[],
  token: string,
): readonly { readonly id: NodeId; readonly member: InitialMember }[] {
  return cluster.map((member) => ({ id: memberIdOf(member.peerUrls, token), member })).sort((a, b) => compareIds(a.id, b.id));
}
