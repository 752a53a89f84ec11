/** etcd members on a worker's disk: files of the origin private file system, or memory where there are none. */

import { OpfsDisk } from '#host/opfs-disk.ts';
import type { SlotFiles } from '#host/slot-files.ts';
import { Member } from '#etcd/member.ts';
import { ETCD_KIND } from '#sim/etcd-members.ts';
import type { MemberKind } from '#sim/in-process-host.ts';
import { damageDisk } from '#wal/damage.ts';
import { replaceFolder } from '#wal/folder-disk.ts';
import type { MemoryDisk } from '#wal/memory-disk.ts';

/** @param first the disk that the member's place begins with; one made later (after a wipe) is empty */
export function memoryKind(first: MemoryDisk): MemberKind<Member, MemoryDisk> {
  let next: MemoryDisk | undefined = first;
  return {
    ...ETCD_KIND,
    newDisk: () => {
      const disk = next ?? ETCD_KIND.newDisk();
      next = undefined;
      return disk;
    },
  };
}

/** The same over files; a restored disk is written to them. */
export function opfsKind(files: SlotFiles, first: OpfsDisk): MemberKind<Member, OpfsDisk> {
  let next: OpfsDisk | undefined = first;
  return {
    newDisk: () => {
      const disk = next ?? OpfsDisk.empty(files);
      next = undefined;
      return disk;
    },
    saveDisk: (disk, blocks) => disk.save(blocks),
    restoreDisk: (image, blocks) => OpfsDisk.write(files, image, blocks),
    losePower: (disk, keepBytes) => disk.losePower(keepBytes),
    closeProcess: (disk) => disk.settle(),
    damage: damageDisk,
    putFiles: replaceFolder,
    start: (config, info, disk) => {
      const { member, output } = Member.start(config, info, disk);
      return { machine: member, output };
    },
    restore: (config, info, disk, state, blocks) => Member.restore(config, info, disk, state, blocks),
  };
}
