import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { fromUtf8 } from '#kernel/bytes.ts';
import { etcdctl } from '#ctl/etcdctl/program.ts';
import { ScriptedHttpRun, type HttpReply, type OpenHttp } from '#ctl/testing/scripted-http.ts';

/** One command of the real etcdctl 3.4.23 against a real member: what it asked, what it was answered, what it printed. */
const Recorded = v.object({
  argv: v.array(v.string()),
  /** endpoint, method, target, body, status (0: refused), X-Etcd-Index, body of the answer */
  http: v.array(v.tuple([v.string(), v.string(), v.string(), v.string(), v.number(), v.string(), v.string()])),
  stdout: v.string(),
  stderr: v.string(),
  code: v.number(),
});
const recorded = readFileSync(new URL('testdata/recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => v.parse(Recorded, JSON.parse(line)));

const env = { ETCDCTL_API: '2' };
const withoutHelp = (text: string): string => text.replace(/NAME:[\s\S]*$/, '{{help}}');
const asked = (r: OpenHttp): readonly string[] => [r.endpoint, r.method, r.target, fromUtf8(r.body)];

describe('as recorded from the real etcdctl', () => {
  test.each(recorded.map((c) => [c.argv.slice(2).join(' '), c] as const))('%s', (_, c) => {
    let at = 0;
    const run = new ScriptedHttpRun(
      etcdctl,
      ['etcdctl', ...c.argv],
      (request): HttpReply => {
        const answer = c.http[at++];
        if (answer === undefined) return { type: 'silence' };
        expect(asked(request)).toEqual(answer.slice(0, 4));
        const [, , , , status, index, body] = answer;
        return status === 0 ? { type: 'refused' } : { type: 'response', status, body, headers: [['X-Etcd-Index', index]] };
      },
      { env, stdin: '' },
    );
    expect([run.code, withoutHelp(run.stdout), run.stderr]).toEqual([c.code, c.stdout, c.stderr]);
    expect(at).toBe(c.http.length);
  });
});

const ENDPOINT = 'http://127.0.0.1:2379';
const event = (action: string, key: string, value: string, index: number, dir = false): HttpReply => ({
  type: 'response',
  status: 200,
  body: JSON.stringify({ action, node: { key, value, ...(dir ? { dir } : {}), modifiedIndex: index, createdIndex: index } }),
});
/** Answers a watch with events one by one, then with silence. */
const events = (...replies: readonly HttpReply[]) => {
  const left = [...replies];
  return (): HttpReply => left.shift() ?? { type: 'silence' };
};
const run = (line: string, reply: (r: OpenHttp) => HttpReply, stdin?: string): ScriptedHttpRun =>
  new ScriptedHttpRun(etcdctl, ['etcdctl', '--no-sync', '--endpoints', ENDPOINT, ...line.split(' ')], reply, {
    env,
    ...(stdin === undefined ? {} : { stdin }),
  });

describe('watch', () => {
  test('one event ends it; --forever goes on from the index after the last, directories are passed over', () => {
    const one = run('watch foo', events(event('set', '/foo', '1', 7)));
    expect([one.code, one.stdout]).toEqual([0, '1\n']);
    const all = run(
      'watch --after-index 4 -f -r d',
      events(event('set', '/d/a', '1', 7), event('create', '/d/e', '', 8, true), event('expire', '/d/a', '', 9)),
    );
    expect(all.stdout).toBe('[set] /d/a\n1\n[expire] /d/a\n\n');
    expect(all.requests.map((r) => r.target.replace(/.*waitIndex=/, ''))).toEqual(['5', '8', '9', '10']);
    expect(all.code).toBeUndefined();
  });
  test('Ctrl-C ends it well, another signal does not', () => {
    expect(run('watch -f foo', events()).event({ type: 'signal', signal: 'INT' }).code).toBe(0);
    expect(run('watch -f foo', events()).event({ type: 'signal', signal: 'TERM' }).code).toBe(143);
  });
  test('it has no time limit, and an empty answer is asked again', () => {
    const w = run('watch foo', events({ type: 'response', status: 200, body: '' }, event('set', '/foo', '1', 7)));
    expect([w.code, w.requests.length]).toEqual([0, 2]);
    const head = run('watch foo', events());
    expect(
      head.event({ type: 'call', call: head.requests[0]?.call ?? 0, event: { type: 'http-head', status: 200, headers: [] } }).pass(60e6)
        .code,
    ).toBeUndefined();
  });
  test('a connection that breaks ends it with the reason', () => {
    const w = run('watch foo', events());
    const call = w.requests[0]?.call ?? 0;
    w.event({ type: 'call', call, event: { type: 'http-head', status: 200, headers: [] } });
    w.event({ type: 'call', call, event: { type: 'broken' } });
    expect([w.code, w.stderr]).toEqual([
      4,
      'Error:  client: etcd cluster is unavailable or misconfigured; error #0: unexpected EOF\n\nerror #0: unexpected EOF\n\n',
    ]);
  });
});

describe('exec-watch', () => {
  test('runs the command at each event with what happened in its environment', () => {
    const w = run('exec-watch -r d -- sh -c env', events(event('set', '/d/a', '1', 7), event('create', '/d/e', '', 8, true)));
    expect(
      w.children.map((c) => [
        c.argv,
        c.env['ETCD_WATCH_ACTION'],
        c.env['ETCD_WATCH_KEY'],
        c.env['ETCD_WATCH_VALUE'],
        c.env['ETCD_WATCH_MODIFIED_INDEX'],
      ]),
    ).toEqual([[['sh', '-c', 'env'], 'set', '/d/a', '1', '7']]);
    expect(w.stderr).toBe('Ignored dir /d/e change\n');
  });
  // Seen with 3.4.23: `exec-watch foo -- cmd` watches the last word when no flag stands before the key.
  test.each([
    ['exec-watch xx -- sh -c CMD', 'CMD'],
    ['exec-watch -r xx -- sh -c CMD', 'xx'],
    ['exec-watch sh -c CMD xx', 'xx'],
    ['exec-watch xx sh -r', 'sh'],
  ])('%s watches %s', (line, key) => {
    expect(run(line, events()).requests[0]?.target).toMatch(new RegExp(`^/v2/keys/${key}\\?`));
  });
  test('a command that is not there ends it', () => {
    const w = run('exec-watch -r d -- nosuch', events(event('set', '/d/a', '1', 7)));
    w.event({ type: 'child', child: 1, event: { type: 'failed', message: 'executable file not found in $PATH' } });
    expect([w.code, w.stderr]).toEqual([1, 'exec: "nosuch": executable file not found in $PATH']);
  });
});

describe('when members do not answer', () => {
  const text = (errors: readonly string[]): string =>
    `Error:  client: etcd cluster is unavailable or misconfigured; ${errors.map((e, i) => `error #${i}: ${e}\n`).join('; ')}\n${errors.map((e, i) => `error #${i}: ${e}\n`).join('')}\n`;
  const several = (line: string, reply: (r: OpenHttp) => HttpReply): ScriptedHttpRun =>
    new ScriptedHttpRun(etcdctl, ['etcdctl', '--endpoints', 'http://a:1,http://b:2', ...line.split(' ')], reply, { env });
  test('the next endpoint is asked', () => {
    const w = several('--no-sync get foo', (r) => (r.endpoint === 'a:1' ? { type: 'refused' } : event('get', '/foo', '1', 7)));
    expect([w.code, w.stdout]).toEqual([0, '1\n']);
  });
  test('a head that takes longer than --timeout is given up', () => {
    const w = several('--no-sync get foo', (r) => (r.endpoint === 'a:1' ? { type: 'silence' } : { type: 'refused' })).pass(2_000_000);
    expect([w.code, w.stderr]).toEqual([
      4,
      text(['client: endpoint http://a:1 exceeded header timeout', 'dial tcp b:2: connect: connection refused']),
    ]);
  });
  test('what might have happened already is asked once: mk and rm, not mk --in-order', () => {
    const refuse = (): HttpReply => ({ type: 'refused' });
    expect(several('--no-sync mk a b', refuse).stderr).toBe('Error:  dial tcp a:1: connect: connection refused\n');
    expect(several('--no-sync rm a', refuse).stderr).toBe('Error:  dial tcp a:1: connect: connection refused\n');
    expect(several('--no-sync mk --in-order a b', refuse).requests).toHaveLength(2);
  });
  test('5xx is no leader; the time for all of it is --total-timeout', () => {
    const down = (): HttpReply => ({ type: 'response', status: 503, body: '{}' });
    expect(several('--no-sync ls', down).stderr).toBe(
      text(['client: etcd member http://a:1 has no leader', 'client: etcd member http://b:2 has no leader']),
    );
    const slow = several('--no-sync --total-timeout 1s get a', () => ({ type: 'silence' })).pass(1_000_000);
    expect([slow.code, slow.stderr]).toEqual([4, 'Error:  context deadline exceeded\n']);
  });
  test('nobody there at the look at the members: exit 2; a member that is only slow is asked on', () => {
    const gone = several('get a', () => ({ type: 'refused' }));
    expect([gone.code, gone.requests.length]).toEqual([2, 2]);
    expect(several('get a', () => ({ type: 'silence' })).pass(20_000_000).code).toBe(4);
  });
  test('after the look at the members their client URLs are asked', () => {
    const members = JSON.stringify({ members: [{ id: '1', name: 'x', peerURLs: [], clientURLs: ['http://c:3'] }] });
    const w = several('get foo', (r) =>
      r.target === '/v2/members' ? { type: 'response', status: 200, body: members } : event('get', '/foo', '1', 7),
    );
    expect(w.requests.map((r) => r.endpoint)).toEqual(['a:1', 'c:3']);
  });
});

describe('cluster-health', () => {
  const cluster =
    (health: Readonly<Record<string, HttpReply>>) =>
    (r: OpenHttp): HttpReply =>
      r.target === '/v2/members'
        ? {
            type: 'response',
            status: 200,
            body: JSON.stringify({
              members: Object.keys(health).map((e, i) => ({
                id: String(i),
                name: `m${i}`,
                peerURLs: [],
                clientURLs: e === '' ? [] : [`http://${e}`],
              })),
            }),
          }
        : (health[r.endpoint] ?? { type: 'refused' });
  const well: HttpReply = { type: 'response', status: 200, body: '{"health":"true"}' };
  const ill: HttpReply = { type: 'response', status: 503, body: '{"health":"false"}' };
  test('degraded, unavailable', () => {
    const degraded = run('cluster-health', cluster({ 'a:1': well, 'b:2': { type: 'refused' }, '': well }));
    expect([degraded.code, degraded.stdout]).toEqual([
      5,
      'member 0 is healthy: got healthy result from http://a:1\nfailed to check the health of member 1 on http://b:2: Get "http://b:2/health": dial tcp b:2: connect: connection refused\nmember 1 is unreachable: [http://b:2] are all unreachable\nmember 2 is unreachable: no available published client urls\ncluster is degraded\n',
    ]);
    expect(run('cluster-health', cluster({ 'a:1': ill })).stdout).toBe(
      'member 0 is unhealthy: got unhealthy result from http://a:1\ncluster is unavailable\n',
    );
  });
  test('--forever checks every ten seconds until Ctrl-C', () => {
    const w = run('cluster-health -f', cluster({ 'a:1': well })).pass(10_000_000);
    expect(w.stdout.match(/cluster is healthy\n\nnext check after 10 second\.\.\.\n\n/g)).toHaveLength(2);
    expect(w.event({ type: 'signal', signal: 'INT' }).code).toBe(0);
  });
});

describe('passwords', () => {
  test('of --username, asked for', () => {
    const w = run('-u root user list', () => ({ type: 'response', status: 200, body: '{"users":[{"user":"root"}]}' }), 'pw\n');
    expect(w.stdout).toBe('Password: \nroot\n');
    expect(w.requests[0]?.headers).toContainEqual(['Authorization', 'Basic cm9vdDpwdw==']);
  });
  test('of a new user', () => {
    const w = run('user add u', () => ({ type: 'response', status: 201, body: '{"user":"u","roles":null}' }), 'pw\n');
    expect(w.stdout).toBe('New password: \nUser u created\n');
    expect(fromUtf8(w.requests[0]?.body ?? new Uint8Array(0))).toBe('{"user":"u","password":"pw","roles":null}');
  });
});

test('the value of set comes from standard input when it is not there', () => {
  const w = run('set foo', (r) => event('set', '/foo', decodeURIComponent(fromUtf8(r.body).replace('value=', '')), 4), 'v1');
  expect(w.stdout).toBe('v1\n');
});
