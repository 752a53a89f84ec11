/**
 * A data directory out of a snapshot file (etcdutl snapshot restore): the keys, leases, users and alarms of the snapshot in a new cluster, whose members
 * are those of `--initial-cluster`. Each member is restored from the same file and starts with an equal state; nothing of the old cluster's log,
 * members or ids is left, so that none of its members can take part.
 */

import { logIndex, NO_NODE, term } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import { EMPTY_CONF_STATE } from '#raft/state.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';
import { saveSnapshotFile } from '#wal/snapshot-files.ts';
import { Wal } from '#wal/wal.ts';
import { bootstrapOf } from '#etcd/bootstrap.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import { bootstrapMembers, type ClusterId } from '#etcd/identity.ts';
import { decodeImage, encodeImage } from '#etcd/image.ts';
import { Membership, type ClusterMember } from '#etcd/membership.ts';
import type { StateMachine } from '#etcd/parts.ts';
import { decodeSnapshotFile } from '#etcd/snapshot-file.ts';
import { identityOfNew, StartError } from '#etcd/start-checks.ts';

export interface RestoreOptions {
  /** `--skip-hash-check`: a copy of a member's database has no hash. */
  readonly skipHashCheck: boolean;
  /** `--bump-revision`: the newest revision is greater by so much than in the snapshot, so that no client sees a revision twice; from 0. */
  readonly bumpRevision: number;
  /** `--mark-compacted`: everything up to the newest revision counts as compacted, so that watchers do not go on over the gap. */
  readonly markCompacted: boolean;
}

export type RestoredDirectory =
  | {
      readonly type: 'restored';
      /** Files of the data directory, by their names on a member's disk. */
      readonly files: readonly { readonly name: string; readonly bytes: Bytes }[];
      readonly clusterId: ClusterId;
      /** The new cluster's members, ascending by id. */
      readonly members: readonly ClusterMember[];
    }
  /** `message` in etcd's words. */
  | { readonly type: 'error'; readonly message: string };

/** Why the flags of a restore cannot be: it is asked before the snapshot is looked at. @param config as for a member of a new cluster */
export function refuseRestore(config: MemberConfig): string | undefined {
  try {
    identityOfNew(config, undefined);
    return undefined;
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
}

/**
 * Makes a member's data directory out of a snapshot file.
 * @param file what `etcdctl snapshot save` keeps
 * @param config the member as it will be started: its name, its peer URLs, the initial cluster and its token
 */
export function restoreSnapshot(file: Bytes, config: MemberConfig, options: RestoreOptions): RestoredDirectory {
  const refusal = refuseRestore(config);
  if (refusal !== undefined) return { type: 'error', message: refusal };
  const { self, clusterId } = identityOfNew(config, undefined);
  const snapshot = decodeSnapshotFile(file, options.skipHashCheck);
  if (snapshot.type === 'error') return snapshot;
  const machine = imageOf(snapshot.image, config);
  if (machine === undefined) return { type: 'error', message: 'invalid database' };
  const members = bootstrapMembers(config.initialCluster, config.initialClusterToken).map(({ id, member }): ClusterMember => ({
    id,
    name: '',
    peerUrls: member.peerUrls,
    clientUrls: [],
    isLearner: false,
  }));
  bumpRevision(machine, options);
  const cluster = new Membership();
  for (const member of members) cluster.put(member);
  const mark = { index: logIndex(members.length), term: term(1) };
  const confState = { ...EMPTY_CONF_STATE, voters: members.map(({ id }) => id) };
  const data = encodeImage({ ...machine, cluster, confState, appliedIndex: mark.index, appliedTerm: mark.term });
  const disk = new MemoryDisk();
  const wal = Wal.create(disk, { nodeId: self, clusterId }, config.walSegmentBytes);
  const { entries, hardState } = bootstrapOf(config);
  wal.save({ ...hardState, vote: members[0]?.id ?? NO_NODE }, entries);
  saveSnapshotFile(disk, { mark, data });
  wal.saveSnapshotMark(mark);
  wal.sync();
  const files = disk.list().flatMap((name) => {
    const bytes = disk.read(name);
    return bytes === undefined ? [] : [{ name, bytes }];
  });
  return { type: 'restored', files, clusterId, members };
}

function imageOf(image: Bytes, config: MemberConfig): StateMachine | undefined {
  try {
    return decodeImage(image, config);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The keys stay what they are; only the count of revisions goes on further up. */
function bumpRevision({ kv }: StateMachine, { bumpRevision: by, markCompacted }: RestoreOptions): void {
  kv.state().currentRevision += by;
  if (!markCompacted) return;
  kv.compact(kv.currentRevision);
  kv.finishCompaction();
}
