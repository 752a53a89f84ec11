/**
 * A terminal's scrollback: bounded, with output joined to whole lines. Lines are kept in blocks, so that a new line leaves all but the last block as they
 * are: a page that draws blocks draws one of them anew, however long the scrollback is.
 */

/** `input` was typed, `click` is the line that a click stood for. */
export type TerminalLineKind = 'input' | 'click' | 'output' | 'error';

export interface TerminalLine {
  readonly id: number;
  readonly kind: TerminalLineKind;
  readonly text: string;
  /** What stood before a typed line. */
  readonly prompt: string;
}

/** Consecutive lines. */
export interface TerminalBlock {
  readonly id: number;
  readonly lines: readonly TerminalLine[];
}

export interface TerminalState {
  readonly blocks: readonly TerminalBlock[];
  readonly nextId: number;
  /** A program is in the foreground. */
  readonly busy: boolean;
  /** The last line has no end yet. */
  readonly open: boolean;
  /** Exit code of the last command; undefined before the first. */
  readonly code: number | undefined;
  /** Lines typed, oldest first. */
  readonly typed: readonly string[];
  /** What stands before the next typed line: where it talks to. Empty until that is known. */
  readonly prompt: string;
  /** The last typed line is not whole: what is typed next goes on with it. */
  readonly goesOn: boolean;
}

/** Lines kept; older ones fall off, a block at a time. */
export const TERMINAL_LINES_MAX = 10_000;
export const BLOCK_LINES = 100;
const BLOCKS_MAX = TERMINAL_LINES_MAX / BLOCK_LINES;
const TYPED_MAX = 500;

export const EMPTY_TERMINAL: TerminalState = {
  blocks: [],
  nextId: 1,
  busy: false,
  open: false,
  code: undefined,
  typed: [],
  prompt: '',
  goesOn: false,
};

type NewLine = Pick<TerminalLine, 'kind' | 'text'>;

function appended(state: TerminalState, lines: readonly NewLine[]): TerminalState {
  const blocks = [...state.blocks];
  let id = state.nextId;
  for (let from = 0; from < lines.length;) {
    const last = blocks.at(-1);
    const room = last === undefined ? 0 : BLOCK_LINES - last.lines.length;
    const open = last !== undefined && room > 0 ? (blocks.pop() ?? last) : { id, lines: [] };
    const made = lines
      .slice(from, from + (room > 0 ? room : BLOCK_LINES))
      .map((line) => ({ ...line, id: id++, prompt: state.goesOn ? '>' : state.prompt }));
    blocks.push({ id: open.id, lines: [...open.lines, ...made] });
    from += made.length;
  }
  return { ...state, blocks: blocks.slice(-BLOCKS_MAX), nextId: id };
}

/** The state with a line's text longer by `text`. */
function extended(state: TerminalState, text: string): TerminalState {
  const block = state.blocks.at(-1);
  const line = block?.lines.at(-1);
  if (block === undefined || line === undefined) return state;
  const lines = [...block.lines.slice(0, -1), { ...line, text: line.text + text }];
  return { ...state, blocks: [...state.blocks.slice(0, -1), { ...block, lines }] };
}

/** A line was entered, or sent by a click. A text of several lines is shown as several. */
export function withEntered(state: TerminalState, text: string, kind: 'input' | 'click'): TerminalState {
  const typed =
    kind === 'input' && text.trim() !== '' && state.typed.at(-1) !== text ? [...state.typed, text].slice(-TYPED_MAX) : state.typed;
  const lines = text.split('\n').map((piece) => ({ kind, text: piece }));
  return { ...appended({ ...state, open: false }, lines), typed };
}

/** Output arrived, perhaps in the middle of a line. */
export function withOutput(state: TerminalState, text: string, stderr: boolean): TerminalState {
  if (text === '') return state;
  const kind: TerminalLineKind = stderr ? 'error' : 'output';
  const open = !text.endsWith('\n');
  const pieces = (open ? text : text.slice(0, -1)).split('\n').map((piece) => ({ kind, text: piece }));
  const goesOn = state.open && lastLine(state)?.kind === kind;
  const [first, ...rest] = pieces;
  const next = goesOn ? appended(extended(state, first?.text ?? ''), rest) : appended(state, pieces);
  return { ...next, open };
}

const lastLine = (state: TerminalState): TerminalLine | undefined => state.blocks.at(-1)?.lines.at(-1);

/** All lines, oldest first. */
export const linesOf = (state: TerminalState): readonly TerminalLine[] => state.blocks.flatMap((block) => block.lines);

/** What a request printed so far, as one text. */
export function outputText(state: TerminalState): string {
  return linesOf(state)
    .filter((line) => line.kind === 'output' || line.kind === 'error')
    .map((line) => line.text)
    .join('\n');
}

/** The whole scrollback as text: what is saved as a transcript. */
export function transcriptText(state: TerminalState): string {
  return linesOf(state)
    .map((line) => (line.kind === 'input' || line.kind === 'click' ? `${line.prompt} ${line.text}` : line.text))
    .join('\n');
}

/** The newest typed line that holds `text`, before the `skip` newer ones that do. */
export function searchTyped(typed: readonly string[], text: string, skip: number): string | undefined {
  return text === '' ? undefined : typed.filter((line) => line.includes(text)).at(-1 - skip);
}
