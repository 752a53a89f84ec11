/** `/v2/members` (etcdserver/api/v2http/client.go): lists members, and changes the membership by the same calls as the v3 API. */

import * as rpc from '#api/gen/rpc.ts';
import { ClusterService } from '#api/rpc.ts';
import { scanWholeJson } from '#api/json/scan.ts';
import { NO_NODE } from '#kernel/brand.ts';
import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import { parseUrls } from '#v2/urls.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { CLUSTER_HANDLERS } from '#etcd/cluster-requests.ts';
import { framingOf, headerOf, isRefused, type Ask } from '#etcd/http-ask.ts';
import { sendPlainError, sendWhole } from '#etcd/http-head.ts';
import { formatId } from '#etcd/identity.ts';
import { toMemberMessage } from '#etcd/local-reads.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';
import { clusterHeader, JSON_TYPE, sendMessage, traceRequest } from '#etcd/v2-answers.ts';
import { mayAdminister } from '#etcd/v2-auth-access.ts';
import { memberJson } from '#etcd/v2-member-answers.ts';

export function serveMembers(m: Parts, ask: Ask): void {
  if (isRefused(m, ask, 'GET', 'POST', 'DELETE', 'PUT')) return;
  const { item } = ask;
  if (item.method !== 'GET' && !mayAdminister(m, headerOf(item, 'authorization'))) {
    sendMessage(m, item.id, 401, 'Insufficient credentials', ask.event, []);
    return;
  }
  const rest = ask.path.slice('/v2/members'.length).replace(/^\//, '');
  if (item.method === 'GET') read(m, ask, rest);
  else if (item.method === 'POST') add(m, ask);
  else change(m, ask, rest);
}

function read(m: Parts, ask: Ask, rest: string): void {
  const members = m.machine.cluster.list().map(toMemberMessage);
  const ok = (body: string): void => sendWhole(m, ask.item.id, framingOf(ask, 200, [JSON_TYPE, clusterHeader(m)]), `${body}\n`, ask.event);
  if (rest === '') ok(`{"members":[${members.map(memberJson).join(',')}]}`);
  else if (rest === 'leader') {
    const { lead } = coreOf(m);
    const leader = members.find(({ ID }) => ID === lead);
    if (lead === NO_NODE || leader === undefined) sendMessage(m, ask.item.id, 503, 'During election', ask.event);
    else ok(memberJson(leader));
  } else sendMessage(m, ask.item.id, 404, 'Not found', ask.event);
}

/** The peer URLs of a request's body; undefined after a refusal. */
function urlsOf(m: Parts, { item, event }: Ask): readonly string[] | undefined {
  const type = headerOf(item, 'content-type').split(';')[0]?.trim() ?? '';
  if (type !== 'application/json') {
    sendMessage(m, item.id, 415, `Bad Content-Type ${type}, accept application/json`, event);
    return undefined;
  }
  const read = readUrls(item.body);
  if (!read.ok) sendMessage(m, item.id, 400, read.message, event);
  return read.ok ? read.urls : undefined;
}

type Urls = { readonly ok: true; readonly urls: readonly string[] } | { readonly ok: false; readonly message: string };

/** Reads `{"peerURLs":[…]}`, with Go's errors. */
function readUrls(body: Bytes): Urls {
  const scanned = scanWholeJson(fromUtf8(body));
  if (scanned.type === 'error') return { ok: false, message: scanned.message };
  const { node } = scanned;
  const wrong = (what: string, into: string): Urls => ({ ok: false, message: `json: cannot unmarshal ${what} into Go ${into}` });
  if (node.type === 'null') return parseUrls([]);
  if (node.type !== 'object') return wrong(node.type, 'value of type struct { PeerURLs []string "json:\\"peerURLs\\"" }');
  const field = node.entries.findLast(([name]) => name.toLowerCase() === 'peerurls')?.[1];
  if (field === undefined || field.type === 'null') return parseUrls([]);
  if (field.type !== 'array') return wrong(field.type, 'struct field .peerURLs of type []string');
  const urls: string[] = [];
  for (const url of field.items) {
    if (url.type !== 'string' && url.type !== 'null') return wrong(url.type, 'struct field .peerURLs of type string');
    urls.push(url.type === 'string' ? url.text : '');
  }
  return parseUrls(urls);
}

const PATHS: ReadonlyMap<string, string> = new Map([
  ['POST', ClusterService.MemberAdd.path],
  ['PUT', ClusterService.MemberUpdate.path],
  ['DELETE', ClusterService.MemberRemove.path],
]);

/** Goes on as the v3 API's call does; its answer comes back to this file. */
function callCluster(m: Parts, ask: Ask, memberId: bigint, body: Bytes): void {
  const { item } = ask;
  const method = PATHS.get(item.method) ?? '';
  const event = traceRequest(m, ask, '/v2/members', memberId === 0n ? '' : formatId(memberId));
  const call: OpenCall = { id: item.id, method, token: '', event, http: { kind: 'v2', started: false } };
  m.calls.open(call);
  m.v2.set(item.id, { type: 'members', method: item.method, memberId });
  CLUSTER_HANDLERS.find(([path]) => path === method)?.[1](m, call, body);
}

function add(m: Parts, ask: Ask): void {
  const peerURLs = urlsOf(m, ask);
  if (peerURLs !== undefined) callCluster(m, ask, 0n, rpc.MemberAddRequest.encode(rpc.MemberAddRequest.create({ peerURLs })).finish());
}

/** DELETE and PUT of a member that the path names. */
function change(m: Parts, ask: Ask, name: string): void {
  const { item, event } = ask;
  if (name === '') {
    sendPlainError(m, item.id, framingOf(ask, 405, [clusterHeader(m)]), 'Method Not Allowed', event);
    return;
  }
  const digits = name.replace(/^0+(?=.)/, '');
  if (!/^[0-9a-fA-F]{1,16}$/.test(digits)) {
    sendMessage(m, item.id, 404, `No such member: ${name}`, event);
    return;
  }
  const ID = BigInt(`0x${digits}`);
  if (item.method === 'DELETE') {
    callCluster(m, ask, ID, rpc.MemberRemoveRequest.encode(rpc.MemberRemoveRequest.create({ ID })).finish());
    return;
  }
  const peerURLs = urlsOf(m, ask);
  if (peerURLs !== undefined)
    callCluster(m, ask, ID, rpc.MemberUpdateRequest.encode(rpc.MemberUpdateRequest.create({ ID, peerURLs })).finish());
}
