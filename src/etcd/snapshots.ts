/**
 * Raft snapshots (server/etcdserver): taken every `--snapshot-count` applied entries, with the log compacted behind them; sent to a follower
 * whose entries are gone, always with the state as it is at that moment; installed by replacing the whole state machine.
 */

import { logIndex, type EventId, type LogIndex, type NodeId } from '#kernel/brand.ts';
import { assert } from '#kernel/assert.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { Snapshot } from '#raft/state.ts';
import { saveSnapshotFile, purgeSnapshots } from '#wal/snapshot-files.ts';
import { reach } from '#etcd/crash-points.ts';
import { formatId } from '#etcd/identity.ts';
import { encodeImage, installImage } from '#etcd/image.ts';
import type { Parts } from '#etcd/parts.ts';

/** Takes a snapshot if enough was applied since the last one. */
export function snapshotIfDue(m: Parts): void {
  const { machine, loop, config } = m;
  if (machine.appliedIndex - loop.snapshotIndex <= config.snapshotCount) return;
  // Entries may be applied before they are in the stable log here: the snapshot waits for them.
  if (m.log.lastIndex() < machine.appliedIndex) return;
  const { appliedIndex: index } = machine;
  const cause = m.out.log('triggering-snapshot', {
    'local-member-id': formatId(m.self),
    'local-member-applied-index': index,
    'local-member-snapshot-index': loop.snapshotIndex,
    'local-member-snapshot-count': config.snapshotCount,
  });
  const data = encodeImage(machine);
  const bytes = saveFile(m, { index, term: machine.appliedTerm, confState: machine.confState, data });
  // The copy in memory is only a mark: what is sent is made when it is sent.
  const created = m.log.createSnapshot(index, machine.confState, EMPTY_BYTES);
  assert(created.ok, () => `snapshot at ${index}: ${created.ok ? '' : created.error}`);
  loop.snapshotIndex = index;
  m.out.emit('snapshot-taken', { index, bytes }, cause);
  m.out.log('saved-snapshot', { 'snapshot-index': index }, cause);
  compactLog(m, index, cause);
}

function saveFile(m: Parts, { index, term, data }: Snapshot): number {
  const mark = { index, term };
  const bytes = saveSnapshotFile(m.disk, { mark, data });
  const markBytes = m.wal.saveSnapshotMark(mark);
  m.disk.flush();
  m.wal.release(index);
  purgeSnapshots(m.disk);
  return bytes + markBytes;
}

/** Drops the entries behind a snapshot but for those that slow followers may still need. */
function compactLog(m: Parts, index: LogIndex, cause: EventId): void {
  // etcd's first one drops at least the first entry, however many it keeps.
  const upTo = logIndex(Math.max(1, index - m.config.snapshotCatchUpEntries));
  if (upTo < m.log.firstIndex()) return;
  const error = m.log.compact(upTo);
  assert(error === undefined, () => `compaction of the log at ${upTo}: ${error}`);
  m.out.emit('log-compacted', { index: upTo }, cause);
  m.out.log('compacted-raft-log', { 'compact-index': upTo }, cause);
}

/** What a follower that is too far behind gets instead of entries: everything applied until now. */
export function snapshotToSend(m: Parts, to: NodeId, cause: EventId): Snapshot {
  const { machine } = m;
  const data = encodeImage(machine);
  m.out.log(
    'sending-database-snapshot',
    { 'snapshot-index': machine.appliedIndex, 'remote-peer-id': formatId(to), bytes: data.length },
    cause,
  );
  return { index: machine.appliedIndex, term: machine.appliedTerm, confState: machine.confState, data };
}

/** Writes a snapshot that came from the leader; durable with the save that it belongs to. @returns bytes */
export function saveReceivedSnapshot(m: Parts, snapshot: Snapshot): number {
  const mark = { index: snapshot.index, term: snapshot.term };
  return saveSnapshotFile(m.disk, { mark, data: snapshot.data }) + m.wal.saveSnapshotMark(mark);
}

/** A received snapshot is durable: it replaces the state and the log. */
export function installSnapshot(m: Parts, snapshot: Snapshot, cause: EventId): void {
  const { index, term, confState } = snapshot;
  m.out.log(
    'applying-snapshot',
    {
      'current-snapshot-index': m.loop.snapshotIndex,
      'current-applied-index': m.machine.appliedIndex,
      'incoming-leader-snapshot-index': index,
    },
    cause,
  );
  reach(m, 'raftBeforeApplySnap');
  const error = m.log.applySnapshot({ index, term, confState, data: EMPTY_BYTES });
  assert(error === undefined, () => `snapshot at ${index}: ${error}`);
  reach(m, 'raftAfterApplySnap');
  m.wal.release(index);
  reach(m, 'raftAfterWALRelease');
  reach(m, 'applyBeforeOpenSnapshot');
  installImage(m, snapshot.data);
  m.loop.snapshotIndex = index;
  purgeSnapshots(m.disk);
  m.out.emit('snapshot-applied', { index, bytes: snapshot.data.length }, cause);
  m.out.log('applied-snapshot', { 'current-snapshot-index': index }, cause);
}
