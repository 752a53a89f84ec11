/**
 * Reads that wait until a quorum confirms the leadership (dissertation §6.4): a request is confirmed by the heartbeats that carry its
 * context or that of a later one. Mutable; owned by the leader's role. It holds what the application asked for and was not answered;
 * a leader that loses a quorum loses its role, and the requests with it.
 */

import { toHex, type Bytes } from '#kernel/bytes.ts';
import type { LogIndex, NodeId } from '#kernel/brand.ts';

/** A read request as it came. */
export interface ReadRequest {
  /** Who asked: another node, this one, or NO_NODE for the application of this one. */
  readonly from: NodeId;
  readonly context: Bytes;
}

interface PendingRead {
  readonly request: ReadRequest;
  /** The commit index when the request came. */
  readonly index: LogIndex;
  readonly acks: Map<NodeId, boolean>;
}

/** A confirmed read: to be served once `index` is applied. */
export interface ConfirmedRead {
  readonly request: ReadRequest;
  readonly index: LogIndex;
}

export class ReadQueue {
  /** In the order of arrival, by the hex of the context. */
  readonly #pending = new Map<string, PendingRead>();

  /** Adds a request; a context that waits already is not added again. */
  add(request: ReadRequest, index: LogIndex): void {
    const key = toHex(request.context);
    if (!this.#pending.has(key)) this.#pending.set(key, { request, index, acks: new Map() });
  }

  /** Records that `from` answered the heartbeat with this context. Returns everyone who did; undefined if nothing waits for it. */
  acknowledge(from: NodeId, context: Bytes): ReadonlyMap<NodeId, boolean> | undefined {
    const acks = this.#pending.get(toHex(context))?.acks;
    acks?.set(from, true);
    return acks;
  }

  /** Takes the request with this context and all before it: what confirms one confirms the earlier ones. */
  confirm(context: Bytes): readonly ConfirmedRead[] {
    const key = toHex(context);
    if (!this.#pending.has(key)) return [];
    const confirmed: ConfirmedRead[] = [];
    for (const [at, { request, index }] of this.#pending) {
      confirmed.push({ request, index });
      this.#pending.delete(at);
      if (at === key) break;
    }
    return confirmed;
  }

  /** The newest waiting context, for the next heartbeat; undefined if nothing waits. */
  lastContext(): Bytes | undefined {
    let last: Bytes | undefined;
    for (const { request } of this.#pending.values()) last = request.context;
    return last;
  }

  /** Everything that waits, for checkpoints. */
  items(): readonly { readonly request: ReadRequest; readonly index: LogIndex; readonly acks: readonly NodeId[] }[] {
    return [...this.#pending.values()].map(({ request, index, acks }) => ({ request, index, acks: [...acks.keys()] }));
  }
}
