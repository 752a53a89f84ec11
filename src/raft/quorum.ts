/**
 * Majorities, and joint majorities of two configurations (paper §6): what is committed, and how a vote stands.
 * An empty half of a joint configuration agrees with everything.
 */

import type { NodeId } from '#kernel/brand.ts';

/** How an election stands. */
export type VoteResult = 'pending' | 'lost' | 'won';

/** Number of voters that make a majority of `n`. */
export const majorityOf = (n: number): number => Math.floor(n / 2) + 1;

/** Scratch for {@link majorityCommitted}, as long as the longest list so far: computing a commit index makes no garbage. */
const ascending: number[] = [];

/**
 * The greatest index that a majority of `voters` has acknowledged (paper §5.3).
 * @param acked the index that a voter is known to have, undefined if nothing is known; must not come back here
 * @returns Infinity for no voters
 */
export function majorityCommitted(voters: readonly NodeId[], acked: (id: NodeId) => number | undefined): number {
  const n = voters.length;
  if (n === 0) return Infinity;
  let count = 0;
  for (const id of voters) {
    const index = acked(id) ?? 0;
    // Insertion sort: voters are few.
    let at = count;
    for (; at > 0 && (ascending[at - 1] ?? 0) > index; at--) ascending[at] = ascending[at - 1] ?? 0;
    ascending[at] = index;
    count += 1;
  }
  return ascending[n - majorityOf(n)] ?? 0;
}

/** The greatest index that both halves have committed. */
export function jointCommitted(
  incoming: readonly NodeId[],
  outgoing: readonly NodeId[],
  acked: (id: NodeId) => number | undefined,
): number {
  const index = majorityCommitted(incoming, acked);
  return outgoing.length === 0 ? index : Math.min(index, majorityCommitted(outgoing, acked));
}

/** How the vote stands among `voters`; no voters have won. */
export function majorityVote(voters: readonly NodeId[], votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  if (voters.length === 0) return 'won';
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === undefined) missing += 1;
    else if (vote) granted += 1;
  }
  const quorum = majorityOf(voters.length);
  if (granted >= quorum) return 'won';
  return granted + missing >= quorum ? 'pending' : 'lost';
}

/** How the vote stands in both halves: lost in one is lost, won needs both. */
export function jointVote(incoming: readonly NodeId[], outgoing: readonly NodeId[], votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  const a = majorityVote(incoming, votes);
  const b = majorityVote(outgoing, votes);
  if (a === b) return a;
  return a === 'lost' || b === 'lost' ? 'lost' : 'pending';
}
