/** One member in its own worker: buffers in, buffers out, one message each way for an instant (node-runtime.ts). */

import { decodeRequest, encodeReply, type NodeStorage } from '#host/node-message.ts';
import { NodeRuntime } from '#host/node-runtime.ts';
import { openNode } from '#host/open-node.ts';
import { SlotFiles } from '#host/slot-files.ts';
import { openFolder, openSlots } from '#worker/opfs-folder.ts';

async function openFiles(storage: NodeStorage): Promise<SlotFiles | undefined> {
  if (storage.type === 'memory') return undefined;
  const { open, existing } = await openSlots(await openFolder(storage.folder));
  return SlotFiles.open(open, existing);
}

const runtime = new NodeRuntime(async (_actor, storage, content) => openNode(await openFiles(storage), content));
let last: Promise<void> = Promise.resolve();

onmessage = (event: MessageEvent<ArrayBuffer>) => {
  const { number, request } = decodeRequest(new Uint8Array(event.data));
  last = last.then(async () => {
    const reply = encodeReply(number, await runtime.handle(request));
    postMessage(reply.buffer, { transfer: [reply.buffer] });
  });
};
