/** Starting a node from what its storage holds. */

import { assert } from '#kernel/assert.ts';
import { logIndex, NO_NODE } from '#kernel/brand.ts';
import type { Prng } from '#kernel/prng.ts';
import { EMPTY_CONFIGURATION, isSameConfState, voterIds } from '#raft/configuration.ts';
import { restoreConfiguration } from '#raft/confchange.ts';
import { coreFrom, type Core, type RaftSettings } from '#raft/core.ts';
import { NO_LIMIT } from '#raft/entry.ts';
import { isStorageThread } from '#raft/message.ts';
import { RaftLog } from '#raft/raft-log.ts';
import { switchConfiguration } from '#raft/reconfigure.ts';
import { becomeFollower } from '#raft/roles.ts';
import { isEmptyHardState } from '#raft/state.ts';
import type { Storage } from '#raft/storage.ts';

/** Settings as the application gives them: what is left out takes the value of {@link settingsOf}. */
export type RaftConfig = Pick<RaftSettings, 'id' | 'electionTicks' | 'heartbeatTicks'> &
  Partial<RaftSettings> & { readonly storage: Storage; readonly prng: Prng };

/**
 * Completes and checks settings. By default: no limits but 2^31-1 inflight messages, no CheckQuorum, no PreVote, safe reads.
 * @throws AssertionError if they contradict themselves
 */
export function settingsOf(config: RaftConfig): RaftSettings {
  const settings: RaftSettings = {
    applied: logIndex(0),
    asyncStorageWrites: false,
    maxSizePerMessage: NO_LIMIT,
    maxCommittedSizePerReady: config.maxSizePerMessage ?? NO_LIMIT,
    maxUncommittedSize: NO_LIMIT,
    maxInflightMessages: 2 ** 31 - 1,
    maxInflightBytes: NO_LIMIT,
    checkQuorum: false,
    preVote: false,
    readOnly: 'safe',
    disableProposalForwarding: false,
    disableConfChangeValidation: false,
    stepDownOnRemoval: false,
    onEvent: () => {},
    broken: {},
    ...config,
  };
  assert(settings.id !== NO_NODE && !isStorageThread(settings.id), () => `${settings.id} cannot be a node's id`);
  assert(settings.heartbeatTicks > 0, () => `heartbeat ticks must be above 0, are ${settings.heartbeatTicks}`);
  assert(
    settings.electionTicks > settings.heartbeatTicks,
    () => `election ticks ${settings.electionTicks} must be above heartbeat ticks ${settings.heartbeatTicks}`,
  );
  assert(settings.maxInflightMessages > 0, () => `inflight messages must be above 0, are ${settings.maxInflightMessages}`);
  assert(settings.maxInflightBytes >= settings.maxSizePerMessage || settings.maxInflightBytes === NO_LIMIT, () => {
    return `inflight bytes ${settings.maxInflightBytes} must not be below the message size ${settings.maxSizePerMessage}`;
  });
  assert(settings.readOnly !== 'lease-based' || settings.checkQuorum, 'lease-based reads need CheckQuorum');
  return settings;
}

/** A node as it is after its process started: a follower of nobody. */
export function startCore(settings: RaftSettings): Core {
  const { storage, onEvent: emit, id } = settings;
  const { hardState, confState } = storage.initialState();
  const log = new RaftLog(storage, emit, settings.maxCommittedSizePerReady);
  const core = coreFrom({
    settings,
    id,
    emit,
    inflightLimits: { messagesMax: settings.maxInflightMessages, bytesMax: settings.maxInflightBytes },
    term: hardState.term,
    vote: settings.broken.forgetVoteOnRestart === true ? NO_NODE : hardState.vote,
    lead: NO_NODE,
    role: { type: 'follower' },
    config: EMPTY_CONFIGURATION,
    log,
    electionElapsed: 0,
    randomizedElectionTimeout: 0,
    readStates: [],
    messages: [],
    messagesAfterAppend: [],
  });
  const restored = switchConfiguration(core, restoreConfiguration(confState), new Set());
  assert(isSameConfState(restored, confState), 'a restored configuration says what the storage said');
  if (!isEmptyHardState(hardState)) {
    const { commit } = hardState;
    assert(
      commit >= log.committed && commit <= log.lastIndex(),
      () => `${id.toString(16)} state.commit ${commit} is out of range [${log.committed}, ${log.lastIndex()}]`,
    );
    log.committed = commit;
  }
  if (settings.applied > 0) log.appliedTo(settings.applied, 0);
  becomeFollower(core, core.term, NO_NODE, 'started');
  const last = log.lastId();
  emit({
    type: 'raft-started',
    peers: voterIds(core.config),
    term: core.term,
    commit: log.committed,
    applied: log.applied,
    lastIndex: last.index,
    lastTerm: last.term,
  });
  return core;
}
