/** Questions to a configuration: who is in it, in which order, and whether two say the same. */

import { describe, expect, it } from 'vitest';
import { compareIds, EMPTY_CONFIGURATION, isSameConfState, trackedIds, voterIds, type Configuration } from '#raft/configuration.ts';
import type { ConfState } from '#raft/state.ts';
import { confState } from '#raft/testing/build.ts';
import { id } from '#raft/testing/network.ts';

const JOINT: Configuration = { ...EMPTY_CONFIGURATION, voters: [1, 4].map(id), outgoing: [1, 2].map(id), learners: [3].map(id) };

describe('a configuration', () => {
  it('compares ids as numbers', () => {
    expect([compareIds(id(2), id(10)), compareIds(id(10), id(2)), compareIds(id(2), id(2))]).toEqual([-1, 1, 0]);
  });

  it('names the voters of both halves once each, in order', () => {
    expect(voterIds(JOINT)).toEqual([1, 2, 4].map(id));
    expect(voterIds({ ...JOINT, outgoing: [] })).toEqual([1, 4].map(id));
    expect(trackedIds(JOINT)).toEqual([1, 2, 3, 4].map(id));
  });

  it('is the same as another that says the same in another order, and as no other', () => {
    const state: ConfState = { ...confState([1, 2, 3], [4]), votersOutgoing: [1, 2, 5].map(id), learnersNext: [id(5)], autoLeave: true };
    expect(isSameConfState(state, { ...state, voters: [3, 1, 2].map(id), votersOutgoing: [5, 2, 1].map(id) })).toBe(true);
    const others: readonly Partial<ConfState>[] = [
      { voters: [1, 2].map(id) },
      { voters: [1, 2, 3, 4].map(id) },
      { voters: [1, 2, 4].map(id) },
      { votersOutgoing: [] },
      { learners: [] },
      { learnersNext: [] },
      { autoLeave: false },
    ];
    for (const other of others) {
      expect(isSameConfState(state, { ...state, ...other })).toBe(false);
      expect(isSameConfState({ ...state, ...other }, state)).toBe(false);
    }
  });
});
