/** Answers to clients: etcd's response headers, and the trace events that say what became of a call. */

import type { ResponseHeader } from '#api/gen/rpc.ts';
import type { ApiError } from '#api/errors.ts';
import type { MessageCodec } from '#api/wire.ts';
import type { EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { httpEnd, httpMessage } from '#etcd/http-reply.ts';
import { INNER_CLIENT } from '#etcd/outbox.ts';
import type { Parts } from '#etcd/parts.ts';

/** A response whose header is still to be filled in. */
export type Headed = { readonly header: ResponseHeader | undefined };

/** The part of a method that an answer needs. */
export interface Answering<Response> {
  readonly response: Pick<MessageCodec<Response>, 'encode'>;
}

/** The header of an answer of this member. @param revision 0n: the store's present one */
export const headerOf = (m: Parts, revision: bigint): ResponseHeader => ({
  clusterId: m.clusterId,
  memberId: m.self,
  revision: revision === 0n ? BigInt(m.machine.kv.currentRevision) : revision,
  raftTerm: BigInt(m.machine.appliedTerm),
});

/** The header of calls that etcd answers without looking at the store: its revision stays 0. */
export const headerWithoutRevision = (m: Parts): ResponseHeader => ({ ...headerOf(m, 0n), revision: 0n });

/** Answers a unary call and ends it. Nothing happens if the client has gone. */
export function answer<Response extends Headed>(
  m: Parts,
  id: CallId,
  method: Answering<Response>,
  response: Response,
  cause: EventId,
): void {
  const header = response.header ?? headerOf(m, 0n);
  const full = header.memberId === 0n ? headerOf(m, header.revision) : header;
  answerWhole(m, id, method, { ...response, header: full }, Number(full.revision), cause);
}

/** The same for the few answers that etcd gives without a header. */
export function answerBare<Response extends Headed>(
  m: Parts,
  id: CallId,
  method: Answering<Response>,
  response: Response,
  cause: EventId,
): void {
  answerWhole(m, id, method, response, 0, cause);
}

function answerWhole<Response extends object>(
  m: Parts,
  id: CallId,
  method: Answering<Response>,
  whole: Response,
  revision: number,
  cause: EventId,
): void {
  const call = m.calls.get(id);
  if (call === undefined) return;
  const event = m.out.emit('request-answered', { client: id.client, call: id.call, code: 0, message: '', revision }, cause);
  if (call.http === undefined) {
    sendMessage(m, id, method.response.encode(whole).finish(), event);
    m.out.reply({ type: 'end', id, code: 0, message: '' }, event);
  } else httpMessage(m, call, call.http, whole, event);
  m.calls.close(id);
}

function sendMessage(m: Parts, id: CallId, body: Bytes, event: EventId): void {
  if (id.client !== INNER_CLIENT) m.metrics.add('clientSentBytes', body.length);
  m.out.reply({ type: 'message', id, body }, event);
}

/** Ends a call with an error. Nothing happens if the client has gone. */
export function fail(m: Parts, id: CallId, error: Pick<ApiError, 'code' | 'message'>, cause: EventId): void {
  const call = m.calls.get(id);
  if (call === undefined) return;
  const event = m.out.emit(
    'request-answered',
    { client: id.client, call: id.call, code: error.code, message: error.message, revision: 0 },
    cause,
  );
  if (call.http === undefined) m.out.reply({ type: 'end', id, code: error.code, message: error.message }, event);
  else httpEnd(m, call, call.http, error, event);
  m.calls.close(id);
}

/** One response on a stream that stays open. */
export function stream<Response extends object>(
  m: Parts,
  call: OpenCall,
  method: Answering<Response>,
  response: Response,
  event: EventId,
): void {
  const now = m.calls.get(call.id) ?? call; // its head may have been sent meanwhile
  if (now.http !== undefined) return httpMessage(m, now, now.http, response, event);
  const body = method.response.encode(response).finish();
  if (call.id.client !== INNER_CLIENT) m.calls.sent(call.id, body.length);
  sendMessage(m, call.id, body, event);
}
