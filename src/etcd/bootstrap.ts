/**
 * The first entries of a new cluster (etcd's startNode, raft's bootstrap): one configuration change for each member, ids ascending, at
 * term 1, all committed. Every member writes the same ones, so that the clusters' logs begin equal.
 */

import { logIndex, NO_NODE, term } from '#kernel/brand.ts';
import type { Entry } from '#raft/entry.ts';
import { encodeConfChange } from '#raft/conf-change.ts';
import type { HardState } from '#raft/state.ts';
import { bootstrapMembers } from '#etcd/identity.ts';
import { encodeMember } from '#etcd/membership.ts';
import type { MemberConfig } from '#etcd/contract.ts';

/** What a member of a new cluster has on its disk before it does anything. */
export interface Bootstrap {
  readonly entries: readonly Entry[];
  readonly hardState: HardState;
}

const FIRST_TERM = term(1);

export function bootstrapOf(config: MemberConfig): Bootstrap {
  const entries = bootstrapMembers(config.initialCluster, config.initialClusterToken).map(({ id, member }, i): Entry => {
    const context = encodeMember({ id, name: '', peerUrls: member.peerUrls, clientUrls: [], isLearner: false });
    const data = encodeConfChange({ version: 1, id: 0n, change: { type: 'add-node', nodeId: id }, context });
    return { type: 'EntryConfChange', term: FIRST_TERM, index: logIndex(i + 1), data };
  });
  return { entries, hardState: { term: FIRST_TERM, vote: NO_NODE, commit: logIndex(entries.length) } };
}
