/**
 * What a member starts from: the log that it finds in its data directory, or the one that it begins there (server/etcdserver, bootstrap and
 * recovery).
 */

import { logIndex, term } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { StoreState } from '#mvcc/store-state.ts';
import type { Entry } from '#raft/entry.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import { EMPTY_HARD_STATE, type HardState } from '#raft/state.ts';
import type { Disk } from '#wal/disk.ts';
import { openWal, snapshotMarks } from '#wal/open-wal.ts';
import { loadNewestSnapshot } from '#wal/snapshot-files.ts';
import { Wal } from '#wal/wal.ts';
import { bootstrapOf } from '#etcd/bootstrap.ts';
import { breaks } from '#etcd/broken-rules.ts';
import type { MemberConfig, StartInfo } from '#etcd/contract.ts';
import { decodeImage, freshMachine } from '#etcd/image.ts';
import type { Outbox } from '#etcd/outbox.ts';
import type { StateMachine } from '#etcd/parts.ts';
import { logRecovered } from '#etcd/start-log.ts';
import { standaloneEntries } from '#etcd/standalone.ts';
import { identityOfJoining, identityOfNew, StartError } from '#etcd/start-checks.ts';

/** What lay on the disk, or was put there. */
export interface Stored {
  readonly wal: Wal;
  readonly log: MemoryStorage;
  readonly machine: StateMachine;
  readonly isFresh: boolean;
  readonly entries: number;
}

function storageOf(hardState: HardState, entries: readonly Entry[], log = new MemoryStorage()): MemoryStorage {
  log.append(entries);
  log.setHardState(hardState);
  return log;
}

/** A data directory is begun: with the first entries of a new cluster, or empty, to be filled by the cluster that is joined. @throws StartError */
export function begin(config: MemberConfig, { remote }: StartInfo, disk: Disk): Stored {
  const isNew = config.initialClusterState === 'new';
  const { self, clusterId } = isNew ? identityOfNew(config, remote) : identityOfJoining(config, remote);
  const { entries, hardState } = isNew ? bootstrapOf(config) : { entries: [], hardState: EMPTY_HARD_STATE };
  const wal = Wal.create(disk, { nodeId: self, clusterId }, config.walSegmentBytes);
  if (isNew) wal.save(hardState, entries);
  wal.sync();
  return { wal, log: storageOf(hardState, entries), machine: freshMachine(config), isFresh: true, entries: entries.length };
}

/** A data directory is taken up again. @throws StartError in the log's words */
export function recover(config: MemberConfig, disk: Disk, out: Outbox): Stored {
  const { file, broken } = loadNewestSnapshot(disk, snapshotMarks(disk));
  const path = (name: string): string => `${config.dataDir}/member/${name}`;
  for (const name of broken) out.log('broken-snapshot', { path: path(name), error: 'snap: crc mismatch' });
  const mark = file?.mark ?? { index: logIndex(0), term: term(0) };
  const opened = openWal(disk, mark, config.walSegmentBytes);
  if (opened.type === 'wal-failure') throw new StartError(opened.message);
  if (opened.tornFile !== undefined) {
    // etcd's repair: the record that the power loss cut short was never acknowledged.
    out.log('repairing', { path: path(opened.tornFile) });
    out.log('repaired', { path: path(opened.tornFile), error: 'unexpected EOF' });
    out.log('repaired-wal', { error: 'unexpected EOF' });
  }
  // Deviation: etcd does not flush what it finds. A process that died between writing and flushing leaves bytes that the next one reads, counts as saved
  // and acknowledges; a loss of power then takes them (found by chaos, 5 members, seed 1018).
  disk.flush();
  const machine = file === undefined ? freshMachine(config) : decodeImage(file.data, config);
  if (breaks(config, 'revision-regression')) forgetNewestRevision(machine.kv.state());
  const log = new MemoryStorage();
  if (file !== undefined) log.applySnapshot({ ...mark, confState: machine.confState, data: EMPTY_BYTES });
  if (file === undefined) out.log('no-snapshot');
  else logRecovered(out, machine, file.data.length);
  // A snapshot is only taken of what is committed, also where the hard state that says so was not written again.
  const state = { ...opened.state, commit: logIndex(Math.max(opened.state.commit, mark.index)) };
  if (!config.forceNewCluster) {
    storageOf(state, opened.entries, log);
    return { wal: opened.wal, log, machine, isFresh: false, entries: opened.entries.length };
  }
  const { kept, added } = standaloneEntries(state, opened.entries, machine, opened.metadata.nodeId, out);
  opened.wal.save(undefined, added);
  opened.wal.sync();
  storageOf({ ...state, commit: logIndex(state.commit + added.length) }, [...kept, ...added], log);
  return { wal: opened.wal, log, machine, isFresh: false, entries: kept.length + added.length };
}

/** Broken on purpose (etcd issue 17780): the revision is that of the newest change found, which a compaction may have taken away. */
function forgetNewestRevision(kv: StoreState): void {
  kv.currentRevision = kv.log.between(1, kv.currentRevision).at(-1)?.modRevision ?? kv.currentRevision;
}
