/**
 * Commands that a run records and nobody types: a program with everything that belongs to it, its input, a signal, a change of the files, a member's
 * process. Their lines say all of it, so that a script plays the run again exactly (`play script`).
 */

import { goQuote } from '#ctl/duration.ts';
import { quoteWords, type SyntaxProblem, type Word } from '#ctl/lexer.ts';
import { flagBoolean, flagNumber, flagText, type FlagKind, type PlayWords } from '#ctl/play-flags.ts';
import { readRecordedLaunch, recordedLaunchWords } from '#ctl/recorded-launch.ts';
import type { PlayCommand, WorldCommand } from '#ctl/world-command.ts';

type Recorded = Extract<WorldCommand, { readonly type: 'start' | 'stdin' | 'signal' | 'file' | 'launch' }>;
type Result = { readonly type: 'ok'; readonly command: PlayCommand } | SyntaxProblem;

/** The client that `play exec` means without `--client`. */
const CLIENT = 'client';

/** The line that is read back as the same command. */
export function recordedLine(command: Recorded): string {
  switch (command.type) {
    case 'start':
      return execLine(command);
    case 'stdin': {
      const text = command.data === '' && command.end ? [] : ['--', command.data];
      return `play input ${quoteWords([command.process, ...(command.end ? ['--end'] : []), ...text])}`;
    }
    case 'signal':
      return `play signal ${quoteWords([command.process, command.signal])}`;
    case 'file': {
      const { action, path, text, base64 } = command;
      const flags = base64 ? ['--base64'] : [];
      return `play file ${quoteWords([action, ...flags, '--', path, ...(text === '' ? [] : [text])])}`;
    }
    case 'launch':
      return `play launch -- ${quoteWords(recordedLaunchWords(command.flags))}`;
  }
}

function execLine({ process, client, argv, env, stdin, columns }: Extract<WorldCommand, { readonly type: 'start' }>): string {
  const flags = [
    ...(client === CLIENT ? [] : [`--client=${client}`]),
    ...(columns === 0 ? [] : [`--columns=${columns}`]),
    ...(stdin === undefined ? [] : [`--stdin=${stdin}`]),
  ];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return `play exec ${quoteWords([process, ...flags, '--', ...variables, ...argv])}`;
}

const world = (command: WorldCommand): Result => ({ type: 'ok', command: { type: 'world', command } });
const problem = (message: string, column: number): SyntaxProblem => ({ type: 'error', message, column });
const PROCESS_MAX = 64;

function readExec({ words, flags }: PlayWords, head: Word): Result {
  const [process, ...rest] = words;
  const first = rest.findIndex((word) => !word.text.includes('='));
  if (process === undefined || first === -1 || process.text === '' || process.text.length > PROCESS_MAX)
    return problem('play exec needs a name for the process and a program: play exec p1 -- etcdctl get a', process?.column ?? head.column);
  const variables = rest.slice(0, first).map(({ text }) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const);
  const client = flagText(flags, 'client') ?? CLIENT;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(client)) return problem(`${goQuote(client)} is no name of a client`, head.column);
  return world({
    type: 'start',
    process: process.text,
    client,
    argv: rest.slice(first).map((word) => word.text),
    env: Object.fromEntries(variables),
    stdin: flagText(flags, 'stdin'),
    columns: flagNumber(flags, 'columns') ?? 0,
  });
}

function readInput({ words, flags }: PlayWords, head: Word): Result {
  const [process, text, extra] = words;
  const end = flagBoolean(flags, 'end') ?? false;
  if (process === undefined || (text === undefined && !end)) return problem('play input needs a process, and a text or --end', head.column);
  if (extra !== undefined) return problem(`play input takes one text, not ${goQuote(extra.text)} too`, extra.column);
  return world({ type: 'stdin', process: process.text, data: text?.text ?? '', end });
}

function readSignal({ words }: PlayWords, head: Word): Result {
  const [process, signal, extra] = words;
  const known = (['INT', 'TERM', 'KILL'] as const).find((name) => name === signal?.text);
  if (process === undefined || known === undefined || extra !== undefined)
    return problem('play signal needs a process and INT, TERM or KILL', extra?.column ?? signal?.column ?? head.column);
  return world({ type: 'signal', process: process.text, signal: known });
}

function readFile({ words, flags }: PlayWords, head: Word): Result {
  const [action, path, text, extra] = words;
  const known = (['write', 'append', 'remove', 'mkdir', 'rename'] as const).find((name) => name === action?.text);
  if (known === undefined || path?.text.startsWith('/') !== true)
    return problem(
      'play file needs write, append, remove, mkdir or rename, a path that begins with /, and a text',
      action?.column ?? head.column,
    );
  if (extra !== undefined) return problem(`play file takes one text, not ${goQuote(extra.text)} too`, extra.column);
  return world({ type: 'file', action: known, path: path.text, text: text?.text ?? '', base64: flagBoolean(flags, 'base64') ?? false });
}

function readLaunch({ words }: PlayWords, head: Word): Result {
  const read = readRecordedLaunch(words, head.column);
  return read.type === 'error' ? read : world({ type: 'launch', flags: read.flags });
}

/** Commands by name, with the flags that they know. */
export const RECORDED_COMMANDS: Readonly<
  Record<string, { readonly flags: Readonly<Record<string, FlagKind>>; readonly read: (split: PlayWords, head: Word) => Result }>
> = {
  exec: { flags: { client: 'text', columns: 'count', stdin: 'text' }, read: readExec },
  input: { flags: { end: 'switch' }, read: readInput },
  signal: { flags: {}, read: readSignal },
  file: { flags: { base64: 'switch' }, read: readFile },
  launch: { flags: {}, read: readLaunch },
};
