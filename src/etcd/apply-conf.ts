/**
 * Applying configuration changes (server/etcdserver, applyConfChange): the membership checks them once more, since two may have been
 * proposed at the same time; the core is told a refused one as a change of node 0, which does nothing.
 */

import { logIndex, NO_NODE, simTime, type EventId } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { decodeConfChange, toV2, type ConfChange, type ConfChangeSingle } from '#raft/conf-change.ts';
import type { Entry } from '#raft/entry.ts';
import { fail } from '#etcd/answer.ts';
import { answerChange, refuseChange } from '#etcd/cluster-requests.ts';
import { reach } from '#etcd/crash-points.ts';
import { formatId } from '#etcd/identity.ts';
import { decodeMember } from '#etcd/membership.ts';
import type { Parts } from '#etcd/parts.ts';
import { STOP_DELAY_MICROS } from '#etcd/peer-notice.ts';
import { answerPromotion } from '#etcd/promote-forwarding.ts';
import { versionRules } from '#etcd/version-rules.ts';
import { keepAdded, keepChanged, keepRemoved, lookUpMembers } from '#etcd/v2-store.ts';

const WORDS = { 'add-node': 'add', 'add-learner-node': 'add-learner', 'remove-node': 'remove', 'update-node': 'update' } as const;

/** Raft's names of the changes. */
const NAMES = {
  'add-node': 'ConfChangeAddNode',
  'add-learner-node': 'ConfChangeAddLearnerNode',
  'remove-node': 'ConfChangeRemoveNode',
  'update-node': 'ConfChangeUpdateNode',
} as const;

export function applyConfEntry(m: Parts, entry: Entry, type: 'EntryConfChange' | 'EntryConfChangeV2', cause: EventId): void {
  reach(m, 'beforeApplyOneConfChange');
  const change = decodeConfChange(type, entry.data);
  const [single] = toV2(change).changes;
  if (single !== undefined) lookUpMembers(m.machine.v2);
  const refusal = single === undefined ? undefined : refuseChange(m, single, change.context);
  m.machine.confState = m.raft.applyConfChange(refusal === undefined ? change : nothing());
  const request = change.version === 1 ? change.id : 0n;
  const what = single === undefined ? 'leave-joint' : WORDS[single.type];
  const revision = m.machine.kv.currentRevision;
  const event = m.out.emit(
    'applied',
    { index: logIndex(entry.index), term: entry.term, what: `conf-change ${what}`, key: EMPTY_BYTES, revision, request },
    cause,
  );
  if (refusal !== undefined && versionRules(m.config).hasNewMethods) {
    const error = refusal.message.replace(/^etcdserver:/, 'membership:');
    m.out.log('conf-change-invalid', { shouldApplyV3: true, error }, event);
  }
  if (refusal === undefined && single !== undefined) changeMembership(m, single, change, event);
  reach(m, 'playAfterApplyOneConfChange');
  const proposal = m.proposals.take(request);
  if (proposal?.waiter.type === 'peer') answerPromotion(m, proposal.waiter.from, proposal.waiter.call, refusal, event);
  if (proposal?.waiter.type !== 'call') return;
  if (single !== undefined) {
    const kind = { 'raft-conf-change': NAMES[single.type], 'raft-conf-change-node-id': formatId(single.nodeId) };
    m.out.log('conf-change-applied', { 'local-member-id': formatId(m.self), ...kind }, event);
  }
  if (refusal === undefined) answerChange(m, proposal.waiter.call, single?.nodeId ?? NO_NODE, event);
  else fail(m, proposal.waiter.call, refusal, event);
}

const nothing = (): ConfChange => ({ version: 1, id: 0n, change: { type: 'update-node', nodeId: NO_NODE }, context: EMPTY_BYTES });

function changeMembership(m: Parts, { type, nodeId: id }: ConfChangeSingle, change: ConfChange, cause: EventId): void {
  const { cluster } = m.machine;
  const ids = { 'cluster-id': formatId(m.clusterId), 'local-member-id': formatId(m.self) };
  if (type === 'remove-node') {
    const peerUrls = cluster.get(id)?.peerUrls ?? [];
    cluster.remove(id);
    keepRemoved(m, id);
    m.peers.forget(id);
    m.out.log('removed-member', { ...ids, 'removed-remote-peer-id': formatId(id), 'removed-remote-peer-urls': peerUrls }, cause);
    if (id === m.self) {
      m.loop.stopAt = simTime(m.out.now + STOP_DELAY_MICROS);
    }
    return;
  }
  const known = cluster.get(id);
  if (known !== undefined && type === 'add-node') {
    const promoted = { ...known, isLearner: false };
    cluster.put(promoted);
    keepChanged(m, promoted);
    m.out.log('promoted-member', { ...ids, 'promoted-member-id': formatId(id) }, cause);
    return;
  }
  const member = decodeMember(change.context);
  if (known !== undefined) {
    // A learner counts as a voter from then on, in lists only: so does etcd's.
    const updated = { ...known, peerUrls: member.peerUrls, isLearner: false };
    cluster.put(updated);
    keepChanged(m, updated);
    m.out.log('updated-member', { ...ids, 'updated-remote-peer-id': formatId(id), 'updated-remote-peer-urls': member.peerUrls }, cause);
    return;
  }
  cluster.put({ ...member, id });
  keepAdded(m, { ...member, id });
  m.out.log('added-member', { ...ids, 'added-peer-id': formatId(id), 'added-peer-peer-urls': member.peerUrls }, cause);
}
