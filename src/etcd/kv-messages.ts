/** Between the engine's records (numbers) and etcd's messages (64-bit fields). */

import { Event_EventType, type Event, type KeyValue as KeyValueMessage } from '#api/gen/kv.ts';
import {
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  type RangeRequest,
  type RangeResponse,
  type ResponseHeader,
} from '#api/gen/rpc.ts';
import { ERRORS, unknownError, type ApiError } from '#api/errors.ts';
import type { MvccError } from '#mvcc/errors.ts';
import type { RangeRequest as EngineRange, RangeResult } from '#mvcc/range.ts';
import type { KeyValue, WatchEvent } from '#mvcc/record.ts';

/** A header with only a revision: what etcd's state machine gives; the rest is filled in when the call is answered. */
export const revisionHeader = (revision: number): ResponseHeader => ({
  clusterId: 0n,
  memberId: 0n,
  revision: BigInt(revision),
  raftTerm: 0n,
});

export const toKeyValueMessage = (kv: KeyValue): KeyValueMessage => ({
  key: kv.key,
  createRevision: BigInt(kv.createRevision),
  modRevision: BigInt(kv.modRevision),
  version: BigInt(kv.version),
  value: kv.value,
  lease: kv.lease,
});

export const toEventMessage = (event: WatchEvent): Event => ({
  type: event.type === 'put' ? Event_EventType.PUT : Event_EventType.DELETE,
  kv: toKeyValueMessage(event.kv),
  prevKv: event.prevKv === undefined ? undefined : toKeyValueMessage(event.prevKv),
});

const ORDERS: readonly NonNullable<EngineRange['sortOrder']>[] = ['none', 'ascend', 'descend'];
const TARGETS: readonly NonNullable<EngineRange['sortTarget']>[] = ['key', 'version', 'create', 'mod', 'value'];

export function toEngineRange(r: RangeRequest): EngineRange {
  return {
    key: r.key,
    rangeEnd: r.rangeEnd,
    revision: Number(r.revision),
    limit: Number(r.limit),
    countOnly: r.countOnly,
    keysOnly: r.keysOnly,
    sortOrder: ORDERS[r.sortOrder ?? RangeRequest_SortOrder.NONE] ?? 'unknown',
    sortTarget: TARGETS[r.sortTarget ?? RangeRequest_SortTarget.KEY] ?? 'key',
    minModRevision: Number(r.minModRevision),
    maxModRevision: Number(r.maxModRevision),
    minCreateRevision: Number(r.minCreateRevision),
    maxCreateRevision: Number(r.maxCreateRevision),
  };
}

export const toRangeResponse = (result: RangeResult): RangeResponse => ({
  header: revisionHeader(result.revision),
  kvs: result.kvs.map(toKeyValueMessage),
  more: result.more,
  count: BigInt(result.count),
});

/** The engine's failures as a client sees them. */
export function toApiError(error: MvccError): ApiError {
  switch (error.type) {
    case 'compacted':
      return ERRORS.Compacted;
    case 'future-revision':
      return ERRORS.FutureRev;
    default:
      return unknownError(error.message);
  }
}
