/** What sequences against real etcd 3.4.23 found (`npm run differential`), each as the few requests that it shrank to. */

import { describe, expect, it } from 'vitest';
import { concatBytes, fromUtf8 } from '#kernel/bytes.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

type Headers = readonly (readonly [string, string])[];

function ask(c: TestCluster, method: string, target: string, body: string, headers: Headers = []): Answer {
  const record = c.record(c.http(0, method, target, body, headers));
  c.run(500 * MS);
  return {
    status: record.head?.status ?? 0,
    headers: record.head?.headers.map(([name]) => name) ?? [],
    body: fromUtf8(concatBytes(record.messages)).replace(/"header":\{[^}]*\},?/, ''),
  };
}

const post = (c: TestCluster, target: string, body: string, headers: Headers = []): Answer => ask(c, 'POST', target, body, headers);
const alone = (profile: '3.4.23' | '3.5' = '3.4.23'): TestCluster => new TestCluster({ nodes: 1, config: { profile } }).boot();
const errorOf = (message: string, code: number): string => {
  const text = JSON.stringify(message);
  return `{"error":${text},"message":${text},"code":${code}}`;
};

describe('transactions', () => {
  it('go through the log as soon as one is nested, even if it only reads', () => {
    const c = alone();
    const before = c.status(0).applied;
    post(c, '/v3/kv/txn', '{"failure":[{"request_txn":{}}]}');
    expect(c.status(0).applied).toBe(before + 1);
  });

  it.each(['{"key":"YQ==","result":9}', '{"key":"YQ==","target":9}'])('hold where etcd does not know the comparison: %s', (compare) => {
    expect(post(alone(), '/v3/kv/txn', `{"compare":[${compare}]}`).body).toBe('{"succeeded":true}');
  });
});

describe('watches from a negative revision', () => {
  it('hear nothing of the past in 3.4, and neither do those that catch up in the same pass', () => {
    const c = alone();
    post(c, '/v3/kv/put', '{"key":"YQ=="}');
    const create = (start: number): string => `{"create_request":{"key":"YQ==","start_revision":${start}}}`;
    const both = c.record(c.http(0, 'POST', '/v3/watch', create(-1) + create(2)));
    c.run(500 * MS);
    expect(both.messages.map(fromUtf8).filter((line) => line.includes('"events"'))).toEqual([]);
    post(c, '/v3/kv/put', '{"key":"YQ=="}');
    expect(both.messages.map(fromUtf8).filter((line) => line.includes('"events"'))).toHaveLength(2);
  });

  it('are refused in 3.5', () => {
    expect(post(alone('3.5'), '/v3/watch', '{"create_request":{"key":"YQ==","start_revision":-1}}').body).toContain('"canceled":true');
  });
});

describe('a token while users are off', () => {
  const token: Headers = [['Authorization', 'x']];

  it('is refused by 3.4', () => {
    const c = alone();
    expect(post(c, '/v3/kv/range', '{"key":"YQ=="}', token).body).toBe(errorOf('etcdserver: invalid auth token', 16));
    expect(post(c, '/v3/auth/user/delete', '{}', token).body).toBe(errorOf('etcdserver: invalid auth token', 16));
    expect(post(c, '/v3/maintenance/alarm', '{}', token).body).toBe(errorOf('auth: invalid auth token', 2));
    expect(post(c, '/v3/maintenance/defragment', '{}', token).body).toBe(errorOf('auth: invalid auth token', 2));
  });

  it('is not looked at by 3.5', () => {
    expect(post(alone('3.5'), '/v3/kv/range', '{"key":"YQ=="}', token).status).toBe(200);
  });
});

it('a permission that is missing is told after the role in 3.4, before it in 3.5', () => {
  expect(post(alone(), '/v3/auth/role/grant', '{"name":"r"}').body).toContain('role name not found');
  expect(post(alone('3.5'), '/v3/auth/role/grant', '{"name":"r"}').body).toContain('permission not given');
});

describe('an alarm that is raised while auth is on', () => {
  const withAlarm = (profile: '3.4.23' | '3.5'): { readonly c: TestCluster; readonly asRoot: Headers } => {
    const c = alone(profile);
    post(c, '/v3/auth/user/add', '{"name":"root","password":"pw"}');
    post(c, '/v3/auth/user/grant', '{"user":"root","role":"root"}');
    post(c, '/v3/auth/enable', '{}');
    const { body } = post(c, '/v3/auth/authenticate', '{"name":"root","password":"pw"}');
    const asRoot: Headers = [['Authorization', /"token":"([^"]+)"/.exec(body)?.[1] ?? '']];
    post(c, '/v3/maintenance/alarm', '{"action":"ACTIVATE","alarm":"NOSPACE"}', asRoot);
    return { c, asRoot };
  };

  it.each(['3.4.23', '3.5'] as const)('takes the place of the checks of permissions until it is gone (%s)', (profile) => {
    const { c, asRoot } = withAlarm(profile);
    expect(post(c, '/v3/kv/put', '{"key":"YWI="}').body).toContain('"etcdserver: mvcc: database space exceeded"');
    expect(post(c, '/v3/kv/deleterange', '{"key":"YWI="}').status).toBe(200);
    expect(post(c, '/v3/auth/user/get', '{"name":"root"}').body).toContain('"roles":["root"]');
    expect(post(c, '/v3/auth/role/add', '{"name":"z"}').status).toBe(200);
    // What is served without the log is checked as ever.
    expect(post(c, '/v3/kv/range', '{"key":"YWI="}').body).toContain('"etcdserver: user name is empty"');
    post(c, '/v3/maintenance/alarm', '{"action":"DEACTIVATE","alarm":"NOSPACE"}', asRoot);
    expect(post(c, '/v3/kv/deleterange', '{"key":"YWI="}').body).toContain('"etcdserver: user name is empty"');
  });
});

it('what a nested transaction does is not held against permissions', () => {
  const c = alone();
  for (const [path, body] of [
    ['user/add', '{"name":"root","password":"pw"}'],
    ['user/grant', '{"user":"root","role":"root"}'],
    ['user/add', '{"name":"alice","password":"pw"}'],
    ['enable', '{}'],
  ] as const)
    post(c, `/v3/auth/${path}`, body);
  const { body } = post(c, '/v3/auth/authenticate', '{"name":"alice","password":"pw"}');
  const asAlice: Headers = [['Authorization', /"token":"([^"]+)"/.exec(body)?.[1] ?? '']];
  const deletes = '{"request_delete_range":{"key":"YWI="}}';
  expect(post(c, '/v3/kv/txn', `{"success":[${deletes}]}`, asAlice).status).toBe(403);
  expect(post(c, '/v3/kv/txn', `{"success":[{"request_txn":{"success":[${deletes}]}}]}`, asAlice).status).toBe(200);
});

describe('the gateway', () => {
  const c = alone();

  it.each([
    ['/v3/kv/range', '{"key":[97]}', 200, '{}'],
    ['/v3/kv/range', '{"range_end":[]}', 400, errorOf('etcdserver: key is not provided', 3)],
    ['/v3/kv/range', '{"key":[256]}', 400, errorOf('json: cannot unmarshal number 256 into Go value of type uint8', 3)],
    ['/v3/kv/range', '{"key":["a"]}', 400, errorOf('json: cannot unmarshal string into Go value of type uint8', 3)],
    ['/v3/auth/enable', '\ufeff{}', 400, errorOf("invalid character 'ï' looking for beginning of value", 3)],
    ['/v3/kv/range', '{"key"é}', 400, errorOf("invalid character 'Ã' after object key", 3)],
    [
      '/v3/kv/range',
      String.raw`{"sort_order":"YQ==\n"}`,
      400,
      errorOf(String.raw`unknown value "YQ==\\n" for enum etcdserverpb.RangeRequest_SortOrder`, 3),
    ],
    ['/v3/kv/range', '['.repeat(300), 400, errorOf('unexpected EOF', 3)],
    ['/v3/maintenance/hashkv', '{}', 404, 'Not Found\n'],
    ['/v3beta', '{}', 404, '404 page not found\n'],
  ])('%s %s', (target, body, status, text) => {
    const answer = post(c, target, body);
    expect([answer.status, answer.body]).toEqual([status, text]);
  });

  it('reads a form for itself when the method is overridden', () => {
    const as = (method: string): Headers => [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['X-HTTP-Method-Override', method],
    ];
    expect(post(c, '/v3/kv/range', '{"key":"YQ=="}', as('get')).status).toBe(405);
    expect(post(c, '/v3/kv/range', '{"key":"YQ=="}', as('post')).body).toContain('key is not provided');
  });

  it('refuses a timeout that is none', () => {
    expect(post(c, '/v3/kv/range', '{}', [['Grpc-Timeout', 'x']]).body).toBe(errorOf('invalid grpc-timeout: x', 3));
    expect(post(c, '/v3/kv/range', '{"key":"YQ=="}', [['Grpc-Timeout', '10S']]).status).toBe(200);
  });

  it('says nothing of gRPC on a stream that ends without a message', () => {
    expect(post(c, '/v3/lease/keepalive', '').headers).not.toContain('Grpc-Metadata-Content-Type');
    expect(post(c, '/v3/lease/keepalive', '{}').headers).toContain('Grpc-Metadata-Content-Type');
  });

  it.each([
    ['{}', 400, '{"message":"Invalid log level "}'],
    ['{"Level":"loud"}', 400, '{"message":"Invalid log level loud"}'],
    ['{"level":5}', 400, '{"message":"Invalid json body"}'],
    ['[]', 400, '{"message":"Invalid json body"}'],
    ['{"LEVEL":"debug"}', 204, ''],
  ])('3.4 takes a log level: %s', (body, status, text) => {
    const answer = ask(c, 'PUT', '/config/local/log', body);
    expect([answer.status, answer.body]).toEqual([status, text]);
  });
});

describe('users and roles of the v2 API', () => {
  it('get their directories before something is deleted, too', () => {
    const c = new TestCluster({ nodes: 1, config: { profile: '3.4.23', settings: { enableV2: true } } }).boot();
    const before = c.status(0).applied;
    expect(ask(c, 'DELETE', '/v2/auth/roles/r', '').body).toBe(`{"message":"auth: Role r doesn't exist."}`);
    expect(c.status(0).applied).toBe(before + 5); // three directories, "enabled", the deletion
    expect(ask(c, 'DELETE', '/v2/auth/users/u', '').status).toBe(404);
    expect(c.status(0).applied).toBe(before + 6);
  });
});

describe('numbers in JSON', () => {
  it('that stand in quotes are read as they were written, escapes and all', () => {
    const refused = post(alone(), '/v3/lease/timetolive', String.raw`{"ID":"\u0059Q=="}`);
    expect(refused).toMatchObject({ status: 400, body: errorOf(String.raw`invalid character '\\' looking for beginning of value`, 3) });
    expect(post(alone(), '/v3/kv/range', '{"key":"YQ==","limit":" 5 "}').status).toBe(200);
  });

  it.each(['-0', '"-0"'])('an unsigned field takes no sign, not even of a zero: %s', (zero) => {
    const message = 'json: cannot unmarshal number -0 into Go value of type uint64';
    const c = alone();
    expect(post(c, '/v3/cluster/member/promote', `{"ID":${zero}}`)).toMatchObject({ status: 400, body: errorOf(message, 3) });
    expect(post(c, '/v3/lease/grant', `{"ID":5,"TTL":${zero}}`).body).toContain('"ID":"5","TTL":"2"');
  });
});

it('a follower tells at once that the leader knows no member that is to be promoted', () => {
  const c = new TestCluster({ nodes: 3, config: { profile: '3.4.23' } }).boot();
  const call = c.http((c.leader + 1) % 3, 'POST', '/v3/cluster/member/promote', '{"ID":99}');
  c.run(500 * MS);
  expect(fromUtf8(concatBytes(c.record(call).messages))).toBe(errorOf('etcdserver: member not found', 5));
});
