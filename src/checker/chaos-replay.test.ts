import { expect, it } from 'vitest';

import { chaosOptions } from '#checker/chaos-options.ts';
import { runChaos, type ChaosResult } from '#checker/chaos.ts';
import { Coverage } from '#checker/coverage.ts';
import { DEFAULT_MIX } from '#checker/fault-mix.ts';
import { newLine, scenarioLines, scenarioText } from '#checker/scenario-lines.ts';
import { mixOfSeed, seedPlan } from '#checker/seed-plan.ts';
import { trafficOf } from '#checker/traffic-plan.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';
import { World } from '#sim/world.ts';

/** The run written as a scenario, and played. */
function asScenario({ spec, endedAt }: ChaosResult) {
  const lines = scenarioLines(spec);
  const text = lines === undefined ? '' : scenarioText(newLine(spec.seed, spec.options), lines, endedAt);
  return playScenarioSync({ text, programs: LOAD_PROGRAMS, print: () => undefined, output: () => undefined }, createEtcdHost());
}

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

it('a chaos run in which single messages were faulted is written as a scenario with the same trace', () => {
  const once = runChaos(seedPlan(311, 3, 10_000_000, mixOfSeed(311)), createEtcdHost());
  expect(once.spec.commands.some(({ command }) => command.type === 'message')).toBe(true);
  const { world, failure } = asScenario(once);
  expect(failure).toBeUndefined();
  expect(world.traceHash().hash).toBe(once.hash);
});

it('a chaos run in which clients were killed and began anew is written as a scenario with the same trace', () => {
  // Found with seed 671: the name of the client that began anew could not be read back.
  const once = runChaos(seedPlan(671, 3, 33_000_000, mixOfSeed(671), []), createEtcdHost());
  expect(once.spec.commands.some(({ command }) => command.type === 'kill' && command.nodes.some((node) => !node.startsWith('etcd-')))).toBe(
    true,
  );
  const { world, failure } = asScenario(once);
  expect(failure).toBeUndefined();
  expect(world.traceHash().hash).toBe(once.hash);
});
