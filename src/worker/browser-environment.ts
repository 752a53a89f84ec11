/** The conductor's {@link Environment} in a worker of a browser. */

import type { Environment, Storage } from '#host/environment.ts';
import type { WorkerPort } from '#host/node-client.ts';
import { SlotFiles } from '#host/slot-files.ts';
import { ETCD_KIND } from '#sim/etcd-members.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { openFolder, openSlots, removeFolder } from '#worker/opfs-folder.ts';
import { SpareWorkers } from '#worker/spare-workers.ts';
import { workerPort } from '#worker/worker-port.ts';

const ROOT = 'etcd-playground';
/** A tab that is just being reloaded holds its lock until its worker has ended, which may take 2 s if that is busy; a little more is waited. */
const LOCK_WAIT_MILLIS = 2500;
/** What tabs ask each other, so that a second one need not wait for a lock that it will not get. */
const WHOSE = 'whose?';
const MINE = 'mine';

/** The folder of a scope's cluster. */
const folderOf = (scope: string): readonly string[] => [ROOT, scope === '' ? 'main' : `scope-${scope.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`];

const owned = new Set<string>();

/** Takes the lock of a name for as long as the worker lives; false if another tab has it. */
function takeLock(name: string): Promise<boolean> {
  if (owned.has(name)) return Promise.resolve(true);
  const others = new BroadcastChannel(name);
  return new Promise((resolve) => {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), LOCK_WAIT_MILLIS);
    // A worker that is ending answers nothing more.
    others.onmessage = ({ data }) => {
      if (data === MINE) giveUp.abort();
    };
    const hold = (): Promise<never> => {
      clearTimeout(timer);
      owned.add(name);
      others.onmessage = ({ data }) => {
        if (data === WHOSE) others.postMessage(MINE);
      };
      others.postMessage(MINE);
      resolve(true);
      return new Promise(() => undefined); // held until the worker ends
    };
    navigator.locks.request(name, { signal: giveUp.signal }, hold).catch(() => {
      clearTimeout(timer);
      others.close();
      resolve(false);
    });
    others.postMessage(WHOSE);
  });
}

async function openStorage(scope: string): Promise<Storage> {
  const folder = folderOf(scope);
  try {
    if (!(await takeLock(folder.join('/')))) return { type: 'second-tab' };
    const { open, existing } = await openSlots(await openFolder([...folder, 'run']));
    return { type: 'owned', files: await SlotFiles.open(open, existing), folder };
  } catch (error) {
    return { type: 'refused', detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

async function deleteStored(scope: string): Promise<void> {
  await removeFolder(folderOf(scope));
  if (scope !== '') return;
  for (const name of await caches.keys()) await caches.delete(name);
}

const newWorker = (): WorkerPort => workerPort(new Worker(new URL('./node-worker.ts', import.meta.url), { type: 'module' }));

/** As many as a cluster of three needs load while storage is opened. */
const spares = new SpareWorkers(newWorker, 3, (run, millis) => {
  const timer = setTimeout(run, millis);
  return () => clearTimeout(timer);
});

/** What runs as soon as everybody else had a turn. A timer would take 4 ms for that. */
const soon = new MessageChannel();
const dueSoon: (() => void)[] = [];
soon.port1.onmessage = () => dueSoon.shift()?.();

function afterAll(run: () => void): () => void {
  let isWanted = true;
  dueSoon.push(() => {
    if (isWanted) run();
  });
  soon.port2.postMessage(0);
  return () => {
    isWanted = false;
  };
}

export const browserEnvironment: Environment = {
  now: () => performance.now() * 1000,
  after: (millis, run) => {
    if (millis === 0) return afterAll(run);
    const timer = setTimeout(run, millis);
    return () => clearTimeout(timer);
  },
  spawn: () => spares.take(),
  programs: PROGRAMS,
  memberKind: ETCD_KIND,
  openStorage,
  deleteStored,
  newSeed: () => {
    const [word = 1] = crypto.getRandomValues(new Uint32Array(1));
    return word % 1_000_000;
  },
};
