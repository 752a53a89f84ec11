/** Watchers by what they watch: single keys in a map, intervals in a list. Iteration is in the order in which they came. */

import { isInRange } from '#mvcc/byte-key.ts';
import type { Watcher } from '#mvcc/watcher.ts';

export class WatcherIndex {
  readonly #all = new Set<Watcher>();
  readonly #byKey = new Map<string, Set<Watcher>>();
  readonly #ranges = new Set<Watcher>();

  get size(): number {
    return this.#all.size;
  }

  has(watcher: Watcher): boolean {
    return this.#all.has(watcher);
  }

  all(): Iterable<Watcher> {
    return this.#all;
  }

  add(watcher: Watcher): void {
    this.#all.add(watcher);
    if (watcher.range.end !== undefined) {
      this.#ranges.add(watcher);
      return;
    }
    const same = this.#byKey.get(watcher.range.start);
    if (same === undefined) this.#byKey.set(watcher.range.start, new Set([watcher]));
    else same.add(watcher);
  }

  delete(watcher: Watcher): void {
    this.#all.delete(watcher);
    this.#ranges.delete(watcher);
    const same = this.#byKey.get(watcher.range.start);
    if (same?.delete(watcher) === true && same.size === 0) this.#byKey.delete(watcher.range.start);
  }

  clear(): void {
    this.#all.clear();
    this.#byKey.clear();
    this.#ranges.clear();
  }

  /** Visits the watchers of a key: first those of the key alone, then those of intervals. */
  visit(key: string, visit: (watcher: Watcher) => void): void {
    const same = this.#byKey.get(key);
    if (same !== undefined) for (const watcher of same) visit(watcher);
    for (const watcher of this.#ranges) if (isInRange(key, watcher.range)) visit(watcher);
  }
}
