/** A run without faults in which clients do everything that the checks know: the sound history that tests then spoil. */

import { RunChecks } from '#checker/run-checks.ts';
import { trafficCommands } from '#checker/traffic-plan.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import { simTime } from '#kernel/brand.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions, memberConfigs } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

/** Plays it, and gives what the checks saw. */
export function calmRun(seed: number, micros: number): RunChecks {
  return calmCluster(seed, micros, []).checks;
}

/** The same of a cluster that breaks rules on purpose. @param halfway what is done to it in the middle */
export function calmCluster(seed: number, micros: number, broken: readonly BrokenRule[], halfway: readonly WorldCommand[] = []) {
  const options = { ...defaultRunOptions('3.5'), broken };
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
    v2: 0,
    compactsNewest: false,
    requireLeader: false,
  };
  playUntil(world, host, simTime(3_000_000), (instant) => checks.look(world, instant));
  for (const command of trafficCommands(plan, endpoints, seed)) world.submit(command);
  playUntil(world, host, simTime(3_000_000 + micros / 2), (instant) => checks.look(world, instant));
  for (const command of halfway) world.submit(command);
  playUntil(world, host, simTime(3_000_000 + micros), (instant) => checks.look(world, instant));
  return { checks, world, host };
}
