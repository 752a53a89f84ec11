import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromUtf8 } from '#kernel/bytes.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const FORM = [['Content-Type', 'application/x-www-form-urlencoded']] as const;
const JSON_BODY = [['Content-Type', 'application/json']] as const;
type Headers = readonly (readonly [string, string])[];

const cluster = (nodes: number, more: object = {}): TestCluster =>
  new TestCluster({ nodes, config: { profile: '3.4.23', settings: { enableV2: true }, ...more } }).boot();

/** Asks, and waits for the end of the answer. */
function ask(c: TestCluster, method: string, target: string, body = '', headers: Headers = FORM, member = 0) {
  const record = c.record(c.http(member, method, target, body, headers));
  c.until(() => record.end !== undefined);
  const index = record.head?.headers.find(([name]) => name === 'X-Etcd-Index')?.[1];
  return { status: record.head?.status, index, body: fromUtf8(concatBytes(record.messages)) };
}

describe('the v2 API', () => {
  it('is not there unless it was switched on', () => {
    const c = new TestCluster({ nodes: 1, config: { profile: '3.4.23' } }).boot();
    for (const path of ['/v2/keys/a', '/v2/members', '/v2/stats/self', '/v2/auth/enable'])
      expect(ask(c, 'GET', path)).toMatchObject({ status: 404, body: '404 page not found\n' });
  });

  it('takes a write at any member and tells it to all; the membership has taken the first seven indexes of three', () => {
    const c = cluster(3);
    const follower = (c.leader + 1) % 3;
    const other = (c.leader + 2) % 3;
    const made = ask(c, 'PUT', '/v2/keys/a', 'value=1', FORM, follower);
    expect(made).toEqual({
      status: 201,
      index: '8',
      body: '{"action":"set","node":{"key":"/a","value":"1","modifiedIndex":8,"createdIndex":8}}\n',
    });
    expect(ask(c, 'GET', '/v2/keys/a?quorum=true', '', FORM, other).body).toContain('"value":"1"');
    expect(ask(c, 'GET', '/v2/stats/leader', '', FORM, follower)).toMatchObject({ status: 403, body: '{"message":"not current leader"}' });
    expect(ask(c, 'GET', '/v2/stats/leader', '', FORM, c.leader).body).toMatch(/"counts":\{"fail":0,"success":[1-9]\d*\}/);
  });

  it('answers a watch from the member that it came to, and forgets it when the client goes', () => {
    const c = cluster(3);
    const follower = (c.leader + 1) % 3;
    const id = c.http(follower, 'GET', '/v2/keys/a?wait=true', '', FORM);
    const gone = c.http(follower, 'GET', '/v2/keys/?wait=true&recursive=true&stream=true', '', FORM);
    c.run(10 * MS);
    expect(c.record(id).head?.status).toBe(200);
    c.item(follower, { type: 'call-cancel', id: gone, cause: 0 as never });
    ask(c, 'PUT', '/v2/keys/a', 'value=1', FORM, c.leader);
    c.until(() => c.record(id).end !== undefined);
    expect(fromUtf8(concatBytes(c.record(id).messages))).toContain('"value":"1"');
    expect(c.record(gone).messages).toEqual([]);
    expect(ask(c, 'GET', '/v2/stats/store', '', FORM, follower).body).toContain('"watchers":0');
  });

  it('lets a key go at the leader’s next look after its time, on all members at one entry', () => {
    const c = cluster(3);
    ask(c, 'PUT', '/v2/keys/a', 'value=1&ttl=1');
    c.run(1600 * MS);
    for (let i = 0; i < 3; i++) expect(ask(c, 'GET', '/v2/keys/a', '', FORM, i)).toMatchObject({ status: 404, index: '9' });
    expect(ask(c, 'GET', '/v2/keys/a?wait=true&waitIndex=9').body).toMatch(/^\{"action":"expire","node":\{"key":"\/a"/);
  });

  it('says 300 when the log gives no answer in time', () => {
    const c = cluster(3);
    const leader = c.leader;
    c.isCut = () => true;
    const record = c.record(c.http(leader, 'PUT', '/v2/keys/a', 'value=1', FORM));
    c.until(() => record.end !== undefined, 30_000 * MS);
    expect(record.head?.status).toBe(500);
    expect(fromUtf8(concatBytes(record.messages))).toMatch(
      /^\{"errorCode":300,"message":"Raft Internal Error","cause":"etcdserver: request timed out/,
    );
  });

  it('survives a restart, and comes to a member that was away in a snapshot', () => {
    const c = cluster(3, { snapshotCount: 5, snapshotCatchUpEntries: 1 });
    const away = (c.leader + 1) % 3;
    c.kill(away);
    for (let i = 0; i < 12; i++) ask(c, 'PUT', `/v2/keys/d/${i}`, `value=${i}`, FORM, c.leader);
    c.start(away);
    c.run(3000 * MS);
    const wanted = ask(c, 'GET', '/v2/keys/?recursive=true', '', FORM, c.leader).body;
    expect(ask(c, 'GET', '/v2/keys/?recursive=true', '', FORM, away).body).toBe(wanted);
    expect(ask(c, 'GET', '/v2/keys/d/3?wait=true&waitIndex=1', '', FORM, away).body).toContain('"value":"3"');
    c.kill(away, { powerLoss: true });
    c.start(away);
    c.run(3000 * MS);
    expect(ask(c, 'GET', '/v2/keys/?recursive=true', '', FORM, away).body).toBe(wanted);
  });

  it('lets nobody but a user with the role use a key, once auth is enabled', () => {
    const c = cluster(1);
    const user = (text: string): Headers => [...FORM, ['Authorization', `Basic ${btoa(text)}`]];
    ask(c, 'PUT', '/v2/auth/users/root', '{"user":"root","password":"pw"}', JSON_BODY);
    ask(c, 'PUT', '/v2/auth/roles/guest', '{"role":"guest","permissions":{"kv":{"read":["/open/*"]}}}', JSON_BODY);
    expect(ask(c, 'PUT', '/v2/auth/enable')).toMatchObject({ status: 200, body: '' });
    expect(ask(c, 'PUT', '/v2/keys/a', 'value=1')).toMatchObject({ status: 401, index: '0' });
    expect(ask(c, 'PUT', '/v2/keys/a', 'value=1', user('root:no')).status).toBe(401);
    expect(ask(c, 'PUT', '/v2/keys/a', 'value=1', user('root:pw')).status).toBe(201);
    expect(ask(c, 'GET', '/v2/keys/open/x').status).toBe(404);
    expect(ask(c, 'DELETE', '/v2/auth/enable').body).toBe('{"message":"Insufficient credentials"}');
  });
});

const piece = fc.constantFrom('a', 'b', '_h', '%ff', '%2F', '..', '.', '', '%', '%zz', '键', 'x y', '00000000000000000009');
const route = fc.constantFrom(
  '/v2/keys',
  '/v2/keys',
  '/v2/keys',
  '/v2/members',
  '/v2/auth/users',
  '/v2/auth/roles',
  '/v2/auth/enable',
  '/v2/stats',
  '/v2',
);
const field = fc.constantFrom(
  'value',
  'ttl',
  'dir',
  'recursive',
  'wait',
  'waitIndex',
  'prevValue',
  'prevIndex',
  'prevExist',
  'refresh',
  'stream',
  'quorum',
);
const content = fc.constantFrom('', 'true', 'false', '1', '5', '-1', '%zz', '%ff', '18446744073709551615', '9'.repeat(400), 'x;y', 'a=b');
const query = fc.array(fc.tuple(field, content), { maxLength: 4 }).map((pairs) => pairs.map(([k, v]) => `${k}=${v}`).join('&'));
const body = fc.oneof(
  query,
  fc.constantFrom('{', '{"peerURLs":["x"]}', '{"user":"a","password":"p"}', '{"role":"a"}', 'null', '[[[[', '{"user":{}}'),
  fc.string(),
);
const request = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', ''),
  target: fc.tuple(route, fc.array(piece, { maxLength: 3 }), query).map(([r, p, q]) => `${[r, ...p].join('/')}${q === '' ? '' : `?${q}`}`),
  body,
  headers: fc.constantFrom(FORM, JSON_BODY, [] as Headers, [['Authorization', 'Basic !!']] as Headers),
});

describe('whatever is asked', () => {
  it('a name that is no UTF-8 is the same after a checkpoint, and is written as Go does', () => {
    const [original, swapped] = [cluster(1), cluster(1)].map((c, i) => {
      const id = c.http(0, 'DELETE', '/v2/auth/roles/%ff');
      c.run(1 * MS);
      if (i === 1) c.swap(0);
      c.run(100 * MS);
      expect(c.record(id).head?.status).toBe(404);
      expect(fromUtf8(concatBytes(c.record(id).messages))).toBe(String.raw`{"message":"auth: Role \ufffd doesn't exist."}`);
      return c;
    });
    expect(equalBytes(concatBytes(swapped?.trace ?? []), concatBytes(original?.trace ?? []))).toBe(true);
  });

  it('the leader looks for what has ended at the times that its start gave, a restored one too', () => {
    const [original, swapped] = [cluster(1), cluster(1)].map((c, i) => {
      if (i === 1) c.swap(0);
      c.run(3 * MS);
      ask(c, 'PUT', '/v2/keys/a?ttl=1');
      c.run(3000 * MS);
      return concatBytes(c.trace);
    });
    expect(equalBytes(swapped ?? new Uint8Array(0), original ?? new Uint8Array(0))).toBe(true);
  });

  it('no member stops, every request gets a head, and a restored member goes on as the one that was saved', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 5, arbitrary: request }, { weight: 1, arbitrary: fc.constant('pass' as const) }), { maxLength: 25 }),
        (asks) => {
          const [original, swapped] = [cluster(1), cluster(1)];
          const ids = [original, swapped].map((c) =>
            asks.map((one, i) => {
              if (c === swapped && i % 3 === 0) c.swap(0);
              c.run(one === 'pass' ? 700 * MS : 3 * MS);
              return one === 'pass' ? undefined : c.http(0, one.method, one.target, one.body, one.headers);
            }),
          );
          for (const c of [original, swapped]) c.run(1000 * MS);
          expect([original.seats[0]?.halt, swapped.seats[0]?.halt]).toEqual([undefined, undefined]);
          for (const id of ids[0] ?? []) if (id !== undefined) expect(original.record(id).head).toBeDefined();
          expect(equalBytes(concatBytes(swapped.trace), concatBytes(original.trace))).toBe(true);
          expect(swapped.member(0).digest()).toBe(original.member(0).digest());
        },
      ),
      { numRuns: 60 },
    );
  });
});
