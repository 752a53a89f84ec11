/**
 * Short named runs that show one thing each: a seed, options and a few timed commands, so small that the link to one fits a QR code that a room can
 * read from a projector. What each of them shows is asserted by scenarios.test.ts.
 */

import type { WorldCommand } from '#ctl/world-command.ts';
import type { ReplayEnvironment } from '#host/replica.ts';
import { runToFragment } from '#host/share.ts';
import { traceHashAt } from '#host/trace-check.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import { newRunSpec, type RunSpec, type TimedCommand } from '#sim/run-spec.ts';
import type { ScenarioId } from '#view/scenario.ts';
import type { ViewOptions } from '#view/shared-run.ts';

/** Times in virtual seconds. */
interface Scenario {
  readonly seed: number;
  readonly options: Partial<RunOptions>;
  readonly commands: readonly TimedCommand[];
  /** Where it opens, with time running: shortly before what it shows. */
  readonly from: number;
  /** When it is over. */
  readonly end: number;
  readonly look: ViewOptions;
}

const SECOND = 1_000_000;
const SEED = 7;
/** With it the larger side of the split finds a leader soon. */
const SPLIT_SEED = 16;
/** Who leads first with both. */
const LEADER = 'etcd-3';

const at = (seconds: number, command: WorldCommand): TimedCommand => ({ at: Math.round(seconds * SECOND), command });

/** Client port of a member by its number. */
const port = (member: number): number => 2279 + 100 * member;

const program = (seconds: number, process: string, ...argv: readonly string[]): TimedCommand =>
  at(seconds, { type: 'start', process, client: 'you', argv, env: {}, stdin: undefined, columns: 80 });

const etcdctl = (seconds: number, member: number, ...words: readonly string[]): TimedCommand =>
  program(seconds, `p${seconds}`, 'etcdctl', `--endpoints=127.0.0.1:${port(member)}`, ...words);

const kill = (seconds: number, ...nodes: readonly string[]): TimedCommand => at(seconds, { type: 'kill', nodes, powerLoss: false });

/** The leader and one more on one side, three on the other. Without CheckQuorum the old leader does not notice that it lost its majority. */
const SPLIT: Pick<Scenario, 'seed' | 'options'> = { seed: SPLIT_SEED, options: { nodes: 5, checkQuorum: false } };
const split = (seconds: number): TimedCommand =>
  at(seconds, {
    type: 'partition',
    sides: [
      ['etcd-2', LEADER],
      ['etcd-1', 'etcd-4', 'etcd-5'],
    ],
  });
const THREE: Pick<Scenario, 'seed' | 'options'> = { seed: SEED, options: { nodes: 3 } };

const SCENARIOS: Readonly<Record<ScenarioId, Scenario>> = {
  'leader-killed': {
    ...THREE,
    commands: [etcdctl(1, 1, 'put', 'a', '1'), kill(1.2, 'leader')],
    from: 1.15,
    end: 3.2,
    look: { stage: 'ring' },
  },
  'two-leaders': {
    ...SPLIT,
    commands: [etcdctl(1, 1, 'put', 'a', '1'), split(1.2)],
    from: 1.15,
    end: 2.6,
    look: { stage: 'ring' },
  },
  'log-truncated': {
    ...SPLIT,
    commands: [
      etcdctl(1, 1, 'put', 'a', '1'),
      split(1.2),
      etcdctl(1.5, 3, 'put', 'b', 'lost'),
      etcdctl(2.6, 4, 'put', 'b', 'kept'),
      at(2.9, { type: 'heal' }),
    ],
    from: 2.88,
    end: 3.4,
    look: { stage: 'ring', panels: 'log' },
  },
  'snapshot-installed': {
    seed: SEED,
    options: { nodes: 3, snapshotCount: 10, snapshotCatchUpEntries: 3 },
    commands: [
      kill(1, 'etcd-2'),
      ...Array.from({ length: 16 }, (_, n) => etcdctl(1.1 + n / 10, 1, 'put', `k${n}`, 'v')),
      at(3, { type: 'restart', nodes: ['etcd-2'] }),
    ],
    from: 2.98,
    end: 3.5,
    look: { stage: 'ring', panels: 'log' },
  },
  'quorum-lost': {
    ...THREE,
    commands: [etcdctl(1, 1, 'put', 'a', '1'), kill(1.2, LEADER, 'etcd-2'), etcdctl(1.5, 1, 'put', 'a', '2')],
    from: 1.18,
    end: 7,
    look: { stage: 'ring', panels: 'why' },
  },
  'stale-read': {
    ...SPLIT,
    commands: [
      etcdctl(1, 1, 'put', 'a', 'old'),
      split(1.2),
      etcdctl(2.6, 4, 'put', 'a', 'new'),
      etcdctl(2.7, 3, 'get', 'a', '--consistency=s'),
      etcdctl(2.8, 3, 'get', 'a'),
    ],
    from: 2.58,
    end: 3.2,
    look: { stage: 'ring' },
  },
  'lease-survives': {
    ...THREE,
    commands: [
      program(1, 'g', 'curl', '-d', '{"TTL":5,"ID":7587}', `127.0.0.1:${port(1)}/v3/lease/grant`),
      etcdctl(1.1, 1, 'put', 'lock', 'mine', '--lease=1da3'),
      kill(2, 'leader'),
    ],
    from: 1.95,
    end: 11,
    look: { stage: 'ring', panels: 'data' },
  },
  'watch-goes-on': {
    ...THREE,
    commands: [
      etcdctl(1, 1, 'watch', 'a'),
      etcdctl(1.2, 2, 'put', 'a', 'before'),
      kill(1.4, 'leader'),
      etcdctl(3.2, 2, 'put', 'a', 'after'),
    ],
    from: 1.18,
    end: 3.6,
    look: { stage: 'ring' },
  },
  'rule-broken': {
    seed: 1,
    options: { nodes: 5, preVote: false, broken: ['vote-twice'] },
    commands: [at(0, { type: 'timers', nodes: ['all'], mode: 'align' })],
    from: 0,
    end: 1,
    look: { stage: 'ring', panels: 'safety' },
  },
};

/** The run of a scenario, the instant at which it is over (µs), and how it is looked at. */
export function scenarioRun(id: ScenarioId): { readonly spec: RunSpec; readonly end: number; readonly view: ViewOptions } {
  const { seed, options, commands, from, end, look } = SCENARIOS[id];
  return {
    spec: { ...newRunSpec(seed, { ...defaultRunOptions(), ...options }), commands },
    end: Math.round(end * SECOND),
    view: { at: String(Math.round(from * SECOND)), time: 'runs', ...look },
  };
}

/** The fragment of a link that opens a scenario; it is played once without anybody looking, so that the link can say what its trace must be. */
export async function scenarioFragment(id: ScenarioId, environment: ReplayEnvironment): Promise<string> {
  const { spec, end, view } = scenarioRun(id);
  const trace = await traceHashAt(end, spec, { environment });
  return runToFragment(spec, { head: trace === undefined ? undefined : { at: end, trace }, view });
}
