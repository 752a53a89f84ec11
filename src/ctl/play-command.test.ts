import { describe, expect, test } from 'vitest';
import { playWords } from '#ctl/shell/play-words.ts';
import { parsePlay, PLAY_COMMANDS, PLAY_HELP } from '#ctl/play-command.ts';

const CONTEXT = { members: ['etcd-1', 'etcd-2', 'etcd-3'], clients: ['c1'] };
const play = (line: string): unknown => {
  const words = playWords(`play ${line}`);
  if (words === undefined || 'type' in words) throw new Error(`not a play line: ${line}`);
  const r = parsePlay(words, CONTEXT);
  if (r.type === 'error') return `${r.column}: ${r.message}`;
  return r.command.type === 'world' ? r.command.command : r.command;
};

describe('play', () => {
  test('commands on members', () => {
    expect(play('kill leader')).toEqual({ type: 'kill', nodes: ['leader'], powerLoss: false });
    expect(play('kill etcd-1 --power-loss 2')).toEqual({ type: 'kill', nodes: ['etcd-1', '2'], powerLoss: true });
    expect(play('restart etcd-1,etcd-2')).toEqual({ type: 'restart', nodes: ['etcd-1', 'etcd-2'] });
    expect(play('freeze followers')).toEqual({ type: 'freeze', nodes: ['followers'] });
    expect(play('start etcd-4')).toEqual({ type: 'start-member', node: 'etcd-4', changes: {} });
    expect(play('start 2 --force-new-cluster --snapshot-count 10 --heartbeat 50ms')).toEqual({
      type: 'start-member',
      node: '2',
      changes: { forceNewCluster: true, snapshotCount: 10, heartbeatMicros: 50_000 },
    });
    expect(play('start')).toBe('6: play start needs a member: play start etcd-4');
    expect(play('start a b')).toBe('14: play start takes one member, not "b" too');
    expect(play('timeout 3')).toEqual({ type: 'timeout', nodes: ['3'] });
    expect(play('clock 1 --rate 1.2')).toEqual({ type: 'clock', nodes: ['1'], rate: 1.2 });
    expect(play('disk 2 --latency 20ms --full --tear=false')).toEqual({
      type: 'disk',
      nodes: ['2'],
      settings: { walLatency: { minMicros: 20000, maxMicros: 20000 }, full: true, tear: false },
    });
  });
  test('the network', () => {
    expect(play('partition etcd-1,etcd-2 / etcd-3')).toEqual({ type: 'partition', sides: [['etcd-1', 'etcd-2'], ['etcd-3']] });
    expect(play('link etcd-1 > etcd-2 --cut')).toEqual({
      type: 'link',
      from: 'etcd-1',
      to: 'etcd-2',
      both: false,
      settings: { cut: true },
    });
    expect(play('link c1 <> etcd-2 --loss 10% --latency 1ms..2ms')).toEqual({
      type: 'link',
      from: 'c1',
      to: 'etcd-2',
      both: true,
      settings: { loss: 0.1, latency: { minMicros: 1000, maxMicros: 2000 } },
    });
    expect(play('heal')).toEqual({ type: 'heal' });
    expect(play('message 42 --delay 5ms')).toEqual({ type: 'message', event: 42, action: 'delay', delayMicros: 5000 });
  });
  test('the session', () => {
    expect(play('new --nodes 5 --seed 7 --prevote=false --latency 2ms..8ms')).toEqual({
      type: 'new',
      options: { nodes: 5, seed: 7, preVote: false, latency: { minMicros: 2000, maxMicros: 8000 } },
    });
    expect(play('new --break vote-twice,no-pre-vote')).toEqual({ type: 'new', options: { broken: ['vote-twice', 'no-pre-vote'] } });
    expect(play('run 1.5s')).toEqual({ type: 'run', micros: 1_500_000 });
    expect(play('until "term > 3" --within 5s')).toEqual({ type: 'until', condition: 'term > 3', withinMicros: 5_000_000 });
    expect(play('run until "leader"')).toEqual({ type: 'until', condition: 'leader', withinMicros: 60_000_000 });
    expect(play('until commit >= 10 on all')).toMatchObject({ type: 'until' });
    expect(play('status')).toEqual({ type: 'status' });
    expect(play('')).toEqual({ type: 'help' });
  });
  test.each([
    ['explode', /unknown command play explode/],
    ['member add x', /etcdctl member/],
    ['kill', /needs a member/],
    ['kill etcd-9', /^11: no member "etcd-9": there are etcd-1, etcd-2, etcd-3/],
    ['kill etcd-1,', /a member is missing/],
    ['kill 1 --hard', /no flag --hard/],
    ['new --break gravity', /--break: no rule "gravity": there are forget-vote-on-restart, /],
    ['run 100', /needs a unit/],
    ['run', /needs a duration/],
    ['until "term >"', /whole number/],
    ['until "leader on etcd-9"', /unexpected/],
    ['partition etcd-1 /', /each side/],
    ['partition etcd-1 / etcd-1', /two sides/],
    ['link etcd-1 etcd-2 --cut', /two ends/],
    ['link etcd-1 > etcd-2', /needs --cut/],
    ['link etcd-1 > etcd-1 --cut', /different/],
    ['link 1 > 2 --loss 0.1', /percentage/],
    ['new --nodes 12', /from 1 to 9/],
    ['new --election-timeout 100ms', /at least 5 times/],
    ['new --profile 2.0', /3.4.23 or 3.5/],
    ['clock 1', /--rate/],
    ['clock 1 --rate 0', /0.01/],
    ['heal all', /takes no "all"/],
    ['message 1', /one of/],
    ['message 1 --drop --deliver', /one of/],
  ])('refuses %s', (line, message) => {
    expect(play(line)).toMatch(message);
  });
  test('the help names every command', () => {
    for (const name of PLAY_COMMANDS.filter((c) => c !== 'help')) expect(PLAY_HELP).toContain(name);
  });
});
