import { describe, expect, test } from 'vitest';
import { utf8, type Bytes } from '#kernel/bytes.ts';
import { KeyValue } from '#api/gen/kv.ts';
import {
  DeleteRangeResponse,
  LeaseGrantResponse,
  LeaseKeepAliveResponse,
  MemberListResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  StatusResponse,
  TxnRequest,
  TxnResponse,
  WatchRequest,
  WatchResponse,
} from '#api/gen/rpc.ts';
import { AuthService, ClusterService, KVService, LeaseService, MaintenanceService, WatchService } from '#api/rpc.ts';
import { etcdctl } from '#ctl/etcdctl/program.ts';
import { ok, ScriptedRun, type Answer, type Handler } from '#ctl/testing/scripted-server.ts';

const header = { clusterId: 14841639068965178418n, memberId: 10276657743932975437n, revision: 5n, raftTerm: 2n };
const HEADER_JSON = '"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":5,"raft_term":2';
const kv = (key: string, value: string, more: Partial<KeyValue> = {}): KeyValue =>
  KeyValue.create({ key: utf8(key), value: utf8(value), createRevision: 2n, modRevision: 5n, version: 3n, ...more });
const silence: Answer = { type: 'silence' };
const only =
  (path: string, answer: (body: Bytes) => Answer): Handler =>
  (_, method, body) =>
    method === path ? answer(body) : silence;
const run = (
  line: string,
  handler: Handler = () => silence,
  options: { env?: Record<string, string>; profile?: string } = {},
): ScriptedRun => new ScriptedRun(etcdctl, ['etcdctl', ...line.split(' ')], handler, options).settle();
const outcome = (r: ScriptedRun): readonly [number | undefined, string, string] => [r.code, r.stdout, r.stderr];
const range = only(KVService.Range.path, (body) => {
  const r = RangeRequest.decode(body);
  return ok(KVService.Range, RangeResponse.create({ header, kvs: [kv('foo', r.keysOnly ? '' : 'bar')], count: 1n }));
});

describe('formats', () => {
  test('get', () => {
    expect(outcome(run('get foo', range))).toEqual([0, 'foo\nbar\n', '']);
    expect(outcome(run('get foo --print-value-only', range))).toEqual([0, 'bar\n', '']);
    expect(outcome(run('get foo --keys-only', range))).toEqual([0, 'foo\n\n', '']);
    expect(outcome(run('get foo --hex', range))).toEqual([0, '\\x66\\x6f\\x6f\n\\x62\\x61\\x72\n', '']);
    expect(outcome(run('get foo -w json', range))).toEqual([
      0,
      `{"header":{${HEADER_JSON}},"kvs":[{"key":"Zm9v","create_revision":2,"mod_revision":5,"version":3,"value":"YmFy"}],"count":1}\n`,
      '',
    ]);
    expect(outcome(run('get foo -wfields', range))).toEqual([
      0,
      '"ClusterID" : 14841639068965178418\n"MemberID" : 10276657743932975437\n"Revision" : 5\n"RaftTerm" : 2\n"Key" : "foo"\n"CreateRevision" : 2\n"ModRevision" : 5\n"Version" : 3\n"Value" : "bar"\n"Lease" : 0\n"More" : false\n"Count" : 1\n',
      '',
    ]);
    expect(outcome(run('get foo -w table', range))).toEqual([4, '', 'Error: table not supported as output format\n']);
    expect(outcome(run('get foo -w xml', range))).toEqual([4, '', 'Error: unsupported output format\n']);
    expect(outcome(run('get foo --count-only', range))).toEqual([128, '', 'Error: --count-only is only for `--write-out=fields`\n']);
  });
  test('put and del with what was there', () => {
    const put = only(KVService.Put.path, () => ok(KVService.Put, PutResponse.create({ header, prevKv: kv('k', 'old') })));
    expect(outcome(run('put k v --prev-kv', put))).toEqual([0, 'OK\nk\nold\n', '']);
    const del = only(KVService.DeleteRange.path, () =>
      ok(KVService.DeleteRange, DeleteRangeResponse.create({ header, deleted: 2n, prevKvs: [kv('a', '1'), kv('b', '2')] })),
    );
    expect(outcome(run('del a c --prev-kv', del))).toEqual([0, '2\na\n1\nb\n2\n', '']);
  });
  test('member list as a table and in hex', () => {
    const members = [
      {
        ID: 0x47a42fb96a975854n,
        name: 'etcd-1',
        peerURLs: ['http://127.0.0.1:2380'],
        clientURLs: ['http://127.0.0.1:2379'],
        isLearner: false,
      },
    ];
    const list = only(ClusterService.MemberList.path, () => ok(ClusterService.MemberList, MemberListResponse.create({ header, members })));
    expect(run('member list', list).stdout).toBe(
      '47a42fb96a975854, started, etcd-1, http://127.0.0.1:2380, http://127.0.0.1:2379, false\n',
    );
    expect(run('member list -w table', list).stdout).toBe(
      [
        '+------------------+---------+--------+-----------------------+-----------------------+------------+',
        '|        ID        | STATUS  |  NAME  |      PEER ADDRS       |     CLIENT ADDRS      | IS LEARNER |',
        '+------------------+---------+--------+-----------------------+-----------------------+------------+',
        '| 47a42fb96a975854 | started | etcd-1 | http://127.0.0.1:2380 | http://127.0.0.1:2379 |      false |',
        '+------------------+---------+--------+-----------------------+-----------------------+------------+',
        '',
      ].join('\n'),
    );
    expect(run('member list -w json --hex', list).stdout).toContain('"ID":"47a42fb96a975854"');
  });
  test('endpoint status shows sizes as people read them', () => {
    const status = only(MaintenanceService.Status.path, () =>
      ok(
        MaintenanceService.Status,
        StatusResponse.create({
          header,
          version: '3.5.16',
          dbSize: 20480n,
          leader: header.memberId,
          raftIndex: 9n,
          raftTerm: 2n,
          raftAppliedIndex: 9n,
        }),
      ),
    );
    expect(run('endpoint status', status).stdout).toBe('127.0.0.1:2379, 8e9e05c52164694d, 3.5.16, 20 kB, true, false, 2, 9, 9, \n');
  });
  test('leases', () => {
    const grant = only(LeaseService.LeaseGrant.path, () =>
      ok(LeaseService.LeaseGrant, LeaseGrantResponse.create({ header, ID: 0x1234n, TTL: 60n })),
    );
    expect(run('lease grant 60', grant).stdout).toBe('lease 0000000000001234 granted with TTL(60s)\n');
    expect(run('lease grant 60 -w json', grant).stdout).toBe(`{${HEADER_JSON},"ID":4660,"TTL":60,"Error":""}\n`);
  });
});

describe('requests', () => {
  const requestOf = (line: string): RangeRequest => {
    let seen = RangeRequest.create();
    run(
      line,
      only(KVService.Range.path, (body) => {
        seen = RangeRequest.decode(body);
        return silence;
      }),
    );
    return seen;
  };
  test('ranges', () => {
    const of = (line: string): unknown => {
      const r = requestOf(line);
      return [[...r.key], [...r.rangeEnd]];
    };
    expect(of('get a --prefix')).toEqual([[97], [98]]);
    expect(of('get a --from-key')).toEqual([[97], [0]]);
    expect(of('get  --prefix')).toEqual([[0], [0]]);
    expect(of('get a c')).toEqual([[97], [99]]);
  });
  test('options', () => {
    expect(requestOf('get a --prefix --limit=3 --rev 7 --sort-by=modify --order descend --consistency=s --keys-only')).toMatchObject({
      limit: 3n,
      revision: 7n,
      sortTarget: 3,
      sortOrder: 2,
      serializable: true,
      keysOnly: true,
    });
    expect(requestOf('get a --order=ASCEND --sort-by=KEY')).toMatchObject({ sortOrder: 0, sortTarget: 0 });
  });
  test('a value from standard input, and none', () => {
    let value = '';
    const put = only(KVService.Put.path, (body) => {
      value = new TextDecoder().decode(PutRequest.decode(body).value);
      return ok(KVService.Put, PutResponse.create({ header }));
    });
    expect(outcome(run('put k', put).input('two\nlines\n').end())).toEqual([0, 'OK\n', '']);
    expect(value).toBe('two\nlines\n');
    expect(outcome(run('put k', put).end())).toEqual([
      128,
      '',
      'Error: put command needs 1 argument and input from stdin or 2 arguments\n',
    ]);
  });
  test('a transaction line by line', () => {
    let txn = TxnRequest.create();
    const handler = only(KVService.Txn.path, (body) => {
      txn = TxnRequest.decode(body);
      return ok(
        KVService.Txn,
        TxnResponse.create({
          header,
          succeeded: true,
          responses: [
            { response: { type: 'responsePut', value: { header: undefined, prevKv: undefined } } },
            { response: { type: 'responseRange', value: RangeResponse.create({ kvs: [kv('k', 'v')] }) } },
          ],
        }),
      );
    });
    const r = run('txn -i', handler).input('mod("k") > "2"\nlease("k") = "1f"\n\nput k "a b"\nget k\n\ndel k --prefix\n\n');
    expect(outcome(r)).toEqual([
      0,
      'compares:\nsuccess requests (get, put, del):\nfailure requests (get, put, del):\nSUCCESS\n\nOK\n\nk\nv\n',
      '',
    ]);
    expect(txn.compare).toMatchObject([
      { result: 1, target: 2, targetUnion: { type: 'modRevision', value: 2n } },
      { target: 4, targetUnion: { type: 'lease', value: 31n } },
    ]);
    expect(txn.failure).toMatchObject([{ request: { type: 'requestDeleteRange', value: { key: utf8('k'), rangeEnd: utf8('l') } } }]);
  });
  test.each([
    ['value(k) = v', 'malformed comparison: value(k) = v; got value("")  ""'],
    ['value("k") = v', 'malformed comparison: value("k") = v; got value("k") = ""'],
    ['size("k") = "1"', 'malformed comparison: size("k") = "1" (unknown target size)'],
    ['version("k") = "abc"', 'invalid txn compare request: version("k") = "abc"'],
    ['nonsense', 'malformed comparison: nonsense'],
  ])('a comparison %s is refused', (line, message) => {
    expect(outcome(run('txn').input(`${line}\n\n`))).toEqual([3, '', `Error: ${message}\n`]);
  });
});

describe('command lines', () => {
  test.each([
    ['get', 128, 'Error: get command needs one argument as key and an optional argument as range_end\n'],
    ['get a b --prefix', 128, 'Error: too many arguments, only accept one argument when `--prefix` or `--from-key` is set\n'],
    ['get a --consistency=x', 4, 'Error: unknown consistency flag "x"\n'],
    ['put k v --lease=xyz', 128, 'Error: bad lease ID (strconv.ParseInt: parsing "xyz": invalid syntax), expecting ID in Hex\n'],
    ['compaction abc', 1, 'Error: strconv.ParseInt: parsing "abc": invalid syntax\n'],
    ['lease grant 99999999999999999999', 128, 'Error: bad TTL (strconv.ParseInt: parsing "99999999999999999999": value out of range)\n'],
    ['get k --endpoints=', 2, 'Error: etcdclient: no available endpoints\n'],
    [
      'bogus',
      1,
      'Error: unknown command "bogus" for "etcdctl"\nRun \'etcdctl --help\' for usage.\nError: unknown command "bogus" for "etcdctl"\n',
    ],
    [
      'putt k v',
      1,
      'Error: unknown command "putt" for "etcdctl"\n\nDid you mean this?\n\tput\n\tauth\n\nRun \'etcdctl --help\' for usage.\nError: unknown command "putt" for "etcdctl"\n\nDid you mean this?\n\tput\n\tauth\n\n',
    ],
    ['member add x --peer-urls=badurl', 1, 'Error: URL scheme must be http, https, unix, or unixs: badurl\n'],
    ['move-leader zz', 128, 'Error: strconv.ParseUint: parsing "zz": invalid syntax\n'],
  ])('%s', (line, code, stderr) => {
    expect(outcome(run(line))).toEqual([code, '', stderr]);
  });
  test.each([
    ['get k --bogus', 'unknown flag: --bogus'],
    ['get k --limit', 'flag needs an argument: --limit'],
    ['get k -w', "flag needs an argument: 'w' in -w"],
    ['get k --limit=x', 'invalid argument "x" for "--limit" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    ['get k --command-timeout=abc', 'invalid argument "abc" for "--command-timeout" flag: time: invalid duration "abc"'],
  ])('%s prints the help and twice why', (line, message) => {
    const r = run(line);
    expect([r.code, r.stderr]).toEqual([1, `Error: ${message}\n\nError: ${message}\n`]);
    expect(r.stdout).toContain('USAGE:\n\tetcdctl ');
  });
  test('flags anywhere, -- ends them, commands by their beginning', () => {
    expect(run('--endpoints 10.0.0.1:2379 get -w json foo', range).calls).toEqual(['10.0.0.1:2379 Range']);
    expect(run('put --lease=1f -- -k -v').calls).toEqual(['127.0.0.1:2379 Put']);
    expect(run('mem list').calls).toEqual(['127.0.0.1:2379 MemberList']);
    expect(run('compact 5').calls).toEqual(['127.0.0.1:2379 Compact']);
    expect(run('le bogus').stdout).toContain('keep-alive');
  });
  test('the environment sets flags, and a flag beside its variable ends the command', () => {
    expect(run('get k', range, { env: { ETCDCTL_ENDPOINTS: '10.0.0.2:2379' } }).calls).toEqual(['10.0.0.2:2379 Range']);
    const both = { ETCDCTL_ENDPOINTS: '10.0.0.2:2379' };
    expect(run('get k --endpoints=10.0.0.3:2379', range, { env: both })).toMatchObject({ calls: [], code: 1 });
    expect(run('get k --endpoints=10.0.0.3:2379', range, { env: both, profile: '3.4.23' }).stderr).toMatch(
      / C \| pkg\/flags: conflicting environment variable "ETCDCTL_ENDPOINTS" is shadowed by corresponding command-line flag /,
    );
    expect(run('version --endpoints=10.0.0.3:2379', range, { env: both }).code).toBe(0);
    expect(outcome(run('version', range, { env: { ETCDCTL_API: '4' } }))).toEqual([1, '', 'unsupported API version 4\n']);
  });
  test('releases differ where the real ones do', () => {
    expect(run('version').stdout).toBe('etcdctl version: 3.5.16\nAPI version: 3.5\n');
    expect(run('version', range, { profile: '3.4.23' }).stdout).toBe('etcdctl version: 3.4.23\nAPI version: 3.4\n');
    expect(run('get k --count-only', range, { profile: '3.4.23' }).stderr).toContain('unknown flag: --count-only');
  });
  test('every command has a help of its own', () => {
    const all = run('--help').stdout;
    const names = [...all.matchAll(/^\t([a-z][a-z -]*?) {2,}/gm)].map((m) => m[1] ?? '');
    expect(names.length).toBeGreaterThan(40);
    for (const name of names) expect(run(`${name} -h`).stdout).toContain(`etcdctl ${name}`);
  });
});

describe('a client that meets trouble', () => {
  test('a refused endpoint is passed over', () => {
    const handler: Handler = (endpoint, method, body) => (endpoint.endsWith(':1') ? { type: 'refuse' } : range(endpoint, method, body));
    expect(outcome(run('get foo --endpoints=h:1,h:2', handler))).toEqual([0, 'foo\nbar\n', '']);
  });
  test('nobody answers: the deadline', () => {
    const r = run('get foo', () => ({ type: 'refuse' })).pass(4_999_999);
    expect(r.code).toBeUndefined();
    expect(outcome(r.pass(1))).toEqual([1, '', 'Error: context deadline exceeded\n']);
    expect(outcome(run('put a b --command-timeout=1s').pass(1_000_000))).toEqual([1, '', 'Error: context deadline exceeded\n']);
  });
  test('a member that comes back within the deadline is found', () => {
    let up = false;
    const r = run('get foo', (e, m, b) => (up ? range(e, m, b) : { type: 'refuse' })).pass(2_000_000);
    up = true;
    expect(r.pass(1_100_000).code).toBe(0);
  });
  test('reads are repeated when nobody leads, writes are not', () => {
    let left = 3;
    const flaky: Handler = (e, m, b) => (left-- > 0 ? { type: 'error', code: 14, message: 'etcdserver: leader changed' } : range(e, m, b));
    expect(run('get foo', flaky).pass(1_000_000).code).toBe(0);
    expect(outcome(run('put a b', () => ({ type: 'error', code: 14, message: 'etcdserver: request timed out' })))).toEqual([
      1,
      '',
      'Error: etcdserver: request timed out\n',
    ]);
  });
  test('endpoint health asks all at once and reports each', () => {
    const handler: Handler = (endpoint, method, body) => (endpoint === 'h:2' ? { type: 'refuse' } : range(endpoint, method, body));
    const r = run('endpoint health --endpoints=h:1,h:2', handler).pass(5_000_000);
    expect(outcome(r)).toEqual([
      1,
      'h:1 is healthy: successfully committed proposal: took = 0s\n',
      'h:2 is unhealthy: failed to commit proposal: context deadline exceeded\nError: unhealthy cluster\n',
    ]);
  });
  test('a signal ends a waiting command', () => {
    expect(run('get foo').signal('INT').code).toBe(130);
  });
  test('a login comes first, and its token goes with the call', () => {
    const handler: Handler = (e, method, body) =>
      method === AuthService.Authenticate.path ? ok(AuthService.Authenticate, { header, token: 'abc.1' }) : range(e, method, body);
    const r = run('get foo --user root:pw', handler);
    expect(r.calls).toEqual(['127.0.0.1:2379 Authenticate', '127.0.0.1:2379 Range']);
    expect(r.effects.findLast((x) => x.type === 'open')).toMatchObject({ token: 'abc.1' });
    expect(
      outcome(
        run('get foo --user root:pw', () => ({
          type: 'error',
          code: 3,
          message: 'etcdserver: authentication failed, invalid user ID or password',
        })),
      ),
    ).toEqual([2, '', 'Error: etcdserver: authentication failed, invalid user ID or password\n']);
  });
});

describe('watch', () => {
  const path = WatchService.Watch.path;
  const response = (fields: Partial<WatchResponse>): Bytes => WatchResponse.encode(WatchResponse.create({ header, ...fields })).finish();
  const created: Handler = only(path, () => ({ type: 'ok', body: response({ created: true }) }));
  const put = (revision: bigint, value: string): Bytes =>
    response({ events: [{ type: 0, kv: kv('foo', value, { modRevision: revision }), prevKv: undefined }] });
  test('prints events until it is interrupted', () => {
    const r = run('watch foo', created)
      .push(path, put(6n, 'a'))
      .push(path, response({ events: [{ type: 1, kv: kv('foo', ''), prevKv: undefined }] }));
    expect(
      r.push(path, response({ events: [{ type: 1, kv: KeyValue.create({ key: utf8('foo'), modRevision: 7n }), prevKv: undefined }] })).code,
    ).toBeUndefined();
    expect(outcome(r.signal('INT'))).toEqual([130, 'PUT\nfoo\na\nDELETE\nfoo\n\n', '']);
  });
  test('after a broken connection it goes on where it was, without repeating', () => {
    const starts: bigint[] = [];
    const handler: Handler = only(path, (body) => {
      const request = WatchRequest.decode(body).requestUnion;
      if (request?.type === 'createRequest') starts.push(request.value.startRevision);
      return { type: 'ok', body: response({ created: true }) };
    });
    const r = run('watch foo --rev=3', handler)
      .push(path, put(6n, 'a'))
      .break(path)
      .pass(100_000)
      .push(path, put(6n, 'again'))
      .push(path, put(7n, 'b'));
    expect(starts).toEqual([3n, 7n]);
    expect(r.stdout).toBe('PUT\nfoo\na\nPUT\nfoo\nb\n');
  });
  test('a compacted start ends it', () => {
    const r = run('watch foo --rev=1', created).push(path, response({ canceled: true, compactRevision: 3n }));
    expect(outcome(r)).toEqual([
      5,
      '',
      'watch was canceled (etcdserver: mvcc: required revision has been compacted)\nError: watch is canceled by the server\n',
    ]);
  });
  test('no leader ends it', () => {
    expect(outcome(run('watch foo', () => ({ type: 'error', code: 14, message: 'etcdserver: no leader' })))).toEqual([
      5,
      '',
      'watch was canceled (etcdserver: no leader)\nError: watch is canceled by the server\n',
    ]);
  });
  test('several, read from standard input', () => {
    let next = 0n;
    const handler: Handler = only(path, () => ({ type: 'ok', body: response({ created: true, watchId: next++ }) }));
    const r = run('watch -i', handler, { profile: '3.4.23' }).input('watch foo\nwatch bar --prefix\nnonsense\n');
    r.push(path, response({ watchId: 1n, events: [{ type: 0, kv: kv('bar1', 'x', { modRevision: 6n }), prevKv: undefined }] }));
    expect(outcome(r)).toEqual([undefined, 'PUT\nbar1\nx\n', 'Invalid command nonsense (only support watch)\n']);
  });
  test('a long watch keeps its state small', () => {
    const r = run('watch foo', created);
    for (let i = 0; i < 2000; i++) r.push(path, put(BigInt(6 + i), `v${i}`));
    expect(r.stdout.split('\n')).toHaveLength(6001);
  });
});

test('keep-alive renews each third of the TTL until the lease is gone', () => {
  let left = 3;
  const handler = only(LeaseService.LeaseKeepAlive.path, () => ({
    type: 'ok',
    body: LeaseKeepAliveResponse.encode({ header, ID: 31n, TTL: left-- > 0 ? 9n : 0n }).finish(),
  }));
  const r = run('lease keep-alive 1f', handler).pass(6_000_000);
  expect(r.stdout).toBe('lease 000000000000001f keepalived with TTL(9)\n'.repeat(3));
  expect(outcome(r.pass(3_000_000))).toEqual([
    0,
    `${'lease 000000000000001f keepalived with TTL(9)\n'.repeat(3)}lease 000000000000001f expired or revoked.\n`,
    '',
  ]);
});
