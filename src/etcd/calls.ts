/** The open calls of clients. Plain data; bounded by the clients, whose own number of open calls is bounded by the world. */

import { eventIdFromNumber, type EventId } from '#kernel/brand.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import type { CallId } from '#etcd/contract.ts';

/** How a call that came over HTTP is answered. */
export interface HttpCall {
  readonly kind: 'unary' | 'stream' | 'health' | 'probe' | 'v2';
  /** The head of the answer is sent. */
  readonly started: boolean;
  /** Of a probe: whether it wants all lines, and those of the checks that are done. */
  readonly verbose?: boolean;
  readonly lines?: readonly string[];
}

export interface OpenCall {
  readonly id: CallId;
  /** gRPC path. */
  readonly method: string;
  /** The auth token it came with, or ''. */
  readonly token: string;
  /** The trace event of its arrival. */
  readonly event: EventId;
  /** The client says no more. */
  readonly halfClosed?: boolean;
  /** Metadata `hasleader: true`. */
  readonly requireLeader?: boolean;
  /** Absent for a call over gRPC. */
  readonly http?: HttpCall;
}

/**
 * Bytes of a stream's answers that may be on their way without having been taken: gRPC-Go's write quota of 64 KiB in the server and the receiver's
 * window of 65,535 bytes. Beyond it a sender waits, so a slow client costs a member no more than that.
 */
export const SEND_WINDOW_BYTES = 64 * 1024 + 65_535;

const KINDS = ['unary', 'stream', 'health', 'probe', 'v2'] as const;

/** One text per call id. */
export const callKey = (id: CallId): string => `${id.client}/${id.call}`;

/** Mutable; owned by the member. */
export class Calls {
  readonly #open = new Map<string, OpenCall>();
  readonly #requiringLeader = new Set<string>();
  /** Bytes sent on streams that their clients have not taken. */
  readonly #untaken = new Map<string, number>();

  get size(): number {
    return this.#open.size;
  }

  /** Whether any open call needs a leader. */
  get someRequireLeader(): boolean {
    return this.#requiringLeader.size > 0;
  }

  /** Open calls that need a leader, in the order of their opening. */
  requiringLeader(): readonly OpenCall[] {
    return [...this.#requiringLeader].flatMap((key) => this.#open.get(key) ?? []);
  }

  open(call: OpenCall): void {
    this.#open.set(callKey(call.id), call);
    if (call.requireLeader === true) this.#requiringLeader.add(callKey(call.id));
  }

  get(id: CallId): OpenCall | undefined {
    return this.#open.get(callKey(id));
  }

  close(id: CallId): void {
    this.#open.delete(callKey(id));
    this.#requiringLeader.delete(callKey(id));
    this.#untaken.delete(callKey(id));
  }

  /** An answer went out on a stream. */
  sent(id: CallId, bytes: number): void {
    const key = callKey(id);
    this.#untaken.set(key, (this.#untaken.get(key) ?? 0) + bytes);
  }

  /** A client has taken some of what was sent. */
  taken(id: CallId, bytes: number): void {
    const key = callKey(id);
    const left = (this.#untaken.get(key) ?? 0) - bytes;
    if (left > 0) this.#untaken.set(key, left);
    else this.#untaken.delete(key);
  }

  /** Whether a stream takes another answer now; the last one may go beyond its window, as with gRPC's quota. */
  hasRoom(id: CallId): boolean {
    return this.#untaken.size === 0 || (this.#untaken.get(callKey(id)) ?? 0) < SEND_WINDOW_BYTES;
  }

  save(w: Writer): void {
    w.varint(this.#open.size);
    for (const { id, method, token, event, http, requireLeader, halfClosed } of this.#open.values()) {
      w.varint(id.client).varint(id.call).text(method).text(token).varint(event);
      w.bool(requireLeader ?? false).bool(halfClosed ?? false);
      w.u8(http === undefined ? 0 : KINDS.indexOf(http.kind) + 1).bool(http?.started ?? false);
      w.varint(this.#untaken.get(callKey(id)) ?? 0);
      if (http?.kind === 'probe') w.bool(http.verbose ?? false).text((http.lines ?? []).join('\n'));
    }
  }

  /** @throws DecodeError */
  static restore(r: Reader): Calls {
    const calls = new Calls();
    for (let n = r.varint(); n > 0; n--) {
      const id = { client: r.varint(), call: r.varint() };
      const plain = { id, method: r.text(), token: r.text(), event: eventIdFromNumber(r.varint()) };
      const leading = r.bool() ? { ...plain, requireLeader: true } : plain;
      const call = r.bool() ? { ...leading, halfClosed: true } : leading;
      const kind = KINDS[r.u8() - 1];
      const started = r.bool();
      const untaken = r.varint();
      if (untaken > 0) calls.sent(id, untaken);
      if (kind === undefined) calls.open(call);
      else if (kind !== 'probe') calls.open({ ...call, http: { kind, started } });
      else {
        const verbose = r.bool();
        const text = r.text();
        calls.open({ ...call, http: { kind, started, verbose, lines: text === '' ? [] : text.split('\n') } });
      }
    }
    return calls;
  }
}
