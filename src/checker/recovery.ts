/** The end of a run under faults: what mends everything, and whether the cluster has come back. */

import type { Seat } from '#sim/member-seat.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import type { RunOptions } from '#sim/run-options.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import type { World } from '#sim/world.ts';

/** A healed cluster must have a leader and equal stores within this virtual time, µs. */
export const RECOVERY_MICROS = 60_000_000;

/** How long a level cluster is left alone before its stores are compared, µs. */
export const SETTLE_MICROS = 500_000;

/** Mends the network and the disks, ends the clients and starts whoever does not run. */
export const mendingCommands = (world: World, walLatency: RunOptions['walLatency']): readonly TimedCommand['command'][] => [
  { type: 'heal', all: true },
  ...[...world.core.clients.values()]
    .flatMap((client) => [...client.processes.keys()])
    .map((process) => ({ type: 'signal', process, signal: 'INT' }) as const),
  { type: 'thaw', nodes: ['all'] },
  { type: 'disk', nodes: ['all'], settings: { walLatency, full: false, failFsync: false } },
  { type: 'clock', nodes: ['all'], rate: 1 },
  { type: 'restart', nodes: ['all'] },
];

/** The members that belong to the cluster now, by the leader's word: who was removed does not count, nor who was added and never started. */
export function presentMembers({ core }: World): readonly Seat[] {
  const leader = leaderSeat(core);
  const ids = new Set(leader?.cluster?.members.map(({ id }) => id));
  return core.seats.filter((seat) => seat === leader || (seat.status !== undefined && ids.has(seat.status.id.toString(16))));
}

/** Whether there is a leader and all members have applied the same, all that was ever committed included. */
export function isLevel(world: World, commitMax: number): boolean {
  if (leaderSeat(world.core) === undefined) return false;
  const seats = presentMembers(world);
  const applied = new Set(seats.map((s) => (s.life === 'up' ? `${s.status?.applied ?? 0} ${s.status?.term ?? 0}` : s.name)));
  return applied.size === 1 && (seats[0]?.status?.applied ?? 0) >= commitMax;
}
