/**
 * The conductor: owns the run that the page shows, plays it as wall time passes, and answers the page ({@link Conductor}). Everything that touches the
 * world takes turns with the instants. What goes wrong in here is told, with a report that carries the run.
 */

import type { RunOptionsInput } from '#ctl/world-command.ts';
import type { Environment } from '#host/environment.ts';
import { Breakpoints } from '#host/breakpoints.ts';
import { cleanPaste } from '#ctl/paste.ts';
import { readLogWindow } from '#host/log-window.ts';
import { worldCommandLine } from '#ctl/world-command-line.ts';
import { completeLine } from '#host/completion.ts';
import { completionFacts } from '#host/completion-facts.ts';
import { Checkpoints } from '#host/checkpoints.ts';
import { answerQuery } from '#host/data/answer-query.ts';
import { readKeys } from '#host/read-keys.ts';
import type { LiveRun } from '#host/live-run.ts';
import { PageFace } from '#host/page-face.ts';
import { Playback, SLICE_MILLIS, playStep } from '#host/playback.ts';
import { RunKeeper, type GivenEvents, type RunEvents } from '#host/run-keeper.ts';
import { readGivenRun, runToFile, shareRun, type GivenRun } from '#host/share.ts';
import { traceHashAt } from '#host/trace-check.ts';
import { TimeTravel } from '#host/time-travel.ts';
import { traceJson } from '#host/trace-json.ts';
import type { Answers } from '#host/why/explain.ts';
import { inquiryOf, type Inquiry } from '#host/why/inquiry.ts';
import { Turns } from '#host/turns.ts';
import { optionsFromInput } from '#sim/run-options.ts';
import type { BootOptions, Completion, Conductor, KeysAnswer, LogQuery, LogWindow, StepSize, Update } from '#view/conductor.ts';
import { ENGINE_VERSION, newRunSpec, type TimedCommand } from '#sim/run-spec.ts';
import type { BranchComparison } from '#view/branch-comparison.ts';
import type { BreakpointAnswer, BreakpointView } from '#view/breakpoint.ts';
import type { DataAnswer, DataQuery } from '#view/data.ts';
import type { History, HistoryQuery } from '#view/history.ts';
import type { Operations, OperationsQuery } from '#view/operations.ts';
import type { ScenarioId } from '#view/scenario.ts';
import type { OpenRunAnswer, SharedRun, ViewOptions } from '#view/shared-run.ts';
import type { Pace } from '#view/frame.ts';
import type { MemberInspection, MemberLogLine, MemberLogQuery } from '#view/member-inspection.ts';
import type { RequestLife, RequestSummary } from '#view/request-life.ts';
import type { Selection } from '#view/selection.ts';
import type { RelatedEvents, WhyAnswer } from '#view/why.ts';

/** Commands that one line may add while time is paused. */
const PAUSED_COMMANDS_MAX = 50;

/** Mutable; one for each tab. */
export class PlaygroundConductor implements Conductor {
  readonly #environment: Environment;
  readonly #turns = new Turns();
  readonly #playback: Playback;
  readonly #checkpoints: Checkpoints;
  readonly #travel: TimeTravel;
  readonly #keeper: RunKeeper;
  readonly #breakpoints = new Breakpoints(() => this.#run);
  readonly #face: PageFace;
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
    this.#environment = environment;
    this.#playback = new Playback(environment.now);
    this.#checkpoints = new Checkpoints(environment.now);
    this.#travel = new TimeTravel(environment, (detail) => this.#fail(new Error(detail), { fatal: false }));
    const events: RunEvents & GivenEvents = {
      onGiven: (given) => void (this.#given = given),
      onBranched: (before) => this.#branch(before),
      head: () => this.#travel.recordedHead,
      onNewRun: (next) =>
        void this.#replace(() => (next.type === 'options' ? this.#keeper.begin(next.options) : this.#keeper.beginSpec(next.spec))),
      onBreak: (action) => this.#breakpoints.command(action),
      onRefused: () => undefined,
      onAssertion: (member, message) => this.#tellFailure(message, member, message),
      onWorkerLost: (actor, message) => this.#fail(new Error(`member ${actor}: ${message}`), { fatal: false }),
    };
    this.#keeper = new RunKeeper(environment, this.#travel, events, (notice) => this.#face.tell(notice));
    this.#face = new PageFace(this.#travel, this.#playback, this.#breakpoints, () => this.#keeper.storage);
  }

  async boot(options: BootOptions, onUpdate: (update: Update) => void | Promise<void>): Promise<void> {
    this.#face.onUpdate = onUpdate;
    await this.#turn(async () => {
      await this.#install(await this.#keeper.open(options.scope, options.fragment));
    });
    this.#schedule();
  }

  async #install(run: LiveRun): Promise<void> {
    this.#run = run;
    this.#face.begin();
    this.#failed = false;
    this.#playing = !run.paused;
    this.#playback.reset();
    this.#checkpoints.reset(run.played);
    this.#travel.arrive(run);
    this.#face.showAnew();
    await this.#breakpoints.meet(run);
    const given = this.#given;
    this.#given = undefined;
    if (given === undefined) return;
    this.#face.opened(given.view);
    void this.#checkGiven(given, run);
  }

  /** Puts another run in the place of the present one, and lets time run. */
  #replace(next: () => Promise<LiveRun> | LiveRun): Promise<void> {
    return this.#turn(async () => {
      await this.#close();
      await this.#install(await next());
    });
  }

  /** Ends the present run and its workers. */
  async #close(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.terminals.endAll();
    this.#face.lastWords(run?.terminals.take() ?? []);
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
    this.#face.tell({ type: 'engine-failed', member, detail, report: `${who}${trace}\n\n${run}` });
  }

  get #isRunning(): boolean {
    return this.#playing && this.#visible && !this.#failed;
  }

  #schedule(): void {
    const wait = this.#isRunning ? this.#playback.restMillis : SLICE_MILLIS;
    this.#environment.after(wait, () => void this.#turns.take(() => this.#slice()).finally(() => this.#schedule()));
  }

  /** An instant was played: whether a breakpoint stops time there. */
  readonly #stops = async (run: LiveRun): Promise<boolean> => {
    if (!this.#breakpoints.isOn || run !== this.#run) return false;
    const hit = await this.#breakpoints.played(run, run.actors);
    if (hit === undefined) return false;
    this.#halt(run);
    this.#face.stopped(hit);
    return true;
  };

  async #slice(): Promise<void> {
    const run = this.#run;
    if (run === undefined || !this.#isRunning) {
      this.#playback.halt(run);
      if (this.#face.isLate) await this.#push();
      return;
    }
    try {
      const played = await this.#playback.slice(run, this.#stops);
      run.keepPresent();
      await this.#checkpoints.keep(run, this.#keeper.placesOf(run));
      if (this.#travel.arrive(run)) this.#face.tapeChanged();
      if (this.#branchesUnkept) await this.#keepBranches(run);
      this.#untold ||= played > 0 || this.#face.isLate || this.#face.wasToldOtherRate;
      if (this.#untold && (!this.#isRunning || this.#playback.isPictureDue())) await this.#push();
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
      await this.#face.push(run, { playing: this.#playing, running: this.#isRunning });
    } catch (error) {
      if (this.#failed) throw error;
      this.#fail(error, { fatal: true });
    }
  }

  /** Acts on the run that there is; if an earlier instant is looked at, the run is brought there first. */
  #withRun(act: (run: LiveRun) => Promise<void> | void): Promise<void> {
    this.#travel.wish();
    return this.#turn(async () => {
      await this.#comeAlong();
      if (this.#run === undefined) return;
      await act(this.#run);
      if (this.#branchesUnkept) await this.#keepBranches(this.#run);
    });
  }

  /** Brings the members to the instant that is looked at. */
  async #comeAlong(): Promise<void> {
    const [run, replica] = [this.#run, this.#travel.looking];
    if (run === undefined || replica === undefined) return;
    await this.#moveTo(run, replica, (moved) => this.#travel.moved(run, moved));
  }

  async #moveTo(run: LiveRun, replica: LiveRun, settle: (moved: LiveRun) => void): Promise<void> {
    run.terminals.endAll();
    this.#face.lastWords(run.terminals.take());
    const moved = await this.#keeper.move(run, replica, settle);
    this.#run = moved;
    this.#playing = false;
    this.#playback.reset();
    this.#checkpoints.reset(moved.played);
    this.#face.showAnew();
    await this.#breakpoints.meet(moved);
    await this.#keepBranches(moved);
  }

  async #keepBranches(run: LiveRun): Promise<void> {
    this.#branchesUnkept = false;
    this.#face.branchesChanged();
    await this.#keeper.keepBranches(run);
  }

  /** A command in the past was accepted. */
  #branch(before: readonly TimedCommand[]): void {
    const run = this.#run;
    if (run === undefined) return;
    const pending = before.filter((command) => command.at > run.playhead).length;
    const left = this.#travel.branched(before, Math.max(run.played, Math.floor(run.world.now)));
    this.#face.tell({ type: 'branched', left: left.id, pending });
    this.#face.tapeChanged();
    this.#branchesUnkept = true;
  }

  seek(at: number): Promise<void> {
    return this.#look((run, wish) => this.#travel.look(run, at, wish));
  }

  stepBack(size: StepSize): Promise<void> {
    return this.#look((run, wish) => this.#travel.lookBack(run, size, wish));
  }

  /** Looks at another instant; time stands still for it. */
  #look(look: (run: LiveRun, wish: number) => Promise<void>): Promise<void> {
    const wish = this.#travel.wish();
    return this.#turn(async () => {
      const run = this.#run;
      if (run === undefined || this.#failed) return;
      const before = this.#travel.looking;
      if (this.#playing) {
        this.#halt(run);
        run.keepPresent();
      }
      await look(run, wish);
      if (before !== undefined || this.#travel.looking !== undefined) this.#face.showAnew();
    });
  }

  switchBranch(id: number): Promise<void> {
    return this.#withRun(async (run) => {
      const replica = await this.#travel.headOfBranch(run, id);
      if (replica === undefined) return;
      this.#halt(run);
      await this.#moveTo(run, replica, () => this.#travel.switched(id));
    });
  }

  undo(): Promise<void> {
    return this.#withRun(async (run) => {
      const undone = await this.#travel.beforeLastCommand(run);
      if (undone === undefined) return;
      this.#halt(run);
      let left = 0;
      await this.#moveTo(run, undone.replica, (moved) => {
        left = this.#travel.undone(run, moved, undone).id;
      });
      this.#face.tell({ type: 'undone', left, line: worldCommandLine(undone.last.command) ?? '' });
    });
  }

  bookmark(at: number, name: string): Promise<void> {
    return this.#changeBookmarks(() => this.#travel.bookmark(at, name));
  }

  renameBookmark(id: number, name: string): Promise<void> {
    return this.#changeBookmarks(() => this.#travel.changeBookmark(id, name));
  }

  deleteBookmark(id: number): Promise<void> {
    return this.#changeBookmarks(() => this.#travel.changeBookmark(id, undefined));
  }

  #changeBookmarks(change: () => void): Promise<void> {
    return this.#turn(async () => {
      change();
      if (this.#run !== undefined) await this.#keepBranches(this.#run);
    });
  }

  log(query: LogQuery): Promise<LogWindow> {
    return this.#turns.take(() => readLogWindow(this.#travel.looking ?? this.#run, query));
  }

  renameBranch(id: number, name: string): Promise<void> {
    return this.#turn(async () => {
      this.#travel.rename(id, name);
      if (this.#run !== undefined) await this.#keepBranches(this.#run);
    });
  }

  deleteBranch(id: number): Promise<void> {
    return this.#turn(async () => {
      if (this.#travel.delete(id) && this.#run !== undefined) await this.#keepBranches(this.#run);
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
    for (let n = 0; n < PAUSED_COMMANDS_MAX && run.keepCommands() > 0 && !this.#playing; n++) {
      if (await run.playInstant()) await this.#stops(run);
    }
  }

  input(terminal: string, text: string, end: boolean): Promise<void> {
    return this.#withRun(async (run) => {
      run.catchUp();
      await run.terminals.input(terminal, text, end);
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
    return this.#turn(() => {
      const run = this.#run;
      if (run === undefined || this.#travel.looking !== undefined) return;
      this.#halt(run);
      run.keepPresent();
    });
  }

  step(size: StepSize): Promise<void> {
    return this.#withRun(async (run) => {
      this.#halt(run);
      await playStep(run, size, this.#stops);
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
    return this.#turns.take(() => readKeys(this.#travel.looking ?? this.#run, member, prefix, revision));
  }

  data(query: DataQuery): Promise<DataAnswer> {
    return this.#turns.take(() => {
      const run = this.#travel.looking ?? this.#run;
      if (run === undefined) throw new Error('there is no run yet');
      return answerQuery(run, query);
    });
  }

  complete(terminal: string, line: string, cursor: number): Promise<Completion> {
    return this.#turns.take(() => {
      const run = this.#travel.looking ?? this.#run;
      return run === undefined ? { from: cursor, words: [] } : completeLine(line, cursor, completionFacts(run, terminal));
    });
  }

  /** One piece: the shell reads several lines as what they are. */
  cleanPaste(text: string): Promise<readonly string[]> {
    const clean = cleanPaste(text);
    return Promise.resolve(clean === '' ? [] : [clean]);
  }

  history(query: HistoryQuery): Promise<History> {
    return this.#turns.take(() => this.#travel.historyOf(this.#run, query));
  }

  operations(query: OperationsQuery): Promise<Operations> {
    return this.#turns.take(() => {
      const run = this.#travel.looking ?? this.#run;
      const name = (actor: number): string => run?.world.core.seats[actor - 1]?.name ?? `${actor}`;
      return run?.operations.operations(query, name) ?? { since: 0, operations: [] };
    });
  }

  /** Asks the remembered trace and the members, at the instant that is shown. */
  async #inquire<T>(otherwise: T, ask: (answers: Answers, q: Inquiry) => T | Promise<T>): Promise<T> {
    const { answers } = await import('#host/why/explain.ts');
    return this.#turns.take(() => {
      const run = this.#run;
      return run === undefined ? otherwise : ask(answers, inquiryOf(this.#travel.looking ?? run, this.#travel.windowOf(run)));
    });
  }

  why(selection: Selection | undefined): Promise<WhyAnswer> {
    return this.#inquire<WhyAnswer>({ question: { type: 'forgotten' }, reasons: [], chain: [] }, (answers, q) => answers.why(q, selection));
  }

  related(selection: Selection): Promise<RelatedEvents> {
    return this.#inquire<RelatedEvents>({ causes: [], effects: [], entries: [], instants: [] }, (answers, q) =>
      answers.related(q, selection),
    );
  }

  requests(): Promise<readonly RequestSummary[]> {
    return this.#inquire<readonly RequestSummary[]>([], (answers, q) => answers.requests(q));
  }

  requestLife(id: number): Promise<RequestLife | undefined> {
    return this.#inquire<RequestLife | undefined>(undefined, (answers, q) => answers.life(q, id));
  }

  inspectMember(member: string): Promise<MemberInspection | undefined> {
    return this.#inquire<MemberInspection | undefined>(undefined, (answers, q) => answers.member(q, member));
  }

  memberLog(query: MemberLogQuery): Promise<readonly MemberLogLine[]> {
    return this.#inquire<readonly MemberLogLine[]>([], (answers, q) => answers.log(q, query));
  }

  memberMetrics(member: string): Promise<string> {
    return this.#inquire('', (answers, q) => answers.metrics(q, member));
  }

  share(view: ViewOptions = {}): Promise<SharedRun> {
    return this.#turns.take(() => {
      if (this.#keeper.isFromDisks) throw new Error('it began from the disks of an earlier run, and its commands alone do not lead to it');
      const run = this.#run;
      const spec = run?.world.spec() ?? newRunSpec(1, optionsFromInput({}).options);
      const head =
        run === undefined || run.played < 0
          ? undefined
          : { at: Math.max(run.played, Math.floor(run.playhead)), trace: run.world.traceHash().hash };
      return shareRun(spec, { head, view });
    });
  }

  /** Made outside the turns: a long run takes seconds to play again, and the present goes on meanwhile. */
  async traceJson(): Promise<string> {
    const run = this.#travel.looking ?? this.#run;
    if (run === undefined) return '';
    if (this.#keeper.isFromDisks) throw new Error('it began from the disks of an earlier run, and its commands alone do not lead to it');
    const at = Math.floor(run.playhead);
    return traceJson(this.#environment, run.world.spec(), at);
  }

  async openRun(text: string): Promise<OpenRunAnswer> {
    const read = readGivenRun(text);
    if (read.type === 'error') return read;
    await this.#replace(() => this.#keeper.openGiven(read.run));
    return { type: 'ok' };
  }

  async scenarioLink(id: ScenarioId): Promise<string> {
    const { scenarioFragment } = await import('#host/scenarios.ts');
    return scenarioFragment(id, this.#environment);
  }

  /** Replays a run that was given away, beside the present one, and tells whether its trace is what it was then. */
  async #checkGiven(given: GivenRun, run: LiveRun): Promise<void> {
    const { head, spec } = given;
    if (head === undefined) return;
    const isStale = (): boolean => run !== this.#run;
    const hash = await traceHashAt(head.at, run.world.spec(), { environment: this.#environment, isStale }).catch(() => 'failed');
    if (hash === undefined || isStale()) return;
    const same = hash === head.trace;
    if (same && spec.engine === ENGINE_VERSION) return;
    await this.#turn(() => this.#face.tell({ type: 'trace-compared', same, at: head.at, made: spec.engine }));
  }

  compareBranches(a: number, b: number): Promise<BranchComparison | undefined> {
    return this.#turns.take(async () => {
      const run = this.#run;
      return run === undefined ? undefined : this.#travel.compare(run, a, b);
    });
  }

  breakpoints(): Promise<readonly BreakpointView[]> {
    return this.#turns.take(() => this.#breakpoints.list());
  }

  async addBreakpoint(condition: string): Promise<BreakpointAnswer> {
    let answer: BreakpointAnswer = { type: 'error', message: 'the engine failed', column: 0 };
    await this.#turn(async () => {
      answer = await this.#breakpoints.add(condition);
    });
    return answer;
  }

  removeBreakpoint(id: number): Promise<void> {
    return this.#turn(() => void this.#breakpoints.remove(id));
  }

  enableBreakpoint(id: number, enabled: boolean): Promise<void> {
    return this.#turn(async () => void (await this.#breakpoints.enable(id, enabled)));
  }

  deleteStored(): Promise<void> {
    return this.#replace(() => this.#keeper.deleteAll());
  }
}
