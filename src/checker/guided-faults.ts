/**
 * Fault plans that wait for what they need, where dice would seldom bring it about: the stories behind two rules of Raft. With a sound core nothing
 * comes of them; with the rule broken they end in a violation. Timings are drawn, so that each seed tells the story a little differently.
 */

import type { Prng } from '#kernel/prng.ts';
import type { Seat } from '#sim/member-seat.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import type { World } from '#sim/world.ts';

type Command = TimedCommand['command'];

/** Commands to submit now, then waiting: until `holds`, looked at after each instant, or for `micros`. */
export interface GuidedStep {
  readonly commands: readonly Command[];
  readonly holds: () => boolean;
  readonly micros: number;
}

export type GuidedPlan = (world: World, random: Prng) => Generator<GuidedStep, void, void>;

export const SECOND = 1_000_000;
const never = (): boolean => false;
export const pause = (micros: number, ...commands: readonly Command[]): GuidedStep => ({ commands, holds: never, micros });
export const until = (holds: () => boolean, micros: number, ...commands: readonly Command[]): GuidedStep => ({ commands, holds, micros });
export const between = (random: Prng, low: number, high: number): number => low + random.nextBelow(high - low + 1);

const apart = (seats: readonly Seat[]): Command => ({ type: 'partition', sides: seats.map((s) => [s.name]) });
const together = (seats: readonly Seat[], chosen: readonly Seat[]): Command => ({
  type: 'partition',
  sides: [chosen.map((s) => s.name), ...seats.filter((s) => !chosen.includes(s)).map((s) => [s.name])],
});
const leads = (seat: Seat): boolean => seat.status?.role === 'leader';
const termOf = (seat: Seat): number => seat.status?.term ?? 0;
const commitOf = (seat: Seat): number => seat.status?.commit ?? 0;

/**
 * Figure 8 of the paper, over and over: a leader keeps entries to itself, another is elected and keeps its first one to itself, the old one
 * comes back and spreads its entries, and falls at the moment when it takes one of them for committed.
 */
export function* figureEight(world: World, random: Prng): Generator<GuidedStep, void, void> {
  const { seats } = world.core;
  for (;;) {
    yield until(() => leaderSeat(world.core) !== undefined, 10 * SECOND, { type: 'heal' });
    yield pause(between(random, 200_000, 1_500_000));
    const old = leaderSeat(world.core);
    if (old === undefined) continue;
    const others = seats.filter((s) => s !== old);
    // Writers that have it for their endpoint fill its log.
    yield pause(between(random, 100_000, 900_000), together(seats, others));
    yield until(() => others.some((s) => leads(s) && termOf(s) > termOf(old)), 20 * SECOND);
    const next = others.find(leads);
    if (next === undefined) continue;
    yield pause(between(random, 1000, 30_000), apart(seats));
    const rest = seats.filter((s) => s !== next);
    yield until(() => leads(old) && termOf(old) > termOf(next), 30 * SECOND, together(seats, rest));
    const before = commitOf(old);
    yield until(() => commitOf(old) > before, 5 * SECOND);
    const voters = rest.filter((s) => s !== old);
    const high = termOf(old);
    yield until(
      () => [next, ...voters].some((s) => leads(s) && termOf(s) > high),
      30 * SECOND,
      apart(seats),
      together(seats, [next, ...voters]),
    );
    yield pause(between(random, 50_000, 500_000));
  }
}

/**
 * One term, two candidates that do not hear of each other, and a voter that dies after its vote for the first and is back in time for
 * the second.
 */
export function* doubleVote(world: World, random: Prng): Generator<GuidedStep, void, void> {
  const { seats } = world.core;
  const cut = (from: Seat, to: Seat, both: boolean): Command => ({
    type: 'link',
    from: from.name,
    to: to.name,
    both,
    settings: { cut: true },
  });
  for (;;) {
    yield until(() => leaderSeat(world.core) !== undefined, 10 * SECOND, { type: 'heal' });
    yield pause(between(random, 1_000_000, 2_000_000));
    const leader = leaderSeat(world.core);
    const shuffled = shuffle(seats, random);
    // The old leader's log may be ahead: as the second candidate it is voted for all the same.
    const others = shuffled.filter((s) => s !== leader);
    const order = [...others.slice(0, 1), ...shuffled.filter((s) => s === leader), ...others.slice(1)];
    const [first, second, voter] = order;
    if (first === undefined || second === undefined || voter === undefined) return;
    // Nobody leads, so no vote is refused for a leader's sake.
    yield until(() => seats.every((s) => !leads(s)), 5 * SECOND, apart(seats));
    const further = order.slice(3).map((s) => cut(s, second, true));
    yield until(
      () => voter.status?.vote === first.status?.id && termOf(voter) === termOf(first),
      SECOND,
      { type: 'heal' },
      cut(first, second, true),
      ...further,
      { type: 'timeout', nodes: [first.name] },
    );
    yield pause(between(random, 1000, 20_000));
    yield pause(
      between(random, 1000, 5000),
      cut(first, voter, true),
      { type: 'kill', nodes: [voter.name], powerLoss: false },
      { type: 'restart', nodes: [voter.name] },
    );
    yield pause(between(random, 50_000, 500_000), { type: 'timeout', nodes: [second.name] });
  }
}

function shuffle<T>(list: readonly T[], random: Prng): readonly T[] {
  const rest = [...list];
  const out: T[] = [];
  while (rest.length > 0) out.push(...rest.splice(random.nextBelow(rest.length), 1));
  return out;
}
