/** Plays a world for a shell: looks what it waits for, plays instants until something of it has come, and answers. */

import { simTime } from '#kernel/brand.ts';
import type { Plain } from '#kernel/plain.ts';
import type { JobWait } from '#sim/job-wait.ts';
import { COMMAND_MICROS_MAX, holds, playNext, type Steps } from '#sim/scenario-steps.ts';
import type { ShellSession } from '#sim/shell-session.ts';
import type { World } from '#sim/world.ts';

/** What a wait is answered with, or undefined while it has to wait. `played` says that an instant was since it began. */
type Verdict = { readonly answer: Plain } | undefined;

/** What asks for another run. */
export type NewRun = Extract<JobWait, { readonly type: 'new' | 'load' }>;

/**
 * Plays until `isDone`; a text says why that cannot come.
 * @param begin puts another run in the place of the present one, or says why that cannot be
 */
export function* driveSession(
  session: ShellSession,
  place: { readonly world: () => World; readonly now: () => number },
  isDone: () => boolean,
  begin: (wanted: NewRun) => Steps<string | undefined>,
): Steps<string | undefined> {
  const limit = place.now() + COMMAND_MICROS_MAX;
  /** Waits that an instant was played for. */
  let served = new Set<number>();
  while (!isDone()) {
    let answered = false;
    for (const { ticket, wait } of session.waits()) {
      if (wait.type === 'new' || wait.type === 'load') {
        const refusal = yield* begin(wait);
        session.answer(ticket, refusal ?? true);
        return yield* driveSession(session, place, isDone, begin);
      }
      const verdict = yield* judge(place.world(), wait, served.has(ticket));
      if (verdict === undefined) continue;
      session.answer(ticket, verdict.answer);
      answered = true;
    }
    if (answered) continue;
    served = new Set(session.waits().map((w) => w.ticket));
    const stuck = yield* goOn(session, place.world(), limit);
    if (stuck !== undefined) return stuck;
  }
  return undefined;
}

function* judge(world: World, wait: JobWait, wasPlayed: boolean): Steps<Verdict> {
  const hasPassed = (at: number): boolean => {
    const next = world.nextInstantAt();
    return world.now >= at && (next === undefined || next > at);
  };
  switch (wait.type) {
    case 'new':
    case 'load':
      return undefined;
    case 'applied':
    case 'step':
      return wasPlayed ? { answer: true } : undefined;
    case 'process':
      return wait.isReady() ? { answer: true } : undefined;
    case 'time':
      return hasPassed(wait.at) ? { answer: true } : undefined;
    case 'condition':
      if (yield* holds(world, wait.condition)) return { answer: true };
      return hasPassed(wait.limit) ? { answer: false } : undefined;
    case 'break':
      return { answer: { text: 'breakpoints stop the time of the page: here, wait with play until', failed: true } };
    case 'ask': {
      const supply = yield { type: 'ask', questions: [wait.question] };
      if (supply.type !== 'answers') throw new TypeError(`answers were asked for, not ${supply.type}`);
      return { answer: supply.answers[0] };
    }
  }
}

/** One instant, or time up to the next end of a wait. */
function* goOn(session: ShellSession, world: World, limit: number): Steps<string | undefined> {
  const waits = session.waits();
  const next = world.nextInstantAt();
  let until = Infinity;
  for (const { wait } of waits) {
    if (wait.type === 'time') until = Math.min(until, wait.at);
    if (wait.type === 'condition') until = Math.min(until, wait.limit);
  }
  if (waits.length === 0) return 'it waits for nothing that could come';
  if (Math.min(next ?? Infinity, until) > limit) return `it has not ended within ${COMMAND_MICROS_MAX / 1_000_000} s of virtual time`;
  if (next !== undefined && next <= until) yield* playNext(world);
  else world.advanceTo(simTime(Math.max(world.now, until)));
  return undefined;
}
