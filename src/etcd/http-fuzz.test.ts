/** Whatever comes over HTTP, a member answers and goes on. A failing run prints its seed; `HTTP_FUZZ_SEED` and `HTTP_FUZZ_RUNS` choose others. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GATEWAY_ROUTES } from '#api/json/gateway.ts';
import { NO_EVENT } from '#kernel/brand.ts';
import type { InboxItem } from '#etcd/contract.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const SEED = Number(process.env['HTTP_FUZZ_SEED'] ?? 20_240_101);
const RUNS = Number(process.env['HTTP_FUZZ_RUNS'] ?? 300);
/** The longest that etcd lets a request wait, and a little. */
const ANSWER_MICROS = 15_000 * MS;
const CLIENT = 77;

type HttpItem = Extract<InboxItem, { type: 'http' }>;
type Request = Pick<HttpItem, 'method' | 'target' | 'headers' | 'body'>;

const FIELDS = (
  'key range_end value lease limit revision sort_order sort_target compare success failure target result request_put request_range request_delete_range request_txn version TTL ID keys name password perm role user ' +
  'create_request cancel_request progress_request watch_id start_revision filters peerURLs action alarm memberID leader'
).split(' ');
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      '',
      'YQ==',
      'Yg==',
      'a',
      0,
      1,
      -1,
      1.5,
      2 ** 31,
      2 ** 63,
      '9223372036854775807',
      '-1',
      'ACTIVATE',
      'VALUE',
    ),
    fc.integer(),
    fc.string(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('any'), { maxKeys: 4 }),
  ),
})).any;
const text = (of: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> => of.map((s) => new Uint8Array(Buffer.from(s, 'utf8')));
const json = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 5 }).map((v) => JSON.stringify(v));
const broken = fc.tuple(json, fc.nat(200), fc.string({ maxLength: 3 })).map(([s, at, more]) => s.slice(0, at) + more + s.slice(at + 1));
const deep = fc
  .tuple(fc.constantFrom('[', '{"x":', '{"success":[{"request_txn":'), fc.integer({ min: 1, max: 30_000 }))
  .map(([s, n]) => s.repeat(n));
const body = fc.oneof(
  { weight: 4, arbitrary: text(json) },
  { weight: 3, arbitrary: text(broken) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  { weight: 1, arbitrary: text(fc.string()) },
  { weight: 1, arbitrary: text(deep) },
  { weight: 1, arbitrary: text(fc.tuple(json, json, broken).map((parts) => parts.join(''))) },
);
const known = [...GATEWAY_ROUTES.keys()];
const target = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...known).map((path) => `/v3${path}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/',
      '/version',
      '/health',
      '/metrics',
      '/livez',
      '/readyz',
      '/debug/vars',
      '/config/local/log',
      '/members',
      '/v2/keys/a',
      '/v2/members',
      '/v2/stats/store',
      '/v2/machines',
    ),
  },
  { weight: 1, arbitrary: fc.webPath() },
  { weight: 1, arbitrary: fc.string().map((s) => `/${s}`) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...known), fc.string({ maxLength: 6 })).map(([path, s]) => `/v3${path}${s}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '%',
      '/%zz',
      '/v3/%',
      '/%ff%fe',
      '?',
      '/?%',
      '//',
      '/../..',
      '*',
      'http://x/y',
      '/v2/keys/%00',
      '/v2/keys/?wait=x',
    ),
  },
);
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant('POST') },
  { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'get', '', 'X') },
);
const header = fc.tuple(
  fc.constantFrom('Content-Type', 'Authorization', 'Host', 'Grpc-Timeout', 'X-HTTP-Method-Override', 'Accept', 'x'),
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      'application/x-www-form-urlencoded',
      'application/json',
      'Basic !',
      'x.5',
      'x.99999999999999999999',
      '127.0.0.1:2380',
      '1S',
    ),
  ),
);
const request: fc.Arbitrary<Request> = fc.record({ method, target, headers: fc.array(header, { maxLength: 3 }), body });

/** Sends requests one after the other and holds that each is answered. */
function holdsAgainst(requests: readonly Request[], profile: '3.4.23' | '3.5'): void {
  const c = new TestCluster({ nodes: 1, config: { profile } }).boot();
  for (const [i, one] of requests.entries()) {
    const id = { client: CLIENT, call: i + 1 };
    c.calls.set(`${CLIENT}/${i + 1}`, { messages: [], end: undefined, endedAt: 0, untaken: 0 });
    c.item(0, { type: 'http', id, ...one, cause: NO_EVENT });
    const end = c.now + ANSWER_MICROS;
    // A stream has its head, everything else its end; a watch for nothing and a lock that is held wait silently, as etcd's do.
    const isWaiting = /\/(watch|lease\/keepalive|lock\/lock|election\/(campaign|observe))$|[?&]wait=|[?&]stream=/.test(one.target);
    const isAnswered = (): boolean => c.record(id).end !== undefined || (isWaiting && c.record(id).head !== undefined);
    while (!isAnswered() && c.now < end) c.run(100 * MS);
    if (!isWaiting) expect(c.record(id).end, `${one.method} ${one.target}`).toBeDefined();
    c.item(0, { type: 'call-cancel', id, cause: NO_EVENT });
  }
  // Only the removal of the one member may stop it, and etcd refuses that.
  expect(c.status(0).role).toBe('leader');
  expect(c.seats[0]?.halt).toBeUndefined();
}

describe('anything over HTTP', () => {
  it.each(['3.4.23', '3.5'] as const)('is answered, and the member goes on (%s)', (profile) => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), (requests) => holdsAgainst(requests, profile)),
      { seed: SEED, numRuns: RUNS, endOnFailure: false },
    );
  });
});
