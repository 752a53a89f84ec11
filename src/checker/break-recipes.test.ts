import { describe, expect, it } from 'vitest';

import { BREAK_RECIPES, breakPlan, findBreak } from '#checker/break-recipes.ts';
import { playChecked } from '#checker/checked-scenario.ts';
import { runChaos } from '#checker/chaos.ts';
import { shrink } from '#checker/shrink.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

const RECIPES = Object.entries(BREAK_RECIPES) as readonly (readonly [BrokenRule, (typeof BREAK_RECIPES)[BrokenRule] & object])[]; // the record's own keys

describe('a cluster that breaks one rule is found out, and a sound one under the same faults is not', () => {
  it.each(RECIPES)('%s', (rule, recipe) => {
    const found = findBreak(rule, recipe, createEtcdHost);
    expect(found, `nothing found in ${recipe.seedsMax} seeds`).toBeDefined();
    expect(recipe.seen).toContain(found?.result.violations[0]?.property);
    expect(runChaos(breakPlan(rule, recipe, found?.seed ?? 1, false), createEtcdHost()).violations).toEqual([]);
  });
});

describe('shrinking', () => {
  it('leaves what the fault needs, as a scenario that shows it again', () => {
    const recipe = BREAK_RECIPES['no-check-quorum'];
    const found = recipe === undefined ? undefined : findBreak('no-check-quorum', recipe, createEtcdHost);
    if (found === undefined) throw new Error('nothing found');
    const { spec, endedAt, mendedAt } = found.result;
    const short = shrink({ spec, property: 'stale-leader', endedAt, mendedAt, disruption: false }, createEtcdHost);
    expect(short?.commands).toBeLessThan(spec.commands.length);
    expect(short?.text).toMatch(/^play new .*\n(?:@.*\n)*play run \d+(?:ms|us)\n$/);
    const play = (broken: readonly BrokenRule[]) =>
      playChecked({ text: short?.text ?? '', broken, disruption: false, atEnd: 'nothing' }, createEtcdHost()).violations;
    expect(play(['no-check-quorum'])).toEqual([short?.violation]);
    expect(play([])).toEqual([]);
  });
});
