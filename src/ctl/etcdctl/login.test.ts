import { describe, expect, test } from 'vitest';
import { utf8 } from '#kernel/bytes.ts';
import { KeyValue } from '#api/gen/kv.ts';
import { AuthenticateRequest, AuthenticateResponse, RangeResponse } from '#api/gen/rpc.ts';
import { AuthService, KVService } from '#api/rpc.ts';
import { etcdctl } from '#ctl/etcdctl/program.ts';
import { ok, ScriptedRun, type Handler } from '#ctl/testing/scripted-server.ts';

const logins: string[] = [];
const handler: Handler = (_, method, body) => {
  if (method === AuthService.Authenticate.path) {
    const { name, password } = AuthenticateRequest.decode(body);
    logins.push(`${name}:${password}`);
    return ok(AuthService.Authenticate, AuthenticateResponse.create({ token: 'T' }));
  }
  return ok(KVService.Range, RangeResponse.create({ kvs: [KeyValue.create({ key: utf8('a'), value: utf8('1') })] }));
};
const run = (line: string, columns = 80): ScriptedRun => {
  logins.length = 0;
  return new ScriptedRun(etcdctl, ['etcdctl', ...line.split(' ')], handler, { profile: '3.4.23', columns }).settle();
};

describe('--user', () => {
  test('without a password asks for it; what is typed is not shown', () => {
    const r = run('--user root get a').input('pw\n');
    expect([r.stdout, logins]).toEqual(['Password: \na\n1\n', ['root:pw']]);
    expect(run('--user root get a', 0).input('pw\n').stderr).toBe("stty: 'standard input': Inappropriate ioctl for device\n".repeat(2));
  });
  // As seen with 3.4.23: no login is tried, and the request goes without a token.
  test('an empty password is none', () => {
    expect([run('--user root: get a').stdout, logins]).toEqual(['a\n1\n', []]);
    expect([run('--user root get a').end().stdout, logins]).toEqual(['Password: \na\n1\n', []]);
  });
  test('--password wins, and then the name is all of --user', () => {
    run('--user root:x --password pw get a');
    expect(logins).toEqual(['root:x:pw']);
  });
});

test('flags that need certificates or a name service do nothing and say so', () => {
  const r = run('--cacert ca.pem --cert c.pem --key k.pem get a');
  expect([r.code, r.stdout, r.stderr]).toEqual([
    0,
    'a\n1\n',
    'note: --cacert, --cert, --key have no effect here: members speak plain http and are found by --endpoints\n',
  ]);
  expect(run('--insecure-skip-tls-verify get a').stderr).toBe('');
  expect(run('get a').stderr).toBe('');
});
