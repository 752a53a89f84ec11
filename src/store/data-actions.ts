/** Actions of the data views: which is open, the lines that they run, and where they read from. */

import type { AnswerTo, DataQuery, DataSource } from '#view/data.ts';
import type { Conductor } from '#view/conductor.ts';
import type { Actions, Tools } from '#store/actions.ts';
import { withRun, type DataState } from '#store/data-state.ts';
import type { DataView } from '#view/data-view.ts';
import { withEntered } from '#store/terminal-history.ts';
import { withClick, withNewTab, withScreen } from '#store/terminal-tabs.ts';

/** The cluster in this tab: it can be broken, and it hides nothing. */
export function simulatedSource(conductor: Pick<Conductor, 'data'>): DataSource {
  return {
    flags: { faults: true, internals: true },
    ask: async <Q extends DataQuery>(query: Q): Promise<AnswerTo<Q>> => {
      const answer = await conductor.data(query);
      if (answer.type !== query.type) throw new Error(`asked for ${query.type}, got ${answer.type}`);
      return answer as AnswerTo<Q>; // an answer has the type of its query: checked on the line above
    },
  };
}

type DataActions = Pick<Actions, 'showData' | 'askMember' | 'runLine' | 'stopRun' | 'clearRuns' | 'openInTerminal'>;

export function dataActions({ around, store, send, prefer }: Tools): DataActions {
  const change = (next: (data: DataState) => DataState): void => {
    store.setState((state) => ({ data: next(state.data) }));
  };
  return {
    showData: (view) => {
      change((data) => ({ ...data, view }));
      prefer({ rail: true, railTab: 'data' });
    },
    askMember: (member) => {
      change((data) => ({ ...data, member }));
    },
    runLine: (view: DataView, line: string) => {
      const { data, run, interrupted } = withRun(store.getState().data, view, line);
      store.setState((state) => ({
        data,
        lastCommand: { line, error: undefined },
        terminals: withClick(state.terminals, line),
      }));
      if (interrupted !== undefined) send(around.conductor.interrupt(interrupted));
      send(around.conductor.execute(run.terminal, line));
      return run.id;
    },
    stopRun: (id) => {
      const run = store.getState().data.runs.find((one) => one.id === id);
      if (run !== undefined) send(around.conductor.interrupt(run.terminal));
    },
    clearRuns: (view) => {
      change((data) => ({ ...data, runs: data.runs.filter((run) => run.view !== view || run.output.busy) }));
    },
    openInTerminal: (line) => {
      store.setState(({ terminals, frame }) => {
        const more = withNewTab(terminals);
        const prompt = `${frame?.members[0]?.name ?? ''} $`;
        return {
          lastCommand: { line, error: undefined },
          terminals: withScreen(more, more.active, (screen) => ({
            ...withEntered({ ...screen, prompt: screen.prompt || prompt }, line, 'input'),
            busy: true,
          })),
        };
      });
      prefer({ terminal: true });
      send(around.conductor.execute(store.getState().terminals.active, line));
    },
  };
}
