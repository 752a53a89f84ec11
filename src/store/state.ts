/** The page's state: what the conductor told, and what the visitor chose. Plain data; actions.ts alone changes it. */

import type { BookmarkView, BranchView, Notice } from '#view/conductor.ts';
import type { FeedItem, TapeItem } from '#view/feed.ts';
import type { BreakpointHit, BreakpointView } from '#view/breakpoint.ts';
import type { Frame } from '#view/frame.ts';
import type { Selection } from '#view/selection.ts';
import type { RelatedEntry, RelatedInstant } from '#view/why.ts';
import type { RequestInput } from '#store/command-lines.ts';
import { FIRST_DATA, type DataState } from '#store/data-state.ts';
import type { Language, Preferences, Theme } from '#store/preferences.ts';
import type { TerminalState } from '#store/terminal-history.ts';
import { FIRST_TABS, type TerminalTabs } from '#store/terminal-tabs.ts';

/** Feed items kept by the page; older ones fall off. */
export const FEED_MAX = 600;
/** Requests of the form kept. */
export const REQUESTS_MAX = 8;

/** A request of the form and what came of it. */
export interface RequestState {
  readonly id: number;
  /** Its terminal's name. */
  readonly terminal: string;
  readonly input: RequestInput;
  readonly line: string;
  readonly output: TerminalState;
}

/** Ids of events of the trace, as feed items, messages and flights carry them. */
export interface Related {
  readonly causes: ReadonlySet<number>;
  readonly effects: ReadonlySet<number>;
  /** Entries of the logs that lie on the way, for the matrix. */
  readonly entries: readonly RelatedEntry[];
  /** When it happened, for the tape. */
  readonly instants: readonly RelatedInstant[];
}

/** Nothing is lit up. */
export const UNRELATED: Related = { causes: new Set(), effects: new Set(), entries: [], instants: [] };

export type PageMode = 'page' | 'room' | 'embed';

export interface NoticeState {
  readonly id: number;
  readonly notice: Notice;
}

/** What a menu is about: something of the run, a part of what can be done to it, or the stage as a whole. */
export type MenuTarget =
  | Selection
  | { readonly type: 'disk' | 'clock' | 'crash' | 'links'; readonly member: string }
  | { readonly type: 'stage' }
  | { readonly type: 'presets' };

export interface MenuState {
  readonly target: MenuTarget;
  readonly x: number;
  readonly y: number;
}

/** The line of the last click, and what it said if it failed. */
export interface LastCommand {
  readonly line: string;
  readonly error: string | undefined;
}

export interface PlaygroundState {
  readonly phase: 'opening' | 'ready' | 'failed';
  readonly failure: string | undefined;
  readonly frame: Frame | undefined;
  readonly feed: readonly FeedItem[];
  readonly tape: readonly TapeItem[];
  readonly branches: readonly BranchView[];
  readonly bookmarks: readonly BookmarkView[];
  readonly breakpoints: readonly BreakpointView[];
  /** What stopped time, until it runs again. */
  readonly stopped: BreakpointHit | undefined;
  readonly notices: readonly NoticeState[];
  /** The branch that is compared with the present one, in its dialog. */
  readonly compared: number | undefined;
  /** A file that could not be opened, in the words of whoever read it. */
  readonly unopened: { readonly name: string; readonly where: string; readonly message: string } | undefined;
  /** A newer version of the site was found while this page was open. */
  readonly updateReady: boolean;
  readonly terminals: TerminalTabs;
  readonly requests: readonly RequestState[];
  readonly data: DataState;
  readonly lastCommand: LastCommand | undefined;
  /** A command waits for time while time is paused. */
  readonly needsTime: boolean;
  /** What the visitor points at; the why panel answers for it. */
  readonly selected: Selection | undefined;
  /** What the pointer or the focus rests on; its causes and effects are shown before those of what is selected. */
  readonly pointed: Selection | undefined;
  /** Events that led to what is pointed at, or else selected, and events that it led to. Drawings light them up. */
  readonly related: Related;
  /** Members chosen for the other side of a cut; undefined when nobody chooses. */
  readonly choosing: readonly string[] | undefined;
  /** What lies over the page. */
  readonly dialog: 'help' | 'new' | 'branches' | 'compare' | 'share' | 'scenarios' | 'palette' | 'breakpoints' | undefined;
  /** The menu that is open, and where (px of the window). */
  readonly menu: MenuState | undefined;
  /** The endpoint that the request form has, by member; undefined: the leader, or the first member. */
  readonly endpoint: string | undefined;
  /** `room`: for a projector. `embed`: inside another page, the stage alone. */
  readonly mode: PageMode;
  readonly preferences: Preferences;
  readonly language: Language;
  readonly theme: Theme;
}

/** The state before the conductor has spoken. */
export function firstState(preferences: Preferences, language: Language, theme: Theme): PlaygroundState {
  return {
    phase: 'opening',
    failure: undefined,
    frame: undefined,
    feed: [],
    tape: [],
    branches: [],
    bookmarks: [],
    breakpoints: [],
    stopped: undefined,
    notices: [],
    compared: undefined,
    unopened: undefined,
    updateReady: false,
    terminals: FIRST_TABS,
    requests: [],
    data: FIRST_DATA,
    lastCommand: undefined,
    needsTime: false,
    selected: undefined,
    pointed: undefined,
    related: UNRELATED,
    choosing: undefined,
    dialog: undefined,
    menu: undefined,
    endpoint: undefined,
    mode: 'page',
    preferences,
    language,
    theme,
  };
}
