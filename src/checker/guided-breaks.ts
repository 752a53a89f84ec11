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
const isAnswering = (world: World, from: Seat, to: Seat): boolean =>
  world.core.agenda
    .entries()
    .some(
      ({ item }) =>
        item.type === 'peer' && item.flight.kind === 'MsgAppResp' && item.flight.from === from.actor && item.flight.to === to.actor,
    );
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
 * A follower is left behind until it needs a snapshot, which is long on its way. Meanwhile a client's watch moves to that follower: it waits there for
 * revisions that the member has not, nor the snapshot, and must not be told of older ones when that comes. For three members.
 */
export function* laggingMember(world: World, random: Prng): Generator<GuidedStep, void, void> {
  const { seats } = world.core;
  for (;;) {
    yield led(world);
    yield pause(between(random, SECOND, 2 * SECOND));
    const at = seats.findIndex((s) => s === leaderSeat(world.core));
    // Clients go on at the next endpoint: those of `left` come to `behind`.
    const [leader, left, behind] = [seats[at], seats[(at + 1) % seats.length], seats[(at + 2) % seats.length]];
    if (leader === undefined || left === undefined || behind === undefined) continue;
    const start = leader.status?.applied ?? 0;
    yield until(() => (leader.status?.applied ?? 0) > start + 100, 20 * SECOND, alone(behind, seats));
    // Its first answer says how far behind it is; what it is sent then is the snapshot.
    yield until(() => isAnswering(world, behind, leader), 5 * SECOND, { type: 'heal' });
    const slow = { minMicros: 3 * SECOND, maxMicros: 3 * SECOND };
    yield pause(between(random, SECOND, 2 * SECOND), {
      type: 'link',
      from: leader.name,
      to: behind.name,
      both: false,
      settings: { latency: slow },
    });
    yield until(() => (behind.status?.firstIndex ?? 0) > start, 10 * SECOND, { type: 'kill', nodes: [left.name], powerLoss: false });
    yield pause(4 * SECOND, { type: 'heal' }, { type: 'restart', nodes: [left.name] });
  }
}

/**
 * Clients that watch get a narrow way to their members, so that responses fill their streams and watchers wait for room while compactions pass them.
 */
export function* slowReader(world: World, random: Prng): Generator<GuidedStep, void, void> {
  const readers = [...world.core.clients.values()].map(({ name }) => name).filter((name) => name.startsWith('watcher'));
  for (;;) {
    yield led(world);
    yield pause(between(random, SECOND, 2 * SECOND));
    const bandwidth = 2 ** (15 + random.nextBelow(3));
    const narrow = readers.flatMap((to) =>
      world.core.seats.map(({ name }): Command => ({ type: 'link', from: name, to, both: false, settings: { bandwidth } })),
    );
    yield pause(between(random, 15 * SECOND, 25 * SECOND), ...narrow);
  }
}

/**
 * A learner joins, catches up, and is then alone with the leader: its acknowledgements must not make up for those of the voters on the other side, who
 * choose a leader of their own.
 */
export function* learningMember(world: World, random: Prng): Generator<GuidedStep, void, void> {
  yield led(world);
  yield pause(between(random, 6 * SECOND, 8 * SECOND));
  const first = leaderSeat(world.core);
  if (first === undefined) return;
  const number = world.core.seats.length + 1;
  const name = `etcd-${number}`;
  const url = `http://127.0.0.1:${2280 + 100 * number}`;
  yield pause(SECOND, operator(first, 'adder', 'member', 'add', name, '--learner', '--peer-urls', url));
  const learner = (): Seat | undefined => world.core.seats.find((s) => s.name === name);
  yield until(() => (learner()?.status?.applied ?? 0) >= (first.status?.applied ?? Infinity) - 5, 10 * SECOND, {
    type: 'start-member',
    node: name,
    changes: {},
  });
  for (;;) {
    const leader = leaderSeat(world.core);
    const others = world.core.seats.filter((s) => s !== leader && s.name !== name);
    if (leader !== undefined)
      yield pause(between(random, 3 * SECOND, 5 * SECOND), { type: 'partition', sides: [[leader.name, name], others.map((s) => s.name)] });
    yield led(world);
    yield pause(between(random, SECOND, 2 * SECOND));
  }
}
