/**
 * Snapshot files: one whole file per snapshot with a checksum in front, named by term and index as etcd names them. The newest that the log
 * knows of and that is sound is loaded; an unsound one is set aside as `.broken`, as etcd does, and an older one is tried.
 */

import { logIndex, term } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { crc32c } from '#kernel/crc32c.ts';
import type { Disk } from '#wal/disk.ts';
import type { SnapshotMark } from '#wal/record.ts';
import { parseSnapshotName, snapshotName } from '#wal/segment-name.ts';

/** Snapshots that are kept (`--max-snapshots`). */
export const SNAPSHOTS_KEPT = 5;

/** A snapshot as it lies on the disk; `data` is the member's own encoding. */
export interface SnapshotFile {
  readonly mark: SnapshotMark;
  readonly data: Bytes;
}

/** Writes a snapshot file; durable only after a flush of the disk. @returns bytes written */
export function saveSnapshotFile(disk: Disk, file: SnapshotFile): number {
  const bytes = new Writer(file.data.length + 16).u32(crc32c(file.data)).raw(file.data).finish();
  disk.replace(snapshotName(file.mark.term, file.mark.index), bytes);
  return bytes.length;
}

function readSound(disk: Disk, name: string): Bytes | undefined {
  const bytes = disk.read(name);
  if (bytes === undefined) return undefined;
  try {
    const r = new Reader(bytes);
    const crc = r.u32();
    const data = r.raw(bytes.length - r.offset);
    return crc32c(data) === crc ? data : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** What loading found; `broken` are the names of files that were set aside. */
export interface LoadedSnapshot {
  readonly file: SnapshotFile | undefined;
  readonly broken: readonly string[];
}

/**
 * Loads the newest sound snapshot among those that the log names.
 * @param known marks of the log; a file without a mark was not finished and is ignored
 */
export function loadNewestSnapshot(disk: Disk, known: readonly SnapshotMark[]): LoadedSnapshot {
  const broken: string[] = [];
  const candidates = disk
    .list()
    .flatMap((name) => {
      const parsed = parseSnapshotName(name);
      return parsed === undefined ? [] : [{ name, ...parsed }];
    })
    .filter((c) => known.some((m) => m.index === c.index && m.term === c.term))
    .toSorted((a, b) => b.index - a.index);
  for (const { name, index, term: t } of candidates) {
    const data = readSound(disk, name);
    if (data !== undefined) return { file: { mark: { index: logIndex(index), term: term(t) }, data }, broken };
    disk.replace(`${name}.broken`, disk.read(name) ?? new Uint8Array(0));
    disk.remove(name);
    broken.push(name);
  }
  return { file: undefined, broken };
}

/** Deletes all but the newest {@link SNAPSHOTS_KEPT} snapshots. @returns the deleted names */
export function purgeSnapshots(disk: Disk): readonly string[] {
  const names = disk.list().filter((name) => parseSnapshotName(name) !== undefined);
  const old = names.toSorted((a, b) => (parseSnapshotName(b)?.index ?? 0) - (parseSnapshotName(a)?.index ?? 0)).slice(SNAPSHOTS_KEPT);
  for (const name of old) disk.remove(name);
  return old;
}
