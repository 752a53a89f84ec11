import { expect, it } from 'vitest';

import { simTime } from '#kernel/brand.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';
import { logText } from '#sim/server-log.ts';
import { REFERENCE_3_4, REFERENCE_3_5 } from '#sim/testing/reference-log.ts';
import { World } from '#sim/world.ts';

const at = (ms: number, command: TimedCommand['command']): TimedCommand => ({ at: ms * 1000, command });
const ENDPOINTS = '127.0.0.1:2379,127.0.0.1:2479,127.0.0.1:2579';
let processes = 0;
const etcdctl = (ms: number, ...words: string[]): TimedCommand =>
  at(ms, { type: 'start', process: `p${++processes}`, client: 'c', argv: ['etcdctl', ...words], env: {}, stdin: undefined, columns: 0 });
const puts = (from: number, count: number): TimedCommand[] =>
  Array.from({ length: count }, (_, i) => etcdctl(from + 50 * i, 'put', `k${i}`, 'v', '--endpoints', ENDPOINTS));

/** The kinds of lines that the members of a run wrote, in the form of the reference. The lines of 3.4 are read as its zap writes them. */
function kindsOf(options: Partial<RunOptions>, commands: readonly TimedCommand[], seconds: number): ReadonlySet<string> {
  const run: RunOptions = { ...defaultRunOptions(), ...options };
  const spec = { ...newRunSpec(7, run), commands: [...commands].sort((a, b) => a.at - b.at) };
  let text = '';
  const form = { ...run, profile: '3.5' as const };
  const world = World.begin({
    spec,
    programs: PROGRAMS,
    sink: { block: (bytes: Uint8Array) => (text += logText(form, bytes, 0x47a42fb96a975854n as never)) }, // whose lines they are does not matter here
  });
  playUntil(world, createEtcdHost(), simTime(seconds * 1_000_000));
  return new Set(text.split('\n').flatMap((line) => (line === '' ? [] : [kindOf(line, run.profile)])));
}

function kindOf(line: string, profile: RunOptions['profile']): string {
  const { level, ts: _, logger = '', msg, ...fields } = JSON.parse(line) as Readonly<Record<string, string>>; // zap's line
  const message = (msg ?? '')
    .replace(/\b[0-9a-f]{13,16}\b/g, 'ID')
    .replace(/\b\d{15,20}\b/g, 'N')
    .replace(/N(?: N)+/g, 'N')
    .replace(/\b\d+\b/g, 'N')
    .replace('voters=()', 'voters=(N)');
  return [level, profile === '3.4.23' ? '' : logger, message, Object.keys(fields).join(',')].join(' | ');
}

const messageOf = (kind: string): string => kind.split(' | ')[2] ?? '';

/** What real etcd writes and our members do not, by the beginning of the message, and why. */
const ABSENT: readonly (readonly [beginning: RegExp, reason: string])[] = [
  [/ remote peer$|^set message encoder/, 'rafthttp’s pipelines and streams: a link between members is one connection here'],
  [
    /^(prober detected|failed to reach the peer URL|failed to get version)/,
    'nothing probes the peers’ HTTP: who is there is seen by its messages',
  ],
  [
    /^(Running|received signal|clos(ed|ing) etcd server|server has been already initialized)/,
    'said by the process: the `etcd` command prints them (server-jobs.ts)',
  ],
  [
    /^(stopp(ed|ing) (serving peer traffic|insecure grpc)|skipped leadership transfer)/,
    'a stop is a kill in the world: nothing is tidied up',
  ],
  [/^leadership transfer failed/, 'a leader that is stopped does not hand its leadership over'],
  [/^request stats/, 'per-call statistics of the gRPC interceptor, at debug level here'],
];
const isAbsent = (kind: string): boolean => ABSENT.some(([beginning]) => beginning.test(messageOf(kind)));

/** Lines with fields or texts that differ for a reason. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ['starting etcd server', 'a member that begins with a snapshot knows its cluster: recorded of 3.4 only'],
]);

function holdAgainst(reference: readonly string[], ours: ReadonlySet<string>): void {
  expect(reference.filter((kind) => !ours.has(kind) && !isAbsent(kind))).toEqual([]);
  // Of a message that real etcd writes, ours has the same level, logger and fields.
  const known = new Set(reference.map(messageOf));
  const wrong = [...ours].filter((kind) => known.has(messageOf(kind)) && !reference.includes(kind) && !DIFFERENT.has(messageOf(kind)));
  expect(wrong).toEqual([]);
}

it('members of 3.5 write the lines of real etcd 3.5.16: level, logger, text and fields', () => {
  const leaderless = kindsOf(
    { nodes: 3, snapshotCount: 20, snapshotCatchUpEntries: 5000, quotaBackendBytes: 16_777_216 },
    [
      ...puts(3000, 30),
      etcdctl(5000, 'compaction', '20', '--endpoints', ENDPOINTS),
      at(6000, { type: 'disk', nodes: ['leader'], settings: { walLatency: { minMicros: 300_000, maxMicros: 300_000 } } }),
      ...puts(6200, 20),
      at(8000, { type: 'kill', nodes: ['leader'], powerLoss: false }),
      at(10_000, { type: 'kill', nodes: ['leader'], powerLoss: false }),
      at(14_000, { type: 'restart', nodes: ['all'] }),
    ],
    18,
  );
  const members = kindsOf(
    { nodes: 3 },
    [
      ...['470f778210a711ed', '47a42fb96a975854'].map((id, i) => etcdctl(3000 + 1000 * i, 'move-leader', id, '--endpoints', ENDPOINTS)),
      etcdctl(8500, 'member', 'add', 'x', '--learner', '--peer-urls=http://127.0.0.1:2680'),
      etcdctl(9500, 'member', 'add', 'y', '--learner', '--peer-urls=http://127.0.0.1:2780'),
      etcdctl(12_000, 'member', 'add', 'z', '--peer-urls=http://127.0.0.1:2780'),
      etcdctl(13_000, 'member', 'add', 'u', '--peer-urls=http://127.0.0.1:2880'),
      etcdctl(14_000, 'member', 'remove', '47a42fb96a975854'),
      at(17_000, { type: 'kill', nodes: ['etcd-2'], powerLoss: false }),
      at(19_000, { type: 'restart', nodes: ['etcd-2'] }),
    ],
    22,
  );
  holdAgainst(REFERENCE_3_5, new Set([...leaderless, ...members]));
});

it('members of 3.4 write those of real etcd 3.4.23', () => {
  const ours = kindsOf(
    { nodes: 1, profile: '3.4.23', snapshotCount: 20 },
    [
      ...puts(3000, 30),
      etcdctl(5000, 'compaction', '20'),
      etcdctl(6000, 'defrag'),
      ...puts(6100, 25),
      etcdctl(7600, 'snapshot', 'save', 's.db'),
      at(8000, { type: 'kill', nodes: ['default'], powerLoss: false }),
      at(9000, { type: 'restart', nodes: ['default'] }),
    ],
    12,
  );
  holdAgainst(REFERENCE_3_4, ours);
});
