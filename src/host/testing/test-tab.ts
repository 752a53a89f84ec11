/**
 * The conductor's surroundings in memory, for tests: a wall clock that only moves when told, workers in this thread, files that a "reload" finds again.
 * Workers keep OPFS's rule that a file has one holder.
 */

import { FakeDirectory } from '#host/testing/fake-directory.ts';
import type { Environment, Storage } from '#host/environment.ts';
import type { WorkerPort } from '#host/node-client.ts';
import { decodeRequest, encodeReply } from '#host/node-message.ts';
import { NodeRuntime, type OpenNode } from '#host/node-runtime.ts';
import { openNode } from '#host/open-node.ts';
import { SlotFiles } from '#host/slot-files.ts';
import { ETCD_KIND } from '#sim/etcd-members.ts';
import { PROGRAMS } from '#sim/programs.ts';

/** The folders of a browser's storage, by path. Outlives the environments of a test. */
export class FakeStorage {
  readonly #folders = new Map<string, FakeDirectory>();
  /** Called after each change of a file in any folder. */
  onWrite: (() => void) | undefined;

  /** What a tab would find that is opened now, after the other ended. */
  copy(): FakeStorage {
    const copy = new FakeStorage();
    for (const [key, folder] of this.#folders) copy.#folders.set(key, folder.copy());
    return copy;
  }

  folder(path: readonly string[]): FakeDirectory {
    const key = path.join('/');
    const known = this.#folders.get(key) ?? new FakeDirectory(() => this.onWrite?.());
    this.#folders.set(key, known);
    return known;
  }

  /** The tab is gone: nobody holds a file. */
  release(): void {
    for (const folder of this.#folders.values()) folder.revive();
  }

  clear(): void {
    this.#folders.clear();
  }
}

/** A worker in this thread. */
class ThreadWorker implements WorkerPort {
  readonly #runtime: NodeRuntime;
  #listener: (bytes: Uint8Array) => void = () => undefined;
  #onError: (message: string) => void = () => undefined;
  #last: Promise<void> = Promise.resolve();
  #ended = false;

  #closeFiles: () => void = () => undefined;

  constructor(open: OpenNode) {
    this.#runtime = new NodeRuntime(async (actor, where, content) => {
      const node = await open(actor, where, content);
      this.#closeFiles = () => node.files?.close();
      return node;
    });
  }

  post(bytes: Uint8Array<ArrayBuffer>): void {
    const { number, request } = decodeRequest(bytes);
    this.#last = this.#last.then(async () => {
      if (this.#ended) return;
      const reply = encodeReply(number, await this.#runtime.handle(request));
      if (!this.#ended) this.#listener(reply);
    });
  }

  onMessage(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  onError(listener: (message: string) => void): void {
    this.#onError = listener;
  }

  /** It dies by itself. */
  fail(message: string): void {
    this.#onError(message);
  }

  terminate(): void {
    if (!this.#ended) this.#closeFiles();
    this.#ended = true;
  }
}

/** Lets all promises that can settle do so. */
function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Waits longer than this (wall ms) are watchdogs: they never fire here. */
const WATCHDOG_MILLIS = 1000;

export interface TabOptions {
  /** Whether the tab gets the lock. */
  readonly owner?: boolean;
  /** What the browser says instead of giving storage. */
  readonly refuses?: string;
  /** By how much the clock goes on whenever it is looked at: at the fastest pace nothing else makes time pass. */
  readonly readingMicros?: number;
}

/** One tab. Mutable. */
export class TestTab {
  readonly environment: Environment;
  readonly workers: ThreadWorker[] = [];
  readonly #timers: Timer[] = [];
  #wall = 0;
  #closed = false;

  constructor(storage: FakeStorage, { owner = true, refuses, readingMicros = 0 }: TabOptions = {}) {
    const folder = ['playground'];
    const open: OpenNode = async (_actor, where, content) => {
      return openNode(where.type === 'memory' ? undefined : await openFiles(storage.folder(where.folder)), content);
    };
    this.environment = {
      now: () => (this.#wall += readingMicros),
      after: (millis, run) => {
        if (millis >= WATCHDOG_MILLIS) return () => undefined;
        const timer: Timer = { at: this.#wall + millis * 1000, run };
        this.#timers.push(timer);
        return () => this.#timers.splice(this.#timers.indexOf(timer), 1);
      },
      spawn: () => {
        const worker = new ThreadWorker(open);
        this.workers.push(worker);
        return worker;
      },
      programs: PROGRAMS,
      memberKind: ETCD_KIND,
      openStorage: async (): Promise<Storage> => {
        if (refuses !== undefined) return { type: 'refused', detail: refuses };
        return owner ? { type: 'owned', files: await openFiles(storage.folder([...folder, 'run'])), folder } : { type: 'second-tab' };
      },
      deleteStored: () => {
        storage.clear();
        return Promise.resolve();
      },
      newSeed: () => 7,
    };
  }

  /** Wall µs. */
  get wall(): number {
    return this.#wall;
  }

  /** Lets wall time pass in small pieces, with all that comes of it, until `holds`. @returns whether it did */
  async passUntil(holds: () => boolean, micros: number): Promise<boolean> {
    const end = this.#wall + micros;
    while (!this.#closed && !holds() && this.#wall < end) {
      const timer = this.#timers.shift();
      if (timer === undefined) {
        await turnOfLoop();
        continue;
      }
      this.#wall = Math.max(this.#wall + 1, timer.at);
      timer.run();
      await turnOfLoop();
    }
    return holds();
  }

  /** Ends the tab in its tracks. */
  close(storage: FakeStorage): void {
    this.#closed = true;
    for (const worker of this.workers) worker.terminate();
    storage.release();
  }
}

const openFiles = (dir: FakeDirectory): Promise<SlotFiles> => SlotFiles.open((n) => dir.open(`slot-${n}`), dir.size);
