/**
 * The requests that etcd's recipes for locks and elections are made of (client/v3/concurrency). A place in the line is the key
 * `name/lease`, and who made his first has the lock.
 */

import {
  Compare_CompareResult,
  Compare_CompareTarget,
  RangeRequest,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  TxnRequest,
  WatchCreateRequest,
  WatchRequest,
  type PutRequest,
  type RequestOp,
} from '#api/gen/rpc.ts';
import { concatBytes, EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';

const SLASH = Uint8Array.of(0x2f);
/** What sorts right after `name/` and all that begins with it. */
const AFTER_SLASH = Uint8Array.of(0x30);

/** The key of a place: the lease in hex. */
export const placeKey = (name: Bytes, lease: bigint): Bytes =>
  concatBytes([name, SLASH, utf8(lease < 0n ? `-${(-lease).toString(16)}` : lease.toString(16))]);

/** The interval of all places. */
export const placesOf = (name: Bytes): { readonly key: Bytes; readonly rangeEnd: Bytes } => ({
  key: concatBytes([name, SLASH]),
  rangeEnd: concatBytes([name, AFTER_SLASH]),
});

/** The place that was made first: the owner. */
export const ownerRange = (name: Bytes): RangeRequest =>
  RangeRequest.create({
    ...placesOf(name),
    limit: 1n,
    sortOrder: RangeRequest_SortOrder.ASCEND,
    sortTarget: RangeRequest_SortTarget.CREATE,
  });

/** The last place made before a revision: the one to wait for. */
export const placeBefore = (name: Bytes, revision: bigint): RangeRequest =>
  RangeRequest.create({
    ...placesOf(name),
    limit: 1n,
    sortOrder: RangeRequest_SortOrder.DESCEND,
    sortTarget: RangeRequest_SortTarget.CREATE,
    maxCreateRevision: revision - 1n,
  });

const rangeOp = (value: RangeRequest): RequestOp => ({ request: { type: 'requestRange', value } });
const putOp = (key: Bytes, value: Bytes, lease: bigint): RequestOp => {
  const put: PutRequest = { key, value, lease, prevKv: false, ignoreValue: false, ignoreLease: false };
  return { request: { type: 'requestPut', value: put } };
};

/** Takes a place if there is none, else reads it; a lock also asks for the owner in the same breath. */
export function takePlace(key: Bytes, value: Bytes, lease: bigint, ownerOf?: Bytes): TxnRequest {
  const owner = ownerOf === undefined ? [] : [rangeOp(ownerRange(ownerOf))];
  return TxnRequest.create({
    compare: [createdAt(key, 0n)],
    success: [putOp(key, value, lease), ...owner],
    failure: [rangeOp(RangeRequest.create({ key })), ...owner],
  });
}

const createdAt = (key: Bytes, revision: bigint): TxnRequest['compare'][number] => ({
  result: Compare_CompareResult.EQUAL,
  target: Compare_CompareTarget.CREATE,
  key,
  targetUnion: { type: 'createRevision', value: revision },
  rangeEnd: EMPTY_BYTES,
});

/** A new value for the place, if it still is the one made at `revision`. */
export const proclaimTxn = (key: Bytes, revision: bigint, value: Bytes, lease: bigint): TxnRequest =>
  TxnRequest.create({ compare: [createdAt(key, revision)], success: [putOp(key, value, lease)] });

/** Gives the place up, if it still is the one made at `revision`. */
export const resignTxn = (key: Bytes, revision: bigint): TxnRequest =>
  TxnRequest.create({
    compare: [createdAt(key, revision)],
    success: [{ request: { type: 'requestDeleteRange', value: { key, rangeEnd: EMPTY_BYTES, prevKv: false } } }],
  });

/** One watcher on a stream of its own. */
export const watchFrom = (startRevision: bigint, key: Bytes, rangeEnd: Bytes = EMPTY_BYTES): WatchRequest =>
  WatchRequest.create({
    requestUnion: { type: 'createRequest', value: WatchCreateRequest.create({ key, rangeEnd, startRevision }) },
  });
