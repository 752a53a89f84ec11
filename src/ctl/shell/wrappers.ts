/** Commands that run another command: sudo, env, nohup, time, timeout, watch, xargs, sh, docker exec. */

import { resolvePath } from '#ctl/file-request.ts';
import { readOptions, type ShellCommand } from '#ctl/shell/command.ts';
import { complain, CommandProblem, print, type Frame } from '#ctl/shell/frame.ts';
import { ExitShell } from '#ctl/shell/leave.ts';
import { guarded } from '#ctl/shell/problem.ts';
import { Pipe } from '#ctl/shell/pipe.ts';
import { fork, environment } from '#ctl/shell/state.ts';
import { readAll } from '#ctl/shell/streams.ts';
import type { Task } from '#ctl/shell/task.ts';
import { sentence } from '#ctl/shell/file-words.ts';
import { spanMicros } from '#ctl/shell/tools/span.ts';
import { EMPTY_BYTES, fromUtf8 } from '#kernel/bytes.ts';

/** Skips options before the inner command; `withValue` are those that take a word. */
function inner(args: readonly string[], withValue: readonly string[]): readonly string[] {
  let i = 0;
  for (let arg = args[i]; arg?.startsWith('-') === true && arg !== '--'; arg = args[i]) i += withValue.includes(arg) ? 2 : 1;
  return args.slice(args[i] === '--' ? i + 1 : i);
}

/** `NAME=value` words in front of a command. */
function splitAssignments(args: readonly string[]): { readonly env: Readonly<Record<string, string>>; readonly argv: readonly string[] } {
  const env: Record<string, string> = {};
  let i = 0;
  for (let match = /^([A-Za-z_]\w*)=(.*)$/s.exec(args[i] ?? ''); match !== null; match = /^([A-Za-z_]\w*)=(.*)$/s.exec(args[++i] ?? ''))
    env[match[1] ?? ''] = match[2] ?? '';
  return { env, argv: args.slice(i) };
}

const sudo: ShellCommand = function* (frame, args) {
  const { env, argv } = splitAssignments(inner(args, ['-u', '-g', '-h']));
  if (argv.length === 0) return 0;
  return yield* frame.command(argv, frame, env);
};

const env: ShellCommand = function* (frame, args) {
  const rest = inner(args, ['-u', '-C']);
  const { env: more, argv } = splitAssignments(rest);
  if (argv.length > 0) return yield* frame.command(argv, frame, more);
  const all = Object.entries(environment(frame.state, more));
  yield* print(frame, all.map(([name, value]) => `${name}=${value}\n`).join(''));
  return 0;
};

const nohup: ShellCommand = function* (frame, args) {
  if (args.length === 0) throw new CommandProblem('nohup: missing operand', 125);
  const { stdout, stderr } = frame.streams;
  if (stdout.type !== 'direct' || !stdout.terminal) return yield* frame.command(args, frame);
  yield* complain(frame, "nohup: ignoring input and appending output to 'nohup.out'\n");
  const path = resolvePath('nohup.out', frame.state.cwd);
  const there = yield* frame.state.shared.host.file({ type: 'list', path });
  const file = { type: 'file', file: { path, name: 'nohup.out', fresh: there.type === 'error' } } as const;
  const both = stderr.type === 'direct' && stderr.terminal ? file : stderr;
  return yield* frame.command(args, { ...frame, streams: { stdin: Pipe.of(EMPTY_BYTES), typed: false, stdout: file, stderr: both } });
};

const pass: ShellCommand = function* (frame, args) {
  return args.length === 0 ? 0 : yield* frame.command(inner(args, ['-n', '-u', '-i']), frame);
};

function* timeout<W>(frame: Frame<W>, args: readonly string[]): Task<number, W> {
  const [span = '', ...argv] = inner(args, ['-s', '-k']);
  const micros = spanMicros(span);
  if (micros === undefined || argv.length === 0) throw new CommandProblem(`timeout: invalid time interval '${span}'`, 125);
  const { shared, group } = frame.state;
  const own = shared.scheduler.newGroup('timeout');
  const state = fork(frame.state, own);
  const task = shared.scheduler.spawn(
    guarded({ ...frame, state }, (f) => frame.command(argv, f)),
    own,
  );
  let isLate = false;
  const clock = shared.scheduler.spawn(
    (function* (): Task<number, W> {
      yield* shared.host.sleep(micros);
      isLate = true;
      shared.scheduler.signal(own, 'TERM', 143);
      return 0;
    })(),
    group,
  );
  group.processes.set('timeout', (signal) => shared.scheduler.signal(own, signal, signal === 'INT' ? 130 : 143));
  try {
    yield { type: 'ended', tasks: [task] };
  } finally {
    group.processes.delete('timeout');
    shared.scheduler.cancel(clock);
  }
  return isLate ? 124 : task.code;
}

/** Rounds of `watch` where nobody can stop it. */
const WATCH_ROUNDS_MAX = 10_000;

const watch: ShellCommand = function* (frame, args) {
  const words = inner(args, ['-n', '--interval']);
  const at = args.findIndex((a) => a === '-n' || a === '--interval');
  const glued = args.find((a) => /^-n\S/.test(a))?.slice(2);
  const every = spanMicros(glued ?? (at >= 0 ? (args[at + 1] ?? '2') : '2'));
  if (words.length === 0 || every === undefined || every <= 0) throw new CommandProblem('watch: usage: watch [-n SECONDS] COMMAND', 1);
  for (let round = 0; round < WATCH_ROUNDS_MAX; round++) {
    if (!args.includes('-t')) yield* print(frame, `Every ${(every / 1e6).toFixed(1)}s: ${words.join(' ')}\n\n`);
    yield* frame.script(words.join(' '), { ...frame, state: fork(frame.state) }, 'watch');
    yield* print(frame, '\n');
    yield* frame.state.shared.host.sleep(every);
  }
  return 0;
};

const ARGUMENTS_MAX = 4096;

function* xargs<W>(frame: Frame<W>, args: readonly string[]): Task<number, W> {
  const command: string[] = [];
  let per = ARGUMENTS_MAX;
  let replace: string | undefined;
  let skipEmpty = false;
  let i = 0;
  for (let arg = args[i]; arg?.startsWith('-') === true; arg = args[++i]) {
    if (arg === '-I') replace = args[++i] ?? '{}';
    else if (arg.startsWith('-I')) replace = arg.slice(2);
    else if (arg === '-n' || arg === '-L') per = Number(args[++i]) || 1;
    else if (/^-[nL]\d+$/.test(arg)) per = Number(arg.slice(2)) || 1;
    else if (arg === '-r') skipEmpty = true;
    else if (arg === '-P') i++;
    else if (arg !== '-0' && arg !== '-t' && !/^-P\d+$/.test(arg)) throw new CommandProblem(`xargs: option ${arg} is not supported here`);
  }
  command.push(...args.slice(i));
  if (command.length === 0) command.push('echo');
  const text = fromUtf8(yield* readAll(frame.streams.stdin));
  const quiet = { ...frame, streams: { ...frame.streams, stdin: Pipe.of(EMPTY_BYTES), typed: false } };
  const items =
    replace !== undefined
      ? text.split('\n').filter((line) => line.trim() !== '')
      : args.includes('-0')
        ? text.split('\0').filter((item) => item !== '')
        : (text.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/s, '$2'));
  let code = 0;
  const run = function* (argv: readonly string[]): Task<void, W> {
    const ended = yield* frame.command(argv, quiet);
    if (ended !== 0) code = ended > 125 ? 124 : 123;
  };
  if (replace !== undefined) for (const item of items) yield* run(command.map((word) => word.replaceAll(replace ?? '{}', item)));
  else if (items.length > 0 || !skipEmpty)
    for (let from = 0; from < Math.max(1, items.length); from += per) yield* run([...command, ...items.slice(from, from + per)]);
  return code;
}

/** `sh -c TEXT`, `sh FILE`, `sh` with a script as its input. */
function* sh<W>(frame: Frame<W>, args: readonly string[], name: string): Task<number, W> {
  const { flags, rest } = readOptions(args, 'cexuil');
  const state = fork(frame.state);
  for (const letter of 'exu') if (flags.has(letter)) state.options.add(letter);
  const run = function* (text: string, title: string, words: readonly string[]): Task<number, W> {
    state.args = words;
    state.name = title;
    try {
      return yield* frame.script(text, { ...frame, state }, title);
    } catch (error) {
      if (error instanceof ExitShell) return error.code;
      throw error;
    }
  };
  const [first] = rest;
  if (flags.has('c')) {
    if (first === undefined) throw new CommandProblem(`${name}: -c: option requires an argument`, 2);
    return yield* run(first, rest[1] ?? name, rest.slice(2));
  }
  if (first !== undefined) {
    const answer = yield* frame.state.shared.host.file({ type: 'read', path: resolvePath(first, frame.state.cwd) });
    if (answer.type !== 'data')
      throw new CommandProblem(`${name}: ${first}: ${answer.type === 'error' ? sentence(answer.message) : 'cannot be read'}`, 127);
    return yield* run(fromUtf8(answer.data), first, rest.slice(1));
  }
  if (frame.streams.typed) {
    yield* complain(frame, `${name}: this is a shell already\n`);
    return 0;
  }
  return yield* run(fromUtf8(yield* readAll(frame.streams.stdin)), name, []);
}

/** Options of `docker exec` and `docker run` that take a word. */
const DOCKER_VALUES = [
  '-e',
  '--env',
  '-u',
  '--user',
  '-w',
  '--workdir',
  '--name',
  '-p',
  '--publish',
  '-v',
  '--volume',
  '--network',
  '--net',
  '--mount',
  '-h',
  '--hostname',
  '--ip',
  '--entrypoint',
  '-l',
  '--restart',
  '-n',
  '--namespace',
  '-c',
  '--container',
  '-f',
];

/** A word of a script that stands for itself. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** `docker run -d IMAGE etcd …`: beside the shell, its log in a file with the container's name. */
function* detached<W>(frame: Frame<W>, options: readonly string[], argv: readonly string[]): Task<number, W> {
  const at = options.indexOf('--name');
  const log = `${(at < 0 ? undefined : options[at + 1]) ?? 'etcd'}.log`;
  yield* complain(frame, `# there are no containers here: etcd runs beside this shell, its log is written to ${log}\n`);
  return yield* frame.script(`${argv.map(quoted).join(' ')} > ${quoted(log)} 2>&1 &`, frame, 'docker');
}

const isDetach = (word: string): boolean => word === '--detach' || /^-[it]*d[it]*$/.test(word);

/**
 * `docker exec X etcdctl …`, `kubectl exec X -- etcdctl …`, `docker run IMAGE etcd …`: the command itself runs, as if inside. Everything else explains
 * itself.
 */
const docker: ShellCommand = function* (frame, words, name) {
  const args = words[0] === 'container' ? words.slice(1) : words;
  const verb = args.find((a) => !a.startsWith('-')) ?? '';
  const after = args.slice(args.indexOf(verb) + 1);
  if (verb === 'exec') {
    const [, ...rest] = inner(after, DOCKER_VALUES);
    const variables: Record<string, string> = {};
    for (const [i, word] of after.entries()) {
      const match = after[i - 1] === '-e' || after[i - 1] === '--env' ? /^(\w+)=(.*)$/s.exec(word) : null;
      if (match !== null) variables[match[1] ?? ''] = match[2] ?? '';
    }
    const argv = inner(rest, DOCKER_VALUES);
    if (argv.length === 0) throw new CommandProblem(`${name} exec: a command must follow`);
    return yield* frame.command(argv, frame, variables);
  }
  if (verb === 'run') {
    const at = after.findLastIndex((word, i) => i > 0 && /(^|\/)etcd(ctl)?$/.test(word) && after[i - 1]?.startsWith('-') !== true);
    const argv = after.slice(at);
    if (at >= 0 && after.slice(0, at).some(isDetach)) return yield* detached(frame, after.slice(0, at), argv);
    if (at >= 0) return yield* frame.command(argv, frame);
  }
  yield* complain(frame, `${name} ${verb}: there are no containers here, and none are needed: the members run in this page already\n`);
  return 0;
};

export const WRAPPERS: Readonly<Record<string, ShellCommand>> = {
  sudo,
  env,
  nohup,
  timeout,
  watch,
  xargs,
  sh,
  bash: sh,
  dash: sh,
  zsh: sh,
  docker,
  podman: docker,
  nerdctl: docker,
  kubectl: docker,
  nice: pass,
  command: pass,
  builtin: pass,
  exec: pass,
  stdbuf: pass,
  setsid: pass,
};
