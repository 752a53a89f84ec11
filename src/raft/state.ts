/** What a node must keep on disk, what a snapshot says of itself, and what others may ask: the small records of the protocol. */

import { NO_NODE, logIndex, term, type LogIndex, type NodeId, type Term } from '#kernel/brand.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';

/** The durable state besides the log (paper, figure 2): it must be on disk before the messages that depend on it leave. */
export interface HardState {
  readonly term: Term;
  /** Whom this node voted for in `term`; NO_NODE if nobody. */
  readonly vote: NodeId;
  readonly commit: LogIndex;
}

/** A cluster's configuration as snapshots carry it: ids ascending. */
export interface ConfState {
  readonly voters: readonly NodeId[];
  /** The outgoing half of a joint configuration; empty outside of one. */
  readonly votersOutgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** Voters of the outgoing half that become learners when the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
  readonly autoLeave: boolean;
}

/** The state machine up to and including `index`, in place of the log until there. */
export interface Snapshot {
  readonly index: LogIndex;
  readonly term: Term;
  readonly confState: ConfState;
  readonly data: Bytes;
}

/** The four roles (paper §5.1, dissertation §9.6 for the pre-candidate). */
export type RoleType = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** State that need not be durable but that an application likes to see. */
export interface SoftState {
  readonly lead: NodeId;
  readonly role: RoleType;
}

/** A linearizable read became possible: everything up to `index` must be applied before it is served (dissertation §6.4). */
export interface ReadState {
  readonly index: LogIndex;
  readonly context: Bytes;
}

export const EMPTY_HARD_STATE: HardState = { term: term(0), vote: NO_NODE, commit: logIndex(0) };
export const EMPTY_CONF_STATE: ConfState = { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
/** The snapshot of a log that begins at its beginning. */
export const EMPTY_SNAPSHOT: Snapshot = { index: logIndex(0), term: term(0), confState: EMPTY_CONF_STATE, data: EMPTY_BYTES };

export const isSameHardState = (a: HardState, b: HardState): boolean => a.term === b.term && a.vote === b.vote && a.commit === b.commit;
/** The state of a node that never took part in anything. */
export const isEmptyHardState = (state: HardState): boolean => isSameHardState(state, EMPTY_HARD_STATE);
