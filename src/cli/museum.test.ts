import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { BREAK_RECIPES } from '#checker/break-recipes.ts';
import { playChecked } from '#checker/checked-scenario.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

/** What the checks find in the scenario that is kept for a rule. */
function found(rule: BrokenRule, broken: readonly BrokenRule[]) {
  const text = readFileSync(new URL(`./museum/${rule}.play`, import.meta.url), 'utf8');
  const { violations, failure } = playChecked({ text, broken, disruption: false, atEnd: 'nothing' }, createEtcdHost());
  expect(failure).toBeUndefined();
  return violations.map(({ property }) => property);
}

describe('a defect that etcd once had is found in the scenario that is kept for it, and nothing is found there without it', () => {
  it.each<readonly [BrokenRule, string]>([
    ['watch-back-in-time', 'a watch goes back in time after a partition and a snapshot'],
    ['watch-skip-slow', 'a slow watcher loses events'],
    ['compact-tombstone', 'a compaction at the revision of a deletion takes the deletion from those who watch'],
    ['revision-regression', 'the revision falls after a crash in the midst of a compaction'],
    ['ack-alone', 'a single member acknowledges what is not on its disk'],
  ])('%s: %s', (rule) => {
    expect(BREAK_RECIPES[rule]?.seen).toContain(found(rule, [rule])[0]);
    expect(found(rule, [])).toEqual([]);
  });
});
