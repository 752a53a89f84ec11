/** `for`, `while` and `until`: rounds, `break` and `continue`, and what a round costs. */

import type { Frame } from '#ctl/shell/frame.ts';
import { BreakLoop } from '#ctl/shell/leave.ts';
import { Interrupted, type Task } from '#ctl/shell/task.ts';

/** Rounds of a loop. @param next whether there is another round */
export function* loop<W>(frame: Frame<W>, body: () => Task<number, W>, next: () => Task<boolean, W>): Task<number, W> {
  let code = 0;
  while (yield* next()) {
    yield* spend(frame);
    try {
      code = yield* body();
    } catch (error) {
      if (!(error instanceof BreakLoop)) throw error;
      if (error.levels > 1) throw new BreakLoop(error.levels - 1, error.goesOn);
      code = 0;
      if (!error.goesOn) break;
    }
  }
  return code;
}

/** Rounds of loops in one instant before a millisecond passes: a loop without an end lets time and Ctrl-C through. */
const ROUNDS_MAX = 100;
const ROUND_MICROS = 1000;

/** One round of something that may have no end. */
export function* spend<W>(frame: Frame<W>): Task<void, W> {
  const { shared, group } = frame.state;
  if (group.interrupted !== undefined) throw new Interrupted(group.interrupted);
  const now = shared.host.now();
  if (shared.budget.at !== now) shared.budget = { at: now, used: 0 };
  if (++shared.budget.used < ROUNDS_MAX) return;
  shared.budget = { at: now, used: 0 };
  yield* shared.host.sleep(ROUND_MICROS);
}
