/**
 * The order of all changes as the members applied them: what a history is held against. It stands for etcd's write-ahead log, which etcd's own
 * robustness tests read for the same purpose. Built from what members show after each step; whatever two members show of one revision must be equal.
 */

import { isInRange, type KeyRange } from '#mvcc/byte-key.ts';
import type { Version } from '#checker/history.ts';

/** One change of one key. `after` is undefined in a delete, `before` where the key did not exist. */
export interface Change {
  readonly key: string;
  readonly revision: number;
  /** Position in its revision, from 0. */
  readonly sub: number;
  readonly after: Version | undefined;
  readonly before: Version | undefined;
}

/** What one revision changed, and when a member had applied it first (virtual µs). */
export interface Step {
  readonly revision: number;
  readonly changes: readonly Change[];
  readonly at: number;
}

/** A change as a member shows it. */
export interface ShownChange {
  readonly version: Version;
  readonly sub: number;
  readonly tombstone: boolean;
}

/** Mutable; grows by {@link append}. */
export class Replay {
  readonly #steps: Step[] = [];
  /** Changes of each key, oldest first. */
  readonly #byKey = new Map<string, Change[]>();
  #keys: string[] = [];
  #keysSorted = true;

  /** The revision of an empty store is 1. */
  get revision(): number {
    return this.#steps.length + 1;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  step(revision: number): Step | undefined {
    return this.#steps[revision - 2];
  }

  /** Adds the changes of the next revision. */
  append(revision: number, shown: readonly ShownChange[], at: number): void {
    const changes = shown.map(({ version, sub, tombstone }): Change => {
      const list = this.#historyOf(version.key);
      const before = list.at(-1)?.after;
      const change: Change = { key: version.key, revision, sub, before, after: tombstone ? undefined : version };
      list.push(change);
      return change;
    });
    this.#steps.push({ revision, changes, at });
  }

  #historyOf(key: string): Change[] {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const fresh: Change[] = [];
    this.#byKey.set(key, fresh);
    this.#keys.push(key);
    this.#keysSorted = false;
    return fresh;
  }

  /** A key as it was at a revision. */
  at(key: string, revision: number): Version | undefined {
    const list = this.#byKey.get(key) ?? [];
    let low = 0;
    let high = list.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((list[mid]?.revision ?? Infinity) <= revision) low = mid + 1;
      else high = mid;
    }
    return list[low - 1]?.after;
  }

  /** Keys of a range at a revision, in order. */
  range(range: KeyRange, revision: number): readonly Version[] {
    if (range.end === undefined) {
      const one = this.at(range.start, revision);
      return one === undefined ? [] : [one];
    }
    const found: Version[] = [];
    const keys = this.#sorted();
    for (let i = lowerBound(keys, range.start); i < keys.length; i++) {
      const key = keys[i] ?? '';
      if (!isInRange(key, range)) break;
      const version = this.at(key, revision);
      if (version !== undefined) found.push(version);
    }
    return found;
  }

  /** Changes of a range with revisions in [from, to], in order. */
  changes(range: KeyRange, from: number, to: number): readonly Change[] {
    const found: Change[] = [];
    for (let revision = Math.max(2, from); revision <= Math.min(to, this.revision); revision++)
      for (const change of this.step(revision)?.changes ?? []) if (isInRange(change.key, range)) found.push(change);
    return found;
  }

  /** Keys that hang on a lease at a revision. */
  leaseKeys(lease: bigint, revision: number): readonly string[] {
    return this.#sorted().filter((key) => this.at(key, revision)?.lease === lease);
  }

  #sorted(): readonly string[] {
    if (!this.#keysSorted) {
      this.#keys = this.#keys.toSorted();
      this.#keysSorted = true;
    }
    return this.#keys;
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((keys[mid] ?? '') < key) low = mid + 1;
    else high = mid;
  }
  return low;
}

export const isSameVersion = (a: Version | undefined, b: Version | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : a.key === b.key && a.value === b.value && a.create === b.create && a.mod === b.mod && a.version === b.version && a.lease === b.lease;
