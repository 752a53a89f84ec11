/**
 * Playing a world as a generator of demands: the same code runs with members in this thread and with members in workers, and both give the
 * same trace.
 */

import type { SimTime } from '#kernel/brand.ts';
import type { Plain } from '#kernel/plain.ts';
import type { MemberResult } from '#sim/node-host.ts';
import type { Condition } from '#sim/condition.ts';
import type { Question } from '#sim/predicate-world.ts';
import type { Instant, World } from '#sim/world.ts';

/** What the driver has to do. */
export type Demand =
  /** A new cluster begins: end all members that there are. */
  | { readonly type: 'reset'; readonly world: World }
  /** Do the work of an instant. */
  | { readonly type: 'work'; readonly instant: Instant; readonly world: World }
  /** Ask members. */
  | { readonly type: 'ask'; readonly questions: readonly Question[] };

/** The driver's reply: nothing to a reset, the members' results to work, one answer for each question. */
export type Supply =
  | { readonly type: 'reset' }
  | { readonly type: 'results'; readonly results: readonly MemberResult[] }
  | { readonly type: 'answers'; readonly answers: readonly Plain[] };

export type Steps<T> = Generator<Demand, T, Supply>;

/** Longest virtual time that a command in the foreground may take. */
export const COMMAND_MICROS_MAX = 3600 * 1_000_000;

/** Plays the next instant, if there is one. */
export function* playNext(world: World): Steps<void> {
  if (world.nextInstantAt() === undefined) return;
  const instant = world.collect();
  const supply = yield { type: 'work', instant, world };
  if (supply.type !== 'results') throw new TypeError(`results were asked for, not ${supply.type}`);
  world.complete(supply.results);
}

/** Plays what lies before `at`, so that a command given then comes first at that time. */
export function* playBefore(world: World, at: SimTime): Steps<void> {
  for (let next = world.nextInstantAt(); next !== undefined && next < at; next = world.nextInstantAt()) yield* playNext(world);
  world.advanceTo(at);
}

/** Whether a condition holds now. */
export function* holds(world: World, condition: Condition): Steps<boolean> {
  condition.played(undefined);
  for (;;) {
    const look = condition.look(world);
    if (look.type === 'value') return look.holds;
    const supply = yield { type: 'ask', questions: look.questions };
    if (supply.type !== 'answers') throw new TypeError(`answers were asked for, not ${supply.type}`);
    for (const [i, question] of look.questions.entries()) condition.answer(question, supply.answers[i]);
  }
}
