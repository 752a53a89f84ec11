/** The page's side of the lab: plays scenarios, the contract of hosts and benchmarks in a worker of its own that has members' workers. For tests. */

import { wrap } from 'comlink';
import type { ContractReport } from '#host/play-contract.ts';
import type { PutBench, PutBenchOptions } from '#host/bench-puts.ts';
import type { ScenarioReport } from '#host/play-scenario.ts';
import type { Lab } from '#worker/lab-worker.ts';

/** One call in a lab of its own, which is closed afterwards. Rejects if the worker dies. */
async function inLab<T>(call: (lab: Lab) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module' });
  const death = new Promise<never>((_resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message === '' ? 'the lab could not be loaded' : event.message));
  });
  const remote = wrap<Lab>(worker);
  const lab: Lab = { scenario: (text) => remote.scenario(text), contract: () => remote.contract(), puts: (options) => remote.puts(options) };
  try {
    return await Promise.race([call(lab), death]);
  } finally {
    worker.terminate();
  }
}

/** Plays a scenario's text with members in workers: the trace's hash, what the terminal would show, and the first failure. */
export const runScenarioInWorkers = (text: string): Promise<ScenarioReport> => inLab((lab) => lab.scenario(text));

/** Holds the worker host to the contract of hosts; each case with why it failed, if it did. */
export const runHostContract = (): Promise<readonly ContractReport[]> => inLab((lab) => lab.contract());

/** Puts per second of closed-loop clients, as fast as possible, nothing drawn. */
export const runPutBench = (options: PutBenchOptions): Promise<PutBench> => inLab((lab) => lab.puts(options));
