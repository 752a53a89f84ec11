/** One line of a scenario file (DESIGN §5): a time, a name for the background, a command, its input, or an expectation. */

import { parseMicros } from '#ctl/duration.ts';
import type { SyntaxProblem } from '#ctl/lexer.ts';
import { parseShell } from '#ctl/shell/parse.ts';
import { playWords } from '#ctl/shell/play-words.ts';

export type ScenarioBody =
  | { readonly type: 'blank' }
  /** `< text`: a line of input of the command before it; the text with its newline. */
  | { readonly type: 'input'; readonly data: string }
  /** The output of the last finished command must contain the text. */
  | { readonly type: 'expect'; readonly text: string }
  | { readonly type: 'expect-exit'; readonly code: number }
  | { readonly type: 'wait'; readonly name: string }
  | { readonly type: 'signal'; readonly name: string; readonly signal: 'INT' | 'TERM' | 'KILL' }
  /** `input NAME "text\n"`: more input for a background command; `input NAME end` ends it. */
  | { readonly type: 'more-input'; readonly name: string; readonly data: string | undefined }
  /** `name` is that of `&NAME`. `open`: more lines must follow, as after `do`. */
  | { readonly type: 'command'; readonly name: string | undefined; readonly line: string; readonly open: boolean };

/** `atMicros` is the virtual time of `@1500ms`. */
export type ScenarioLine = { readonly type: 'line'; readonly atMicros: number | undefined; readonly body: ScenarioBody } | SyntaxProblem;

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Reads a line; columns of problems count in the whole line. */
export function parseScenarioLine(text: string): ScenarioLine {
  const input = /^<(?: (.*))?$/s.exec(text);
  if (input !== null) return { type: 'line', atMicros: undefined, body: { type: 'input', data: `${input[1] ?? ''}\n` } };
  const time = /^(\s*)@(\S*)\s*/.exec(text);
  if (time === null) return withBody(text, 0, undefined);
  const at = parseMicros(time[2] ?? '');
  if (at.type === 'error') return { type: 'error', message: at.message, column: (time[1] ?? '').length + 1 };
  if (text.slice(time[0].length).trim() === '')
    return { type: 'error', message: 'a command must follow the time', column: text.length + 1 };
  return withBody(text.slice(time[0].length), time[0].length, at.micros);
}

function withBody(text: string, offset: number, atMicros: number | undefined): ScenarioLine {
  const body = parseBody(text);
  if (body.type === 'error') return { ...body, column: body.column + offset };
  return { type: 'line', atMicros, body };
}

function parseBody(text: string): ScenarioBody | SyntaxProblem {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return { type: 'blank' };
  const indent = text.length - text.trimStart().length;
  const [keyword = '', ...words] = trimmed.split(/\s+/);
  const problem = (message: string): SyntaxProblem => ({ type: 'error', message, column: indent + 1 });
  switch (keyword) {
    case 'expect': {
      const wanted = trimmed.slice(keyword.length).trim();
      return wanted === '' ? problem('expect needs a text') : { type: 'expect', text: wanted };
    }
    case 'expect-exit':
      return words.length === 1 && /^\d{1,3}$/.test(words[0] ?? '')
        ? { type: 'expect-exit', code: Number(words[0]) }
        : problem('expect-exit needs an exit code');
    case 'wait':
      return words.length === 1 && NAME.test(words[0] ?? '')
        ? { type: 'wait', name: words[0] ?? '' }
        : problem('wait needs the name of a background command');
    case 'signal': {
      const [name = '', signal = ''] = words;
      const known = signal === 'INT' || signal === 'TERM' || signal === 'KILL' ? signal : undefined;
      if (words.length !== 2 || !NAME.test(name) || known === undefined) return problem('signal needs a name and INT, TERM or KILL');
      return { type: 'signal', name, signal: known };
    }
    case 'input':
      return NAME.test(words[0] ?? '')
        ? (readInput(trimmed) ?? problem('input needs a name and a text in double quotes, or end'))
        : parseNamed(text);
  }
  return parseNamed(text);
}

function readInput(line: string): ScenarioBody | undefined {
  const match = /^input\s+(\S+)\s+(?:(end)|(".*"))$/s.exec(line);
  if (match === null) return undefined;
  const name = match[1] ?? '';
  if (match[2] !== undefined) return { type: 'more-input', name, data: undefined };
  try {
    const data: unknown = JSON.parse(match[3] ?? '');
    return typeof data === 'string' ? { type: 'more-input', name, data } : undefined;
  } catch {
    return undefined;
  }
}

function parseNamed(text: string): ScenarioBody | SyntaxProblem {
  const named = /^(\s*)&(\S*)(\s*)/.exec(text);
  const name = named?.[2];
  if (name !== undefined && !NAME.test(name))
    return { type: 'error', message: `bad name &${name}: letters, digits, - and _`, column: (named?.[1] ?? '').length + 1 };
  const skipped = named?.[0].length ?? 0;
  const line = text.slice(skipped).trim();
  if (line === '')
    return name === undefined ? { type: 'blank' } : { type: 'error', message: 'a command must follow the name', column: text.length + 1 };
  const play = playWords(line);
  if (play !== undefined)
    return name === undefined
      ? { type: 'command', name, line, open: false }
      : { type: 'error', message: 'a play command cannot run in the background', column: 1 };
  return checked(line, name, text.length - text.slice(skipped).trimStart().length);
}

/** @param offset of the line in the whole */
function checked(line: string, name: string | undefined, offset: number): ScenarioBody | SyntaxProblem {
  const parsed = parseShell(line);
  if (parsed.type === 'error') return { ...parsed, column: parsed.column + offset };
  if (parsed.type === 'incomplete') return { type: 'command', name, line, open: true };
  const { commands } = parsed.script;
  if (commands.some((statement) => statement.background === true))
    return { type: 'error', message: 'a command in the background needs a name: &NAME LINE', column: offset + 1 };
  if (name !== undefined && (commands.length !== 1 || commands[0]?.command.type !== 'Command'))
    return { type: 'error', message: 'only one program runs in the background', column: offset + 1 };
  return { type: 'command', name, line, open: false };
}
