/**
 * The client-side recipes that lock and elect share: a lease kept alive, a key of one's own under a name, and waiting until nobody older
 * is left under it. Ownership goes by the lowest create revision.
 */

import { concatBytes, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import {
  Compare,
  Compare_CompareTarget,
  DeleteRangeRequest,
  LeaseGrantRequest,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  PutRequest,
  RangeRequest,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  TxnRequest,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
  type RequestOp,
} from '#api/gen/rpc.ts';
import { KVService, LeaseService, WatchService } from '#api/rpc.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { prefixEnd } from '#ctl/etcdctl/kv-ops.ts';
import { Exit, fail, must, type Answer, type Ask, type ScriptContext } from '#ctl/etcdctl/script.ts';

/** A claim under a name; plain data. */
export type Claim = { readonly prefix: Bytes; readonly key: Bytes; readonly lease: bigint; readonly revision: bigint };

export const KEEP_ALIVE_STREAM = 1;
export const WATCH_STREAM = 2;
const RENEW_TIMER = 1;
const REOPEN_TIMER = 2;
const REOPEN_MICROS = 500_000;

/** Reads a claim back from a phase's data. */
export const claimOf = (data: Plain): Claim => data as Claim; // only phases of lock and elect get one

const renewal = (lease: bigint): Bytes => LeaseKeepAliveRequest.encode({ ID: lease }).finish();

/** Grants a session's lease and begins to keep it alive. */
export function* openSession(ctx: ScriptContext, ttlSeconds: bigint): Generator<Ask, bigint, Answer> {
  yield* connect(ctx);
  const grant = yield* must(LeaseService.LeaseGrant, LeaseGrantRequest.create({ TTL: ttlSeconds }));
  ctx.open(KEEP_ALIVE_STREAM, LeaseService.LeaseKeepAlive.path, renewal(grant.ID));
  return grant.ID;
}

/**
 * Takes an event that belongs to the session.
 * @returns whether the lease is gone
 */
export function onSessionEvent(ctx: ScriptContext, lease: bigint, event: Answer): boolean {
  if (event.type === 'timer') {
    if (event.timer === RENEW_TIMER) ctx.send(KEEP_ALIVE_STREAM, renewal(lease));
    if (event.timer === REOPEN_TIMER) ctx.open(KEEP_ALIVE_STREAM, LeaseService.LeaseKeepAlive.path, renewal(lease));
  }
  if (event.type === 'stream-end' && event.stream === KEEP_ALIVE_STREAM) {
    ctx.cancelTimer(RENEW_TIMER);
    ctx.timer(REOPEN_TIMER, REOPEN_MICROS);
  }
  if (event.type !== 'stream' || event.stream !== KEEP_ALIVE_STREAM) return false;
  const r = LeaseKeepAliveResponse.decode(event.body);
  if (r.TTL <= 0n) return true;
  ctx.timer(RENEW_TIMER, Math.round((Number(r.TTL) * 1_000_000) / 3));
  return false;
}

/** The oldest key under a prefix, or the youngest older than a revision. */
export const firstUnder = (prefix: Bytes): RangeRequest =>
  RangeRequest.create({
    key: prefix,
    rangeEnd: prefixEnd(prefix),
    sortOrder: RangeRequest_SortOrder.ASCEND,
    sortTarget: RangeRequest_SortTarget.CREATE,
    limit: 1n,
  });
const lastBefore = (claim: Claim): RangeRequest =>
  RangeRequest.create({
    key: claim.prefix,
    rangeEnd: prefixEnd(claim.prefix),
    sortOrder: RangeRequest_SortOrder.DESCEND,
    sortTarget: RangeRequest_SortTarget.CREATE,
    limit: 1n,
    maxCreateRevision: claim.revision - 1n,
  });

/** Puts the claim's key unless it is there already. */
export function* makeClaim(name: string, lease: bigint, value: Bytes): Generator<Ask, Claim, Answer> {
  const prefix = utf8(`${name}/`);
  const key = concatBytes([prefix, utf8(lease.toString(16))]);
  const put: RequestOp = { request: { type: 'requestPut', value: PutRequest.create({ key, value, lease }) } };
  const get: RequestOp = { request: { type: 'requestRange', value: RangeRequest.create({ key }) } };
  const owner: RequestOp = { request: { type: 'requestRange', value: firstUnder(prefix) } };
  const absent = Compare.create({ key, target: Compare_CompareTarget.CREATE, targetUnion: { type: 'createRevision', value: 0n } });
  const r = yield* must(KVService.Txn, TxnRequest.create({ compare: [absent], success: [put, owner], failure: [get, owner] }));
  const found = r.responses[0]?.response;
  const existing = found?.type === 'responseRange' ? found.value.kvs[0]?.createRevision : undefined;
  return { prefix, key, lease, revision: (r.succeeded ? r.header?.revision : existing) ?? 0n };
}

/**
 * Looks for an older claim and, if there is one, watches its key.
 * @returns whether the claim has become the oldest
 */
export function* isOldest(ctx: ScriptContext, claim: Claim): Generator<Ask, boolean, Answer> {
  const r = yield* must(KVService.Range, lastBefore(claim));
  const [before] = r.kvs;
  if (before === undefined) return true;
  const value = WatchCreateRequest.create({ key: before.key, startRevision: (r.header?.revision ?? 0n) + 1n });
  ctx.open(WATCH_STREAM, WatchService.Watch.path, WatchRequest.encode({ requestUnion: { type: 'createRequest', value } }).finish());
  return false;
}

/** Whether an event says that the watched key is gone, or that the watch is: then look again. */
export function mustLookAgain(event: Answer): boolean {
  if (event.type === 'stream-end') return event.stream === WATCH_STREAM;
  if (event.type !== 'stream' || event.stream !== WATCH_STREAM) return false;
  const r = WatchResponse.decode(event.body);
  return r.canceled || r.events.some((e) => e.type === 1);
}

/** Gives the claim up. */
export function* dropClaim(claim: Claim): Generator<Ask, void, Answer> {
  yield* must(KVService.DeleteRange, DeleteRangeRequest.create({ key: claim.key }));
}

export const sessionExpired = (what: string): never => fail(Exit.Error, `${what}session expired`);
