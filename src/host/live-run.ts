/**
 * One run while it is played in the page: the world, its members, its terminals, and what is shown and stored of it. Plays one instant when it is told
 * to; when that is, is the conductor's business. All methods are called in turn (turns.ts), so that nothing comes between the halves of an instant.
 */

import { castOf } from '#host/frame-builder.ts';
import type { Cast } from '#host/cast.ts';
import { FeedBuilder } from '#host/feed-builder.ts';
import { HistoryBuilder } from '#host/history-builder.ts';
import type { MemberDetail } from '#host/member-detail.ts';
import { MemberDetails } from '#host/member-details.ts';
import { MembersAhead } from '#host/members-ahead.ts';
import type { Ahead } from '#host/ahead-host.ts';
import { NodeError } from '#host/node-client.ts';
import type { RunStore } from '#host/run-store.ts';
import { StoredPresent, type Standing } from '#host/stored-present.ts';
import { OperationLog } from '#host/operation-log.ts';
import { RunFlights } from '#host/run-flights.ts';
import { SafetyWatch } from '#host/safety-watch.ts';
import { TraceWindow } from '#host/why/trace-window.ts';
import { TapeBuilder, type TapeState } from '#host/tape-builder.ts';
import { nextProcessNumber, Terminals, type NextRun } from '#host/terminals.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import type { Inspection } from '#etcd/contract.ts';
import type { BreakAction } from '#ctl/world-command.ts';
import { simTime, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { Checkpoint } from '#sim/checkpoint.ts';
import type { BreakAnswer } from '#sim/job-wait.ts';
import type { MemberResult, NodeHost } from '#sim/node-host.ts';
import type { RunSpec, TimedCommand } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';
import type { FeedItem } from '#view/feed.ts';

/** What a reload brings back besides the members. */
export interface Resumed {
  readonly world: Bytes;
  readonly played: number;
  readonly now: number;
  readonly paused: boolean;
  readonly feedSeq: number;
  readonly tape: TapeState;
  /** The newest facts that the page has seen, oldest first. */
  readonly feed: readonly FeedItem[];
  /** What was known of the members that do not run. */
  readonly details: readonly (readonly [actor: number, detail: MemberDetail])[];
  /** What was found so far (scoreboard.ts). */
  readonly safety: Plain;
  /** The trace between what the tape knows and the present, in blocks. */
  readonly trace: readonly Bytes[];
}

/** Facts of the feed that a checkpoint keeps. */
const RECENT_MAX = 200;

/** Members, which may know how to run ahead of their disks. */
export type LiveHost = NodeHost & Partial<Ahead>;

export interface LiveRunSetup {
  readonly spec: RunSpec;
  readonly programs: ProgramRegistry;
  readonly host: LiveHost;
  /** Where the run is kept; undefined for one that is not. */
  readonly store: RunStore | undefined;
  readonly resumed: Resumed | undefined;
  readonly onNewRun: (next: NextRun) => void;
  /** A line is about breakpoints; undefined for a run that nobody types in. */
  readonly onBreak?: (action: BreakAction) => Promise<BreakAnswer>;
  /** It began on disks that were not empty; undefined: it did not. */
  readonly isFromDisks?: () => boolean;
  /** A recorded command did not fit the world. */
  readonly onRefused: (message: string) => void;
  /** Virtual µs up to which this branch of the run was played before: a command accepted earlier begins another branch. */
  readonly head: () => number;
  /** That has happened; `before`: the commands of the branch that was left. */
  readonly onBranched: (before: readonly TimedCommand[]) => void;
  /** A member's own invariant does not hold. */
  readonly onAssertion: (member: string, message: string) => void;
  /** An instant was played, nothing was done in it yet. `before`: the one before it, -1 for none. */
  readonly onPlayed?: (run: LiveRun, before: number) => void;
}

/** Mutable; owned by the conductor. */
export class LiveRun {
  readonly world: World;
  readonly host: LiveHost;
  readonly terminals: Terminals;
  readonly tape: TapeBuilder;
  readonly feed: FeedBuilder;
  readonly history: HistoryBuilder;
  /** The newest part of its trace, for those who ask why. */
  readonly window: TraceWindow;
  /** Who is who. */
  readonly cast: Cast;
  /** What is on its way. */
  readonly flights: RunFlights;
  readonly #details: MemberDetails;
  readonly #members: MembersAhead;
  readonly #stored: StoredPresent;
  readonly #onAssertion: LiveRunSetup['onAssertion'];
  readonly #onBranched: LiveRunSetup['onBranched'];
  readonly #onPlayed: LiveRunSetup['onPlayed'];
  readonly #head: LiveRunSetup['head'];
  /** The commands of before the world left them. */
  #left: readonly TimedCommand[] | undefined;
  readonly #recent: FeedItem[];
  readonly safety: SafetyWatch;
  readonly operations: OperationLog;
  readonly #violations = new Set<string>();
  #actors: readonly number[] = [];
  /** How many commands of the world have been accounted for. */
  #notedCommands: number;
  #played: number;
  /** Virtual µs up to which time has passed on the page; fractions of a µs while it runs slowly. */
  playhead: number;
  /** The visitor has stopped time: told to the store with the present, so that a reload does not start it again. */
  paused: boolean;
  /** Facts of the last instant, for single steps. */
  lastFacts = 0;

  constructor(setup: LiveRunSetup) {
    const { spec, resumed } = setup;
    this.host = setup.host;
    this.#stored = new StoredPresent(setup.store, () => this.world.spec().commands);
    this.#onAssertion = setup.onAssertion;
    this.#onBranched = setup.onBranched;
    this.#onPlayed = setup.onPlayed;
    this.#head = setup.head;
    this.cast = castOf(() => this.world);
    this.window = new TraceWindow(this.cast);
    this.history = new HistoryBuilder(this.cast);
    this.feed = new FeedBuilder(this.cast, resumed?.feedSeq ?? 0, resumed?.feed, this.history);
    this.#recent = [...(resumed?.feed ?? [])];
    this.tape = new TapeBuilder(resumed?.tape);
    this.flights = new RunFlights(this);
    this.#details = new MemberDetails(this);
    this.#members = new MembersAhead(this, this.#stored);
    this.operations = new OperationLog(resumed?.now ?? 0);
    this.safety = new SafetyWatch(() => this.world, spec.options.profile, resumed?.safety, {
      opened: (operation) => this.operations.opened(operation),
      closed: (operation) => this.operations.closed(operation),
      watched: () => undefined,
    });
    const starts = spec.commands.flatMap(({ command }) => (command.type === 'start' ? [command.process] : []));
    this.terminals = new Terminals(
      {
        world: () => this.world,
        playhead: () => this.playhead,
        ask: (q) => this.ask(q.actor, q.inspection),
        onNewRun: setup.onNewRun,
        onBreak: setup.onBreak ?? (() => Promise.resolve({ text: 'not while looking back', failed: true })),
        violations: () => this.violations,
        isFromDisks: setup.isFromDisks ?? (() => false),
      },
      nextProcessNumber(starts),
    );
    const worldSetup = {
      spec,
      programs: setup.programs,
      sink: { block: (bytes: Bytes): void => this.#block(bytes) },
      listener: {
        output: (process: string, stderr: boolean, data: Bytes): void => this.terminals.output(process, stderr, data),
        member: (actor: number, trace: Bytes): void => {
          this.terminals.memberTrace(actor, trace);
          this.safety.listener.member(actor, trace);
        },
        call: this.safety.listener.call,
        refused: (_at: SimTime, message: string): void => setup.onRefused(message),
        branched: (before: readonly TimedCommand[], kept: number): void => {
          this.#left ??= before;
          this.#notedCommands = Math.min(this.#notedCommands, kept);
        },
      },
    };
    this.world = resumed === undefined ? World.begin(worldSetup) : World.restore(worldSetup, resumed.world);
    this.#played = resumed?.played ?? -1;
    this.playhead = resumed?.now ?? 0;
    this.paused = resumed?.paused ?? false;
    this.#notedCommands = spec.commands.length;
    if (resumed !== undefined) this.#resume(resumed);
  }

  #resume(resumed: Resumed): void {
    this.#details.resume(resumed.details);
    for (const block of resumed.trace) this.#block(block);
    if (resumed.now > this.world.now) this.world.advanceTo(simTime(resumed.now));
    for (const client of this.world.core.clients.values()) for (const process of client.processes.keys()) this.terminals.adopt(process);
  }

  /** Whether a reload comes back to it. */
  get isKept(): boolean {
    return this.#stored.isKept;
  }

  /** What is known of each member besides its status. */
  get details(): ReadonlyMap<number, MemberDetail> {
    return this.#details.known;
  }

  /** Asks the members of which something changed what the page shows of them. */
  refreshDetails(): Promise<void> {
    return this.#details.refresh();
  }

  /** Members that did something in the last instant. */
  get actors(): readonly number[] {
    return this.#actors;
  }

  /** Properties that were found violated since the run was opened. */
  get violations(): readonly string[] {
    return [...this.#violations];
  }

  /** The last instant that was played, -1 before the first. */
  get played(): number {
    return this.#played;
  }

  #block(bytes: Bytes): void {
    this.window.add(bytes);
    for (const item of this.feed.add(bytes)) {
      this.tape.add(item);
      this.#recent.push(item);
      this.lastFacts++;
    }
    if (this.#recent.length > 2 * RECENT_MAX) this.#recent.splice(0, this.#recent.length - RECENT_MAX);
  }

  /** Plays the next instant; false if nothing will ever happen again. */
  async playInstant(): Promise<boolean> {
    if (this.host.isFar === true) await this.#members.comeBack();
    const next = this.world.nextInstantAt();
    if (next === undefined) return false;
    this.lastFacts = 0;
    if (this.host.isAhead !== true) this.#stored.begin(next, this.#standing);
    else this.#members.sendOnIfEnough();
    const { work } = this.world.collect();
    await this.#details.beforeKills(work);
    const [first] = work;
    const results =
      first !== undefined && work.length === 1
        ? [await this.host.perform(first)]
        : await Promise.all(work.map((w) => this.host.perform(w)));
    this.world.complete(results);
    this.#report(results);
    const before = this.#played;
    this.#played = next;
    this.#onPlayed?.(this, before);
    this.#members.crashOrphans();
    this.playhead = Math.max(this.playhead, next);
    this.#actors = work.map(({ actor }) => actor);
    this.#watch(this.#actors);
    if (this.terminals.busy) {
      await this.terminals.pump(1);
      this.keepCommands();
    }
    return true;
  }

  /** Lets the world's clock come up to the playhead, so that a command is applied where the page shows the present. */
  catchUp(): void {
    const next = this.world.nextInstantAt();
    const at = Math.min(Math.floor(this.playhead), next ?? Infinity);
    if (at > this.world.now) this.world.advanceTo(simTime(at));
  }

  /** Time has passed without an instant: lines that waited for that go on where the page shows the present. */
  async pump(): Promise<void> {
    this.catchUp();
    await this.terminals.pump(0);
    this.keepCommands();
  }

  /** Writes down where the playhead stands: to be called before the page is told. */
  keepPresent(): void {
    this.catchUp();
    this.#stored.keep(this.#standing);
  }

  /** The members' disks are about to become those of this instant: a reload meanwhile does not hold them against it. */
  announceMove(): void {
    this.#stored.move(this.#standing);
  }

  get #standing(): Standing {
    return { now: Math.max(this.world.now, this.#played), played: this.#played, paused: this.paused };
  }

  /** Plays with members that run ahead of their workers and disks, where the host can. When it settles all of them are where the run stands. */
  ahead<T>(play: () => Promise<T>): Promise<T> {
    return this.#members.ahead(play);
  }

  /** A failed assertion stops its member; the page gets a report that carries the run. */
  #report(results: readonly MemberResult[]): void {
    for (const { actor, outputs } of results) {
      const halt = outputs.at(-1)?.halt;
      if (halt?.type === 'assertion') this.#onAssertion(this.cast.actorName(actor), halt.message);
    }
  }

  #watch(actors: readonly number[]): void {
    this.safety.look(
      this.#played,
      actors.flatMap((actor) => this.world.core.seats[actor - 1] ?? []),
    );
    for (const { property, detail } of this.safety.take()) {
      this.#violations.add(property);
      this.tape.add(this.feed.note(this.#played, { type: 'violated', property, detail }));
    }
  }

  /** Stores the commands that were accepted; gives how many. A branch that they begin is told. */
  keepCommands(): number {
    const accepted = this.world.commandCount - this.#notedCommands;
    if (accepted === 0) return 0;
    const { commands } = this.world.spec();
    const left = this.#left ?? (this.#played < this.#head() ? commands.slice(0, this.#notedCommands) : undefined);
    this.#stored.noteCommands(this.#left !== undefined);
    if (this.host.isAhead !== true) this.#stored.keepCommands();
    this.#notedCommands = commands.length;
    this.#left = undefined;
    if (left !== undefined) this.#onBranched(left);
    return accepted;
  }

  /** The newest facts, oldest first: what a page that comes back to this run should show. */
  get recentFacts(): readonly FeedItem[] {
    return this.#recent.slice(-RECENT_MAX);
  }

  /** Asks a member; undefined if it does not run, or if its worker has just died and the world is yet to hear of it. */
  async ask(actor: number, question: Inspection): Promise<Plain> {
    try {
      return await this.host.inspect(actor, question);
    } catch (error) {
      if (error instanceof NodeError) return undefined;
      throw error;
    }
  }

  /** The whole run at this moment, and what the page remembers of it. */
  async checkpoint(): Promise<{ readonly checkpoint: Checkpoint; readonly view: Plain }> {
    const members = await Promise.all(this.world.core.seats.map((seat) => this.host.checkpoint(seat.actor)));
    const tape = this.tape.save() as unknown as Plain; // plain data; interfaces have no index signature
    const feed = this.#recent.slice(-RECENT_MAX) as unknown as Plain; // as above
    const silent = this.world.core.seats.filter((seat) => seat.life !== 'up' && seat.life !== 'frozen').map((seat) => seat.actor);
    const details = [...this.details].filter(([actor]) => silent.includes(actor)) as unknown as Plain; // as above
    return {
      checkpoint: { world: this.world.save(), members },
      view: { feedSeq: this.feed.seq, tape, feed, details, safety: this.safety.save() },
    };
  }
}
