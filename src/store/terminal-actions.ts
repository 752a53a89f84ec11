/** Actions of the terminals. */

import type { Actions, Tools } from '#store/actions.ts';
import { withMilestone } from '#store/milestones.ts';
import { EMPTY_TERMINAL, transcriptText, withEntered, type TerminalState } from '#store/terminal-history.ts';
import { screenOf, withNewTab, withScreen, withoutTab, type TerminalTabs } from '#store/terminal-tabs.ts';

type TerminalActions = Pick<
  Actions,
  | 'type'
  | 'typeAll'
  | 'endInput'
  | 'interrupt'
  | 'clearTerminal'
  | 'openTerminal'
  | 'closeTerminal'
  | 'showTerminal'
  | 'splitTerminals'
  | 'transcript'
  | 'loadScript'
  | 'complete'
  | 'cleanPaste'
>;

/** Pasted lines that may wait for the one before them. */
const QUEUE_MAX = 500;

/** Typing, interrupting, tabs. */
export function terminalActions({ around, store, send }: Tools): TerminalActions {
  const waiting = new Map<string, readonly string[]>();
  const change = (name: string, screen: (old: TerminalState) => TerminalState): void => {
    store.setState((state) => ({ terminals: withScreen(state.terminals, name, screen) }));
  };
  const tabs = (next: (old: TerminalTabs) => TerminalTabs): void => {
    store.setState((state) => ({ terminals: next(state.terminals) }));
  };
  const type = (name: string, line: string): void => {
    if (screenOf(store.getState().terminals, name).busy) {
      change(name, (screen) => withEntered(screen, line, 'input'));
      send(around.conductor.input(name, `${line}\n`, false));
      return;
    }
    const empty = line.trim() === '';
    change(name, (screen) => ({ ...withEntered(screen, line, 'input'), busy: !empty }));
    store.setState((state) => ({ preferences: { ...state.preferences, seen: withMilestone(state.preferences.seen, 'terminal') } }));
    if (!empty) send(around.conductor.execute(name, line));
  };
  const advance = (): void => {
    for (const [name, [first, ...rest]] of waiting) {
      if (first === undefined) waiting.delete(name);
      else if (!screenOf(store.getState().terminals, name).busy) {
        waiting.set(name, rest);
        type(name, first);
      }
    }
  };
  store.subscribe(advance);
  return {
    type,
    typeAll: (name, lines) => {
      waiting.set(name, [...(waiting.get(name) ?? []), ...lines].slice(0, QUEUE_MAX));
      advance();
    },
    endInput: (name) => {
      send(around.conductor.input(name, '', true));
    },
    interrupt: (name) => {
      waiting.delete(name);
      send(around.conductor.interrupt(name));
    },
    clearTerminal: (name) => {
      change(name, (screen) => ({ ...screen, blocks: EMPTY_TERMINAL.blocks, open: false }));
    },
    openTerminal: () => {
      tabs(withNewTab);
    },
    closeTerminal: (name) => {
      if (screenOf(store.getState().terminals, name).busy) send(around.conductor.interrupt(name));
      waiting.delete(name);
      tabs((old) => withoutTab(old, name));
    },
    showTerminal: (active) => {
      tabs((old) => ({ ...old, active }));
    },
    splitTerminals: (split) => {
      tabs((old) => ({ ...old, split }));
    },
    complete: (name, line, cursor) => around.conductor.complete(name, line, cursor),
    cleanPaste: (text) => around.conductor.cleanPaste(text),
    loadScript: (name, file, text) => {
      const path = `/tmp/${file.replace(/[^A-Za-z0-9._-]/g, '_').slice(-60) || 'script'}`;
      const end = 'END_OF_SCRIPT';
      const lines = text.split(/\r?\n/).filter((line) => line !== end);
      send(around.conductor.execute(name, `cat > ${path} <<'${end}'\n${lines.join('\n')}\n${end}`));
      type(name, `play load ${path}`);
    },
    transcript: (name) => transcriptText(screenOf(store.getState().terminals, name)),
  };
}
