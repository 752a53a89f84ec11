/**
 * What `/v2/stats/self` and `/v2/stats/leader` tell of the traffic between members (etcdserver/api/v2stats). Rates are those of the last 200
 * appends. A follower's latency is here the virtual time from an append to the first answer after it; etcd measures how long it takes to
 * write the append to the connection.
 */

import { nodeId, type NodeId, type SimTime, simTime } from '#kernel/brand.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { readList, writeList } from '#raft/state-codec.ts';
import { compareIds } from '#etcd/identity.ts';
import type { Moment } from '#etcd/time-of-day.ts';

/** Appends from which rates are computed. */
const QUEUE_MAX = 200;
/** After such a silence the rates are 0, µs. */
const SILENCE_MICROS = 1_000_000;
const MICROS_PER_SECOND = 1_000_000;

interface Append {
  readonly at: SimTime;
  readonly bytes: number;
}

/** What a leader knows of a follower; latencies in ms. */
export interface FollowerStats {
  current: number;
  average: number;
  /** Mean of the squares, for the deviation. */
  averageSquare: number;
  minimum: number;
  maximum: number;
  fail: number;
  success: number;
  /** When the oldest append was sent that is not answered; 0: all are. */
  sentAt: SimTime;
}

/** Appends a second and bytes a second. */
export interface Rates {
  readonly packages: number;
  readonly bandwidth: number;
}

/** Go prints the greatest double where nothing was measured. */
const MINIMUM_START = 2 ** 63;

class Traffic {
  count = 0;
  queue: Append[] = [];

  add(append: Append): void {
    this.count++;
    this.queue.push(append);
    if (this.queue.length > QUEUE_MAX) this.queue.shift();
  }

  rates(now: SimTime): Rates {
    const [first, last] = [this.queue[0], this.queue.at(-1)];
    if (first === undefined || last === undefined || now - last.at > SILENCE_MICROS || last.at === first.at)
      return { packages: 0, bandwidth: 0 };
    const seconds = (last.at - first.at) / MICROS_PER_SECOND;
    return { packages: this.queue.length / seconds, bandwidth: this.queue.reduce((sum, { bytes }) => sum + bytes, 0) / seconds };
  }
}

/** Mutable; owned by the member. Bounded by the membership. */
export class PeerStats {
  /** When the member started, and since when it has known the leader. */
  readonly startedAt: Moment;
  leaderSince: Moment = { at: simTime(0), wallOffset: 0 };
  readonly received = new Traffic();
  readonly sent = new Traffic();
  readonly #followers = new Map<NodeId, FollowerStats>();

  constructor(startedAt: Moment) {
    this.startedAt = startedAt;
  }

  /** An append came. */
  onReceived(bytes: number, at: SimTime): void {
    this.received.add({ at, bytes });
  }

  /** An append leaves. */
  onSent(to: NodeId, bytes: number, at: SimTime): void {
    this.sent.add({ at, bytes });
    const follower = this.#follower(to);
    if (follower.sentAt === 0) follower.sentAt = at;
  }

  /** An append was answered. */
  onAnswered(from: NodeId, at: SimTime): void {
    const follower = this.#follower(from);
    if (follower.sentAt === 0) return;
    const millis = (at - follower.sentAt) / 1000;
    follower.sentAt = simTime(0);
    const total = follower.success * follower.average + millis;
    const squares = follower.success * follower.averageSquare + millis * millis;
    follower.success++;
    follower.current = millis;
    follower.maximum = Math.max(follower.maximum, millis);
    follower.minimum = follower.success === 1 ? millis : Math.min(follower.minimum, millis);
    follower.average = total / follower.success;
    follower.averageSquare = squares / follower.success;
  }

  /** A peer could not be reached. */
  onFailed(id: NodeId): void {
    const follower = this.#follower(id);
    if (follower.sentAt !== 0) follower.fail++;
    follower.sentAt = simTime(0);
  }

  #follower(id: NodeId): FollowerStats {
    const known = this.#followers.get(id);
    if (known !== undefined) return known;
    const fresh: FollowerStats = {
      current: 0,
      average: 0,
      averageSquare: 0,
      minimum: MINIMUM_START,
      maximum: 0,
      fail: 0,
      success: 0,
      sentAt: simTime(0),
    };
    this.#followers.set(id, fresh);
    return fresh;
  }

  /** Of a peer, whether or not anything was sent to it. */
  of(id: NodeId): Readonly<FollowerStats> {
    return this.#follower(id);
  }

  save(w: Writer): void {
    for (const { at, wallOffset } of [this.startedAt, this.leaderSince]) w.varint(at).f64(wallOffset);
    for (const traffic of [this.received, this.sent]) {
      w.varint(traffic.count);
      writeList(w, traffic.queue, (out, { at, bytes }) => out.varint(at).varint(bytes));
    }
    const followers = [...this.#followers].sort(([a], [b]) => compareIds(a, b));
    writeList(w, followers, (out, [id, f]) => {
      out.u64(id).f64(f.current).f64(f.average).f64(f.averageSquare).f64(f.minimum).f64(f.maximum);
      return out.varint(f.fail).varint(f.success).varint(f.sentAt);
    });
  }

  /** @throws DecodeError */
  static restore(r: Reader): PeerStats {
    const readMoment = (): Moment => ({ at: simTime(r.varint()), wallOffset: r.f64() });
    const stats = new PeerStats(readMoment());
    stats.leaderSince = readMoment();
    for (const traffic of [stats.received, stats.sent]) {
      traffic.count = r.varint();
      traffic.queue = readList(r, (inner) => ({ at: simTime(inner.varint()), bytes: inner.varint() }));
    }
    for (let n = r.varint(); n > 0; n--) {
      const id = nodeId(r.u64());
      const [current, average, averageSquare, minimum, maximum] = [r.f64(), r.f64(), r.f64(), r.f64(), r.f64()];
      stats.#followers.set(id, {
        current,
        average,
        averageSquare,
        minimum,
        maximum,
        fail: r.varint(),
        success: r.varint(),
        sentAt: simTime(r.varint()),
      });
    }
    return stats;
  }
}
