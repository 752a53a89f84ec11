/** What is remembered of open calls of the v2 API, beside the call itself. Plain data; bounded by the clients' open calls. */

import type { Reader, Writer } from '#kernel/codec.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import type { V2Result } from '#v2/store.ts';
import { callKey } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';

export type V2Call =
  /** A request on the keys, on its way through the log. */
  | { readonly type: 'keys'; readonly noValue: boolean }
  /** A watcher of the store that this call waits for. */
  | { readonly type: 'watch'; readonly watcher: number; readonly stream: boolean }
  /** A change of the membership. `memberId` is the one that the path names. */
  | { readonly type: 'members'; readonly method: string; readonly memberId: bigint }
  /** A request on users and roles, with what the store answered so far. */
  | { readonly type: 'auth'; readonly request: AuthRequest; readonly ensured: boolean; readonly results: readonly V2Result[] };

/** A request to `/v2/auth`, as it came. */
export interface AuthRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: Bytes;
}

/** Mutable; owned by the member. */
export class V2Calls {
  /** etcd looks once in a member's life whether the directories of users and roles are there. */
  hasAuthDirectories = false;
  readonly #open = new Map<string, V2Call>();
  readonly #watches = new Map<string, CallId>();

  set(id: CallId, call: V2Call): void {
    this.#open.set(callKey(id), call);
    if (call.type === 'watch') this.#watches.set(callKey(id), id);
  }

  get(id: CallId): V2Call | undefined {
    return this.#open.get(callKey(id));
  }

  take(id: CallId): V2Call | undefined {
    const call = this.get(id);
    this.#open.delete(callKey(id));
    this.#watches.delete(callKey(id));
    return call;
  }

  /** The calls that watch, in the order of their coming. */
  watches(): readonly CallId[] {
    return [...this.#watches.values()];
  }

  save(w: Writer): void {
    const rows = [...this.#open].map(([key, call]) => ({ key, call, id: this.#watches.get(key) }));
    // Calls are plain data; their type has no index signature.
    w.bool(this.hasAuthDirectories).bytes(encodePlain(rows as unknown as Plain)); // see above
  }

  /** @throws DecodeError */
  static restore(r: Reader): V2Calls {
    const calls = new V2Calls();
    calls.hasAuthDirectories = r.bool();
    const rows = decodePlain(r.bytes().slice()) as unknown as readonly { key: string; call: V2Call; id: CallId | undefined }[]; // what save wrote
    for (const { key, call, id } of rows) {
      calls.#open.set(key, call);
      if (id !== undefined) calls.#watches.set(key, id);
    }
    return calls;
  }
}
