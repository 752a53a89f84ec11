/** Commands that change the shell itself: directories, variables, control. */

import { resolvePath } from '#ctl/file-request.ts';
import { ShellArray } from '#ctl/shell/arrays.ts';
import { SHELL_HELP } from '#ctl/shell/shell-help.ts';
import type { ShellCommand } from '#ctl/shell/command.ts';
import { CommandProblem, print } from '#ctl/shell/frame.ts';
import { numberIn, unsetItem } from '#ctl/shell/numbers.ts';
import { BreakLoop, ExitShell, ReturnFunction } from '#ctl/shell/leave.ts';
import { putArray, setVariable, variable } from '#ctl/shell/state.ts';
import { readLine } from '#ctl/shell/streams.ts';
import { testWords } from '#ctl/shell/test-expression.ts';
import { sentence } from '#ctl/shell/file-words.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { quoteWord } from '#ctl/lexer.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const cd: ShellCommand = function* (frame, args) {
  const { state } = frame;
  const [word = variable(state, 'HOME') ?? '/'] = args;
  const target = word === '-' ? (variable(state, 'OLDPWD') ?? state.cwd) : word;
  const path = resolvePath(target, state.cwd);
  const answer = yield* state.shared.host.file({ type: 'list', path });
  if (answer.type === 'error') throw new CommandProblem(`cd: ${word}: ${sentence(answer.message)}`);
  if (answer.type === 'names' && !answer.folder) throw new CommandProblem(`cd: ${word}: Not a directory`);
  setVariable(state, 'OLDPWD', state.cwd);
  state.cwd = path;
  if (word === '-') yield* print(frame, `${path}\n`);
  return 0;
};

const pwd: ShellCommand = function* (frame) {
  yield* print(frame, `${frame.state.cwd}\n`);
  return 0;
};

/** `export`, `readonly`, `declare`, `local`: names and values; what bash could do with them beyond that is left out. */
const exportNames: ShellCommand = function* (frame, args, name) {
  const { state } = frame;
  const words = args.filter((a) => !a.startsWith('-'));
  if (words.length === 0 && name !== 'local') {
    const lines = [...state.variables].filter(([, v]) => v.exported).map(([key, v]) => `export ${key}=${quoteWord(v.value)}\n`);
    yield* print(frame, lines.sort().join(''));
    return 0;
  }
  for (const word of words) {
    const [key = '', value] = word.split(/=(.*)/s);
    if (!NAME.test(key)) throw new CommandProblem(`${name}: ${word}: not a valid identifier`);
    setVariable(state, key, value ?? variable(state, key) ?? '', name === 'export' ? !args.includes('-n') : undefined);
  }
  return 0;
};

const unset: ShellCommand = function* (frame, args) {
  const { state } = frame;
  for (const name of args) {
    if (name === '-f' || name === '-v') continue;
    const [, array, index] = /^([A-Za-z_]\w*)\[(.+)\]$/s.exec(name) ?? [];
    if (array !== undefined && index !== undefined) {
      unsetItem(frame, array, index);
      continue;
    }
    state.variables.delete(name);
    state.arrays.delete(name);
    if (args[0] === '-f' || !NAME.test(name)) state.functions.delete(name);
  }
  return 0;
};

const set: ShellCommand = function* (frame, args) {
  const { state } = frame;
  if (args.length === 0) {
    const lines = [...state.variables].map(([name, v]) => `${name}=${quoteWord(v.value)}\n`);
    yield* print(frame, lines.sort().join(''));
  }
  for (const [i, arg] of args.entries()) {
    if (arg === '--') {
      state.args = args.slice(i + 1);
      return 0;
    }
    const match = /^([-+])([a-z]+)$/.exec(arg);
    if (match === null) {
      if (args[i - 1] !== '-o' && args[i - 1] !== '+o') state.args = args.slice(i);
      return 0;
    }
    for (const letter of match[2] ?? '') {
      if (match[1] === '-') state.options.add(letter);
      else state.options.delete(letter);
    }
  }
  return 0;
};

const read: ShellCommand = function* (frame, args) {
  let prompt = '';
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '-p') prompt = args[++i] ?? '';
    else if (!arg.startsWith('-')) names.push(arg);
  }
  if (prompt !== '' && frame.streams.typed) yield* print(frame, prompt);
  const line = yield* readLine(frame.streams.stdin);
  const raw = args.some((a) => /^-[a-z]*r/.test(a));
  const text = raw ? (line?.text ?? '') : (line?.text ?? '').replace(/\\(.)/g, '$1');
  const wanted = names.length === 0 ? ['REPLY'] : names;
  const separator = variable(frame.state, 'IFS') === undefined ? /[ \t]+/ : undefined;
  const trimmed = separator === undefined ? text : text.trim();
  const pieces = separator === undefined ? splitBy(trimmed, variable(frame.state, 'IFS') ?? '') : trimmed.split(separator);
  const isArray = args.some((a) => /^-[a-z]*a/.test(a));
  for (const [i, name] of wanted.entries()) {
    if (!NAME.test(name)) throw new CommandProblem(`read: ${name}: not a valid identifier`);
    if (isArray) {
      const array = new ShellArray(false);
      array.append(trimmed === '' ? [] : pieces);
      putArray(frame.state, name, array);
      break;
    }
    const isLast = i === wanted.length - 1;
    setVariable(frame.state, name, isLast ? restOf(trimmed, pieces, i, separator === undefined) : (pieces[i] ?? ''));
  }
  return line?.complete === true ? 0 : 1;
};

const splitBy = (text: string, separators: string): readonly string[] => {
  if (separators === '') return [text];
  const out = [''];
  for (const ch of text) {
    if (separators.includes(ch)) out.push('');
    else out[out.length - 1] += ch;
  }
  return out;
};

/** All that is left for the last variable. */
function restOf(text: string, pieces: readonly string[], from: number, plain: boolean): string {
  if (from === 0) return text;
  if (plain) return pieces.slice(from).join(text[pieces[0]?.length ?? 0] ?? ' ');
  let at = 0;
  for (let i = 0; i < from; i++) at = text.indexOf(pieces[i] ?? '', at) + (pieces[i]?.length ?? 0);
  return text.slice(at).trim();
}

/** Numbers are worked out; the last one says how it went. */
const letNumbers: ShellCommand = function* (frame, args) {
  if (args.length === 0) throw new CommandProblem('let: expression expected');
  let last = 0;
  for (const arg of args) last = numberIn(frame, arg);
  return last !== 0 ? 0 : 1;
};

const levels = (args: readonly string[]): number => Math.max(1, Number(args[0] ?? '1') || 1);

/** `.` and `source`. */
const source: ShellCommand = function* (frame, args, name) {
  const [file, ...rest] = args;
  if (file === undefined) throw new CommandProblem(`${name}: filename argument required`, 2);
  const answer = yield* frame.state.shared.host.file({ type: 'read', path: resolvePath(file, frame.state.cwd) });
  if (answer.type !== 'data') {
    if (/(^|\/)(\.?(bashrc|profile|bash_profile|zshrc))$/.test(file)) return 0; // there is nothing to read again
    throw new CommandProblem(`${file}: ${answer.type === 'error' ? sentence(answer.message) : 'cannot be read'}`);
  }
  const before = frame.state.args;
  if (rest.length > 0) frame.state.args = rest;
  try {
    return yield* frame.script(fromUtf8(answer.data), frame, file);
  } catch (error) {
    if (error instanceof ReturnFunction) return error.code;
    throw error;
  } finally {
    frame.state.args = before;
  }
};

const test: ShellCommand = function* (frame, args, name) {
  const words = name === '[' ? args.slice(0, -1) : args;
  if (name === '[' && args.at(-1) !== ']') throw new CommandProblem('[: missing ]', 2);
  return (yield* testWords(frame, words)) ? 0 : 1;
};

const history: ShellCommand = function* (frame, args) {
  const lines = frame.state.shared.history;
  const count = Number(args[0] ?? lines.length);
  const from = Math.max(0, lines.length - (Number.isFinite(count) ? count : lines.length));
  yield* print(
    frame,
    lines
      .slice(from)
      .map((line, i) => `${String(from + i + 1).padStart(5)}  ${line}\n`)
      .join(''),
  );
  return 0;
};

/** `at NODE: etcdctl …`: the member's endpoint goes before the arguments. */
const at: ShellCommand = function* (frame, args) {
  const [first = '', ...rest] = args;
  const node = /^(.+):$/.exec(first)?.[1];
  if (node === undefined) throw new CommandProblem('at: a member and a colon must follow, as in `at leader: etcdctl get k`', 2);
  const env: Record<string, string> = {};
  let i = 0;
  for (let match = /^([A-Za-z_]\w*)=(.*)$/s.exec(rest[i] ?? ''); match !== null; match = /^([A-Za-z_]\w*)=(.*)$/s.exec(rest[++i] ?? ''))
    env[match[1] ?? ''] = match[2] ?? '';
  const argv = rest.slice(i);
  if (argv.length === 0) throw new CommandProblem('a command must follow `at NODE:`', 2);
  if (argv[0] === 'play') throw new CommandProblem('`at NODE:` stands before etcdctl commands, not before play', 2);
  const before = frame.state.node;
  frame.state.node = node;
  try {
    return yield* frame.command(argv, frame, env);
  } finally {
    frame.state.node = before;
  }
};

const help: ShellCommand = function* (frame) {
  yield* print(frame, SHELL_HELP);
  return 0;
};

const code = (args: readonly string[], fallback: number): number => (/^\d+$/.test(args[0] ?? '') ? Number(args[0]) & 255 : fallback);

/* eslint-disable require-yield -- these commands wait for nothing */
export const BUILTINS: Readonly<Record<string, ShellCommand>> = {
  cd,
  pwd,
  export: exportNames,
  readonly: exportNames,
  declare: exportNames,
  typeset: exportNames,
  local: exportNames,
  unset,
  let: letNumbers,
  set,
  read,
  source,
  '.': source,
  test,
  '[': test,
  history,
  at,
  help,
  ':': function* () {
    return 0;
  },
  true: function* () {
    return 0;
  },
  false: function* () {
    return 1;
  },
  break: function* (_frame, args) {
    throw new BreakLoop(levels(args), false);
  },
  continue: function* (_frame, args) {
    throw new BreakLoop(levels(args), true);
  },
  return: function* (frame, args) {
    throw new ReturnFunction(code(args, frame.state.status));
  },
  exit: function* (frame, args) {
    throw new ExitShell(code(args, frame.state.status));
  },
  logout: function* (frame, args) {
    throw new ExitShell(code(args, frame.state.status));
  },
  shift: function* (frame, args) {
    const count = levels(args);
    if (count > frame.state.args.length) return 1;
    frame.state.args = frame.state.args.slice(count);
    return 0;
  },
  eval: function* (frame, args) {
    return yield* frame.script(args.join(' '), frame, 'eval');
  },
  shopt: function* () {
    return 0;
  },
  umask: function* () {
    return 0;
  },
  ulimit: function* () {
    return 0;
  },
  trap: function* () {
    throw new CommandProblem('trap: not supported here: nothing but Ctrl-C and kill ends a script');
  },
  alias: function* () {
    throw new CommandProblem('alias: not supported here; a function does the same: NAME() { … "$@"; }');
  },
};
