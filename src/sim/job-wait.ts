/** What a shell in a terminal or a scenario waits for; whoever plays the world answers when it has come. */

import type { BreakAction, RunOptionsInput } from '#ctl/world-command.ts';
import type { SimTime } from '#kernel/brand.ts';
import type { Condition } from '#sim/condition.ts';
import type { Question } from '#sim/predicate-world.ts';

export type JobWait =
  /** A command was submitted: until the instant that applies it was played. It takes no virtual time worth speaking of. */
  | { readonly type: 'applied' }
  /** Until a process has said something, or ended: asked after each instant. */
  | {
      readonly type: 'process';
      readonly process: string;
      readonly isReady: () => boolean;
      /** It runs until somebody ends it: nobody has to hurry for it. */
      readonly endless?: true;
    }
  /** Until virtual time is `at`, all instants up to and with it played. */
  | { readonly type: 'time'; readonly at: SimTime }
  /** Until the condition holds, looked at now and after each instant; answered with whether it does, at `limit` at the latest. */
  | { readonly type: 'condition'; readonly condition: Condition; readonly limit: SimTime }
  /** One instant. */
  | { readonly type: 'step' }
  /** Answered with what a member says. */
  | { readonly type: 'ask'; readonly question: Question }
  /** A scenario file takes the place of this run. Answered with a text if it cannot be played; then nothing has changed. */
  | { readonly type: 'load'; readonly file: string; readonly text: string }
  /** Breakpoints of the page; answered with {@link BreakAnswer}. */
  | { readonly type: 'break'; readonly action: BreakAction }
  /** A new run takes the place of this one. */
  | { readonly type: 'new'; readonly options: RunOptionsInput };

/** What `play break` says and how it ends. */
export interface BreakAnswer {
  readonly text: string;
  readonly failed: boolean;
}
