/** From etcd's messages to the words of a history. */

import {
  Compare_CompareResult,
  Compare_CompareTarget,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  TxnRequest as TxnMessage,
  type Compare,
  type DeleteRangeRequest,
  type DeleteRangeResponse,
  type PutRequest,
  type PutResponse,
  type RangeRequest,
  type RangeResponse,
  type RequestOp,
  type ResponseOp,
} from '#api/gen/rpc.ts';
import type { KeyValue } from '#api/gen/kv.ts';
import { KVService, LeaseService } from '#api/rpc.ts';
import { unreachable } from '#kernel/assert.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { bytesToKey, keyRange } from '#mvcc/byte-key.ts';
import type { Action, ActionResult, Answer, Guard, Request, Version } from '#checker/history.ts';

export const toVersion = ({ key, value, createRevision, modRevision, version, lease }: KeyValue): Version => ({
  key: bytesToKey(key),
  value: bytesToKey(value),
  create: Number(createRevision),
  mod: Number(modRevision),
  version: Number(version),
  lease,
});

/** Undefined for a request that there is no model of. */
function rangeAction(r: RangeRequest): Action | undefined {
  const isPlain =
    r.sortOrder === RangeRequest_SortOrder.NONE &&
    r.sortTarget === RangeRequest_SortTarget.KEY &&
    r.minModRevision === 0n &&
    r.maxModRevision === 0n &&
    r.minCreateRevision === 0n &&
    r.maxCreateRevision === 0n;
  if (!isPlain) return undefined;
  const { countOnly, keysOnly } = r;
  const positive = (n: bigint): number => Math.max(0, Number(n));
  return {
    type: 'range',
    range: keyRange(r.key, r.rangeEnd),
    revision: positive(r.revision),
    limit: positive(r.limit),
    countOnly,
    keysOnly,
  };
}

function putAction(r: PutRequest): Action | undefined {
  if (r.ignoreValue || r.ignoreLease) return undefined;
  return { type: 'put', key: bytesToKey(r.key), value: bytesToKey(r.value), lease: r.lease, prevKv: r.prevKv };
}

const deleteAction = (r: DeleteRangeRequest): Action => ({ type: 'delete', range: keyRange(r.key, r.rangeEnd), prevKv: r.prevKv });

function actionOf({ request }: RequestOp): Action | undefined {
  switch (request?.type) {
    case 'requestRange':
      return rangeAction(request.value);
    case 'requestPut':
      return putAction(request.value);
    case 'requestDeleteRange':
      return deleteAction(request.value);
    case 'requestTxn':
    case undefined:
      return undefined;
    default:
      return unreachable(request, 'operation of a transaction');
  }
}

const TARGETS = new Map<number, Guard['target']>([
  [Compare_CompareTarget.VERSION, 'version'],
  [Compare_CompareTarget.CREATE, 'create'],
  [Compare_CompareTarget.MOD, 'mod'],
  [Compare_CompareTarget.LEASE, 'lease'],
  [Compare_CompareTarget.VALUE, 'value'],
]);
const RESULTS = new Map<number, Guard['result']>([
  [Compare_CompareResult.EQUAL, 'equal'],
  [Compare_CompareResult.GREATER, 'greater'],
  [Compare_CompareResult.LESS, 'less'],
  [Compare_CompareResult.NOT_EQUAL, 'not-equal'],
]);

function guardOf({ key, rangeEnd, target, result, targetUnion }: Compare): Guard | undefined {
  const kind = TARGETS.get(target);
  const relation = RESULTS.get(result);
  if (kind === undefined || relation === undefined || rangeEnd.length > 0) return undefined;
  const wanted = targetUnion?.value ?? (kind === 'value' ? '' : 0n);
  return { key: bytesToKey(key), target: kind, result: relation, wanted: typeof wanted === 'object' ? bytesToKey(wanted) : wanted };
}

const single = (action: Action | undefined, serializable = false): Request | undefined =>
  action === undefined ? undefined : { type: 'txn', guards: [], success: [action], failure: [], serializable };

function txnRequest(r: TxnMessage): Request | undefined {
  const guards = r.compare.map(guardOf);
  const success = r.success.map(actionOf);
  const failure = r.failure.map(actionOf);
  const known = <T>(list: readonly (T | undefined)[]): readonly T[] => list.filter((one) => one !== undefined);
  if ([...guards, ...success, ...failure].includes(undefined)) return undefined;
  // etcd reads from the member's own state if every operation of a read-only transaction says so.
  const serializable = [...r.success, ...r.failure].every(({ request }) => request?.type === 'requestRange' && request.value.serializable);
  return { type: 'txn', guards: known(guards), success: known(success), failure: known(failure), serializable };
}

/** Methods that change no key, of those without a model. */
const READ_ONLY =
  /\/(?:Range|LeaseTimeToLive|LeaseLeases|LeaseKeepAlive|Status|Hash|HashKV|MemberList|Watch|MoveLeader|Defragment|Alarm|Snapshot)$/;

/** @throws WireError */
export function toRequest(method: string, body: Bytes): Request {
  return knownRequest(method, body) ?? { type: 'other', method, writes: !READ_ONLY.test(method) };
}

function knownRequest(method: string, body: Bytes): Request | undefined {
  switch (method) {
    case KVService.Range.path: {
      const request = KVService.Range.request.decode(body);
      return single(rangeAction(request), request.serializable);
    }
    case KVService.Put.path:
      return single(putAction(KVService.Put.request.decode(body)));
    case KVService.DeleteRange.path:
      return single(deleteAction(KVService.DeleteRange.request.decode(body)));
    case KVService.Txn.path:
      return txnRequest(TxnMessage.decode(body));
    case KVService.Compact.path:
      return { type: 'compact', revision: Number(KVService.Compact.request.decode(body).revision) };
    case LeaseService.LeaseGrant.path: {
      const { ID, TTL } = LeaseService.LeaseGrant.request.decode(body);
      return { type: 'lease-grant', id: ID, ttl: TTL };
    }
    case LeaseService.LeaseRevoke.path:
      return { type: 'lease-revoke', id: LeaseService.LeaseRevoke.request.decode(body).ID };
    case LeaseService.LeaseKeepAlive.path:
      return { type: 'lease-renew', id: LeaseService.LeaseKeepAlive.request.decode(body).ID };
    default:
      return undefined;
  }
}

const rangeResult = (r: RangeResponse): ActionResult => ({
  type: 'range',
  kvs: r.kvs.map(toVersion),
  count: Number(r.count),
  more: r.more,
});
const putResult = ({ prevKv }: PutResponse): ActionResult => ({
  type: 'put',
  previous: prevKv === undefined ? undefined : toVersion(prevKv),
});
const deleteResult = ({ deleted, prevKvs }: DeleteRangeResponse): ActionResult => ({
  type: 'delete',
  deleted: Number(deleted),
  previous: prevKvs.map(toVersion),
});

function resultOf({ response }: ResponseOp): readonly ActionResult[] {
  switch (response?.type) {
    case 'responseRange':
      return [rangeResult(response.value)];
    case 'responsePut':
      return [putResult(response.value)];
    case 'responseDeleteRange':
      return [deleteResult(response.value)];
    default:
      return [];
  }
}

interface Headed {
  readonly header: { readonly revision: bigint } | undefined;
}

const revisionOf = ({ header }: Headed): number => Number(header?.revision ?? 0n);
const alone = (response: Headed, result: ActionResult): Answer => ({
  type: 'txn',
  revision: revisionOf(response),
  succeeded: true,
  results: [result],
});

/** @throws WireError */
export function toAnswer(method: string, body: Bytes): Answer {
  switch (method) {
    case KVService.Range.path: {
      const response = KVService.Range.response.decode(body);
      return alone(response, rangeResult(response));
    }
    case KVService.Put.path: {
      const response = KVService.Put.response.decode(body);
      return alone(response, putResult(response));
    }
    case KVService.DeleteRange.path: {
      const response = KVService.DeleteRange.response.decode(body);
      return alone(response, deleteResult(response));
    }
    case KVService.Txn.path: {
      const response = KVService.Txn.response.decode(body);
      return {
        type: 'txn',
        revision: revisionOf(response),
        succeeded: response.succeeded,
        results: response.responses.flatMap(resultOf),
      };
    }
    case KVService.Compact.path:
      return { type: 'done', revision: revisionOf(KVService.Compact.response.decode(body)) };
    case LeaseService.LeaseRevoke.path:
      return { type: 'done', revision: revisionOf(LeaseService.LeaseRevoke.response.decode(body)) };
    case LeaseService.LeaseGrant.path: {
      const response = LeaseService.LeaseGrant.response.decode(body);
      return { type: 'lease', revision: revisionOf(response), id: response.ID, ttl: response.TTL };
    }
    case LeaseService.LeaseKeepAlive.path: {
      const response = LeaseService.LeaseKeepAlive.response.decode(body);
      return { type: 'lease', revision: revisionOf(response), id: response.ID, ttl: response.TTL };
    }
    default:
      return { type: 'done', revision: 0 };
  }
}
