/** Tools over files: ls, rm, mkdir, rmdir, touch, cp, mv, stat, du, find. */

import { resolvePath, type FileAnswer, type PlainFileRequest, type FolderEntry } from '#ctl/file-request.ts';
import { readOptions, type ShellCommand } from '#ctl/shell/command.ts';
import { sentence } from '#ctl/shell/file-words.ts';
import { complain, CommandProblem, print, type Frame } from '#ctl/shell/frame.ts';
import { matchesPattern } from '#ctl/shell/pattern.ts';
import type { Task } from '#ctl/shell/task.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { calendar } from '#ctl/shell/tools/calendar.ts';

const ask = <W>(frame: Frame<W>, request: PlainFileRequest): Task<FileAnswer, W> => frame.state.shared.host.file(request);
const full = <W>(frame: Frame<W>, name: string): string => resolvePath(name, frame.state.cwd);

const ls: ShellCommand = function* (frame, args) {
  const { flags, rest, unknown } = readOptions(args, 'la1htrRAdFSG', { all: 'a', color: 'G' });
  if (unknown !== undefined) throw new CommandProblem(`ls: option -${unknown} is not supported here`, 2);
  const names = rest.length === 0 ? ['.'] : rest;
  let code = 0;
  for (const [i, name] of names.entries()) {
    const answer = yield* ask(frame, { type: 'list', path: full(frame, name) });
    if (answer.type !== 'names') {
      const why = answer.type === 'error' ? sentence(answer.message) : 'cannot be read';
      yield* complain(frame, `ls: cannot access '${name}': ${why}\n`);
      code = 2;
      continue;
    }
    const hidden = flags.has('a') || flags.has('A');
    const shown =
      flags.has('d') && answer.folder
        ? [{ name, folder: true, bytes: 0 }]
        : answer.entries.filter((e) => hidden || !e.name.startsWith('.'));
    if (names.length > 1 && answer.folder) yield* print(frame, `${i > 0 ? '\n' : ''}${name}:\n`);
    yield* print(
      frame,
      flags.has('l')
        ? longList(frame, answer.folder ? shown : shown.map((e) => ({ ...e, name })), answer.folder)
        : shortList(answer.folder ? shown : [{ name, folder: false, bytes: 0 }]),
    );
    if (flags.has('R') && answer.folder)
      for (const entry of shown) if (entry.folder) code = Math.max(code, yield* again(frame, args, `${name}/${entry.name}`));
  }
  return code;
};

function* again<W>(frame: Frame<W>, args: readonly string[], name: string): Task<number, W> {
  yield* print(frame, `\n${name}:\n`);
  return yield* ls(frame, [...args.filter((a) => a.startsWith('-')), name], 'ls');
}

const shortList = (entries: readonly FolderEntry[]): string => entries.map((e) => `${e.name}\n`).join('');

function longList<W>(frame: Frame<W>, entries: readonly FolderEntry[], total: boolean): string {
  const { host } = frame.state.shared;
  const when = calendar(host.epochMillis() + Math.floor(host.now() / 1000));
  const date = `${when.monthName} ${String(when.day).padStart(2)} ${when.hour}:${when.minute}`;
  const width = Math.max(1, ...entries.map((e) => String(e.bytes).length));
  const lines = entries.map(
    (e) => `${e.folder ? 'drwx------ 2' : '-rw------- 1'} you you ${String(e.bytes).padStart(width)} ${date} ${e.name}\n`,
  );
  return (total ? `total ${Math.ceil(entries.reduce((sum, e) => sum + e.bytes, 0) / 1024)}\n` : '') + lines.join('');
}

/** Does a request for each name; what fails is said. */
function* each<W>(
  frame: Frame<W>,
  names: readonly string[],
  act: (path: string) => PlainFileRequest,
  words: (name: string) => string,
  forgive = false,
): Task<number, W> {
  let code = 0;
  for (const name of names) {
    const answer = yield* ask(frame, act(full(frame, name)));
    if (answer.type !== 'error' || (forgive && answer.code === 'ENOENT')) continue;
    code = 1;
    yield* complain(frame, `${words(name)}: ${sentence(answer.message)}\n`);
  }
  return code;
}

const rm: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'rRfivd', { recursive: 'r', force: 'f' });
  if (rest.length === 0 && !flags.has('f')) throw new CommandProblem('rm: missing operand');
  const recursive = flags.has('r') || flags.has('R');
  let code = 0;
  for (const name of rest) {
    const path = full(frame, name);
    const there = yield* ask(frame, { type: 'list', path });
    if (there.type === 'names' && there.folder && !recursive) {
      code = 1;
      yield* complain(frame, `rm: cannot remove '${name}': Is a directory\n`);
    } else
      code = Math.max(
        code,
        yield* each(
          frame,
          [name],
          (p) => ({ type: 'remove', path: p, recursive }),
          (n) => `rm: cannot remove '${n}'`,
          flags.has('f'),
        ),
      );
  }
  return code;
};

const rmdir: ShellCommand = (frame, args) =>
  each(
    frame,
    readOptions(args, 'p').rest,
    (path) => ({ type: 'remove', path, recursive: false }),
    (n) => `rmdir: failed to remove '${n}'`,
  );

const mkdir: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'pvm:', { parents: 'p' });
  if (rest.length === 0) throw new CommandProblem('mkdir: missing operand');
  return yield* each(
    frame,
    rest,
    (path) => ({ type: 'mkdir', path, parents: flags.has('p') }),
    (n) => `mkdir: cannot create directory '${n}'`,
  );
};

const touch: ShellCommand = (frame, args) =>
  each(
    frame,
    readOptions(args, 'amct:d:').rest,
    (path) => ({ type: 'write', path, data: EMPTY_BYTES, append: true }),
    (n) => `touch: cannot touch '${n}'`,
  );

/** Where `cp a b` and `mv a b` put it: into a folder of that name, or under the name. */
function* target<W>(frame: Frame<W>, name: string, to: string): Task<string, W> {
  const path = full(frame, to);
  const there = yield* ask(frame, { type: 'list', path });
  return there.type === 'names' && there.folder ? resolvePath(name.slice(name.lastIndexOf('/') + 1), path) : path;
}

function* operands<W>(
  frame: Frame<W>,
  tool: string,
  args: readonly string[],
  letters: string,
): Task<{ readonly from: readonly string[]; readonly to: string; readonly flags: ReadonlyMap<string, string> }, W> {
  const { flags, rest } = readOptions(args, letters, { recursive: 'r' });
  const to = rest.at(-1);
  if (to === undefined) throw new CommandProblem(`${tool}: missing file operand`);
  if (rest.length < 2) throw new CommandProblem(`${tool}: missing destination file operand after '${to}'`);
  if (rest.length > 2) {
    const there = yield* ask(frame, { type: 'list', path: full(frame, to) });
    if (there.type !== 'names' || !there.folder) throw new CommandProblem(`${tool}: target '${to}' is not a directory`);
  }
  return { from: rest.slice(0, -1), to, flags };
}

function* copy<W>(frame: Frame<W>, from: string, to: string, recursive: boolean, name: string): Task<number, W> {
  const there = yield* ask(frame, { type: 'list', path: from });
  if (there.type === 'names' && there.folder) {
    if (!recursive) {
      yield* complain(frame, `cp: -r not specified; omitting directory '${name}'\n`);
      return 1;
    }
    yield* ask(frame, { type: 'mkdir', path: to, parents: true });
    let code = 0;
    for (const entry of there.entries)
      code = Math.max(code, yield* copy(frame, `${from}/${entry.name}`, `${to}/${entry.name}`, true, `${name}/${entry.name}`));
    return code;
  }
  const read = yield* ask(frame, { type: 'read', path: from });
  const done = read.type === 'data' ? yield* ask(frame, { type: 'write', path: to, data: read.data, append: false }) : read;
  if (done.type !== 'error') return 0;
  yield* complain(frame, `cp: cannot ${read.type === 'data' ? 'create' : 'stat'} '${name}': ${sentence(done.message)}\n`);
  return 1;
}

const cp: ShellCommand = function* (frame, args) {
  const { from, to, flags } = yield* operands(frame, 'cp', args, 'rRapfvi');
  const recursive = flags.has('r') || flags.has('R') || flags.has('a');
  let code = 0;
  for (const name of from) code = Math.max(code, yield* copy(frame, full(frame, name), yield* target(frame, name, to), recursive, name));
  return code;
};

const mv: ShellCommand = function* (frame, args) {
  const { from, to } = yield* operands(frame, 'mv', args, 'fivn');
  let code = 0;
  for (const name of from) {
    const path = yield* target(frame, name, to);
    code = Math.max(
      code,
      yield* each(
        frame,
        [name],
        (p) => ({ type: 'rename', path: p, to: path }),
        (n) => `mv: cannot stat '${n}'`,
      ),
    );
  }
  return code;
};

/** Every path below a folder with what it is, folders before what is in them. */
function* walk<W>(frame: Frame<W>, name: string): Task<readonly { readonly name: string; readonly entry: FolderEntry }[], W> {
  const answer = yield* ask(frame, { type: 'list', path: full(frame, name) });
  if (answer.type !== 'names')
    throw new CommandProblem(`'${name}': ${answer.type === 'error' ? sentence(answer.message) : 'cannot be read'}`);
  const bytes = answer.folder ? 0 : (answer.entries[0]?.bytes ?? 0);
  const out = [{ name, entry: { name: name.slice(name.lastIndexOf('/') + 1), folder: answer.folder, bytes } }];
  if (answer.folder) for (const entry of answer.entries) out.push(...(yield* walk(frame, `${name.replace(/\/$/, '')}/${entry.name}`)));
  return out;
}

const find: ShellCommand = function* (frame, args) {
  const first = args.findIndex((a) => a.startsWith('-'));
  const roots = first < 0 ? args : args.slice(0, first);
  const tests = first < 0 ? [] : args.slice(first);
  const value = (name: string): string | undefined => (tests.includes(name) ? tests[tests.indexOf(name) + 1] : undefined);
  const strange = tests.find(
    (t, i) => t.startsWith('-') && !['-name', '-type', '-print'].includes(t) && !['-name', '-type'].includes(tests[i - 1] ?? ''),
  );
  if (strange !== undefined) throw new CommandProblem(`find: ${strange} is not supported here (-name and -type are)`);
  const pattern = value('-name');
  const type = value('-type');
  for (const root of roots.length === 0 ? ['.'] : roots)
    for (const { name, entry } of yield* walk(frame, root)) {
      if (pattern !== undefined && !matchesPattern(entry.name, [{ text: pattern, literal: false }])) continue;
      if (type !== undefined && (type === 'd') !== entry.folder) continue;
      yield* print(frame, `${name}\n`);
    }
  return 0;
};

const human = (bytes: number): string =>
  bytes < 1024 ? `${bytes}` : bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)}K` : `${(bytes / 1024 ** 2).toFixed(1)}M`;

const du: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'shabckm');
  for (const root of rest.length === 0 ? ['.'] : rest) {
    const all = yield* walk(frame, root);
    const bytes = all.reduce((sum, { entry }) => sum + entry.bytes, 0);
    yield* print(frame, `${flags.has('h') ? human(bytes) : flags.has('b') ? bytes : Math.ceil(bytes / 1024)}\t${root}\n`);
  }
  return 0;
};

const stat: ShellCommand = function* (frame, args) {
  const { rest } = readOptions(args, 'c:f:');
  for (const name of rest)
    for (const { entry } of (yield* walk(frame, name)).slice(0, 1))
      yield* print(frame, `  File: ${name}\n  Size: ${entry.bytes}\t${entry.folder ? 'directory' : 'regular file'}\n`);
  return 0;
};

export const FILE_TOOLS: Readonly<Record<string, ShellCommand>> = {
  ls,
  ll: (frame, args) => ls(frame, ['-l', ...args], 'ls'),
  rm,
  rmdir,
  mkdir,
  touch,
  cp,
  mv,
  find,
  du,
  stat,
};
