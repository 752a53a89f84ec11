/** Faults in force as the page sees them. */

import type { LatencyRange } from '#ctl/world-command.ts';
import { sameLatency, type Link } from '#sim/links.ts';
import type { MemberClock, Seat } from '#sim/member-seat.ts';
import type { RunOptions } from '#sim/run-options.ts';
import type { ClockView, LatencyView, LinkSettingsView, MemberFaults } from '#view/frame.ts';

const latencyView = ({ minMicros, maxMicros, spiky }: LatencyRange): LatencyView => ({ minMicros, maxMicros, spiky: spiky === true });

/** Undefined for a clock that runs as the world's does. */
export const clockView = ({ rate, offset }: MemberClock): ClockView | undefined =>
  rate === 1 && offset === 0 ? undefined : { rate, offsetMicros: offset };

/** Undefined if nothing is in force. */
export function memberFaults(
  { latency, disk, armed, clock }: Seat,
  options: Pick<RunOptions, 'walLatency' | 'backendLatency'>,
): MemberFaults | undefined {
  const changed = (now: LatencyRange, usual: LatencyRange): LatencyView | undefined =>
    sameLatency(now, usual) ? undefined : latencyView(now);
  const faults: MemberFaults = {
    walLatency: changed(latency.wal, options.walLatency),
    backendLatency: changed(latency.backend, options.backendLatency),
    full: disk.full,
    failFsync: disk.failFsync,
    tear: disk.tear,
    corrupt: disk.isCorrupt,
    armed,
    clock: clockView(clock),
  };
  return Object.values(faults).some((fault) => fault !== undefined && fault !== false) ? faults : undefined;
}

export const linkSettings = ({ latency, loss, duplicate, reorder, bandwidth }: Link): LinkSettingsView => ({
  latency: latency === undefined ? undefined : latencyView(latency),
  loss,
  duplicate,
  reorder,
  bandwidth,
});
