/** Carries out `etcdutl snapshot restore`: a snapshot file of the machine becomes a data directory, as files of the machine, until a member starts on it. */

import { resolvePath } from '#ctl/file-request.ts';
import type { RestoreAnswer, RestoreRequest } from '#ctl/restore-request.ts';
import { formatId } from '#etcd/identity.ts';
import { refuseRestore, restoreSnapshot } from '#etcd/restore.ts';
import { isMemberPath, MEMBER_FOLDER } from '#sim/member-files.ts';
import { memberConfig } from '#sim/run-options.ts';
import type { WorldCore } from '#sim/world-core.ts';

const failed = (message: string): RestoreAnswer => ({ type: 'refused', message });

/** Does a restore, or says why it cannot be done; then nothing has changed. @param cwd where relative paths begin */
export function restoreDirectory(core: WorldCore, request: RestoreRequest, cwd: string): RestoreAnswer {
  const { name, peerUrls, initialCluster, initialClusterToken } = request;
  const place = { name, peerUrls, clientUrls: [], initialCluster, initialClusterToken, initialClusterState: 'new' as const };
  const config = memberConfig(core.seed, core.options, place);
  const refusal = refuseRestore(config);
  if (refusal !== undefined) return failed(refusal);
  const folder = resolvePath(request.dataDir, cwd);
  if (isMemberPath(core, folder) || core.files.do({ type: 'list', path: folder }).type !== 'error')
    return failed(
      core.options.profile === '3.4.23'
        ? `data-dir "${request.dataDir}" exists`
        : `data-dir "${request.dataDir}" not empty or could not be read`,
    );
  const snapshot = core.files.do({ type: 'read', path: resolvePath(request.snapshot, cwd) });
  if (snapshot.type === 'error') return failed(`open ${request.snapshot}: ${snapshot.message}`);
  if (snapshot.type !== 'data') return failed(`open ${request.snapshot}: is a directory`);
  const restored = restoreSnapshot(snapshot.data, config, request);
  if (restored.type === 'error') return failed(restored.message);
  const problem = writeAll(core, `${folder}/${MEMBER_FOLDER}`, restored.files);
  if (problem !== undefined) {
    core.files.do({ type: 'remove', path: folder, recursive: true });
    return failed(problem);
  }
  const members = restored.members.map((member) => ({ id: formatId(member.id), peerUrls: member.peerUrls }));
  return { type: 'restored', clusterId: formatId(restored.clusterId), members };
}

function writeAll(
  core: WorldCore,
  folder: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): string | undefined {
  for (const { name, bytes } of files) {
    const path = `${folder}/${name}`;
    const made = core.files.do({ type: 'mkdir', path: path.slice(0, path.lastIndexOf('/')), parents: true });
    const written = made.type === 'error' ? made : core.files.do({ type: 'write', path, data: bytes, append: false });
    if (written.type === 'error') return `write ${path}: ${written.message}`;
  }
  return undefined;
}
