/**
 * Whether every answered operation fits the order of revisions: a write is exactly what its revision changed, a read shows exactly the state of its
 * revision (or of the past one that it asked for), and no revision belongs to two writes. Every successful answer carries a revision, so this needs no
 * search.
 */

import type { SimTime } from '#kernel/brand.ts';
import type { KeyRange } from '#mvcc/byte-key.ts';
import { operationName, type Answer, type Operation, type TxnRequest, type Version } from '#checker/history.ts';
import { changeText, operationText, versionText } from '#checker/history-text.ts';
import type { Replay, Step } from '#checker/replay.ts';
import { evaluate, isSameAnswer, isSameChanges, type KeyState, type ModelOutcome } from '#checker/txn-model.ts';
import type { Property, Violation } from '#checker/violation.ts';

/** Which operation made which revision, and what was found against the others. */
export interface Claims {
  readonly byRevision: ReadonlyMap<number, Operation>;
  readonly violations: readonly Violation[];
}

export function stateAt(replay: Replay, revision: number): KeyState {
  return {
    at: (key) => replay.at(key, revision),
    range: (range) => replay.range(range, revision),
    past: (range: KeyRange, at: number): readonly Version[] | undefined => (at <= replay.revision ? replay.range(range, at) : undefined),
  };
}

/** A violation of one operation. `events`: what shows it besides the operation itself. */
export const against = (property: Property, op: Operation, detail: string, events: readonly string[] = []): Violation => ({
  property,
  members: [operationName(op)],
  index: 0,
  at: (op.returnedAt === Infinity ? op.invokedAt : op.returnedAt) as SimTime, // a virtual time, as recorded
  detail,
  events: [...events, operationText(op)],
});

const stepText = (step: Step): string =>
  `revision ${step.revision}, applied at ${(step.at / 1000).toFixed(3)} ms: ${step.changes.map(changeText).join(', ')}`;

/** Holds all answered transactions and revocations against the replay. */
export function claimRevisions(operations: readonly Operation[], replay: Replay): Claims {
  const byRevision = new Map<number, Operation>();
  const violations: Violation[] = [];
  for (const op of operations) {
    if (op.outcome.type !== 'ok') continue;
    const { answer } = op.outcome;
    const { request } = op;
    if (request.type === 'txn') checkTxn(op, request, answer, replay, byRevision, violations);
    if (answer.revision > replay.revision)
      violations.push(
        against('linearizability', op, `answered with revision ${answer.revision}; no member has got beyond ${replay.revision}`),
      );
  }
  for (const op of operations) {
    const { request, outcome } = op;
    if (request.type !== 'lease-revoke' || outcome.type !== 'ok') continue;
    // A revocation that deleted keys owns its revision; one of a lease without keys is answered with somebody else's.
    const step = replay.step(outcome.answer.revision);
    if (step !== undefined && !byRevision.has(step.revision) && isDeletionOf(step, request.id)) byRevision.set(step.revision, op);
  }
  return { byRevision, violations };
}

function checkTxn(
  op: Operation,
  request: TxnRequest,
  answer: Answer,
  replay: Replay,
  byRevision: Map<number, Operation>,
  violations: Violation[],
): void {
  const { revision } = answer;
  const step = replay.step(revision);
  if (step !== undefined) {
    const written = evaluate(request, stateAt(replay, revision - 1), revision);
    if (written.changes.length > 0 && isSameAnswer(written, answer) && isSameChanges(written.changes, step)) {
      claim(op, step, byRevision, violations);
      return;
    }
  }
  const read = evaluate(request, stateAt(replay, revision), revision + 1);
  if (read.changes.length === 0 && isSameAnswer(read, answer)) return;
  const property = request.serializable ? 'serializable-read' : 'linearizability';
  violations.push(against(property, op, mismatchText(request, answer, read, step), step === undefined ? [] : [stepText(step)]));
}

function claim(op: Operation, step: Step, byRevision: Map<number, Operation>, violations: Violation[]): void {
  const other = byRevision.get(step.revision);
  if (other === undefined) byRevision.set(step.revision, op);
  else
    violations.push(
      against('one-revision', op, `revision ${step.revision} was given to ${operationName(other)} too`, [
        stepText(step),
        operationText(other),
      ]),
    );
}

/** Whether a revision only deleted keys that hung on a lease. */
export const isDeletionOf = (step: Step, lease: bigint): boolean =>
  step.changes.length > 0 && step.changes.every(({ after, before }) => after === undefined && before?.lease === lease);

function mismatchText(request: TxnRequest, answer: Answer, read: ModelOutcome, step: Step | undefined): string {
  const writes = read.changes.length > 0;
  if (writes && step === undefined) return `answered with revision ${answer.revision}, which nobody has applied`;
  if (writes) return `answered with revision ${answer.revision}, which changed something else`;
  if (answer.type !== 'txn') return 'an answer of another kind';
  if (answer.succeeded !== read.succeeded)
    return `its comparisons ${answer.succeeded ? 'held' : 'did not hold'}; at revision ${answer.revision} they ${read.succeeded ? 'do' : 'do not'}`;
  for (const [i, wanted] of read.results.entries()) {
    const got = answer.results[i];
    if (wanted?.type !== 'range' || got?.type !== 'range') continue;
    if (got.count !== wanted.count) return `counted ${got.count} keys at revision ${answer.revision}, where there are ${wanted.count}`;
    const at = wanted.kvs.findIndex((kv, k) => versionText(kv) !== versionText(got.kvs[k]));
    if (at !== -1)
      return `read ${JSON.stringify(got.kvs[at]?.key ?? '')} as ${versionText(got.kvs[at])} at revision ${answer.revision}, where it is ${versionText(wanted.kvs[at])}`;
  }
  return `its answer is not what revision ${answer.revision} holds (${request.success.length} operations)`;
}
