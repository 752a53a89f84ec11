/** etcd members on memory disks, for the in-process host. */

import type { MemberConfig, StartInfo } from '#etcd/contract.ts';
import { Member } from '#etcd/member.ts';
import { InProcessHost, type MemberKind } from '#sim/in-process-host.ts';
import { damageDisk } from '#wal/damage.ts';
import { replaceFolder } from '#wal/folder-disk.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';

export const ETCD_KIND: MemberKind<Member, MemoryDisk> = {
  newDisk: () => new MemoryDisk(),
  saveDisk: (disk, blocks) => disk.save(blocks),
  restoreDisk: (bytes, blocks) => MemoryDisk.restore(bytes, blocks),
  losePower: (disk, keepBytes) => disk.losePower(keepBytes),
  closeProcess: (disk) => disk.settle(),
  damage: damageDisk,
  putFiles: replaceFolder,
  start: (config: MemberConfig, info: StartInfo, disk) => {
    const { member, output } = Member.start(config, info, disk);
    return { machine: member, output };
  },
  restore: (config, info, disk, state, blocks) => Member.restore(config, info, disk, state, blocks),
};

/** A host of etcd members in this thread. */
export const createEtcdHost = (): InProcessHost<Member, MemoryDisk> => new InProcessHost(ETCD_KIND);
