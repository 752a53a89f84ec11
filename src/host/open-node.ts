/** A member's place in its worker: over its files, or over memory where there are none. */

import { memoryKind, opfsKind } from '#host/member-kind.ts';
import type { DiskContent } from '#host/node-message.ts';
import type { OpenedNode } from '#host/node-runtime.ts';
import { OpfsDisk } from '#host/opfs-disk.ts';
import type { SlotFiles } from '#host/slot-files.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';

/** @param files undefined: the disk lives in memory. @throws DecodeError on an image that is none */
export function openNode(files: SlotFiles | undefined, content: DiskContent): OpenedNode {
  if (files === undefined) {
    const disk = content.type === 'write' ? MemoryDisk.restore(content.image) : new MemoryDisk();
    return { host: new InProcessHost(memoryKind(disk)), files };
  }
  return { host: new InProcessHost(opfsKind(files, openDisk(files, content))), files };
}

function openDisk(files: SlotFiles, content: DiskContent): OpfsDisk {
  switch (content.type) {
    case 'as-is':
      return OpfsDisk.open(files);
    case 'empty':
      return OpfsDisk.empty(files);
    case 'write':
      return OpfsDisk.write(files, content.image);
  }
}
