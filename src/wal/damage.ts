/** Doing {@link DiskDamage} to a disk. */

import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import type { Disk } from '#wal/disk.ts';
import type { DiskDamage, DiskFaults, FlipPlace } from '#wal/disk-faults.ts';
import { folderDisk } from '#wal/folder-disk.ts';
import { forEachPayload } from '#wal/open-wal.ts';
import { parseSnapshotName } from '#wal/segment-name.ts';
import { listSegments } from '#wal/wal.ts';

/** A disk that can be damaged. */
export interface DamageableDisk extends Disk {
  faults: DiskFaults;
  corrupt(name: string, offset: number, bit: number): boolean;
}

export function damageDisk(disk: DamageableDisk, damage: DiskDamage): void {
  if (damage.type === 'faults') disk.faults = damage.faults;
  else flipBit(disk, damage.folder, damage.file, damage.place);
}

function flipBit(disk: DamageableDisk, folder: string, file: string, place: FlipPlace): void {
  const name = folder + (newestOf(folderDisk(disk, folder), file) ?? file);
  const size = disk.size(name) ?? 0;
  if (size === 0) return;
  if (place.type === 'offset') disk.corrupt(name, Math.min(place.offset, size - 1), 0);
  else if (name.endsWith('.wal')) disk.corrupt(name, drawnOffset(disk.read(name) ?? EMPTY_BYTES, place.draw), place.draw % 8);
  else disk.corrupt(name, Math.floor(place.draw / 8) % size, place.draw % 8);
}

/** Undefined for a file's own name. */
function newestOf(disk: Disk, file: string): string | undefined {
  if (file === 'wal') return listSegments(disk).at(-1)?.name;
  return file === 'snap' ? disk.list().findLast((name) => parseSnapshotName(name) !== undefined) : undefined;
}

/** A byte of the content of some record that is not the last: there the checksum tells, while a broken length could pass for a torn end. */
function drawnOffset(segment: Bytes, draw: number): number {
  const ranges: { readonly from: number; readonly length: number }[] = [];
  forEachPayload(segment, (from, length) => {
    if (length > 0) ranges.push({ from, length });
  });
  if (ranges.length > 1) ranges.pop();
  const total = ranges.reduce((sum, { length }) => sum + length, 0);
  let left = total === 0 ? 0 : Math.floor(draw / 8) % total;
  for (const { from, length } of ranges) {
    if (left < length) return from + left;
    left -= length;
  }
  return 0;
}
