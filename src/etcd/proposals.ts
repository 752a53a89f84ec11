/**
 * Requests on their way through the log: registered by their id, found again when their entry is applied, given up after etcd's request
 * timeout. While there is no leader they wait here, since etcd's node takes no proposal then; afterwards they wait in the log.
 *
 * Plain data, no callbacks, so that a checkpoint can carry them. Bounded by the clients: each call has at most one.
 */

import { eventIdFromNumber, nodeId, simTime, type EventId, type NodeId, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import type { CallId } from '#etcd/contract.ts';

/** Who waits: a client's call, or the member itself. */
export type Waiter =
  | { readonly type: 'call'; readonly call: CallId }
  | { readonly type: 'publish' }
  | { readonly type: 'cluster-version' }
  /** Another member asked for it on behalf of a call of its own. */
  | { readonly type: 'peer'; readonly from: NodeId; readonly call: CallId }
  /** Nobody waits for the outcome: lease expiry, alarms raised by the quota. */
  | { readonly type: 'nobody' }
  /** The compaction that the leader asks for by itself. */
  | { readonly type: 'compactor' }
  /** A renewal of a lease that first has to clear a checkpoint: of this member's client, or of a client of `from`. */
  | { readonly type: 'renewal'; readonly from: NodeId; readonly call: CallId; readonly lease: bigint };

export interface Proposal {
  readonly id: bigint;
  readonly waiter: Waiter;
  readonly startedAt: SimTime;
  readonly deadline: SimTime;
  /** The trace event that the outcome comes from: received, then proposed. */
  readonly event: EventId;
  readonly entry: 'EntryNormal' | 'EntryConfChange';
  readonly data: Bytes;
}

const WAITERS = ['call', 'publish', 'cluster-version', 'nobody', 'peer', 'compactor', 'renewal'] as const;

/** Mutable; owned by the member. */
export class Proposals {
  /** In order of registration, which is the order of their deadlines, because all have the same timeout. */
  readonly #byId = new Map<bigint, Proposal>();
  /** Registered and not yet handed to the core, oldest first. */
  #queue: Proposal[] = [];

  add(proposal: Proposal): void {
    this.#byId.set(proposal.id, proposal);
    this.#queue.push(proposal);
  }

  get hasQueued(): boolean {
    return this.#queue.length > 0;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Takes those that are to be proposed now; the ones given up meanwhile are left out. */
  takeQueued(): readonly Proposal[] {
    const queued = this.#queue.filter((p) => this.#byId.has(p.id));
    this.#queue = [];
    return queued;
  }

  /** Puts back what the core did not take. */
  requeue(proposals: readonly Proposal[]): void {
    this.#queue = [...proposals, ...this.#queue];
  }

  /** Ends the wait for an id. */
  take(id: bigint): Proposal | undefined {
    const proposal = this.#byId.get(id);
    if (proposal !== undefined) this.#byId.delete(id);
    return proposal;
  }

  /** The event that led to a proposal, as it was replaced by its proposing. */
  retrace(id: bigint, event: EventId): void {
    const proposal = this.#byId.get(id);
    if (proposal !== undefined) this.#byId.set(id, { ...proposal, event });
  }

  /** Whether it was not yet handed to the core. */
  isQueued(id: bigint): boolean {
    return this.#queue.some((p) => p.id === id);
  }

  /** When the next one is to be given up. */
  nextDeadline(): SimTime | undefined {
    for (const proposal of this.#byId.values()) return proposal.deadline;
    return undefined;
  }

  /** Those whose time is over, still registered. */
  expired(now: SimTime): readonly Proposal[] {
    const late: Proposal[] = [];
    for (const proposal of this.#byId.values()) {
      if (proposal.deadline > now) break;
      late.push(proposal);
    }
    return late;
  }

  /** The id under which a call waits. */
  idOfCall(call: CallId): bigint | undefined {
    for (const { id, waiter } of this.#byId.values()) {
      if (waiter.type === 'call' && waiter.call.client === call.client && waiter.call.call === call.call) return id;
    }
    return undefined;
  }

  /** Whether a renewal on a stream of this member's client waits for the log. */
  isRenewing(call: CallId, self: NodeId): boolean {
    for (const { waiter } of this.#byId.values()) {
      if (waiter.type !== 'renewal' || waiter.from !== self) continue;
      if (waiter.call.client === call.client && waiter.call.call === call.call) return true;
    }
    return false;
  }

  save(w: Writer): void {
    w.varint(this.#byId.size);
    for (const p of this.#byId.values()) {
      w.u64(p.id).u8(WAITERS.indexOf(p.waiter.type));
      if ('from' in p.waiter) w.u64(p.waiter.from);
      if ('call' in p.waiter) w.varint(p.waiter.call.client).varint(p.waiter.call.call);
      if (p.waiter.type === 'renewal') w.u64(BigInt.asUintN(64, p.waiter.lease));
      w.varint(p.startedAt)
        .varint(p.deadline)
        .varint(p.event)
        .bool(p.entry === 'EntryConfChange')
        .bytes(p.data);
    }
    const queued = this.#queue.filter((p) => this.#byId.has(p.id));
    w.varint(queued.length);
    for (const p of queued) w.u64(p.id);
  }

  /** @throws DecodeError */
  static restore(r: Reader): Proposals {
    const proposals = new Proposals();
    for (let n = r.varint(); n > 0; n--) {
      const id = r.u64();
      const type = WAITERS[r.u8()] ?? 'nobody';
      const waiter = readWaiter(r, type);
      const startedAt = simTime(r.varint());
      const deadline = simTime(r.varint());
      const event = eventIdFromNumber(r.varint());
      const entry = r.bool() ? 'EntryConfChange' : 'EntryNormal';
      proposals.#byId.set(id, { id, waiter, startedAt, deadline, event, entry, data: r.bytes().slice() });
    }
    for (let n = r.varint(); n > 0; n--) {
      const proposal = proposals.#byId.get(r.u64());
      if (proposal !== undefined) proposals.#queue.push(proposal);
    }
    return proposals;
  }
}

function readWaiter(r: Reader, type: Waiter['type']): Waiter {
  if (type !== 'call' && type !== 'peer' && type !== 'renewal') return { type };
  const from = type === 'call' ? undefined : nodeId(r.u64());
  const call = { client: r.varint(), call: r.varint() };
  if (from === undefined) return { type: 'call', call };
  return type === 'renewal' ? { type, from, call, lease: BigInt.asIntN(64, r.u64()) } : { type: 'peer', from, call };
}
