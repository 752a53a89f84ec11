/** All checks of what clients were promised, over one history and the order of changes that the members applied. Pure: the same input, the same findings. */

import { claimRevisions } from '#checker/check-operations.ts';
import { checkOrder, floorsOf } from '#checker/check-order.ts';
import { checkRefusals, compactionBound } from '#checker/check-refusals.ts';
import { checkUnclaimed } from '#checker/check-unknown.ts';
import { checkWatch } from '#checker/check-watch.ts';
import type { History } from '#checker/history.ts';
import type { Replay } from '#checker/replay.ts';
import type { Violation } from '#checker/violation.ts';

/** Findings of one history that are kept. */
const FINDINGS_MAX = 100;

/**
 * @param profile the modelled release: 3.4.23 has known defects of watches that are not held against it
 * @param clockRateMax the fastest clock of a member: leases end by their leader's
 */
export function checkHistory(history: History, replay: Replay, profile: string, clockRateMax = 1): readonly Violation[] {
  const { operations, watches } = history;
  const claims = claimRevisions(operations, replay);
  const floors = floorsOf(operations);
  const compactedBefore = compactionBound(operations);
  const rules = { isOldRelease: profile === '3.4.23', compactedBefore };
  const found = [
    ...claims.violations,
    ...checkOrder(operations, floors, replay, claims),
    ...checkUnclaimed(operations, floors, replay, claims, clockRateMax),
    ...checkRefusals(operations, floors, compactedBefore, clockRateMax),
    ...watches.flatMap((watch) => checkWatch(watch, replay, rules)),
  ];
  return found.slice(0, FINDINGS_MAX).toSorted((a, b) => a.at - b.at);
}
