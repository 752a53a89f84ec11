/** What the Raft core says of itself, as facts of the feed: who did it, and why. Events that a reader need not see give nothing. */

import type { NodeId } from '#kernel/brand.ts';
import type { Cast } from '#host/cast.ts';
import type { RaftEvent } from '#raft/event.ts';
import type { FeedFact } from '#view/feed.ts';

/** What is remembered of a member between its events. Mutable; owned by the feed. */
export interface RaftMemory {
  term: number;
  role: 'follower' | 'pre-candidate' | 'candidate' | 'leader';
  votes: number;
  voters: number;
  /** Virtual µs of its start; undefined if that is not remembered. */
  startedAt: number | undefined;
}

export const newRaftMemory = (voters: number): RaftMemory => ({ term: 0, role: 'follower', votes: 0, voters, startedAt: undefined });

type VoteRefusal = Extract<FeedFact, { readonly type: 'vote-refused' }>['reason'];
const REFUSALS = {
  'voted-for-other': 'already-voted',
  'follows-a-leader': 'lease',
  'log-not-up-to-date': 'log-behind',
  'lower-term': 'lower-term',
} as const satisfies Record<string, VoteRefusal>;

/**
 * The fact that an event stands for, if any; brings the member's memory up to date.
 * @param label of the request that it is about, or ''
 * @param at virtual µs
 */
export function raftFact(event: RaftEvent, memory: RaftMemory, cast: Cast, label: string, at: number): FeedFact | undefined {
  const name = (id: NodeId): string | undefined => (id === 0n ? undefined : cast.nodeName(id));
  switch (event.type) {
    case 'switched-to-configuration':
      memory.voters = event.config.voters.length;
      return undefined;
    case 'became-follower':
      return becameFollower(event, memory, name(event.lead));
    case 'became-pre-candidate':
      memory.role = 'pre-candidate';
      return { type: 'became-pre-candidate' };
    case 'became-candidate':
      memory.role = 'candidate';
      memory.term = event.term;
      return { type: 'became-candidate' };
    case 'became-leader':
      memory.role = 'leader';
      memory.term = event.term;
      return { type: 'became-leader', votes: Math.max(1, memory.votes), voters: memory.voters };
    case 'raft-started':
      memory.role = 'follower';
      memory.term = event.term;
      memory.voters = event.peers.length === 0 ? memory.voters : event.peers.length;
      return undefined;
    case 'election-started':
      return event.reason === 'timeout'
        ? timedOut(event.ticks, event.ticks * cast.heartbeatMicros, at - (memory.startedAt ?? -Infinity))
        : undefined;
    case 'votes-counted':
      memory.votes = event.granted;
      return undefined;
    case 'vote-cast':
      return { type: 'vote-granted', to: cast.nodeName(event.peer), pre: event.message === 'MsgPreVote' };
    case 'vote-rejected':
      return {
        type: 'vote-refused',
        to: cast.nodeName(event.peer),
        pre: event.message === 'MsgPreVote',
        reason: REFUSALS[event.reason],
        votedFor: name(event.vote),
      };
    case 'vote-ignored-in-lease':
      return {
        type: 'vote-refused',
        to: cast.nodeName(event.peer),
        pre: event.message === 'MsgPreVote',
        reason: 'lease',
        votedFor: name(event.vote),
      };
    case 'leader-found':
      memory.term = event.term;
      return { type: 'became-follower', lead: cast.nodeName(event.leader) };
    case 'entries-appended':
      return event.proposed ? { type: 'appended', index: event.last, count: event.last - event.first + 1, label } : undefined;
    case 'append-rejection-received':
      return { type: 'append-refused', index: event.index, hint: event.hint, from: cast.nodeName(event.peer) };
    case 'conflict-found':
      return { type: 'truncated', from: event.index, existingTerm: event.existingTerm, newTerm: event.conflictingTerm };
    case 'commit-advanced':
      return event.reason === 'quorum'
        ? { type: 'committed', index: event.index, holders: event.acks.map((id) => cast.nodeName(id)) }
        : undefined;
    case 'snapshot-sent':
      return { type: 'snapshot-sent', to: cast.nodeName(event.peer), index: event.index };
    default:
      return undefined;
  }
}

/** A timer cannot have run for longer than the process. */
function timedOut(ticks: number, micros: number, running: number): FeedFact {
  return { type: 'election-timeout', afterMicros: Math.min(micros, running), ticks, skipped: running < micros };
}

function becameFollower(
  event: Extract<RaftEvent, { readonly type: 'became-follower' }>,
  memory: RaftMemory,
  lead: string | undefined,
): FeedFact | undefined {
  const led = memory.role === 'leader';
  memory.role = 'follower';
  memory.term = event.term;
  if (led) {
    if (event.reason === 'quorum-not-active')
      return { type: 'stepped-down', reason: 'quorum-lost', byMember: undefined, newTerm: undefined };
    if (event.reason === 'left-voters') return { type: 'stepped-down', reason: 'removed', byMember: undefined, newTerm: undefined };
    return { type: 'stepped-down', reason: 'higher-term', byMember: lead, newTerm: event.term };
  }
  // A leader that is found is told by `leader-found`; the start of a process has its own fact.
  return event.reason === 'election-lost' ? { type: 'became-follower', lead } : undefined;
}
