/** What etcdctl and etcdutl do with snapshots among the machine's files: the engine reads them. */

import type { FileAnswer } from '#ctl/file-request.ts';
import { snapshotStatus } from '#etcd/snapshot-status.ts';
import type { WorldCore } from '#sim/world-core.ts';

/** What a snapshot holds. Errors in etcd's words, which lack the file's name. */
export function snapshotAnswer(core: WorldCore, path: string): FileAnswer {
  const file = core.files.do({ type: 'read', path });
  const config = core.seats[0]?.config;
  if (file.type !== 'data' || config === undefined) return file;
  const status = snapshotStatus(file.data, config);
  if (status.type === 'error') return { type: 'error', code: 'EINVAL', message: status.message };
  return { type: 'snapshot', hash: status.hash, revision: status.revision, keys: status.totalKeys, bytes: status.totalSize };
}
