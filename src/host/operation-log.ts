/** The newest operations of clients, for the page's picture of them: bounded, the oldest fall away. */

import { operationName, type Operation, type Request } from '#checker/history.ts';
import { requestText } from '#checker/history-text.ts';
import { keyToBytes } from '#mvcc/byte-key.ts';
import { showLine } from '#view/byte-text.ts';
import type { ClientOperation, Operations, OperationsQuery } from '#view/operations.ts';

/** Finished operations that are remembered. */
const OPERATIONS_MAX = 5000;
/** Longer texts are cut. */
const TEXT_MAX = 80;
/** The same of keys. */
const KEY_CHARS_MAX = 2000;

type Opened = Omit<Operation, 'outcome' | 'returnedAt'>;

/** Mutable; one for each run. */
export class OperationLog {
  readonly #open = new Map<string, Opened>();
  readonly #closed: Operation[] = [];
  /** When it began to hear. */
  #since: number;

  constructor(since: number) {
    this.#since = since;
  }

  opened(operation: Opened): void {
    this.#open.set(operationName(operation), operation);
  }

  closed(operation: Operation): void {
    this.#open.delete(operationName(operation));
    this.#closed.push(operation);
    if (this.#closed.length <= OPERATIONS_MAX * 1.2) return;
    const gone = this.#closed.splice(0, this.#closed.length - OPERATIONS_MAX);
    for (const { returnedAt, invokedAt } of gone) this.#since = Math.max(this.#since, returnedAt === Infinity ? invokedAt : returnedAt);
  }

  /** Those that overlap a stretch of time, oldest first. @param memberName by number */
  operations({ from, to }: OperationsQuery, memberName: (actor: number) => string): Operations {
    const isIn = ({ invokedAt, returnedAt }: Pick<Operation, 'invokedAt' | 'returnedAt'>): boolean => invokedAt <= to && returnedAt >= from;
    const closed = this.#closed.filter(isIn).map((operation) => viewOf(operation, memberName));
    const open = [...this.#open.values()]
      .filter((operation) => isIn({ ...operation, returnedAt: Infinity }))
      .map((operation) => viewOf(operation, memberName));
    return { since: this.#since, operations: [...closed, ...open].sort((a, b) => a.invokedAt - b.invokedAt) };
  }
}

function viewOf(operation: Opened & Partial<Operation>, memberName: (actor: number) => string): ClientOperation {
  const { client, call, member, request, invokedAt, returnedAt = Infinity, outcome } = operation;
  const text = requestText(request);
  return {
    client,
    call,
    member: member === 0 ? undefined : memberName(member),
    invokedAt,
    returnedAt: returnedAt === Infinity ? undefined : returnedAt,
    outcome: outcome?.type ?? 'open',
    serializable: request.type === 'txn' && request.serializable,
    ...subjectOf(request),
    ...shownBy(operation),
    revision: outcome?.type === 'ok' ? outcome.answer.revision : 0,
    text: text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`,
    message: outcome === undefined || outcome.type === 'ok' ? '' : outcome.message,
  };
}

const readable = (key: string): string => showLine(keyToBytes(key), KEY_CHARS_MAX);

function subjectOf(request: Request): Pick<ClientOperation, 'kind' | 'key'> {
  switch (request.type) {
    case 'txn': {
      const [action, ...others] = [...request.success, ...request.failure];
      const key = action === undefined ? '' : readable(action.type === 'put' ? action.key : action.range.start);
      if (action === undefined || others.length > 0 || request.guards.length > 0) return { kind: 'txn', key };
      return { kind: action.type === 'range' ? 'get' : action.type, key };
    }
    case 'lease-grant':
    case 'lease-revoke':
    case 'lease-renew':
      return { kind: 'lease', key: '' };
    case 'compact':
      return { kind: 'compact', key: '' };
    case 'other':
      return { kind: 'other', key: '' };
  }
}

/** What it put, or what a read of one key showed. */
function shownBy({ request, outcome }: Opened & Partial<Operation>): Pick<ClientOperation, 'value'> {
  if (request.type !== 'txn') return { value: undefined };
  const [action] = request.success;
  if (action?.type === 'put') return { value: readable(action.value) };
  const [result] = outcome?.type === 'ok' && outcome.answer.type === 'txn' ? outcome.answer.results : [];
  const [kv] = result?.type === 'range' ? result.kvs : [];
  return { value: kv === undefined ? undefined : readable(kv.value) };
}
