/** What the page can do, and what the actions are made with. */

import type { StoreApi } from 'zustand/vanilla';
import type { Conductor, LogQuery, LogWindow, Update } from '#view/conductor.ts';
import type { Explainer } from '#view/explainer.ts';
import type { Pace } from '#view/frame.ts';
import type { ScenarioId } from '#view/scenario.ts';
import type { Selection } from '#view/selection.ts';
import type { NewClusterInput, RequestInput } from '#store/command-lines.ts';
import type { DataView } from '#view/data-view.ts';
import type { Milestone } from '#store/milestones.ts';
import type { Language, Preferences, PreferenceStorage, Theme } from '#store/preferences.ts';
import type { MenuTarget, PageMode, PlaygroundState } from '#store/state.ts';
import type { VirtualClock } from '#store/virtual-clock.ts';

/** What the page needs of the browser, so that tests can do without one. */
export interface Surroundings {
  readonly conductor: Conductor;
  readonly storage: PreferenceStorage | undefined;
  readonly languages: readonly string[];
  readonly prefersDark: boolean;
  /** Wall time, ms. */
  readonly wall: () => number;
  /** Copies text; false if the browser refuses. */
  readonly copy: (text: string) => Promise<boolean>;
  /** The address of this page with another fragment. */
  readonly addressWith: (fragment: string) => string;
}

/** A run that can be taken away. */
export interface SharedRun {
  /** Undefined for a run that is too long for a link. */
  readonly address: string | undefined;
  /** Characters that the fragment of the link has, or would have. */
  readonly length: number;
  readonly file: string;
}

export type MemberVerb = 'kill' | 'restart' | 'freeze' | 'thaw' | 'isolate' | 'timeout' | 'wipe';

/** What the page asks as it stands. */
type Asked = Pick<Conductor, 'addBreakpoint' | 'cleanPaste' | 'compareBranches' | 'complete' | 'history' | 'traceJson'>;

export interface Actions extends Asked {
  readonly open: (fragment: string, scope: string) => void;
  readonly receive: (update: Update) => void;
  /** The engine is gone, for this reason. */
  readonly fail: (reason: string) => void;
  readonly playOrPause: () => void;
  readonly play: () => void;
  readonly step: () => void;
  /** One step of the chosen size, into the past. */
  readonly stepBack: () => void;
  /** Looks at an instant of the run (µs). While one is being fetched only the newest wish is kept. */
  readonly seek: (at: number) => void;
  readonly goToBranch: (id: number) => void;
  readonly renameBranch: (id: number, name: string) => void;
  readonly deleteBranch: (id: number) => void;
  readonly setPace: (pace: Pace) => void;
  readonly setVisible: (visible: boolean) => void;
  readonly toMember: (verb: MemberVerb, member: string) => void;
  readonly select: (selection: Selection | undefined) => void;
  /** The pointer or the focus rests on it, or on nothing. */
  readonly point: (selection: Selection | undefined) => void;
  /** Selects it and opens the why panel. */
  readonly explain: (selection: Selection) => void;
  /** A click on a member: chooses its side while sides are chosen, else selects it. */
  readonly pick: (member: string) => void;
  /** A click's line, or several one after another: shown, echoed and sent. */
  readonly say: (...lines: readonly string[]) => void;
  /** Back to just before the last command; the branch that has it is kept. */
  readonly undo: () => void;
  /** Marks the instant that is shown. */
  readonly bookmark: (name: string) => void;
  readonly renameBookmark: (id: number, name: string) => void;
  readonly deleteBookmark: (id: number) => void;
  readonly removeBreakpoint: (id: number) => void;
  readonly enableBreakpoint: (id: number, enabled: boolean) => void;
  /** Opens a menu at a place of the window, px. */
  readonly openMenu: (target: MenuTarget, x: number, y: number) => void;
  readonly closeMenu: () => void;
  readonly logWindow: (query: LogQuery) => Promise<LogWindow>;
  readonly chooseSides: () => void;
  readonly cut: () => void;
  readonly heal: () => void;
  readonly letGo: () => void;
  readonly newRun: (input: NewClusterInput) => void;
  readonly request: (input: RequestInput, member: string) => void;
  readonly stopRequest: (id: number) => void;
  readonly clearRequests: () => void;
  readonly setEndpoint: (member: string) => void;
  /** A line typed in a terminal: a command, or input of the program that runs there. */
  readonly type: (terminal: string, line: string) => void;
  /** Lines that run one after another, such as what was pasted. */
  readonly typeAll: (terminal: string, lines: readonly string[]) => void;
  /** Ctrl-D: the program that runs gets no more input. */
  readonly endInput: (terminal: string) => void;
  readonly interrupt: (terminal: string) => void;
  readonly clearTerminal: (terminal: string) => void;
  readonly openTerminal: () => void;
  /** Interrupts what runs there. The first terminal stays. */
  readonly closeTerminal: (terminal: string) => void;
  readonly showTerminal: (terminal: string) => void;
  /** All terminals side by side, or one at a time. */
  readonly splitTerminals: (split: boolean) => void;
  /** Writes a scenario file of the visitor's into the machine's files and plays it in the place of the present run. @param file its name */
  readonly loadScript: (terminal: string, file: string, text: string) => void;
  /** The scrollback as text. */
  readonly transcript: (terminal: string) => string;
  /** Asks why, and what a run was like in detail; changes nothing. */
  readonly explainer: Explainer;
  /** Opens the data tab with one of its views. */
  readonly showData: (view: DataView) => void;
  /** Whose answers the data views show. */
  readonly askMember: (member: string) => void;
  /** Runs the line that a click in a data view stands for; the number of the run. */
  readonly runLine: (view: DataView, line: string) => number;
  readonly stopRun: (id: number) => void;
  /** Forgets the finished lines of a view. */
  readonly clearRuns: (view: DataView) => void;
  /** Runs a line that goes on, such as a watch, in a terminal of its own that is seen then. */
  readonly openInTerminal: (line: string) => void;
  readonly prefer: (preferences: Partial<Preferences>) => void;
  readonly setLanguage: (language: Language) => void;
  readonly setMode: (mode: PageMode) => void;
  readonly setTheme: (theme: Theme) => void;
  readonly show: (dialog: PlaygroundState['dialog']) => void;
  /** The run up to now, as the address of a page that opens it and as text for a file. Rejects for a run that its commands alone do not lead to. */
  readonly sharedRun: (playing: boolean) => Promise<SharedRun>;
  /** Opens a run from the text of a file; what is wrong with it is shown, and the present run goes on. */
  readonly openRun: (name: string, text: string) => void;
  /** The address that opens a named scenario. */
  readonly scenarioLink: (id: ScenarioId) => Promise<string>;
  /** Opens a scenario in the place of the present run. @param name what it is called, should that fail */
  readonly openScenario: (id: ScenarioId, name: string) => void;
  readonly dismissUnopened: () => void;
  /** Opens the comparison of a branch with the present one. */
  readonly showComparison: (branch: number) => void;
  /** A newer version of the site was found; false: the visitor has read it. */
  readonly setUpdateReady: (ready: boolean) => void;
  readonly dismissNotice: (id: number) => void;
  readonly resolveStorage: (id: number, choice: 'start-from-disks' | 'start-over') => void;
  readonly copy: (text: string) => Promise<boolean>;
  readonly deleteStored: () => void;
  readonly reach: (milestone: Milestone) => void;
}

/** What every group of actions is made with. */
export interface Tools {
  readonly around: Surroundings;
  readonly store: StoreApi<PlaygroundState>;
  readonly clock: VirtualClock;
  /** Waits for a call in the background; its failure is shown, never lost. */
  readonly send: (call: Promise<unknown>) => void;
  /** A click's line: shown as the last command, in the terminal, and sent. */
  readonly click: (line: string) => void;
  readonly prefer: (preferences: Partial<Preferences>) => void;
}
