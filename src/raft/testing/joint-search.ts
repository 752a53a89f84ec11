/**
 * Looks for a run in which the quorum of a joint configuration matters (paper §6). etcd's server proposes no joint change, so this is a search over bare
 * cores: random changes of the membership, cuts, and messages that are delivered a few at a time. What is found is shortened to the steps that it takes.
 */

import { AssertionError, present } from '#kernel/assert.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { createPrng } from '#kernel/prng.ts';
import { parseChanges } from '#raft/conf-change.ts';
import { InvariantChecker } from '#raft/testing/invariants.ts';
import type { RawNode } from '#raft/raw-node.ts';
import { Network } from '#raft/testing/network.ts';

/** `side`: nodes that do not reach the others. */
export type JointStep =
  | { readonly type: 'change'; readonly node: number; readonly changes: string }
  | { readonly type: 'cut'; readonly side: readonly number[] }
  | { readonly type: 'deliver'; readonly messages: number }
  | { readonly type: 'tick'; readonly node: number; readonly times: number }
  | { readonly type: 'propose'; readonly node: number };

const NODES = [1, 2, 3, 4, 5];
const STEPS = 40;

/** Voters 1, 2 and 3, led by 1; 4 and 5 are empty and know of them. */
export function stepsOf(seed: number): readonly JointStep[] {
  const prng = createPrng(seed, 'joint');
  const node = (): number => present(NODES[prng.nextBelow(NODES.length)], 'a node');
  // One stays or comes: a configuration without voters is refused.
  const changes = (): string => {
    const stays = node();
    return NODES.map((n) => (n === stays ? `v${n}` : ['', `v${n}`, `r${n}`][prng.nextBelow(3)]))
      .filter((change) => change !== '')
      .join(' ');
  };
  return Array.from({ length: STEPS }, (): JointStep => {
    const dice = prng.nextBelow(20);
    if (dice < 2) return { type: 'change', node: node(), changes: changes() };
    if (dice < 5) return { type: 'cut', side: NODES.filter(() => prng.nextBelow(2) === 0) };
    if (dice < 12) return { type: 'deliver', messages: 1 + prng.nextBelow(30) };
    if (dice < 17) return { type: 'tick', node: node(), times: 1 + prng.nextBelow(25) };
    return { type: 'propose', node: node() };
  });
}

/** @returns what is wrong in the end; undefined: nothing */
export function playJoint(steps: readonly JointStep[], ignoreOutgoing: boolean): string | undefined {
  const net = new Network(NODES.slice(0, 3), { broken: { ignoreOutgoing } });
  net.elect(1);
  for (const n of NODES.slice(3)) net.add(n, NODES.slice(0, 3));
  const checker = new InvariantChecker(net);
  net.afterStep = () => undefined;
  try {
    for (const step of steps) {
      take(net, step);
      checker.check();
    }
    return undefined;
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
}

function take(net: Network, step: JointStep): void {
  switch (step.type) {
    case 'change': {
      const changes = parseChanges(step.changes);
      if (changes !== undefined)
        leaderAt(net, step.node)?.proposeConfChange({ version: 2, transition: 'joint-explicit', changes, context: EMPTY_BYTES });
      return;
    }
    case 'cut': {
      const isHere = (id: bigint): boolean => step.side.includes(Number(id));
      net.filter = ({ from, to }) => !NODES.includes(Number(from)) || isHere(from) === isHere(to);
      return;
    }
    case 'deliver':
      for (let i = 0; i < step.messages; i++) deliver(net);
      return;
    case 'tick':
      for (let i = 0; i < step.times; i++) net.node(step.node).tick();
      return;
    case 'propose':
      leaderAt(net, step.node)?.propose(utf8(`by ${step.node}`));
  }
}

/** Whoever leads; if more than one does, the number chooses. */
function leaderAt(net: Network, number: number): RawNode | undefined {
  const leaders = [...net.peers.values()].filter(({ node }) => node.basicStatus().role === 'leader');
  return leaders[number % leaders.length]?.node;
}

function deliver(net: Network): void {
  for (const peer of net.peers.values()) {
    if (peer.node.hasReady()) net.handleReady(peer);
    net.runAppend(peer);
    net.runApply(peer);
  }
  const message = net.queue.shift();
  if (message !== undefined) net.deliver(message);
}

/** Whether steps lead to something wrong without the rule, and to nothing with it. */
export const isFound = (steps: readonly JointStep[]): boolean =>
  playJoint(steps, true) !== undefined && playJoint(steps, false) === undefined;

/** The steps without those that what is found does not need. */
export function shortened(steps: readonly JointStep[]): readonly JointStep[] {
  for (let i = 0; i < steps.length; i++) {
    const without = steps.toSpliced(i, 1);
    if (isFound(without)) return shortened(without);
  }
  return steps;
}

/** One step a line. */
export function jointText(steps: readonly JointStep[]): string {
  const line = (step: JointStep): string => {
    switch (step.type) {
      case 'change':
        return `leader ${step.node} proposes ${step.changes}`;
      case 'cut':
        return `cut ${step.side.join(',')} off`;
      case 'deliver':
        return `deliver ${step.messages}`;
      case 'tick':
        return `tick ${step.node} ${step.times} times`;
      case 'propose':
        return `leader ${step.node} proposes a write`;
    }
  };
  return steps.map(line).join('\n');
}
