/** Proposals on the leader: which are taken, and how they get their place in the log. */

import { assert } from '#kernel/assert.ts';
import { logIndex, NO_NODE, term as termOf, type LogIndex } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { decodeConfChange, toV2, type ConfChange } from '#raft/conf-change.ts';
import { isJoint } from '#raft/configuration.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import { payloadsSize, type Entry, type Proposal } from '#raft/entry.ts';
import { dropped, type StepResult } from '#raft/error.ts';
import type { RaftEventFields } from '#raft/event.ts';
import { sendAfterAppend } from '#raft/send.ts';

/**
 * Appends proposals to the leader's log. They are not sent: the caller does that.
 * @returns an error if there is too much uncommitted payload; then nothing was appended
 */
export function appendProposals(core: Core, role: LeaderRole, proposals: readonly Proposal[]): StepResult {
  const size = payloadsSize(proposals);
  // One proposal is always allowed when nothing is uncommitted, and an empty one always: it is the leader's own.
  if (role.uncommittedSize > 0 && size > 0 && role.uncommittedSize + size > core.settings.maxUncommittedSize) {
    core.emit({ type: 'proposal-dropped-by-size', uncommittedBytes: role.uncommittedSize, proposedBytes: size });
    return dropped('uncommitted-size');
  }
  role.uncommittedSize += size;
  const first = core.log.lastIndex() + 1;
  const entries: Entry[] = proposals.map(({ type, data }, i) => ({ type, term: core.term, index: logIndex(first + i), data }));
  const last = core.log.append(entries);
  core.emit({ type: 'entries-appended', first, last, term: core.term, proposed: true });
  // The leader's own acknowledgement, which counts when the entries are durable here (dissertation §10.2.1).
  acknowledgeOwn(core, last);
  return undefined;
}

function acknowledgeOwn(core: Core, index: LogIndex): void {
  sendAfterAppend(core, {
    type: 'MsgAppResp',
    from: core.id,
    to: core.id,
    term: core.term,
    index,
    reject: false,
    rejectHint: logIndex(0),
    logTerm: termOf(0),
  });
}

/**
 * Takes proposals from the application or a follower. A configuration change that may not be made now becomes an empty entry,
 * which is still appended: the proposer sees it applied as nothing.
 */
export function propose(core: Core, role: LeaderRole, proposals: readonly Proposal[]): StepResult {
  assert(proposals.length > 0, 'MsgProp without entries');
  // A leader that was removed from the configuration takes no more proposals.
  if (!role.progress.has(core.id)) return dropped('not-in-configuration');
  if (role.transferee !== NO_NODE) {
    core.emit({ type: 'proposal-dropped-by-transfer', term: core.term, peer: role.transferee });
    return dropped('transfer-in-progress');
  }
  const first = core.log.lastIndex() + 1;
  const checked = proposals.map((proposal, i) => checkConfChange(core, role, proposal, logIndex(first + i)));
  return appendProposals(core, role, checked);
}

/** Lets a configuration change through, or replaces it by an empty entry. */
function checkConfChange(core: Core, role: LeaderRole, proposal: Proposal, index: LogIndex): Proposal {
  if (proposal.type === 'EntryNormal') return proposal;
  const change = decodeConfChange(proposal.type, proposal.data);
  const reason = refusalOf(core, role, change);
  if (reason === undefined || core.settings.disableConfChangeValidation) {
    assert(index > role.pendingConfIndex, () => `pending configuration change goes from ${role.pendingConfIndex} to ${index}`);
    role.pendingConfIndex = index;
    return proposal;
  }
  const { config } = core;
  core.emit({ type: 'conf-change-ignored', change, config, reason, pendingIndex: role.pendingConfIndex, applied: core.log.applied });
  return { type: 'EntryNormal', data: EMPTY_BYTES };
}

/** Why a configuration change may not be made now: at most one is under way (dissertation §4.1), and joint ones are left first. */
function refusalOf(core: Core, role: LeaderRole, change: ConfChange): RaftEventFields<'conf-change-ignored'>['reason'] | undefined {
  const wantsToLeave = toV2(change).changes.length === 0;
  if (role.pendingConfIndex > core.log.applied) return 'unapplied-change';
  if (isJoint(core.config) && !wantsToLeave) return 'must-leave-joint';
  if (!isJoint(core.config) && wantsToLeave) return 'not-joint';
  return undefined;
}
