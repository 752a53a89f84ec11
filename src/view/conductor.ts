/**
 * What the page can ask of the conductor (the worker that owns the world), and what the conductor tells the page. Comlink carries the
 * calls; updates are pushed. All of it is plain data.
 */

import type { BrokenRule } from '#kernel/broken-rule.ts';
import type { BranchComparison } from '#view/branch-comparison.ts';
import type { BreakpointAnswer, BreakpointHit, BreakpointView } from '#view/breakpoint.ts';
import type { DataAnswer, DataQuery } from '#view/data.ts';
import type { Explainer } from '#view/explainer.ts';
import type { FeedItem, TapeItem } from '#view/feed.ts';
import type { Frame, LogCell, Pace } from '#view/frame.ts';
import type { History, HistoryQuery } from '#view/history.ts';
import type { ScenarioId } from '#view/scenario.ts';
import type { OpenRunAnswer, SharedRun, ViewOptions } from '#view/shared-run.ts';

/** Options of a new run; undefined keeps the default. Times in µs. */
export interface NewRunOptions {
  readonly nodes?: 1 | 3 | 5 | 7;
  readonly seed?: number;
  readonly profile?: '3.4.23' | '3.5';
  /** Rules to break on purpose, to see the checks find it. */
  readonly broken?: readonly BrokenRule[];
}

/** Output of a terminal's or form's command. */
export type TerminalEvent =
  | { readonly type: 'output'; readonly terminal: string; readonly stderr: boolean; readonly text: string }
  /** The foreground command ended: a prompt may be shown. */
  | { readonly type: 'exit'; readonly terminal: string; readonly code: number }
  /** The line is not whole: what is typed next goes on with it. */
  | { readonly type: 'more'; readonly terminal: string }
  /** What stands before the next typed line from now on. */
  | { readonly type: 'prompt'; readonly terminal: string; readonly text: string }
  /** Time is paused and the command needs time: the page offers to run. */
  | { readonly type: 'needs-time'; readonly terminal: string };

/** Something that concerns storage, shown once. */
export type Notice =
  | { readonly type: 'no-opfs'; readonly detail: string }
  | { readonly type: 'second-tab' }
  | { readonly type: 'restored'; readonly now: number }
  /** What was stored cannot be used; `detail` says what is wrong. Nothing is deleted until the user says so. */
  | { readonly type: 'stored-run-broken'; readonly detail: string }
  /** The members' disks are not what the command log leads to. */
  | { readonly type: 'disks-disagree'; readonly detail: string }
  | { readonly type: 'bad-link'; readonly detail: string }
  /** The link was made by another version of the engine: its commands are played, and may come out differently. */
  | { readonly type: 'other-engine'; readonly made: string; readonly present: string }
  /**
   * A run that was given away was replayed up to where it was then (`at`): its trace is the same, or another. Told of a run of another engine, and
   * whenever it is another.
   */
  | { readonly type: 'trace-compared'; readonly same: boolean; readonly at: number; readonly made: string }
  /** What happened before `since` (virtual µs) fell away, so that memory stays bounded: nothing earlier can be gone to. */
  | { readonly type: 'past-forgotten'; readonly since: number }
  /** Something was done in the past: `left` is kept. `pending`: commands of it that had not played yet. */
  | { readonly type: 'branched'; readonly left: number; readonly pending: number }
  /** The last command was taken back: `line` says what it was, `left` is the branch that still has it. */
  | { readonly type: 'undone'; readonly left: number; readonly line: string }
  /** A failed check stopped one member, or, without `member`, the engine itself. `report` carries the run. */
  | { readonly type: 'engine-failed'; readonly member: string | undefined; readonly detail: string; readonly report: string };

/** Pushed at most once per animation frame. */
export interface Update {
  readonly frame: Frame;
  /** New facts since the last update, oldest first; the page keeps a bounded number. */
  readonly feed: readonly FeedItem[];
  /** The whole tape when it changed, else undefined. */
  readonly tape: readonly TapeItem[] | undefined;
  readonly terminal: readonly TerminalEvent[];
  readonly notices: readonly Notice[];
  /** `feed` does not continue what was told before: another instant is shown now. */
  readonly feedReset: boolean;
  /** The branches of the run when they changed, else undefined. */
  readonly branches: readonly BranchView[] | undefined;
  /** The bookmarks of the run when they or the branches changed, else undefined. */
  readonly bookmarks: readonly BookmarkView[] | undefined;
  /** The breakpoints when they changed, else undefined. */
  readonly breakpoints: readonly BreakpointView[] | undefined;
  /** A breakpoint has just stopped time. */
  readonly stopped: BreakpointHit | undefined;
  /** A run that somebody gave away was opened: how they looked at it. Told once. */
  readonly opened: ViewOptions | undefined;
}

/** A named instant of the run. */
export interface BookmarkView {
  readonly id: number;
  /** The branch that it was set on. */
  readonly branch: number;
  /** Virtual µs. */
  readonly at: number;
  readonly name: string;
  /** The present branch has this instant too: it can be looked at without leaving the branch. */
  readonly here: boolean;
}

/** A stretch of the members' logs; both ends belong to it. */
export interface LogQuery {
  readonly from: number;
  readonly to: number;
}

/** What the members hold of a stretch of their logs, as far as it is neither compacted nor unknown. */
export interface LogWindow extends LogQuery {
  readonly members: readonly { readonly name: string; readonly cells: readonly LogCell[] }[];
}

/** A branch of the run: acting in the past begins one. Times in virtual µs. */
export interface BranchView {
  readonly id: number;
  /** Given by the visitor; empty if none. */
  readonly name: string;
  readonly parent: number | undefined;
  readonly forkedAt: number;
  readonly head: number;
  readonly current: boolean;
}

/** Ways to go on with a word of a line: each of `words` may stand in the place of what is between `from` and the cursor. */
export interface Completion {
  readonly from: number;
  readonly words: readonly string[];
}

/** How far a single step goes. */
export type StepSize = 'event' | 'message' | 'state' | 'term';

export interface BootOptions {
  /** Fragment of the page's address: may hold a run. */
  readonly fragment: string;
  /** Extra storage name for tests that run side by side. */
  readonly scope: string;
}

/** How time passes, and the instant that is shown. */
export interface TimeControls {
  play(): Promise<void>;
  pause(): Promise<void>;
  step(size: StepSize): Promise<void>;
  setPace(pace: Pace): Promise<void>;
  /** The page cannot be seen: time stands still. */
  setVisible(visible: boolean): Promise<void>;
  /** Looks at an instant of the branch (virtual µs), without changing anything; at or after its head, comes back to the present. */
  seek(at: number): Promise<void>;
  /** Looks at what was before the last step of a size. */
  stepBack(size: StepSize): Promise<void>;
}

/** Every click sends the line that it stands for through `execute`. */
export interface TerminalControls {
  /** Runs a typed line in a terminal (`main`, or a form's name). Output comes in updates. */
  execute(terminal: string, line: string): Promise<void>;
  /** Standard input for the terminal's foreground program. */
  input(terminal: string, text: string, end: boolean): Promise<void>;
  /** Ctrl-C. */
  interrupt(terminal: string): Promise<void>;
  /** Ways to go on with the word at the cursor: commands, flags, keys of the store, members, endpoints, files. */
  complete(terminal: string, line: string, cursor: number): Promise<Completion>;
  /** Pasted text without the prompts, line numbers and marks that it brings from where it was printed; what is to be run one after another. */
  cleanPaste(text: string): Promise<readonly string[]>;
}

/** Which run there is, and how it is taken away and brought back. */
export interface RunControls {
  newRun(options: NewRunOptions): Promise<void>;
  /** Answers to a `disks-disagree` or `stored-run-broken` notice. */
  resolveStorage(choice: 'start-from-disks' | 'start-over'): Promise<void>;
  /** Deletes everything this site stored in the browser and starts afresh. */
  deleteStored(): Promise<void>;
  /** The run as a link fragment and as text for a file. @param view how the page looks at it */
  share(view?: ViewOptions): Promise<SharedRun>;
  /** Opens a run from the text of a file, or from a link (or its fragment). What is wrong with it is told, and the present run goes on. */
  openRun(text: string): Promise<OpenRunAnswer>;
  /** Fragment of a link that opens a named scenario. */
  scenarioLink(id: ScenarioId): Promise<string>;
  /** The trace up to the shown instant as JSON, with the run that made it. Rejects for a run that cannot be replayed from its beginning. */
  traceJson(): Promise<string>;
}

/** The branches of the run, and its bookmarks. */
export interface BranchControls {
  /** Goes over to another branch, at its head; time is paused then. */
  switchBranch(id: number): Promise<void>;
  renameBranch(id: number, name: string): Promise<void>;
  /** Deletes a branch that is not the present one. */
  deleteBranch(id: number): Promise<void>;
  /** What two branches have not in common; undefined if one of them is not there. */
  compareBranches(a: number, b: number): Promise<BranchComparison | undefined>;
  /** Goes back to just before the last command of what is shown and leaves it out: another branch; the one that has it is kept. Time is paused then. */
  undo(): Promise<void>;
  /** Marks an instant (virtual µs) of the present branch; kept with the run. */
  bookmark(at: number, name: string): Promise<void>;
  renameBookmark(id: number, name: string): Promise<void>;
  deleteBookmark(id: number): Promise<void>;
}

export interface BreakpointControls {
  breakpoints(): Promise<readonly BreakpointView[]>;
  /** @param condition of the predicate language */
  addBreakpoint(condition: string): Promise<BreakpointAnswer>;
  removeBreakpoint(id: number): Promise<void>;
  enableBreakpoint(id: number, enabled: boolean): Promise<void>;
}

/** What the page looks up in the run, at the instant that is shown; nothing is changed by it. */
export interface Lookups {
  /** Cells of the members' logs, for what lies before the newest cells that frames carry; at most 400 indexes of it. */
  log(query: LogQuery): Promise<LogWindow>;
  /** What happened between members and clients in a stretch of time, as far as it is remembered. */
  history(query: HistoryQuery): Promise<History>;
  /** A question of the data views. Rejects before there is a run. */
  data(query: DataQuery): Promise<DataAnswer>;
}

/**
 * The conductor's face. A call is declared here, in its group, and answered in the file of the same name in `host/conductor`; what carries it between page
 * and worker (`worker/open-conductor.ts`) knows no names. Arguments and answers are plain data, and a function stands directly among the arguments.
 */
export interface Conductor extends TimeControls, TerminalControls, RunControls, BranchControls, BreakpointControls, Lookups, Explainer {
  /** Opens or restores the stored run, or starts a new one; calls `onUpdate` from then on. */
  boot(options: BootOptions, onUpdate: (update: Update) => void | Promise<void>): Promise<void>;
}
