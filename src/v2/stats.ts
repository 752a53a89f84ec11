/** Counters of the v2 store (etcdserver/api/v2store/stats.go), in the order in which `/v2/stats/store` prints them. */

import type { Reader, Writer } from '#kernel/codec.ts';

const NAMES = [
  'getsSuccess',
  'getsFail',
  'setsSuccess',
  'setsFail',
  'deleteSuccess',
  'deleteFail',
  'updateSuccess',
  'updateFail',
  'createSuccess',
  'createFail',
  'compareAndSwapSuccess',
  'compareAndSwapFail',
  'compareAndDeleteSuccess',
  'compareAndDeleteFail',
  'expireCount',
] as const;
type StatName = (typeof NAMES)[number];
/** What is counted as success and failure. */
export type StatFamily = StatName extends infer N ? (N extends `${infer F}Success` ? F : never) : never;

/** Mutable; owned by the store. */
export class StoreStats {
  readonly #counts = new Map<StatName, number>();

  get(name: StatName): number {
    return this.#counts.get(name) ?? 0;
  }

  inc(name: StatName): void {
    this.#counts.set(name, this.get(name) + 1);
  }

  /** As `/v2/stats/store` shows them. @param watchers that wait now */
  json(watchers: number): string {
    return `{${NAMES.map((name) => `"${name}":${this.get(name)}`).join(',')},"watchers":${watchers}}`;
  }

  /** @param what `replicated`: without the reads, which each member counts for itself */
  save(w: Writer, what: 'replicated' | 'all'): void {
    for (const name of NAMES) w.varint(what === 'replicated' && name.startsWith('gets') ? 0 : this.get(name));
  }

  /** @throws DecodeError */
  static restore(r: Reader): StoreStats {
    const stats = new StoreStats();
    for (const name of NAMES) stats.#counts.set(name, r.varint());
    return stats;
  }
}
