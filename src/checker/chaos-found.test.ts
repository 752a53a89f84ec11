import { expect, it } from 'vitest';

import { EVERY_FAULT, SELDOM_FAULTS } from '#checker/fault-mix.ts';
import { runChaos } from '#checker/chaos.ts';
import { seedPlan } from '#checker/seed-plan.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

/** Runs in which a check once found something, kept as they were found. */
it.each([
  [1018, 5, 'a process that died between writing and flushing left bytes that the next one took for saved, until a loss of power'],
  [1008, 3, 'an operator removed a sound member while another had a damaged log, and no quorum was left'],
  [4, 5, 'a forwarded proposal was sent twice by hand, and done twice'],
  [1065, 3, 'a member answered and died in the step in which it had applied, before it could be looked at'],
  [671, 3, 'a snapshot took the place of an entry that was never committed, and the check went on from that entry'],
  [2365, 5, 'a leader that hung ended a lease that its successor had renewed, as one of 3.4.23 does (etcd issue 15247)'],
  [2, 1, 'a member was added to a single one and never started'],
] as const)('seed %d with %d members: %s', (seed, nodes, _found) => {
  expect(runChaos(seedPlan(seed, nodes, 60_000_000, EVERY_FAULT), createEtcdHost()).violations).toEqual([]);
});

it.each([
  [1516, 1, 'a new member heard only of a time before it was added, from a learner that nobody could tell'],
  [3876, 5, 'a leader that had yet to apply a grant, which another member had answered, said that the lease was gone'],
] as const)('seed %d of the seldom mix with %d members: %s', (seed, nodes, _found) => {
  expect(runChaos(seedPlan(seed, nodes, 60_000_000, SELDOM_FAULTS), createEtcdHost()).violations).toEqual([]);
});

it('seed 2365 with 5 members of 3.5: the process of a leader was stopped, and it ticks before it looks at its leases, as in 3.5.16', () => {
  expect(runChaos(seedPlan(2365, 5, 60_000_000, EVERY_FAULT, [], '3.5'), createEtcdHost()).violations).toEqual([]);
});
