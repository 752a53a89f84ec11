/** `etcd`: a member in the foreground of a shell, or beside it with `&`. */

import { resolvePath } from '#ctl/file-request.ts';
import { ServerProblem } from '#ctl/server/failure.ts';
import { flagList, USAGE } from '#ctl/server/help.ts';
import { loadingLine, prepare, startFromFile, type Preparation, type ServerStart } from '#ctl/server/start.ts';
import type { ShellCommand } from '#ctl/shell/command.ts';
import { sentence } from '#ctl/shell/file-words.ts';
import { complain, print, type Frame } from '#ctl/shell/frame.ts';
import { environment } from '#ctl/shell/state.ts';
import { Interrupted, type Task } from '#ctl/shell/task.ts';
import { fromUtf8 } from '#kernel/bytes.ts';

/** Subcommands of etcd that are no members. */
const PROXIES = new Set(['gateway', 'grpc-proxy']);

export const etcdCommand: ShellCommand = function* (frame, args) {
  const [first = ''] = args;
  if (PROXIES.has(first)) {
    yield* complain(frame, `etcd ${first}: there are no proxies here; clients reach every member directly\n`);
    return 1;
  }
  const { state } = frame;
  const prepared = orProblem([], () => prepare(args, environment(state, {}), state.cwd));
  switch (prepared.type) {
    case 'help':
      yield* complain(frame, USAGE);
      yield* print(frame, `\n${flagList()}`);
      return 0;
    case 'version':
      return yield* state.shared.host.run({ argv: ['etcd', '--version'], env: {}, streams: frame.streams, node: undefined }, state.group);
    case 'file':
      return yield* serve(frame, args, yield* fromFile(frame, prepared.path));
    case 'ready':
      return yield* serve(frame, args, prepared.start);
  }
};

/** A step that may find a problem instead. */
function orProblem(lines: ServerStart['lines'], step: () => Preparation): Preparation {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ServerProblem)) throw error;
    return { type: 'ready', start: { lines, notes: [], outcome: { type: 'problem', problem: error } } };
  }
}

function* fromFile<W>(frame: Frame<W>, path: string): Task<ServerStart, W> {
  const { state } = frame;
  const answer = yield* state.shared.host.file({ type: 'read', path: resolvePath(path, state.cwd) });
  const lines = [loadingLine(path)];
  const done = orProblem(lines, () => {
    if (answer.type !== 'data') {
      const reason = answer.type === 'error' ? sentence(answer.message).toLowerCase() : 'cannot be read';
      throw new ServerProblem('verify', `open ${path}: ${reason}`);
    }
    return { type: 'ready', start: startFromFile(path, fromUtf8(answer.data), state.cwd) };
  });
  if (done.type !== 'ready') throw new TypeError(`a file leads to a start, not to ${done.type}`);
  return done.start;
}

function* serve<W>(frame: Frame<W>, args: readonly string[], start: ServerStart): Task<number, W> {
  const { host } = frame.state.shared;
  const { outcome } = start;
  if (outcome.type === 'problem' && outcome.problem.kind === 'usage') {
    yield* complain(frame, `${outcome.problem.message}\n${USAGE}`);
    return 2;
  }
  for (const note of start.notes) yield* complain(frame, `# ${note}`);
  if (host.serve === undefined) {
    yield* complain(frame, 'etcd: a member is started by the terminal itself, not by a program in it\n');
    return 1;
  }
  const code = yield* host.serve({ start, args, streams: frame.streams }, frame.state.group);
  const { interrupted } = frame.state.group;
  if (interrupted !== undefined) throw new Interrupted(interrupted);
  return code;
}
