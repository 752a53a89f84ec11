/**
 * The state of one Raft node and its settings. The rules are functions over this state in the files beside it, one per role and
 * message; raw-node.ts owns it. What belongs to a role exists only in that role.
 */

import type { LogIndex, NodeId, Term } from '#kernel/brand.ts';
import type { Prng } from '#kernel/prng.ts';
import type { Configuration } from '#raft/configuration.ts';
import type { EventSink } from '#raft/event.ts';
import type { InflightLimits } from '#raft/inflights.ts';
import type { Message } from '#raft/message.ts';
import type { Progress } from '#raft/progress.ts';
import type { RaftLog } from '#raft/raft-log.ts';
import type { ReadQueue, ReadRequest } from '#raft/read-only.ts';
import type { ReadState } from '#raft/state.ts';
import type { Storage } from '#raft/storage.ts';

/**
 * Rules that a test may break on purpose, to prove that its checker would notice (never in a real run).
 */
export interface BrokenRules {
  /** Commit entries of earlier terms by counting replicas (against paper §5.4.2). */
  readonly commitOlderTermByCounting?: boolean;
  /** Start without the vote that was saved (against paper §5.2, "at most one vote per term"). */
  readonly forgetVoteOnRestart?: boolean;
  /** Grant a second vote in a term (against paper §5.2). */
  readonly voteTwice?: boolean;
  /** Grant votes whatever the candidate's log (against paper §5.4.1). */
  readonly voteForOutdatedLog?: boolean;
  /** Count one acknowledgement less than a majority as a quorum for commits (against paper §5.3). */
  readonly commitWithoutMajority?: boolean;
  /** Append without comparing the previous entry's term (against paper §5.3, Log Matching). */
  readonly skipLogMatching?: boolean;
  /** Answer reads from the leader's own word, without a quorum (against dissertation §6.4). */
  readonly readWithoutQuorum?: boolean;
  /** Keep own entries where a leader's conflict with them, and acknowledge all the same (against paper §5.3). */
  readonly keepConflicting?: boolean;
  /** Go on leading in the higher term that a message carries (against paper §5.1). */
  readonly leadIntoHigherTerm?: boolean;
  /** Count the acknowledgements of learners towards the voters' majority (against dissertation §4.2.1). */
  readonly countLearners?: boolean;
  /** In a joint configuration, ask the incoming half alone (against paper §6). */
  readonly ignoreOutgoing?: boolean;
}

/** How a leader makes sure that a read is linearizable: by a quorum's word, or by trusting its lease (and the clocks). */
export type ReadOnlyOption = 'safe' | 'lease-based';

/** What a node is started with. Sizes are bytes; NO_LIMIT means none. */
export interface RaftSettings {
  /** Not 0. */
  readonly id: NodeId;
  /** Ticks without a leader before an election, more than heartbeatTicks. The timeout drawn is in [electionTicks, 2*electionTicks-1]. */
  readonly electionTicks: number;
  /** Ticks between a leader's heartbeats, at least 1. */
  readonly heartbeatTicks: number;
  readonly storage: Storage;
  /** Where the state machine is already, after a restart; 0 if not known. */
  readonly applied: LogIndex;
  /** Storage is written by threads that get messages (MsgStorageAppend, MsgStorageApply), and Advance is not used. */
  readonly asyncStorageWrites: boolean;
  readonly maxSizePerMessage: number;
  /** Limit of committed entries that are handed out and not applied. */
  readonly maxCommittedSizePerReady: number;
  /** Limit of payload that a leader has proposed and not committed. */
  readonly maxUncommittedSize: number;
  /** Window of each peer. */
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
  /** A leader that hears from no quorum steps down, and nobody votes while it hears from a leader (dissertation §6.2). */
  readonly checkQuorum: boolean;
  /** Ask whether an election could be won before disturbing anyone (dissertation §9.6). */
  readonly preVote: boolean;
  readonly readOnly: ReadOnlyOption;
  readonly disableProposalForwarding: boolean;
  readonly disableConfChangeValidation: boolean;
  /** A leader that is removed or demoted steps down when it applies that. */
  readonly stepDownOnRemoval: boolean;
  /** Draws the election timeouts: the stream `election/<name>`. */
  readonly prng: Prng;
  readonly onEvent: EventSink;
  readonly broken: BrokenRules;
}

/** Votes by voter: true for granted. */
export type Votes = Map<NodeId, boolean>;

export interface FollowerRole {
  readonly type: 'follower';
}
export interface CandidateRole {
  readonly type: 'candidate' | 'pre-candidate';
  readonly votes: Votes;
}
export interface LeaderRole {
  readonly type: 'leader';
  /** Of exactly the nodes of the configuration, this one included. */
  readonly progress: Map<NodeId, Progress>;
  readonly reads: ReadQueue;
  /** Requests that came before this leader committed an entry of its term (paper §8). */
  postponedReads: ReadRequest[];
  /** Whom the leadership is being handed to; NO_NODE if nobody. */
  transferee: NodeId;
  /** No configuration change may be proposed before this index is applied. Only goes up. */
  pendingConfIndex: LogIndex;
  /** Payload that was proposed and is not applied. */
  uncommittedSize: number;
  heartbeatElapsed: number;
}
export type Role = FollowerRole | CandidateRole | LeaderRole;

/** One node. Mutable; owned by its RawNode. */
export interface Core {
  readonly settings: RaftSettings;
  readonly id: NodeId;
  readonly emit: EventSink;
  readonly inflightLimits: InflightLimits;
  /** Never goes down (paper, figure 2). */
  term: Term;
  /** Whom this node voted for in `term`: nobody, then one candidate until the term ends (paper §5.2). */
  vote: NodeId;
  /** Whom this node takes for the leader of `term`: itself if and only if it leads; nobody while it campaigns. */
  lead: NodeId;
  role: Role;
  config: Configuration;
  readonly log: RaftLog;
  /** Ticks since a leader was heard of or a vote was granted; of a leader, since the last check of its quorum. */
  electionElapsed: number;
  /** The timeout drawn at the last reset. */
  randomizedElectionTimeout: number;
  readStates: ReadState[];
  /** Messages that may leave at once. */
  messages: Message[];
  /** Messages that promise something: they leave when what came before is durable. Includes those to this node itself. */
  messagesAfterAppend: Message[];
}

/** A core whose fields lie in one order in memory, started or restored: compiled code that meets another order is thrown away. */
export const coreFrom = (from: Core): Core => ({
  settings: from.settings,
  id: from.id,
  emit: from.emit,
  inflightLimits: from.inflightLimits,
  term: from.term,
  vote: from.vote,
  lead: from.lead,
  role: from.role,
  config: from.config,
  log: from.log,
  electionElapsed: from.electionElapsed,
  randomizedElectionTimeout: from.randomizedElectionTimeout,
  readStates: from.readStates,
  messages: from.messages,
  messagesAfterAppend: from.messagesAfterAppend,
});
