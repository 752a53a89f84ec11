/** What a checker has against a run: the property that was broken, by whom, where and when. */

import type { SimTime } from '#kernel/brand.ts';

/**
 * The four of the Raft paper (figure 3: election safety, log matching, leader completeness, state machine safety) and what follows from them
 * or from etcd's promises: one vote a term (§5.2), terms and commit indexes that never fall, durable acknowledged writes, equal stores.
 */
export type Property =
  | 'election-safety'
  | 'log-matching'
  | 'leader-completeness'
  | 'state-machine-safety'
  | 'monotone-term'
  | 'monotone-commit'
  | 'durability'
  | 'equal-stores'
  | 'liveness'
  | 'crash';

export interface Violation {
  readonly property: Property;
  /** Names of the members that contradict each other, or the one that is wrong. */
  readonly members: readonly string[];
  /** Log index, 0 if it is not about one. */
  readonly index: number;
  readonly at: SimTime;
  readonly detail: string;
}

export const violationText = (v: Violation): string =>
  `${v.property} at ${(v.at / 1000).toFixed(3)} ms, ${v.members.join(' and ')}${v.index === 0 ? '' : `, index ${v.index}`}: ${v.detail}`;
