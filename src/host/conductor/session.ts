/**
 * A tab's session: the run that it has, played as wall time passes. Everything that touches the world takes turns with the instants. What goes wrong in
 * here is told, with a report that carries the run.
 */

import { Breakpoints } from '#host/breakpoints.ts';
import { Checkpoints } from '#host/checkpoints.ts';
import type { Environment } from '#host/environment.ts';
import type { LiveRun } from '#host/live-run.ts';
import { PageFace } from '#host/page-face.ts';
import { Playback, SLICE_MILLIS } from '#host/playback.ts';
import { RunKeeper, type GivenEvents, type RunEvents } from '#host/run-keeper.ts';
import { runToFile, type GivenRun } from '#host/share.ts';
import { TimeTravel } from '#host/time-travel.ts';
import { compareGiven } from '#host/trace-check.ts';
import { Turns } from '#host/turns.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import type { BootOptions, Update } from '#view/conductor.ts';

/** Mutable; one for each tab, owned by its conductor. */
export class Session {
  readonly environment: Environment;
  readonly playback: Playback;
  readonly travel: TimeTravel;
  readonly keeper: RunKeeper;
  readonly breakpoints = new Breakpoints(() => this.#run);
  readonly face: PageFace;
  readonly #turns = new Turns();
  readonly #checkpoints: Checkpoints;
  #run: LiveRun | undefined;
  /** Of the run that is being opened, if somebody gave it away. */
  #given: GivenRun | undefined;
  #playing = false;
  #visible = true;
  #failed = false;
  /** Instants were played that the page has not been told of. */
  #untold = false;
  /** The branches changed and are to be stored. */
  #branchesUnkept = false;

  constructor(environment: Environment) {
    this.environment = environment;
    this.playback = new Playback(environment.now);
    this.#checkpoints = new Checkpoints(environment.now);
    this.travel = new TimeTravel(environment, (detail) => this.#fail(new Error(detail), { fatal: false }));
    const events: RunEvents & GivenEvents = {
      onGiven: (given) => void (this.#given = given),
      onBranched: (before) => this.#branch(before),
      head: () => this.travel.recordedHead,
      onNewRun: (next) =>
        void this.replace(() => (next.type === 'options' ? this.keeper.begin(next.options) : this.keeper.beginSpec(next.spec))),
      onBreak: (action) => this.breakpoints.command(action),
      onRefused: () => undefined,
      onAssertion: (member, message) => this.#tellFailure(message, member, message),
      onWorkerLost: (actor, message) => this.#fail(new Error(`member ${actor}: ${message}`), { fatal: false }),
    };
    this.keeper = new RunKeeper(environment, this.travel, events, (notice) => this.face.tell(notice));
    this.face = new PageFace(this.travel, this.playback, this.breakpoints, () => this.keeper.storage);
  }

  /** The present run; undefined before the first was opened, and between two. */
  get run(): LiveRun | undefined {
    return this.#run;
  }

  /** What is shown: an instant of the past, or the present run. */
  get shown(): LiveRun | undefined {
    return this.travel.looking ?? this.#run;
  }

  /** The visitor lets time run. */
  get isPlaying(): boolean {
    return this.#playing;
  }

  /** The engine failed: time stands still until another run begins. */
  get hasFailed(): boolean {
    return this.#failed;
  }

  get #isRunning(): boolean {
    return this.#playing && this.#visible && !this.#failed;
  }

  /** Opens the run to begin with, and plays from then on. */
  async boot(options: BootOptions, onUpdate: (update: Update) => void | Promise<void>): Promise<void> {
    this.face.onUpdate = onUpdate;
    await this.turn(async () => {
      await this.#install(await this.keeper.open(options.scope, options.fragment));
    });
    this.#schedule();
  }

  async #install(run: LiveRun): Promise<void> {
    this.#run = run;
    this.face.begin();
    this.#failed = false;
    this.#playing = !run.paused;
    this.playback.reset();
    this.#checkpoints.reset(run, this.travel.past);
    this.travel.arrive(run);
    this.face.showAnew();
    await this.breakpoints.meet(run);
    const given = this.#given;
    this.#given = undefined;
    if (given === undefined) return;
    this.face.opened(given.view);
    void this.#checkGiven(given, run);
  }

  /** Replays a run that was given away, beside the present one, and tells whether its trace is what it was then. */
  async #checkGiven(given: GivenRun, run: LiveRun): Promise<void> {
    const notice = await compareGiven(given, run.world.spec(), { environment: this.environment, isStale: () => run !== this.#run });
    if (notice !== undefined) await this.turn(() => this.face.tell(notice));
  }

  /** Puts another run in the place of the present one, and lets time run. */
  replace(next: () => Promise<LiveRun> | LiveRun): Promise<void> {
    return this.turn(async () => {
      await this.#close();
      await this.#install(await next());
    });
  }

  /** Ends the present run and its workers. */
  async #close(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.terminals.endAll();
    this.face.lastWords(run?.terminals.take() ?? []);
    await run?.host.dispose();
  }

  /** Asks in turn; the asker hears of what fails. */
  ask<T>(ask: () => Promise<T> | T): Promise<T> {
    return this.#turns.take(ask);
  }

  /** Acts in turn; what fails in it stops time and is told. The page is told what is new. */
  turn(act: (() => Promise<void>) | (() => void)): Promise<void> {
    return this.#turns.take(async () => {
      try {
        await act();
      } catch (error) {
        this.#fail(error, { fatal: true });
      }
      await this.#push();
    });
  }

  /** Acts in turn on the run that there is; if an earlier instant is looked at, the run is brought there first. */
  withRun(act: (run: LiveRun) => Promise<void> | void): Promise<void> {
    this.travel.wish();
    return this.turn(async () => {
      await this.#comeAlong();
      if (this.#run === undefined) return;
      await act(this.#run);
      if (this.#branchesUnkept) await this.keepBranches();
    });
  }

  /** Brings the members to the instant that is looked at. */
  async #comeAlong(): Promise<void> {
    const [run, replica] = [this.#run, this.travel.looking];
    if (run === undefined || replica === undefined) return;
    await this.moveTo(run, replica, (moved) => this.travel.moved(run, moved));
  }

  /** Brings the members to a replica of the run; time is paused then. @param settle called once they are there, before anything of it is kept */
  async moveTo(run: LiveRun, replica: LiveRun, settle: (moved: LiveRun) => void): Promise<void> {
    run.terminals.endAll();
    this.face.lastWords(run.terminals.take());
    const moved = await this.keeper.move(run, replica, settle);
    this.#run = moved;
    this.#playing = false;
    this.playback.reset();
    this.#checkpoints.reset(moved, this.travel.past);
    this.face.showAnew();
    await this.breakpoints.meet(moved);
    await this.keepBranches();
  }

  /** The branches changed: the page is told of them, and they are stored. */
  async keepBranches(): Promise<void> {
    if (this.#run === undefined) return;
    this.#branchesUnkept = false;
    this.face.branchesChanged();
    await this.keeper.keepBranches(this.#run);
  }

  /** A command in the past was accepted. */
  #branch(before: readonly TimedCommand[]): void {
    const run = this.#run;
    if (run === undefined) return;
    const pending = before.filter((command) => command.at > run.playhead).length;
    const left = this.travel.branched(before, Math.max(run.played, Math.floor(run.world.now)));
    this.face.tell({ type: 'branched', left: left.id, pending });
    this.face.tapeChanged();
    this.#branchesUnkept = true;
  }

  resume(run: LiveRun): void {
    this.#playing = true;
    run.paused = false;
    run.keepPresent();
  }

  halt(run: LiveRun): void {
    this.#playing = false;
    run.paused = true;
    this.playback.halt();
  }

  /** The page is seen, or not: then time stands still. */
  set visible(visible: boolean) {
    this.#visible = visible;
    if (!visible) this.playback.halt();
  }

  /** An instant of the present run was played: it may be due for a checkpoint. @returns whether a breakpoint stops time there */
  readonly stops = async (run: LiveRun): Promise<boolean> => {
    if (run !== this.#run) return false;
    await this.#checkpoints.played(run, this.travel.past);
    if (!this.breakpoints.isOn) return false;
    const hit = await this.breakpoints.played(run, run.actors);
    if (hit === undefined) return false;
    this.halt(run);
    this.face.stopped(hit);
    return true;
  };

  #schedule(): void {
    const wait = this.#isRunning ? this.playback.restMillis : SLICE_MILLIS;
    this.environment.after(wait, () => void this.#turns.take(() => this.#slice()).finally(() => this.#schedule()));
  }

  async #slice(): Promise<void> {
    const run = this.#run;
    if (run !== undefined) this.travel.fillPast(run);
    if (run === undefined || !this.#isRunning) {
      this.playback.halt(run);
      if (this.face.isLate) await this.#push();
      return;
    }
    try {
      const played = await this.playback.slice(run, this.stops);
      run.keepPresent();
      await this.#checkpoints.store(this.keeper.placesOf(run));
      this.travel.rehearse(run);
      if (this.travel.arrive(run)) this.face.tapeChanged();
      if (this.#branchesUnkept) await this.keepBranches();
      this.#untold ||= played > 0 || this.face.isLate || this.face.wasToldOtherRate;
      if (this.#untold && (!this.#isRunning || this.playback.isPictureDue())) await this.#push();
    } catch (error) {
      this.#fail(error, { fatal: true });
      await this.#push();
    }
  }

  /** Tells the page what is new. */
  async #push(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#untold = false;
    try {
      await this.face.push(run, { playing: this.#playing, running: this.#isRunning });
    } catch (error) {
      if (this.#failed) throw error;
      this.#fail(error, { fatal: true });
    }
  }

  #fail(error: unknown, { fatal }: { readonly fatal: boolean }): void {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.#tellFailure(detail, undefined, error instanceof Error ? `${detail}\n${error.stack ?? ''}` : detail);
    if (!fatal) return;
    this.#failed = true;
    this.#playing = false;
  }

  #tellFailure(detail: string, member: string | undefined, trace: string): void {
    const run = this.#run === undefined ? '' : runToFile(this.#run.world.spec());
    const who = member === undefined ? '' : `${member}: `;
    this.face.tell({ type: 'engine-failed', member, detail, report: `${who}${trace}\n\n${run}` });
  }
}
