/**
 * `--force-new-cluster` (server/etcdserver, restartAsStandaloneNode): what is committed in a data directory goes on as a cluster of one. Uncommitted
 * entries are thrown away, and configuration changes that remove all other members are written behind the rest and counted as committed. For a
 * quorum that is lost for good: whatever the lost members alone had committed is lost too.
 */

import { logIndex, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { decodeConfChange, encodeConfChange, toV2, type ConfChangeSingle } from '#raft/conf-change.ts';
import type { Entry } from '#raft/entry.ts';
import type { HardState } from '#raft/state.ts';
import { compareIds, formatId } from '#etcd/identity.ts';
import { encodeMember } from '#etcd/membership.ts';
import type { Outbox } from '#etcd/outbox.ts';
import type { StateMachine } from '#etcd/parts.ts';

/** What etcd gives a member of whose addresses nothing is known. */
const UNKNOWN_PEER_URLS = ['http://localhost:2380', 'http://localhost:7001'];

export interface Standalone {
  /** Entries that were committed. */
  readonly kept: readonly Entry[];
  /** Configuration changes behind them; committed. */
  readonly added: readonly Entry[];
}

/**
 * The log of a cluster of one.
 * @param state commit index: at least that of the snapshot that the machine comes from
 * @param entries the log behind that snapshot
 */
export function standaloneEntries(
  state: HardState,
  entries: readonly Entry[],
  { confState }: StateMachine,
  self: NodeId,
  out: Outbox,
): Standalone {
  const kept = entries.filter(({ index }) => index <= state.commit);
  if (kept.length < entries.length)
    out.log('discarding-uncommitted', { entries: entries.length - kept.length, 'commit-index': state.commit });
  const ids = new Set<NodeId>([...confState.voters, ...confState.learners]);
  for (const entry of kept) {
    if (entry.type === 'EntryNormal') continue;
    for (const { type, nodeId } of toV2(decodeConfChange(entry.type, entry.data)).changes) {
      if (type === 'remove-node') ids.delete(nodeId);
      else if (type !== 'update-node') ids.add(nodeId);
    }
  }
  const removals = [...ids].filter((id) => id !== self).sort(compareIds);
  const changes: { readonly change: ConfChangeSingle; readonly context: Uint8Array }[] = removals.map((nodeId) => ({
    change: { type: 'remove-node', nodeId },
    context: EMPTY_BYTES,
  }));
  if (!ids.has(self)) {
    const context = encodeMember({ id: self, name: '', peerUrls: UNKNOWN_PEER_URLS, clientUrls: [], isLearner: false });
    changes.push({ change: { type: 'add-node', nodeId: self }, context });
  }
  const added = changes.map(({ change, context }, i): Entry => {
    const data = encodeConfChange({ version: 1, id: 0n, change, context });
    return { type: 'EntryConfChange', term: state.term, index: logIndex(state.commit + 1 + i), data };
  });
  out.log('forcing-restart', { 'local-member-id': formatId(self), 'commit-index': state.commit + added.length });
  return { kept, added };
}
