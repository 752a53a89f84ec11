/** Random requests to the v2 API: its keys in every way that a form can say, its other pages, and what no client should send. */

import type { Draw } from '#cli/differential/draw.ts';
import type { Operation, RequestOperation } from '#cli/differential/operation.ts';

const KEYS = [
  '/a',
  '/b',
  '/a/b',
  '/dir',
  '/dir/x',
  '/dir/y',
  '/dir/sub',
  '/dir/sub/z',
  '/_hid',
  '/dir/_h',
  '/dir/_h/x',
  '/q',
  '/键',
  '/',
] as const;
const ODD_KEYS = ['', '/a/', '/dir//x', '/%20', '/a%2Fb', '/a?b', '/A', '/_etcd', '/a b'] as const;
const FORM: readonly [string, string] = ['Content-Type', 'application/x-www-form-urlencoded'];
const ODD_BOOLS = ['', '1', 'TRUE', 'T', 'yes', 'maybe', '0'] as const;
const ODD_NUMBERS = ['', '-1', '0', 'x', '1.5', '18446744073709551616', '99999', '+3', ' 3'] as const;
/** How long a request that waits is looked at. */
const LOOK_MILLIS = 250;

/** What a sequence may do: keys with a time to live make the leader propose by itself, so that Raft's index is no fact of theirs. */
export interface V2Style {
  readonly hasTtl: boolean;
}

const bool = (d: Draw): string => (d.chance(0.93) ? d.of('true', 'false') : d.of(...ODD_BOOLS));
const index = (d: Draw): string => (d.chance(0.9) ? `${d.below(30)}` : d.of(...ODD_NUMBERS));
const value = (d: Draw): string => d.of('1', '2', 'v w', '', '值', '{"a":1}', 'x=y&z', '+');
const key = (d: Draw): string => (d.chance(0.95) ? d.of(...KEYS) : d.of(...ODD_KEYS));
const path = (d: Draw): string => `/v2/keys${encodeURI(key(d))}`;

function params(pairs: readonly (readonly [string, unknown])[]): string {
  return pairs.map(([name, text]) => `${name}=${encodeURIComponent(String(text))}`).join('&');
}

/** A request with its parameters in the query or in a form. */
function keyed(d: Draw, method: string, pairs: readonly (readonly [string, unknown])[], style: V2Style): RequestOperation {
  const text = params(pairs);
  const inForm = (method === 'PUT' || method === 'POST') && d.chance(0.8);
  const query = inForm || text === '' ? '' : `?${text}`;
  const waits = pairs.some(([name, on]) => name === 'wait' && on === 'true');
  return {
    type: 'request',
    method,
    path: `${path(d)}${query}`,
    headers: inForm ? [FORM] : [],
    body: inForm ? text : undefined,
    isLoose: style.hasTtl || !pairs.some(([name, on]) => name === 'sorted' && on === 'true'),
    ...(waits ? { lookMillis: LOOK_MILLIS } : {}),
  };
}

/** Some of these parameters. */
function some(
  d: Draw,
  ...choices: readonly (readonly [chance: number, name: string, make: () => unknown])[]
): (readonly [string, unknown])[] {
  return choices.flatMap(([chance, name, make]) => (d.chance(chance) ? [[name, make()] as const] : []));
}

const ttl = (d: Draw): string => (d.chance(0.9) ? `${100 + d.below(900)}` : d.of('', 'x', '-5', '1e3'));

function write(d: Draw, style: V2Style): RequestOperation {
  return keyed(
    d,
    'PUT',
    some(
      d,
      [0.85, 'value', () => value(d)],
      [style.hasTtl ? 0.4 : 0, 'ttl', () => ttl(d)],
      [style.hasTtl ? 0.15 : 0, 'refresh', () => bool(d)],
      [0.15, 'dir', () => bool(d)],
      [0.2, 'prevExist', () => bool(d)],
      [0.15, 'prevValue', () => value(d)],
      [0.15, 'prevIndex', () => index(d)],
      [0.08, 'noValueOnSuccess', () => bool(d)],
    ),
    style,
  );
}

const remove = (d: Draw, style: V2Style): RequestOperation =>
  keyed(
    d,
    'DELETE',
    some(
      d,
      [0.3, 'dir', () => bool(d)],
      [0.35, 'recursive', () => bool(d)],
      [0.2, 'prevValue', () => value(d)],
      [0.2, 'prevIndex', () => index(d)],
    ),
    style,
  );

const read = (d: Draw, style: V2Style): RequestOperation =>
  keyed(
    d,
    d.chance(0.93) ? 'GET' : 'HEAD',
    some(
      d,
      [0.4, 'recursive', () => bool(d)],
      [0.4, 'sorted', () => bool(d)],
      [0.2, 'quorum', () => bool(d)],
      [0.05, 'wait', () => 'false'],
    ),
    style,
  );

const wait = (d: Draw, style: V2Style): RequestOperation =>
  keyed(
    d,
    'GET',
    [
      ['wait', 'true'],
      ...some(
        d,
        [0.7, 'waitIndex', () => index(d)],
        [0.4, 'recursive', () => bool(d)],
        [0.2, 'stream', () => bool(d)],
        [0.1, 'quorum', () => bool(d)],
      ),
    ],
    style,
  );

const PAGES = [
  '/v2/members',
  '/v2/members/',
  '/v2/members/leader',
  '/v2/members/1',
  '/v2/members/zz',
  '/v2/members/8e9e05c52164694d',
  '/v2/machines',
  '/v2/machines/',
  '/v2/keys',
  '/v2/key',
  '/v2',
  '/v2/',
  '/v2/stats/store',
  '/v2/stats/nosuch',
  '/v2/auth',
  '/v2/auth/enable',
  '/v2/auth/users',
  '/v2/auth/users/',
  '/v2/auth/users/u',
  '/v2/auth/roles',
  '/v2/auth/roles/guest',
  '/v2/auth/roles/r',
  '/version',
  '/health',
] as const;
const BODIES = [
  '',
  '{}',
  '{',
  'null',
  '{"name":"x"}',
  '{"peerURLs":[]}',
  '{"peerURLs":["x"]}',
  '{"peerURLs":1}',
  '{"role":"r"}',
  '{"user":"u"}',
] as const;

/** A page beside the keys. Nothing that would add a member: a cluster of one does not survive it. */
function page(d: Draw): RequestOperation {
  const method = d.weighted<string>([
    [6, () => 'GET'],
    [2, () => d.of('PUT', 'POST', 'DELETE')],
    [1, () => d.of('HEAD', 'PATCH', 'OPTIONS')],
  ]);
  const where = d.of(...PAGES);
  const isOwn = where.endsWith('8e9e05c52164694d');
  const hasBody = method === 'PUT' || method === 'POST';
  return {
    type: 'request',
    method: isOwn ? 'GET' : method,
    path: where,
    headers: hasBody && !isOwn && d.chance(0.8) ? [['Content-Type', 'application/json']] : [],
    body: hasBody && !isOwn ? d.of(...BODIES) : undefined,
    isLoose: true,
    ...(where.includes('/stats/store') ? { headOnly: true } : {}),
  };
}

const inOrder = (d: Draw, style: V2Style): RequestOperation =>
  keyed(
    d,
    'POST',
    some(d, [0.9, 'value', () => value(d)], [style.hasTtl ? 0.2 : 0, 'ttl', () => ttl(d)], [0.1, 'dir', () => bool(d)]),
    style,
  );

/** A key that runs out while the sequence is played. */
const expiry = (d: Draw, style: V2Style): readonly Operation[] => {
  const op = keyed(d, 'PUT', [['value', '1'], ['ttl', 1]], style); // prettier-ignore
  const where = op.path.replace(/\?.*$/, '');
  const look: RequestOperation = { type: 'request', method: 'GET', path: where, headers: [], body: undefined, isLoose: true };
  return [op, { type: 'pass', millis: 2600 }, look];
};

/** One step, rarely three. */
export function v2Operations(d: Draw, style: V2Style): readonly Operation[] {
  return d.weighted<readonly Operation[]>([
    [10, () => [write(d, style)]],
    [7, () => [read(d, style)]],
    [4, () => [remove(d, style)]],
    [3, () => [inOrder(d, style)]],
    [1, () => [wait(d, style)]],
    [1.5, () => [page(d)]],
    [style.hasTtl ? 0.2 : 0, () => expiry(d, style)],
  ]);
}
