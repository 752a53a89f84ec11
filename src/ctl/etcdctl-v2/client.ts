/**
 * The client of the v2 face: asks one endpoint after the other until one answers, knows the endpoints from the command line or, after a
 * look at the members, theirs. The real one shuffles its endpoints; here they stay in their order, which a learner can follow.
 */

import { base64 } from '#kernel/base64.ts';
import { EMPTY_BYTES, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { goQuote } from '#ctl/duration.ts';
import type { HttpOutcome } from '#ctl/etcdctl/http-call.ts';
import { flagBool, flagInt, flagString, stop, type Answer, type Ask, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { readHidden } from '#ctl/etcdctl/hidden-input.ts';
import { parseEndpoint, type Endpoint } from '#ctl/etcdctl-v2/url.ts';
import { parseJson, textOf, itemsOf, fieldOf } from '#ctl/etcdctl-v2/json.ts';

/** A client; plain data. */
export type Client = {
  readonly endpoints: readonly Endpoint[];
  /** Index of the endpoint that answered last. */
  readonly pinned: number;
  /** `Basic …`, '' for none. */
  readonly authorization: string;
};

/** A request for whichever endpoint answers. */
export interface V2Request {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly contentType?: string;
  /** Undefined: none at all. */
  readonly body?: string;
  /** Not to be asked of another endpoint after a failure, because it may have had its effect. */
  readonly oneShot?: boolean;
  /** A watch: no limit on the whole. */
  readonly endless?: boolean;
}

/** Failures of a request. */
export type V2Failure =
  /** Every endpoint failed, each in its own way. */
  | { readonly type: 'cluster'; readonly errors: readonly EndpointError[] }
  /** A single one, or the time is up. */
  | { readonly type: 'one'; readonly error: EndpointError };

export interface EndpointError {
  readonly message: string;
  /** Whether it is about the connection itself. */
  readonly connection: boolean;
}

export interface V2Response {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes;
}

export type V2Result =
  | { readonly ok: true; readonly client: Client; readonly response: V2Response }
  | { readonly ok: false; readonly client: Client; readonly failure: V2Failure };

const MICROS = 1000;
const UNAVAILABLE = 'client: etcd cluster is unavailable or misconfigured';

/** What a failure is called: `client: etcd cluster is unavailable …; error #0: …`. */
export function failureText(failure: V2Failure): string {
  if (failure.type === 'one') return failure.error.message;
  const [first, ...rest] = failure.errors;
  if (first === undefined) return UNAVAILABLE;
  return `${UNAVAILABLE}; error #0: ${first.message}\n${rest.map((e, i) => `; error #${i + 1}: ${e.message}\n`).join('')}`;
}

/** The same, an error a line, as etcdctl adds it. */
export const failureDetail = (failure: V2Failure): string =>
  failure.type === 'one' ? '' : `${failure.errors.map((e, i) => `error #${i}: ${e.message}\n`).join('')}\n`;

/** Ends the command as v2's own commands of keys do. */
export const failKeys = (code: number, failure: V2Failure): never =>
  stop(code, `Error:  ${failureText(failure)}\n${failureDetail(failure)}`);

const goAddress = (address: string): string => address.replace(/^localhost:/, '127.0.0.1:');

/** What became of a request at one endpoint, as an error; undefined if it answered. */
function endpointError(endpoint: Endpoint, outcome: HttpOutcome): EndpointError | undefined {
  switch (outcome.type) {
    case 'refused':
      return { message: `dial tcp ${goAddress(endpoint.address)}: connect: connection refused`, connection: true };
    case 'broken':
      return { message: outcome.begun ? 'unexpected EOF' : 'EOF', connection: false };
    case 'head-timeout':
      return { message: `client: endpoint ${endpoint.base} exceeded header timeout`, connection: false };
    case 'deadline':
      return { message: 'context deadline exceeded', connection: true };
    case 'response':
      if (outcome.status < 500 || outcome.status > 599) return undefined;
      return outcome.status === 500 || outcome.status === 503
        ? { message: `client: etcd member ${endpoint.base} has no leader`, connection: false }
        : { message: `client: etcd member ${endpoint.base} returns server error [${outcome.status}]`, connection: false };
  }
}

/** What happens while a request is out that is not its end: by default a signal ends the command. */
export type OnOther = (answer: Answer) => void;

export const endOnSignal: OnOther = (answer) => {
  if (answer.type === 'signal') stop(answer.signal === 'INT' ? 130 : 143, '');
};

/** Sends one request to one endpoint and waits for its end. @param totalMicros 0: for ever */
export function* exchange(
  ctx: ScriptContext,
  endpoint: Endpoint,
  request: V2Request,
  options: { readonly authorization: string; readonly headMicros: number; readonly totalMicros: number; readonly onOther?: OnOther },
): Generator<Ask, HttpOutcome, Answer> {
  ctx.request(1, {
    endpoint: endpoint.address,
    method: request.method,
    target: request.target,
    headers: [
      ['Host', endpoint.base.replace(/^[^/]*\/\//, '')],
      ['User-Agent', 'Go-http-client/1.1'],
      ...(options.authorization === '' ? [] : [['Authorization', options.authorization] as const]),
      ...(request.contentType === undefined ? [] : [['Content-Type', request.contentType] as const]),
    ],
    body: request.body === undefined ? EMPTY_BYTES : utf8(request.body),
    headMicros: options.headMicros,
    totalMicros: options.totalMicros,
  });
  for (;;) {
    const answer = yield { type: 'next', lines: false };
    if (answer.type === 'http' && answer.request === 1) return answer.outcome;
    (options.onOther ?? endOnSignal)(answer);
  }
}

/** Asks one endpoint after the other, beginning with the one that answered last. */
export function* send(ctx: ScriptContext, client: Client, request: V2Request, onOther?: OnOther): Generator<Ask, V2Result, Answer> {
  const errors: EndpointError[] = [];
  const total = Number(flagInt(ctx, 'total-timeout')) / MICROS;
  if (request.endless !== true && total <= 0) return expired(client);
  for (let i = 0; i < client.endpoints.length; i++) {
    const index = (client.pinned + i) % client.endpoints.length;
    const endpoint = client.endpoints[index];
    if (endpoint === undefined) break;
    if (flagBool(ctx, 'debug'))
      ctx.stderr(
        `cURL Command: curl -X ${request.method} ${endpoint.base}${request.target}${request.body === undefined ? '' : ` -d ${goQuote(request.body)}`}\n`,
      );
    const unsupported = unsupportedScheme(endpoint);
    if (unsupported !== undefined) {
      errors.push(unsupported);
      continue;
    }
    const outcome = yield* exchange(ctx, endpoint, request, {
      authorization: client.authorization,
      headMicros: Number(flagInt(ctx, 'timeout')) / MICROS,
      totalMicros: request.endless === true ? 0 : total,
      ...(onOther === undefined ? {} : { onOther }),
    });
    const error = endpointError(endpoint, outcome);
    if (error === undefined && outcome.type === 'response') return { ok: true, client: { ...client, pinned: index }, response: outcome };
    if (error === undefined) break;
    if (outcome.type === 'deadline') return expired(client);
    if (request.oneShot === true) return { ok: false, client, failure: { type: 'one', error } };
    errors.push(error);
  }
  return { ok: false, client, failure: { type: 'cluster', errors } };
}

const expired = (client: Client): V2Result => ({
  ok: false,
  client,
  failure: { type: 'one', error: { message: 'context deadline exceeded', connection: true } },
});

/** There is no TLS here: what a TLS client gets from a plain port is the end of the connection. */
function unsupportedScheme(endpoint: Endpoint): EndpointError | undefined {
  if (endpoint.scheme === 'http') return undefined;
  if (endpoint.scheme === 'https') return { message: 'EOF', connection: false };
  return { message: `unsupported protocol scheme "${endpoint.scheme}"`, connection: false };
}

/** Endpoints from the flags or the environment. */
function givenEndpoints(ctx: ScriptContext): readonly Endpoint[] {
  const text =
    ['endpoints', 'endpoint', 'peers'].map((name) => flagString(ctx, name)).find((t) => t !== '') ??
    'http://127.0.0.1:2379,http://127.0.0.1:4001';
  return text.split(',').map((one) => {
    const parsed = parseEndpoint(one);
    return parsed.type === 'ok' ? parsed.endpoint : stop(1, `${parsed.message}\n`);
  });
}

function* authorization(ctx: ScriptContext): Generator<Ask, string, Answer> {
  const user = flagString(ctx, 'username');
  if (user === '') return '';
  const full = user.includes(':') ? user : `${user}:${yield* readHidden(ctx, 'Password: ')}`;
  return `Basic ${base64(utf8(full))}`;
}

/** Refuses the flags that would need TLS or a name service, as the real one does for lack of the files. */
function checkFlags(ctx: ScriptContext): void {
  const [cert, key, ca] = ['cert-file', 'key-file', 'ca-file'].map((name) => flagString(ctx, name));
  const domain = flagString(ctx, 'discovery-srv');
  if (domain !== '')
    stop(
      1,
      `dns lookup errors: lookup _etcd-client-ssl._tcp.${domain}: no such host and lookup _etcd-client._tcp.${domain}: no such host\n`,
    );
  if ((cert === '') !== (key === '')) stop(1, `KeyFile and CertFile must both be present[key: ${key ?? ''}, cert: ${cert ?? ''}]\n`);
  if (ca !== undefined && ca !== '') stop(1, `open ${ca}: no such file or directory\n`);
}

/** A client of the endpoints as given. */
export function* plainClient(ctx: ScriptContext): Generator<Ask, Client, Answer> {
  checkFlags(ctx);
  const endpoints = givenEndpoints(ctx);
  return { endpoints, pinned: 0, authorization: yield* authorization(ctx) };
}

/** What --debug says of a client. */
export const endpointsLine = (client: Client): string => `Cluster-Endpoints: ${client.endpoints.map((e) => e.base).join(', ')}\n`;

/** A client of what the members say their endpoints are, unless --no-sync. Nobody there at all ends the command. */
export function* newClient(ctx: ScriptContext): Generator<Ask, Client, Answer> {
  const client = yield* plainClient(ctx);
  const debug = flagBool(ctx, 'debug');
  const synced = flagBool(ctx, 'no-sync') ? client : yield* sync(ctx, client, debug);
  if (debug) ctx.stderr(endpointsLine(synced));
  return synced;
}

function* sync(ctx: ScriptContext, client: Client, debug: boolean): Generator<Ask, Client, Answer> {
  if (debug) ctx.stderr(`start to sync cluster using endpoints(${client.endpoints.map((e) => e.base).join(',')})\n`);
  const result = yield* send(ctx, client, { method: 'GET', target: '/v2/members' });
  let found = result.client;
  if (!result.ok) {
    const errors = result.failure.type === 'one' ? [result.failure.error] : result.failure.errors;
    if (errors.every((e) => e.connection)) failKeys(2, result.failure);
  } else if (result.response.status === 200) found = publishedEndpoints(result.client, result.response.body);
  if (debug) ctx.stderr(`got endpoints(${found.endpoints.map((e) => e.base).join(',')}) after sync\n`);
  return found;
}

/** The client URLs of all members; the endpoint that answered stays the first to be asked. */
function publishedEndpoints(client: Client, body: Bytes): Client {
  const members = itemsOf(fieldOf(parseJson(fromUtf8(body)), 'members'));
  const urls = members.flatMap((m) => itemsOf(fieldOf(m, 'clientURLs')).map(textOf));
  const endpoints = urls.flatMap((url) => {
    const parsed = parseEndpoint(url);
    return parsed.type === 'ok' ? [parsed.endpoint] : [];
  });
  if (endpoints.length === 0)
    return stop(
      4,
      `etcd cluster has no published client endpoints.\nTry '--no-sync' if you want to access non-published client endpoints(${client.endpoints.map((e) => e.base).join(',')}).\nError:  client: no endpoints available\n`,
    );
  const current = client.endpoints[client.pinned]?.address;
  const pinned = endpoints.findIndex((e) => e.address === current);
  return { ...client, endpoints, pinned: Math.max(0, pinned) };
}
