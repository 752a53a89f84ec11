/** A dedicated worker as a {@link WorkerPort}. */

import type { WorkerPort } from '#host/node-client.ts';

/** Buffers are transferred; a message that is no buffer cannot come from our worker. A failure before anybody listens is told when somebody does. */
export function workerPort(worker: Worker): WorkerPort {
  let failure: string | undefined;
  let tell = (message: string): void => {
    failure ??= message;
  };
  worker.onerror = (event) => tell(event.message === '' || event.message === undefined ? 'the worker could not be loaded' : event.message);
  worker.onmessageerror = () => tell('a message could not be read');
  return {
    post: (bytes) => worker.postMessage(bytes.buffer, [bytes.buffer]),
    onMessage: (listener) => {
      worker.onmessage = (event: MessageEvent<ArrayBuffer>) => listener(new Uint8Array(event.data));
    },
    onError: (listener) => {
      tell = listener;
      if (failure !== undefined) queueMicrotask(() => listener(failure ?? ''));
    },
    terminate: () => worker.terminate(),
  };
}
