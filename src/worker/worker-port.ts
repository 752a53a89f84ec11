/** A dedicated worker as a {@link WorkerPort}. */

import type { WorkerPort } from '#host/node-client.ts';

/** Buffers are transferred; a message that is no buffer cannot come from our worker. */
export function workerPort(worker: Worker): WorkerPort {
  return {
    post: (bytes) => worker.postMessage(bytes.buffer, [bytes.buffer]),
    onMessage: (listener) => {
      worker.onmessage = (event: MessageEvent<ArrayBuffer>) => listener(new Uint8Array(event.data));
    },
    onError: (listener) => {
      worker.onerror = (event) =>
        listener(event.message === '' || event.message === undefined ? 'the worker could not be loaded' : event.message);
      worker.onmessageerror = () => listener('a message could not be read');
    },
    terminate: () => worker.terminate(),
  };
}
