import { describe, expect, it } from 'vitest';

import type { LaunchFlags } from '#ctl/launch.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { restoreCheckpoint, takeCheckpoint } from '#sim/checkpoint.ts';
import { playUntil } from '#sim/player.ts';
import { eventActor, simTime } from '#kernel/brand.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { decodeRunSpec, encodeRunSpec, newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';
import { decodeTrace } from '#trace/event.ts';

/** A run that is played step by step. */
class Run {
  readonly host = createEtcdHost();
  readonly world: World;
  /** Lines of the members' logs, in order. */
  readonly logs: { readonly actor: number; readonly text: string }[] = [];

  constructor(nodes = 3) {
    const sink = { block: (bytes: Uint8Array): void => this.#read(bytes) };
    this.world = World.begin({ spec: newRunSpec(3, { ...defaultRunOptions(), nodes }), programs: PROGRAMS, sink });
    this.play(3000);
  }

  play(ms: number): void {
    playUntil(this.world, this.host, simTime(this.world.now + 1000 * ms));
  }

  #read(bytes: Uint8Array): void {
    for (const event of decodeTrace(bytes)) if (event.type === 'log') this.logs.push({ actor: eventActor(event.id), text: event.message });
  }

  /** What becomes of a command: nothing to say, or why it cannot be done. */
  submit(command: WorldCommand): string | undefined {
    const result = this.world.submit(command);
    if (result.type === 'error') return result.message;
    this.play(1);
    return undefined;
  }

  seat(name: string) {
    const seat = this.world.core.seats.find((s) => s.name === name);
    if (seat === undefined) throw new Error(`no ${name}`);
    return seat;
  }
}

const urls = (n: number): Pick<LaunchFlags, 'peerUrls' | 'clientUrls'> => ({
  peerUrls: [`http://127.0.0.1:${2280 + 100 * n}`],
  clientUrls: [`http://127.0.0.1:${2279 + 100 * n}`],
});
const trio = [1, 2, 3].map((n) => ({ name: `etcd-${n}`, peerUrls: urls(n).peerUrls ?? [] }));
const launch = (flags: LaunchFlags): WorldCommand => ({ type: 'launch', flags });

describe('starting a member by flags', () => {
  it('gives a new name a machine of its own, which goes on like any other', () => {
    const run = new Run();
    expect(run.submit(launch({ name: 'alone', ...urls(4) }))).toBeUndefined();
    run.play(3000);
    expect(run.seat('alone')).toMatchObject({ actor: 4, life: 'up', incarnation: 1 });
    expect(run.seat('alone').status?.role).toBe('leader');
    expect(run.submit({ type: 'kill', nodes: ['alone'], powerLoss: false })).toBeUndefined();
    expect(run.submit({ type: 'restart', nodes: ['alone'] })).toBeUndefined();
    run.play(3000);
    expect(run.seat('alone').status).toMatchObject({ role: 'leader', term: 3 });
  });

  it('keeps the data directories of a machine apart, and finds each again by its name', () => {
    const run = new Run(1);
    const first = run.seat('default').status?.id;
    const again = { name: 'default', peerUrls: ['http://localhost:2380'], clientUrls: ['http://localhost:2379'] };
    run.submit({ type: 'kill', nodes: ['default'], powerLoss: false });
    expect(run.submit(launch({ ...again, dataDir: './b/', initialClusterToken: 'b' }))).toBeUndefined();
    run.play(3000);
    const second = run.seat('default').status;
    expect(second?.id).not.toBe(first);
    expect(second?.lastIndex).toBe(4);
    run.submit({ type: 'kill', nodes: ['default'], powerLoss: false });
    expect(run.submit(launch({ ...again, name: 'renamed', dataDir: 'b' }))).toBeUndefined();
    run.play(3000);
    expect(run.world.core.seats).toHaveLength(1);
    expect(run.seat('default').status?.id).toBe(second?.id);
    run.submit({ type: 'kill', nodes: ['default'], powerLoss: false });
    expect(run.submit(launch(again))).toBeUndefined();
    run.play(3000);
    expect(run.seat('default').status?.id).toBe(first);
  });

  it('changes flags for the next start, and for the restarts after it', () => {
    const run = new Run();
    run.submit({ type: 'kill', nodes: ['etcd-2'], powerLoss: false });
    expect(run.submit({ type: 'start-member', node: 'etcd-2', changes: { snapshotCount: 10, forceNewCluster: false } })).toBeUndefined();
    expect(run.seat('etcd-2').config).toMatchObject({ snapshotCount: 10, heartbeatMicros: 100_000 });
    run.submit({ type: 'kill', nodes: ['etcd-2'], powerLoss: false });
    run.submit({ type: 'restart', nodes: ['etcd-2'] });
    expect(run.seat('etcd-2').config.snapshotCount).toBe(10);
  });

  it.each([
    ['a running member', { name: 'etcd-1', ...urls(1) }, 'etcd-1 is running on etcd-1.etcd: kill it first'],
    ['a data directory in use', { name: 'x', ...urls(4), dataDir: 'etcd-1.etcd' }, 'etcd-1 is running on etcd-1.etcd: kill it first'],
    ['a port in use', { name: 'x', ...urls(1) }, 'listen tcp 127.0.0.1:2380: bind: address already in use (etcd-1 listens there)'],
    [
      'a name that is a role',
      { name: 'leader', ...urls(4) },
      '"leader" cannot be a member\'s name here: it means members by role or number',
    ],
    [
      'an election timeout of less than five heartbeats',
      { name: 'x', ...urls(4), heartbeatMicros: 300_000 },
      '--election-timeout[1000ms] should be at least as 5 times as --heartbeat-interval[300ms]',
    ],
  ] as const)('refuses %s', (_, flags, message) => {
    expect(new Run().submit(launch(flags))).toBe(message);
  });

  it('has room for nine machines', () => {
    const run = new Run();
    for (let n = 4; n <= 9; n++) expect(run.submit(launch({ name: `m${n}`, ...urls(n) }))).toBeUndefined();
    expect(run.submit(launch({ name: 'm10', ...urls(10) }))).toBe('there are 9 members already');
  });

  it('is part of a run as data, and of a checkpoint', () => {
    const run = new Run();
    const flags: LaunchFlags = {
      name: 'm4',
      ...urls(4),
      settings: { autoCompaction: { mode: 'revision', retentionRevisions: 5 } },
      learnersMax: 2,
    };
    run.submit(launch(flags));
    run.play(1234);
    const spec = run.world.spec();
    expect(decodeRunSpec(encodeRunSpec(spec))).toEqual({ type: 'ok', spec });
    const host = createEtcdHost();
    const again = restoreCheckpoint({ spec, programs: PROGRAMS }, takeCheckpoint(run.world, run.host), host);
    run.play(2000);
    playUntil(again, host, run.world.now);
    expect(again.traceHash()).toEqual(run.world.traceHash());
    expect(again.core.seats[3]?.config.settings).toEqual({ autoCompaction: { mode: 'revision', retentionRevisions: 5 } });
  });
});

/** The reason with which a member refused to start. */
function refusalOf(flags: LaunchFlags, prepare: (run: Run) => void = () => undefined): string | undefined {
  const run = new Run();
  prepare(run);
  const refused = run.submit(launch(flags));
  if (refused !== undefined) return `not tried: ${refused}`;
  const seat = run.seat(flags.name);
  return seat.life === 'crashed' ? seat.crash : seat.life;
}

describe('a member that starts without data (recorded from etcd 3.4.23)', () => {
  const remote =
    '{ClusterID:1355fcfe840232f5 Members:[' +
    '&{ID:470f778210a711ed RaftAttributes:{PeerURLs:[http://127.0.0.1:2580] IsLearner:false} Attributes:{Name:etcd-3 ClientURLs:[http://127.0.0.1:2579]}} ' +
    '&{ID:47a42fb96a975854 RaftAttributes:{PeerURLs:[http://127.0.0.1:2380] IsLearner:false} Attributes:{Name:etcd-1 ClientURLs:[http://127.0.0.1:2379]}} ' +
    '&{ID:72ab37cc61e2023b RaftAttributes:{PeerURLs:[http://127.0.0.1:2480] IsLearner:false} Attributes:{Name:etcd-2 ClientURLs:[http://127.0.0.1:2479]}}' +
    '] RemovedMemberIDs:[]}';

  it.each([
    [
      'its name is not in the initial cluster',
      { name: 'm4', ...urls(4), initialCluster: trio },
      `couldn't find local name "m4" in the initial cluster configuration`,
    ],
    [
      'two members of the initial cluster have one URL',
      { name: 'm4', ...urls(4), initialCluster: ['m4', 'm5'].map((name) => ({ name, peerUrls: ['http://127.0.0.1:2680'] })) },
      'initial cluster m4=http://127.0.0.1:2680,m5=http://127.0.0.1:2680 has duplicate url',
    ],
    [
      'it advertises another URL',
      { name: 'm4', ...urls(4), initialCluster: [{ name: 'm4', peerUrls: ['http://127.0.0.1:2681'] }] },
      '--initial-cluster has m4=http://127.0.0.1:2681 but missing from --initial-advertise-peer-urls=http://127.0.0.1:2680 (resolved urls: "http://127.0.0.1:2680" != "http://127.0.0.1:2681")',
    ],
    [
      'it joins and nobody answers',
      {
        name: 'm4',
        ...urls(4),
        initialClusterState: 'existing',
        initialCluster: [
          { name: 'm4', peerUrls: ['http://127.0.0.1:2680'] },
          { name: 'm9', peerUrls: ['http://127.0.0.1:3180'] },
        ],
      },
      'cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs',
    ],
    [
      'it joins without having been added',
      {
        name: 'm4',
        ...urls(4),
        initialClusterState: 'existing',
        initialCluster: [...trio, { name: 'm4', peerUrls: ['http://127.0.0.1:2680'] }],
      },
      `error validating peerURLs ${remote}: member count is unequal`,
    ],
    [
      'it joins in the place of a member with another URL',
      {
        name: 'm4',
        ...urls(4),
        initialClusterState: 'existing',
        initialCluster: [...trio.slice(0, 2), { name: 'm4', peerUrls: ['http://127.0.0.1:2680'] }],
      },
      `error validating peerURLs ${remote}: PeerURLs: no match found for existing member (470f778210a711ed, [http://127.0.0.1:2580]), last resolver error (resolved urls: "http://127.0.0.1:2580" != "http://127.0.0.1:2680")`,
    ],
  ] as const)('refuses if %s', (_, flags, message) => {
    expect(refusalOf({ ...flags, initialClusterToken: 'etcd-cluster-my' })).toBe(message);
  });

  const wiped = (run: Run): void => {
    run.submit({ type: 'wipe', nodes: ['etcd-2'] });
  };
  const two: LaunchFlags = { name: 'etcd-2', ...urls(2), initialCluster: trio, initialClusterToken: 'etcd-cluster-my' };

  it('refuses to begin anew if the cluster knows that it ran before', () => {
    expect(refusalOf(two, wiped)).toBe('member 72ab37cc61e2023b has already been bootstrapped');
  });

  it('begins anew if nobody tells it otherwise: the vote that it gave is forgotten, as with etcd', () => {
    expect(
      refusalOf(two, (run) => {
        wiped(run);
        run.submit({ type: 'isolate', nodes: ['etcd-2'] });
      }),
    ).toBe('up');
  });
});

describe('play start', () => {
  it('says so if no added member waits to be started', () => {
    expect(new Run().submit({ type: 'start-member', node: 'etcd-4', changes: {} })).toBe(
      'no added member waits to be started as etcd-4: add one with etcdctl member add etcd-4 --peer-urls=URL',
    );
    expect(new Run().submit({ type: 'start-member', node: 'etcd-1', changes: {} })).toBe('etcd-1 is running: kill it first');
    expect(new Run().submit({ type: 'start-member', node: 'followers', changes: {} })).toBe('play start takes one member, not followers');
  });
});

const etcdctl = (process: string, ...words: readonly string[]): WorldCommand => ({
  type: 'start',
  process,
  client: process,
  argv: ['etcdctl', ...words],
  env: {},
  stdin: undefined,
  columns: 0,
});

describe('a member of another cluster', () => {
  it('at the address of one that was added is not listened to, nor listens; both logs say so once', () => {
    const run = new Run();
    run.play(6000);
    expect(run.submit(etcdctl('add', 'member', 'add', 'etcd-4', '--peer-urls=http://127.0.0.1:2680'))).toBeUndefined();
    run.play(1000);
    expect(run.submit(launch({ name: 'etcd-4', ...urls(4), initialClusterToken: 'another' }))).toBeUndefined();
    run.play(5000);
    expect(run.seat('etcd-4').status).toMatchObject({ role: 'leader', lastIndex: 4 });
    const mismatches = run.logs.filter(({ text }) => text === 'request cluster ID mismatch');
    expect(mismatches).toEqual([{ actor: 4, text: 'request cluster ID mismatch' }]);
    const ignored = run.logs.filter(({ text }) => text === 'request sent was ignored by remote peer due to cluster ID mismatch');
    expect(ignored).toHaveLength(1);
    expect(run.world.core.seats.slice(0, 3).map((s) => s.cluster?.members.filter((m) => m.name === '').length)).toEqual([1, 1, 1]);
  });
});

describe('a data directory', () => {
  it('that a removed member left is of no use: whoever starts on it is told, and ends', () => {
    const run = new Run();
    run.play(6000);
    expect(run.submit(etcdctl('remove', 'member', 'remove', '470f778210a711ed'))).toBeUndefined();
    run.play(3000);
    expect(run.seat('etcd-3')).toMatchObject({ life: 'dead', crash: 'the member has been permanently removed from the cluster' });
    run.play(6000);
    expect(run.submit(etcdctl('add', 'member', 'add', 'etcd-3', '--peer-urls=http://127.0.0.1:2580'))).toBeUndefined();
    run.play(1000);
    // Its directory holds a log: what the flags say of the cluster is not looked at.
    expect(run.submit({ type: 'start-member', node: 'etcd-3', changes: {} })).toBeUndefined();
    run.play(4000);
    expect(run.seat('etcd-3')).toMatchObject({ life: 'dead', incarnation: 2 });
    expect(run.logs.slice(-20).map(({ text }) => text)).toEqual(
      expect.arrayContaining(['server error', 'data-dir used by this member must be removed']),
    );
    expect(run.submit({ type: 'wipe', nodes: ['etcd-3'] })).toBeUndefined();
    expect(run.submit({ type: 'start-member', node: 'etcd-3', changes: {} })).toBeUndefined();
    run.play(3000);
    expect(run.seat('etcd-3')).toMatchObject({ life: 'up' });
    expect(run.seat('etcd-3').cluster?.members.every((m) => m.name !== '')).toBe(true);
  });
});
