/** Every stored change in order of revision: the `key` bucket of etcd's backend. Appended at the end, thinned from the front by compaction. */

import { assert, present } from '#kernel/assert.ts';
import { isEarlier, type StoredRevision } from '#mvcc/record.ts';

export class RevisionLog {
  readonly #changes: StoredRevision[] = [];

  get length(): number {
    return this.#changes.length;
  }

  /** All changes, oldest first; valid until the next change. */
  all(): readonly StoredRevision[] {
    return this.#changes;
  }

  append(change: StoredRevision): void {
    const last = this.#changes[this.#changes.length - 1];
    assert(
      last === undefined || isEarlier(last, change),
      () => `revision log: ${change.modRevision}.${change.sub} after ${last?.modRevision}.${last?.sub}`,
    );
    this.#changes.push(change);
  }

  /** Changes of main revisions in [from, to], oldest first. */
  between(from: number, to: number): readonly StoredRevision[] {
    return this.#changes.slice(this.lowerBound(from), this.lowerBound(to + 1));
  }

  /** Position of the first change whose main revision is at least `main`. */
  lowerBound(main: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (present(this.#changes[mid], 'change').modRevision < main) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** The changes at [at, at + count). */
  batch(at: number, count: number): readonly StoredRevision[] {
    return this.#changes.slice(at, at + count);
  }

  /** Puts what is left of a batch in its place. @param count of the batch, at most some thousands */
  replace(at: number, count: number, left: readonly StoredRevision[]): void {
    this.#changes.splice(at, count, ...left);
  }
}
