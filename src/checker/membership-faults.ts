/**
 * Changes of the membership among the faults of a run (etcd's runtime reconfiguration, by `etcdctl member` as an operator would): voters and learners
 * are added and started, learners promoted, members removed, the leader too, and machines of removed members used again. Whether the cluster accepts a change
 * is its own decision; what nobody accepts changes nothing.
 */

import type { Prng } from '#kernel/prng.ts';
import type { RemoteCluster, RemoteMember } from '#etcd/contract.ts';
import { SEATS_MAX } from '#sim/launch.ts';
import type { Seat } from '#sim/member-seat.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import { placeOf } from '#sim/run-options.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import { isRunning } from '#sim/world-core.ts';
import type { World } from '#sim/world.ts';

type Command = TimedCommand['command'];

/** Members beyond those of the start. */
const EXTRA_MEMBERS = 2;

/** An `etcdctl` command of the operator, asked of a member. */
export function operator(world: World, asked: Seat, ...words: readonly string[]): readonly Command[] {
  const endpoint = asked.config.clientUrls[0]?.replace(/^http:\/\//, '') ?? '';
  const argv = ['etcdctl', '--endpoints', endpoint, ...words];
  // A client of its own each time: so a line of a scenario can stand for it.
  const name = `operator-${world.now}`;
  return [{ type: 'start', process: name, client: name, argv, env: {}, stdin: undefined, columns: 0 }];
}

const idOf = (seat: Seat): string => seat.status?.id.toString(16) ?? '';
const isStarted = ({ name }: RemoteMember): boolean => name !== '';

/** What to do next to the membership, by the leader's word of it; nothing without a leader. */
export function changeMembership(world: World, random: Prng): readonly Command[] {
  const leader = leaderSeat(world.core);
  const cluster = leader?.cluster;
  if (leader === undefined || cluster === undefined) return [];
  const dice = random.nextFloat();
  const waiting = cluster.members.find((member) => !isStarted(member));
  if (waiting !== undefined) return dice < 0.75 ? start(world, cluster, waiting) : remove(world, leader, waiting);
  const learner = cluster.members.find(({ isLearner }) => isLearner);
  if (learner !== undefined && dice < 0.7) return operator(world, anybody(world, random) ?? leader, 'member', 'promote', learner.id);
  const voters = cluster.members.filter(({ isLearner }) => !isLearner);
  const { nodes } = world.options;
  const shrinks = voters.length >= nodes + EXTRA_MEMBERS || (voters.length > 2 && dice < (voters.length > nodes ? 0.65 : 0.4));
  if (!shrinks) return add(world, leader, cluster, random);
  const leading = cluster.members.find(({ id }) => id === idOf(leader));
  const victim = random.nextBelow(3) === 0 ? leading : voters[random.nextBelow(voters.length)];
  return victim === undefined ? [] : remove(world, leader, victim);
}

const remove = (world: World, leader: Seat, { id }: RemoteMember): readonly Command[] => operator(world, leader, 'member', 'remove', id);

function anybody({ core }: World, random: Prng): Seat | undefined {
  const up = core.seats.filter((seat) => seat.life === 'up');
  return up[random.nextBelow(Math.max(1, up.length))];
}

/** A new member on a machine of its own, or on one whose member was removed. */
function add(world: World, leader: Seat, cluster: RemoteCluster, random: Prng): readonly Command[] {
  const { seats } = world.core;
  const free = seats.filter(
    (seat) => !isRunning(seat) && !cluster.members.some(({ peerUrls }) => peerUrls.includes(seat.config.peerUrls[0] ?? '')),
  );
  const old = free[random.nextBelow(Math.max(1, free.length))];
  const isNew = seats.length < SEATS_MAX && (old === undefined || random.nextBelow(4) === 0);
  const place = isNew ? placeOf(seats.length + 1, SEATS_MAX) : old?.config;
  const [url] = place?.peerUrls ?? [];
  if (place === undefined || url === undefined) return [];
  const kind = random.nextBelow(2) === 0 ? ['--learner'] : [];
  return operator(world, leader, 'member', 'add', place.name, '--peer-urls', url, ...kind);
}

/** Starts the members that were added and never started, by the word of whoever runs. */
export function startAdded(world: World): readonly Command[] {
  const running = leaderSeat(world.core) ?? world.core.seats.find((seat) => seat.life === 'up' && seat.cluster !== undefined);
  const cluster = running?.cluster;
  const waiting = cluster?.members.find((member) => !isStarted(member));
  if (cluster === undefined || waiting === undefined) return [];
  const isUp = world.core.seats.some(
    ({ life, config }) => life !== 'dead' && life !== 'crashed' && config.peerUrls.some((url) => waiting.peerUrls.includes(url)),
  );
  return isUp ? [] : start(world, cluster, waiting);
}

/**
 * Starts a member that was added. Data of another member on its machine is thrown away before, which only an operator may do who knows that it was
 * removed: its address was given to the new one, so it was.
 */
function start(world: World, cluster: RemoteCluster, member: RemoteMember): readonly Command[] {
  const { seats } = world.core;
  const number = seats.findIndex((seat) => seat.config.peerUrls.some((url) => member.peerUrls.includes(url)));
  const seat = seats[number];
  if (seat === undefined) return [{ type: 'start-member', node: placeOf(seats.length + 1, SEATS_MAX).name, changes: {} }];
  const begin: Command = { type: 'start-member', node: seat.name, changes: {} };
  if (idOf(seat) === member.id || cluster.members.some(({ id }) => id === idOf(seat))) return isRunning(seat) ? [] : [begin];
  const fresh: readonly Command[] = [{ type: 'wipe', nodes: [seat.name] }, begin];
  return seat.life === 'crashed' ? withoutStale(seats, cluster, fresh) : fresh;
}

/**
 * A member that starts believes the first peer that answers, and gives up if that one has not heard of it yet (etcd's GetClusterFromRemotePeers). Where
 * the cluster needs the new one's vote nobody can tell it: an operator stops those that lag for a moment (found with 1 member, seed 1516).
 */
function withoutStale(seats: readonly Seat[], cluster: RemoteCluster, begin: readonly Command[]): readonly Command[] {
  const stale = seats.filter(
    (seat) => seat.life === 'up' && seat.cluster !== undefined && seat.cluster.members.length !== cluster.members.length,
  );
  if (stale.length === 0) return begin;
  const nodes = stale.map(({ name }) => name);
  return [{ type: 'kill', nodes, powerLoss: false }, ...begin, { type: 'restart', nodes }];
}
