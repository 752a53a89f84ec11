/** What a checker has against a run: the property that was broken, by whom, where and when. */

import type { SimTime } from '#kernel/brand.ts';

/**
 * The four of the Raft paper (figure 3: election safety, log matching, leader completeness, state machine safety) and what follows from them
 * or from etcd's promises: one vote a term (§5.2), terms and commit indexes that never fall, durable acknowledged writes, equal stores. Then what
 * clients are promised (etcd's API guarantees): a history that can be put in one order, the nine rules of watches as etcd's robustness tests have
 * them, leases that live out their time; and what a healthy cluster does not do (liveness).
 */
export type Property =
  | 'election-safety'
  | 'leader-append-only'
  | 'log-matching'
  | 'leader-completeness'
  | 'state-machine-safety'
  | 'monotone-term'
  | 'monotone-vote'
  | 'monotone-commit'
  /** A vote or an acknowledgement left before it was on disk. */
  | 'durable-before-sent'
  | 'durability'
  | 'equal-stores'
  | 'hash-kv'
  | 'liveness'
  /** A leader that a majority could hear was deposed. */
  | 'disruption'
  /** A leader that nobody could hear went on leading. */
  | 'stale-leader'
  | 'crash'
  /** Two members show different changes of one revision. */
  | 'one-history'
  | 'linearizability'
  | 'serializable-read'
  | 'one-revision'
  | 'monotone-revision'
  | 'v2-order'
  | 'lease-floor'
  | 'lease-atomic'
  | 'watch-filter'
  | 'watch-ordered'
  | 'watch-unique'
  | 'watch-atomic'
  | 'watch-bookmarkable'
  | 'watch-resumable'
  | 'watch-reliable'
  | 'watch-prev-kv'
  | 'watch-is-create';

export interface Violation {
  readonly property: Property;
  /** Names of the members, or of the clients' calls, that contradict each other, or the one that is wrong. */
  readonly members: readonly string[];
  /** Log index, 0 if it is not about one. */
  readonly index: number;
  readonly at: SimTime;
  readonly detail: string;
  /** What shows it, one line each, in the order of time: the least that is needed. */
  readonly events?: readonly string[];
}

/** One line, and one more for each event. */
export const violationText = (v: Violation): string =>
  `${v.property} at ${(v.at / 1000).toFixed(3)} ms, ${v.members.join(' and ')}${v.index === 0 ? '' : `, index ${v.index}`}: ${v.detail}` +
  (v.events ?? []).map((event) => `\n    ${event}`).join('');
