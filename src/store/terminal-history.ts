/** A terminal's scrollback: bounded, with output joined to whole lines. */

/** `input` was typed, `click` is the line that a click stood for. */
export type TerminalLineKind = 'input' | 'click' | 'output' | 'error';

export interface TerminalLine {
  readonly id: number;
  readonly kind: TerminalLineKind;
  readonly text: string;
}

export interface TerminalState {
  readonly lines: readonly TerminalLine[];
  readonly nextId: number;
  /** A program is in the foreground. */
  readonly busy: boolean;
  /** The last line has no end yet. */
  readonly open: boolean;
  /** Exit code of the last command; undefined before the first. */
  readonly code: number | undefined;
  /** Lines typed, oldest first. */
  readonly typed: readonly string[];
}

/** Lines kept; older ones fall off. */
export const TERMINAL_LINES_MAX = 2000;
const TYPED_MAX = 200;

export const EMPTY_TERMINAL: TerminalState = { lines: [], nextId: 1, busy: false, open: false, code: undefined, typed: [] };

function appended(state: TerminalState, lines: readonly { readonly kind: TerminalLineKind; readonly text: string }[]): TerminalState {
  const made = lines.map((line, at) => ({ ...line, id: state.nextId + at }));
  return { ...state, lines: [...state.lines, ...made].slice(-TERMINAL_LINES_MAX), nextId: state.nextId + made.length };
}

/** A line was entered, or sent by a click. */
export function withEntered(state: TerminalState, text: string, kind: 'input' | 'click'): TerminalState {
  const typed =
    kind === 'input' && text.trim() !== '' && state.typed.at(-1) !== text ? [...state.typed, text].slice(-TYPED_MAX) : state.typed;
  return { ...appended({ ...state, open: false }, [{ kind, text }]), typed };
}

/** Output arrived, perhaps in the middle of a line. */
export function withOutput(state: TerminalState, text: string, stderr: boolean): TerminalState {
  if (text === '') return state;
  const kind: TerminalLineKind = stderr ? 'error' : 'output';
  const open = !text.endsWith('\n');
  const pieces = (open ? text : text.slice(0, -1)).split('\n');
  const last = state.lines.at(-1);
  if (state.open && last !== undefined && last.kind === kind) {
    const [first = '', ...rest] = pieces;
    const joined = { ...state, lines: [...state.lines.slice(0, -1), { ...last, text: last.text + first }] };
    return {
      ...appended(
        joined,
        rest.map((piece) => ({ kind, text: piece })),
      ),
      open,
    };
  }
  return {
    ...appended(
      state,
      pieces.map((piece) => ({ kind, text: piece })),
    ),
    open,
  };
}

/** What a request printed so far, as one text. */
export function outputText(state: TerminalState): string {
  return state.lines
    .filter((line) => line.kind === 'output' || line.kind === 'error')
    .map((line) => line.text)
    .join('\n');
}
