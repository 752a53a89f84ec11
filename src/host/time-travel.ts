/**
 * Going back in time (DESIGN §3). Looking at the past shows a replica; letting time run there, or acting, brings the members to that instant. The run up to
 * its head stays what it was: played on untouched, it comes out the same, and a command before the head begins another branch.
 */

import { adoptMemory, BranchMemories, type Memory } from '#host/branch-memories.ts';
import { BranchTree, type Branch, type BranchState } from '#host/branches.ts';
import type { RecoveredMember } from '#host/ahead-host.ts';
import { ChunkPool } from '#host/chunk-pool.ts';
import { compareBranches } from '#host/compare-branches.ts';
import type { Environment } from '#host/environment.ts';
import type { LiveRun } from '#host/live-run.ts';
import { Past } from '#host/past.ts';
import { PastFiller } from '#host/past-filler.ts';
import { Rehearsal } from '#host/rehearsal.ts';
import { proveGap, replayTo, type Replay } from '#host/replica.ts';
import type { StoredCheckpoint } from '#host/run-store.ts';
import { playStep } from '#host/playback.ts';
import { restoreInfo } from '#sim/checkpoint.ts';
import type { RunSpec, TimedCommand } from '#sim/run-spec.ts';
import type { BookmarkView, BranchView, StepSize } from '#view/conductor.ts';
import type { BranchComparison } from '#view/branch-comparison.ts';
import type { TraceWindow } from '#host/why/trace-window.ts';
import type { HistoryBuilder } from '#host/history-builder.ts';
import type { TapeItem } from '#view/feed.ts';
import type { History, HistoryQuery } from '#view/history.ts';

/** A whole branch, as the tape shows it while an earlier instant of it is looked at or played again. */
interface Recorded {
  readonly head: number;
  readonly tape: readonly TapeItem[];
  readonly history: HistoryBuilder | undefined;
  readonly window: TraceWindow | undefined;
}

/** What is known of a run that came back: everything is undefined for one that begins. */
export interface KnownPast {
  readonly branches: BranchState | undefined;
  readonly checkpoint: StoredCheckpoint | undefined;
  /** The first checkpoint of a run that cannot be replayed from nothing. */
  readonly origin: StoredCheckpoint | undefined;
}

/** A run from which its last command is taken back. */
export interface Undone {
  readonly replica: LiveRun;
  readonly at: number;
  readonly before: readonly TimedCommand[];
  readonly last: TimedCommand;
}

/** Wall ms that somebody looks at an instant before its replay is held against what was recorded after it. */
const IDLE_MILLIS = 300;

const NO_HISTORY: History = { since: 0, members: [], clients: [], flights: [], roles: [], lives: [], saves: [], applied: [] };

/** Mutable; owned by the conductor, called in turn. */
export class TimeTravel {
  readonly #environment: Environment;
  #pool = new ChunkPool();
  #pasts = new Map<number, Past>();
  #tree = new BranchTree();
  #recorded: Recorded | undefined;
  readonly #memories = new BranchMemories();
  #replica: LiveRun | undefined;
  #looking = false;
  /** Where the run began: nothing before it ever was. */
  #origin = 0;
  /** The page knows that something has fallen away. */
  #isForgettingTold = false;
  /** Counts wishes: a replay for an older one stops. */
  #wish = 0;

  /** Wall µs of the newest wish. */
  #wishedAt = 0;

  readonly #rehearsal = new Rehearsal();
  readonly #filler = new PastFiller();
  /** A difference between a replay and the run was told: one is enough to know. */
  #isDifferenceTold = false;
  readonly #onDiffers: (detail: string) => void;

  /** @param onDiffers a replay is not what was played, which is a defect: told once a run */
  constructor(environment: Environment, onDiffers: (detail: string) => void) {
    this.#environment = environment;
    this.#onDiffers = (detail) => {
      if (!this.#isDifferenceTold) onDiffers(detail);
      this.#isDifferenceTold = true;
    };
  }

  /** Another run. */
  begin({ branches, checkpoint, origin }: KnownPast): void {
    this.#pool = new ChunkPool();
    this.#pasts = new Map();
    this.#memories.clear();
    this.#tree = new BranchTree(branches);
    this.#recorded = undefined;
    this.#origin = origin?.at ?? 0;
    this.#isForgettingTold = false;
    this.#isDifferenceTold = false;
    this.leave();
    if (origin !== undefined) {
      for (const { id } of this.#tree.all) {
        this.#pastOf(id).add(origin);
        this.#pastOf(id).beginsAt(origin.at);
      }
    }
    this.#wishedAt = this.#environment.now();
    this.#filler.end();
    if (checkpoint !== undefined) {
      this.past.add(checkpoint);
      this.#filler.begin(this.past);
    }
    if (branches !== undefined) this.#recorded = { head: this.#tree.current.head, tape: [], history: undefined, window: undefined };
  }

  /** Nothing before this instant (virtual µs) can be gone to: the run began on disks that were not empty. */
  beginsAt(at: number): void {
    this.#origin = at;
    this.past.beginsAt(at);
  }

  /** The earliest instant of the present branch (virtual µs) that can be gone to. */
  get #earliest(): number {
    return this.past.floor;
  }

  /** What came before this instant (virtual µs) fell away and the page is to be told: when that begins, and when somebody asks for it. */
  takeForgotten(): number | undefined {
    if (this.#isForgettingTold || this.#earliest <= this.#origin) return undefined;
    this.#isForgettingTold = true;
    return this.#earliest;
  }

  /** The run was given away when it stood at `head` (virtual µs): all up to there can be gone to. */
  reaches(head: number): void {
    this.#recorded = { head, tape: [], history: undefined, window: undefined };
  }

  /** Checkpoints of the present branch. */
  get past(): Past {
    return this.#pastOf(this.#tree.current.id);
  }

  #pastOf(id: number): Past {
    const known = this.#pasts.get(id) ?? Past.begin(this.#pool);
    this.#pasts.set(id, known);
    return known;
  }

  /** The instant that is looked at instead of the present, if one is. */
  get looking(): LiveRun | undefined {
    return this.#looking ? this.#replica : undefined;
  }

  /** Virtual µs up to which the branch was played before the present run came by again; -1 if it is at its head. */
  get recordedHead(): number {
    return this.#recorded?.head ?? -1;
  }

  /** End of the branch (virtual µs). */
  headOf(run: LiveRun): number {
    return Math.max(this.recordedHead, run.playhead);
  }

  /** The tape of the whole branch. */
  tapeOf(run: LiveRun): readonly TapeItem[] {
    const recorded = this.#recorded;
    if (recorded === undefined) return run.tape.items;
    // A run that was given away has played nothing yet: what is looked at knows more than it.
    const looked = this.looking?.tape.items ?? [];
    return [run.tape.items, recorded.tape, looked].reduce((longest, tape) => (tape.length > longest.length ? tape : longest));
  }

  /**
   * What happened in a stretch of the branch. Of an instant that is looked at, what its replay passed through is known too: after a reload the
   * run itself remembers little.
   */
  historyOf(run: LiveRun | undefined, query: HistoryQuery): History {
    const whole = run === undefined ? undefined : this.#historyOf(run).history(query);
    const replayed = this.looking?.history.history(query);
    if (whole === undefined) return replayed ?? NO_HISTORY;
    return replayed !== undefined && replayed.since < whole.since ? replayed : whole;
  }

  /** The replica of a run that was given away and has hardly played yet: it knows what the run does not. */
  #deeper(run: LiveRun): LiveRun | undefined {
    const replica = this.looking;
    return this.#recorded !== undefined && replica !== undefined && replica.played > run.played ? replica : undefined;
  }

  #historyOf(run: LiveRun): HistoryBuilder {
    return this.#recorded?.history ?? (this.#deeper(run) ?? run).history;
  }

  /** What is remembered of the trace of the branch, by the run itself or by the replica of the instant that is looked at: what reaches further back. */
  windowOf(run: LiveRun): TraceWindow {
    const whole = this.#windowOf(run);
    const replayed = this.looking?.window;
    return replayed !== undefined && replayed.since < whole.since ? replayed : whole;
  }

  #windowOf(run: LiveRun): TraceWindow {
    return this.#recorded?.window ?? (this.#deeper(run) ?? run).window;
  }

  /** The present run has played an instant, perhaps one that it had played before: then its trace is what it was. @param before the instant before it */
  passes(run: LiveRun, before: number): void {
    const missed = this.past.marks.missed(before, run.played, () => run.world.traceHash().hash);
    if (missed !== undefined) this.#onDiffers(`the run played again up to ${missed.at} µs has another trace than it had`);
  }

  /** How a run is replayed: on the present branch, from its checkpoints, to its end, if nothing else is said. */
  #replay(spec: RunSpec, own: Partial<Replay> = {}): Replay {
    return { environment: this.#environment, spec, past: this.past, known: undefined, isStale: () => false, ...own };
  }

  /** A member as the present run has it after the last instant that was played, by a replay; undefined if none can be made. */
  async memberOf(run: LiveRun, actor: number): Promise<RecoveredMember | undefined> {
    if (run.played < 0) return { checkpoint: undefined, how: undefined };
    const replica = await replayTo(run.played, this.#replay(run.world.spec()));
    return replica && { checkpoint: await replica.host.checkpoint(actor), how: restoreInfo(replica.world, actor) };
  }

  /** The present run has come up to the head of its branch. @returns whether it just did */
  arrive(run: LiveRun): boolean {
    if (this.#recorded === undefined || run.played < this.#recorded.head) return false;
    this.#recorded = undefined;
    return true;
  }

  /** A replay that is under way gives up for what is wished now. */
  wish(): number {
    this.#wishedAt = this.#environment.now();
    return ++this.#wish;
  }

  /** Called often: after a reload, what lies before the checkpoint that was stored is replayed while nobody wants to go anywhere. */
  fillPast(run: LiveRun): void {
    const { past } = this;
    if (!this.#filler.wants(past) || this.#environment.now() - this.#wishedAt < IDLE_MILLIS * 1000) return;
    const wish = this.#wish;
    const isStale = (): boolean => wish !== this.#wish || past !== this.past;
    void this.#filler.fill(this.#replay(run.world.spec(), { isStale, onDiffers: this.#onDiffers }), run.played);
  }

  /**
   * Looks at an instant of the present branch.
   * @param at virtual µs; at or after the head it is the present
   * @param wish of {@link wish}, given before the turn began
   */
  async look(run: LiveRun, at: number, wish: number): Promise<void> {
    const now = Math.max(this.#earliest, Math.floor(at));
    if (at < now - 1) this.#isForgettingTold = false;
    if (wish !== this.#wish) return;
    if (this.#recorded === undefined && now >= run.played) return this.leave();
    const replay = this.#replay(run.world.spec(), {
      known: this.#replica,
      isStale: () => wish !== this.#wish,
      onDiffers: this.#onDiffers,
    });
    const until = Math.min(now, this.headOf(run));
    const found = await replayTo(until, replay);
    if (found === undefined) return;
    this.#replica = found;
    this.#looking = true;
    this.#proveLater(until, replay);
  }

  /** The present run went on: what is to be replayed before anybody looks, is, and held against the checkpoints, each once in a tab. */
  rehearse(run: LiveRun): void {
    const { past } = this;
    const from = this.#rehearsal.next(run, past);
    if (from === undefined) return;
    this.#proveLater(from, this.#replay(run.world.spec(), { isStale: () => past !== this.past, onDiffers: this.#onDiffers }));
  }

  /** When nobody wants anything else for a moment, what was replayed is held against the next checkpoint: once for each of them. */
  #proveLater(at: number, replay: Replay): void {
    this.#environment.after(IDLE_MILLIS, () => {
      if (replay.isStale()) return;
      const gap = replay.past.takeUnproved(at);
      if (gap !== undefined) void proveGap(gap, replay).catch((error: unknown) => this.#onDiffers(String(error)));
    });
  }

  /** Looks at what was before a step of a size. */
  async lookBack(run: LiveRun, size: StepSize, wish: number): Promise<void> {
    const from = (this.looking ?? run).played;
    const replay = this.#replay(run.world.spec(), { isStale: () => wish !== this.#wish });
    for (const base of [...this.past.times, this.#earliest].filter((time) => time < from).sort((a, b) => b - a)) {
      const steps = await replayTo(base, replay);
      if (steps === undefined) return;
      let last: number | undefined;
      for (let at = steps.played; at < from; at = steps.played) {
        last = at;
        await playStep(steps, size);
        steps.terminals.take();
        if (steps.played === at) break;
      }
      if (last !== undefined && (last > base || base === this.#earliest)) return this.look(run, last, wish);
    }
  }

  /** Back to the present run. */
  leave(): void {
    this.#looking = false;
    this.#replica = undefined;
  }

  /** The present run goes on as `run` from where the replica stood: what it was up to its head is remembered. */
  moved(from: LiveRun, run: LiveRun): void {
    const memory = this.#memoryOf(from);
    adoptMemory(run, memory);
    this.#tree.update(from.world.spec().commands, this.headOf(from));
    this.#recorded = {
      head: Math.max(this.recordedHead, from.played),
      tape: this.tapeOf(from),
      ...memory,
    };
    this.leave();
  }

  /** A command was accepted at `at`, before the head: the branch is left. @returns the branch that was left */
  branched(before: readonly TimedCommand[], at: number): Branch {
    const { past } = this;
    this.#tree.update(before, this.recordedHead);
    const { left, forgotten } = this.#tree.fork(before, at);
    this.#pasts.set(this.#tree.current.id, past.fork(at));
    const { history, window } = this.#recorded ?? {};
    if (history !== undefined && window !== undefined) this.#memories.keep(left.id, { history, window });
    for (const id of forgotten) this.#forget(id);
    this.#recorded = undefined;
    return left;
  }

  /** What is remembered of the branch that a run is on. */
  #memoryOf(run: LiveRun): Memory {
    return { history: this.#historyOf(run), window: this.#windowOf(run) };
  }

  /** A replica at the head of another branch; undefined if there is no such branch. */
  async headOfBranch(run: LiveRun, id: number): Promise<LiveRun | undefined> {
    const branch = this.#tree.find(id);
    if (branch === undefined || id === this.#tree.current.id) return undefined;
    this.#tree.update(run.world.spec().commands, this.headOf(run));
    const spec = { ...run.world.spec(), commands: branch.commands };
    return replayTo(branch.head, this.#replay(spec, { past: this.#pastOf(id) }));
  }

  /** How two branches differ; undefined if one of them is not there, or if something else was wished meanwhile. */
  async compare(run: LiveRun, a: number, b: number): Promise<BranchComparison | undefined> {
    this.#tree.update(run.world.spec().commands, this.headOf(run));
    const [left, right] = [a, b].map((id) => {
      const branch = this.#tree.find(id);
      return branch === undefined ? undefined : { ...branch, past: this.#pastOf(id) };
    });
    if (left === undefined || right === undefined) return undefined;
    const wish = this.#wish;
    return compareBranches(this.#environment, run.world.spec(), [left, right], () => wish !== this.#wish);
  }

  /** The present run `from` is left for another branch: it goes on as `run`, at the head of that. */
  switched(id: number, from: LiveRun, run: LiveRun): void {
    const memory = this.#memories.take(id);
    this.#memories.keep(this.#tree.current.id, this.#memoryOf(from));
    if (memory !== undefined) adoptMemory(run, memory);
    this.#tree.select(id);
    this.#recorded = undefined;
    this.leave();
  }

  /**
   * The run as it was just before its last command that was played, without it and what came with it in the same instant; undefined if there is none.
   * `before` are the commands that it had, `at` is where it stands.
   */
  async beforeLastCommand(run: LiveRun): Promise<Undone | undefined> {
    const spec = run.world.spec();
    const last = spec.commands.findLast((command) => command.at <= run.playhead);
    if (last === undefined || last.at < this.#earliest) return undefined;
    const first = spec.commands.findIndex((command) => command.at === last.at);
    const at = Math.max(this.#earliest, last.at - 1);
    const commands = spec.commands.slice(0, first);
    const replica = await replayTo(at, this.#replay({ ...spec, commands }));
    return replica === undefined ? undefined : { replica, at, before: spec.commands, last };
  }

  /** The present run goes on as `run`, without the command that was taken back. @returns the branch that still has it */
  undone(from: LiveRun, run: LiveRun, { before, at }: Undone): Branch {
    const memory = this.#memoryOf(from);
    adoptMemory(run, memory);
    this.#tree.update(before, this.headOf(from));
    const left = this.branched(before, at);
    this.#memories.keep(left.id, memory);
    this.leave();
    return left;
  }

  /** Marks an instant of the present branch. */
  bookmark(at: number, name: string): void {
    this.#tree.bookmark(at, name);
  }

  /** @param name undefined deletes it */
  changeBookmark(id: number, name: string | undefined): void {
    this.#tree.changeBookmark(id, name);
  }

  get bookmarks(): readonly BookmarkView[] {
    return this.#tree.bookmarks;
  }

  rename(id: number, name: string): void {
    this.#tree.rename(id, name);
  }

  /** @returns whether it was there and is gone; the present branch cannot be deleted */
  delete(id: number): boolean {
    const gone = this.#tree.delete(id);
    if (gone) this.#forget(id);
    return gone;
  }

  #forget(id: number): void {
    this.#pasts.get(id)?.clear();
    this.#pasts.delete(id);
    this.#memories.take(id);
  }

  /** What is stored of the branches. */
  save(run: LiveRun): BranchState {
    this.#tree.update(run.world.spec().commands, this.headOf(run));
    return this.#tree.save();
  }

  /** The branches, for the page. */
  view(run: LiveRun): readonly BranchView[] {
    const { current } = this.#tree;
    return this.#tree.all.map(({ id, name, parent, forkedAt, head }) => ({
      id,
      name,
      parent,
      forkedAt,
      head: id === current.id ? this.headOf(run) : head,
      current: id === current.id,
    }));
  }
}
