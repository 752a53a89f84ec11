/** Campaigns: who may start one, and how votes are asked for and counted (paper §5.2; dissertation §9.6 for pre-votes). */

import { assert } from '#kernel/assert.ts';
import { logIndex, term as termOf } from '#kernel/brand.ts';
import { isLearner, isVoter, voterIds } from '#raft/configuration.ts';
import type { CandidateRole, Core } from '#raft/core.ts';
import type { RaftEventFields } from '#raft/event.ts';
import type { MsgVoteResp } from '#raft/message.ts';
import { jointVote, type VoteResult } from '#raft/quorum.ts';
import { becomeCandidate, becomePreCandidate } from '#raft/roles.ts';
import { send, sendAfterAppend } from '#raft/send.ts';

/** Why an election is wanted. */
export type ElectionReason = RaftEventFields<'election-started'>['reason'];

/** Why this node cannot become leader, or undefined if it can. */
export function unpromotableReason(core: Core): RaftEventFields<'unpromotable'>['reason'] | undefined {
  if (isLearner(core.config, core.id)) return 'learner';
  if (!isVoter(core.config, core.id)) return 'not-in-configuration';
  return core.log.hasPendingSnapshot() ? 'snapshot-pending' : undefined;
}

/**
 * Starts an election unless something forbids it.
 * @param ticks how long nothing was heard of a leader
 */
export function startElection(core: Core, reason: ElectionReason, ticks: number): void {
  if (core.role.type === 'leader') {
    core.emit({ type: 'campaign-ignored-by-leader' });
    return;
  }
  const obstacle = unpromotableReason(core);
  if (obstacle !== undefined) {
    core.emit({ type: 'unpromotable', reason: obstacle });
    return;
  }
  if (hasUnappliedConfChange(core)) {
    core.emit({ type: 'campaign-blocked-by-conf-change', term: core.term });
    return;
  }
  core.emit({ type: 'election-started', term: core.term, reason, ticks });
  if (reason === 'transfer') campaign(core, 'transfer');
  else campaign(core, core.settings.preVote ? 'pre-election' : 'election');
}

/** Entries read at once by {@link hasUnappliedConfChange}; a backlog may be long. */
const SCAN_PAGE_BYTES = 1 << 20;

/** True if a committed configuration change is not applied: this node does not know yet whom to ask for votes. */
function hasUnappliedConfChange(core: Core): boolean {
  const { log } = core;
  for (let lo = log.applied + 1; lo <= log.committed;) {
    const page = log.slice(logIndex(lo), logIndex(log.committed + 1), SCAN_PAGE_BYTES);
    assert(page.ok, () => `entries from ${lo} on are committed and not applied, but compacted`);
    if (page.value.some((entry) => entry.type !== 'EntryNormal')) return true;
    lo += page.value.length;
  }
  return false;
}

/** Becomes candidate (or pre-candidate) and asks every voter; one that asked for this by a transfer is not held back by leases. */
export function campaign(core: Core, kind: 'pre-election' | 'election' | 'transfer'): void {
  const isPre = kind === 'pre-election';
  if (isPre) becomePreCandidate(core);
  else becomeCandidate(core);
  // A pre-vote is for the term that would be campaigned in.
  const term = isPre ? termOf(core.term + 1) : core.term;
  const last = core.log.lastId();
  for (const to of voterIds(core.config)) {
    if (to === core.id) {
      // The own vote counts when it is durable, as anyone's.
      sendAfterAppend(core, { type: isPre ? 'MsgPreVoteResp' : 'MsgVoteResp', from: core.id, to, term, reject: false });
      continue;
    }
    const type = isPre ? 'MsgPreVote' : 'MsgVote';
    core.emit({ type: 'vote-requested', message: type, peer: to, logTerm: last.term, index: last.index, term: core.term });
    send(core, { type, from: core.id, to, term, logTerm: last.term, index: last.index, transfer: kind === 'transfer' });
  }
}

/** Counts one answer; the first of each voter holds. */
export function countVote(core: Core, role: CandidateRole, message: MsgVoteResp): VoteResult {
  const { from, type, reject } = message;
  core.emit({ type: 'vote-received', message: type, peer: from, rejected: reject, term: core.term });
  if (!role.votes.has(from)) role.votes.set(from, !reject);
  const { config } = core;
  let granted = 0;
  let rejected = 0;
  for (const id of voterIds(config)) {
    const vote = role.votes.get(id);
    if (vote === true) granted += 1;
    else if (vote === false) rejected += 1;
  }
  const outgoing = core.settings.broken.ignoreOutgoing === true ? [] : config.outgoing;
  const result = jointVote(config.voters, outgoing, role.votes);
  core.emit({ type: 'votes-counted', message: type, granted, rejected, result });
  return result;
}
