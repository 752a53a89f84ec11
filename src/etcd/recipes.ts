/**
 * etcd's Lock and Election services (server/etcdserver/api/v3lock, v3election) as recipes of ordinary calls: take a place in line, wait until
 * the one before it is deleted, and so on until nobody is before. What an inner call fails with reaches the client as Unknown with its text.
 */

import type { LeaderResponse } from '#api/gen/election.ts';
import * as rpc from '#api/gen/rpc.ts';
import { ElectionService, KVService, LeaseService, LockService, WatchService } from '#api/rpc.ts';
import { Code, ERRORS } from '#api/errors.ts';
import { present } from '#kernel/assert.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import type { EventId } from '#kernel/brand.ts';
import { answer, fail, stream } from '#etcd/answer.ts';
import type { CallId } from '#etcd/contract.ts';
import { headerIn, type Recipe, type Step } from '#etcd/inner-calls.ts';
import type { InnerReply } from '#etcd/outbox.ts';
import type { Parts } from '#etcd/parts.ts';
import { ownerRange, placeBefore, placeKey, placesOf, proclaimTxn, resignTxn, takePlace, watchFrom } from '#etcd/recipe-requests.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** A session made without a lease of the caller's gets one of so many seconds, which nobody keeps alive. */
const SESSION_TTL_SECONDS = 60n;

const isLock = ({ method }: Pick<Recipe, 'method'>): boolean => method === LockService.Lock.path;

/** The recipe's next step. */
function next<Request>(
  m: Parts,
  recipe: Omit<Recipe, 'waitsFor'>,
  step: Step,
  method: { readonly path: string } & Parameters<Parts['inner']['ask']>[1],
  request: Request,
  cause: EventId,
): void {
  m.inner.ask({ ...recipe, step }, method, request, cause);
}

/** Begins where the session is known. */
export function enter(m: Parts, recipe: Omit<Recipe, 'waitsFor'>, cause: EventId): void {
  const key = placeKey(recipe.name, recipe.lease);
  switch (recipe.method) {
    case LockService.Lock.path:
      return next(m, { ...recipe, key }, 'acquire', KVService.Txn, takePlace(key, EMPTY_BYTES, recipe.lease, recipe.name), cause);
    case ElectionService.Campaign.path:
      return next(m, { ...recipe, key }, 'acquire', KVService.Txn, takePlace(key, recipe.value, recipe.lease), cause);
    case ElectionService.Proclaim.path:
      return next(m, recipe, 'proclaim', KVService.Txn, proclaimTxn(recipe.key, recipe.revision, recipe.value, recipe.lease), cause);
    case ElectionService.Resign.path:
      return next(m, recipe, 'question', KVService.Txn, resignTxn(recipe.key, recipe.revision), cause);
    default:
  }
}

/** A reply to the call that a recipe waits for. */
export function advance(m: Parts, recipe: Recipe, reply: InnerReply): void {
  if (reply.type === 'end') {
    if (reply.code === Code.OK) return; // its message came before
    m.inner.end(recipe, false, reply.event);
    failRecipe(m, recipe, reply.message, reply.event);
    return;
  }
  const { body, event } = reply;
  const isWatch = recipe.step === 'wait-deleted' || recipe.step === 'observe-first' || recipe.step === 'observe-leader';
  if (isWatch) {
    onWatch(m, recipe, rpc.WatchResponse.decode(body), event);
    return;
  }
  m.inner.end(recipe, false, event);
  onAnswer(m, recipe, body, event);
}

function onAnswer(m: Parts, recipe: Recipe, body: Bytes, event: EventId): void {
  switch (recipe.step) {
    case 'session':
      return enter(m, { ...recipe, lease: rpc.LeaseGrantResponse.decode(body).ID }, event);
    case 'acquire':
      return onPlace(m, recipe, rpc.TxnResponse.decode(body), event);
    case 'proclaim':
      return onProclaimed(m, recipe, rpc.TxnResponse.decode(body), event);
    case 'find-before':
      return onPlaceBefore(m, recipe, rpc.RangeResponse.decode(body), event);
    case 'verify': {
      const { kvs, header } = rpc.RangeResponse.decode(body);
      return kvs.length === 0 ? failRecipe(m, recipe, 'mutex: session is expired', event) : win(m, { ...recipe, header }, event);
    }
    case 'question':
      return onQuestion(m, recipe, body, event);
    case 'observe-find':
      return onLeaderFound(m, recipe, rpc.RangeResponse.decode(body), event);
    default: // release and withdraw: nobody waits any more
  }
}

/** The first range among a transaction's responses, from a position on. */
function rangeAt({ responses }: rpc.TxnResponse, at: number): rpc.RangeResponse | undefined {
  const response = responses[at]?.response;
  return response?.type === 'responseRange' ? response.value : undefined;
}

function onPlace(m: Parts, recipe: Recipe, txn: rpc.TxnResponse, event: EventId): void {
  const header = headerIn(txn);
  const old = txn.succeeded ? undefined : rangeAt(txn, 0)?.kvs[0];
  const revision = old?.createRevision ?? header.revision;
  const placed = { ...recipe, revision, header };
  if (isLock(recipe)) {
    const owner = rangeAt(txn, 1)?.kvs[0];
    if (owner === undefined || owner.createRevision === revision) win(m, placed, event);
    else findBefore(m, placed, event);
    return;
  }
  if (old !== undefined && !sameBytes(old.value, recipe.value))
    next(m, placed, 'proclaim', KVService.Txn, proclaimTxn(recipe.key, revision, recipe.value, recipe.lease), event);
  else findBefore(m, placed, event);
}

const sameBytes = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

function onProclaimed(m: Parts, recipe: Recipe, txn: rpc.TxnResponse, event: EventId): void {
  if (!txn.succeeded) {
    if (recipe.method === ElectionService.Campaign.path) withdraw(m, recipe, event);
    failRecipe(m, recipe, 'election: not leader', event);
  } else if (recipe.method === ElectionService.Campaign.path) findBefore(m, recipe, event);
  else answer(m, recipe.call, ElectionService.Proclaim, { header: headerIn(txn) }, event);
}

const findBefore = (m: Parts, recipe: Recipe, event: EventId): void =>
  next(m, recipe, 'find-before', KVService.Range, placeBefore(recipe.name, recipe.revision), event);

function onPlaceBefore(m: Parts, recipe: Recipe, { kvs, header }: rpc.RangeResponse, event: EventId): void {
  const [before] = kvs;
  if (before !== undefined) {
    next(m, recipe, 'wait-deleted', WatchService.Watch, watchFrom(header?.revision ?? 0n, before.key), event);
    return;
  }
  // A campaign answers with the header of its transaction. 3.5 looks whether a lock's own key outlived the wait; 3.4 does not.
  if (!isLock(recipe)) win(m, recipe, event);
  else if (!versionRules(m.config).verifiesLocks) win(m, { ...recipe, header }, event);
  else next(m, recipe, 'verify', KVService.Range, rpc.RangeRequest.create({ key: recipe.key }), event);
}

function win(m: Parts, { call, method, header, key, name, revision, lease }: Recipe, event: EventId): void {
  if (method === LockService.Lock.path) answer(m, call, LockService.Lock, { header, key }, event);
  else answer(m, call, ElectionService.Campaign, { header, leader: { name, key, rev: revision, lease } }, event);
}

function onQuestion(m: Parts, { call, method }: Recipe, body: Bytes, event: EventId): void {
  switch (method) {
    case LockService.Unlock.path:
      return answer(m, call, LockService.Unlock, { header: headerIn(rpc.DeleteRangeResponse.decode(body)) }, event);
    case ElectionService.Resign.path:
      return answer(m, call, ElectionService.Resign, { header: headerIn(rpc.TxnResponse.decode(body)) }, event);
    case ElectionService.Leader.path: {
      const { header, kvs } = rpc.RangeResponse.decode(body);
      const [kv] = kvs;
      if (kv === undefined) fail(m, call, ERRORS.ElectionNoLeader, event);
      else answer(m, call, ElectionService.Leader, { header, kv }, event);
      return;
    }
    default:
  }
}

function onWatch(m: Parts, recipe: Recipe, response: rpc.WatchResponse, event: EventId): void {
  if (response.canceled) {
    m.inner.end(recipe, true, event);
    const reason = response.compactRevision > 0n ? ERRORS.Compacted.message : response.cancelReason;
    failRecipe(m, recipe, reason, event);
    return;
  }
  if (recipe.step === 'wait-deleted') {
    if (!response.events.some(({ type }) => type === 1)) return;
    m.inner.end(recipe, true, event);
    findBefore(m, recipe, event);
  } else if (recipe.step === 'observe-first') onFirstPut(m, recipe, response, event);
  else onLeaderEvents(m, recipe, response, event);
}

/** Observe: the present leader, or the first that comes, then every word of his until his key is deleted; then the next one. */
export const observe = (m: Parts, recipe: Omit<Recipe, 'waitsFor'>, event: EventId): void =>
  next(m, recipe, 'observe-find', KVService.Range, ownerRange(recipe.name), event);

function onLeaderFound(m: Parts, recipe: Recipe, { kvs, header }: rpc.RangeResponse, event: EventId): void {
  const [kv] = kvs;
  const revision = header?.revision ?? 0n;
  if (kv !== undefined) {
    tell(m, recipe.call, { header, kv }, event);
    next(m, recipe, 'observe-leader', WatchService.Watch, watchFrom(revision + 1n, kv.key), event);
    return;
  }
  const { key, rangeEnd } = placesOf(recipe.name);
  next(m, recipe, 'observe-first', WatchService.Watch, watchFrom(revision, key, rangeEnd), event);
}

function onFirstPut(m: Parts, recipe: Recipe, response: rpc.WatchResponse, event: EventId): void {
  const kv = response.events.find(({ type }) => type === 0)?.kv;
  if (kv === undefined) return;
  m.inner.end(recipe, true, event);
  tell(m, recipe.call, { header: { ...headerIn(response), revision: kv.modRevision }, kv }, event);
  next(m, recipe, 'observe-leader', WatchService.Watch, watchFrom(kv.modRevision + 1n, kv.key), event);
}

function onLeaderEvents(m: Parts, recipe: Recipe, response: rpc.WatchResponse, event: EventId): void {
  for (const { type, kv } of response.events) {
    if (type === 1) {
      m.inner.end(recipe, true, event);
      observe(m, recipe, event);
      return;
    }
    const { modRevision } = present(kv, 'the key of an event');
    tell(m, recipe.call, { header: { ...headerIn(response), revision: modRevision }, kv }, event);
  }
}

function tell(m: Parts, id: CallId, response: LeaderResponse, event: EventId): void {
  const call = m.calls.get(id);
  if (call !== undefined) stream(m, call, ElectionService.Observe, response, event);
}

function failRecipe(m: Parts, recipe: Recipe, message: string, event: EventId): void {
  // A lock whose wait has failed gives its place up.
  if (isLock(recipe) && (recipe.step === 'wait-deleted' || recipe.step === 'find-before')) release(m, recipe, event);
  // An observer's stream just ends (seen on 3.4.23 without permission).
  const isObserver = recipe.method === ElectionService.Observe.path;
  fail(m, recipe.call, isObserver ? { code: Code.OK, message: '' } : { code: Code.Unknown, message }, event);
}

const release = (m: Parts, recipe: Recipe, event: EventId): void =>
  next(m, recipe, 'release', KVService.DeleteRange, rpc.DeleteRangeRequest.create({ key: recipe.key }), event);
const withdraw = (m: Parts, recipe: Recipe, event: EventId): void =>
  next(m, recipe, 'withdraw', KVService.Txn, resignTxn(recipe.key, recipe.revision), event);

/** The client has gone: its place in line is given up, if it is known to have one. */
export function abandonRecipe(m: Parts, call: CallId, event: EventId): void {
  const recipe = m.inner.recipeFor(call);
  if (recipe === undefined || recipe.step === 'release' || recipe.step === 'withdraw') return;
  m.inner.end(recipe, true, event);
  const waits = recipe.step === 'find-before' || recipe.step === 'wait-deleted';
  if (isLock(recipe) && (waits || recipe.step === 'verify')) release(m, recipe, event);
  else if (recipe.method === ElectionService.Campaign.path && (waits || recipe.step === 'proclaim')) withdraw(m, recipe, event);
}

/** What a session of the caller's lease begins with: nothing, or a lease of its own. */
export function openSession(m: Parts, recipe: Omit<Recipe, 'waitsFor'>, event: EventId): void {
  if (recipe.lease !== 0n) enter(m, recipe, event);
  else next(m, recipe, 'session', LeaseService.LeaseGrant, rpc.LeaseGrantRequest.create({ TTL: SESSION_TTL_SECONDS }), event);
}
