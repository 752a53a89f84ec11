import { expect, it } from 'vitest';

import { chaosOptions } from '#checker/chaos-options.ts';
import { runChaos } from '#checker/chaos.ts';
import { Coverage } from '#checker/coverage.ts';
import { DEFAULT_MIX } from '#checker/fault-mix.ts';
import { trafficOf } from '#checker/traffic-plan.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { World } from '#sim/world.ts';

it('a chaos run replays from its recorded commands', () => {
  const sink = new Coverage();
  const options = chaosOptions(4, 3, []);
  const once = runChaos(
    { seed: 4, options, mix: DEFAULT_MIX, micros: 5_000_000, writers: 1, traffic: trafficOf(4), sink },
    createEtcdHost(),
  );
  const world = World.begin({ spec: once.spec, programs: LOAD_PROGRAMS });
  playUntil(world, createEtcdHost(), once.endedAt);
  expect(world.traceHash().hash).toBe(once.hash);
  expect(sink.count('role', 'became-leader')).toBeGreaterThan(0);
  expect(sink.count('message', 'MsgApp')).toBeGreaterThan(100);
});
