/**
 * Transactions on the state machine (server/etcdserver/apply.go): the comparisons choose the path through all nested transactions before
 * anything is written, then the operations of that path happen in order, at one revision. An operation that cannot be done refuses the
 * whole transaction.
 */

import {
  Compare_CompareResult,
  Compare_CompareTarget,
  type Compare,
  type RangeRequest,
  type RequestOp,
  type ResponseOp,
  type TxnRequest,
  type TxnResponse,
} from '#api/gen/rpc.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import { compareBytes, EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { assert } from '#kernel/assert.ts';
import type { KeyValue } from '#mvcc/record.ts';
import type { MvccStore } from '#mvcc/store.ts';
import type { WriteTxn } from '#mvcc/write-txn.ts';
import {
  applied,
  deleteIn,
  putIn,
  rangeIn,
  refused,
  refusePutInTxn,
  type Applied,
  type LeaseLookup,
  type ReadView,
} from '#etcd/apply-kv.ts';
import { revisionHeader } from '#etcd/kv-messages.ts';

/** Which branch a transaction takes, and those nested in that branch, in order. */
interface TxnPath {
  readonly succeeded: boolean;
  readonly nested: readonly TxnPath[];
}

/** True if it only reads: then it needs no entry of the log. A nested transaction counts as a write, whatever is in it, as in etcd. */
export const isReadOnlyTxn = (r: TxnRequest): boolean =>
  [...r.success, ...r.failure].every(({ request }) => request?.type === 'requestRange');

/** True if all its operations are reads that ask for the member's own, maybe stale, state. */
export const isSerializableTxn = (r: TxnRequest): boolean =>
  [...r.success, ...r.failure].every(({ request }) => request?.type === 'requestRange' && request.value.serializable);

/** Applies a transaction. @param openTxn opens the store's write transaction */
export function applyTxn(store: MvccStore, openTxn: () => WriteTxn, r: TxnRequest, leases: LeaseLookup): Applied<TxnResponse> {
  const path = pathOf(store, r);
  const refusal = refuseOps(store, r, path, leases);
  if (refusal !== undefined) return refused(refusal);
  if (isReadOnlyTxn(r)) return applied({ ...executeReads(store, r, path), header: revisionHeader(store.currentRevision) });
  const txn = openTxn();
  const response = execute(txn, r, path);
  const { revision } = txn.end();
  return applied({ ...response, header: revisionHeader(revision) });
}

function pathOf(view: ReadView, r: TxnRequest): TxnPath {
  const succeeded = r.compare.every((c) => holds(view, c));
  const nested = branchOf(r, succeeded).flatMap(({ request }) => (request?.type === 'requestTxn' ? [pathOf(view, request.value)] : []));
  return { succeeded, nested };
}

const branchOf = (r: TxnRequest, succeeded: boolean): readonly RequestOp[] => (succeeded ? r.success : r.failure);

function holds(view: ReadView, c: Compare): boolean {
  const result = view.range({ key: c.key, rangeEnd: c.rangeEnd });
  if (result.type !== 'range') return false;
  if (result.kvs.length === 0) return c.target !== Compare_CompareTarget.VALUE && holdsFor(c, undefined);
  return result.kvs.every((kv) => holdsFor(c, kv));
}

function holdsFor(c: Compare, kv: KeyValue | undefined): boolean {
  const order = orderOf(c, kv);
  switch (c.result) {
    case Compare_CompareResult.EQUAL:
      return order === 0;
    case Compare_CompareResult.NOT_EQUAL:
      return order !== 0;
    case Compare_CompareResult.GREATER:
      return order > 0;
    case Compare_CompareResult.LESS:
      return order < 0;
    default:
      return true; // etcd refuses only by the relations that it knows
  }
}

/** How the key compares to the wanted value; a value of another kind than the target counts as absent. */
function orderOf(c: Compare, kv: KeyValue | undefined): number {
  const want = c.targetUnion;
  const number = (type: 'version' | 'createRevision' | 'modRevision' | 'lease', have: bigint): number => {
    const wanted = want?.type === type ? want.value : 0n;
    return have < wanted ? -1 : have > wanted ? 1 : 0;
  };
  switch (c.target) {
    case Compare_CompareTarget.VALUE: {
      const wanted: Bytes = want?.type === 'value' ? want.value : EMPTY_BYTES;
      return compareBytes(kv?.value ?? EMPTY_BYTES, wanted);
    }
    case Compare_CompareTarget.VERSION:
      return number('version', BigInt(kv?.version ?? 0));
    case Compare_CompareTarget.CREATE:
      return number('createRevision', BigInt(kv?.createRevision ?? 0));
    case Compare_CompareTarget.MOD:
      return number('modRevision', BigInt(kv?.modRevision ?? 0));
    case Compare_CompareTarget.LEASE:
      return number('lease', kv?.lease ?? 0n);
    default:
      return 0; // likewise for a target
  }
}

/** Why an operation on the path cannot be done: puts first, then ranges, as etcd checks them. */
function refuseOps(store: MvccStore, r: TxnRequest, path: TxnPath, leases: LeaseLookup): ApiError | undefined {
  return (
    firstRefusal(r, path, (op) => (op.request?.type === 'requestPut' ? refusePutInTxn(store, op.request.value, leases) : undefined)) ??
    firstRefusal(r, path, (op) => (op.request?.type === 'requestRange' ? refuseRange(store, op.request.value) : undefined))
  );
}

function refuseRange(store: MvccStore, r: RangeRequest): ApiError | undefined {
  if (r.revision === 0n) return undefined;
  if (r.revision > BigInt(store.currentRevision)) return ERRORS.FutureRev;
  return r.revision < BigInt(store.compactRevision) ? ERRORS.Compacted : undefined;
}

function firstRefusal(r: TxnRequest, path: TxnPath, refuse: (op: RequestOp) => ApiError | undefined): ApiError | undefined {
  let nested = 0;
  for (const op of branchOf(r, path.succeeded)) {
    const inner = op.request?.type === 'requestTxn' ? path.nested[nested++] : undefined;
    const refusal = op.request?.type === 'requestTxn' && inner !== undefined ? firstRefusal(op.request.value, inner, refuse) : refuse(op);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

type Run = (op: RequestOp) => ResponseOp;

function walk(r: TxnRequest, path: TxnPath, run: Run): TxnResponse {
  let nested = 0;
  const responses = branchOf(r, path.succeeded).map((op): ResponseOp => {
    if (op.request?.type !== 'requestTxn') return run(op);
    const inner = path.nested[nested++];
    assert(inner !== undefined, 'a nested transaction without a path');
    return { response: { type: 'responseTxn', value: walk(op.request.value, inner, run) } };
  });
  return { header: revisionHeader(0), succeeded: path.succeeded, responses };
}

function readOp(view: ReadView, request: RangeRequest): ResponseOp {
  const result = rangeIn(view, request);
  assert(result.ok, () => `a checked range is refused: ${result.ok ? '' : result.error.message}`);
  return { response: { type: 'responseRange', value: result.response } };
}

const executeReads = (store: MvccStore, r: TxnRequest, path: TxnPath): TxnResponse =>
  walk(r, path, ({ request }) => {
    assert(request?.type === 'requestRange', 'a write in a read-only transaction');
    return readOp(store, request.value);
  });

const execute = (txn: WriteTxn, r: TxnRequest, path: TxnPath): TxnResponse =>
  walk(r, path, ({ request }) => {
    switch (request?.type) {
      case 'requestRange':
        return readOp(txn, request.value);
      case 'requestPut':
        return { response: { type: 'responsePut', value: putIn(txn, request.value) } };
      case 'requestDeleteRange':
        return { response: { type: 'responseDeleteRange', value: deleteIn(txn, request.value) } };
      default:
        return { response: undefined };
    }
  });
