/**
 * Which run the tab has: the one of a link, the stored one, or a new one; and what of it is kept. Nothing that is stored is replaced before the visitor
 * asks for it: a run from a link, or one begun while what is stored could not be opened, lives in memory only, and so does a new cluster made after it.
 */

import type { RunOptionsInput } from '#ctl/world-command.ts';
import type { Environment, Storage } from '#host/environment.ts';
import type { LiveRun } from '#host/live-run.ts';
import { openFromDisks, openNewRun, reopenRun, type OpenSetup } from '#host/open-run.ts';
import { RunStore, type StoredRun } from '#host/run-store.ts';
import { fragmentToRun } from '#host/share.ts';
import { optionsFromInput } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import type { Notice } from '#view/conductor.ts';

/** What the runs tell, besides storage. */
export type RunEvents = Pick<OpenSetup, 'onNewRun' | 'onRefused' | 'onAssertion' | 'onWorkerLost'>;

/** Mutable; owned by the conductor, called in turn. */
export class RunKeeper {
  readonly #environment: Environment;
  readonly #events: RunEvents;
  readonly #notify: (notice: Notice) => void;
  #scope = '';
  #storage: Storage = { type: 'refused', detail: '' };
  #store: RunStore | undefined;
  /** Stored, and not opened because something is wrong with it. */
  #unresolved: StoredRun | undefined;
  /** What is stored is not the present run: it may not be replaced unasked. */
  #guarded = false;

  constructor(environment: Environment, events: RunEvents, notify: (notice: Notice) => void) {
    this.#environment = environment;
    this.#events = events;
    this.#notify = notify;
  }

  get storage(): Storage {
    return this.#storage;
  }

  /** Where a run is kept, if it is. */
  storeOf(run: LiveRun): RunStore | undefined {
    return run.isKept ? this.#store : undefined;
  }

  /** Opens the tab's storage and the run to begin with. */
  async open(scope: string, fragment: string): Promise<LiveRun> {
    this.#scope = scope;
    await this.#openStorage();
    const linked = fragmentToRun(fragment);
    if (linked?.type === 'ok') {
      this.#guarded = true;
      return openNewRun(this.#setup(), linked.spec, undefined);
    }
    if (linked?.type === 'error') this.#notify({ type: 'bad-link', detail: `${linked.where} ${linked.message}`.trim() });
    return this.#openStored();
  }

  async #openStorage(): Promise<void> {
    const storage = await this.#environment.openStorage(this.#scope);
    this.#storage = storage;
    if (storage.type === 'refused') this.#notify({ type: 'no-opfs', detail: storage.detail });
    if (storage.type === 'second-tab') this.#notify({ type: 'second-tab' });
    this.#store = storage.type === 'owned' ? new RunStore(storage.files) : undefined;
  }

  async #openStored(): Promise<LiveRun> {
    const stored = this.#store?.load() ?? { type: 'none' };
    if (this.#store === undefined || stored.type === 'none') return this.begin({});
    if (stored.type === 'run') {
      const reopened = await reopenRun(this.#setup(), stored.run, this.#store);
      if (reopened.type === 'open') {
        if (reopened.run.played >= 0) this.#notify({ type: 'restored', now: reopened.run.playhead });
        return reopened.run;
      }
      this.#unresolved = stored.run;
      this.#notify({ type: reopened.type === 'broken' ? 'stored-run-broken' : 'disks-disagree', detail: reopened.detail });
    } else this.#notify({ type: 'stored-run-broken', detail: stored.detail });
    this.#guarded = true;
    return this.begin({});
  }

  /** A new cluster in the place of the present one. */
  begin(input: RunOptionsInput): LiveRun {
    const { seed, options } = optionsFromInput({ seed: this.#environment.newSeed(), ...input });
    return openNewRun(this.#setup(), newRunSpec(seed, options), this.#guarded ? undefined : this.#store);
  }

  /** The visitor has said what to do with what is stored. */
  async resolve(choice: 'start-from-disks' | 'start-over'): Promise<LiveRun> {
    const stored = this.#unresolved;
    this.#unresolved = undefined;
    this.#guarded = false;
    if (choice === 'start-over' || stored === undefined || this.#store === undefined) return this.begin({});
    return openFromDisks(this.#setup(), stored.spec, this.#store, this.#storage);
  }

  /** Deletes everything that the site stored; the present run must have been closed. */
  async deleteAll(): Promise<LiveRun> {
    this.#store?.close();
    await this.#environment.deleteStored(this.#scope);
    await this.#openStorage();
    this.#unresolved = undefined;
    this.#guarded = false;
    return this.begin({});
  }

  #setup(): OpenSetup {
    return { environment: this.#environment, storage: this.#storage, ...this.#events };
  }
}
