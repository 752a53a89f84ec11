/** Answers of the v2 API: events and errors as etcd frames them, and what becomes of a call whose request went through the log. */

import { Code } from '#api/errors.ts';
import type { EventId } from '#kernel/brand.ts';
import { utf8 } from '#kernel/bytes.ts';
import { eventJson, isCreated, type V2Event } from '#v2/event.ts';
import { bytesOfText, goTextJson } from '#v2/go-text.ts';
import { v2ErrorJson, v2Status, type V2Error } from '#v2/error.ts';
import type { V2Result } from '#v2/store.ts';
import type { CallId } from '#etcd/contract.ts';
import type { Ask } from '#etcd/http-ask.ts';
import { sendWhole, type Header } from '#etcd/http-head.ts';
import { formatId } from '#etcd/identity.ts';
import type { Parts } from '#etcd/parts.ts';
import { KEYS } from '#etcd/v2-store.ts';

export const JSON_TYPE: Header = ['Content-Type', 'application/json'];
export const clusterHeader = (m: Parts): Header => ['X-Etcd-Cluster-Id', formatId(m.clusterId)];

/** What an answer about the store says of it. @param index the store's */
export const storeHeaders = (m: Parts, index: number): readonly Header[] => [
  JSON_TYPE,
  clusterHeader(m),
  ['X-Etcd-Index', `${index}`],
  ['X-Raft-Index', `${m.loop.knownCommit}`],
  ['X-Raft-Term', `${m.machine.appliedTerm}`],
];

interface KeyAnswer {
  readonly isHead: boolean;
  /** `noValueOnSuccess`. */
  readonly noValue: boolean;
}

/** Puts the end of a request into the trace. @returns its event */
export const traceAnswer = (m: Parts, { client, call }: CallId, message: string, index: number, cause: EventId): EventId =>
  m.out.emit('request-answered', { client, call, code: message === '' ? Code.OK : Code.Unknown, message, revision: index }, cause);

/** Answers a request on the keys. */
export function sendKeyResult(m: Parts, id: CallId, result: V2Result, { isHead, noValue }: KeyAnswer, cause: EventId): void {
  if (!result.ok) {
    const { error } = result;
    sendKeyError(m, id, { ...error, cause: error.cause.startsWith(KEYS) ? error.cause.slice(KEYS.length) : error.cause }, isHead, cause);
    return;
  }
  const { event } = result;
  const traced = traceAnswer(m, id, '', event.etcdIndex, cause);
  const framing = { status: isCreated(event) ? 201 : 200, headers: storeHeaders(m, event.etcdIndex), isHead };
  sendWhole(m, id, framing, `${eventJson(event, KEYS, noValue)}\n`, traced);
}

/** Answers a request on the keys with an error. */
export function sendKeyError(m: Parts, id: CallId, error: V2Error, isHead: boolean, cause: EventId): void {
  const body = v2ErrorJson(error);
  const traced = traceAnswer(m, id, body, error.index, cause);
  const headers: readonly Header[] = [JSON_TYPE, clusterHeader(m), ['X-Etcd-Index', `${error.index}`]];
  sendWhole(m, id, { status: v2Status(error), headers, isHead }, `${body}\n`, traced);
}

/** One event of a watch. */
export const eventLine = (event: V2Event) => utf8(`${eventJson(event, KEYS)}\n`);

/** An error of the other handlers: JSON with a message, no newline. */
export function sendMessage(m: Parts, id: CallId, status: number, message: string, cause: EventId, headers?: readonly Header[]): void {
  const traced = traceAnswer(m, id, message, 0, cause);
  sendWhole(m, id, { status, headers: [JSON_TYPE, ...(headers ?? [clusterHeader(m)])] }, `{"message":${goTextJson(message)}}`, traced);
}

/** The client has gone. */
export function dropV2(m: Parts, id: CallId): void {
  const state = m.v2.take(id);
  if (state?.type === 'watch') m.machine.v2.hub.remove(state.watcher);
}

/** Puts the beginning of a request into the trace. @returns its event */
export const traceRequest = (m: Parts, { item, event }: Ask, route: string, key: string): EventId =>
  m.out.emit(
    'request-received',
    { client: item.id.client, call: item.id.call, method: `${item.method} ${route}`, key: bytesOfText(key), bytes: item.body.length },
    event,
  );
