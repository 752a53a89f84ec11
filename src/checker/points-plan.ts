/**
 * Every crash point and every seldom fault in its turn: a deck of stories is shuffled and told, each where its point is sure to be come to, and then
 * shuffled anew. Dice that choose a point and a member at random leave some unseen for hundreds of seeds.
 */

import { between, pause, until, SECOND, type GuidedStep } from '#checker/guided-faults.ts';
import { flipBit, giveUpDamaged, hasDamaged } from '#checker/machine-faults.ts';
import { changeMembership, operator } from '#checker/membership-faults.ts';
import { disturb, leftBehind, mend, CALM_MICROS } from '#checker/seldom-plan.ts';
import { CRASH_POINTS, CRASH_POINT_NAMES, type CrashPoint } from '#etcd/crash-points.ts';
import type { Prng } from '#kernel/prng.ts';
import type { Seat } from '#sim/member-seat.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import type { World } from '#sim/world.ts';

type Command = TimedCommand['command'];
type Steps = Generator<GuidedStep, void, void>;
type Story = (world: World, random: Prng) => Steps;

/** etcd ends streams that need a leader after three looks without one, an election timeout apart. */
const LOOKS_WITHOUT_LEADER = 4;
/** Virtual time within which a point that is armed is come to, µs. */
const POINT_MICROS = 4 * SECOND;

const pick = <T>(random: Prng, list: readonly T[]): T | undefined => (list.length === 0 ? undefined : list[random.nextBelow(list.length)]);
const up = ({ core }: World): readonly Seat[] => core.seats.filter(({ life }) => life === 'up');
const followers = (world: World): readonly Seat[] => up(world).filter((seat) => seat !== leaderSeat(world.core));

const deathOf = (seat: Seat, at: CrashPoint, random: Prng): Command => ({
  type: 'kill',
  nodes: [seat.name],
  powerLoss: random.nextBelow(2) === 0,
  at,
});

/** Whose process comes to a point: a leader or a follower where only one of them does. */
function comer(world: World, at: CrashPoint, random: Prng): Seat | undefined {
  if (at === 'raftBeforeLeaderSend') return leaderSeat(world.core);
  return pick(random, at === 'raftBeforeFollowerSend' ? followers(world) : up(world));
}

/** A member dies at a point of its own work, a defragmentation that is asked of it included. */
function* diesAt(world: World, random: Prng, at: CrashPoint): Steps {
  const seat = comer(world, at, random);
  if (seat === undefined) return;
  const asked = CRASH_POINTS[at].area === 'defragmentation' ? operator(world, seat, 'defrag') : [];
  yield until(() => seat.life === 'dead', POINT_MICROS, deathOf(seat, at, random), ...asked);
}

/** A member dies while a change of the membership is applied. */
function* diesInChange(world: World, random: Prng, at: CrashPoint): Steps {
  yield pause(CALM_MICROS);
  const seat = pick(random, up(world));
  if (seat === undefined) return;
  yield until(() => seat.life === 'dead', POINT_MICROS, deathOf(seat, at, random), ...changeMembership(world, random));
}

/** An assertion fails in a member. */
function* failsAssertion(world: World, random: Prng): Steps {
  const seat = pick(random, up(world));
  if (seat !== undefined) yield pause(between(random, SECOND / 2, SECOND), { type: 'crash', nodes: [seat.name] });
}

/** All machines lose power at once. */
function* blackout(world: World): Steps {
  const nodes = up(world).map(({ name }) => name);
  if (nodes.length > 0) yield pause(SECOND / 2, { type: 'kill', nodes, powerLoss: true });
}

/** A bit of a follower's log is flipped; it refuses to start, and is removed and added again. */
function* flips(world: World, random: Prng): Steps {
  const flip = flipBit(world, random);
  const [nodes] = flip.flatMap((command) => (command.type === 'disk' ? [command.nodes] : []));
  if (nodes === undefined) return;
  yield pause(SECOND, ...flip, { type: 'kill', nodes, powerLoss: false });
  yield pause(CALM_MICROS, ...mend(world));
  for (let tries = 3; hasDamaged(world) && tries > 0; tries--) yield pause(2 * SECOND, ...giveUpDamaged(world));
}

/** Somebody is alone for so long that its clients' watches end for want of a leader. */
function* withoutLeader(world: World, random: Prng): Steps {
  const seat = pick(random, followers(world));
  const micros = LOOKS_WITHOUT_LEADER * world.options.electionMicros + 2 * SECOND;
  if (seat !== undefined) yield pause(micros, { type: 'isolate', nodes: [seat.name] });
}

/** The leader loses its office with writes under way. */
function* losesOffice(world: World, random: Prng): Steps {
  const leader = leaderSeat(world.core);
  if (leader === undefined || world.core.seats.length < 2) return;
  yield pause(3 * world.options.electionMicros, { type: 'isolate', nodes: [leader.name] });
  yield pause(between(random, SECOND, 2 * SECOND), { type: 'heal' });
}

const storyOf = (at: CrashPoint): Story => {
  const { area } = CRASH_POINTS[at];
  if (area === 'snapshot') return (world, random) => leftBehind(world, random, at);
  return (world, random) => (area === 'membership' ? diesInChange : diesAt)(world, random, at);
};
const STORIES: readonly Story[] = [...CRASH_POINT_NAMES.map(storyOf), failsAssertion, blackout, flips, withoutLeader, losesOffice];

function shuffled<T>(list: readonly T[], random: Prng): readonly T[] {
  const rest = [...list];
  const out: T[] = [];
  while (rest.length > 0) out.push(...rest.splice(random.nextBelow(rest.length), 1));
  return out;
}

/** The plan of the mix `points`. */
export function* points(world: World, random: Prng): Steps {
  for (;;) {
    for (const tell of shuffled(STORIES, random)) {
      yield until(() => leaderSeat(world.core) !== undefined, 10 * SECOND, ...mend(world));
      if (random.nextBelow(3) === 0) yield pause(between(random, 0, SECOND / 2), ...disturb(world, random));
      yield* tell(world, random);
      yield pause(between(random, SECOND / 10, SECOND), ...mend(world));
    }
  }
}
