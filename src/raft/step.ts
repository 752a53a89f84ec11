/** The entry of every message: terms first (paper §5.1), then what all roles do alike, then the role's own rules. */

import { logIndex, NO_NODE, term as termOf } from '#kernel/brand.ts';
import type { Core } from '#raft/core.ts';
import { startElection } from '#raft/election.ts';
import { entriesSize, payloadsSize } from '#raft/entry.ts';
import type { StepResult } from '#raft/error.ts';
import type { Message, MsgStorageApplyResp } from '#raft/message.ts';
import { becomeFollower } from '#raft/roles.ts';
import { sendAfterAppend } from '#raft/send.ts';
import { appliedSnapshot, appliedTo } from '#raft/snapshot.ts';
import { stepCandidate } from '#raft/step-candidate.ts';
import { stepFollower } from '#raft/step-follower.ts';
import { stepLeader } from '#raft/step-leader.ts';
import { handleVote, ignoresInLease, rejectOldPreVote } from '#raft/vote.ts';

/** Handles one message. */
export function step(core: Core, message: Message): StepResult {
  // Local messages and those that are not bound to a term have none.
  if (message.term > core.term) {
    if (!enterHigherTerm(core, message)) return undefined;
  } else if (message.term < core.term && message.term !== 0) {
    answerLowerTerm(core, message);
    return undefined;
  }
  switch (message.type) {
    case 'MsgHup':
      startElection(core, 'asked', core.electionElapsed);
      return undefined;
    case 'MsgStorageAppendResp':
      if (message.index !== 0) core.log.unstable.stableTo({ term: message.logTerm, index: message.index });
      if (message.snapshot !== undefined) appliedSnapshot(core, message.snapshot);
      return undefined;
    case 'MsgStorageApplyResp':
      handleApplied(core, message);
      return undefined;
    case 'MsgVote':
    case 'MsgPreVote':
      handleVote(core, message);
      return undefined;
    default:
      return stepRole(core, message);
  }
}

function stepRole(core: Core, message: Message): StepResult {
  const { role } = core;
  if (role.type === 'leader') return stepLeader(core, role, message);
  return role.type === 'follower' ? stepFollower(core, message) : stepCandidate(core, role, message);
}

/** Follows a higher term. Returns false if the message is to be ignored. */
function enterHigherTerm(core: Core, message: Message): boolean {
  const { type, from, term } = message;
  if (type === 'MsgVote' || type === 'MsgPreVote') {
    if (ignoresInLease(core, message)) return false;
    if (type === 'MsgPreVote') return true; // asking changes nothing
  }
  // A granted pre-vote carries the term that would be campaigned in, which nobody has entered.
  if (type === 'MsgPreVoteResp' && !message.reject) return true;
  core.emit({ type: 'higher-term-received', term: core.term, message: type, peer: from, messageTerm: term });
  if (core.settings.broken.leadIntoHigherTerm === true && core.role.type === 'leader') {
    core.term = term;
    return false;
  }
  const isFromLeader = type === 'MsgApp' || type === 'MsgHeartbeat' || type === 'MsgSnap';
  becomeFollower(core, term, isFromLeader ? from : NO_NODE, 'higher-term');
  return true;
}

/** A message of a term that has passed: mostly ignored, but some senders must learn that their term has passed. */
function answerLowerTerm(core: Core, message: Message): void {
  const { type, from, term } = message;
  const { checkQuorum, preVote } = core.settings;
  if ((checkQuorum || preVote) && (type === 'MsgHeartbeat' || type === 'MsgApp')) {
    // Without this a node that came back with a higher term would be stuck: it may not disturb the leader by a vote, and its leader
    // would never hear of the higher term. The answer makes the leader step down, and a new election finds a common term.
    sendAfterAppend(core, {
      type: 'MsgAppResp',
      from: core.id,
      to: from,
      term: core.term,
      index: logIndex(0),
      reject: false,
      rejectHint: logIndex(0),
      logTerm: termOf(0),
    });
  } else if (type === 'MsgPreVote') {
    rejectOldPreVote(core, message);
  } else if (type === 'MsgStorageAppendResp') {
    // Entries of an old term may be replaced by a write that is still under way; a snapshot cannot be.
    if (message.index !== 0) core.emit({ type: 'lower-term-append-ignored', term: core.term, messageTerm: term });
    if (message.snapshot !== undefined) appliedSnapshot(core, message.snapshot);
  } else {
    core.emit({ type: 'lower-term-ignored', term: core.term, message: type, peer: from, messageTerm: term });
  }
}

/** Entries were applied: they no longer count as outstanding, neither for the page limit nor for the uncommitted one. */
function handleApplied(core: Core, message: MsgStorageApplyResp): void {
  const last = message.entries.at(-1);
  if (last === undefined) return;
  const before = core.role;
  appliedTo(core, last.index, entriesSize(message.entries));
  if (before.type === 'leader') before.uncommittedSize = Math.max(0, before.uncommittedSize - payloadsSize(message.entries));
}
