/**
 * Real time: what had ended before an operation began comes before it in the order of revisions (strict serializability, etcd's API guarantees),
 * and nothing is seen before it happened. Linear after sorting, since answers carry revisions.
 */

import type { Operation } from '#checker/history.ts';
import { operationText } from '#checker/history-text.ts';
import { against, type Claims } from '#checker/check-operations.ts';
import type { Replay } from '#checker/replay.ts';
import type { Violation } from '#checker/violation.ts';

/** Revision of a successful answer; 0 for none. */
const revisionOf = ({ outcome }: Operation): number => (outcome.type === 'ok' ? outcome.answer.revision : 0);

/** Operations that see the newest state. The others are answered from what one member has. */
const isLinearizable = ({ request }: Operation): boolean =>
  request.type === 'txn' ? !request.serializable : request.type !== 'lease-renew' && request.type !== 'other';

/** The newest revision that anybody knew of before a moment. */
export interface Floor {
  readonly revision: number;
  readonly by: Operation | undefined;
}

/** For each operation, in the order of their beginning, the newest revision among those that had ended before. */
export function floorsOf(operations: readonly Operation[]): ReadonlyMap<Operation, Floor> {
  const begun = operations.toSorted((a, b) => a.invokedAt - b.invokedAt);
  const ended = operations.filter((op) => op.returnedAt !== Infinity).toSorted((a, b) => a.returnedAt - b.returnedAt);
  const floors = new Map<Operation, Floor>();
  let next = 0;
  let floor: Floor = { revision: 0, by: undefined };
  for (const op of begun) {
    for (let one = ended[next]; one !== undefined && one.returnedAt < op.invokedAt; one = ended[++next])
      if (revisionOf(one) > floor.revision) floor = { revision: revisionOf(one), by: one };
    floors.set(op, floor);
  }
  return floors;
}

/** Checks all answered operations. */
export function checkOrder(
  operations: readonly Operation[],
  floors: ReadonlyMap<Operation, Floor>,
  replay: Replay,
  claims: Claims,
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const op of operations) {
    const revision = revisionOf(op);
    if (revision === 0) continue;
    const seenAt = replay.step(revision)?.at ?? 0;
    if (seenAt > op.returnedAt)
      violations.push(against('linearizability', op, `answered with revision ${revision} before any member had applied it`));
    const isWrite = claims.byRevision.get(revision) === op;
    if (isWrite && seenAt < op.invokedAt)
      violations.push(against('linearizability', op, `revision ${revision} was applied before it was asked for`));
    const floor = floors.get(op);
    if (floor?.by === undefined || !isLinearizable(op)) continue;
    if (revision > floor.revision || (revision === floor.revision && !isWrite)) continue;
    const detail = `answered with revision ${revision} though revision ${floor.revision} had been answered before it began`;
    violations.push(against('linearizability', op, detail, [operationText(floor.by)]));
  }
  return [...violations, ...checkSessions(operations)];
}

/** What one client hears from one member never goes back, not even where it asks for stale reads. */
function checkSessions(operations: readonly Operation[]): readonly Violation[] {
  const violations: Violation[] = [];
  const last = new Map<string, Operation>();
  for (const op of operations.filter((one) => revisionOf(one) > 0 && one.member !== 0).toSorted((a, b) => a.invokedAt - b.invokedAt)) {
    const session = `${op.client} ${op.member}`;
    const before = last.get(session);
    if (before === undefined || before.returnedAt >= op.invokedAt || revisionOf(op) >= revisionOf(before)) {
      if (before === undefined || revisionOf(op) >= revisionOf(before)) last.set(session, op);
      continue;
    }
    const detail = `the member answered with revision ${revisionOf(op)} after ${revisionOf(before)}`;
    violations.push(against('monotone-revision', op, detail, [operationText(before)]));
  }
  return violations;
}
