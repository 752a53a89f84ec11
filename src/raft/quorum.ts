/**
 * Majorities, and joint majorities of two configurations (paper §6): what is committed, and how a vote stands.
 * An empty half of a joint configuration agrees with everything.
 */

import type { NodeId } from '#kernel/brand.ts';

/** How an election stands. */
export type VoteResult = 'pending' | 'lost' | 'won';

/** Number of voters that make a majority of `n`. */
export const majorityOf = (n: number): number => Math.floor(n / 2) + 1;

const INSERTION_MAX = 7;
/** Scratch for {@link majorityCommitted}, so that computing a commit index makes no garbage. */
const scratch: number[] = [];

/**
 * The greatest index that a majority of `voters` has acknowledged (paper §5.3).
 * @param acked the index that a voter is known to have, undefined if nothing is known
 * @returns Infinity for no voters
 */
export function majorityCommitted(voters: readonly NodeId[], acked: (id: NodeId) => number | undefined): number {
  const n = voters.length;
  if (n === 0) return Infinity;
  scratch.length = 0;
  for (const id of voters) scratch.push(acked(id) ?? 0);
  if (n <= INSERTION_MAX) insertionSort(scratch);
  else scratch.sort((a, b) => a - b);
  return scratch[n - majorityOf(n)] ?? 0;
}

function insertionSort(values: number[]): void {
  for (let i = 1; i < values.length; i++) {
    const value = values[i] ?? 0;
    let k = i;
    for (; k > 0 && (values[k - 1] ?? 0) > value; k--) values[k] = values[k - 1] ?? 0;
    values[k] = value;
  }
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
