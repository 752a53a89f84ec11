/**
 * Every stored change in order of revision: the `key` bucket of etcd's backend. Appended at the end, thinned by compaction. Kept in chunks, so that
 * taking a batch out of a million changes moves some thousands of them.
 */

import { assert, present } from '#kernel/assert.ts';
import { isEarlier, type StoredRevision } from '#mvcc/record.ts';

/** Changes that an appended chunk holds; thinned ones hold fewer, none of them nothing. */
const CHUNK = 1024;

export class RevisionLog {
  #chunks: StoredRevision[][] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All changes, oldest first, as a copy. */
  all(): readonly StoredRevision[] {
    const all: readonly StoredRevision[] = [];
    return all.concat(...this.#chunks); // copies whole arrays, which flat() does one by one
  }

  append(change: StoredRevision): void {
    const chunk = this.#chunks[this.#chunks.length - 1];
    const last = chunk?.[chunk.length - 1];
    assert(
      last === undefined || isEarlier(last, change),
      () => `revision log: ${change.modRevision}.${change.sub} after ${last?.modRevision}.${last?.sub}`,
    );
    if (chunk === undefined || chunk.length >= CHUNK) this.#chunks.push([change]);
    else chunk.push(change);
    this.#length++;
  }

  /** Changes of main revisions in [from, to], oldest first. */
  between(from: number, to: number): readonly StoredRevision[] {
    const first = this.#place(from);
    const last = this.#place(to + 1);
    if (first.chunk === last.chunk) return this.#chunks[first.chunk]?.slice(first.offset, last.offset) ?? [];
    return [
      ...(this.#chunks[first.chunk]?.slice(first.offset) ?? []),
      ...this.#chunks.slice(first.chunk + 1, last.chunk).flat(),
      ...(this.#chunks[last.chunk]?.slice(0, last.offset) ?? []),
    ];
  }

  /** Position of the first change whose main revision is at least `main`. */
  lowerBound(main: number): number {
    const { chunk, offset } = this.#place(main);
    let position = offset;
    for (let i = 0; i < chunk; i++) position += present(this.#chunks[i], 'chunk').length;
    return position;
  }

  /** The changes at [at, at + count). */
  batch(at: number, count: number): readonly StoredRevision[] {
    const taken: StoredRevision[] = [];
    let start = 0;
    for (const chunk of this.#chunks) {
      if (start >= at + count) break;
      for (let i = Math.max(0, at - start); i < Math.min(chunk.length, at + count - start); i++) taken.push(present(chunk[i], 'change'));
      start += chunk.length;
    }
    return taken;
  }

  /** Takes changes out of [at, at + count). */
  remove(at: number, count: number, gone: ReadonlySet<StoredRevision>): void {
    const kept: StoredRevision[][] = [];
    let start = 0;
    for (const chunk of this.#chunks) {
      const isTouched = start < at + count && start + chunk.length > at;
      const left = isTouched ? chunk.filter((change) => !gone.has(change)) : chunk;
      if (left.length > 0) kept.push(left);
      start += chunk.length;
    }
    this.#chunks = kept;
    this.#length -= gone.size;
  }

  /** Where the first change of main revision `main` or later is, or would be. */
  #place(main: number): { readonly chunk: number; readonly offset: number } {
    const chunk = countWhile(this.#chunks.length, (i) => present(this.#chunks[i]?.[0], 'first of a chunk').modRevision < main) - 1;
    const changes = this.#chunks[chunk];
    if (changes === undefined) return { chunk: 0, offset: 0 };
    return { chunk, offset: countWhile(changes.length, (i) => present(changes[i], 'change').modRevision < main) };
  }
}

/** How many of the first `length` positions fulfil a condition that none fulfils after one that does not. */
function countWhile(length: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (holds(mid)) low = mid + 1;
    else high = mid;
  }
  return low;
}
