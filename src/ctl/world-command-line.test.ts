import { describe, expect, it } from 'vitest';
import { parseShell } from '#ctl/shell/parse.ts';
import { playWords } from '#ctl/shell/play-words.ts';
import { parsePlay } from '#ctl/play-command.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { worldCommandLine } from '#ctl/world-command-line.ts';

const COMMANDS: readonly WorldCommand[] = [
  { type: 'kill', nodes: ['etcd-1', 'leader'], powerLoss: false },
  { type: 'kill', nodes: ['all'], powerLoss: true },
  { type: 'restart', nodes: ['2'] },
  { type: 'start-member', node: 'etcd-4', changes: {} },
  {
    type: 'start-member',
    node: 'etcd-1',
    changes: { forceNewCluster: true, snapshotCount: 10, heartbeatMicros: 50_000, electionMicros: 500_000, preVote: false, maxTxnOps: 5 },
  },
  { type: 'freeze', nodes: ['followers'] },
  { type: 'thaw', nodes: ['etcd-3'] },
  { type: 'wipe', nodes: ['etcd-3'] },
  { type: 'isolate', nodes: ['leader'] },
  { type: 'timeout', nodes: ['etcd-2'] },
  { type: 'partition', sides: [['etcd-1', 'etcd-2'], ['etcd-3']] },
  { type: 'heal' },
  { type: 'link', from: 'etcd-1', to: 'etcd-2', both: false, settings: { cut: true } },
  {
    type: 'link',
    from: 'etcd-1',
    to: 'etcd-2',
    both: true,
    settings: { latency: { minMicros: 50_000, maxMicros: 80_000 }, loss: 0.1, duplicate: 0.05, reorder: 0.125 },
  },
  { type: 'disk', nodes: ['leader'], settings: { walLatency: { minMicros: 20_000, maxMicros: 20_000 } } },
  { type: 'disk', nodes: ['2'], settings: { corrupt: 'random', corruptFile: 'snap' } },
  { type: 'disk', nodes: ['2'], settings: { corrupt: 7, corruptFile: 'wal/0000000000000000-0000000000000000.wal' } },
  { type: 'clock', nodes: ['etcd-1'], rate: 1.2 },
  { type: 'crash', nodes: ['etcd-1', 'leader'] },
];

describe('the line of a command', () => {
  it.each(COMMANDS.map((command) => [worldCommandLine(command) ?? '', command] as const))(
    '%s is read back as the same command',
    (line, command) => {
      const words = playWords(line);
      if (words === undefined || 'type' in words) throw new Error(`not a play line: ${line}`);
      expect(parsePlay(words, { members: ['etcd-1', 'etcd-2', 'etcd-3'], clients: [] })).toEqual({
        type: 'ok',
        command: { type: 'world', command },
      });
    },
  );

  it('of a program is what was typed, and input and signals are no lines', () => {
    const start: WorldCommand = {
      type: 'start',
      process: 'main/1',
      client: 'you',
      argv: ['etcdctl', 'put', 'a key', "it's"],
      env: { ETCDCTL_API: '3' },
      stdin: undefined,
      columns: 80,
    };
    const parsed = parseShell(worldCommandLine(start) ?? '');
    const [command] = parsed.type === 'ok' ? parsed.script.commands.map((s) => s.command) : [];
    if (command?.type !== 'Command') throw new Error('not one command');
    expect([command.name?.value, ...command.args.map((a) => (a.type === 'Word' ? a.value : a.text))]).toEqual(start.argv);
    expect(command.prefix.map((p) => (p.type === 'Assignment' ? p.text : p.type))).toEqual(['ETCDCTL_API=3']);
    expect(worldCommandLine({ type: 'signal', process: 'main/1', signal: 'INT' })).toBeUndefined();
    expect(worldCommandLine({ type: 'stdin', process: 'main/1', data: 'x', end: false })).toBeUndefined();
  });

  it("is etcd's own for a launch", () => {
    const flags = {
      name: 'm4',
      dataDir: 'm4.etcd',
      peerUrls: ['http://127.0.0.1:2680'],
      initialCluster: [{ name: 'm4', peerUrls: ['http://127.0.0.1:2680'] }],
      initialClusterState: 'existing',
      forceNewCluster: true,
      heartbeatMicros: 50_000,
      settings: { autoCompaction: { mode: 'periodic', retentionMicros: 1_500_000 }, leaseCheckpoint: true },
    } as const;
    expect(worldCommandLine({ type: 'launch', flags })).toBe(
      'etcd --name m4 --data-dir m4.etcd --initial-advertise-peer-urls http://127.0.0.1:2680 --initial-cluster m4=http://127.0.0.1:2680 ' +
        '--initial-cluster-state existing --force-new-cluster --heartbeat-interval=50 --auto-compaction-mode=periodic ' +
        '--auto-compaction-retention=1500ms --experimental-enable-lease-checkpoint=true',
    );
  });
});
