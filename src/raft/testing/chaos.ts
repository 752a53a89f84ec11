/** Random faults against a network: what a run does follows from its seed alone. */

import { assert } from '#kernel/assert.ts';
import { logIndex, NO_NODE } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { createPrng, type Prng } from '#kernel/prng.ts';
import type { ConfChangeSingle, ConfChangeType } from '#raft/conf-change.ts';
import { isTracked } from '#raft/configuration.ts';
import { decodeMessage, encodeMessage } from '#raft/message-codec.ts';
import { isStorageThread, type Message } from '#raft/message.ts';
import { InvariantChecker } from '#raft/testing/invariants.ts';
import { id, Network, type NetworkOptions, type Peer } from '#raft/testing/network.ts';

export interface ChaosOptions extends NetworkOptions {
  readonly nodes: number;
  readonly steps: number;
  /** Membership changes among the actions. */
  readonly reconfigure?: boolean;
  readonly restart?: boolean;
  /** After so many steps each, a node is replaced by one restored from its checkpoint. */
  readonly reloadEvery?: number;
  /** Breaks the contract on purpose. */
  readonly sendsBeforeSaving?: boolean;
}

export interface ChaosResult {
  readonly network: Network;
  /** Text of proposals that were accepted by a leader. */
  readonly proposed: number;
  readonly leaders: number;
}

/** Messages in the queue beyond which the oldest are lost. */
const QUEUE_MAX = 400;

/**
 * Runs random actions, then heals everything and waits until the cluster commits again.
 * @throws AssertionError when an invariant breaks, and when the healed cluster does not come back
 */
export function runChaos(seed: number, options: ChaosOptions): ChaosResult {
  const { nodes, steps, reconfigure = false, restart = true, sendsBeforeSaving = false, reloadEvery, ...rest } = options;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const network = new Network(ids, { ...rest, seed });
  network.sendsBeforeSaving = sendsBeforeSaving;
  network.afterStep = () => {}; // looked at after each action instead
  const checker = new InvariantChecker(network);
  const prng = createPrng(seed, 'chaos');
  const run = { network, prng, proposed: 0, reads: 0, leaders: 0, reconfigure, restart };
  for (let i = 0; i < steps; i++) {
    const peer = present(prng, [...network.peers.values()]);
    act(run, peer);
    if (reloadEvery !== undefined && i % reloadEvery === 0) network.reload(Number(peer.id));
    if (network.queue.length > QUEUE_MAX) loseOne(run);
    checker.check();
  }
  network.heal();
  converge(run, checker);
  for (const peer of network.peers.values()) run.leaders += peer.events.filter(({ type }) => type === 'became-leader').length;
  return { network, proposed: run.proposed, leaders: run.leaders };
}

interface Run {
  readonly network: Network;
  readonly prng: Prng;
  proposed: number;
  reads: number;
  leaders: number;
  readonly reconfigure: boolean;
  readonly restart: boolean;
}

function present<T>(prng: Prng, items: readonly T[]): T {
  const item = items[prng.nextBelow(items.length)];
  assert(item !== undefined, 'nothing to choose from');
  return item;
}

function act(run: Run, peer: Peer): void {
  const { network, prng } = run;
  const dice = prng.nextBelow(100);
  if (dice < 22) deliverOne(run);
  else if (dice < 50) work(network, peer);
  else if (dice < 66) peer.node.tick();
  else if (dice < 72) propose(run, peer);
  else if (dice < 76) loseOne(run);
  else if (dice < 79) duplicateOne(run);
  else if (dice < 80 && run.restart) network.restart(Number(peer.id));
  else if (dice < 82) network.isolate(Number(peer.id));
  else if (dice < 86) network.heal();
  else if (dice < 87) peer.node.transferLeader(present(prng, [...network.peers.values()]).id);
  else if (dice < 88) peer.node.reportUnreachable(present(prng, [...network.peers.values()]).id);
  else if (dice < 90) compact(peer);
  else if (dice < 91)
    peer.node.reportSnapshot(present(prng, [...network.peers.values()]).id, prng.nextBelow(2) === 0 ? 'finish' : 'failure');
  else if (dice < 93) peer.node.readIndex(utf8(`read-${run.reads++}`));
  else if (dice < 94) peer.node.campaign();
  else if (dice < 96 && run.reconfigure) changeMembers(run, peer);
  else if (dice < 97) peer.node.forgetLeader();
}

/** What a node tells itself, or its storage threads it, is neither lost nor doubled nor overtaken. */
const isOwn = (message: Message): boolean => message.from === message.to || isStorageThread(message.from);

function loseOne({ network, prng }: Run): void {
  const at = prng.nextBelow(Math.max(1, network.queue.length));
  const message = network.queue[at];
  if (message !== undefined && !isOwn(message)) network.queue.splice(at, 1);
}

/** Delivers one message from a random place of the queue, through its encoding. */
function deliverOne({ network, prng }: Run): void {
  const chosen = prng.nextBelow(3) === 0 ? prng.nextBelow(Math.max(1, network.queue.length)) : 0;
  const candidate = network.queue[chosen];
  // Of a node's own messages the first comes first.
  const at =
    candidate !== undefined && isOwn(candidate)
      ? network.queue.findIndex((message) => isOwn(message) && message.to === candidate.to)
      : chosen;
  const [message] = network.queue.splice(at, 1);
  if (message !== undefined) network.deliver(decodeMessage(encodeMessage(message)));
}

function duplicateOne({ network, prng }: Run): void {
  const message = network.queue[prng.nextBelow(Math.max(1, network.queue.length))];
  if (message !== undefined && !isOwn(message)) network.queue.push(message);
}

function work(network: Network, peer: Peer): void {
  if (peer.node.hasReady()) network.handleReady(peer);
  network.runAppend(peer);
  network.runApply(peer);
}

function propose(run: Run, peer: Peer): void {
  if (peer.node.propose(utf8(`p${run.proposed}`)) === undefined) run.proposed += 1;
}

/** Snapshots the applied state and drops the log up to some entries before it. */
function compact(peer: Peer): void {
  const applied = peer.node.basicStatus().applied;
  const { storage } = peer;
  if (applied > storage.lastIndex() || applied <= storage.snapshot().index) return;
  storage.createSnapshot(applied, peer.confState, EMPTY_BYTES);
  if (applied > storage.firstIndex() + 2) storage.compact(logIndex(applied - 2));
}

const CHANGES: readonly ConfChangeType[] = ['add-node', 'add-learner-node', 'remove-node', 'update-node'];

function changeMembers({ network, prng }: Run, peer: Peer): void {
  const peers = [...network.peers.values()];
  const change = (): ConfChangeSingle => ({ type: present(prng, CHANGES), nodeId: present(prng, peers).id });
  const changes = Array.from({ length: 1 + prng.nextBelow(2) }, change);
  // Node 1 always stays a voter, so that a majority can be found again.
  const safe = changes.filter(({ type, nodeId }) => nodeId !== id(1) || type === 'add-node' || type === 'update-node');
  const wantsToLeave = prng.nextBelow(4) === 0;
  const transition = prng.nextBelow(2) === 0 ? 'auto' : 'joint-implicit';
  if (wantsToLeave) peer.node.proposeConfChange({ version: 2, transition: 'auto', changes: [], context: EMPTY_BYTES });
  else if (safe.length > 0) peer.node.proposeConfChange({ version: 2, transition, changes: safe, context: EMPTY_BYTES });
}

/** Ticks of the healed cluster before it must have committed again. */
const CONVERGE_TICKS_MAX = 600;

/** Lets the healed cluster work until a new proposal is applied by its leader and everyone has heard of it. */
function converge({ network }: Run, checker: InvariantChecker): void {
  const marker = 'marker';
  let isProposed = false;
  for (let i = 0; i < CONVERGE_TICKS_MAX; i++) {
    // By contract a member that was removed stops.
    for (const peer of network.peers.values()) peer.isDown ||= !isTracked(peer.node.configuration, peer.id);
    network.settle();
    checker.check();
    for (const peer of network.peers.values()) if (!peer.isDown) peer.node.tick();
    network.settle();
    checker.check();
    const leader = [...network.peers.values()].find(({ node, isDown }) => {
      const { role, transferee } = node.basicStatus();
      return !isDown && role === 'leader' && transferee === NO_NODE;
    });
    if (leader === undefined) continue;
    // By contract the application says how each snapshot ended; those of the faulty time were lost.
    for (const [peer, { state }] of leader.node.basicStatus().progressById)
      if (state === 'snapshot') leader.node.reportSnapshot(peer, 'failure');
    if (!leader.applied.includes(marker)) {
      isProposed = leader.node.propose(utf8(marker)) === undefined || isProposed;
      continue;
    }
    const members = [...network.peers.values()].filter(
      ({ node, id: own }) => leader.node.configuration.voters.includes(own) && node.configuration.voters.includes(own),
    );
    if (members.every(({ node }) => node.basicStatus().applied === leader.node.basicStatus().applied)) return;
  }
  assert(false, `no new entry was committed within ${CONVERGE_TICKS_MAX} ticks after everything healed (proposed: ${isProposed})`);
}
