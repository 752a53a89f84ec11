/** `/v2/keys` (etcdserver/api/v2http/client.go): reads here, writes and quorum reads through the log, watches until an event comes. */

import type { EventId } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { v2Error, V2Code } from '#v2/error.ts';
import { parseForm } from '#v2/form.ts';
import { parseKeyRequest, type KeyRequest } from '#v2/key-request.ts';
import type { CallId } from '#etcd/contract.ts';
import { headerOf, isRefused, type Ask } from '#etcd/http-ask.ts';
import { sendHead } from '#etcd/http-head.ts';
import type { Parts } from '#etcd/parts.ts';
import { eventLine, sendKeyError, sendKeyResult, storeHeaders, traceAnswer, traceRequest } from '#etcd/v2-answers.ts';
import { proposeV2 } from '#etcd/v2-propose.ts';
import { mayUseKey } from '#etcd/v2-auth-access.ts';
import { wallNanos } from '#etcd/time-of-day.ts';
import { KEYS } from '#etcd/v2-store.ts';

const NANOS_PER_SECOND = 1_000_000_000n;

export function serveKeys(m: Parts, ask: Ask): void {
  if (isRefused(m, ask, 'HEAD', 'GET', 'PUT', 'POST', 'DELETE')) return;
  const { item } = ask;
  const path = ask.path.slice('/v2/keys'.length);
  const event = traceRequest(m, ask, '/v2/keys', path);
  const isHead = item.method === 'HEAD';
  const form = parseForm({ method: item.method, query: ask.query.slice(1), contentType: headerOf(item, 'content-type'), body: item.body });
  if (!form.ok) {
    sendKeyError(m, item.id, v2Error(V2Code.InvalidForm, form.message), isHead, event);
    return;
  }
  const parsed = parseKeyRequest(item.method, path, form.form);
  if (!parsed.ok) {
    sendKeyError(m, item.id, parsed.error, isHead, event);
    return;
  }
  const use = { authorization: headerOf(item, 'authorization'), method: item.method, key: path, recursive: parsed.request.recursive };
  if (!mayUseKey(m, use)) {
    sendKeyError(m, item.id, v2Error(V2Code.Unauthorized, 'Insufficient credentials'), isHead, event);
    return;
  }
  serveKeyRequest(m, item.id, parsed.request, event);
}

function serveKeyRequest(m: Parts, id: CallId, request: KeyRequest, event: EventId): void {
  const { method, recursive, sorted, noValueOnSuccess: noValue } = request;
  const path = request.key === '/' ? KEYS : `${KEYS}${request.key}`;
  const isRead = method === 'HEAD' || (method === 'GET' && !request.quorum);
  if (isRead && !request.wait) {
    sendKeyResult(m, id, m.machine.v2.get(path, { recursive, sorted }, wallNanos(m)), { isHead: method === 'HEAD', noValue }, event);
  } else if (isRead) watch(m, id, path, request, event);
  else {
    m.calls.open({ id, method: '/v2/keys', token: '', event, http: { kind: 'v2', started: false } });
    m.v2.set(id, { type: 'keys', noValue });
    propose(m, id, path, request, event);
  }
}

/** When a key made now is to go, Unix nanoseconds as Go computes them: beyond int64 they wrap. */
const expirationOf = (m: Parts, ttl: bigint | undefined): bigint =>
  ttl === undefined ? 0n : BigInt.asIntN(64, wallNanos(m) + BigInt.asIntN(64, ttl * NANOS_PER_SECOND));

function propose(m: Parts, id: CallId, path: string, r: KeyRequest, event: EventId): void {
  proposeV2(
    m,
    { type: 'call', call: id },
    {
      Method: r.method === 'GET' ? 'QGET' : r.method,
      path,
      value: r.value,
      Dir: r.dir,
      prevValue: r.prevValue,
      PrevIndex: r.prevIndex,
      PrevExist: r.prevExist,
      Expiration: expirationOf(m, r.ttl),
      Since: r.waitIndex,
      Wait: r.wait,
      Recursive: r.recursive,
      Sorted: r.sorted,
      Quorum: r.quorum,
      Stream: r.stream,
      Refresh: r.refresh,
    },
    event,
  );
}

function watch(m: Parts, id: CallId, path: string, { recursive, stream, waitIndex }: KeyRequest, event: EventId): void {
  const result = m.machine.v2.watch(path, { recursive, stream }, waitIndex);
  if (!result.ok) {
    sendKeyError(m, id, result.error, false, event);
    return;
  }
  m.calls.open({ id, method: '/v2/keys', token: '', event, http: { kind: 'v2', started: true } });
  m.v2.set(id, { type: 'watch', watcher: result.watcher.id, stream });
  // The head goes at once, so that the client knows that it waits.
  sendHead(m, id, { status: 200, headers: storeHeaders(m, result.watcher.startIndex) }, undefined, event);
}

/** Delivers what happened to the keys that calls watch. */
export function deliverV2Watches(m: Parts): void {
  for (const id of m.v2.watches()) {
    const state = m.v2.get(id);
    if (state?.type !== 'watch') continue;
    const watcher = m.machine.v2.hub.watchers.get(state.watcher);
    if (watcher === undefined || (watcher.queue.length === 0 && !watcher.isClosed) || !m.calls.hasRoom(id)) continue;
    const events = state.stream ? watcher.queue : watcher.queue.slice(0, 1);
    watcher.queue = [];
    const isLast = !state.stream || watcher.isClosed;
    const index = events.at(-1)?.etcdIndex ?? m.machine.v2.index;
    const fields = { client: id.client, call: id.call, watch: watcher.id, events: events.length, revision: index };
    const event = m.out.emit('watch-delivered', fields, m.out.lastApplied ?? m.out.cause);
    for (const [i, one] of events.entries()) {
      const body = eventLine(one);
      m.calls.sent(id, body.length);
      m.out.reply({ type: 'http-body', id, body, last: isLast && i === events.length - 1 }, event);
    }
    if (!isLast) continue;
    if (events.length === 0) m.out.reply({ type: 'http-body', id, body: EMPTY_BYTES, last: true }, event);
    traceAnswer(m, id, '', index, event);
    m.machine.v2.hub.remove(watcher.id);
    m.v2.take(id);
    m.calls.close(id);
  }
}
