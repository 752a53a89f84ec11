/** Changes of role (paper §5.1, figure 4) and what each forgets. */

import { assert } from '#kernel/assert.ts';
import { logIndex, NO_NODE, term as termOf, type NodeId, type Term } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { trackedIds } from '#raft/configuration.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import type { RaftEventFields } from '#raft/event.ts';
import { becomeReplicate, newProgress, type Progress } from '#raft/progress.ts';
import { appendProposals } from '#raft/proposal.ts';
import { ReadQueue } from '#raft/read-only.ts';

/** What every change of term or role begins with: a new term has no vote yet, and the election timeout is drawn anew. */
function reset(core: Core, term: Term): void {
  if (core.term !== term) {
    assert(term > core.term, () => `term goes down from ${core.term} to ${term}`);
    core.term = term;
    core.vote = NO_NODE;
  }
  core.lead = NO_NODE;
  core.electionElapsed = 0;
  // Uniform in [electionTicks, 2 * electionTicks - 1], so that split votes are rare and quickly resolved (paper §5.2).
  const ticks = core.settings.electionTicks + core.settings.prng.nextBelow(core.settings.electionTicks);
  core.randomizedElectionTimeout = ticks;
  core.emit({ type: 'election-timeout-drawn', ticks });
}

/** Follows `lead` (NO_NODE if nobody is known to lead) in `term`. */
export function becomeFollower(core: Core, term: Term, lead: NodeId, reason: RaftEventFields<'became-follower'>['reason']): void {
  reset(core, term);
  core.lead = lead;
  core.role = { type: 'follower' };
  core.emit({ type: 'became-follower', term, lead, reason });
}

/** Begins a new term and votes for itself. */
export function becomeCandidate(core: Core): void {
  assert(core.role.type !== 'leader', () => `leader of term ${core.term} cannot become candidate`);
  reset(core, termOf(core.term + 1));
  core.vote = core.id;
  core.role = { type: 'candidate', votes: new Map() };
  core.emit({ type: 'became-candidate', term: core.term });
}

/** Asks whether an election could be won: changes neither term nor vote (dissertation §9.6). */
export function becomePreCandidate(core: Core): void {
  assert(core.role.type !== 'leader', () => `leader of term ${core.term} cannot become pre-candidate`);
  core.lead = NO_NODE;
  core.role = { type: 'pre-candidate', votes: new Map() };
  core.emit({ type: 'became-pre-candidate', term: core.term });
}

/** Wins the election: every peer is probed, and the term begins with an empty entry (paper §8), which can be committed. */
export function becomeLeader(core: Core): LeaderRole {
  assert(core.role.type === 'candidate', () => `${core.role.type} of term ${core.term} cannot become leader`);
  reset(core, core.term);
  core.lead = core.id;
  const last = core.log.lastIndex();
  const progress = new Map<NodeId, Progress>();
  for (const id of trackedIds(core.config)) progress.set(id, newProgress(logIndex(last + 1), false));
  const self = progress.get(core.id);
  assert(self !== undefined, () => `node ${core.id} cannot lead a configuration without itself`);
  self.match = last;
  self.recentActive = true;
  becomeReplicate(self, core.inflightLimits);
  const role: LeaderRole = {
    type: 'leader',
    progress,
    reads: new ReadQueue(),
    postponedReads: [],
    transferee: NO_NODE,
    // Any entry that is not applied yet may be a configuration change: none may be proposed until all are.
    pendingConfIndex: last,
    uncommittedSize: 0,
    heartbeatElapsed: 0,
  };
  core.role = role;
  const error = appendProposals(core, role, [{ type: 'EntryNormal', data: EMPTY_BYTES }]);
  assert(error === undefined, 'an empty entry is never refused for its size');
  core.emit({ type: 'became-leader', term: core.term });
  return role;
}
