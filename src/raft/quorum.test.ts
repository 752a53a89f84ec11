import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeId, type NodeId } from '#kernel/brand.ts';
import { jointCommitted, jointVote, majorityCommitted, majorityOf, majorityVote } from '#raft/quorum.ts';

const ids = (numbers: readonly number[]): NodeId[] => numbers.map((n) => nodeId(BigInt(n)));
const voters = fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { maxLength: 11 }).map(ids);
const acks = fc.dictionary(fc.integer({ min: 1, max: 14 }).map(String), fc.integer({ min: 1, max: 30 }));
const lookupOf =
  (known: Readonly<Record<string, number>>) =>
  (id: NodeId): number | undefined =>
    known[String(id)];

/** By definition: the greatest index that more than half of the voters have. */
function naiveCommitted(of: readonly NodeId[], lookup: (id: NodeId) => number | undefined): number {
  if (of.length === 0) return Infinity;
  let best = 0;
  for (let index = 1; index <= 30; index++) if (of.filter((id) => (lookup(id) ?? 0) >= index).length * 2 > of.length) best = index;
  return best;
}

describe('commit index', () => {
  it('is what a naive count says', () => {
    fc.assert(
      fc.property(voters, acks, (of, known) => {
        expect(majorityCommitted(of, lookupOf(known))).toBe(naiveCommitted(of, lookupOf(known)));
      }),
      {
        numRuns: 500,
      },
    );
  });

  it('of two halves is what both agree on', () => {
    fc.assert(
      fc.property(voters, voters, acks, (a, b, known) => {
        const lookup = lookupOf(known);
        const joint = jointCommitted(a, b, lookup);
        expect(joint).toBe(Math.min(naiveCommitted(a, lookup), naiveCommitted(b, lookup)));
        expect(joint).toBe(jointCommitted(b, a, lookup));
        expect(jointCommitted(a, a, lookup)).toBe(majorityCommitted(a, lookup));
      }),
    );
  });

  it('never goes down when an acknowledgement comes in', () => {
    fc.assert(
      fc.property(voters, acks, fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 30 }), (of, known, who, index) => {
        const before = majorityCommitted(of, lookupOf(known));
        const after = majorityCommitted(of, lookupOf({ ...known, [who]: Math.max(index, known[who] ?? 0) }));
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

const VOTES = fc.dictionary(fc.integer({ min: 1, max: 14 }).map(String), fc.boolean());
const votesOf = (given: Readonly<Record<string, boolean>>): Map<NodeId, boolean> =>
  new Map(Object.entries(given).map(([n, vote]) => [nodeId(BigInt(n)), vote]));

/** By definition: won if it stays won whatever the others say, lost if nothing can win it. */
function naiveVote(halves: readonly (readonly NodeId[])[], votes: ReadonlyMap<NodeId, boolean>): string {
  const wins = (missing: boolean): boolean =>
    halves.every((half) => half.length === 0 || half.filter((id) => votes.get(id) ?? missing).length * 2 > half.length);
  return wins(false) ? 'won' : wins(true) ? 'pending' : 'lost';
}

describe('vote', () => {
  it('is what a naive count says', () => {
    fc.assert(
      fc.property(voters, VOTES, (of, given) => {
        expect(majorityVote(of, votesOf(given))).toBe(naiveVote([of], votesOf(given)));
      }),
      { numRuns: 500 },
    );
  });

  it('of two halves is decided by both', () => {
    fc.assert(
      fc.property(voters, voters, VOTES, (a, b, given) => {
        const votes = votesOf(given);
        expect(jointVote(a, b, votes)).toBe(naiveVote([a, b], votes));
        expect(jointVote(a, b, votes)).toBe(jointVote(b, a, votes));
      }),
      { numRuns: 500 },
    );
  });

  it('of any two majorities share a voter', () => {
    for (let n = 1; n <= 11; n++) expect(majorityOf(n) * 2).toBeGreaterThan(n);
    for (let n = 1; n <= 11; n++) expect((majorityOf(n) - 1) * 2).toBeLessThanOrEqual(n);
  });
});
