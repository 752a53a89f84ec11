/** What is broken on purpose in a world now, one item each: for `play status`, conditions and mending. */

import { timeText } from '#ctl/time-text.ts';
import { rangeText } from '#ctl/world-command-line.ts';
import { isPlain, sameLatency, type Link } from '#sim/links.ts';
import type { MemberClock, Seat } from '#sim/member-seat.ts';
import { actorName, type WorldCore } from '#sim/world-core.ts';

export interface FaultInForce {
  /** A member or client by name, or `network`. */
  readonly who: string;
  /** In the words of the flags that bring it about. */
  readonly what: string;
}

export function faultsInForce(core: Readonly<WorldCore>): readonly FaultInForce[] {
  const { sides } = core.links;
  const partition = sides.map((side) => side.map((actor) => actorName(core, actor)).join(',')).join(' / ');
  return [
    ...(sides.length > 1 ? [{ who: 'network', what: `partition ${partition}` }] : []),
    ...core.links.all().flatMap((link) => (isPlain(link) ? [] : [{ who: 'network', what: linkText(core, link) }])),
    ...core.seats.flatMap((seat) => memberFaults(core, seat).map((what) => ({ who: seat.name, what }))),
    ...[...core.clients.values()].flatMap((client) => clockFaults(client.clock).map((what) => ({ who: client.name, what }))),
  ];
}

function linkText(core: Readonly<WorldCore>, link: Link): string {
  const { cut, latency, loss, duplicate, reorder, bandwidth } = link;
  const percent = (share: number): string => `${Number((share * 100).toFixed(3))}%`;
  return [
    `link ${actorName(core, link.from)} > ${actorName(core, link.to)}`,
    ...(cut ? ['cut'] : []),
    ...(latency === undefined ? [] : [`latency ${rangeText(latency)}`]),
    ...(loss > 0 ? [`loss ${percent(loss)}`] : []),
    ...(duplicate > 0 ? [`duplicate ${percent(duplicate)}`] : []),
    ...(reorder > 0 ? [`reorder ${percent(reorder)}`] : []),
    ...(bandwidth > 0 ? [`bandwidth ${bandwidth}B/s`] : []),
  ].join(' ');
}

function memberFaults({ options }: Readonly<WorldCore>, { latency, disk, armed, clock }: Seat): readonly string[] {
  return [
    ...(sameLatency(latency.wal, options.walLatency) ? [] : [`disk latency ${rangeText(latency.wal)}`]),
    ...(sameLatency(latency.backend, options.backendLatency) ? [] : [`disk backend-latency ${rangeText(latency.backend)}`]),
    ...(disk.full ? ['disk full'] : []),
    ...(disk.failFsync ? ['disk fail-fsync'] : []),
    ...(disk.tear === undefined ? [] : [`disk tear ${disk.tear}`]),
    ...(disk.isCorrupt ? ['disk corrupt'] : []),
    ...(armed === undefined ? [] : [`kill at ${armed.point}${armed.powerLoss ? ' power-loss' : ''}`]),
    ...clockFaults(clock),
  ];
}

const clockFaults = ({ rate, offset }: MemberClock): readonly string[] => [
  ...(rate === 1 ? [] : [`clock rate ${rate}`]),
  ...(offset === 0 ? [] : [`clock off by ${offset < 0 ? '-' : ''}${timeText(Math.abs(offset))}`]),
];
