/** A received snapshot (paper §7), and what durable and applied snapshots and entries change. */

import { assert } from '#kernel/assert.ts';
import { NO_NODE, term as termOf, type LogIndex } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { isSameConfState } from '#raft/configuration.ts';
import { restoreConfiguration } from '#raft/confchange.ts';
import type { Core } from '#raft/core.ts';
import { acknowledge } from '#raft/follow.ts';
import type { MsgSnap } from '#raft/message.ts';
import { propose } from '#raft/proposal.ts';
import { switchConfiguration } from '#raft/reconfigure.ts';
import { broadcastAppend } from '#raft/replicate.ts';
import { becomeFollower } from '#raft/roles.ts';
import type { Snapshot } from '#raft/state.ts';

/** Installs a leader's snapshot, or says how far the log is without it. */
export function handleSnapshot(core: Core, message: MsgSnap): void {
  const { snapshot } = message;
  const isRestored = restore(core, snapshot);
  const type = isRestored ? 'snapshot-restored' : 'snapshot-ignored';
  core.emit({ type, commit: core.log.committed, index: snapshot.index, snapshotTerm: snapshot.term });
  acknowledge(core, message.from, isRestored ? core.log.lastIndex() : core.log.committed);
}

function restore(core: Core, snapshot: Snapshot): boolean {
  const { log } = core;
  const { index, term: snapshotTerm, confState } = snapshot;
  if (index <= log.committed) return false;
  if (core.role.type !== 'follower') {
    // Cannot happen: a snapshot's sender leads, so this node follows. If it does, a new term keeps everyone safe.
    core.emit({ type: 'snapshot-for-non-follower' });
    becomeFollower(core, termOf(core.term + 1), NO_NODE, 'snapshot-as-non-follower');
    return false;
  }
  const isMember = confState.voters.includes(core.id) || confState.learners.includes(core.id) || confState.votersOutgoing.includes(core.id);
  if (!isMember) {
    // It would make this node believe that it was never a member.
    core.emit({ type: 'snapshot-without-self', index });
    return false;
  }
  if (log.matches({ term: snapshotTerm, index })) {
    // The log has it all: only the commit index is news.
    const last = log.lastId();
    core.emit({ type: 'snapshot-fast-forwarded', commit: log.committed, lastIndex: last.index, lastTerm: last.term, index, snapshotTerm });
    log.commitTo(index, 'snapshot');
    return false;
  }
  log.restore(snapshot);
  const config = restoreConfiguration(confState);
  const restored = switchConfiguration(core, config, new Set());
  assert(isSameConfState(restored, confState), 'a restored configuration says what the snapshot said');
  const last = log.lastId();
  core.emit({ type: 'snapshot-restored-to-log', commit: log.committed, lastIndex: last.index, lastTerm: last.term, index, snapshotTerm });
  return true;
}

/** The application has applied everything up to `index`; `size` bytes of it were handed out. */
export function appliedTo(core: Core, index: LogIndex, size: number): void {
  const { log, role } = core;
  const applied = index > log.applied ? index : log.applied;
  log.appliedTo(applied, size);
  if (!core.config.autoLeave || role.type !== 'leader' || applied < role.pendingConfIndex) return;
  // The joint configuration is applied: leave it (dissertation §4.3). The change has no data, so no size limit refuses it.
  const error = propose(core, role, [{ type: 'EntryConfChangeV2', data: EMPTY_BYTES }]);
  if (error === undefined) broadcastAppend(core, role);
  core.emit({ type: error === undefined ? 'auto-leave-started' : 'auto-leave-refused', config: core.config });
}

/** A snapshot is durable and applied. */
export function appliedSnapshot(core: Core, snapshot: Snapshot): void {
  core.log.unstable.stableSnapshotTo(snapshot.index);
  appliedTo(core, snapshot.index, 0);
}
