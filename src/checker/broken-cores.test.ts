import { describe, expect, it } from 'vitest';

import { chaosOptions } from '#checker/chaos-options.ts';
import { runChaos } from '#checker/chaos.ts';
import { FAULT_MIXES } from '#checker/fault-mix.ts';
import { trafficOf } from '#checker/traffic-plan.ts';
import type { Property } from '#checker/violation.ts';
import type { BrokenRule } from '#etcd/broken-rules.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { World } from '#sim/world.ts';

function run(mixName: string, seed: number, broken: readonly BrokenRule[]) {
  const mix = FAULT_MIXES[mixName];
  if (mix === undefined) throw new Error(`no mix ${mixName}`);
  return runChaos(
    { seed, options: chaosOptions(seed, 3, broken), mix, micros: 20_000_000, writers: 3, traffic: undefined },
    createEtcdHost(),
  );
}

/** Rules of which one break is enough, a fault mix that tells their story, and seeds that catch it. */
const CASES: readonly {
  readonly rule: BrokenRule;
  readonly why: string;
  readonly mix: string;
  readonly seeds: readonly number[];
  readonly seen: readonly Property[];
}[] = [
  {
    rule: 'commit-older-term',
    why: 'entries of older terms are not committed by counting (§5.4.2, figure 8)',
    mix: 'figure-8',
    seeds: [1, 2, 3],
    seen: ['leader-completeness', 'state-machine-safety'],
  },
  {
    rule: 'forget-vote-on-restart',
    why: 'a vote is remembered over a restart (§5.2)',
    mix: 'double-vote',
    seeds: [1, 3, 5],
    seen: ['election-safety'],
  },
  {
    rule: 'ack-before-flush',
    why: 'an entry is acknowledged only when it is on disk (§5.3)',
    mix: 'power',
    seeds: [1, 6, 10],
    seen: ['leader-completeness', 'durability', 'crash', 'state-machine-safety'],
  },
];

describe('a core with one rule broken is caught by the checks that sound ones pass', () => {
  for (const { rule, why, mix, seeds, seen } of CASES) {
    it(`${rule}: ${why}`, { timeout: 180_000 }, () => {
      for (const seed of seeds) {
        expect(run(mix, seed, []).violations, `sound core, mix ${mix}, seed ${seed}`).toEqual([]);
      }
      const caught = seeds.flatMap((seed) => run(mix, seed, [rule]).violations.map((v) => v.property));
      expect(caught.length).toBeGreaterThan(0);
      expect(seen).toEqual(expect.arrayContaining([...new Set(caught)]));
    });
  }
});

it('a chaos run replays from its recorded commands', () => {
  const once = runChaos(
    {
      seed: 4,
      options: chaosOptions(4, 3, []),
      mix: FAULT_MIXES['default'] ?? fail(),
      micros: 5_000_000,
      writers: 1,
      traffic: trafficOf(4),
    },
    createEtcdHost(),
  );
  const world = World.begin({ spec: once.spec, programs: LOAD_PROGRAMS });
  playUntil(world, createEtcdHost(), once.endedAt);
  expect(world.traceHash().hash).toBe(once.hash);
});

function fail(): never {
  throw new Error('no default mix');
}
