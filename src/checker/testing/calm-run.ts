/** A run without faults in which clients do everything that the checks know: the sound history that tests then spoil. */

import { RunChecks } from '#checker/run-checks.ts';
import { trafficCommands } from '#checker/traffic-plan.ts';
import { simTime } from '#kernel/brand.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions, memberConfigs } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

/** Plays it. */
export function calmRun(seed: number, micros: number): RunChecks {
  const options = defaultRunOptions('3.5');
  const host = createEtcdHost();
  const configs = memberConfigs(seed, options);
  const checks = new RunChecks(
    configs.map(({ name }) => name),
    host,
    options.profile,
  );
  const world = World.begin({ spec: newRunSpec(seed, options), programs: LOAD_PROGRAMS, listener: checks.listener });
  checks.attach(world);
  const endpoints = configs.flatMap(({ clientUrls }) => clientUrls).map((url) => url.replace('http://', ''));
  const plan = {
    mix: 'put-delete-lease',
    clients: 4,
    watchers: 2,
    watchPauseMs: 100,
    keys: 40,
    pauseMs: 20,
    timeoutMs: 1000,
    compactMs: 1500,
    compactsNewest: false,
  };
  playUntil(world, host, simTime(3_000_000), (instant) => checks.look(world, instant));
  for (const command of trafficCommands(plan, endpoints, seed)) world.submit(command);
  playUntil(world, host, simTime(3_000_000 + micros), (instant) => checks.look(world, instant));
  return checks;
}
