/**
 * The conductor: owns the run that the page shows, plays it as wall time passes, and answers the page ({@link Conductor}). Everything that touches the
 * world takes turns with the instants. What goes wrong in here is told, with a report that carries the run.
 */

import type { RunOptionsInput } from '#ctl/world-command.ts';
import type { Environment } from '#host/environment.ts';
import { buildFrame } from '#host/frame-builder.ts';
import { Checkpoints } from '#host/checkpoints.ts';
import { readKeys } from '#host/read-keys.ts';
import type { LiveRun } from '#host/live-run.ts';
import { Playback, SLICE_MILLIS, playStep } from '#host/playback.ts';
import { RunKeeper, type RunEvents } from '#host/run-keeper.ts';
import { runToFile, runToFragment } from '#host/share.ts';
import { Turns } from '#host/turns.ts';
import { optionsFromInput } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import type { BootOptions, Conductor, KeysAnswer, Notice, StepSize, TerminalEvent, Update } from '#view/conductor.ts';
import type { Frame, Pace } from '#view/frame.ts';

/** Commands that one line may add while time is paused. */
const PAUSED_COMMANDS_MAX = 50;

/** Mutable; one for each tab. */
export class PlaygroundConductor implements Conductor {
  readonly #environment: Environment;
  readonly #turns = new Turns();
  readonly #playback: Playback;
  readonly #checkpoints: Checkpoints;
  readonly #keeper: RunKeeper;
  #run: LiveRun | undefined;
  #onUpdate: (update: Update) => void | Promise<void> = () => undefined;
  #notices: Notice[] = [];
  /** Last words of the terminals of a run that ended. */
  readonly #ended: TerminalEvent[] = [];
  #playing = false;
  #visible = true;
  #failed = false;
  #generation = 0;
  #pushing = false;
  #stale = false;
  #lastRate = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#playback = new Playback(environment.now);
    this.#checkpoints = new Checkpoints(environment.now);
    const events: RunEvents = {
      onNewRun: (options) => void this.newRun(options),
      onRefused: () => undefined,
      onAssertion: (member, message) => this.#tellFailure(message, member, message),
      onWorkerLost: (actor, message) => this.#fail(new Error(`member ${actor}: ${message}`), { fatal: false }),
    };
    this.#keeper = new RunKeeper(environment, events, (notice) => this.#notices.push(notice));
  }

  async boot(options: BootOptions, onUpdate: (update: Update) => void | Promise<void>): Promise<void> {
    this.#onUpdate = onUpdate;
    await this.#turn(async () => {
      this.#install(await this.#keeper.open(options.scope, options.fragment));
    });
    this.#schedule();
  }

  #install(run: LiveRun): void {
    this.#run = run;
    this.#generation++;
    this.#failed = false;
    this.#playing = !run.paused;
    this.#playback.reset();
    this.#checkpoints.reset();
  }

  /** Puts another run in the place of the present one, and lets time run. */
  #replace(next: () => Promise<LiveRun> | LiveRun): Promise<void> {
    return this.#turn(async () => {
      await this.#close();
      this.#install(await next());
    });
  }

  /** Ends the present run and its workers. */
  async #close(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.terminals.endAll();
    this.#ended.push(...(run?.terminals.take() ?? []));
    await run?.host.dispose();
  }

  /** Takes a turn; what fails in it stops time and is told. */
  #turn(act: (() => Promise<void>) | (() => void)): Promise<void> {
    return this.#turns.take(async () => {
      try {
        await act();
      } catch (error) {
        this.#fail(error, { fatal: true });
      }
      await this.#push();
    });
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
    this.#notices.push({ type: 'engine-failed', member, detail, report: `${who}${trace}\n\n${run}` });
  }

  get #isRunning(): boolean {
    return this.#playing && this.#visible && !this.#failed;
  }

  #schedule(): void {
    const wait = this.#playback.pace.type === 'fastest' && this.#isRunning ? 0 : SLICE_MILLIS;
    this.#environment.after(wait, () => void this.#turns.take(() => this.#slice()).finally(() => this.#schedule()));
  }

  async #slice(): Promise<void> {
    const run = this.#run;
    if (run === undefined || !this.#isRunning) {
      this.#playback.halt();
      if (this.#stale) await this.#push();
      return;
    }
    try {
      const played = await this.#playback.slice(run);
      run.keepPresent();
      await this.#checkpoints.keep(run, this.#keeper.storeOf(run), this.#keeper.storage);
      if (played > 0 || this.#stale || Math.abs(this.#playback.rate - this.#lastRate) > 0.02 * this.#lastRate) await this.#push();
    } catch (error) {
      this.#fail(error, { fatal: true });
      await this.#push();
    }
  }

  /** Tells the page what is new; while it still works on the last update, it gets the next one afterwards. */
  async #push(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    if (this.#pushing) {
      this.#stale = true;
      return;
    }
    this.#pushing = true;
    this.#stale = false;
    try {
      await run.refreshDetails();
      const update: Update = {
        frame: this.#frame(run),
        feed: run.feed.take(),
        tape: run.tape.take(),
        terminal: [...this.#ended.splice(0), ...run.terminals.take()],
        notices: this.#notices,
      };
      this.#notices = [];
      void Promise.resolve(this.#onUpdate(update)).finally(() => {
        this.#pushing = false;
      });
    } catch (error) {
      this.#pushing = false;
      if (this.#failed) throw error;
      this.#fail(error, { fatal: true });
    }
  }

  #frame(run: LiveRun): Frame {
    const rate = this.#isRunning ? this.#playback.rate : 0;
    this.#lastRate = rate;
    const now = run.playhead;
    const until = rate === 0 ? now : (run.world.nextInstantAt() ?? now);
    const facts = {
      generation: this.#generation,
      engine: run.world.spec().engine,
      storage: run.isKept ? ('opfs' as const) : ('memory' as const),
      secondTab: this.#keeper.storage.type === 'second-tab',
    };
    return buildFrame(
      run.world,
      facts,
      { now, rate, until, playing: this.#playing, pace: this.#playback.pace },
      run.look().messages,
      run.details,
      run.safe,
    );
  }

  /** Acts on the run that there is. */
  #withRun(act: (run: LiveRun) => Promise<void> | void): Promise<void> {
    return this.#turn(async () => {
      if (this.#run !== undefined) await act(this.#run);
    });
  }

  execute(terminal: string, line: string): Promise<void> {
    return this.#withRun(async (run) => {
      run.catchUp();
      await run.terminals.execute(terminal, line);
      await this.#settle(run);
      if (!this.#playing && run === this.#run) run.terminals.sayNeedsTime();
    });
  }

  /** Commands were submitted: stores them and, while time is paused, plays the instants that apply them. */
  async #settle(run: LiveRun): Promise<void> {
    for (let n = 0; n < PAUSED_COMMANDS_MAX && run.keepCommands() > 0 && !this.#playing; n++) await run.playInstant();
  }

  input(terminal: string, text: string, end: boolean): Promise<void> {
    return this.#withRun(async (run) => {
      run.catchUp();
      run.terminals.input(terminal, text, end);
      await this.#settle(run);
    });
  }

  interrupt(terminal: string): Promise<void> {
    return this.#withRun(async (run) => {
      run.catchUp();
      run.terminals.interrupt(terminal);
      await this.#settle(run);
    });
  }

  play(): Promise<void> {
    return this.#withRun((run) => {
      this.#playing = true;
      run.paused = false;
      run.keepPresent();
    });
  }

  #halt(run: LiveRun): void {
    this.#playing = false;
    run.paused = true;
    this.#playback.halt();
  }

  pause(): Promise<void> {
    return this.#withRun((run) => {
      this.#halt(run);
      run.keepPresent();
    });
  }

  step(size: StepSize): Promise<void> {
    return this.#withRun(async (run) => {
      this.#halt(run);
      await playStep(run, size);
      run.keepPresent();
    });
  }

  setPace(pace: Pace): Promise<void> {
    return this.#turn(() => {
      this.#playback.pace = pace;
    });
  }

  setVisible(visible: boolean): Promise<void> {
    return this.#turn(() => {
      this.#visible = visible;
      if (!visible) this.#playback.halt();
    });
  }

  newRun(options: RunOptionsInput): Promise<void> {
    return this.#replace(() => this.#keeper.begin(options));
  }

  resolveStorage(choice: 'start-from-disks' | 'start-over'): Promise<void> {
    return this.#replace(() => this.#keeper.resolve(choice));
  }

  keys(member: string, prefix: string, revision: number): Promise<KeysAnswer> {
    return this.#turns.take(() => readKeys(this.#run, member, prefix, revision));
  }

  share(): Promise<{ readonly fragment: string; readonly file: string }> {
    return this.#turns.take(() => {
      const spec = this.#run?.world.spec() ?? newRunSpec(1, optionsFromInput({}).options);
      return { fragment: runToFragment(spec), file: runToFile(spec) };
    });
  }

  deleteStored(): Promise<void> {
    return this.#replace(() => this.#keeper.deleteAll());
  }
}
