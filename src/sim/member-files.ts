/**
 * Where the members' disks appear among the machine's files: `/home/you/etcd-1.etcd/member/wal/…`, as etcd lays out its data directory. Read-only: a data
 * directory that lies among the machine's own files (a restored one, a moved one) becomes a member's when a process starts on it.
 */

import { HOME, resolvePath } from '#ctl/file-request.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Files } from '#sim/files.ts';
import type { Seat } from '#sim/member-seat.ts';
import { isRunning, type WorldCore } from '#sim/world-core.ts';

/** The folder inside a data directory that holds `wal` and `snap`. */
export const MEMBER_FOLDER = 'member';

/** A data directory by its absolute path; `--data-dir` is relative to where members are started. */
export const dataDirectory = (dataDir: string): string => resolvePath(dataDir, HOME);

/** Where a machine keeps a data directory: in front of the names of its files on the disk. */
export function folderOf(seat: Seat, directory: string): string {
  const number = seat.directories.indexOf(directory);
  return number <= 0 ? '' : `dir-${number}/`;
}

/** The member whose data directory a path lies in, that directory, and the path within it (`''` for the directory itself). */
export function memberPath(
  core: WorldCore,
  path: string,
): { readonly seat: Seat; readonly directory: string; readonly within: string } | undefined {
  for (const seat of core.seats) {
    for (const directory of ownDirectories(seat)) {
      if (path === directory) return { seat, directory, within: '' };
      if (path.startsWith(`${directory}/`)) return { seat, directory, within: path.slice(directory.length + 1) };
    }
  }
  return undefined;
}

/** Absolute paths of directories that hold data, and of the one that its process has. */
export function ownDirectories(seat: Seat): readonly string[] {
  const present = dataDirectory(seat.config.dataDir);
  return isRunning(seat) && !seat.begun.includes(present) ? [...seat.begun, present] : seat.begun;
}

export const isMemberPath = (core: WorldCore, path: string): boolean => memberPath(core, path) !== undefined;

/** One file of a data directory, by its name on a member's disk. */
export interface DirectoryFile {
  readonly name: string;
  readonly bytes: Bytes;
}

/** Files of a data directory that lies among the machine's files; undefined if there is none. */
export function filesOf(files: Files, directory: string): readonly DirectoryFile[] | undefined {
  const found: DirectoryFile[] = [];
  for (const folder of ['wal', 'snap']) {
    const path = `${directory}/${MEMBER_FOLDER}/${folder}`;
    const list = files.do({ type: 'list', path });
    if (list.type !== 'names') continue;
    for (const { name } of list.entries) {
      const read = files.do({ type: 'read', path: `${path}/${name}` });
      if (read.type === 'data') found.push({ name: `${folder}/${name}`, bytes: read.data });
    }
  }
  return found.length === 0 ? undefined : found;
}
