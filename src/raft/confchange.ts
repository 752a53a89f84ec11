/**
 * The arithmetic of configuration changes (paper §6; dissertation §4): from one configuration to the next, or a refusal.
 * Pure: an error leaves everything as it was.
 */

import { assert } from '#kernel/assert.ts';
import { NO_NODE, type NodeId } from '#kernel/brand.ts';
import { isJoint, sortedIds, type Configuration } from '#raft/configuration.ts';
import { planOf, type ConfChangeSingle, type ConfChangeV2 } from '#raft/conf-change.ts';
import type { ConfState } from '#raft/state.ts';

/** Why a change is refused; see {@link confChangeErrorText}. */
export type ConfChangeError =
  'already-joint' | 'zero-voter-joint' | 'not-joint' | 'simple-while-joint' | 'removed-all-voters' | 'more-than-one-voter';

const ERROR_TEXTS: Readonly<Record<ConfChangeError, string>> = {
  'already-joint': 'config is already joint',
  'zero-voter-joint': "can't make a zero-voter config joint",
  'not-joint': "can't leave a non-joint config",
  'simple-while-joint': "can't apply simple config change in joint config",
  'removed-all-voters': 'removed all voters',
  'more-than-one-voter': 'more than one voter changed without entering joint config',
};

/** etcd's words for a refusal. */
export const confChangeErrorText = (error: ConfChangeError): string => ERROR_TEXTS[error];

/** The outcome of a change. `fresh` are the nodes whose progress starts anew: added, or removed and added again. */
export type ConfChangeOutcome =
  | { readonly ok: true; readonly config: Configuration; readonly fresh: ReadonlySet<NodeId> }
  | { readonly ok: false; readonly error: ConfChangeError };

/** A configuration while it is being changed. */
interface Draft {
  readonly voters: Set<NodeId>;
  readonly outgoing: Set<NodeId>;
  readonly learners: Set<NodeId>;
  readonly learnersNext: Set<NodeId>;
  readonly fresh: Set<NodeId>;
}

const draftOf = (config: Configuration): Draft => ({
  voters: new Set(config.voters),
  outgoing: new Set(config.outgoing),
  learners: new Set(config.learners),
  learnersNext: new Set(config.learnersNext),
  fresh: new Set(),
});

const refuse = (error: ConfChangeError): ConfChangeOutcome => ({ ok: false, error });

function finish(draft: Draft, autoLeave: boolean): ConfChangeOutcome {
  for (const id of draft.learners) {
    assert(!draft.voters.has(id) && !draft.outgoing.has(id), () => `learner ${id} is also a voter`);
  }
  for (const id of draft.learnersNext) assert(draft.outgoing.has(id), () => `next learner ${id} is not in the outgoing half`);
  const config: Configuration = {
    voters: sortedIds(draft.voters),
    outgoing: sortedIds(draft.outgoing),
    learners: sortedIds(draft.learners),
    learnersNext: sortedIds(draft.learnersNext),
    autoLeave,
  };
  return { ok: true, config, fresh: draft.fresh };
}

const isKnown = (draft: Draft, id: NodeId): boolean => draft.voters.has(id) || draft.outgoing.has(id) || draft.learners.has(id);

function addVoter(draft: Draft, id: NodeId): void {
  if (!isKnown(draft, id)) draft.fresh.add(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  draft.voters.add(id);
}

function addLearner(draft: Draft, id: NodeId): void {
  if (!isKnown(draft, id)) draft.fresh.add(id);
  draft.voters.delete(id);
  draft.learnersNext.delete(id);
  // One who still votes in the outgoing half becomes a learner only when that half is gone: nobody is both.
  if (draft.outgoing.has(id)) draft.learnersNext.add(id);
  else draft.learners.add(id);
}

function removeNode(draft: Draft, id: NodeId): void {
  draft.voters.delete(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  draft.fresh.delete(id);
}

function applyOperations(draft: Draft, changes: readonly ConfChangeSingle[]): ConfChangeError | undefined {
  for (const { type, nodeId } of changes) {
    if (nodeId === NO_NODE) continue; // etcd replaces a refused change by one of node 0
    if (type === 'add-node') addVoter(draft, nodeId);
    else if (type === 'add-learner-node') addLearner(draft, nodeId);
    else if (type === 'remove-node') removeNode(draft, nodeId);
  }
  return draft.voters.size === 0 ? 'removed-all-voters' : undefined;
}

/** Number of ids that are in one of the sets only. */
function symmetricDifference(a: ReadonlySet<NodeId>, b: ReadonlySet<NodeId>): number {
  let n = 0;
  for (const id of a) if (!b.has(id)) n += 1;
  for (const id of b) if (!a.has(id)) n += 1;
  return n;
}

/** Changes at most one voter, so that old and new majorities overlap by themselves (dissertation §4.1). */
export function simpleChange(config: Configuration, changes: readonly ConfChangeSingle[]): ConfChangeOutcome {
  if (isJoint(config)) return refuse('simple-while-joint');
  const draft = draftOf(config);
  const error = applyOperations(draft, changes);
  if (error !== undefined) return refuse(error);
  const before = new Set(config.voters);
  if (symmetricDifference(before, draft.voters) > 1) return refuse('more-than-one-voter');
  return finish(draft, false);
}

/** Makes the present voters the outgoing half and applies the operations to the incoming one. */
export function enterJoint(config: Configuration, autoLeave: boolean, changes: readonly ConfChangeSingle[]): ConfChangeOutcome {
  if (isJoint(config)) return refuse('already-joint');
  if (config.voters.length === 0) return refuse('zero-voter-joint');
  const draft = draftOf(config);
  for (const id of config.voters) draft.outgoing.add(id);
  const error = applyOperations(draft, changes);
  return error === undefined ? finish(draft, autoLeave) : refuse(error);
}

/** Drops the outgoing half; those who were to become learners do. */
export function leaveJoint(config: Configuration): ConfChangeOutcome {
  if (!isJoint(config)) return refuse('not-joint');
  const draft = draftOf(config);
  for (const id of draft.learnersNext) draft.learners.add(id);
  draft.learnersNext.clear();
  draft.outgoing.clear();
  return finish(draft, false);
}

/** Carries out a change in the way that it asks for. */
export function changeConfiguration(config: Configuration, change: ConfChangeV2): ConfChangeOutcome {
  const plan = planOf(change);
  if (plan.type === 'leave-joint') return leaveJoint(config);
  return plan.type === 'enter-joint' ? enterJoint(config, plan.autoLeave, change.changes) : simpleChange(config, change.changes);
}

/** The configuration that a snapshot or the storage describes. @throws AssertionError if it contradicts itself */
export function restoreConfiguration(state: ConfState): Configuration {
  const voters = state.voters.length + state.votersOutgoing.length;
  assert(voters > 0 || state.learners.length === 0, () => `${state.learners.length} learners and ${voters} voters`);
  const outcome = finish(
    {
      voters: new Set(state.voters),
      outgoing: new Set(state.votersOutgoing),
      learners: new Set(state.learners),
      learnersNext: new Set(state.learnersNext),
      fresh: new Set(),
    },
    state.autoLeave,
  );
  assert(outcome.ok, 'a configuration without operations is never refused');
  return outcome.config;
}
