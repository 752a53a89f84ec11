/** Answers of `/v2/members`. */

import type * as rpc from '#api/gen/rpc.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import { goJsonString } from '#api/json/encode.ts';
import { nodeId, type EventId } from '#kernel/brand.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { sendWhole } from '#etcd/http-head.ts';
import { formatId } from '#etcd/identity.ts';
import type { Parts } from '#etcd/parts.ts';
import { clusterHeader, JSON_TYPE, sendMessage } from '#etcd/v2-answers.ts';
import type { V2Call } from '#etcd/v2-calls.ts';

type MemberLike = Pick<rpc.Member, 'ID' | 'name' | 'peerURLs' | 'clientURLs'>;

/** A member as the API prints it. */
export const memberJson = ({ ID, name, peerURLs, clientURLs }: MemberLike): string => {
  const list = (urls: readonly string[]): string => `[${urls.map(goJsonString).join(',')}]`;
  return `{"id":"${formatId(ID)}","name":${goJsonString(name)},"peerURLs":${list(peerURLs)},"clientURLs":${list(clientURLs)}}`;
};

/** The change is applied. @param response of the v3 call */
export function sendMemberResponse(m: Parts, call: OpenCall, response: object, cause: EventId): void {
  m.v2.take(call.id);
  if ('member' in response && response.member !== undefined) {
    const { member } = response as rpc.MemberAddResponse; // the only response that has one
    const body = member === undefined ? '' : `${memberJson({ ...member, name: '', clientURLs: [] })}\n`;
    sendWhole(m, call.id, { status: 201, headers: [JSON_TYPE, clusterHeader(m)] }, body, cause);
  } else sendWhole(m, call.id, { status: 204, headers: [clusterHeader(m)] }, '', cause);
}

type Failure = Pick<ApiError, 'code' | 'message'>;

/** The change is refused; what etcd has no status for is an internal error. */
export function failMemberChange(m: Parts, id: CallId, call: Extract<V2Call, { type: 'members' }>, error: Failure, cause: EventId): void {
  const is = (other: ApiError): boolean => error.message === other.message;
  const { method, memberId } = call;
  const hex = formatId(memberId);
  const isGone = m.machine.cluster.isRemoved(nodeId(memberId));
  if (method !== 'DELETE' && is(ERRORS.PeerURLExist)) sendMessage(m, id, 409, 'membership: peerURL exists', cause);
  else if (method === 'POST' && is(ERRORS.MemberExist)) sendMessage(m, id, 409, 'membership: ID exists', cause);
  else if (method !== 'POST' && is(ERRORS.MemberNotFound) && !isGone) sendMessage(m, id, 404, `No such member: ${hex}`, cause);
  else if (method === 'DELETE' && is(ERRORS.MemberNotFound)) sendMessage(m, id, 410, `Member permanently removed: ${hex}`, cause);
  else sendMessage(m, id, 500, 'Internal Server Error', cause);
}
