/** What goes wrong when one half of a joint configuration is not asked (paper §6). etcd's server proposes no joint change, so no run of a whole cluster can show it. */

import { expect, it } from 'vitest';

import { AssertionError } from '#kernel/assert.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { parseChanges } from '#raft/conf-change.ts';
import { InvariantChecker } from '#raft/testing/invariants.ts';
import { isFound, jointText, playJoint, shortened, stepsOf } from '#raft/testing/joint-search.ts';
import { id, Network } from '#raft/testing/network.ts';

/** Seeds of {@link stepsOf} within which the search finds one. */
const SEEDS_MAX = 2000;

/** Node 1 alone knows that the joint configuration is committed, and is then with the new voters on one side. Both sides go on. */
function play(ignoreOutgoing: boolean): Network {
  const net = new Network([1, 2, 3], { broken: { ignoreOutgoing } });
  const checker = new InvariantChecker(net);
  net.afterStep = () => checker.check();
  net.elect(1);
  for (const n of [4, 5]) net.add(n, [1, 2, 3]);
  const joint = net.node(1).basicStatus().commit + 1;
  const isOld = (node: bigint): boolean => node === id(2) || node === id(3);
  net.filter = (message) => !(isOld(message.to) && 'commit' in message && message.commit >= joint);
  const changes = parseChanges('v4 v5 r2 r3') ?? [];
  net.node(1).proposeConfChange({ version: 2, transition: 'joint-explicit', changes, context: EMPTY_BYTES });
  net.settle();
  net.tick(1, 1);
  net.filter = (message) => isOld(message.from) === isOld(message.to);
  net.propose(1, 'x');
  net.tick(2, 20);
  return net;
}

it('with both halves asked, the side without the old majority commits nothing', () => {
  const net = play(false);
  expect(net.peer(1).applied).toEqual([]);
  expect(net.node(2).basicStatus().role).toBe('leader');
});

it('with the old half left out, two sides commit different entries at one index', () => {
  expect(() => play(true)).toThrow(AssertionError);
});

it('a search over seeds finds a run in which it matters, and shortens it; with both halves asked nothing is found', () => {
  let seed = 1;
  while (!isFound(stepsOf(seed)) && seed < SEEDS_MAX) seed++;
  const script = shortened(stepsOf(seed));
  expect(`seed ${seed}\n${jointText(script)}`).toBe(`seed 1072
cut 2,4 off
leader 3 proposes v1 r2 r3 r4 r5
leader 5 proposes v1 v3 r4 r5
deliver 3
tick 3 17 times
cut 1,4 off
leader 5 proposes r1 v2 r3 r4 v5
deliver 23`);
  expect(playJoint(script, true)).toBe('at index 5 term 2 was applied, node 2 applies term 3');
  for (let sound = 1; sound <= 300; sound++) expect(playJoint(stepsOf(sound), false)).toBeUndefined();
}, 60_000);
