import { describe, expect, it } from 'vitest';
import { KVService } from '#api/rpc.ts';
import { fromUtf8, concatBytes, utf8 } from '#kernel/bytes.ts';
import { NO_EVENT } from '#kernel/brand.ts';
import { httpDate } from '#etcd/http-head.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

function ask(c: TestCluster, method: string, target: string, body = '', headers: readonly (readonly [string, string])[] = []): Answer {
  const record = c.record(c.http(0, method, target, body, headers));
  c.until(() => record.end !== undefined);
  return { status: record.head?.status ?? 0, headers: record.head?.headers ?? [], body: fromUtf8(concatBytes(record.messages)) };
}

const names = (answer: Answer): readonly string[] => answer.headers.map(([name]) => name);
const alone = (profile: '3.4.23' | '3.5' = '3.4.23'): TestCluster => new TestCluster({ nodes: 1, config: { profile } }).boot();

describe('a date in a header', () => {
  it.each([
    [0, 'Thu, 01 Jan 1970 00:00:00 GMT'],
    [951_827_696_000, 'Tue, 29 Feb 2000 12:34:56 GMT'],
    [1_704_067_200_999, 'Mon, 01 Jan 2024 00:00:00 GMT'],
    [4_102_444_799_000, 'Thu, 31 Dec 2099 23:59:59 GMT'],
  ])('%d', (millis, text) => {
    expect(httpDate(millis)).toBe(text);
  });
});

describe('plain pages', () => {
  const c = alone();

  it.each([
    ['GET', '/version', 200, '{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}'],
    ['GET', '/health', 200, '{"health":"true"}'],
    ['POST', '/version', 405, 'Method Not Allowed\n'],
    ['GET', '/nope', 404, '404 page not found\n'],
    ['POST', '/v3alpha/kv/range', 404, '404 page not found\n'],
    ['POST', '/v3/kv/nosuch', 404, 'Not Found\n'],
    ['GET', '/v3/kv/range', 405, 'Method Not Allowed\n'],
    ['GET', '//version?a=1', 301, '<a href="/version?a=1">Moved Permanently</a>.\n\n'],
    ['OPTIONS', '/version', 200, ''],
  ])('%s %s', (method, target, status, body) => {
    const answer = ask(c, method, target);
    expect([answer.status, answer.body]).toEqual([status, body]);
  });

  it('tells its ports apart by the host', () => {
    const [url = ''] = c.seats[0]?.config.peerUrls ?? [];
    const answer = ask(c, 'GET', '/members', '', [['Host', url.replace('http://', '')]]);
    expect(answer.body).toMatch(/^\[\{"id":\d+,"peerURLs":/);
    expect(names(answer)).not.toContain('Access-Control-Allow-Origin');
    expect(ask(c, 'GET', '/members').status).toBe(404);
  });

  it('counts in /metrics what it knows', () => {
    expect(ask(c, 'GET', '/metrics').body).toContain('\netcd_server_has_leader 1\n');
  });

  it('asks for its health through the log in 3.4, by a read in 3.5', () => {
    const newer = alone('3.5');
    const index = (one: TestCluster): number => one.status(0).applied;
    const before = [index(c), index(newer)];
    ask(c, 'GET', '/health');
    expect(ask(newer, 'GET', '/health').body).toBe('{"health":"true","reason":""}');
    expect([index(c), index(newer)]).toEqual([(before[0] ?? 0) + 1, before[1]]);
  });

  it('is not healthy without a leader', () => {
    const three = new TestCluster({ nodes: 3, config: { profile: '3.4.23' } }).boot();
    three.kill(1);
    three.kill(2);
    const before = three.now;
    const late = three.record(three.http(0, 'GET', '/health'));
    three.until(() => late.end !== undefined);
    expect(three.now - before).toBeLessThanOrEqual(1500 * MS);
    expect(late.head?.status).toBe(503);
    three.run(5000 * MS);
    expect(ask(three, 'GET', '/health')).toMatchObject({ status: 503, body: '{"health":"false"}\n' });
  });
});

describe('the gateway', () => {
  const c = alone();

  it('answers a call with its length, a failed one in chunks with a trailer', () => {
    const done = ask(c, 'POST', '/v3/kv/put', '{"key":"YQ==","value":"MQ=="}');
    expect(done.status).toBe(200);
    expect(names(done).slice(3)).toEqual(['Content-Type', 'Grpc-Metadata-Content-Type', 'Date', 'Content-Length']);
    const refused = ask(c, 'POST', '/v3beta/kv/put', '{}');
    expect(refused).toMatchObject({
      status: 400,
      body: '{"error":"etcdserver: key is not provided","message":"etcdserver: key is not provided","code":3}',
    });
    expect(names(refused).slice(3)).toEqual(['Content-Type', 'Trailer', 'Date', 'Transfer-Encoding']);
  });

  it('refuses what is no JSON before it reaches a service', () => {
    const answer = ask(c, 'POST', '/v3/kv/put', '{"key":');
    expect(answer.status).toBe(400);
    expect(names(answer).slice(3)).toEqual(['Content-Type', 'Date', 'Content-Length']);
    expect(ask(c, 'POST', '/v3/watch', '{"create_request":').status).toBe(500);
  });

  it('streams a watch line by line until the client goes, also over a restart of the page', () => {
    const id = c.http(0, 'POST', '/v3/watch', '{"create_request":{"key":"Zm9v"}}');
    c.run(10 * MS);
    c.swap(0);
    c.call(0, KVService.Put, { key: utf8('foo'), value: utf8('1') });
    c.run(10 * MS);
    const lines = fromUtf8(concatBytes(c.record(id).messages))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('"created":true');
    expect(lines[1]).toContain('"events":[{"kv":{"key":"Zm9v"');
    c.item(0, { type: 'call-cancel', id, cause: NO_EVENT });
    c.call(0, KVService.Put, { key: utf8('foo'), value: utf8('2') });
    expect(c.record(id).messages).toHaveLength(2);
  });

  it('takes several requests of one stream', () => {
    const id = c.http(0, 'POST', '/v3/watch', '{"create_request":{"key":"YQ=="}} {"create_request":{"key":"Yg=="}}\n{broken');
    c.run(10 * MS);
    const lines = fromUtf8(concatBytes(c.record(id).messages))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('"watch_id":"1","created":true');
    expect(c.record(id).end).toBeUndefined();
  });

  it('ends a keep-alive after the answer', () => {
    ask(c, 'POST', '/v3/lease/grant', '{"ID":7,"TTL":100}');
    expect(ask(c, 'POST', '/v3/lease/keepalive', '{"ID":7}').body).toMatch(/^\{"result":\{.*"ID":"7","TTL":"100"\}\}\n$/);
  });
});

describe('auth over the gateway', () => {
  it('lets in with a token, and nobody without', () => {
    const c = alone();
    const post = (path: string, body: object, token = ''): Answer =>
      ask(c, 'POST', `/v3/${path}`, JSON.stringify(body), token === '' ? [] : [['Authorization', token]]);
    post('auth/user/add', { name: 'root', password: 'r' });
    post('auth/user/grant', { user: 'root', role: 'root' });
    expect(post('auth/enable', {}).status).toBe(200);
    expect(post('kv/put', { key: 'YQ==' }).body).toContain('etcdserver: user name is empty');
    const token = /"token":"([^"]+)"/.exec(post('auth/authenticate', { name: 'root', password: 'r' }).body)?.[1] ?? '';
    expect(token).toMatch(/^[a-zA-Z]{16}\.\d+$/);
    expect(post('kv/put', { key: 'YQ==' }, token).status).toBe(200);
    expect(post('kv/put', { key: 'YQ==' }, 'bogus.1').status).toBe(401);
  });
});
