/** Switching to another configuration, and what a leader does about it (paper §6, dissertation §4). */

import { assert } from '#kernel/assert.ts';
import { logIndex, NO_NODE, type NodeId } from '#kernel/brand.ts';
import { changeConfiguration, confChangeErrorText } from '#raft/confchange.ts';
import { toV2, type ConfChange } from '#raft/conf-change.ts';
import { isLearner, isTracked, isVoter, toConfState, trackedIds, type Configuration } from '#raft/configuration.ts';
import { maybeCommit } from '#raft/commit.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import { newProgress } from '#raft/progress.ts';
import { broadcastAppend, maybeSendAppend, peersOf } from '#raft/replicate.ts';
import { becomeFollower } from '#raft/roles.ts';
import type { ConfState } from '#raft/state.ts';

/**
 * Applies a committed configuration change.
 * @returns the configuration that is now active, to be kept with snapshots
 * @throws AssertionError if the change is impossible now: validation at proposal should have refused it
 */
export function applyConfChange(core: Core, change: ConfChange): ConfState {
  const outcome = changeConfiguration(core.config, toV2(change));
  assert(outcome.ok, () => (outcome.ok ? '' : `configuration change refused when applied: ${confChangeErrorText(outcome.error)}`));
  return switchConfiguration(core, outcome.config, outcome.fresh);
}

/** Keeps the progress of those who stay, begins that of new ones, and drops the others'. */
function trackPeers(core: Core, role: LeaderRole, fresh: ReadonlySet<NodeId>): void {
  for (const id of role.progress.keys()) if (!isTracked(core.config, id)) role.progress.delete(id);
  const next = logIndex(Math.max(core.log.lastIndex(), 1));
  for (const id of trackedIds(core.config)) {
    // A new peer counts as active: otherwise the next check of the quorum could depose the leader before the peer was ever asked.
    if (fresh.has(id) || !role.progress.has(id)) role.progress.set(id, newProgress(next, true));
  }
  const tracked = trackedIds(core.config).length;
  assert(role.progress.size === tracked, () => `a leader tracks ${role.progress.size} nodes of ${tracked}`);
}

/** Makes a configuration the active one. */
export function switchConfiguration(core: Core, config: Configuration, fresh: ReadonlySet<NodeId>): ConfState {
  core.config = config;
  core.emit({ type: 'switched-to-configuration', config });
  const state = toConfState(config);
  const { role } = core;
  if (role.type !== 'leader') return state;
  trackPeers(core, role, fresh);
  if (!isVoter(config, core.id) || isLearner(config, core.id)) {
    // A leader outside of the voters may go on until it has replicated its removal (dissertation §4.2.2).
    if (core.settings.stepDownOnRemoval) becomeFollower(core, core.term, NO_NODE, 'left-voters');
    return state;
  }
  if (config.voters.length === 0) return state;
  // With fewer voters, more may be committed now.
  if (maybeCommit(core, role)) broadcastAppend(core, role);
  else for (const id of peersOf(core, role)) maybeSendAppend(core, role, id, 'skip');
  if (role.transferee !== NO_NODE && !isVoter(config, role.transferee)) {
    core.emit({ type: 'transfer-target-lost', term: core.term, peer: role.transferee });
    role.transferee = NO_NODE;
  }
  return state;
}
