/** Actions of the request form, and questions that the page asks of the run. */

import type { Actions, Tools } from '#store/actions.ts';
import { requestLine } from '#store/command-lines.ts';
import { REQUESTS_MAX } from '#store/state.ts';
import { EMPTY_TERMINAL } from '#store/terminal-history.ts';
import { withClick } from '#store/terminal-tabs.ts';

/** Terminals of the form; more than it shows requests. */
const TERMINALS = 2 * REQUESTS_MAX;

/** The form: each request has a terminal of its own. */
export function requestActions({
  around,
  store,
  send,
}: Tools): Pick<Actions, 'request' | 'stopRequest' | 'clearRequests' | 'setEndpoint' | 'history'> {
  let made = 0;
  return {
    request: (input, member) => {
      const { frame } = store.getState();
      const view = frame?.members.find((each) => each.name === member);
      if (frame === undefined || view === undefined) return;
      const line = requestLine(input, view.clientUrl);
      made += 1;
      // Terminals are used in turn: the conductor has a limited number of them.
      const terminal = `request-${((made - 1) % TERMINALS) + 1}`;
      const entry = { id: made, terminal, input, line, output: { ...EMPTY_TERMINAL, busy: true } };
      store.setState((state) => ({
        requests: [...state.requests, entry].slice(-REQUESTS_MAX),
        lastCommand: { line, error: undefined },
        terminals: withClick(state.terminals, line),
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
  };
}
