/** When a leader may take entries for committed (paper §5.3, §5.4.2, §6). */

import { logIndex, type LogIndex, type NodeId } from '#kernel/brand.ts';
import { compareIds, isVoter, voterIds } from '#raft/configuration.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import { jointCommitted, majorityOf } from '#raft/quorum.ts';

/** The greatest index that a quorum has; Infinity without voters. */
export function quorumIndex(core: Core, role: LeaderRole): number {
  const acked = (id: NodeId): number | undefined => role.progress.get(id)?.match;
  const { broken } = core.settings;
  if (broken.commitWithoutMajority === true) {
    const ids = voterIds(core.config);
    return heldBy(ids, Math.max(1, majorityOf(ids.length) - 1), acked);
  }
  const { voters, outgoing, learners } = core.config;
  if (broken.countLearners === true) return heldBy([...voters, ...learners], majorityOf(voters.length), acked);
  return jointCommitted(voters, broken.ignoreOutgoing === true ? [] : outgoing, acked);
}

/** For rules broken on purpose: the greatest index that `count` of these nodes have. */
function heldBy(ids: readonly NodeId[], count: number, acked: (id: NodeId) => number | undefined): number {
  const indexes = ids.map((id) => acked(id) ?? 0).sort((a, b) => b - a);
  return indexes[count - 1] ?? 0;
}

/**
 * Moves the commit index up to what a quorum has, if that entry is of this leader's term: older ones are only committed along with it,
 * since counting their copies proves nothing (paper §5.4.2, figure 8).
 * @returns whether the commit index moved
 */
export function maybeCommit(core: Core, role: LeaderRole): boolean {
  const at = quorumIndex(core, role);
  const { log } = core;
  if (at <= log.committed || at > log.lastIndex()) return false;
  const index: LogIndex = logIndex(at);
  if (log.termOrZero(index) !== core.term && core.settings.broken.commitOlderTermByCounting !== true) return false;
  const previous = log.committed;
  log.advanceCommit(index);
  const acks: NodeId[] = [];
  for (const [id, { match }] of role.progress) if (match >= index && isVoter(core.config, id)) acks.push(id);
  core.emit({ type: 'commit-advanced', previous, index, reason: 'quorum', acks: acks.sort(compareIds) });
  return true;
}

/** True if this leader has committed an entry of its own term: only then is its commit index known to be the newest (paper §8). */
export const hasCommittedInTerm = (core: Core): boolean => core.log.termOrZero(core.log.committed) === core.term;
