/** What a leader sends: appends, snapshots, heartbeats (paper §5.3, §7). */

import { assert } from '#kernel/assert.ts';
import { logIndex, type LogIndex, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { compareIds, isLearner } from '#raft/configuration.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import { payloadsSize, type Entry } from '#raft/entry.ts';
import { becomeSnapshot, isPaused, recordAppend, viewProgress, type Progress, type ProgressView } from '#raft/progress.ts';
import { send } from '#raft/send.ts';

/** A peer's progress as events and the status show it. */
export const viewOf = (core: Core, id: NodeId, progress: Progress): ProgressView => viewProgress(progress, isLearner(core.config, id));

/** The peers, without this node, in the order of their ids. */
export function peersOf(core: Core, role: LeaderRole): NodeId[] {
  return [...role.progress.keys()].filter((id) => id !== core.id).sort(compareIds);
}

/**
 * Sends the next entries to a peer if its flow allows, or a snapshot if they are compacted.
 * @param whenEmpty `send` also without entries, to tell the commit index; `skip` otherwise
 * @returns whether something was sent
 */
export function maybeSendAppend(core: Core, role: LeaderRole, to: NodeId, whenEmpty: 'send' | 'skip'): boolean {
  const progress = role.progress.get(to);
  if (progress === undefined || isPaused(progress)) return false;
  const previous = logIndex(progress.next - 1);
  const previousTerm = core.log.term(previous);
  if (!previousTerm.ok) return maybeSendSnapshot(core, to, progress);
  let entries: readonly Entry[] = [];
  // With a full window an append without entries still carries the commit index.
  if (progress.flow.type !== 'replicate' || !progress.flow.inflights.full) {
    const next = core.log.entriesFrom(progress.next, core.settings.maxSizePerMessage);
    if (!next.ok) return maybeSendSnapshot(core, to, progress);
    entries = next.value;
  }
  if (entries.length === 0 && whenEmpty !== 'send') return false;
  const commit = core.log.committed;
  send(core, { type: 'MsgApp', from: core.id, to, term: core.term, logTerm: previousTerm.value, index: previous, entries, commit });
  recordAppend(progress, entries.length, payloadsSize(entries));
  progress.sentCommit = commit;
  if (entries.length > 0 && progress.flow.type === 'replicate' && progress.flow.paused) {
    core.emit({ type: 'window-full', peer: to, progress: viewOf(core, to, progress) });
  }
  return true;
}

/** Sends a snapshot to a peer that is there to receive it. */
function maybeSendSnapshot(core: Core, to: NodeId, progress: Progress): boolean {
  if (!progress.recentActive) {
    core.emit({ type: 'snapshot-not-sent-to-inactive', peer: to });
    return false;
  }
  const snapshot = core.log.snapshot();
  if (snapshot === undefined) {
    core.emit({ type: 'snapshot-unavailable', peer: to });
    return false;
  }
  assert(snapshot.index > 0, () => `node ${to} needs a snapshot, and there is none although the log begins at ${core.log.firstIndex()}`);
  core.emit({
    type: 'snapshot-sent',
    firstIndex: core.log.firstIndex(),
    commit: core.log.committed,
    index: snapshot.index,
    snapshotTerm: snapshot.term,
    peer: to,
    progress: viewOf(core, to, progress),
  });
  becomeSnapshot(progress, snapshot.index);
  core.emit({ type: 'replication-paused', peer: to, progress: viewOf(core, to, progress) });
  send(core, { type: 'MsgSnap', from: core.id, to, term: core.term, snapshot });
  return true;
}

/** Sends an append to every peer whose flow allows, with or without entries. */
export function broadcastAppend(core: Core, role: LeaderRole): void {
  for (const id of peersOf(core, role)) maybeSendAppend(core, role, id, 'send');
}

/** Sends a heartbeat to every peer, with the context of the newest read that waits. */
export function broadcastHeartbeat(core: Core, role: LeaderRole): void {
  broadcastHeartbeatWith(core, role, role.reads.lastContext() ?? EMPTY_BYTES);
}

/** As {@link broadcastHeartbeat}, with the context of one read. */
export function broadcastHeartbeatWith(core: Core, role: LeaderRole, context: Bytes): void {
  for (const to of peersOf(core, role)) {
    const progress = role.progress.get(to);
    if (progress === undefined) continue;
    // Never tell a peer of a commit that its log may not have: its end may differ from ours after `match`.
    const commit: LogIndex = progress.match < core.log.committed ? progress.match : core.log.committed;
    send(core, { type: 'MsgHeartbeat', from: core.id, to, term: core.term, commit, context });
    progress.sentCommit = commit;
  }
}
