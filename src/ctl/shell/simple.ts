/** One simple command: its variables, words, redirections, and who runs it: a function, the shell itself, or a program. */

import type { Assignment, Command, Word } from 'unbash';
import { assign, assignedText, DECLARING, declareArrays } from '#ctl/shell/assign.ts';
import { lex } from '#ctl/lexer.ts';
import { resolvePath } from '#ctl/file-request.ts';
import { findCommand } from '#ctl/shell/command-table.ts';
import { expandWords, specialValue } from '#ctl/shell/expand.ts';
import { complain, CommandProblem, type Frame } from '#ctl/shell/frame.ts';
import { openRedirects } from '#ctl/shell/redirect.ts';
import { environment, fork, setVariable } from '#ctl/shell/state.ts';
import { Interrupted, type Task } from '#ctl/shell/task.ts';
import { fromUtf8 } from '#kernel/bytes.ts';

const NOT_FOUND = 127;

/** Words that are expanded already. */
export interface Ready {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

type CallFunction = <W>(name: string, args: readonly string[], frame: Frame<W>) => Task<number, W>;

export function* runSimple<W>(command: Command | Ready, frame: Frame<W>, callFunction: CallFunction): Task<number, W> {
  if (!('type' in command)) return yield* dispatch(command.argv, command.env, frame, callFunction);
  if (command.name?.text === 'play') return yield* runPlay(command, frame);
  const args = DECLARING.has(command.name?.text ?? '') ? yield* declareArrays(command, frame) : command.args;
  if (args === undefined) return 0;
  const argv = command.name === undefined ? [] : yield* expandWords(frame, [command.name, ...args.map(wordOfArgument)]);
  const env: Record<string, string> = {};
  let status = 0;
  for (const part of command.prefix) {
    if (part.type !== 'Assignment') continue;
    if (argv.length === 0) yield* assign(part, frame);
    else env[part.name] = yield* assignedText(part, frame);
    status = frame.state.status;
  }
  const opened = yield* openRedirects(command.redirects, frame);
  try {
    const inner = { ...frame, streams: opened.streams };
    if (argv.length === 0) return command.prefix.length > 0 ? status : 0;
    if (frame.state.options.has('x')) yield* complain(frame, `+ ${argv.join(' ')}\n`);
    return yield* dispatch(argv, env, inner, callFunction);
  } finally {
    yield* opened.close();
  }
}

/** `a=b` after the command's name is a word like others. */
const wordOfArgument = (argument: Word | Assignment): Word =>
  argument.type === 'Word'
    ? argument
    : { type: 'Word', text: argument.text, value: argument.text, pos: argument.pos, end: argument.end, parts: assignmentParts(argument) };

function assignmentParts(argument: Assignment): Word['parts'] {
  if (argument.value.type !== 'Word') return undefined;
  const { value } = argument;
  const head = argument.text.slice(0, argument.text.length - value.text.length);
  const first = { type: 'Literal', pos: argument.pos, end: value.pos, value: head, text: head } as const;
  return [first, ...(value.parts ?? [{ type: 'Literal', pos: value.pos, end: value.end, value: value.value, text: value.text } as const])];
}

/** `play link etcd-1 > etcd-2`: what follows is read by the command language's own lexer, so that `>` is a word where it is one. */
function* runPlay<W>(command: Command, frame: Frame<W>): Task<number, W> {
  const { play } = frame.state.shared.host;
  if (play === undefined) throw new CommandProblem('play: only the terminal can play the world');
  const text = frame.source.slice(command.pos, command.end);
  const lexed = lex(text, (name) => specialValue(frame, name));
  if (lexed.type === 'error') throw new CommandProblem(`${lexed.message} (at ${lexed.column})`, 2);
  const words = lexed.tokens.slice(1).map((t) => (t.type === 'word' ? t : ({ ...t, type: 'word', quoted: false } as const)));
  if (!takesFiles(words[0]?.text)) return yield* play(words, frame.streams);
  const opened = yield* openRedirects(command.redirects, frame);
  const argv = yield* expandWords(frame, command.args.map(wordOfArgument));
  const plain = argv.map((w) => ({ type: 'word', text: w, column: 1, quoted: false }) as const);
  try {
    return yield* play(plain, opened.streams);
  } finally {
    yield* opened.close();
  }
}

/** Commands of `play` in which `>` is a redirection. */
const takesFiles = (name: string | undefined): boolean => ['script', 'load', 'status', 'help', undefined].includes(name);

function* dispatch<W>(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  frame: Frame<W>,
  callFunction: CallFunction,
): Task<number, W> {
  const [word = '', ...args] = argv;
  if (word === '') throw new CommandProblem(': command not found', NOT_FOUND);
  if (frame.state.functions.has(word)) return yield* withVariables(frame, env, () => callFunction(word, args, frame));
  const name = yield* nameOf(word, frame);
  if (name === undefined) return yield* runFile(word, args, frame, env);
  const own = findCommand(name);
  if (own !== undefined) return yield* withVariables(frame, env, () => own(frame, args, name));
  return yield* runProgram(name, args, env, frame);
}

/** A program's name without its folder; undefined for a script in a file. */
function* nameOf<W>(word: string, frame: Frame<W>): Task<string | undefined, W> {
  const bare = word.replace(/\.exe$/, '');
  if (!word.includes('/')) return bare;
  const answer = yield* frame.state.shared.host.file({ type: 'list', path: resolvePath(word, frame.state.cwd) });
  if (answer.type === 'names') return undefined;
  return bare.slice(bare.lastIndexOf('/') + 1);
}

/** `./start.sh`. */
function* runFile<W>(word: string, args: readonly string[], frame: Frame<W>, env: Readonly<Record<string, string>>): Task<number, W> {
  const answer = yield* frame.state.shared.host.file({ type: 'read', path: resolvePath(word, frame.state.cwd) });
  if (answer.type !== 'data')
    throw new CommandProblem(`${word}: ${answer.type === 'error' && answer.code === 'EISDIR' ? 'Is a directory' : 'cannot be run'}`, 126);
  const state = fork(frame.state);
  state.args = args;
  for (const [key, value] of Object.entries(env)) setVariable(state, key, value, true);
  return yield* frame.script(fromUtf8(answer.data), { ...frame, state }, word);
}

function* withVariables<W>(frame: Frame<W>, env: Readonly<Record<string, string>>, run: () => Task<number, W>): Task<number, W> {
  const before = Object.keys(env).map((name) => [name, frame.state.variables.get(name)] as const);
  for (const [name, value] of Object.entries(env)) setVariable(frame.state, name, value, true);
  try {
    return yield* run();
  } finally {
    for (const [name, old] of before) {
      if (old === undefined) frame.state.variables.delete(name);
      else frame.state.variables.set(name, old);
    }
  }
}

function* runProgram<W>(name: string, args: readonly string[], env: Readonly<Record<string, string>>, frame: Frame<W>): Task<number, W> {
  const { state } = frame;
  const { host } = state.shared;
  if (!host.programs.includes(name)) {
    yield* complain(frame, `${name}: command not found (\`help\` lists what there is)\n`);
    return NOT_FOUND;
  }
  const command = { argv: [name, ...args], env: environment(state, env), streams: frame.streams, node: state.node };
  const code = yield* host.run(command, state.group);
  if (state.group.interrupted !== undefined) throw new Interrupted(state.group.interrupted);
  return code;
}
