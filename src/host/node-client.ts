/**
 * The conductor's end of one member's worker. Every request settles: with the answer, or by rejection when the worker dies, fails to load, or does not
 * answer within a minute.
 */

import { decodeReply, encodeRequest, type NodeReply, type NodeRequest } from '#host/node-message.ts';
import type { Bytes } from '#kernel/bytes.ts';

/** A worker, as far as it is used here; a test puts something in memory in its place. */
export interface WorkerPort {
  /** Transfers the buffer. */
  post(bytes: Uint8Array<ArrayBuffer>): void;
  onMessage(listener: (bytes: Bytes) => void): void;
  /** The worker failed to load, or something in it threw outside of a request. */
  onError(listener: (message: string) => void): void;
  terminate(): void;
}

/** Runs a callback after some wall time; gives a function that cancels it. */
export type After = (millis: number, run: () => void) => () => void;

/** The worker is gone, or refused. */
export class NodeError extends Error {
  override readonly name = 'NodeError';
}

/** Wall ms after which a worker that does not answer counts as dead. */
const SILENCE_MILLIS = 60_000;

interface Pending {
  readonly resolve: (reply: NodeReply) => void;
  readonly reject: (error: NodeError) => void;
}

/** Mutable; owned by the worker host. */
export class NodeClient {
  readonly #port: WorkerPort;
  readonly #after: After;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #dead: string | undefined;
  #cancelWatch: (() => void) | undefined;

  constructor(port: WorkerPort, after: After) {
    this.#port = port;
    this.#after = after;
    port.onMessage((bytes) => this.#receive(bytes));
    port.onError((message) => this.#die(message));
  }

  /** Why no request can be answered any more; undefined while the worker lives. */
  get dead(): string | undefined {
    return this.#dead;
  }

  /** @throws NodeError if the worker is dead, dies meanwhile, or answers that it failed */
  request(request: NodeRequest): Promise<Exclude<NodeReply, { readonly type: 'failed' }>> {
    if (this.#dead !== undefined) return Promise.reject(new NodeError(this.#dead));
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(number, {
        resolve: (reply) => (reply.type === 'failed' ? reject(new NodeError(reply.message)) : resolve(reply)),
        reject,
      });
      this.#port.post(encodeRequest(number, request));
      this.#watch();
    });
  }

  /** Ends the worker; whoever still waits for it is told. */
  terminate(): void {
    this.#die('the worker was ended');
  }

  #receive(bytes: Bytes): void {
    const { number, reply } = decodeReply(bytes);
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    pending?.resolve(reply);
  }

  /** One timer at a time: when it fires, whatever was already waiting when it was set has waited too long. */
  #watch(): void {
    if (this.#cancelWatch !== undefined) return;
    const first = this.#next;
    this.#cancelWatch = this.#after(SILENCE_MILLIS, () => {
      this.#cancelWatch = undefined;
      for (const number of this.#pending.keys()) if (number < first) return this.#die(`no answer for ${SILENCE_MILLIS / 1000} s`);
      if (this.#pending.size > 0) this.#watch();
    });
  }

  #die(reason: string): void {
    if (this.#dead !== undefined) return;
    this.#dead = reason;
    this.#cancelWatch?.();
    this.#port.terminate();
    const error = new NodeError(reason);
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of waiting) pending.reject(error);
  }
}
