/** A link to a run at an instant, standing still, as “Share” gives it: with the trace up to there, so that the page knows how far the run goes. */
import { runToFragment } from '../src/host/share.ts';
import { simTime } from '../src/kernel/brand.ts';
import { createEtcdHost } from '../src/sim/etcd-members.ts';
import { playUntil } from '../src/sim/player.ts';
import { PROGRAMS } from '../src/sim/programs.ts';
import type { RunSpec, TimedCommand } from '../src/sim/run-spec.ts';
import { World } from '../src/sim/world.ts';

/** etcdctl is started by the visitor at an instant. @param at virtual µs */
export const etcdctlAt = (at: number, ...words: readonly string[]): TimedCommand => ({
  at,
  command: {
    type: 'start',
    process: `p${at}`,
    client: 'you',
    argv: ['etcdctl', ...words],
    env: {},
    stdin: undefined,
    columns: 80,
  },
});

/** @param at virtual µs @param view what is open beside the stage @returns what stands after `#` */
export function standingLink(spec: RunSpec, at: number, view: Readonly<Record<string, string>>): string {
  const world = World.begin({ spec, programs: PROGRAMS });
  playUntil(world, createEtcdHost(), simTime(at));
  return runToFragment(spec, { head: { at, trace: world.traceHash().hash }, view: { at: String(at), time: 'stands', ...view } });
}
