/** What `ls` shows of members' data directories. */

import { fileFailure, resolvePath, type FileAnswer, type FolderEntry } from '#ctl/file-request.ts';
import type { DiskAnswer } from '#etcd/inspection.ts';
import { MEMBER_FOLDER, ownDirectories } from '#sim/member-files.ts';
import type { WorldCore } from '#sim/world-core.ts';

/** Data directories that lie directly in a folder. */
export function memberFoldersIn(core: WorldCore, folder: string): readonly FolderEntry[] {
  return core.seats.flatMap((seat) =>
    ownDirectories(seat)
      .filter((path) => resolvePath('..', path) === folder)
      .map((path) => ({ name: path.slice(path.lastIndexOf('/') + 1), folder: true, bytes: 0 })),
  );
}

/** `ls` within a data directory. @param disk what the member said of its disk last; undefined if that was not asked yet */
export function listWithin(within: string, disk: DiskAnswer | undefined): FileAnswer {
  if (disk === undefined) return within === '' ? { type: 'names', folder: true, entries: [] } : fileFailure('ENOENT');
  const db = { name: 'snap/db', bytes: disk.dbSize };
  const files = [...disk.files.filter((f) => f.name !== db.name), db].map((f) => ({ path: `${MEMBER_FOLDER}/${f.name}`, bytes: f.bytes }));
  const exact = files.find((f) => f.path === within);
  if (exact !== undefined) {
    const entry = { name: exact.path.slice(exact.path.lastIndexOf('/') + 1), folder: false, bytes: exact.bytes };
    return { type: 'names', folder: false, entries: [entry] };
  }
  const prefix = within === '' ? '' : `${within}/`;
  const entries = new Map<string, FolderEntry>();
  for (const { path, bytes } of files) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...deeper] = path.slice(prefix.length).split('/');
    entries.set(name, { name, folder: deeper.length > 0, bytes: deeper.length > 0 ? 0 : bytes });
  }
  if (entries.size === 0) return fileFailure('ENOENT');
  return { type: 'names', folder: true, entries: [...entries.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}
