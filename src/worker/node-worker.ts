/** One member in its own worker: buffers in, buffers out, one message each way for an instant (node-runtime.ts). */

import { decodeRequest, encodeReply, type DiskContent, type NodeStorage } from '#host/node-message.ts';
import { NodeRuntime, type OpenedNode } from '#host/node-runtime.ts';
import { memoryKind, opfsKind } from '#host/member-kind.ts';
import { OpfsDisk } from '#host/opfs-disk.ts';
import { SlotFiles } from '#host/slot-files.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { openFolder, openSlots } from '#worker/opfs-folder.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';

async function openNode(_actor: number, storage: NodeStorage, content: DiskContent): Promise<OpenedNode> {
  if (storage.type === 'memory') {
    const disk = content.type === 'write' ? MemoryDisk.restore(content.image) : new MemoryDisk();
    return { host: new InProcessHost(memoryKind(disk)), settle: () => undefined, close: () => undefined };
  }
  const { open, existing } = await openSlots(await openFolder(storage.folder));
  const files = await SlotFiles.open(open, existing);
  const host = new InProcessHost(opfsKind(files, openDisk(files, content)));
  return { host, settle: () => (files.low ? files.reserve() : undefined), close: () => files.close() };
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

const runtime = new NodeRuntime(openNode);
let last: Promise<void> = Promise.resolve();

onmessage = (event: MessageEvent<ArrayBuffer>) => {
  const { number, request } = decodeRequest(new Uint8Array(event.data));
  last = last.then(async () => {
    const reply = encodeReply(number, await runtime.handle(request));
    postMessage(reply.buffer, { transfer: [reply.buffer] });
  });
};
