import { describe, expect, it } from 'vitest';

import { checkHistory } from '#checker/check-history.ts';
import { checkStores } from '#checker/durability.ts';
import { calmCluster } from '#checker/testing/calm-run.ts';
import type { Property } from '#checker/violation.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import { simTime } from '#kernel/brand.ts';
import { playUntil } from '#sim/player.ts';

/** What the checks of clients' promises find in a cluster without faults of machines or network, but with these rules broken. */
function found(broken: readonly BrokenRule[], halfway: readonly WorldCommand[] = [], micros = 6_000_000): ReadonlySet<Property> {
  const { checks, world, host } = calmCluster(5, micros, broken, halfway);
  const seen = new Set(checkHistory(checks.history(), checks.replay, '3.5').map(({ property }) => property));
  for (const client of world.core.clients.values()) world.submit({ type: 'kill', nodes: [client.name], powerLoss: false });
  playUntil(world, host, simTime(world.now + 2_000_000));
  for (const { property } of checkStores(world, host, [])) seen.add(property);
  return seen;
}

/** A member ends and comes back. */
const BOUNCE: readonly WorldCommand[] = [
  { type: 'kill', nodes: ['etcd-2'], powerLoss: false },
  { type: 'restart', nodes: ['etcd-2'] },
];

describe('a fault that is planted in the cluster is seen by the check of its promise', () => {
  it('nothing is seen in a sound one', () => {
    expect([...found([])]).toEqual([]);
  });

  it.each<readonly [BrokenRule, Property]>([
    ['watch-no-filter', 'watch-filter'],
    ['watch-reorder', 'watch-ordered'],
    ['watch-repeat', 'watch-unique'],
    ['watch-split', 'watch-atomic'],
    ['watch-early-bookmark', 'watch-bookmarkable'],
    ['watch-lose', 'watch-reliable'],
    ['watch-wrong-prev', 'watch-prev-kv'],
    ['watch-wrong-create', 'watch-is-create'],
    ['revision-back', 'monotone-revision'],
    ['read-other-value', 'serializable-read'],
    ['read-other-value', 'linearizability'],
    ['rot-history', 'hash-kv'],
  ])('%s: %s', (rule, property) => {
    expect([...found([rule])]).toContain(property);
  });

  it('revoke-half: lease-atomic, once a lease with several keys has come to its end', () => {
    expect([...found(['revoke-half'], [], 15_000_000)]).toContain('lease-atomic');
    expect([...found([], [], 15_000_000)]).toEqual([]);
  });

  it('watch-resume: watch-resumable, once watchers had to come back', () => {
    expect([...found(['watch-resume'], BOUNCE)]).toContain('watch-resumable');
    expect([...found([], BOUNCE)]).toEqual([]);
  });
});
