/** Who is in the cluster and in which capacity. Immutable: a change makes a new one (see confchange.ts). Ids are kept ascending. */

import type { NodeId } from '#kernel/brand.ts';
import type { ConfState } from '#raft/state.ts';

/**
 * The active configuration. Invariants (held by confchange.ts): learners are in no voter half; every one of `learnersNext` is in the
 * outgoing half; outside of a joint configuration `outgoing` and `learnersNext` are empty and `autoLeave` is false.
 */
export interface Configuration {
  readonly voters: readonly NodeId[];
  /** The outgoing half of a joint configuration; empty outside of one. */
  readonly outgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly learnersNext: readonly NodeId[];
  /** Leave the joint configuration by itself as soon as it is applied. */
  readonly autoLeave: boolean;
}

export const EMPTY_CONFIGURATION: Configuration = { voters: [], outgoing: [], learners: [], learnersNext: [], autoLeave: false };

/** Ascending order of ids. */
export const compareIds = (a: NodeId, b: NodeId): number => (a < b ? -1 : a > b ? 1 : 0);

/** Ids ascending, each once. */
export const sortedIds = (ids: Iterable<NodeId>): NodeId[] => [...new Set(ids)].sort(compareIds);

/** True while two majorities are needed. */
export const isJoint = (config: Configuration): boolean => config.outgoing.length > 0;

/** True if `id` votes in either half. */
export const isVoter = (config: Configuration, id: NodeId): boolean => config.voters.includes(id) || config.outgoing.includes(id);

/** True if `id` receives the log without a vote. One that only becomes a learner later is not one yet. */
export const isLearner = (config: Configuration, id: NodeId): boolean => config.learners.includes(id);

/** The voters of both halves, ascending. */
export const voterIds = (config: Configuration): readonly NodeId[] =>
  config.outgoing.length === 0 ? config.voters : sortedIds([...config.voters, ...config.outgoing]);

/** Everyone to whom a leader replicates, ascending. */
export const trackedIds = (config: Configuration): readonly NodeId[] =>
  sortedIds([...config.voters, ...config.outgoing, ...config.learners]);

/** True if `id` is one of {@link trackedIds}. */
export const isTracked = (config: Configuration, id: NodeId): boolean => isVoter(config, id) || isLearner(config, id);

/** The configuration in the form that snapshots carry. */
export const toConfState = (config: Configuration): ConfState => ({
  voters: config.voters,
  votersOutgoing: config.outgoing,
  learners: config.learners,
  learnersNext: config.learnersNext,
  autoLeave: config.autoLeave,
});

const sameIds = (a: readonly NodeId[], b: readonly NodeId[]): boolean => {
  const x = a.toSorted(compareIds);
  const y = b.toSorted(compareIds);
  return x.length === y.length && x.every((id, i) => id === y[i]);
};

/** True if both say the same, in whatever order. */
export const isSameConfState = (a: ConfState, b: ConfState): boolean =>
  sameIds(a.voters, b.voters) &&
  sameIds(a.votersOutgoing, b.votersOutgoing) &&
  sameIds(a.learners, b.learners) &&
  sameIds(a.learnersNext, b.learnersNext) &&
  a.autoLeave === b.autoLeave;
