/** What a node says of itself: for drawings, for `status`, and for members that decide how much of the log to keep. */

import { NO_NODE, type LogIndex, type NodeId, type Term } from '#kernel/brand.ts';
import { compareIds, type Configuration } from '#raft/configuration.ts';
import type { Core } from '#raft/core.ts';
import type { ProgressView } from '#raft/progress.ts';
import { viewOf } from '#raft/replicate.ts';
import type { RoleType } from '#raft/state.ts';

/** A node at one moment; plain data. */
export interface BasicStatus {
  readonly id: NodeId;
  readonly role: RoleType;
  readonly term: Term;
  readonly vote: NodeId;
  readonly lead: NodeId;
  readonly commit: LogIndex;
  readonly applied: LogIndex;
  readonly lastIndex: LogIndex;
  readonly firstIndex: LogIndex;
  /** Ticks since the last sign of a leader; of a leader, since it last checked its quorum. */
  readonly electionElapsed: number;
  /** Ticks after which this node campaigns. */
  readonly randomizedElectionTimeout: number;
  /** Whom a leader is handing over to; 0n if nobody. */
  readonly transferee: NodeId;
  /** Of a leader only; ids ascending. */
  readonly progressById: ReadonlyMap<NodeId, ProgressView>;
  /** Of a candidate and pre-candidate only: true for granted; in the order of arrival. */
  readonly votesById: ReadonlyMap<NodeId, boolean>;
}

/** A node at one moment, with its configuration. */
export interface Status extends BasicStatus {
  readonly config: Configuration;
}

const NO_PROGRESS: ReadonlyMap<NodeId, ProgressView> = new Map();
const NO_VOTES: ReadonlyMap<NodeId, boolean> = new Map();

/** Takes a picture of a node. */
export function basicStatusOf(core: Core): BasicStatus {
  const { role, log } = core;
  return {
    id: core.id,
    role: role.type,
    term: core.term,
    vote: core.vote,
    lead: core.lead,
    commit: log.committed,
    applied: log.applied,
    lastIndex: log.lastIndex(),
    firstIndex: log.firstIndex(),
    electionElapsed: core.electionElapsed,
    randomizedElectionTimeout: core.randomizedElectionTimeout,
    transferee: role.type === 'leader' ? role.transferee : NO_NODE,
    progressById: role.type === 'leader' ? progressOf(core) : NO_PROGRESS,
    votesById: role.type === 'candidate' || role.type === 'pre-candidate' ? new Map(role.votes) : NO_VOTES,
  };
}

/** A leader's view of all peers and itself, ids ascending; empty on other roles. */
export function progressOf(core: Core): ReadonlyMap<NodeId, ProgressView> {
  const { role } = core;
  if (role.type !== 'leader') return NO_PROGRESS;
  const sorted = [...role.progress].sort(([a], [b]) => compareIds(a, b));
  return new Map(sorted.map(([id, progress]) => [id, viewOf(core, id, progress)]));
}
