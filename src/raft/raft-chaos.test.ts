import { describe, expect, it } from 'vitest';
import type { BrokenRules } from '#raft/core.ts';
import { runChaos, type ChaosOptions } from '#raft/testing/chaos.ts';

const SEEDS = 40;
const BASE: ChaosOptions = { nodes: 3, steps: 1500 };

const VARIANTS: readonly (readonly [name: string, options: ChaosOptions])[] = [
  ['three nodes', BASE],
  ['five nodes', { ...BASE, nodes: 5 }],
  ['pre-vote and check-quorum', { ...BASE, preVote: true, checkQuorum: true }],
  ['check-quorum alone', { ...BASE, checkQuorum: true }],
  ['pre-vote alone', { ...BASE, preVote: true }],
  ['asynchronous storage', { ...BASE, asyncStorageWrites: true }],
  ['asynchronous storage with all', { ...BASE, nodes: 5, asyncStorageWrites: true, preVote: true, checkQuorum: true }],
  ['small pages and windows', { ...BASE, maxSizePerMessage: 10, maxInflightMessages: 2, maxCommittedSizePerReady: 20 }],
  [
    'small pages and windows, asynchronous',
    { ...BASE, asyncStorageWrites: true, maxSizePerMessage: 0, maxInflightMessages: 1, maxCommittedSizePerReady: 1 },
  ],
  ['membership changes', { ...BASE, nodes: 5, reconfigure: true }],
  [
    'membership changes, asynchronous, step down',
    { ...BASE, nodes: 4, reconfigure: true, asyncStorageWrites: true, stepDownOnRemoval: true },
  ],
];

describe('random faults: figure 3 of the paper holds, and a healed cluster commits again', () => {
  it.each(VARIANTS)('%s', (_name, options) => {
    let leaders = 0;
    let proposed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const result = runChaos(seed, options);
      leaders += result.leaders;
      proposed += result.proposed;
    }
    // The faults leave room for the protocol to do something, or nothing would be proved.
    expect(leaders).toBeGreaterThanOrEqual(SEEDS);
    expect(proposed).toBeGreaterThan(SEEDS * 4);
  });
});

/** Seeds until the checkers see a violation; undefined if they do not within the limit. */
function firstViolation(options: ChaosOptions, seeds: number): number | undefined {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      runChaos(seed, options);
    } catch {
      return seed;
    }
  }
  return undefined;
}

describe('the checkers see a core that breaks a rule', () => {
  const BROKEN: readonly (readonly [keyof BrokenRules, ChaosOptions])[] = [
    ['forgetVoteOnRestart', { ...BASE, steps: 6000, nodes: 5 }],
    ['voteTwice', BASE],
    ['voteForOutdatedLog', BASE],
    ['commitWithoutMajority', BASE],
    ['skipLogMatching', BASE],
    ['keepConflicting', BASE],
    ['leadIntoHigherTerm', BASE],
  ];
  it.each(BROKEN)('%s', (rule, options) => {
    expect(firstViolation({ ...options, broken: { [rule]: true } }, 120)).toBeDefined();
  });

  it('a member that answers before its write is durable', () => {
    expect(firstViolation({ ...BASE, sendsBeforeSaving: true }, 5)).toBeDefined();
  });
});
