/** Answers to requests for votes and pre-votes (paper §5.2, §5.4.1; dissertation §6.2 and §9.6 for leases and pre-votes). */

import { assert } from '#kernel/assert.ts';
import { NO_NODE, type NodeId, type Term } from '#kernel/brand.ts';
import type { Core } from '#raft/core.ts';
import type { RaftEventFields } from '#raft/event.ts';
import type { MsgVote } from '#raft/message.ts';
import { sendAfterAppend } from '#raft/send.ts';

type Ballot = RaftEventFields<'vote-cast'>;

function ballotOf(core: Core, message: MsgVote): Ballot {
  const last = core.log.lastId();
  return {
    logTerm: last.term,
    index: last.index,
    vote: core.vote,
    message: message.type,
    peer: message.from,
    peerLogTerm: message.logTerm,
    peerIndex: message.index,
    term: core.term,
  };
}

/** True if a leader was heard of within the last election timeout, so that a higher term is not even looked at. */
export function ignoresInLease(core: Core, message: MsgVote): boolean {
  const { checkQuorum, electionTicks } = core.settings;
  const inLease = checkQuorum && core.lead !== NO_NODE && core.electionElapsed < electionTicks;
  if (!inLease || message.transfer) return false;
  const remainingTicks = electionTicks - core.electionElapsed;
  core.emit({ type: 'vote-ignored-in-lease', ...ballotOf(core, message), lead: core.lead, remainingTicks });
  return true;
}

function answer(core: Core, message: MsgVote, to: NodeId, term: Term, reject: boolean): void {
  sendAfterAppend(core, { type: message.type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp', from: core.id, to, term, reject });
}

/** Refuses a pre-vote for a term that has passed, so that the sender learns of ours. */
export function rejectOldPreVote(core: Core, message: MsgVote): void {
  core.emit({ type: 'vote-rejected', ...ballotOf(core, message), reason: 'lower-term' });
  answer(core, message, message.from, core.term, true);
}

/** Why no vote can be given, or undefined if it can. */
function refusalOf(core: Core, message: MsgVote): RaftEventFields<'vote-rejected'>['reason'] | undefined {
  const { broken } = core.settings;
  const isFuturePreVote = message.type === 'MsgPreVote' && message.term > core.term;
  const isFree =
    core.vote === message.from || (core.vote === NO_NODE && core.lead === NO_NODE) || isFuturePreVote || broken.voteTwice === true;
  if (!isFree) return core.vote === NO_NODE ? 'follows-a-leader' : 'voted-for-other';
  const isUpToDate = core.log.isUpToDate({ term: message.logTerm, index: message.index }) || broken.voteForOutdatedLog === true;
  return isUpToDate ? undefined : 'log-not-up-to-date';
}

/** Grants or refuses a vote in the present term, or a pre-vote for it or a later one. Learners vote too: they may be voters and not know yet. */
export function handleVote(core: Core, message: MsgVote): void {
  const reason = refusalOf(core, message);
  if (reason !== undefined) {
    core.emit({ type: 'vote-rejected', ...ballotOf(core, message), reason });
    answer(core, message, message.from, core.term, true);
    return;
  }
  core.emit({ type: 'vote-cast', ...ballotOf(core, message) });
  // A granted pre-vote answers with the term that was asked for: ours may be lower, and the answer would be ignored.
  answer(core, message, message.from, message.term, false);
  if (message.type === 'MsgVote') {
    const { broken } = core.settings;
    const isFirst = core.vote === NO_NODE || core.vote === message.from || broken.voteTwice === true;
    assert(isFirst, () => `second vote in term ${core.term}: for ${message.from} after ${core.vote}`);
    core.electionElapsed = 0;
    core.vote = message.from;
  }
}
