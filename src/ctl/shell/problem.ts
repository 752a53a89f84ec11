/** How a command ends that cannot go on: what is said of it, and its exit code. */

import { complain, CommandProblem, type Frame } from '#ctl/shell/frame.ts';
import { BreakLoop, ExitShell, ReturnFunction } from '#ctl/shell/leave.ts';
import { WriteFailed } from '#ctl/shell/streams.ts';
import type { Task } from '#ctl/shell/task.ts';

/** What leaves a subshell ends it and no more. */
export function* subshell<W>(frame: Frame<W>, run: (frame: Frame<W>) => Task<number, W>): Task<number, W> {
  try {
    return yield* run(frame);
  } catch (error) {
    if (error instanceof ExitShell || error instanceof ReturnFunction) return error.code;
    if (error instanceof BreakLoop) return 0;
    throw error;
  }
}

/** A task of its own: what goes wrong in it is said and becomes its exit code. */
export function* guarded<W>(frame: Frame<W>, run: (frame: Frame<W>) => Task<number, W>): Task<number, W> {
  try {
    return yield* subshell(frame, run);
  } catch (error) {
    return yield* afterProblem(error, frame);
  }
}

/** What a command that cannot go on says; anything else goes up. */
export function* afterProblem<W>(error: unknown, frame: Frame<W>): Task<number, W> {
  if (error instanceof WriteFailed) {
    yield* complain({ ...frame, streams: { ...frame.streams } }, `sh: ${error.message}\n`);
    return 1;
  }
  if (!(error instanceof CommandProblem)) throw error;
  yield* complain(frame, `sh: ${error.message}\n`);
  return error.code;
}
