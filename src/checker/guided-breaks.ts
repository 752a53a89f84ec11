/** More fault plans that wait for what they need: the stories behind rules that dice would seldom put to the test. See guided-faults.ts. */

import { between, pause, until, SECOND, type GuidedStep } from '#checker/guided-faults.ts';
import type { Prng } from '#kernel/prng.ts';
import type { Seat } from '#sim/member-seat.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import type { World } from '#sim/world.ts';

type Command = TimedCommand['command'];

const led = (world: World): GuidedStep => until(() => leaderSeat(world.core) !== undefined, 10 * SECOND, { type: 'heal' });
const alone = (seat: Seat, seats: readonly Seat[]): Command => ({
  type: 'partition',
  sides: [[seat.name], seats.filter((s) => s !== seat).map((s) => s.name)],
});
const draw = (random: Prng, seats: readonly Seat[]): Seat | undefined => seats[random.nextBelow(Math.max(1, seats.length))];

/** A follower is cut off for some election timeouts, comes back, and is left in peace: its return must not cost the leader its office. */
export function* returningMember(world: World, random: Prng): Generator<GuidedStep, void, void> {
  for (;;) {
    yield led(world);
    yield pause(between(random, 3 * SECOND, 4 * SECOND));
    const leader = leaderSeat(world.core);
    const away = draw(
      random,
      world.core.seats.filter((s) => s !== leader),
    );
    if (leader === undefined || away === undefined) continue;
    yield pause(between(random, 3 * SECOND, 6 * SECOND), alone(away, world.core.seats));
    yield pause(2 * SECOND, { type: 'heal' });
  }
}

/** The leader is cut off from all others while clients still reach it. */
export function* isolatedLeader(world: World, random: Prng): Generator<GuidedStep, void, void> {
  for (;;) {
    yield led(world);
    yield pause(between(random, SECOND, 3 * SECOND));
    const leader = leaderSeat(world.core);
    if (leader !== undefined) yield pause(between(random, 12 * SECOND, 14 * SECOND), alone(leader, world.core.seats));
  }
}

const operator = (leader: Seat, name: string, ...words: readonly string[]): Command => ({
  type: 'start',
  process: name,
  client: name,
  argv: ['etcdctl', '--endpoints', leader.config.clientUrls[0]?.replace(/^http:\/\//, '') ?? '', ...words],
  env: {},
  stdin: undefined,
  columns: 0,
});

/**
 * Two members are removed at the same moment, and the leader is cut off from everybody as soon as it has applied that. With one change at a time the
 * second waits for the first.
 */
export function* twoRemovals(world: World, random: Prng): Generator<GuidedStep, void, void> {
  yield led(world);
  // etcd accepts changes when all members have been connected for five seconds.
  yield pause(between(random, 6 * SECOND, 8 * SECOND));
  const leader = leaderSeat(world.core);
  if (leader === undefined) return;
  const others = world.core.seats.filter((s) => s !== leader);
  const goers = others.slice(0, 2);
  const voters = (): number => leader.status?.voters.length ?? 0;
  const before = voters();
  yield until(
    () => voters() <= before - 2,
    SECOND,
    ...goers.map((seat, i) => operator(leader, `remover${i}`, 'member', 'remove', seat.status?.id.toString(16) ?? '')),
  );
  yield pause(between(random, 5 * SECOND, 10 * SECOND), alone(leader, world.core.seats));
  yield pause(SECOND, { type: 'heal' });
}

/**
 * A follower is left behind until it needs a snapshot, while a client's watch moves to it: the watch waits there for revisions that the member
 * has not, and must not be told of older ones when the snapshot comes.
 */
export function* laggingMember(world: World, random: Prng): Generator<GuidedStep, void, void> {
  for (;;) {
    yield led(world);
    yield pause(between(random, SECOND, 2 * SECOND));
    const leader = leaderSeat(world.core);
    const others = world.core.seats.filter((s) => s !== leader);
    const behind = draw(random, others);
    if (leader === undefined || behind === undefined) continue;
    const start = leader.status?.applied ?? 0;
    yield until(() => (leader.status?.applied ?? 0) > start + 150, 20 * SECOND, alone(behind, world.core.seats));
    // Watches break and go on at the next endpoint; who has fallen behind is one of them.
    const rest = world.core.seats.filter((s) => s !== behind);
    for (const seat of rest) {
      yield pause(between(random, 300_000, SECOND), { type: 'kill', nodes: [seat.name], powerLoss: false });
      yield pause(between(random, 100_000, 500_000), { type: 'restart', nodes: [seat.name] });
    }
    yield until(() => (behind.status?.firstIndex ?? 0) > start, 10 * SECOND, { type: 'heal' });
    yield pause(2 * SECOND);
  }
}
