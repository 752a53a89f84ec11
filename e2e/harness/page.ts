/** The harness's page: hands requests to a worker that plays the runs, as the playground's page has a conductor. */
import type { HarnessAnswer, HarnessRequest } from './requests.ts';

declare global {
  interface Window {
    harness(request: HarnessRequest): Promise<HarnessAnswer>;
  }
}

window.harness = (request) =>
  new Promise((resolve) => {
    const worker = new Worker(new URL('./run-worker.ts', import.meta.url), { type: 'module' });
    const end = (answer: HarnessAnswer): void => {
      worker.terminate();
      resolve(answer);
    };
    worker.onmessage = (event: MessageEvent<HarnessAnswer>) => end(event.data);
    worker.onerror = (event) => end({ type: 'failed', message: event.message });
    worker.postMessage(request);
  });
