/** What `play status` prints: one line a member, the time, and one line for each fault in force. */

import { faultsInForce } from '#sim/faults-in-force.ts';
import type { Seat } from '#sim/member-seat.ts';
import { leaderSeat } from '#sim/node-refs.ts';
import type { World } from '#sim/world.ts';

/** A table with a header, columns aligned, newline at the end. */
export function statusText(world: World): string {
  const { seats } = world.core;
  const nameOf = (id: bigint): string => (id === 0n ? '-' : (seats.find((s) => s.status?.id === id)?.name ?? id.toString(16)));
  const rows = [['MEMBER', 'STATE', 'TERM', 'VOTE', 'LEAD', 'LAST', 'COMMIT', 'APPLIED'], ...seats.map((seat) => rowOf(seat, nameOf))];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const leader = leaderSeat(world.core)?.name ?? 'none';
  const faults = faultsInForce(world.core).map(({ who, what }) => `fault ${who} ${what}\n`);
  const retries = [...world.core.clients.values()].flatMap(({ name, retry }) =>
    retry === 'none' ? [] : [`client ${name} retry ${retry}\n`],
  );
  return `${table.join('\n')}\ntime ${(world.now / 1000).toFixed(3)} ms, leader ${leader}\n${faults.join('')}${retries.join('')}`;
}

function rowOf(seat: Seat, nameOf: (id: bigint) => string): readonly string[] {
  const { status } = seat;
  if (status === undefined) return [seat.name, seat.life, '-', '-', '-', '-', '-', '-'];
  const state = seat.life === 'up' ? status.role : seat.life;
  return [
    seat.name,
    state,
    `${status.term}`,
    nameOf(status.vote),
    nameOf(status.lead),
    `${status.lastIndex}`,
    `${status.commit}`,
    `${status.applied}`,
  ];
}
