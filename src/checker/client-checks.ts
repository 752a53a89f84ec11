/**
 * What clients were promised, held against each answer as it comes: cheap enough for the page, and without looking into any member. What can be seen from
 * outside alone: answers that are older than what was known before they were asked for, two writes of one revision, values that contradict each other,
 * leases that end before their time. The complete checks, which know all that was applied, are in check-history.ts.
 */

import { simTime } from '#kernel/brand.ts';
import { mayWrite, operationName, type Action, type Answer, type Operation, type TxnRequest, type Version } from '#checker/history.ts';
import { operationText, versionText } from '#checker/history-text.ts';
import { KnownChanges } from '#checker/known-changes.ts';
import { rememberIn } from '#checker/remember.ts';
import type { Scoreboard } from '#checker/scoreboard.ts';
import type { Property } from '#checker/violation.ts';

/** Writes, sessions and leases that are remembered; the oldest are forgotten. */
const REMEMBERED_MAX = 5000;

type Opened = Omit<Operation, 'outcome' | 'returnedAt'>;
type TxnAnswer = Extract<Answer, { readonly type: 'txn' }>;

interface Floor {
  readonly revision: number;
  readonly by: Operation | undefined;
}

interface Lease {
  /** Virtual µs before which it must not end. */
  readonly until: number;
  readonly by: Operation;
}

const revisionOf = ({ outcome }: Operation): number => (outcome.type === 'ok' ? outcome.answer.revision : 0);

/** Mutable; one for each run. */
export class ClientChecks {
  readonly known = new KnownChanges();
  readonly #board: Scoreboard;
  readonly #clockRateMax: number;
  #newest: Floor = { revision: 0, by: undefined };
  /** For each open operation, what was known when it began. */
  readonly #floors = new Map<string, Floor>();
  readonly #writers = new Map<number, Operation>();
  /** The last answer of each session of a client with a member. */
  readonly #sessions = new Map<string, Operation>();
  readonly #leases = new Map<bigint, Lease>();
  /** Leases that somebody asked to end. */
  readonly #revoked = new Map<bigint, true>();

  /** @param clockRateMax the fastest clock of a member: leases end by it */
  constructor(board: Scoreboard, clockRateMax = 1) {
    this.#board = board;
    this.#clockRateMax = clockRateMax;
  }

  /** Another store is served from now on (restored, forced): what was known of the old one counts no more. */
  forget(): void {
    this.known.clear();
    this.#newest = { revision: 0, by: undefined };
    this.#writers.clear();
    this.#sessions.clear();
    this.#leases.clear();
    for (const name of this.#floors.keys()) this.#floors.set(name, this.#newest);
  }

  opened(op: Opened): void {
    this.#floors.set(operationName(op), this.#newest);
    if (op.request.type === 'lease-revoke') rememberIn(this.#revoked, op.request.id, true, REMEMBERED_MAX);
  }

  closed(op: Operation): void {
    const name = operationName(op);
    const floor = this.#floors.get(name) ?? this.#newest;
    this.#floors.delete(name);
    const { outcome, request } = op;
    if (outcome.type === 'failed' && outcome.code === 5) this.#checkLease(op);
    if (outcome.type !== 'ok') return;
    const { answer } = outcome;
    if (request.type === 'lease-grant' || request.type === 'lease-renew') this.#keepLease(op, answer);
    if (answer.revision === 0) return;
    this.#checkSession(op);
    if (request.type === 'txn' && answer.type === 'txn') this.#checkTxn(op, request, answer, floor);
    if (answer.revision > this.#newest.revision) this.#newest = { revision: answer.revision, by: op };
  }

  report(property: Property, at: number, members: readonly string[], detail: string, events: readonly string[]): void {
    this.#board.violated({ property, members, index: 0, at: simTime(at), detail, events });
  }

  #against(property: Property, op: Operation, detail: string, ...others: readonly (Operation | string | undefined)[]): void {
    const events = others.flatMap((other) => (other === undefined ? [] : [typeof other === 'string' ? other : operationText(other)]));
    this.report(property, op.returnedAt, [operationName(op)], detail, [...events, operationText(op)]);
  }

  #checkTxn(op: Operation, request: TxnRequest, answer: TxnAnswer, floor: Floor): void {
    const { revision } = answer;
    const actions = answer.succeeded ? request.success : request.failure;
    const writes = mayWrite(request) && hasWritten(actions, answer);
    if (!request.serializable) {
      this.#board.checked('linearizability', op.returnedAt);
      if (revision < floor.revision || (writes && revision === floor.revision))
        this.#against(
          'linearizability',
          op,
          `answered with revision ${revision} though revision ${floor.revision} had been answered before it began`,
          floor.by,
        );
    }
    if (writes) this.#takeWrite(op, actions, answer);
    else for (const [i, action] of actions.entries()) this.#checkRead(op, request, action, answer.results[i], revision);
  }

  #takeWrite(op: Operation, actions: readonly Action[], { revision, results }: TxnAnswer): void {
    this.#board.checked('one-revision', op.returnedAt);
    const other = this.#writers.get(revision);
    if (other === undefined) rememberIn(this.#writers, revision, op, REMEMBERED_MAX);
    else this.#against('one-revision', op, `revision ${revision} was given to ${operationName(other)} too`, other);
    const by = operationText(op);
    for (const [i, action] of actions.entries()) {
      const result = results[i];
      if (action.type === 'put') this.#learn(op, action.key, revision, action.value, undefined, by);
      else if (action.type === 'delete' && action.range.end === undefined && result?.type === 'delete' && result.deleted > 0)
        this.#learn(op, action.range.start, revision, undefined, undefined, by);
    }
  }

  #learn(op: Operation, key: string, revision: number, value: string | undefined, whole: Version | undefined, by: string): void {
    const known = this.known.learn({ key, revision, value, whole, by });
    if (known !== undefined)
      this.#against(
        'linearizability',
        op,
        `shows ${JSON.stringify(key)} of revision ${revision} as ${valueText(value)}, where it was seen as ${valueText(known.value)}`,
        known.by,
      );
  }

  #checkRead(op: Operation, request: TxnRequest, action: Action, result: TxnAnswer['results'][number] | undefined, answered: number): void {
    if (action.type !== 'range' || result?.type !== 'range' || action.countOnly || action.keysOnly) return;
    const property = request.serializable ? 'serializable-read' : 'linearizability';
    const at = action.revision === 0 ? answered : action.revision;
    this.#board.checked(property, op.returnedAt);
    for (const kv of result.kvs) {
      const last = this.known.lastAt(kv.key, at);
      if (kv.mod > at) this.#against(property, op, `shows ${JSON.stringify(kv.key)} of revision ${kv.mod}, asked at revision ${at}`);
      else if (last !== undefined && last.revision > kv.mod)
        this.#against(
          property,
          op,
          `read ${JSON.stringify(kv.key)} as ${versionText(kv)} at revision ${at}, after it had been changed at revision ${last.revision}`,
          last.by,
        );
      this.#learn(op, kv.key, kv.mod, kv.value, kv, operationText(op));
    }
  }

  /** What one client hears from one member never goes back, not even where it asks for stale reads. */
  #checkSession(op: Operation): void {
    if (op.member === 0) return;
    this.#board.checked('monotone-revision', op.returnedAt);
    const session = `${op.client} ${op.member}`;
    const before = this.#sessions.get(session);
    const isBack = before !== undefined && revisionOf(op) < revisionOf(before);
    if (!isBack) rememberIn(this.#sessions, session, op, REMEMBERED_MAX);
    else if (before.returnedAt < op.invokedAt)
      this.#against('monotone-revision', op, `the member answered with revision ${revisionOf(op)} after ${revisionOf(before)}`, before);
  }

  /** A lease lives at least its time from when it was asked for. */
  #keepLease(op: Operation, answer: Answer): void {
    if (answer.type !== 'lease') return;
    this.#board.checked('lease-floor', op.returnedAt);
    const until = op.invokedAt + (Number(answer.ttl) * 1_000_000) / this.#clockRateMax;
    const known = this.#leases.get(answer.id);
    if (known === undefined || known.until < until) rememberIn(this.#leases, answer.id, { until, by: op }, REMEMBERED_MAX);
  }

  /** A lease was not found. */
  #checkLease(op: Operation): void {
    const { request } = op;
    const ids = 'id' in request ? [request.id] : request.type === 'txn' ? leasesOf(request) : [];
    for (const id of ids) {
      const lease = this.#leases.get(id);
      if (lease === undefined || this.#revoked.has(id) || op.returnedAt >= lease.until) continue;
      this.#against(
        'lease-floor',
        op,
        `lease ${id.toString(16)} was gone before its time at ${(lease.until / 1000).toFixed(3)} ms`,
        lease.by,
      );
    }
  }
}

const leasesOf = ({ success, failure }: TxnRequest): readonly bigint[] =>
  [...success, ...failure].flatMap((action) => (action.type === 'put' && action.lease !== 0n ? [action.lease] : []));

const hasWritten = (actions: readonly Action[], { results }: TxnAnswer): boolean =>
  actions.some(({ type }, i) => {
    const result = results[i];
    return type === 'put' || (type === 'delete' && result?.type === 'delete' && result.deleted > 0);
  });

const valueText = (value: string | undefined): string => (value === undefined ? 'deleted' : JSON.stringify(value.slice(0, 24)));
