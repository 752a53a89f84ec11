/**
 * What is going to happen, in order of (time, sequence). Everything in it is plain data, so that it is part of a checkpoint. What is lost on
 * the way stands here too, with the place and reason of its loss: that is decided when it is sent or when the link is cut, so a drawing can
 * show where it goes down.
 */

import { assert } from '#kernel/assert.ts';
import type { EventId, NodeId } from '#kernel/brand.ts';
import { Heap } from '#kernel/heap.ts';
import type { InboxItem, Reply } from '#etcd/contract.ts';

/** `cut`: the link was cut. `loss`: dice. `dead`: nobody listens there. `dropped`: a limit was reached, or `play message --drop`. */
export type LossReason = 'cut' | 'loss' | 'dead' | 'dropped';

/** Where on its way something is lost (0 the sender, 1 the receiver) and why. */
export interface Loss {
  readonly at: number;
  readonly reason: LossReason;
}

/** Something between two actors. Times in µs; `arrivesAt` is when it arrives, or would if it were not lost. */
export interface Flight {
  readonly from: number;
  readonly to: number;
  /** Raft message type, or what of a call it is: open, message, window, half-close, cancel, reply, end. */
  readonly kind: string;
  /** The trace event that sent it. */
  readonly sent: EventId;
  readonly sentAt: number;
  readonly arrivesAt: number;
  readonly lost: Loss | undefined;
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An item of a call as it is on its way; the cause is set at its delivery. */
export type CallItem = Without<
  Extract<InboxItem, { readonly type: 'call' | 'call-message' | 'call-read' | 'call-half-close' | 'call-cancel' | 'http' }>,
  'cause'
>;

export type AgendaItem =
  | { readonly type: 'peer'; readonly flight: Flight; readonly message: Uint8Array }
  | { readonly type: 'call'; readonly flight: Flight; readonly item: CallItem }
  | { readonly type: 'reply'; readonly flight: Flight; readonly reply: Reply }
  /** Only to be seen: a segment of a call that the network swallows; what it carried waits for the link. */
  | { readonly type: 'swallowed'; readonly flight: Flight }
  | {
      readonly type: 'call-failed';
      readonly client: number;
      readonly call: number;
      readonly reason: 'refused' | 'broken';
      readonly cause: EventId;
    }
  /** A client sends a request again. */
  | { readonly type: 'call-retry'; readonly client: number; readonly call: number; readonly cause: EventId }
  | { readonly type: 'unreachable'; readonly member: number; readonly peer: NodeId; readonly cause: EventId }
  | { readonly type: 'snapshot-sent'; readonly member: number; readonly peer: NodeId; readonly ok: boolean; readonly cause: EventId }
  | { readonly type: 'saved'; readonly member: number; readonly incarnation: number; readonly op: number; readonly cause: EventId }
  | {
      readonly type: 'spawn';
      readonly client: number;
      /** The parent. */
      readonly process: string;
      readonly child: number;
      readonly cause: EventId;
    }
  | {
      readonly type: 'timer';
      readonly client: number;
      readonly process: string;
      readonly timer: number;
      readonly generation: number;
      readonly cause: EventId;
    };

export interface AgendaEntry {
  readonly at: number;
  readonly seq: number;
  readonly item: AgendaItem;
}

/** Entries of an agenda at most. */
const ENTRIES_MAX = 1_000_000;

/** The queue of {@link AgendaEntry}s. Mutable; owned by the world. */
export class Agenda {
  readonly #heap = new Heap<AgendaEntry>((a, b) => a.at < b.at || (a.at === b.at && a.seq < b.seq));
  #next = 1;

  get size(): number {
    return this.#heap.size;
  }

  /** µs of the next entry. */
  get nextAt(): number | undefined {
    return this.#heap.peek()?.at;
  }

  /** Beyond {@link ENTRIES_MAX} the run stops with a failed assertion: some client asks without end. */
  add(at: number, item: AgendaItem): void {
    assert(this.#heap.size < ENTRIES_MAX, () => `the agenda holds at most ${ENTRIES_MAX} entries`);
    this.#heap.push({ at, seq: this.#next++, item });
  }

  /** Takes the next entry if its time has come. */
  take(now: number): AgendaItem | undefined {
    const top = this.#heap.peek();
    if (top === undefined || top.at > now) return undefined;
    this.#heap.pop();
    return top.item;
  }

  /** Entries in no order. */
  entries(): readonly AgendaEntry[] {
    return this.#heap.items();
  }

  /**
   * Looks at every entry in order and keeps, changes or removes it; a changed one keeps its sequence number.
   * @param change gives the entry's new time and item, or undefined to remove it; the same object to keep it
   */
  rewrite(change: (entry: AgendaEntry) => Omit<AgendaEntry, 'seq'> | undefined): void {
    const sorted = this.sorted();
    this.#heap.filter(() => false);
    for (const entry of sorted) {
      const next = change(entry);
      if (next !== undefined) this.#heap.push({ at: next.at, seq: entry.seq, item: next.item });
    }
  }

  /** Entries in the order in which they come up. */
  sorted(): AgendaEntry[] {
    return [...this.#heap.items()].sort((a, b) => a.at - b.at || a.seq - b.seq);
  }

  save(): { readonly next: number; readonly entries: readonly AgendaEntry[] } {
    return { next: this.#next, entries: this.sorted() };
  }

  restore(saved: { readonly next: number; readonly entries: readonly AgendaEntry[] }): void {
    this.#heap.filter(() => false);
    for (const entry of saved.entries) this.#heap.push(entry);
    this.#next = saved.next;
  }
}
