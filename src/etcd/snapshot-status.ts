/** What `etcdctl snapshot status` says of a file (etcdutl/snapshot): a hash over every bucket, the newest revision, the number of pairs, the size. */

import type { Bytes } from '#kernel/bytes.ts';
import { metaPairs, otherBuckets } from '#etcd/backend-buckets.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import { decodeImage } from '#etcd/image.ts';
import { decodeSnapshotFile } from '#etcd/snapshot-file.ts';
import { versionRules } from '#etcd/version-rules.ts';

export type SnapshotStatus =
  | {
      readonly type: 'status';
      /** CRC-32C over names, keys and values of all buckets, unlike Hash with the consistent index. */
      readonly hash: number;
      readonly revision: number;
      /** Pairs in all buckets. */
      readonly totalKeys: number;
      /** Bytes of the database. */
      readonly totalSize: number;
    }
  | { readonly type: 'error'; readonly message: string };

/** Looks at a file, with or without its hash, which is not checked here. @param config whose profile and timing the image is read with */
export function snapshotStatus(file: Bytes, config: MemberConfig): SnapshotStatus {
  const read = decodeSnapshotFile(file, true);
  if (read.type === 'error') return read;
  const machine = decodeImage(read.image, config);
  const { kv } = machine;
  const others = otherBuckets(machine);
  const meta = metaPairs(machine, versionRules(config).backendHasRaftState);
  const marks = (kv.finishedCompactRevision >= 0 ? 1 : 0) + (kv.compactRevision >= 0 ? 1 : 0);
  const pairs = others.reduce((sum, bucket) => sum + bucket.pairs.length, meta.length + marks + kv.storedRevisions);
  const revision = kv.currentRevision > 1 ? kv.currentRevision : 0;
  return { type: 'status', hash: kv.hashBackend(others, meta), revision, totalKeys: pairs, totalSize: read.databaseBytes };
}
