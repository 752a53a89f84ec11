/** What no client should send: malformed bodies, unknown paths and methods, odd headers. */

import type { Draw } from '#cli/differential/draw.ts';
import { deleteRequest, putRequest, rangeRequest, txnRequest } from '#cli/differential/generate-kv.ts';
import { post, type RequestOperation } from '#cli/differential/operation.ts';

const PATHS = [
  '/',
  '/v3',
  '/v3/',
  '/v3beta',
  '/v3alpha/kv/range',
  '/v3/kv',
  '/v3/kv/',
  '/v3/kv/rang',
  '/v3/kv/range/',
  '/v3/kv/range/x',
  '/v3//kv/range',
  '/v3/kv/range?x=1',
  '/v3/kv/range:x',
  '/v3/kv%2Frange',
  '/v3/kv/%72ange',
  '/v3/kv/r%61nge',
  '/v3%2fkv/range',
  '/V3/kv/range',
  '/v3/nosuch',
  '/v2',
  '/v2/keys',
  '/v2/keys/a',
  '/v2/machines',
  '/v2/members',
  '/v2/stats/self',
  '/version',
  '/version/',
  '/health',
  '/health/x',
  '/livez',
  '/readyz',
  '/members',
  '/raft',
  '/debug/requests',
  '/config/local/log',
  '/etcdserverpb.KV/Range',
  '/favicon.ico',
  '/%00',
  '/a%20b',
  '/?q',
  '/v3/auth/status',
  '/v3/maintenance/downgrade',
  '/v3/watch',
  '/v3/lease/keepalive',
] as const;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'] as const;

const ODD_VALUES = [
  'null',
  'true',
  'false',
  '0',
  '-1',
  '1.5',
  '1e3',
  '1E400',
  '-0',
  '01',
  '9223372036854775808',
  '18446744073709551616',
  '""',
  '"1"',
  '"-1"',
  '"x"',
  '"1.0"',
  '" 1"',
  '[]',
  '{}',
  '[null]',
  '[1]',
  '{"a":1}',
  '"a"',
  '"YQ"',
  '"YQ="',
  '"YQ==="',
  '"Y Q=="',
  '"YQ==\\n"',
  '"_-8="',
  '"\\u0059Q=="',
  '"\\ud800"',
  '"\\x"',
  "'a'",
  'nul',
  'truee',
  '',
  '+1',
  '.5',
  '"NONE"',
  '"ascend"',
  '2147483648',
  '-2147483649',
  '\u00a01',
  '[[[]]]',
] as const;

const ODD_TEXTS = [
  '',
  ' ',
  '\n',
  '{',
  '}',
  '[',
  ']',
  '{}',
  '{}{}',
  '{} x',
  '[]',
  '[{}]',
  'null',
  '1',
  '"a"',
  'x',
  '{"key"}',
  '{"key":}',
  '{"key":"YQ=="',
  '{"key":"YQ==",}',
  '{key:"YQ=="}',
  "{'key':'YQ=='}",
  '{"key":"YQ==" "a":1}',
  '{"key":"YQ=="}}',
  '\ufeff{}',
  'key=YQ==',
  '{"key":"a\tb"}',
  '{"key":"\u0001"}',
  '{"a":1,"a":2}',
  '{"KEY":"YQ=="}',
  '{"Key":"YQ=="}',
  '{"key":"YQ==","key":"Yg=="}',
  '{"range_end":"YQ==","rangeEnd":"Yg==","key":"YQ=="}',
  '{"key":null}',
  '{"unknown":{"x":[1,2]}}',
  '{"":1}',
  '{"key":"YQ==","limit":{}}',
  '//',
  '/* */{}',
  '<xml/>',
  '{"key":"YQ=="}\n{"key":"Yg=="}',
  `${'['.repeat(300)}`,
  `{"x":${'['.repeat(150)}${']'.repeat(150)}}`,
] as const;

/** Without grants: a lease of the least time would run out while the sequence is played. */
const REQUEST_PATHS = [
  '/v3/kv/range',
  '/v3/kv/put',
  '/v3/kv/deleterange',
  '/v3/kv/txn',
  '/v3/kv/compaction',
  '/v3/lease/revoke',
  '/v3/lease/timetolive',
  '/v3/lease/leases',
  '/v3/cluster/member/add',
  '/v3/cluster/member/list',
  '/v3/cluster/member/remove',
  '/v3/cluster/member/update',
  '/v3/cluster/member/promote',
  '/v3/maintenance/alarm',
  '/v3/maintenance/status',
  '/v3/maintenance/hashkv',
  '/v3/maintenance/transfer-leadership',
  '/v3/auth/user/get',
  '/v3/auth/role/add',
  '/v3/auth/role/grant',
  '/v3/auth/user/grant',
  '/v3/auth/authenticate',
  '/v3/auth/role/get',
  '/v3/auth/user/list',
  '/v3/auth/enable',
] as const;
const STREAM_PATHS = ['/v3/watch', '/v3/lease/keepalive'] as const;
const FIELD_NAMES = [
  'key',
  'range_end',
  'rangeEnd',
  'value',
  'limit',
  'revision',
  'sort_order',
  'sortTarget',
  'serializable',
  'keys_only',
  'lease',
  'prev_kv',
  'prevKv',
  'ignore_value',
  'compare',
  'success',
  'failure',
  'physical',
  'TTL',
  'ID',
  'id',
  'ttl',
  'keys',
  'peerURLs',
  'isLearner',
  'action',
  'memberID',
  'alarm',
  'targetID',
  'name',
  'password',
  'options',
  'perm',
  'user',
  'role',
  'min_mod_revision',
  'create_request',
  'cancel_request',
  'progress_request',
  'watch_id',
] as const;

/** A sensible body with one place spoilt. */
function spoilt(d: Draw, body: string): string {
  const at = d.below(body.length + 1);
  return d.weighted<string>([
    [2, () => body.slice(0, at)],
    [2, () => body.slice(0, at) + d.of('"', '{', '}', '[', ']', ',', ':', '\\', 'x', '0', ' ', '\n', '\u0000', 'é', '%') + body.slice(at)],
    [1, () => body.slice(0, at) + body.slice(at + 1)],
    [3, () => replacedValue(d, body)],
    [1, () => body + d.of('x', '}', '{}', ' ', '\n\n', ',')],
  ]);
}

function replacedValue(d: Draw, body: string): string {
  const places = [...body.matchAll(/:("[^"]*"|-?\d+|true|false)/g)];
  const chosen = places[d.below(Math.max(places.length, 1))];
  if (chosen === undefined) return body;
  return `${body.slice(0, chosen.index)}:${d.of(...ODD_VALUES)}${body.slice(chosen.index + chosen[0].length)}`;
}

function oddBody(d: Draw): string {
  return d.weighted<string>([
    [2, () => d.of(...ODD_TEXTS)],
    [4, () => oneOfUnion(d.list(1, 3, () => [d.of(...FIELD_NAMES), d.of(...ODD_VALUES)]))],
    [4, () => spoilt(d, JSON.stringify(d.of(putRequest, rangeRequest, deleteRequest, (draw: Draw) => txnRequest(draw))(d)))],
  ]);
}

/** An object that has one part of a union at most: which of several Go reads first is in no order, and so is what it complains of. */
function oneOfUnion(fields: readonly (readonly [name: string, value: string])[]): string {
  const first = fields.find(([name]) => WATCH_UNION.has(name));
  const kept = fields.filter((field) => !WATCH_UNION.has(field[0]) || field === first);
  return `{${kept.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}
const WATCH_UNION: ReadonlySet<string> = new Set(['create_request', 'cancel_request', 'progress_request']);

/** The order of bodies and paths is drawn apart, so that most bodies meet a message that they do not fit. */
export function httpOperation(d: Draw): RequestOperation {
  return d.weighted<RequestOperation>([
    [6, () => post(d.of(...REQUEST_PATHS), oddBody(d))],
    [1, () => post(d.of(...STREAM_PATHS), oddBody(d), { lookMillis: 400 })],
    [
      3,
      () => {
        const method = d.of(...METHODS);
        const path = d.chance(0.6) ? d.of(...PATHS) : d.of(...REQUEST_PATHS);
        const isStream = /watch|keepalive/.test(path);
        return {
          type: 'request',
          method,
          path,
          headers: [],
          body: method === 'POST' || method === 'PUT' ? '{}' : undefined,
          ...(isStream ? { lookMillis: 400 } : {}),
        };
      },
    ],
    [
      0.5,
      () =>
        post('/v3/kv/range', rangeRequest(d), {
          headers: [
            d.of(
              ['Content-Type', 'application/json'],
              ['Content-Type', 'text/plain'],
              ['Accept', 'application/json'],
              ['Accept', 'text/plain'],
              ['Origin', 'http://x.example'],
              ['Grpc-Timeout', '1S'],
              ['Grpc-Timeout', 'x'],
              ['X-HTTP-Method-Override', 'GET'],
              ['Authorization', 'x'],
              ['Accept-Encoding', 'gzip'],
            ),
          ],
        }),
    ],
    [0.05, () => post('/v3/kv/put', { key: 'YQ==', value: Buffer.alloc(1_400_000 + d.below(400_000), 1).toString('base64') })],
    [0.5, () => post('/v3/kv/put', putRequest(d))],
  ]);
}
