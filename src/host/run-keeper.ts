/**
 * Which run the tab has: the one of a link, the stored one, or a new one; and what of it is kept. Nothing that is stored is replaced before the visitor
 * asks for it: a run from a link, or one begun while what is stored could not be opened, lives in memory only, and so does a new cluster made after it.
 */

import type { RunOptionsInput } from '#ctl/world-command.ts';
import type { Environment, Storage } from '#host/environment.ts';
import type { LiveRun } from '#host/live-run.ts';
import { moveTo, openFromDisks, openNewRun, reopenRun, type OpenSetup } from '#host/open-run.ts';
import { RunStore, type StoredRun } from '#host/run-store.ts';
import { fragmentToRun, type GivenRun } from '#host/share.ts';
import type { TimeTravel } from '#host/time-travel.ts';
import { keepCheckpoint, type CheckpointPlaces } from '#host/checkpoints.ts';
import { optionsFromInput } from '#sim/run-options.ts';
import { ENGINE_VERSION, newRunSpec, type RunSpec } from '#sim/run-spec.ts';
import type { Notice } from '#view/conductor.ts';

/** What the runs tell, besides storage. */
export type RunEvents = Pick<OpenSetup, 'onNewRun' | 'onBreak' | 'onRefused' | 'onAssertion' | 'onWorkerLost' | 'onBranched' | 'head'>;

/** A run that somebody gave away is about to begin. */
export interface GivenEvents {
  readonly onGiven: (given: GivenRun) => void;
}

/** Mutable; owned by the conductor, called in turn. */
export class RunKeeper {
  readonly #environment: Environment;
  readonly #events: RunEvents;
  readonly #notify: (notice: Notice) => void;
  readonly #travel: TimeTravel;
  readonly #onGiven: GivenEvents['onGiven'];
  #scope = '';
  #storage: Storage = { type: 'refused', detail: '' };
  #store: RunStore | undefined;
  /** Stored, and not opened because something is wrong with it. */
  #unresolved: StoredRun | undefined;
  /** What is stored is not the present run: it may not be replaced unasked. */
  #guarded = false;
  #fromDisks = false;

  constructor(environment: Environment, travel: TimeTravel, events: RunEvents & GivenEvents, notify: (notice: Notice) => void) {
    this.#onGiven = events.onGiven;
    this.#travel = travel;
    this.#environment = environment;
    this.#events = events;
    this.#notify = notify;
  }

  get storage(): Storage {
    return this.#storage;
  }

  /** The present run began on disks that were not empty: its commands alone do not lead to it. */
  get isFromDisks(): boolean {
    return this.#fromDisks;
  }

  #beginAnew(): void {
    this.#travel.begin({ branches: undefined, checkpoint: undefined, origin: undefined });
    this.#fromDisks = false;
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
    if (linked?.type === 'ok') return this.openGiven(linked.run);
    if (linked?.type === 'error') this.#notify({ type: 'bad-link', detail: `${linked.where} ${linked.message}`.trim() });
    return this.#openStored();
  }

  /** Begins a run that somebody gave away: it lives in memory only. */
  openGiven(given: GivenRun): LiveRun {
    this.#guarded = true;
    this.#beginAnew();
    if (given.head !== undefined) this.#travel.reaches(given.head.at);
    const made = given.spec.engine;
    if (made !== ENGINE_VERSION) this.#notify({ type: 'other-engine', made, present: ENGINE_VERSION });
    this.#onGiven(given);
    return openNewRun(this.#setup(), { ...given.spec, engine: ENGINE_VERSION }, undefined);
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
        const { branches, checkpoint, origin } = stored.run;
        this.#travel.begin({ branches, checkpoint, origin: origin === 'damaged' ? checkpoint : origin });
        this.#fromDisks = origin !== undefined;
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
    return this.beginSpec(newRunSpec(seed, options));
  }

  /** A run from its beginning, in the place of the present one; its commands come by at their times. */
  beginSpec(spec: RunSpec): LiveRun {
    this.#beginAnew();
    return openNewRun(this.#setup(), spec, this.#guarded ? undefined : this.#store);
  }

  /** The visitor has said what to do with what is stored. */
  async resolve(choice: 'start-from-disks' | 'start-over'): Promise<LiveRun> {
    const stored = this.#unresolved;
    this.#unresolved = undefined;
    this.#guarded = false;
    if (choice === 'start-over' || stored === undefined || this.#store === undefined) return this.begin({});
    this.#beginAnew();
    const places = { past: this.#travel.past, store: this.#store, storage: this.#storage };
    const run = await openFromDisks(this.#setup(), stored.spec, this.#store, places);
    this.#travel.beginsAt(run.played);
    this.#fromDisks = true;
    return run;
  }

  /** The present run at the instant of a replica. @param settle called once it is there, before anything of it is kept */
  async move(from: LiveRun, replica: LiveRun, settle: (moved: LiveRun) => void): Promise<LiveRun> {
    const run = await moveTo(this.#setup(), from, replica, this.storeOf(from));
    settle(run);
    this.storeOf(run)?.commands(run.world.spec().commands, true);
    await keepCheckpoint(run, this.placesOf(run));
    run.keepPresent();
    return run;
  }

  /** Where checkpoints of a run go. */
  placesOf(run: LiveRun): CheckpointPlaces {
    return { past: this.#travel.past, store: this.storeOf(run), storage: this.#storage };
  }

  /** Stores the branches of a run that is kept. */
  async keepBranches(run: LiveRun): Promise<void> {
    const store = this.storeOf(run);
    if (store === undefined || this.#storage.type !== 'owned') return;
    await this.#storage.files.reserve();
    store.branches(this.#travel.save(run));
    await this.#storage.files.reserve();
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
    const recover: OpenSetup['recover'] = (run, actor) => this.#travel.memberOf(run, actor);
    const onPlayed: OpenSetup['onPlayed'] = (run, before) => this.#travel.passes(run, before);
    return {
      environment: this.#environment,
      storage: this.#storage,
      isFromDisks: () => this.#fromDisks,
      onPlayed,
      recover,
      ...this.#events,
    };
  }
}
