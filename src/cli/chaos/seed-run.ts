/** One seed of `npm run chaos`, as plain data in and out, so that a thread can do it. */

import { BREAK_RECIPES, breakPlan } from '#checker/break-recipes.ts';
import { runChaos, type ChaosCounts, type ChaosPlan } from '#checker/chaos.ts';
import { Coverage } from '#checker/coverage.ts';
import { FAULT_MIXES } from '#checker/fault-mix.ts';
import { newLine, scenarioLines, scenarioText } from '#checker/scenario-lines.ts';
import { mixOfSeed, seedPlan } from '#checker/seed-plan.ts';
import { shrink } from '#checker/shrink.ts';
import { violationText } from '#checker/violation.ts';
import type { ChaosArguments } from '#cli/chaos/arguments.ts';
import type { RunSpec } from '#sim/run-spec.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

export interface SeedReport extends ChaosCounts {
  readonly seed: number;
  readonly violations: readonly string[];
  /** A short scenario that shows the first of them; undefined where none could be made. */
  readonly scenario: string | undefined;
  /** The whole run as a scenario, where that is asked for and can be. */
  readonly run: string | undefined;
  /** Nothing but members that come back disturbed its leaders. */
  readonly isCalm: boolean;
  readonly coverage: readonly (readonly [string, number])[];
}

function planOf({ broken, nodes, mix: name, micros, profile }: ChaosArguments, seed: number): ChaosPlan {
  const recipe = broken === undefined ? undefined : BREAK_RECIPES[broken];
  if (broken !== undefined && recipe !== undefined) {
    const options = profile === undefined ? recipe.options : { ...recipe.options, profile };
    return { ...breakPlan(broken, { ...recipe, nodes: nodes ?? recipe.nodes, mix: name ?? recipe.mix, options }, seed), micros };
  }
  return seedPlan(
    seed,
    nodes ?? 3,
    micros,
    (name === undefined ? undefined : FAULT_MIXES[name]) ?? mixOfSeed(seed),
    broken === undefined ? [] : [broken],
    profile,
  );
}

/** Plays one seed; a violation is shortened to a scenario. */
export function runSeed(args: ChaosArguments, seed: number): SeedReport {
  const plan = planOf(args, seed);
  const coverage = new Coverage();
  const result = runChaos({ ...plan, sink: coverage }, createEtcdHost());
  const [first] = result.violations;
  const { spec, endedAt, mendedAt, acknowledged, changes, transfers, joins, installs, operations } = result;
  const short =
    first === undefined || !args.shrinks
      ? undefined
      : shrink(
          { spec, property: first.property, endedAt, mendedAt, disruption: plan.mix.disruption, clockRateMax: plan.mix.clockRateMax },
          createEtcdHost,
        );
  return {
    seed,
    violations: result.violations.map(violationText),
    scenario: short === undefined ? undefined : `${short.text}# ${violationText(short.violation).replaceAll('\n', '\n# ')}`,
    run: args.folder === undefined ? undefined : runText(spec, endedAt),
    isCalm: plan.mix.disruption,
    acknowledged,
    changes,
    transfers,
    joins,
    installs,
    operations,
    coverage: coverage.entries(),
  };
}

function runText(spec: RunSpec, endedAt: number): string | undefined {
  const lines = scenarioLines(spec);
  return lines === undefined ? undefined : scenarioText(newLine(spec.seed, spec.options), lines, endedAt);
}
