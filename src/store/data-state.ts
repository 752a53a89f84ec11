/** What the data views keep: which one is open, and the lines that they ran. */

import type { DataView } from '#view/data-view.ts';
import { EMPTY_TERMINAL, type TerminalState } from '#store/terminal-history.ts';

/** A line that a view ran, and what came of it. */
export interface RunState {
  readonly id: number;
  readonly view: DataView;
  /** Its terminal's name in the conductor. */
  readonly terminal: string;
  readonly line: string;
  readonly output: TerminalState;
}

export interface DataState {
  readonly view: DataView;
  /** Whose answers are shown, and to whom lines go; undefined: the selected member, or the leader. */
  readonly member: string | undefined;
  /** Oldest first. */
  readonly runs: readonly RunState[];
}

export const FIRST_DATA: DataState = { view: 'keys', member: undefined, runs: [] };

/** Lines that may run at the same time; each has a terminal of its own, so that one that hangs holds up no other. */
const SLOTS = 10;
/** Lines that are remembered. */
const RUNS_MAX = 40;

/** With one more line; `interrupted` is the terminal whose line has to give way, if all are taken. */
export function withRun(
  data: DataState,
  view: DataView,
  line: string,
): { readonly data: DataState; readonly run: RunState; readonly interrupted: string | undefined } {
  const names = Array.from({ length: SLOTS }, (_, i) => `data-${i + 1}`);
  const busy = data.runs.filter(({ output }) => output.busy);
  const free = names.find((name) => !busy.some(({ terminal }) => terminal === name));
  const interrupted = free === undefined ? busy[0]?.terminal : undefined;
  const terminal = free ?? interrupted ?? 'data-1';
  const run = { id: (data.runs.at(-1)?.id ?? 0) + 1, view, terminal, line, output: { ...EMPTY_TERMINAL, busy: true } };
  return { data: { ...data, runs: [...data.runs, run].slice(-RUNS_MAX) }, run, interrupted };
}

/** The runs with the newest of a terminal changed; the same if it has none. */
export function withRunOutput(data: DataState, terminal: string, change: (output: TerminalState) => TerminalState): DataState {
  const at = data.runs.findLastIndex((run) => run.terminal === terminal);
  const run = data.runs[at];
  return run === undefined ? data : { ...data, runs: data.runs.with(at, { ...run, output: change(run.output) }) };
}

/** The newest line of a view. */
export const lastRun = (data: DataState, view: DataView): RunState | undefined => data.runs.findLast((run) => run.view === view);
