/** Answers to calls that came over HTTP: the gateway's JSON for unary calls and streams (grpc-gateway v1), and the health probe's verdict. */

import type { ApiError } from '#api/errors.ts';
import { httpStatus } from '#api/errors.ts';
import { errorBody, streamErrorLine, streamResultLine } from '#api/json/gateway.ts';
import { goJsonString, messageToJson } from '#api/json/encode.ts';
import { methodByPath } from '#api/rpc.ts';
import type { EventId } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import type { HttpCall, OpenCall } from '#etcd/calls.ts';
import { sendHead, sendPlainError, sendWhole, type Header } from '#etcd/http-head.ts';
import type { Parts } from '#etcd/parts.ts';
import { failV2 } from '#etcd/v2-failure.ts';
import { sendMemberResponse } from '#etcd/v2-member-answers.ts';
import { versionRules } from '#etcd/version-rules.ts';

const JSON_TYPE: Header = ['Content-Type', 'application/json'];
const GRPC_TYPE: Header = ['Grpc-Metadata-Content-Type', 'application/grpc'];
const TRAILER: Header = ['Trailer', 'Grpc-Trailer-Content-Type'];

/** A response of a call, on its way to a client that speaks HTTP. */
export function httpMessage(m: Parts, call: OpenCall, http: HttpCall, response: object, event: EventId): void {
  if (http.kind === 'health') return sendHealth(m, call, undefined, event);
  if (http.kind === 'probe') return sendProbe(m, call, { ...http, lines: [...(http.lines ?? []), '[+]linearizable_read ok'] }, event);
  if (http.kind === 'v2') return sendMemberResponse(m, call, response, event);
  const json = messageToJson(methodByPath(call.method)?.responseType ?? '', response);
  if (http.kind === 'unary') {
    sendWhole(m, call.id, { status: 200, headers: [JSON_TYPE, GRPC_TYPE] }, json, event);
    return;
  }
  openStream(m, call, http, { status: 200, hasMessage: true }, event);
  const body = utf8(streamResultLine(json));
  m.calls.sent(call.id, body.length);
  m.out.reply({ type: 'http-body', id: call.id, body, last: false }, event);
}

/** The end of a call: nothing more for a unary one that was answered. */
export function httpEnd(m: Parts, call: OpenCall, http: HttpCall, error: Pick<ApiError, 'code' | 'message'>, event: EventId): void {
  const { code } = error;
  if (http.kind === 'health') {
    if (code === 0) return;
    // 3.5 names the read that failed.
    sendHealth(m, call, `RANGE ERROR:${error.message}`, event);
    return;
  }
  if (http.kind === 'probe') {
    if (code === 0) return;
    sendProbe(m, call, { ...http, lines: [...(http.lines ?? []), `[-]linearizable_read failed: ${error.message}`] }, event);
    return;
  }
  if (http.kind === 'v2') {
    if (code !== 0) failV2(m, call, error, event);
    return;
  }
  if (http.kind === 'unary') {
    const headers = [JSON_TYPE, TRAILER];
    if (code !== 0) sendWhole(m, call.id, { status: httpStatus(code), headers, chunked: true }, errorBody(error, m.config.profile), event);
    return;
  }
  openStream(m, call, http, { status: code === 0 ? 200 : httpStatus(code), hasMessage: false }, event);
  m.out.reply({ type: 'http-body', id: call.id, body: code === 0 ? EMPTY_BYTES : utf8(streamErrorLine(error)), last: true }, event);
}

interface StreamHead {
  readonly status: number;
  /** A message of the stream comes with it. */
  readonly hasMessage: boolean;
}

function openStream(m: Parts, call: OpenCall, http: HttpCall, { status, hasMessage }: StreamHead, event: EventId): void {
  if (http.started) return;
  m.calls.open({ ...call, http: { ...http, started: true } });
  // A call that ended without a message never sent the metadata that this header comes from.
  sendHead(m, call.id, { status, headers: hasMessage ? [JSON_TYPE, GRPC_TYPE] : [JSON_TYPE] }, undefined, event);
}

/** What /livez and /readyz say: the lines if one failed or all are wanted, and `ok` behind. */
export function sendProbe(m: Parts, call: Pick<OpenCall, 'id'>, { verbose, lines = [] }: HttpCall, event: EventId): void {
  const text = lines.map((line) => `${line}\n`).join('');
  if (lines.some((line) => line.startsWith('[-]'))) return sendPlainError(m, call.id, { status: 503 }, text, event);
  const headers: readonly Header[] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['X-Content-Type-Options', 'nosniff'],
  ];
  sendWhole(m, call.id, { status: 200, headers }, `${verbose === true ? text : ''}ok\n`, event);
}

/** What a health probe says. @param reason why not; undefined: healthy */
export function sendHealth(m: Parts, call: Pick<OpenCall, 'id'>, reason: string | undefined, event: EventId): void {
  const has = reason === undefined;
  m.metrics.add(has ? 'healthSuccess' : 'healthFailures');
  const more = !versionRules(m.config).healthIsRead ? '' : `,"reason":${goJsonString(reason ?? '')}`;
  const body = `{"health":"${has}"${more}}`;
  if (has) sendWhole(m, call.id, { status: 200, detected: 'text/plain; charset=utf-8' }, body, event);
  else sendPlainError(m, call.id, { status: 503 }, body, event);
}
