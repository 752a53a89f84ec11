import { describe, expect, test } from 'vitest';
import { utf8 } from '#kernel/bytes.ts';
import { KeyValue } from '#api/gen/kv.ts';
import { DeleteRangeResponse, PutResponse, RangeResponse } from '#api/gen/rpc.ts';
import { KVService } from '#api/rpc.ts';
import { etcdctl } from '#ctl/etcdctl/program.ts';
import { barLine } from '#ctl/etcdctl/progress-bar.ts';
import { ok, ScriptedRun, type Answer, type Handler } from '#ctl/testing/scripted-server.ts';

const header = { clusterId: 1n, memberId: 2n, revision: 5n, raftTerm: 2n };
/** A cluster whose prefix is empty and whose puts are answered as told. */
const cluster =
  (put: () => Answer): Handler =>
  (_, method) => {
    if (method === KVService.Range.path) return ok(KVService.Range, RangeResponse.create({ header }));
    if (method === KVService.DeleteRange.path) return ok(KVService.DeleteRange, DeleteRangeResponse.create({ header, deleted: 1n }));
    return method === KVService.Put.path ? put() : { type: 'silence' };
  };
const answered = (): Answer => ok(KVService.Put, PutResponse.create({ header }));
const run = (line: string, handler: Handler = cluster(answered)): ScriptedRun =>
  new ScriptedRun(etcdctl, ['etcdctl', ...line.split(' ')], handler, { profile: '3.4.23', encodeEvery: 500 }).settle();
const lastLines = (r: ScriptedRun): string => r.stdout.slice(r.stdout.indexOf('\n') + 1);

describe('check perf', () => {
  test('a minute of 150 writes a second that are answered passes, and what was written is deleted', () => {
    const r = run('check perf').pass(61_000_000);
    expect([r.code, lastLines(r)]).toEqual([
      0,
      'PASS: Throughput is 151 writes/s\nPASS: Slowest request took 0.000000s\nPASS: Stddev is 0.000000s\nPASS\n',
    ]);
    expect(r.calls.filter((c) => c.endsWith(' Put'))).toHaveLength(9000);
    expect(r.calls.at(-1)).toBe('127.0.0.1:2379 DeleteRange');
  });
  test('no more puts are under way than there are clients, and silence fails', () => {
    const r = run(
      'check perf',
      cluster(() => ({ type: 'silence' })),
    ).pass(4_000_000);
    expect(r.calls.filter((c) => c.endsWith(' Put'))).toHaveLength(50);
    r.pass(70_000_000);
    expect(r.code).toBe(1);
    expect(lastLines(r)).toContain('FAIL: too many errors\nFAIL: ERROR(context deadline exceeded) -> ');
    expect(lastLines(r)).toContain('FAIL: Throughput too low: 1 writes/s\n');
    expect(lastLines(r)).toMatch(/FAIL\n$/);
  });
  test('a prefix that has keys is left alone', () => {
    const full: Handler = () =>
      ok(KVService.Range, RangeResponse.create({ header, kvs: [KeyValue.create({ key: utf8('/p/1') })], count: 1n }));
    const r = run('check perf --prefix /p/', full);
    expect([r.code, r.stderr, r.calls]).toEqual([
      3,
      'Error: prefix "/p/" has keys. Delete with etcdctl del --prefix /p/ first.\n',
      ['127.0.0.1:2379 Range'],
    ]);
  });
  test.each([
    ['check perf --load zz', 4, /^Error: unknown load option zz\n$/],
    ['check datascale --load zz', 4, /^Error: unknown load option zz\n$/],
    ['check perf --load toString', 4, /^Error: unknown load option toString\n$/],
    ['check perf --load xl', 1, /--load=s or --load=m/],
    ['check datascale', 1, /check perf can be run/],
  ])('%s is refused', (line, code, stderr) => {
    const r = run(line);
    expect(r.code).toBe(code);
    expect(r.stderr).toMatch(stderr);
  });
  test('Ctrl-C ends it', () => {
    expect(run('check perf').pass(5_000_000).signal('INT').code).toBe(130);
  });
});

// As 3.4.23 prints it into a pipe.
test.each([
  [0, '\r 0 / 60    0.00%'],
  [1, '\r 1 / 60    1.67% 00m59s'],
  [58, '\r 58 / 60   96.67% 00m02s'],
  [60, '\r 60 / 60  100.00% 1m0s'],
])('the bar at %i seconds without a width', (done, line) => {
  expect(barLine(done, 60, 0)).toBe(line);
});
test('the bar fills the terminal', () => {
  expect(barLine(30, 60, 80)).toHaveLength('\r'.length + 80);
  expect(barLine(30, 60, 80)).toContain('Boooooo');
  expect(barLine(60, 60, 80)).toMatch(/o! 100\.00% 1m0s$/);
});
