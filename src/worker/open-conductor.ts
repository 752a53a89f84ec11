/** The page's side: makes the conductor's worker and wraps it. */

import { wrap } from 'comlink';
import type { Conductor } from '#view/conductor.ts';
import { racedCalls } from '#worker/raced-calls.ts';

/** The conductor's worker is gone: nothing that was asked of it will be answered. */
export class ConductorLostError extends Error {
  override readonly name = 'ConductorLostError';
}

export interface OpenedConductor {
  readonly conductor: Conductor;
  /** Resolves, never rejects, when the worker dies; with the reason. */
  readonly lost: Promise<string>;
  /** Ends the worker. */
  close(): void;
}

/** Starts the conductor's worker. */
export function openConductor(): OpenedConductor {
  const worker = new Worker(new URL('./conductor-worker.ts', import.meta.url), { type: 'module' });
  const lost = new Promise<string>((resolve) => {
    worker.onerror = (event) =>
      resolve(event.message === '' || event.message === undefined ? 'the engine could not be loaded' : event.message);
    worker.onmessageerror = () => resolve('a message of the engine could not be read');
  });
  let ended = (_reason: string): void => undefined;
  const closed = new Promise<string>((resolve) => {
    ended = resolve;
  });
  const death = Promise.race([lost, closed]).then((reason): never => {
    throw new ConductorLostError(reason);
  });
  death.catch(() => undefined); // told by `lost` too: nobody has to wait for a call to hear of it
  return {
    conductor: racedCalls(wrap<Conductor>(worker), death),
    lost,
    close: () => {
      worker.terminate();
      ended('the engine was ended');
    },
  };
}
