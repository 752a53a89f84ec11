/**
 * Revisions that no answered operation made: each must be the work of one operation of unknown outcome, or the end of a lease. An operation of unknown
 * outcome happens at most once (a second time would be a request applied twice), after it began, and not before what had ended by then.
 */

import { simTime } from '#kernel/brand.ts';
import { stateAt, type Claims } from '#checker/check-operations.ts';
import { checkLeases } from '#checker/check-leases.ts';
import type { Floor } from '#checker/check-order.ts';
import { mayWrite, type Operation } from '#checker/history.ts';
import { changeText } from '#checker/history-text.ts';
import type { Replay, Step } from '#checker/replay.ts';
import { evaluate, isSameChanges } from '#checker/txn-model.ts';
import type { Violation } from '#checker/violation.ts';

/** Accounts for all revisions. */
export function checkUnclaimed(
  operations: readonly Operation[],
  floors: ReadonlyMap<Operation, Floor>,
  replay: Replay,
  claims: Claims,
  clockRateMax: number,
): readonly Violation[] {
  const unclaimed = replay.steps.filter(({ revision }) => !claims.byRevision.has(revision));
  const open = operations.filter(({ outcome, request }) => outcome.type === 'unknown' && request.type === 'txn' && mayWrite(request));
  const used = new Set<Operation>();
  const explained = new Set<number>();
  // All of these intervals are open to the right, so the one that began first may take the first revision that it can have made.
  for (const step of unclaimed) {
    const op = open.find((one) => !used.has(one) && mayHaveMade(one, step, replay, floors));
    if (op === undefined) continue;
    used.add(op);
    explained.add(step.revision);
  }
  const leases = checkLeases(operations, unclaimed, replay, ({ revision }) => explained.has(revision), clockRateMax);
  const violations = [...leases.violations];
  if (operations.some(({ request, outcome }) => request.type === 'other' && request.writes && outcome.type !== 'failed')) return violations;
  for (const step of unclaimed) {
    if (explained.has(step.revision) || leases.ended.has(step.revision)) continue;
    violations.push({
      property: 'linearizability',
      members: [`revision ${step.revision}`],
      index: 0,
      at: simTime(step.at),
      detail: 'nobody asked for it: it is no answered write, no unanswered one that has not been applied already, and no end of a lease',
      events: [step.changes.map(changeText).join(', ')],
    });
  }
  return violations;
}

function mayHaveMade(op: Operation, step: Step, replay: Replay, floors: ReadonlyMap<Operation, Floor>): boolean {
  if (op.request.type !== 'txn' || op.invokedAt > step.at || step.revision <= (floors.get(op)?.revision ?? 0)) return false;
  const { changes } = evaluate(op.request, stateAt(replay, step.revision - 1), step.revision);
  return changes.length > 0 && isSameChanges(changes, step);
}
