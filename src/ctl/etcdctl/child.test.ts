/** Commands that run other programs (lock, watch) and that write files (snapshot). */

import { describe, expect, test } from 'vitest';
import { fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { KeyValue } from '#api/gen/kv.ts';
import {
  LeaseGrantResponse,
  LeaseKeepAliveResponse,
  DeleteRangeResponse,
  RangeResponse,
  SnapshotResponse,
  TxnResponse,
  WatchResponse,
} from '#api/gen/rpc.ts';
import { KVService, LeaseService, MaintenanceService, WatchService } from '#api/rpc.ts';
import { etcdctl } from '#ctl/etcdctl/program.ts';
import { ok, ScriptedRun, type Handler } from '#ctl/testing/scripted-server.ts';

const header = { clusterId: 1n, memberId: 2n, revision: 5n, raftTerm: 2n };
const run = (
  line: string,
  handler: Handler,
  options: { env?: Record<string, string>; profile?: string } = { profile: '3.4.23' },
): ScriptedRun => new ScriptedRun(etcdctl, ['etcdctl', ...line.split(' ')], handler, options).settle();
const kv = (key: string, value: string, modRevision: bigint): KeyValue =>
  KeyValue.create({ key: utf8(key), value: utf8(value), modRevision });

describe('watch with a command', () => {
  const path = WatchService.Watch.path;
  const response = (fields: Partial<WatchResponse>): Bytes => WatchResponse.encode(WatchResponse.create({ header, ...fields })).finish();
  const handler: Handler = (_, method) => (method === path ? { type: 'ok', body: response({ created: true }) } : { type: 'silence' });
  const two = response({
    events: [
      { type: 0, kv: kv('a', '1', 6n), prevKv: undefined },
      { type: 1, kv: kv('b', '', 6n), prevKv: undefined },
    ],
  });

  test('it runs once for each event, one after the other, with the event in its environment', () => {
    const w = run('watch --prefix x -- sh -c env', handler).push(path, two);
    expect(w.stdout).toBe('PUT\na\n1\nDELETE\nb\n\n');
    expect(w.children).toHaveLength(1);
    w.child(1, { type: 'exit', code: 0 });
    expect(
      w.children.map((c) => [
        c.argv,
        c.env['ETCD_WATCH_REVISION'],
        c.env['ETCD_WATCH_EVENT_TYPE'],
        c.env['ETCD_WATCH_KEY'],
        c.env['ETCD_WATCH_VALUE'],
      ]),
    ).toEqual([
      [['sh', '-c', 'env'], '5', '"PUT"', '"a"', '"1"'],
      [['sh', '-c', 'env'], '5', '"DELETE"', '"b"', '""'],
    ]);
  });
  test('events that come while it runs wait', () => {
    const later = response({ events: [{ type: 0, kv: kv('c', '2', 7n), prevKv: undefined }] });
    const w = run('watch --prefix x -- echo', handler).push(path, two).push(path, later);
    expect(w.stdout).not.toContain('c\n2');
    w.child(1, { type: 'exit', code: 0 }).child(2, { type: 'exit', code: 0 });
    expect(w.stdout).toContain('PUT\nc\n2\n');
  });
  test('one that fails or is not there ends the watch', () => {
    const failed = run('watch x -- sh -c exit', handler).push(path, two).child(1, { type: 'exit', code: 4 });
    expect([failed.code, failed.stderr]).toEqual([1, 'command ["sh" "-c" "exit"] error (exit status 4)\n']);
    const missing = run('watch x -- nosuch', handler).push(path, two);
    missing.child(1, { type: 'failed', message: 'executable file not found in $PATH' });
    expect([missing.code, missing.stderr]).toEqual([1, 'command ["nosuch"] error (exec: "nosuch": executable file not found in $PATH)\n']);
  });
  // Texts of 3.4.23.
  test.each([
    ['watch foo --', {}, 'Error: bad number of arguments (found separator --, but no commands)\n'],
    ['watch -- echo', {}, 'Error: bad number of arguments\n'],
    ['watch foo', { ETCDCTL_WATCH_KEY: 'foo' }, 'Error: bad number of arguments (found conflicting environment key)\n'],
  ])('%s is refused', (line, env, stderr) => {
    const w = run(line, handler, { env, profile: '3.4.23' });
    expect([w.code, w.stderr]).toEqual([128, stderr]);
  });
  test.each([
    ['\n', 'Invalid command:  (watch and progress supported)\n'],
    ['watch\n', 'Invalid command watch (command type or key is not provided)\n'],
    ['watch -- echo\n', 'Invalid command watch -- echo (bad number of arguments)\n'],
    ['foo\n', 'Invalid command foo (only support watch)\n'],
  ])('interactive: %j is complained of, and the end of the input ends it', (line, stderr) => {
    const w = run('watch -i', handler).input(line).end();
    expect([w.code, w.stderr]).toEqual([3, `${stderr}Error: Error reading watch request line: EOF\n`]);
  });
  test('interactive: each watch has a command of its own', () => {
    const w = run('watch -i', handler).input('watch x -- echo hi\n').push(path, two);
    expect(w.children[0]?.argv).toEqual(['echo', 'hi']);
    const refused = run('watch -i', handler).input('watch foo --\n');
    expect([refused.code, refused.stderr]).toEqual([128, 'Error: bad number of arguments (found separator --, but no commands)\n']);
  });
});

describe('lock with a command', () => {
  const handler: Handler = (_, method) => {
    if (method === LeaseService.LeaseGrant.path)
      return ok(LeaseService.LeaseGrant, LeaseGrantResponse.create({ header, ID: 0xabcn, TTL: 10n }));
    if (method === LeaseService.LeaseKeepAlive.path)
      return ok(LeaseService.LeaseKeepAlive, LeaseKeepAliveResponse.create({ header, ID: 0xabcn, TTL: 10n }));
    if (method === KVService.Txn.path) return ok(KVService.Txn, TxnResponse.create({ header, succeeded: true }));
    if (method === KVService.DeleteRange.path) return ok(KVService.DeleteRange, DeleteRangeResponse.create({ header, deleted: 1n }));
    if (method !== KVService.Range.path) return { type: 'silence' };
    return ok(KVService.Range, RangeResponse.create({ header, kvs: [] }));
  };
  /** The first look finds nobody older, the second finds the own key. */
  const holding = (): Handler => {
    let looks = 0;
    return (endpoint, method, body) =>
      method === KVService.Range.path && ++looks > 1
        ? ok(KVService.Range, RangeResponse.create({ header, kvs: [kv('L/abc', '', 5n)] }))
        : handler(endpoint, method, body);
  };

  test('it runs while the lock is held, knows its key, and the lock is given up when it ends', () => {
    const l = run('lock L -- sh -c x', holding());
    expect(l.children.map((c) => [c.argv, c.env['ETCD_LOCK_KEY'], c.env['ETCD_LOCK_REV']])).toEqual([[['sh', '-c', 'x'], 'L/abc', '5']]);
    expect(l.calls).not.toContain('127.0.0.1:2379 DeleteRange');
    l.child(1, { type: 'exit', code: 0 });
    expect([l.code, l.stderr, l.calls.at(-1)]).toEqual([0, '', '127.0.0.1:2379 DeleteRange']);
  });
  test('its failure is told; since 3.5 its exit code is passed on', () => {
    const old = run('lock L -- sh', holding()).child(1, { type: 'exit', code: 7 });
    expect([old.code, old.stderr]).toEqual([1, 'Error: exit status 7\n']);
    const newer = run('lock L -- sh', holding(), { profile: '3.5' }).child(1, { type: 'exit', code: 7 });
    expect([newer.code, newer.stderr]).toEqual([7, 'Error: exit status 7\n']);
    const missing = run('lock L nosuch', holding()).child(1, { type: 'failed', message: 'executable file not found in $PATH' });
    expect([missing.code, missing.stderr]).toEqual([1, 'Error: exec: "nosuch": executable file not found in $PATH\n']);
  });
  test('Ctrl-C reaches the command; the lock is given up after it', () => {
    const l = run('lock L sleep', holding()).signal('INT');
    expect(l.code).toBeUndefined();
    l.child(1, { type: 'exit', code: 130 });
    expect([l.code, l.stderr, l.calls.at(-1)]).toEqual([1, 'Error: signal: interrupt\n', '127.0.0.1:2379 DeleteRange']);
  });
});

describe('snapshot', () => {
  const path = MaintenanceService.Snapshot.path;
  const piece = (text: string, remaining: bigint): Bytes =>
    SnapshotResponse.encode(SnapshotResponse.create({ blob: utf8(text), remainingBytes: remaining })).finish();
  const silent: Handler = () => ({ type: 'silence' });

  test('save writes the pieces beside the file and renames at the end', () => {
    const s = run('snapshot save f.db', silent).push(path, piece('abc', 3n));
    expect([...s.files].map(([name, data]) => [name, fromUtf8(data)])).toEqual([['f.db.part', 'abc']]);
    s.push(path, piece('def', 0n)).close(path);
    expect([s.code, s.stdout, [...s.files].map(([name, data]) => [name, fromUtf8(data)])]).toEqual([
      0,
      'Snapshot saved at f.db\n',
      [['f.db', 'abcdef']],
    ]);
  });
  test('what goes wrong leaves no part behind, exit 5', () => {
    const denied = run('snapshot save f.db', silent).close(path, 2, 'auth: permission denied');
    expect([denied.code, denied.stderr, denied.files.size]).toEqual([
      5,
      'Error: rpc error: code = Unknown desc = auth: permission denied\n',
      0,
    ]);
    const late = run('snapshot save f.db', silent).pass(5_000_000);
    expect([late.code, late.stderr, late.files.size]).toEqual([5, 'Error: context deadline exceeded\n', 0]);
    const full = run('snapshot save f.db', silent);
    full.full = true;
    full.push(path, piece('abc', 0n));
    expect([full.code, full.stderr, full.files.size]).toEqual([5, 'Error: write f.db.part: no space left on device\n', 0]);
    expect(run('snapshot save f.db', silent).signal('INT').files.size).toBe(0);
  });
  test.each([
    ['snapshot save', 128, 'Error: snapshot save expects one argument\n'],
    ['snapshot save d/f.db', 5, 'Error: could not open d/f.db.part (open d/f.db.part: no such file or directory)\n'],
    ['snapshot save f --endpoints=a:1,b:2', 5, 'Error: snapshot must be requested to one selected node, not multiple [a:1 b:2]\n'],
    ['snapshot status', 128, 'Error: snapshot status requires exactly one argument\n'],
    ['snapshot status nope.db', 1, 'Error: stat nope.db: no such file or directory\n'],
    ['snapshot status nope.db -w protobuf', 4, 'Error: protobuf not supported as output format\n'],
  ])('%s is refused', (line, code, stderr) => {
    const s = run(line, silent);
    expect([s.code, s.stderr]).toEqual([code, stderr]);
  });
  // Figures of 3.4.23 after one put.
  test.each([
    ['simple', '9920e556, 2, 5, 20 kB\n'],
    ['json', '{"hash":2569069910,"revision":2,"totalKey":5,"totalSize":20480}\n'],
    ['fields', '"Hash" : 2569069910\n"Revision" : 2\n"Keys" : 5\n"Size" : 20480\n'],
    [
      'table',
      '+----------+----------+------------+------------+\n|   HASH   | REVISION | TOTAL KEYS | TOTAL SIZE |\n+----------+----------+------------+------------+\n| 9920e556 |        2 |          5 |      20 kB |\n+----------+----------+------------+------------+\n',
    ],
  ])('status -w %s', (format, stdout) => {
    const s = new ScriptedRun(etcdctl, ['etcdctl', 'snapshot', 'status', 'f.db', '-w', format], silent, {
      profile: '3.4.23',
      files: { 'f.db': new Uint8Array(20480) },
    });
    expect([s.settle().code, s.stdout]).toEqual([0, stdout]);
  });
});
