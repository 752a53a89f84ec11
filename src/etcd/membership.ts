/**
 * The members of the cluster as the applied log says (server/etcdserver/api/membership): from the configuration changes' contexts and the
 * attributes that each member publishes of itself. Ids of removed members are kept forever: they may never come back.
 */

import { nodeId, type NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { compareIds } from '#etcd/identity.ts';

export interface ClusterMember {
  readonly id: NodeId;
  /** Empty until it has published itself. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

function writeTexts(w: Writer, texts: readonly string[]): void {
  w.varint(texts.length);
  for (const text of texts) w.text(text);
}

function readTexts(r: Reader): string[] {
  return Array.from({ length: r.varint() }, () => r.text());
}

function writeMember(w: Writer, member: ClusterMember): void {
  w.u64(member.id).text(member.name).bool(member.isLearner);
  writeTexts(w, member.peerUrls);
  writeTexts(w, member.clientUrls);
}

function readMember(r: Reader): ClusterMember {
  const id = nodeId(r.u64());
  const name = r.text();
  const isLearner = r.bool();
  return { id, name, isLearner, peerUrls: readTexts(r), clientUrls: readTexts(r) };
}

/** A member as the context of a configuration change. */
export function encodeMember(member: ClusterMember): Bytes {
  const w = new Writer(64);
  writeMember(w, member);
  return w.finish();
}

/** Reads {@link encodeMember}'s bytes. @throws DecodeError */
export function decodeMember(bytes: Bytes): ClusterMember {
  const r = new Reader(bytes);
  const member = readMember(r);
  if (!r.done) throw new DecodeError(`${bytes.length - r.offset} bytes after a member`);
  return member;
}

/** Mutable; owned by the member, changed only by applying entries. */
export class Membership {
  readonly #members = new Map<NodeId, ClusterMember>();
  readonly #removed = new Set<NodeId>();
  #changes = 0;
  /** Cluster version such as `3.5.0`; undefined until the leader has set it. */
  version: string | undefined;

  /** Counts up whenever a member comes, goes or changes. No part of the state: it begins anew with each process. */
  get changes(): number {
    return this.#changes;
  }

  /** Ascending by id. */
  list(): readonly ClusterMember[] {
    return [...this.#members.values()].sort((a, b) => compareIds(a.id, b.id));
  }

  get(id: NodeId): ClusterMember | undefined {
    return this.#members.get(id);
  }

  get size(): number {
    return this.#members.size;
  }

  isRemoved(id: NodeId): boolean {
    return this.#removed.has(id);
  }

  put(member: ClusterMember): void {
    this.#changes++;
    this.#members.set(member.id, member);
  }

  remove(id: NodeId): void {
    this.#changes++;
    this.#members.delete(id);
    this.#removed.add(id);
  }

  /** What a member says of itself; of an unknown or removed one nothing is kept. */
  publish(id: NodeId, name: string, clientUrls: readonly string[]): void {
    const member = this.#members.get(id);
    if (member !== undefined) this.put({ ...member, name, clientUrls });
  }

  save(w: Writer): void {
    const members = this.list();
    w.varint(members.length);
    for (const member of members) writeMember(w, member);
    const removed = [...this.#removed].sort(compareIds);
    w.varint(removed.length);
    for (const id of removed) w.u64(id);
    w.text(this.version ?? '');
  }

  /** @throws DecodeError */
  static restore(r: Reader): Membership {
    const cluster = new Membership();
    for (let n = r.varint(); n > 0; n--) cluster.put(readMember(r));
    for (let n = r.varint(); n > 0; n--) cluster.#removed.add(nodeId(r.u64()));
    const version = r.text();
    cluster.version = version === '' ? undefined : version;
    return cluster;
  }
}
