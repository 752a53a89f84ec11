/** `a | b | c`. */

import type { CommandNode } from 'unbash';
import type { Frame } from '#ctl/shell/frame.ts';
import { Pipe } from '#ctl/shell/pipe.ts';
import { fork } from '#ctl/shell/state.ts';
import type { Streams } from '#ctl/shell/streams.ts';
import { Interrupted, type Task } from '#ctl/shell/task.ts';

/** Commands joined by pipes, all at once. @param run one of them, in a subshell of its own. Gives the last one's exit code */
export function* runPiped<W>(
  commands: readonly CommandNode[],
  operators: readonly string[],
  frame: Frame<W>,
  run: (command: CommandNode, frame: Frame<W>) => Task<number, W>,
): Task<number, W> {
  const { shared, group } = frame.state;
  const tasks = [];
  let { stdin } = frame.streams;
  let { typed } = frame.streams;
  for (const [i, command] of commands.entries()) {
    const last = i === commands.length - 1;
    const pipe = new Pipe();
    const out = last ? frame.streams.stdout : ({ type: 'pipe', pipe } as const);
    const streams: Streams = { stdin, typed, stdout: out, stderr: operators[i] === '|&' ? out : frame.streams.stderr };
    const stage: Frame<W> = { ...frame, state: fork(frame.state), streams };
    const mine = i === 0 ? undefined : stdin;
    tasks.push(shared.scheduler.spawn(pipeStage(run(command, stage), mine, last ? undefined : pipe), group));
    stdin = pipe;
    typed = false;
  }
  try {
    yield { type: 'ended', tasks };
  } catch (error) {
    if (error instanceof Interrupted) for (const task of tasks) shared.scheduler.cancel(task, error.code);
    throw error;
  }
  if (group.interrupted !== undefined) throw new Interrupted(group.interrupted);
  return tasks.at(-1)?.code ?? 0;
}

function* pipeStage<W>(task: Task<number, W>, input: Pipe | undefined, output: Pipe | undefined): Task<number, W> {
  try {
    return yield* task;
  } finally {
    output?.end();
    input?.close();
  }
}
