/** The terminals of the page: tabs, each with its scrollback. A terminal's name is that of its shell in the conductor. */

import { EMPTY_TERMINAL, withEntered, type TerminalState } from '#store/terminal-history.ts';

/** The terminal that is always there: clicks are echoed in it. */
export const MAIN_TERMINAL = 'main';
/** Terminals at a time. */
export const TABS_MAX = 8;

export interface TerminalTab {
  readonly name: string;
  readonly screen: TerminalState;
}

export interface TerminalTabs {
  readonly tabs: readonly TerminalTab[];
  /** The tab that is seen, and that has the keyboard. */
  readonly active: string;
  /** All tabs are seen, side by side. */
  readonly split: boolean;
}

export const FIRST_TABS: TerminalTabs = { tabs: [{ name: MAIN_TERMINAL, screen: EMPTY_TERMINAL }], active: MAIN_TERMINAL, split: false };

/** The screen of a terminal; an empty one if there is none of that name. */
export const screenOf = ({ tabs }: TerminalTabs, name: string): TerminalState =>
  tabs.find((tab) => tab.name === name)?.screen ?? EMPTY_TERMINAL;

/** The tabs with one screen changed; the same tabs if there is none of that name. */
export function withScreen(state: TerminalTabs, name: string, change: (screen: TerminalState) => TerminalState): TerminalTabs {
  if (!state.tabs.some((tab) => tab.name === name)) return state;
  return { ...state, tabs: state.tabs.map((tab) => (tab.name === name ? { ...tab, screen: change(tab.screen) } : tab)) };
}

/** One more tab, which is seen then; the same tabs if there are as many as there may be. */
export function withNewTab(state: TerminalTabs): TerminalTabs {
  if (state.tabs.length >= TABS_MAX) return state;
  const numbers = state.tabs.map((tab) => Number(/^terminal-(\d+)$/.exec(tab.name)?.[1] ?? 1));
  const name = `terminal-${Math.max(...numbers) + 1}`;
  return { ...state, tabs: [...state.tabs, { name, screen: EMPTY_TERMINAL }], active: name };
}

/** Without a tab; the first cannot be closed. */
export function withoutTab(state: TerminalTabs, name: string): TerminalTabs {
  if (name === MAIN_TERMINAL) return state;
  const at = state.tabs.findIndex((tab) => tab.name === name);
  const tabs = state.tabs.filter((tab) => tab.name !== name);
  const active = state.active === name ? (tabs[Math.max(0, at - 1)]?.name ?? MAIN_TERMINAL) : state.active;
  return { tabs, active, split: state.split && tabs.length > 1 };
}

/** The line of a click, echoed in the first terminal unless a program has it. */
export const withClick = (state: TerminalTabs, line: string): TerminalTabs =>
  withScreen(state, MAIN_TERMINAL, (screen) => (screen.busy ? screen : withEntered(screen, line, 'click')));
