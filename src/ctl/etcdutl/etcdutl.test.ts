import { describe, expect, test } from 'vitest';
import { utf8 } from '#kernel/bytes.ts';
import { etcdctl } from '#ctl/etcdctl/program.ts';
import { etcdutl } from '#ctl/etcdutl/program.ts';
import { ScriptedRun } from '#ctl/testing/scripted-server.ts';

const files = { 'f.db': utf8('a snapshot') };
const util = (line: string): ScriptedRun =>
  new ScriptedRun(etcdutl, ['etcdutl', ...line.split(' ')], () => ({ type: 'silence' }), { files }).settle();
const ctl = (line: string, profile = '3.4.23'): ScriptedRun =>
  new ScriptedRun(etcdctl, ['etcdctl', ...line.split(' ')], () => ({ type: 'silence' }), { files, profile }).settle();

describe('snapshot restore', () => {
  test('its defaults are those of a member alone', () => {
    const r = ctl('snapshot restore f.db');
    expect([r.code, r.stdout, r.restores]).toEqual([
      0,
      '',
      [
        {
          type: 'restore',
          snapshot: 'f.db',
          dataDir: 'default.etcd',
          name: 'default',
          peerUrls: ['http://localhost:2380'],
          initialCluster: [{ name: 'default', peerUrls: ['http://localhost:2380'] }],
          initialClusterToken: 'etcd-cluster',
          skipHashCheck: false,
          bumpRevision: 0,
          markCompacted: false,
        },
      ],
    ]);
  });
  test('members with several URLs, a directory of its own, more revisions', () => {
    const r = util(
      'snapshot restore f.db --name b --data-dir d/b --initial-cluster a=http://h:1,b=http://h:4,b=http://h:3 --initial-advertise-peer-urls http://h:4,http://h:3 --initial-cluster-token t --skip-hash-check --bump-revision 1000 --mark-compacted',
    );
    expect(r.restores[0]).toMatchObject({
      dataDir: 'd/b',
      peerUrls: ['http://h:3', 'http://h:4'],
      initialCluster: [
        { name: 'a', peerUrls: ['http://h:1'] },
        { name: 'b', peerUrls: ['http://h:3', 'http://h:4'] },
      ],
      initialClusterToken: 't',
      skipHashCheck: true,
      bumpRevision: 1000,
      markCompacted: true,
    });
  });
  // Texts and exit codes of 3.4.23.
  test.each([
    ['snapshot restore', 128, 'Error: snapshot restore requires exactly one argument\n'],
    ['snapshot restore nope.db', 1, 'Error: open nope.db: no such file or directory\n'],
    ['snapshot restore f.db --initial-cluster x', 1, 'Error: URL scheme must be http, https, unix, or unixs: \n'],
    ['snapshot restore f.db --initial-cluster x=foo', 1, 'Error: URL scheme must be http, https, unix, or unixs: foo\n'],
    ['snapshot restore f.db --initial-advertise-peer-urls bad', 1, 'Error: URL scheme must be http, https, unix, or unixs: bad\n'],
  ])('%s is refused', (line, code, stderr) => {
    const r = ctl(line);
    expect([r.code, r.stderr, r.restores.length]).toEqual([code, stderr, line.includes('nope') ? 1 : 0]);
  });
  test('a revision that no number holds is refused', () => {
    expect(util('snapshot restore f.db --bump-revision -1').stderr).toBe('Error: --bump-revision must be from 0 to 4503599627370496\n');
  });
  test('in 3.5 etcdctl says where the commands are now', () => {
    expect(ctl('snapshot restore f.db', '3.5').stderr).toBe('Deprecated: Use `etcdutl snapshot restore` instead.\n\n');
    expect(ctl('snapshot status f.db', '3.5').stderr).toBe('Deprecated: Use `etcdutl snapshot status` instead.\n\n');
  });
});

describe('etcdutl', () => {
  test('version and status', () => {
    expect(util('version').stdout).toBe('etcdutl version: 3.5.16\nAPI version: 3.5\n');
    expect(util('snapshot status f.db').stdout).toBe('9920e556, 2, 5, 10 B\n');
    expect(util('snapshot status f.db -w json').stdout).toBe('{"hash":2569069910,"revision":2,"totalKey":5,"totalSize":10}\n');
  });
  test('defrag wants a data directory that is there', () => {
    expect([util('defrag').code, util('defrag').stderr]).toEqual([1, 'Error: required flag(s) "data-dir" not set\n']);
    expect(util('defrag --data-dir x').stderr).toBe(
      'Failed to defragment etcd data[x] (open x/member/snap/db: no such file or directory)\n',
    );
  });
  test('until 3.5 etcdctl defrag takes a data directory too', () => {
    expect([ctl('defrag --data-dir x').code, ctl('defrag --data-dir x').stderr]).toEqual([
      1,
      'Failed to defragment etcd data[x] (open x/member/snap/db: no such file or directory)\n',
    ]);
  });
  test('what cannot be here says why', () => {
    for (const line of ['backup --data-dir x', 'hashkv f.db', 'migrate --data-dir x --target-version 3.5']) {
      const r = util(line);
      expect([r.code, r.stderr.length > 20]).toEqual([1, true]);
    }
  });
  test('commands and flags that it does not know', () => {
    expect(util('bogus').stderr).toBe(
      'Error: unknown command "bogus" for "etcdutl"\nRun \'etcdutl --help\' for usage.\nError: unknown command "bogus" for "etcdutl"\n',
    );
    expect(util('snapshot status f.db --x').stderr).toBe('Error: unknown flag: --x\n\nError: unknown flag: --x\n');
    expect(util('--help').stdout).toContain('USAGE:\n\tetcdutl [flags]');
    expect(util('completion bash').stdout).toMatch(/^# /);
  });
});
