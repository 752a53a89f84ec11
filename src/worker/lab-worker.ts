/** The engine without a page, in the conductor's place: scenarios, the contract of hosts and benchmarks over members in workers. For tests. */

import { expose } from 'comlink';
import { playContract, type ContractReport } from '#host/play-contract.ts';
import { benchPuts, type PutBench, type PutBenchOptions } from '#host/bench-puts.ts';
import { playScenarioOn, type ScenarioReport } from '#host/play-scenario.ts';
import type { NodeStorage } from '#host/node-message.ts';
import { WorkerHost } from '#host/worker-host.ts';
import { browserEnvironment } from '#worker/browser-environment.ts';
import { openFolder, removeFolder } from '#worker/opfs-folder.ts';

const ROOT = 'etcd-playground';

/** What the lab can do. */
export interface Lab {
  scenario(text: string): Promise<ScenarioReport>;
  contract(): Promise<readonly ContractReport[]>;
  puts(options: PutBenchOptions): Promise<PutBench>;
}

let hosts = 0;
const folders: (readonly string[])[] = [];

/** A host on empty disks of its own: files where the browser has them. */
async function newHost(): Promise<WorkerHost> {
  const folder = [ROOT, `lab-${crypto.randomUUID()}-${++hosts}`];
  let storageOf: (actor: number) => NodeStorage = () => ({ type: 'memory' });
  try {
    await openFolder(folder);
    folders.push(folder);
    storageOf = (actor) => ({ type: 'opfs', folder: [...folder, `member-${actor}`] });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // refused: memory will do
  }
  return new WorkerHost({ spawn: browserEnvironment.spawn, after: browserEnvironment.after, storageOf, first: 'empty' });
}

async function clean(): Promise<void> {
  for (const folder of folders.splice(0)) await removeFolder(folder);
}

async function cleanAfter<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await clean();
  }
}

const lab: Lab = {
  scenario: (text) => cleanAfter(() => playScenarioOn(text, newHost)),
  contract: () => cleanAfter(() => playContract(newHost)),
  puts: (options) => cleanAfter(() => benchPuts(options, newHost, browserEnvironment.now)),
};

expose(lab);
