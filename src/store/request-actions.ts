/** Actions of the request form and of the terminal. */

import type { Actions, Tools } from '#store/actions.ts';
import { requestLine } from '#store/command-lines.ts';
import { withMilestone } from '#store/milestones.ts';
import { REQUESTS_MAX } from '#store/state.ts';
import { EMPTY_TERMINAL, withEntered } from '#store/terminal-history.ts';
import { MAIN_TERMINAL } from '#store/updates.ts';

/** Pasted lines that may wait for the one before them. */
const QUEUE_MAX = 200;

/** The form: each request has a terminal of its own. */
export function requestActions({
  around,
  store,
  send,
}: Tools): Pick<Actions, 'request' | 'stopRequest' | 'clearRequests' | 'setEndpoint' | 'keys' | 'history'> {
  let made = 0;
  return {
    request: (input, member) => {
      const { frame } = store.getState();
      const view = frame?.members.find((each) => each.name === member);
      if (frame === undefined || view === undefined) return;
      const line = requestLine(input, view.clientUrl);
      made += 1;
      const entry = { id: made, terminal: `request-${made}`, input, line, output: { ...EMPTY_TERMINAL, busy: true } };
      store.setState((state) => ({
        requests: [...state.requests, entry].slice(-REQUESTS_MAX),
        lastCommand: { line, error: undefined },
        terminal: state.terminal.busy ? state.terminal : withEntered(state.terminal, line, 'click'),
      }));
      send(around.conductor.execute(entry.terminal, line));
    },
    stopRequest: (id) => {
      const request = store.getState().requests.find((each) => each.id === id);
      if (request !== undefined) send(around.conductor.interrupt(request.terminal));
    },
    clearRequests: () => {
      store.setState((state) => ({ requests: state.requests.filter((request) => request.output.busy) }));
    },
    setEndpoint: (endpoint) => {
      store.setState({ endpoint });
    },
    history: (query) => around.conductor.history(query),
    keys: (member, prefix, revision) => around.conductor.keys(member, prefix, revision),
  };
}

/** The terminal. */
export function terminalActions({ around, store, send }: Tools): Pick<Actions, 'type' | 'typeAll' | 'interrupt' | 'clearTerminal'> {
  let waiting: readonly string[] = [];
  const type = (line: string): void => {
    const { terminal } = store.getState();
    if (terminal.busy) {
      store.setState({ terminal: withEntered(terminal, line, 'input') });
      send(around.conductor.input(MAIN_TERMINAL, `${line}\n`, false));
      return;
    }
    const entered = withEntered(terminal, line, 'input');
    const empty = line.trim() === '';
    store.setState((state) => ({
      terminal: { ...entered, busy: !empty },
      preferences: { ...state.preferences, seen: withMilestone(state.preferences.seen, 'terminal') },
    }));
    if (!empty) send(around.conductor.execute(MAIN_TERMINAL, line));
  };
  const advance = (): void => {
    const [first, ...rest] = waiting;
    if (store.getState().terminal.busy || first === undefined) return;
    waiting = rest;
    type(first);
  };
  store.subscribe(advance);
  return {
    type,
    typeAll: (lines) => {
      waiting = [...waiting, ...lines].slice(0, QUEUE_MAX);
      advance();
    },
    interrupt: () => {
      waiting = [];
      send(around.conductor.interrupt(MAIN_TERMINAL));
    },
    clearTerminal: () => {
      store.setState((state) => ({ terminal: { ...state.terminal, lines: [], open: false } }));
    },
  };
}
