import { expect, it } from 'vitest';
import { concatBytes, fromUtf8 } from '#kernel/bytes.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

it('a simple token lives for --auth-token-ttl after its last use, over a checkpoint too', () => {
  const c = new TestCluster({ nodes: 1, config: { settings: { authTokenTtlSeconds: 10 } } }).boot();
  const post = (path: string, body: string, token = ''): string => {
    const record = c.record(c.http(0, 'POST', `/v3/${path}`, body, token === '' ? [] : [['Authorization', token]]));
    c.until(() => record.end !== undefined);
    return fromUtf8(concatBytes(record.messages));
  };
  post('auth/user/add', '{"name":"root","password":"r"}');
  post('auth/role/add', '{"name":"root"}');
  post('auth/user/grant', '{"user":"root","role":"root"}');
  post('auth/enable', '{}');
  const token = /"token":"([^"]*)"/.exec(post('auth/authenticate', '{"name":"root","password":"r"}'))?.[1] ?? '';
  const put = (): string => post('kv/put', '{"key":"YQ=="}', token);
  for (let i = 0; i < 3; i++) {
    c.run(8000 * MS);
    c.swap(0);
    expect(put()).toContain('"revision"');
  }
  c.run(10_100 * MS);
  expect(put()).toContain('etcdserver: invalid auth token');
});
