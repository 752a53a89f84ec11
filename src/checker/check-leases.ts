/**
 * Leases (etcd's API guarantees): a lease lives at least its TTL from its grant or from the last sign of life that was answered; when it ends, by itself
 * or because it was revoked, all of its keys go in one revision. It may live longer: a new leader gives every lease its full time again.
 */

import { simTime } from '#kernel/brand.ts';
import { isDeletionOf } from '#checker/check-operations.ts';
import type { Operation } from '#checker/history.ts';
import { changeText, operationText } from '#checker/history-text.ts';
import type { Replay, Step } from '#checker/replay.ts';
import type { Violation } from '#checker/violation.ts';

const MICROS_PER_SECOND = 1_000_000;

/** What clients did with one lease. */
interface LeaseStory {
  /** Grants and renewals that were answered. */
  readonly signs: Operation[];
  readonly revocations: Operation[];
}

export function leaseStories(operations: readonly Operation[]): ReadonlyMap<bigint, LeaseStory> {
  const stories = new Map<bigint, LeaseStory>();
  const storyOf = (id: bigint): LeaseStory => {
    const known = stories.get(id);
    if (known !== undefined) return known;
    const fresh: LeaseStory = { signs: [], revocations: [] };
    stories.set(id, fresh);
    return fresh;
  };
  for (const op of operations) {
    const { request, outcome } = op;
    if (request.type === 'lease-revoke' && outcome.type !== 'failed') storyOf(request.id).revocations.push(op);
    else if (outcome.type === 'ok' && outcome.answer.type === 'lease') storyOf(outcome.answer.id).signs.push(op);
  }
  return stories;
}

/** The sign of life that lasts longest, and until when. */
function floorOf(
  story: LeaseStory,
  before: number,
  clockRateMax: number,
): { readonly until: number; readonly sign: Operation } | undefined {
  let best: { readonly until: number; readonly sign: Operation } | undefined;
  for (const sign of story.signs) {
    if (sign.invokedAt > before || sign.outcome.type !== 'ok' || sign.outcome.answer.type !== 'lease') continue;
    const until = sign.invokedAt + (Number(sign.outcome.answer.ttl) * MICROS_PER_SECOND) / clockRateMax;
    if (best === undefined || until > best.until) best = { until, sign };
  }
  return best;
}

/** The lease whose end a revision is; undefined if it is not one, or if a client that asked to delete the keys claims it. */
function endedLease(step: Step): bigint | undefined {
  const lease = step.changes[0]?.before?.lease ?? 0n;
  return lease !== 0n && isDeletionOf(step, lease) ? lease : undefined;
}

/** Revocations that were answered while keys still hung on the lease. */
function revokedWithKeys(operations: readonly Operation[], replay: Replay): Violation[] {
  return operations.flatMap((op) => {
    const { request, outcome } = op;
    if (request.type !== 'lease-revoke' || outcome.type !== 'ok') return [];
    const { revision } = outcome.answer;
    const left = replay.leaseKeys(request.id, revision);
    const name = `lease ${request.id.toString(16)}`;
    const detail = `${name} was revoked, and at revision ${revision} ${left.join(', ')} still hung on it`;
    return left.length === 0
      ? []
      : [{ property: 'lease-atomic', members: [name], index: 0, at: simTime(op.returnedAt), detail, events: [operationText(op)] }];
  });
}

/**
 * Checks the revisions that no operation claims and that are the end of a lease.
 * @param unclaimed revisions that no answered operation made
 * @param explains whether an operation of unknown outcome may have made the revision
 * @param clockRateMax the fastest clock of a member: leases end by their leader's
 * @returns violations, and the revisions that ends of leases account for
 */
export function checkLeases(
  operations: readonly Operation[],
  unclaimed: readonly Step[],
  replay: Replay,
  explains: (step: Step) => boolean,
  clockRateMax = 1,
): { readonly violations: readonly Violation[]; readonly ended: ReadonlySet<number> } {
  const stories = leaseStories(operations);
  const violations = revokedWithKeys(operations, replay);
  const ended = new Set<number>();
  for (const step of unclaimed) {
    const lease = endedLease(step);
    if (lease === undefined || explains(step)) continue;
    ended.add(step.revision);
    const keys = replay.leaseKeys(lease, step.revision - 1);
    const at = simTime(step.at);
    const shown = [`revision ${step.revision}: ${step.changes.map(changeText).join(', ')}`];
    if (keys.length !== step.changes.length) {
      const detail = `lease ${lease.toString(16)} ended with ${step.changes.length} of its ${keys.length} keys deleted in revision ${step.revision}`;
      violations.push({ property: 'lease-atomic', members: [`lease ${lease.toString(16)}`], index: 0, at, detail, events: shown });
    }
    const story = stories.get(lease);
    if (story === undefined || story.revocations.some(({ invokedAt }) => invokedAt <= step.at)) continue;
    const floor = floorOf(story, step.at, clockRateMax);
    if (floor === undefined || step.at >= floor.until) continue;
    violations.push({
      property: 'lease-floor',
      members: [`lease ${lease.toString(16)}`],
      index: 0,
      at,
      detail: `it ended at ${(step.at / 1000).toFixed(3)} ms and was to live until ${(floor.until / 1000).toFixed(3)} ms at least`,
      events: [operationText(floor.sign), ...shown],
    });
  }
  return { violations, ended };
}
