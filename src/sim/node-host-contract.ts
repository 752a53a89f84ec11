/**
 * What every host of members must keep, as cases that both implementations play: members in this thread and members in workers. A case is
 * a generator of calls to the host, so that it runs with a host that answers at once and with one that answers later; it throws if the
 * contract is broken. `reference` is an in-process host, whose trace the other must match byte for byte.
 */

import type { ProgramRegistry } from '#ctl/program.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { Inspection } from '#etcd/contract.ts';
import { AssertionError, assert } from '#kernel/assert.ts';
import { simTime } from '#kernel/brand.ts';
import { encodePlain, type Plain } from '#kernel/plain.ts';
import { equalBytes } from '#kernel/bytes.ts';
import { decodeCheckpoint, encodeCheckpoint, restoreInfo } from '#sim/checkpoint.ts';
import type { MemberCheckpoint, MemberResult, MemberWork, RestoreInfo, SyncNodeHost } from '#sim/node-host.ts';
import { playUntil } from '#sim/player.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type RunSpec, type TimedCommand } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

/** A call to the host under test; `fresh` disposes of it and makes a new one on empty disks. */
export type HostCall =
  | { readonly type: 'fresh' }
  | { readonly type: 'perform'; readonly work: readonly MemberWork[] }
  | { readonly type: 'inspect'; readonly actor: number; readonly question: Inspection }
  | { readonly type: 'checkpoint'; readonly actor: number }
  | { readonly type: 'restore'; readonly checkpoint: MemberCheckpoint; readonly how: RestoreInfo };

export type HostAnswer =
  | { readonly type: 'done' }
  | { readonly type: 'results'; readonly results: readonly MemberResult[] }
  | { readonly type: 'inspected'; readonly answer: Plain }
  | { readonly type: 'checkpointed'; readonly checkpoint: MemberCheckpoint };

type Case = Generator<HostCall, void, HostAnswer>;

export interface ContractCase {
  readonly name: string;
  readonly play: () => Case;
}

export interface ContractSetup {
  /** A new in-process host of the same kind of members. */
  readonly reference: () => SyncNodeHost;
  readonly programs: ProgramRegistry;
  /** Commands of a client that writes, put into the runs of the cases; processes must be named apart. */
  readonly load: readonly TimedCommand[];
}

const END = simTime(6_000_000);
const at = (ms: number, command: WorldCommand): TimedCommand => ({ at: ms * 1000, command });

/** Kills, a loss of power, a wipe, a freeze and a partition. */
const FAULTS: readonly TimedCommand[] = [
  at(1200, { type: 'freeze', nodes: ['etcd-3'] }),
  at(2200, { type: 'thaw', nodes: ['etcd-3'] }),
  at(2400, { type: 'kill', nodes: ['etcd-1'], powerLoss: true }),
  at(2800, { type: 'restart', nodes: ['etcd-1'] }),
  at(3000, { type: 'partition', sides: [['etcd-2'], ['etcd-1', 'etcd-3']] }),
  at(3600, { type: 'heal' }),
  at(3800, { type: 'kill', nodes: ['etcd-2'], powerLoss: false }),
  at(3900, { type: 'restart', nodes: ['etcd-2'] }),
];

/** Crash points, torn writes, full and failing disks, flipped bits, clocks, timers, a thin link. */
const DISK_FAULTS: readonly TimedCommand[] = [
  at(1300, { type: 'disk', nodes: ['etcd-2'], settings: { tear: 33, walLatency: { minMicros: 1000, maxMicros: 90_000, spiky: true } } }),
  at(1400, { type: 'kill', nodes: ['etcd-2'], powerLoss: true, at: 'walBeforeSync' }),
  at(2400, { type: 'restart', nodes: ['etcd-2'] }),
  at(2500, { type: 'disk', nodes: ['etcd-3'], settings: { full: true } }),
  at(2900, { type: 'disk', nodes: ['etcd-3'], settings: { full: false, failFsync: true } }),
  at(2950, { type: 'restart', nodes: ['etcd-3'] }),
  at(3500, { type: 'heal', all: true }),
  at(3510, { type: 'restart', nodes: ['etcd-3'] }),
  at(3600, { type: 'clock', nodes: ['etcd-1'], rate: 1.3, jumpMicros: 5_000_000 }),
  at(3650, { type: 'crash', nodes: ['etcd-3'] }),
  at(3660, { type: 'restart', nodes: ['etcd-3'] }),
  at(3700, { type: 'link', from: 'etcd-1', to: 'etcd-2', both: true, settings: { bandwidth: 2000 } }),
  at(3800, { type: 'timers', nodes: ['all'], mode: 'spread' }),
  at(4200, { type: 'disk', nodes: ['etcd-2'], settings: { corrupt: 'random' } }),
  at(4300, { type: 'kill', nodes: ['etcd-2'], powerLoss: false }),
  at(4400, { type: 'restart', nodes: ['etcd-2'] }),
];

const alone = { name: 'etcd-4', peerUrls: ['http://127.0.0.1:2680'], clientUrls: ['http://127.0.0.1:2679'] };

/** A data directory that lies among the machine's files: not a good one. */
const GIVEN = '/home/you/given.etcd';
const FIRST_SEGMENT = '0000000000000000-0000000000000000.wal';

/** A machine that was not there at the start, with three data directories, changed flags and a loss of power. */
const LAUNCHES: readonly TimedCommand[] = [
  at(1500, { type: 'launch', flags: alone }),
  at(2600, { type: 'kill', nodes: ['etcd-4'], powerLoss: true }),
  at(2700, { type: 'launch', flags: { ...alone, dataDir: 'other.etcd', initialClusterToken: 'other' } }),
  at(3500, { type: 'kill', nodes: ['etcd-4'], powerLoss: false }),
  at(3510, { type: 'file', action: 'mkdir', path: `${GIVEN}/member/wal`, text: '', base64: false }),
  at(3520, { type: 'file', action: 'write', path: `${GIVEN}/member/wal/${FIRST_SEGMENT}`, text: 'no log', base64: false }),
  at(3530, { type: 'launch', flags: { ...alone, dataDir: 'given.etcd' } }),
  at(3590, { type: 'kill', nodes: ['all'], powerLoss: false }),
  at(3595, { type: 'restart', nodes: ['etcd-1', 'etcd-2', 'etcd-3'] }),
  at(3600, { type: 'launch', flags: { ...alone, snapshotCount: 5, heartbeatMicros: 50_000, electionMicros: 500_000 } }),
];

function specOf(commands: readonly TimedCommand[]): RunSpec {
  return { ...newRunSpec(11, defaultRunOptions()), commands: [...commands].sort((a, b) => a.at - b.at) };
}

function* playTo(world: World, until: number): Case {
  for (let next = world.nextInstantAt(); next !== undefined && next <= until; next = world.nextInstantAt()) {
    const answer = yield { type: 'perform', work: world.collect().work };
    if (answer.type !== 'results') throw new AssertionError(`work was answered with ${answer.type}`);
    world.complete(answer.results);
  }
  world.advanceTo(simTime(until));
}

function expectSame(what: string, here: World, there: World): void {
  assert(
    here.traceHash().hash === there.traceHash().hash,
    () =>
      `${what}: trace ${here.traceHash().hash} (${here.traceHash().bytes} bytes), expected ${there.traceHash().hash} (${there.traceHash().bytes} bytes)`,
  );
}

/** The cases. Each leaves the host under test in any state. */
export function nodeHostContract(setup: ContractSetup): readonly ContractCase[] {
  const begin = (commands: readonly TimedCommand[]): World => World.begin({ spec: specOf(commands), programs: setup.programs });
  const referenceRun = (commands: readonly TimedCommand[]): World => {
    const world = begin(commands);
    playUntil(world, setup.reference(), END);
    return world;
  };
  return [
    { name: 'gives the trace of in-process members', play: () => sameTrace(begin, referenceRun, setup.load) },
    {
      name: 'gives it through kills, a loss of power, freezes and a partition',
      play: () => sameTrace(begin, referenceRun, [...setup.load, ...FAULTS]),
    },
    {
      name: 'gives it when a member is started that was not there',
      play: () => sameTrace(begin, referenceRun, [...setup.load, ...LAUNCHES]),
    },
    { name: 'gives it when a member is wiped while it is down', play: () => sameTrace(begin, referenceRun, [...setup.load, ...WIPE]) },
    {
      name: 'gives it through crash points, failing and damaged disks, clocks and thin links',
      play: () => sameTrace(begin, referenceRun, [...setup.load, ...DISK_FAULTS]),
    },
    {
      name: 'goes on from a checkpoint in which a member has died at a crash point and disks fail',
      play: () => continues(begin, referenceRun, setup, [...setup.load, ...DISK_FAULTS]),
    },
    {
      name: 'goes on from a checkpoint as if it had never stopped',
      play: () => continues(begin, referenceRun, setup, [...setup.load, ...FAULTS, ...LAUNCHES]),
    },
    { name: 'answers questions without changing anything', play: () => inspects(begin, referenceRun, setup.load) },
  ];
}

const WIPE: readonly TimedCommand[] = [
  at(2000, { type: 'kill', nodes: ['etcd-2'], powerLoss: false }),
  at(2100, { type: 'wipe', nodes: ['etcd-2'] }),
];

type Begin = (commands: readonly TimedCommand[]) => World;

function* sameTrace(begin: Begin, reference: Begin, commands: readonly TimedCommand[]): Case {
  yield { type: 'fresh' };
  const world = begin(commands);
  yield* playTo(world, END);
  expectSame('a whole run', world, reference(commands));
}

function* continues(begin: Begin, reference: Begin, setup: ContractSetup, commands: readonly TimedCommand[]): Case {
  yield { type: 'fresh' };
  const world = begin(commands);
  yield* playTo(world, 2_500_000);
  const members: MemberCheckpoint[] = [];
  for (const seat of world.core.seats) {
    const answer = yield { type: 'checkpoint', actor: seat.actor };
    if (answer.type === 'checkpointed') members.push(answer.checkpoint);
  }
  assert(members.length === world.core.seats.length, () => `${members.length} members in the checkpoint`);
  const dead = world.core.seats.find((s) => s.life === 'dead' && s.crash === undefined);
  assert(
    dead === undefined || members.find((m) => m.actor === dead.actor)?.state === undefined,
    'a dead member has no state in a checkpoint',
  );
  const stored = decodeCheckpoint(encodeCheckpoint({ world: world.save(), members }));
  yield { type: 'fresh' };
  const again = World.restore({ spec: world.spec(), programs: setup.programs }, stored.world);
  for (const checkpoint of stored.members) {
    const how = restoreInfo(again, checkpoint.actor);
    if (how !== undefined) yield { type: 'restore', checkpoint, how };
  }
  yield* playTo(again, END);
  expectSame('a run from a checkpoint', again, reference(commands));
}

function* inspects(begin: Begin, reference: Begin, load: readonly TimedCommand[]): Case {
  yield { type: 'fresh' };
  const commands = [...load, at(2000, { type: 'kill', nodes: ['etcd-2'], powerLoss: false })];
  const world = begin(commands);
  for (const until of [1_000_000, 2_500_000]) {
    yield* playTo(world, until);
    for (const question of [{ type: 'raft' }, { type: 'log', from: 1, to: 10 }, { type: 'digest' }] as const) {
      const first = yield { type: 'inspect', actor: 1, question };
      const second = yield { type: 'inspect', actor: 1, question };
      assert(
        first.type === 'inspected' && second.type === 'inspected' && equalBytes(encodePlain(first.answer), encodePlain(second.answer)),
        `${question.type}: two answers to one question`,
      );
    }
  }
  const dead = yield { type: 'inspect', actor: 2, question: { type: 'raft' } };
  assert(dead.type === 'inspected' && dead.answer === undefined, 'a dead member answers nothing');
  yield* playTo(world, END);
  expectSame('an inspected run', world, reference(commands));
}
