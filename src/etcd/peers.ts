/**
 * What a member knows of its connections to peers, as etcd's peer status: active since when, and when something was heard last. It decides
 * which of etcd's timeout texts a client gets. Sizes are bounded by the membership.
 */

import { nodeId, simTime, type NodeId, type SimTime } from '#kernel/brand.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { compareIds } from '#etcd/identity.ts';

/** Silence after which a connection that carries heartbeats counts as broken (rafthttp's ConnReadTimeout), µs. */
export const CONNECTION_SILENCE_MICROS = 5_000_000;

/** Members of other clusters, or removed ones, that are remembered. */
const REFUSED_MAX = 64;

interface PeerState {
  isActive: boolean;
  activeSince: SimTime;
  heardAt: SimTime;
  /** When a heartbeat was sent to it last; 0 before the first. */
  beatAt: SimTime;
}

/** Mutable; owned by the member. */
export class Peers {
  readonly #peers = new Map<NodeId, PeerState>();
  /** Members that are not listened to, and of which the log has told. At most {@link REFUSED_MAX}. */
  readonly #refused = new Set<NodeId>();

  /** A message came. @returns true if the peer was inactive */
  heard(id: NodeId, now: SimTime): boolean {
    const peer = this.#peers.get(id);
    if (peer === undefined) {
      this.#peers.set(id, { isActive: true, activeSince: now, heardAt: now, beatAt: simTime(0) });
      return true;
    }
    const wasSilent = now - peer.heardAt > CONNECTION_SILENCE_MICROS;
    peer.heardAt = now;
    if (peer.isActive && !wasSilent) return false;
    const wasActive = peer.isActive;
    peer.isActive = true;
    peer.activeSince = now;
    return !wasActive;
  }

  /** The connection is refused or broken. @returns true if the peer was active */
  lost(id: NodeId): boolean {
    const peer = this.#peers.get(id);
    if (peer === undefined || !peer.isActive) return false;
    peer.isActive = false;
    return true;
  }

  /** A member that must not be listened to sends, or does not listen. @returns true the first time */
  refuse(id: NodeId): boolean {
    if (this.#refused.has(id) || this.#refused.size >= REFUSED_MAX) return false;
    this.#refused.add(id);
    return true;
  }

  forget(id: NodeId): void {
    this.#peers.delete(id);
  }

  isActive(id: NodeId, now: SimTime): boolean {
    const peer = this.#peers.get(id);
    return peer !== undefined && peer.isActive && now - peer.heardAt <= CONNECTION_SILENCE_MICROS;
  }

  /** Whether the connection has stood without a break since `since` (etcd's isConnectedSince). */
  isConnectedSince(id: NodeId, since: SimTime, now: SimTime): boolean {
    const peer = this.#peers.get(id);
    return this.isActive(id, now) && peer !== undefined && peer.activeSince < since;
  }

  /** Notes a heartbeat to a peer. @returns by how much it is later than `periodMaxMicros` after the last one; 0 if it is not */
  beat(id: NodeId, now: SimTime, periodMaxMicros: number): number {
    const peer = this.#peers.get(id);
    if (peer === undefined) return 0;
    const late = peer.beatAt === 0 ? 0 : now - peer.beatAt - periodMaxMicros;
    peer.beatAt = now;
    return Math.max(late, 0);
  }

  /** Heartbeats begin anew: this member is no leader any more. */
  forgetBeats(): void {
    for (const peer of this.#peers.values()) peer.beatAt = simTime(0);
  }

  save(w: Writer): void {
    const sorted = [...this.#peers].sort(([a], [b]) => compareIds(a, b));
    w.varint(sorted.length);
    for (const [id, p] of sorted) w.u64(id).bool(p.isActive).varint(p.activeSince).varint(p.heardAt).varint(p.beatAt);
    const refused = [...this.#refused].sort(compareIds);
    w.varint(refused.length);
    for (const id of refused) w.u64(id);
  }

  /** @throws DecodeError */
  static restore(r: Reader): Peers {
    const peers = new Peers();
    for (let n = r.varint(); n > 0; n--) {
      const id = nodeId(r.u64());
      peers.#peers.set(id, {
        isActive: r.bool(),
        activeSince: simTime(r.varint()),
        heardAt: simTime(r.varint()),
        beatAt: simTime(r.varint()),
      });
    }
    for (let n = r.varint(); n > 0; n--) peers.#refused.add(nodeId(r.u64()));
    return peers;
  }
}
