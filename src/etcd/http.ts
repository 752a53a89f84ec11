/** HTTP requests to a member: version, health, metrics, the JSON gateway; what else is asked for is not found, in Go's words. */

import { messageFromJson } from '#api/json/decode.ts';
import { errorBody, gatewayMethod } from '#api/json/gateway.ts';
import { LeaseService, type Method } from '#api/rpc.ts';
import { Code, httpStatus, type ApiError } from '#api/errors.ts';
import { goJsonString } from '#api/json/encode.ts';
import { scanJson } from '#api/json/scan.ts';
import { EMPTY_BYTES, fromUtf8, utf8 } from '#kernel/bytes.ts';
import { decodePath, encodePath } from '#v2/form.ts';
import { framingOf, headerOf, isRefused, type Ask, type HttpItem } from '#etcd/http-ask.ts';
import { sendHead, sendPlainError, sendWhole, type Framing, type Header } from '#etcd/http-head.ts';
import { metricsText } from '#etcd/http-metrics.ts';
import { probeChecks, serveHealth, serveProbe } from '#etcd/http-health.ts';
import { formatId } from '#etcd/identity.ts';
import { settingsOf } from '#etcd/settings.ts';
import { coreOf, HELD_ITEMS_MAX, serverVersion, type Parts } from '#etcd/parts.ts';
import { onClientItem, openCall } from '#etcd/requests.ts';
import { serveV2 } from '#etcd/v2-http.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** An HTTP request. Before this member serves, it waits. */
export function onHttp(m: Parts, item: HttpItem): void {
  if (!m.loop.isServing) {
    if (m.held.length < HELD_ITEMS_MAX) m.held.push(item);
    return;
  }
  const cut = item.target.indexOf('?');
  const path = decodePath(cut < 0 ? item.target : item.target.slice(0, cut));
  if (path === undefined) {
    refuseTarget(m, item);
    return;
  }
  const ask: Ask = { item, event: item.cause, path, query: cut < 0 ? '' : item.target.slice(cut), isPeer: isPeerPort(m, item) };
  if (item.method === 'OPTIONS' && !ask.isPeer) {
    sendHead(m, item.id, { status: 200 }, 0, ask.event);
    m.out.reply({ type: 'http-body', id: item.id, body: EMPTY_BYTES, last: true }, ask.event);
    return;
  }
  const clean = cleanPath(path);
  if (clean !== path || path === '/v3') redirect(m, ask, clean === path ? `${path}/` : clean);
  else if (ask.isPeer) servePeer(m, ask);
  else serveClient(m, ask);
}

/** Both ports lead to this member; the request's host tells which was meant. */
function isPeerPort(m: Parts, item: HttpItem): boolean {
  const host = headerOf(item, 'host');
  const portOf = (text: string): string => /:(\d+)\/*$/.exec(text)?.[1] ?? '';
  const port = portOf(host);
  return port !== '' && m.config.peerUrls.some((url) => portOf(url) === port) && !m.config.clientUrls.some((url) => portOf(url) === port);
}

/** A path without empty, `.` and `..` segments, as Go's mux wants it. */
function cleanPath(path: string): string {
  const out: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') out.pop();
    else if (segment !== '' && segment !== '.') out.push(segment);
  }
  return `/${out.join('/')}${path.endsWith('/') && out.length > 0 ? '/' : ''}`;
}

function redirect(m: Parts, ask: Ask, to: string): void {
  const location = `${encodePath(to)}${ask.query}`;
  const isRead = ask.item.method === 'GET' || ask.item.method === 'HEAD';
  const headers: readonly Header[] = [...(isRead ? [['Content-Type', 'text/html; charset=utf-8'] as const] : []), ['Location', location]];
  const href = location.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;');
  const body = isRead ? `<a href="${href}">Moved Permanently</a>.\n\n` : '';
  sendWhole(m, ask.item.id, framingOf(ask, 301, headers), body, ask.event);
}

/** What Go's server says to a target that it cannot read, before any handler: no date, no length, and the connection ends. */
function refuseTarget(m: Parts, { id, cause }: HttpItem): void {
  const headers: readonly Header[] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Connection', 'close'],
  ];
  m.out.reply({ type: 'http-head', id, status: 400, headers }, cause);
  m.out.reply({ type: 'http-body', id, body: utf8('400 Bad Request'), last: true }, cause);
}

const notFound = (m: Parts, ask: Ask): void => sendPlainError(m, ask.item.id, framingOf(ask, 404), '404 page not found', ask.event);

function serveClient(m: Parts, ask: Ask): void {
  const { path, item, event } = ask;
  const checks = versionRules(m.config).hasProbes ? probeChecks(path) : undefined;
  if (/^\/v3(beta)?\//.test(path)) serveGateway(m, ask);
  else if (settingsOf(m.config).enableV2 && serveV2(m, ask)) return;
  else if (path === '/version') serveVersion(m, ask);
  else if (path === '/health') {
    if (!isRefused(m, ask, 'GET')) serveHealth(m, item.id, ask.query, event);
  } else if (checks !== undefined) {
    if (!isRefused(m, ask, 'GET')) serveProbe(m, item.id, checks, ask.query, event);
  } else if (path === '/metrics') {
    sendWhole(m, item.id, framingOf(ask, 200, [['Content-Type', 'text/plain; version=0.0.4; charset=utf-8']]), metricsText(m), event);
  } else if (path === '/config/local/log' && versionRules(m.config).hasLogLevelPage) {
    if (!isRefused(m, ask, 'PUT')) serveLogLevel(m, ask);
  } else if (path === '/debug/vars') {
    const body = `{\n"cmdline": ["etcd"],\n"raft.status": {"id":"${formatId(m.self)}","term":${coreOf(m).term}}\n}\n`;
    sendWhole(m, item.id, framingOf(ask, 200, [['Content-Type', 'application/json; charset=utf-8']]), body, event);
  } else notFound(m, ask);
}

function servePeer(m: Parts, ask: Ask): void {
  if (ask.path === '/version') serveVersion(m, ask);
  else if (ask.path === '/members') {
    if (isRefused(m, ask, 'GET')) return;
    const members = m.machine.cluster.list().map(({ id, peerUrls, name, clientUrls, isLearner }) => {
      const urls = clientUrls.length === 0 ? '' : `,"clientURLs":${JSON.stringify(clientUrls)}`;
      const learner = isLearner ? ',"isLearner":true' : '';
      return `{"id":${id},"peerURLs":${JSON.stringify(peerUrls)}${learner}${name === '' ? '' : `,"name":${JSON.stringify(name)}`}${urls}}`;
    });
    const headers: readonly Header[] = [
      ['Content-Type', 'application/json'],
      ['X-Etcd-Cluster-Id', formatId(m.clusterId)],
    ];
    sendWhole(m, ask.item.id, framingOf(ask, 200, headers), `[${members.join(',')}]\n`, ask.event);
  } else notFound(m, ask);
}

function serveVersion(m: Parts, ask: Ask): void {
  if (isRefused(m, ask, 'GET')) return;
  const body = `{"etcdserver":"${serverVersion(m)}","etcdcluster":"${m.machine.cluster.version ?? 'not_decided'}"}`;
  sendWhole(m, ask.item.id, framingOf(ask, 200, [['Content-Type', 'application/json']]), body, ask.event);
}

/** 3.4's log level, which can be set and changes nothing here. */
function serveLogLevel(m: Parts, ask: Ask): void {
  const { item, event } = ask;
  const scanned = scanJson(fromUtf8(item.body));
  const refuse = (message: string): void =>
    sendWhole(m, item.id, framingOf(ask, 400, [['Content-Type', 'application/json']]), `{"message":${goJsonString(message)}}`, event);
  const node = scanned.type === 'ok' ? scanned.node : undefined;
  const level = node?.type === 'object' ? node.entries.findLast(([name]) => name.toLowerCase() === 'level')?.[1] : undefined;
  const isRead = node?.type === 'null' || (node?.type === 'object' && [undefined, 'null', 'string'].includes(level?.type));
  if (!isRead) {
    refuse('Invalid json body');
    return;
  }
  const text = level?.type === 'string' ? level.text : '';
  if (LOG_LEVELS.test(text)) sendWhole(m, item.id, framingOf(ask, 204), '', event);
  else refuse(`Invalid log level ${text}`);
}

const LOG_LEVELS = /^(?:c|critical|[0-5]|e|error|w|warning|n|notice|i|info|d|debug|t|trace)$/i;

/** A number of hours, minutes, seconds, milli-, micro- or nanoseconds, as gRPC writes it. */
const GRPC_TIMEOUT = /^[-+]?\d{1,18}[HMSmun]$/;

function serveGateway(m: Parts, ask: Ask): void {
  const { item, path } = ask;
  const isNewer = !versionRules(m.config).hasNewMethods && /\/(auth\/status|maintenance\/(?:downgrade|hashkv))$/.test(path);
  const method = isNewer ? undefined : gatewayMethod(path);
  if (method === undefined) {
    sendPlainError(m, item.id, framingOf(ask, 404), 'Not Found', ask.event);
    return;
  }
  // The gateway's way around clients that can only send forms: it reads the form for itself, so that a POST of one has no body.
  const isForm = item.method === 'POST' && headerOf(item, 'content-type') === 'application/x-www-form-urlencoded';
  const override = isForm ? headerOf(item, 'x-http-method-override').toUpperCase() : '';
  if (item.method !== 'POST' || (override !== '' && override !== 'POST')) {
    sendPlainError(m, item.id, framingOf(ask, 405), 'Method Not Allowed', ask.event);
    return;
  }
  const timeout = headerOf(item, 'grpc-timeout');
  if (timeout !== '' && !GRPC_TIMEOUT.test(timeout)) {
    refuseCall(m, ask, { code: Code.InvalidArgument, message: `invalid grpc-timeout: ${timeout}` });
    return;
  }
  openGatewayCall(m, override === '' ? ask : { ...ask, item: { ...item, body: EMPTY_BYTES } }, method);
}

/** The values of a body one after the other: a stream's client may say several things. A broken one takes what is left. */
function jsonValues(text: string): readonly string[] {
  const values: string[] = [];
  let start = 0;
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const ch = text[i];
    if (isQuoted) {
      if (ch === '\\') i++;
      else if (ch === '"') isQuoted = false;
    } else if (ch === '"') isQuoted = true;
    else if (ch === '{' || ch === '[') depth++;
    else if ((ch === '}' || ch === ']') && --depth === 0) {
      values.push(text.slice(start, i + 1));
      start = i + 1;
    }
  }
  const rest = text.slice(start);
  return rest.trim() === '' ? values : [...values, rest];
}

/** The gateway's own refusal, before there is a call. */
function refuseCall(m: Parts, { item, event }: Ask, error: Pick<ApiError, 'code' | 'message'>): void {
  const framing: Framing = { status: httpStatus(error.code), headers: [['Content-Type', 'application/json']] };
  sendWhole(m, item.id, framing, errorBody(error, m.config.profile), event);
}

function openGatewayCall(m: Parts, ask: Ask, method: Method): void {
  const { item, event } = ask;
  const text = fromUtf8(item.body);
  const isStream = method.kind !== 'unary';
  const [first = '', ...more] = isStream ? jsonValues(text) : [text];
  const decoded = messageFromJson(method.requestType, first);
  if (decoded.type === 'error') {
    const error = { code: isStream ? Code.Unknown : Code.InvalidArgument, message: decoded.message };
    refuseCall(m, ask, error);
    return;
  }
  const token = headerOf(item, 'authorization');
  const body = isStream && first.trim() === '' ? EMPTY_BYTES : method.request.encode(decoded.message).finish();
  const http = { kind: isStream ? 'stream' : 'unary', started: false } as const;
  // What says nothing but defaults is empty on the wire, and still is a message.
  const isEmptyMessage = method.kind === 'bidi' && body.length === 0 && first.trim() !== '';
  openCall(m, { type: 'call', id: item.id, method: method.path, body, token, cause: item.cause }, http);
  if (isEmptyMessage) onClientItem(m, { type: 'call-message', id: item.id, body, cause: event });
  for (const value of more) {
    const next = messageFromJson(method.requestType, value);
    if (next.type === 'error') break; // the gateway stops reading there, and the stream goes on
    onClientItem(m, { type: 'call-message', id: item.id, body: method.request.encode(next.message).finish(), cause: event });
  }
  // The gateway has sent all that it has to say.
  if (method === LeaseService.LeaseKeepAlive) onClientItem(m, { type: 'call-half-close', id: item.id, cause: event });
}

/** Takes up what came before this member served. */
export function releaseHeld(m: Parts): void {
  if (!m.loop.isServing || m.held.length === 0) return;
  for (const item of m.held.splice(0)) {
    if (item.type === 'http') onHttp(m, item);
    else if (item.type === 'call' || item.type === 'call-message' || item.type === 'call-half-close' || item.type === 'call-cancel')
      onClientItem(m, item);
  }
}
