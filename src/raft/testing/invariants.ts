/** What must hold at every moment among nodes (paper, figure 3) and inside each one. A violation is an AssertionError with the numbers. */

import { assert } from '#kernel/assert.ts';
import { logIndex, NO_NODE, type NodeId, type Term } from '#kernel/brand.ts';
import { trackedIds } from '#raft/configuration.ts';
import type { Entry } from '#raft/entry.ts';
import type { RawNode } from '#raft/raw-node.ts';
import type { Network, Peer } from '#raft/testing/network.ts';

/** Watches a network: remembers what was once true for good. */
export class InvariantChecker {
  readonly #leaderByTerm = new Map<Term, NodeId>();
  /** By index: the entry that was applied first. */
  readonly #applied = new Map<number, Entry>();
  readonly #network: Network;
  readonly #seenApplied = new Map<Peer, number>();
  readonly #seenTerm = new Map<RawNode, Term>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** Looks at everything. */
  check(): void {
    for (const peer of this.#network.peers.values()) {
      this.#checkElectionSafety(peer);
      this.#checkStateMachineSafety(peer);
      this.#checkTerm(peer);
      checkNode(peer);
    }
    checkLogMatching([...this.#network.peers.values()]);
  }

  /** At most one leader can be elected in a given term (§5.2). */
  #checkElectionSafety(peer: Peer): void {
    const { role, term } = peer.node.basicStatus();
    if (role !== 'leader') return;
    const other = this.#leaderByTerm.get(term);
    assert(other === undefined || other === peer.id, () => `two leaders in term ${term}: ${other} and ${peer.id}`);
    this.#leaderByTerm.set(term, peer.id);
  }

  /** If a server has applied a log entry at an index, no other server will ever apply another one there (§5.4.3). */
  #checkStateMachineSafety(peer: Peer): void {
    const from = this.#seenApplied.get(peer) ?? 0;
    for (const entry of peer.appliedEntries.slice(from)) {
      const first = this.#applied.get(entry.index) ?? entry;
      assert(
        first.term === entry.term,
        () => `at index ${entry.index} term ${first.term} was applied, node ${peer.id} applies term ${entry.term}`,
      );
      this.#applied.set(entry.index, first);
    }
    this.#seenApplied.set(peer, peer.appliedEntries.length);
  }

  /** A node's term never goes down (§5.1); a restarted one continues from what it saved. */
  #checkTerm({ node, id, storage }: Peer): void {
    const { term } = node.basicStatus();
    const before = this.#seenTerm.get(node) ?? storage.state().hardState.term;
    assert(term >= before, () => `term of node ${id} goes down from ${before} to ${term}`);
    this.#seenTerm.set(node, term);
  }
}

/** A node by itself. */
type One = Pick<Peer, 'node' | 'id'>;

/** What must hold inside one node after every step. */
export function checkNode(one: One): void {
  checkLog(one);
  checkLead(one);
  checkProgress(one);
}

/** The marks of a log are in order. */
function checkLog({ node, id }: One): void {
  const { log } = node.state().core;
  const { applied, applying, committed, unstable } = log;
  assert(applied <= applying && applying <= committed && committed <= log.lastIndex(), () => {
    return `node ${id}: applied ${applied}, applying ${applying}, committed ${committed}, last ${log.lastIndex()}`;
  });
  const end = unstable.offset + unstable.entries.length;
  assert(unstable.offset <= unstable.offsetInProgress && unstable.offsetInProgress <= end, () => {
    return `node ${id}: unstable [${unstable.offset}, ${end}) in progress until ${unstable.offsetInProgress}`;
  });
  for (const [i, entry] of unstable.entries.entries()) {
    assert(entry.index === unstable.offset + i, () => `node ${id}: unstable entry ${entry.index} stands at ${unstable.offset + i}`);
  }
}

/** Who is taken for the leader fits the role (paper §5.1). */
function checkLead({ node, id }: One): void {
  const { role, lead } = node.state().core;
  const isRight = role.type === 'leader' ? lead === id : role.type === 'follower' ? lead !== id : lead === NO_NODE;
  assert(isRight, () => `${role.type} ${id} takes ${lead} for the leader`);
}

/** A leader tracks exactly its configuration, and knows what it knows. */
function checkProgress({ node, id }: One): void {
  const { role, config, log } = node.state().core;
  if (role.type !== 'leader') return;
  const tracked = trackedIds(config);
  assert(
    role.pendingConfIndex <= log.lastIndex(),
    () => `node ${id}: pending change ${role.pendingConfIndex}, log ends at ${log.lastIndex()}`,
  );
  assert(role.transferee === NO_NODE || config.voters.includes(role.transferee) || config.outgoing.includes(role.transferee), () => {
    return `node ${id} hands over to ${role.transferee}, which is no voter`;
  });
  assert(tracked.length === role.progress.size, () => `node ${id} tracks ${role.progress.size} peers of ${tracked.length}`);
  for (const [peer, { match, next, flow }] of role.progress) {
    assert(match < next, () => `node ${id}: of ${peer} match ${match} is not below next ${next}`);
    assert(match <= log.lastIndex(), () => `node ${id}: of ${peer} match ${match} is above the last index ${log.lastIndex()}`);
    assert(
      flow.type !== 'replicate' || next <= log.lastIndex() + 1,
      () => `node ${id}: of ${peer} next ${next} is above the end ${log.lastIndex() + 1}`,
    );
  }
}

/** If two logs contain an entry with the same index and term, they are identical up to it (§5.3); looked at on what both still have. */
function checkLogMatching(peers: readonly Peer[]): void {
  for (const [i, a] of peers.entries()) for (const b of peers.slice(i + 1)) checkPair(a, b);
}

function checkPair(a: Peer, b: Peer): void {
  const x = a.node.state().core.log;
  const y = b.node.state().core.log;
  const first = Math.max(x.firstIndex(), y.firstIndex());
  let agrees = false;
  for (let index = Math.min(x.lastIndex(), y.lastIndex()); index >= first; index--) {
    const isSame = x.termOrZero(logIndex(index)) === y.termOrZero(logIndex(index));
    assert(isSame || !agrees, () => `logs of ${a.id} and ${b.id} agree after index ${index} and not at it`);
    agrees ||= isSame;
  }
}
