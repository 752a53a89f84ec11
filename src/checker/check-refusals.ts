/** Refusals that can be wrong: a history that is said to be compacted and is not, a revision said to lie ahead, a lease said to be gone. */

import { ERRORS } from '#api/errors.ts';
import { against } from '#checker/check-operations.ts';
import type { Floor } from '#checker/check-order.ts';
import { leaseStories } from '#checker/check-leases.ts';
import type { Operation } from '#checker/history.ts';
import { operationText } from '#checker/history-text.ts';
import type { Violation } from '#checker/violation.ts';

const MICROS_PER_SECOND = 1_000_000;

/** The least past revision that a request reads; 0 if none. */
function pastRevision({ request }: Operation): number {
  if (request.type !== 'txn') return 0;
  const asked = [...request.success, ...request.failure].flatMap((action) =>
    action.type === 'range' && action.revision > 0 ? [action.revision] : [],
  );
  return asked.length === 0 ? 0 : Math.min(...asked);
}

/** Tells the greatest revision that could have been compacted by a moment (virtual µs); 0 for none. */
export type CompactionBound = (moment: number) => number;

export function compactionBound(operations: readonly Operation[]): CompactionBound {
  const times: number[] = [];
  const bounds: number[] = [];
  for (const { request, outcome, invokedAt } of operations.toSorted((a, b) => a.invokedAt - b.invokedAt)) {
    if (request.type !== 'compact' || outcome.type === 'failed') continue;
    times.push(invokedAt);
    bounds.push(Math.max(bounds.at(-1) ?? 0, request.revision));
  }
  return (moment) => {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((times[mid] ?? Infinity) <= moment) low = mid + 1;
      else high = mid;
    }
    return bounds[low - 1] ?? 0;
  };
}

export function checkRefusals(
  operations: readonly Operation[],
  floors: ReadonlyMap<Operation, Floor>,
  compactedBefore: CompactionBound,
  clockRateMax = 1,
): readonly Violation[] {
  const violations: Violation[] = [];
  const stories = leaseStories(operations);
  for (const op of operations) {
    if (op.outcome.type === 'ok') {
      violations.push(...readsTooFarBack(op, operations));
      continue;
    }
    if (op.outcome.type !== 'failed') continue;
    const { message } = op.outcome;
    if (message === ERRORS.Compacted.message) {
      const compacted = compactedBefore(op.returnedAt);
      const asked = op.request.type === 'compact' ? op.request.revision : pastRevision(op) + 1;
      if (compacted < asked)
        violations.push(against('linearizability', op, `refused as compacted; nobody had compacted beyond ${compacted}`));
    } else if (message === ERRORS.FutureRev.message) {
      const floor = floors.get(op);
      const asked = op.request.type === 'compact' ? op.request.revision : pastRevision(op);
      const isStale = op.request.type === 'txn' && op.request.serializable;
      if (floor?.by !== undefined && asked <= floor.revision && !isStale)
        violations.push(against('linearizability', op, `refused as a revision to come, and it had passed`, [operationText(floor.by)]));
    } else if (message === ERRORS.LeaseNotFound.message) violations.push(...missedLease(op, stories, clockRateMax));
  }
  return violations;
}

/** A linearizable read below what was compacted before it began must be refused. */
function readsTooFarBack(op: Operation, operations: readonly Operation[]): readonly Violation[] {
  const asked = pastRevision(op);
  if (asked === 0 || op.request.type !== 'txn' || op.request.serializable) return [];
  const by = operations.find(
    ({ request, outcome, returnedAt }) =>
      request.type === 'compact' && outcome.type === 'ok' && returnedAt < op.invokedAt && request.revision > asked,
  );
  return by === undefined ? [] : [against('linearizability', op, `read at ${asked}, which had been compacted`, [operationText(by)])];
}

/** A lease that was granted, is not revoked and has time left is there. */
function missedLease(op: Operation, stories: ReturnType<typeof leaseStories>, clockRateMax: number): readonly Violation[] {
  const { request } = op;
  const leases =
    request.type === 'txn'
      ? [...request.success, ...request.failure].flatMap((action) => (action.type === 'put' && action.lease !== 0n ? [action.lease] : []))
      : request.type === 'lease-revoke'
        ? [request.id]
        : [];
  const [lease] = leases;
  const story = lease === undefined ? undefined : stories.get(lease);
  if (lease === undefined || leases.length > 1 || story === undefined) return [];
  if (story.revocations.some((one) => one !== op && one.invokedAt <= op.returnedAt)) return [];
  const sign = story.signs.findLast(
    ({ returnedAt, invokedAt, outcome }) =>
      returnedAt < op.invokedAt &&
      outcome.type === 'ok' &&
      outcome.answer.type === 'lease' &&
      op.returnedAt < invokedAt + (Number(outcome.answer.ttl) * MICROS_PER_SECOND) / clockRateMax,
  );
  return sign === undefined ? [] : [against('lease-floor', op, `lease ${lease.toString(16)} was said to be gone`, [operationText(sign)])];
}
