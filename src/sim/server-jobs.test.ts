import { describe, expect, it } from 'vitest';
import { ShellLab } from '#sim/testing/shell-lab.ts';

/** A machine whose ports are free: the run's own member was killed. */
function freeLab(options: ConstructorParameters<typeof ShellLab>[0] = {}): ShellLab {
  const lab = new ShellLab({ nodes: 1, ...options });
  lab.line('play kill all; play wipe all');
  return lab;
}

const CLUSTER = '--initial-cluster infra1=http://127.0.0.1:12380,infra2=http://127.0.0.1:22380,infra3=http://127.0.0.1:32380';
const member = (i: number, more = `${CLUSTER} --initial-cluster-state new --initial-cluster-token tkn`): string =>
  `etcd --name infra${i} --listen-client-urls http://127.0.0.1:${i}2379 --advertise-client-urls http://127.0.0.1:${i}2379 ` +
  `--listen-peer-urls http://127.0.0.1:${i}2380 --initial-advertise-peer-urls http://127.0.0.1:${i}2380 ${more}`;

describe('etcd in a shell', () => {
  it('starts in the foreground, logs as zap does, serves, and ends with Ctrl-C', () => {
    const lab = freeLab();
    const { run, printed } = lab.begin('etcd', undefined);
    lab.pass(3000);
    const lines = printed().stderr.trimEnd().split('\n');
    const said = lines.map((line) => JSON.parse(line) as { readonly msg: string; readonly ts: string; readonly level: string }); // zap's lines
    expect(said.map((line) => line.msg)).toEqual(
      expect.arrayContaining([
        'Running: ',
        'configuring peer listeners',
        'starting an etcd server',
        '8e9e05c52164694d became leader at term 2',
        '8e9e05c52164694d switched to configuration voters=(10276657743932975437)',
        'ready to serve client requests',
      ]),
    );
    expect(said[0]?.ts).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(said.findIndex((l) => l.msg === 'starting an etcd server')).toBeLessThan(
      said.findIndex((l) => l.msg === 'ready to serve client requests'),
    );
    expect(lab.line('etcdctl put a 1; etcdctl member list').stdout).toBe(
      'OK\n8e9e05c52164694d, started, default, http://localhost:2380, http://localhost:2379, false\n',
    );
    lab.session.signal(run, 'INT');
    lab.finish(run);
    expect(run.task.code).toBe(130);
    expect(printed().stderr).toContain('"msg":"received signal; shutting down","signal":"interrupt"');
    expect(lab.line('etcdctl --command-timeout=1s get a').code).toBe(1);
    const again = lab.begin('etcd --snapshot-count 5', undefined);
    lab.pass(3000);
    expect(again.printed().stderr).toContain('restarting local member');
    expect(lab.line('etcdctl get a').stdout).toBe('a\n1\n');
    expect(lab.line('ls default.etcd/member').stdout).toBe('snap\nwal\n');
    lab.line('etcdctl put b 1; etcdctl put b 2; etcdctl put b 3; etcdctl put b 4; etcdctl put b 5');
    expect(again.printed().stderr).toContain('triggering snapshot');
  });

  it('three members by a script, one ended and started with other flags, a fourth added', () => {
    const lab = freeLab();
    lab.line(`cat > start.sh <<'EOF'\n${[1, 2, 3].map((i) => `${member(i)} > infra${i}.log 2>&1 &`).join('\n')}\nEOF`);
    lab.line('. ./start.sh');
    lab.pass(3000);
    expect(lab.line('jobs | wc -l').stdout).toBe('3\n');
    const all = 'export ETCDCTL_ENDPOINTS=127.0.0.1:12379,127.0.0.1:22379,127.0.0.1:32379';
    expect(lab.line(`${all}; etcdctl put k v; etcdctl endpoint health 2>&1 | grep -c 'is healthy'`).stdout).toBe('OK\n3\n');
    expect(lab.line('grep -c "became follower" infra2.log').stdout).not.toBe('0\n');
    expect(lab.line('kill -2 %2; wait %2; echo $?').stdout).toBe('130\n');
    expect(lab.line('grep -c "shutting down" infra2.log; etcdctl endpoint health 2>&1 | grep -c "is healthy"').stdout).toBe('1\n2\n');
    lab.line('etcdctl put k w');
    lab.line(`${member(2)} --heartbeat-interval 200 --election-timeout 2000 >> infra2.log 2>&1 &`);
    lab.pass(3000);
    expect(lab.line('ETCDCTL_ENDPOINTS=127.0.0.1:22379 etcdctl get k --print-value-only').stdout).toBe('w\n');
    expect(lab.world.core.seats.find((s) => s.name === 'infra2')?.config).toMatchObject({
      heartbeatMicros: 200_000,
      electionMicros: 2_000_000,
    });
    lab.pass(5000); // etcd adds nobody until all have been connected for 5 s
    const added = lab.line('etcdctl member add infra4 --peer-urls=http://127.0.0.1:42380').stdout;
    const variables = added.split('\n').filter((line) => line.startsWith('ETCD_'));
    lab.line(variables.map((line) => `export ${line}`).join('\n'));
    lab.line(
      'etcd --listen-client-urls http://127.0.0.1:42379 --advertise-client-urls http://127.0.0.1:42379 --listen-peer-urls http://127.0.0.1:42380 2> infra4.log &',
    );
    lab.pass(3000);
    expect(
      lab.line('etcdctl member list | grep -c started; ETCDCTL_ENDPOINTS=127.0.0.1:42379 etcdctl get k --print-value-only').stdout,
    ).toBe('4\nw\n');
  });

  it('says who has its ports, in etcd’s words and ours', () => {
    const lab = new ShellLab({ nodes: 3 });
    const { stderr, code } = lab.line('etcd');
    expect(code).toBe(1);
    expect(stderr).toContain('"level":"fatal"');
    expect(stderr).toContain('"msg":"discovery failed","error":"listen tcp 127.0.0.1:2380: bind: address already in use"');
    expect(stderr).toContain('# etcd-1 has that address here');
  });

  it('ends when somebody else ends its member', () => {
    const lab = freeLab();
    const { run } = lab.begin('etcd --name x1', undefined);
    lab.pass(1000);
    lab.line('play kill x1');
    lab.finish(run);
    expect(run.task.code).toBe(137);
    lab.line('play wipe x1');
    const { code, stderr } = lab.line('etcd --name x1 --initial-cluster y=http://localhost:2380');
    expect(code).toBe(1);
    expect(stderr).toContain(`couldn't find local name \\"x1\\" in the initial cluster configuration`);
  });

  it('nohup lets it write nohup.out', () => {
    const lab = new ShellLab({ nodes: 1 }, {}, 100);
    lab.line('play kill all');
    lab.line('nohup ./etcd --data-dir ./data.etcd/ --listen-client-urls http://0.0.0.0:2379 --advertise-client-urls http://0.0.0.0:2379 &');
    lab.pass(2000);
    expect(lab.line('grep -c "ready to serve" nohup.out; ls data.etcd/member').stdout).toBe('1\nsnap\nwal\n');
    expect(lab.line('etcdctl put a 1').stdout).toBe('OK\n');
  });

  it('docker run -d starts one beside the shell, with its log in a file', () => {
    const lab = freeLab();
    const { stderr, code } = lab.line(
      'docker run -d --name box quay.io/coreos/etcd /usr/local/bin/etcd --name s1 --data-dir /etcd-data --log-level info',
    );
    expect(stderr).toBe('# there are no containers here: etcd runs beside this shell, its log is written to box.log\n');
    expect(code).toBe(0);
    lab.pass(2000);
    expect(lab.line('docker exec box etcdctl put a 1; grep -c "ready to serve" box.log; ls /etcd-data/member').stdout).toBe(
      'OK\n1\nsnap\nwal\n',
    );
    expect(lab.line('kill %1; wait; grep -c terminated box.log').stdout).toBe('1\n');
  });

  it('3.4 writes the lines of capnslog', () => {
    const lab = freeLab({ profile: '3.4.23' });
    const { printed } = lab.begin('etcd', undefined);
    lab.pass(2000);
    expect(printed().stderr).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} I \| etcdserver: starting an etcd server/m);
    expect(printed().stderr).toMatch(/^raft\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d INFO: 8e9e05c52164694d became leader at term 2$/m);
  });

  it('the log is no part of the run', () => {
    const runs = ['etcd 2>/dev/null', 'etcd'].map((line) => {
      const lab = freeLab();
      lab.begin(line, undefined);
      lab.pass(2000);
      return lab.world.traceHash().hash;
    });
    expect(runs[0]).toBe(runs[1]);
  });
});

describe('the command line of etcd', () => {
  const lab = freeLab();

  // Asked of etcd 3.4.23.
  it.each([
    ['etcd --nope', 2, 'flag provided but not defined: -nope\nUsage:'],
    ['etcd -name x --nope', 2, 'flag provided but not defined: -nope\n'],
    ['etcd --name', 2, 'flag needs an argument: -name\n'],
    ['etcd ---x', 2, 'bad flag syntax: ---x\n'],
    ['etcd --heartbeat-interval=abc', 2, 'invalid value "abc" for flag -heartbeat-interval: parse error\n'],
    ['etcd --snapshot-count=-1', 2, 'invalid value "-1" for flag -snapshot-count: parse error\n'],
    ['etcd --enable-v2=maybe', 2, 'invalid boolean value "maybe" for -enable-v2: parse error\n'],
    ['etcd --initial-cluster-state bad', 2, 'invalid value "bad" for flag -initial-cluster-state: invalid value\n'],
    [
      'etcd --listen-client-urls 127.0.0.1:26379',
      2,
      'invalid value "127.0.0.1:26379" for flag -listen-client-urls: parse "127.0.0.1:26379": first path segment in URL cannot contain colon\n',
    ],
    [
      'etcd --listen-client-urls ftp://x:1',
      2,
      'invalid value "ftp://x:1" for flag -listen-client-urls: URL scheme must be http, https, unix, or unixs: ftp://x:1\n',
    ],
    ['etcd --pre-vote yes', 1, "'yes' is not a valid flag"],
    ['etcd --heartbeat-interval=0', 1, '--heartbeat-interval must be >0 (set to 0ms)'],
    ['etcd --election-timeout=200', 1, '--election-timeout[200ms] should be at least as 5 times as --heartbeat-interval[100ms]'],
    ['etcd --election-timeout=60000', 1, '--election-timeout[60000ms] is too long, and should be set less than 50000ms'],
    ['etcd --listen-client-urls http://foo.bar:26379', 1, 'expected IP in URL for binding (http://foo.bar:26379)'],
    [
      'etcd --listen-client-urls http://127.0.0.1:26379',
      1,
      '--advertise-client-urls is required when --listen-client-urls is set explicitly',
    ],
    ['etcd --auto-compaction-mode=foo', 1, 'unknown auto-compaction-mode \\"foo\\"'],
    ['etcd --auto-compaction-retention=foo', 1, 'error parsing CompactionRetention: time: invalid duration \\"foo\\"'],
    ['etcd --initial-cluster a', 1, 'error setting up initial cluster: URL scheme must be http, https, unix, or unixs: '],
    ['ETCD_HEARTBEAT_INTERVAL=x etcd', 1, 'invalid value \\"x\\" for ETCD_HEARTBEAT_INTERVAL: parse error'],
    ['etcd --config-file none.yml', 1, 'open none.yml: no such file or directory'],
    ['echo "name: [" > b.yml; etcd --config-file b.yml', 1, 'error converting YAML to JSON: yaml: line '],
    ['echo "name: 5" > d.yml; etcd --config-file d.yml', 1, 'cannot unmarshal number into Go struct field configYAML.name of type string'],
    ['echo "heartbeat-interval: 0" > e.yml; etcd --config-file e.yml', 1, '--heartbeat-interval must be >0 (set to 0ms)'],
    ['etcd gateway start', 1, 'there are no proxies here'],
    [`etcd --name ${'x'.repeat(70)}`, 1, '--name: not a name'],
    ['etcd --name leader', 1, "cannot be a member's name here"],
    ['sh -c "xargs -n1 etcd" <<< --nope', 123, 'flag provided but not defined: -nope'],
  ])('%s', (line, code, text) => {
    const printed = lab.line(line);
    expect(printed.stderr).toContain(text);
    expect(printed.code).toBe(code);
  });

  it.each([
    ['etcd --version', 'etcd Version: 3.5.16\n'],
    ['etcd -h', '--initial-cluster TEXT\n'],
  ])('%s', (line, text) => {
    expect(lab.line(line)).toMatchObject({ code: 0 });
    expect(lab.line(line).stdout).toContain(text);
  });

  it.each([
    [
      'flags',
      'etcd --name f1 --quota-backend-bytes=16777216 --auto-compaction-retention 1 --enable-v2',
      { name: 'f1', quotaBackendBytes: 16_777_216 },
    ],
    ['variables', 'ETCD_NAME=v1 ETCD_SNAPSHOT_COUNT=100 etcd --snapshot-count 7', { name: 'v1', snapshotCount: 7 }],
    [
      'a file, and nothing else',
      "printf 'name: c1\\ndata-dir: c1.data\\nsnapshot-count: 99\\nbogus: 1\\nlog-outputs: [stderr]\\nclient-transport-security:\\n  cert-file:\\n' > c.yml; etcd --name other --config-file=c.yml",
      { name: 'c1', dataDir: 'c1.data', snapshotCount: 99 },
    ],
    ['what is idle', 'etcd --name i1 --cert-file=x.pem --logger=zap', { name: 'i1' }],
  ])('a member is started by %s', (_, line, config) => {
    const { run, printed } = lab.begin(line, undefined);
    lab.pass(500);
    expect(lab.world.core.seats.find((s) => s.config.name === config.name && s.life === 'up')?.config).toMatchObject(config);
    if (config.name === 'c1') expect(printed().stderr).toContain('# etcd knows no bogus in a configuration file');
    if (config.name === 'i1') expect(printed().stderr).toContain('# --cert-file, --logger: accepted');
    lab.session.signal(run, 'INT');
    lab.finish(run);
  });
});
