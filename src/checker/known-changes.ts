/** What answers and watches have shown of the history of keys so far: bounded, so that it can be kept while a run is played. Holes are normal. */

import type { Version } from '#checker/history.ts';
import { rememberIn } from '#checker/remember.ts';

/** Keys, and changes of one key, that are remembered; the oldest are forgotten. */
const KEYS_MAX = 2000;
const CHANGES_MAX = 100;

/** A change of a key as somebody saw it. */
export interface KnownChange {
  readonly key: string;
  readonly revision: number;
  /** Undefined: it was deleted. */
  readonly value: string | undefined;
  /** All of it, where an answer or an event showed it. */
  readonly whole: Version | undefined;
  /** Who saw it, for a report. */
  readonly by: string;
}

/** Mutable. */
export class KnownChanges {
  readonly #byKey = new Map<string, KnownChange[]>();

  clear(): void {
    this.#byKey.clear();
  }

  /** Takes in what somebody saw; gives what was known of the same change if that differs. */
  learn(change: KnownChange): KnownChange | undefined {
    let list = this.#byKey.get(change.key);
    if (list === undefined) {
      list = [];
      rememberIn(this.#byKey, change.key, list, KEYS_MAX);
    }
    let at = list.length;
    while (at > 0 && (list[at - 1]?.revision ?? 0) >= change.revision) at--;
    const known = list[at];
    if (known?.revision !== change.revision) {
      list.splice(at, 0, change);
      if (list.length > CHANGES_MAX) list.shift();
      return undefined;
    }
    if (known.value !== change.value || !isSameWhole(known.whole, change.whole)) return known;
    if (known.whole === undefined && change.whole !== undefined) list[at] = { ...known, whole: change.whole };
    return undefined;
  }

  /** The newest known change of a key at or before a revision. */
  lastAt(key: string, revision: number): KnownChange | undefined {
    const list = this.#byKey.get(key) ?? [];
    for (let i = list.length - 1; i >= 0; i--) {
      const change = list[i];
      if (change !== undefined && change.revision <= revision) return change;
    }
    return undefined;
  }
}

const isSameWhole = (a: Version | undefined, b: Version | undefined): boolean =>
  a === undefined || b === undefined || (a.create === b.create && a.version === b.version && a.lease === b.lease);
