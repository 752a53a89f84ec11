/** A folder of a disk as a disk of its own: a machine may hold several data directories, and a member sees only its own. */

import type { Bytes } from '#kernel/bytes.ts';
import type { Disk } from '#wal/disk.ts';
import { NO_DISK_FAULTS, type DiskFaults } from '#wal/disk-faults.ts';

/**
 * @param folder stands in front of the names of all files in it, such as `dir-2/`; '' is the disk itself (whose other folders hold no file that a
 * member takes for its own)
 */
export function folderDisk(disk: Disk, folder: string): Disk {
  if (folder === '') return disk;
  const full = (name: string): string => folder + name;
  return {
    list: () => disk.list().flatMap((name) => (name.startsWith(folder) ? [name.slice(folder.length)] : [])),
    size: (name) => disk.size(full(name)),
    read: (name, from, length): Bytes | undefined => disk.read(full(name), from, length),
    append: (name, bytes) => disk.append(full(name), bytes),
    replace: (name, bytes) => disk.replace(full(name), bytes),
    truncate: (name, size) => disk.truncate(full(name), size),
    remove: (name) => disk.remove(full(name)),
    flush: () => disk.flush(),
    reserve: () => disk.reserve(),
  };
}

/** Makes a folder of a disk hold just these files, durably. */
export function replaceFolder(
  disk: Disk & { faults: DiskFaults },
  folder: string,
  files: readonly { readonly name: string; readonly bytes: Bytes }[],
): void {
  const { faults } = disk;
  disk.faults = NO_DISK_FAULTS; // who puts files there sees to it that they come there
  const target = folderDisk(disk, folder);
  // The first folder's files have no common beginning: what lies in the others stays.
  const own = target.list().filter((name) => /^(?:wal|snap)\//.test(name));
  for (const name of own) target.remove(name);
  for (const { name, bytes } of files) target.append(name, bytes);
  target.flush();
  disk.faults = faults;
}
