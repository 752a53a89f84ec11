import { describe, expect, it } from 'vitest';
import { AheadHost, type StartedMember } from '#host/ahead-host.ts';
import { playContract } from '#host/play-contract.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import { WorkerHost } from '#host/worker-host.ts';
import type { Inspection } from '#etcd/contract.ts';
import type { Plain } from '#kernel/plain.ts';
import { ETCD_KIND } from '#sim/etcd-members.ts';
import type { MemberKind, MemberMachine } from '#sim/in-process-host.ts';
import type { MemberCheckpoint, MemberResult, MemberWork, NodeHost, RestoreInfo } from '#sim/node-host.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';
import type { MemoryDisk } from '#wal/memory-disk.ts';

interface Rig {
  readonly host: AheadHost;
  readonly workers: WorkerHost;
  readonly storage: FakeStorage;
  readonly tab: TestTab;
  readonly lost: string[];
}

function createRig(kind: MemberKind<MemberMachine, MemoryDisk> = ETCD_KIND): Rig {
  const storage = new FakeStorage();
  const tab = new TestTab(storage);
  const lost: string[] = [];
  const { spawn, after } = tab.environment;
  const workers = new WorkerHost({
    spawn,
    after,
    storageOf: (actor) => ({ type: 'opfs', folder: [`member-${actor}`] }),
    asIsTo: 0,
    onWorkerLost: (actor, message) => lost.push(`${actor}: ${message}`),
  });
  return { host: new AheadHost(workers, kind), workers, storage, tab, lost };
}

/** After how many works the workers are brought along, in turn. */
const GAPS = [1, 40, 2, 700, 300, 1, 1, 90];

/** Plays ahead whatever comes, and brings the workers along now and then. */
class Driver implements NodeHost {
  readonly #host: AheadHost;
  readonly #started = new Map<number, StartedMember>();
  #turn: Promise<unknown> = Promise.resolve();
  #performed = 0;
  #gap = 0;
  #next = 0;

  constructor(host: AheadHost) {
    this.#host = host;
  }

  #take<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn;
    return turn;
  }

  perform(work: MemberWork): Promise<MemberResult> {
    return this.#take(async () => {
      if (!this.#host.isAhead) await this.#host.goAhead([...this.#started.values()]);
      const result = await this.#host.perform(work);
      for (const op of work.ops) if (op.type === 'start') this.#started.set(work.actor, { actor: work.actor, how: op });
      if (++this.#performed % 7 === 0) this.#host.sendOn();
      if (this.#performed < this.#next) return result;
      await this.#host.bringAlong();
      if (++this.#gap % 3 === 0) this.#host.rest();
      this.#next = this.#performed + (GAPS[this.#gap % GAPS.length] ?? 1);
      return result;
    });
  }

  inspect(actor: number, question: Inspection): Promise<Plain> {
    return this.#take(() => this.#host.inspect(actor, question));
  }

  checkpoint(actor: number): Promise<MemberCheckpoint> {
    return this.#take(() => this.#host.checkpoint(actor));
  }

  restore(checkpoint: MemberCheckpoint, how: RestoreInfo): Promise<void> {
    this.#started.set(checkpoint.actor, { actor: checkpoint.actor, how });
    return this.#take(() => this.#host.restore(checkpoint, how));
  }

  dispose(): Promise<void> {
    return this.#take(() => this.#host.bringAlong().then(() => this.#host.dispose()));
  }
}

describe('members that run ahead of their workers', () => {
  it('keep the contract of hosts, however often the workers are brought along', async () => {
    const reports = await playContract(() => Promise.resolve(new Driver(createRig().host)));
    expect(reports.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(reports.length).toBeGreaterThan(5);
  });

  const play = async (world: World, host: AheadHost, until: number): Promise<void> => {
    for (let next = world.nextInstantAt(); next !== undefined && next <= until; next = world.nextInstantAt())
      world.complete(await Promise.all(world.collect().work.map((work) => host.perform(work))));
  };
  /** A put comes at 2.1 s. */
  const put: TimedCommand = {
    at: 2_100_000,
    command: { type: 'start', process: 'p', client: 'c', argv: ['etcdctl', 'put', 'a', 'b'], env: {}, stdin: undefined, columns: 0 },
  };
  const begin = (): World => World.begin({ spec: { ...newRunSpec(7, defaultRunOptions()), commands: [put] }, programs: PROGRAMS });

  it('are where their workers are when these were brought along: state and disk', async () => {
    const { host, workers } = createRig();
    const world = begin();
    await host.goAhead([]);
    await play(world, host, 3_000_000);
    const before = await workers.inspect(1, { type: 'digest' });
    await host.bringAlong();
    expect(before).toBeUndefined();
    for (const actor of [1, 2, 3]) {
      expect(await workers.inspect(actor, { type: 'digest' })).toEqual(await host.inspect(actor, { type: 'digest' }));
      const [there, here] = await Promise.all([workers.checkpoint(actor), host.checkpoint(actor)]);
      expect(there).toEqual(here);
    }
  });

  it('say when there is enough for a message, and when they are too far ahead', async () => {
    const { host } = createRig();
    const world = begin();
    await host.goAhead([]);
    while (!host.hasEnough) await play(world, host, (world.nextInstantAt() ?? 0) + 1);
    expect(host.isFar).toBe(false);
    while (!host.isFar) {
      await play(world, host, (world.nextInstantAt() ?? 0) + 1);
      if (host.hasEnough) host.sendOn();
    }
    await host.bringAlong();
    expect(host.isFar).toBe(false);
  });

  it('become a crash, told with its reason, when the disk of the worker refuses what the twin has written', async () => {
    const { host, storage, lost } = createRig();
    const world = begin();
    await host.goAhead([]);
    await play(world, host, 2_000_000);
    await host.bringAlong();
    storage.folder(['member-2']).dieAfterWrites(0);
    await host.goAhead([]);
    await play(world, host, 2_300_000);
    await host.bringAlong();
    expect(lost).toEqual([expect.stringMatching(/^2: Error: dead/)]);
    await host.goAhead([]);
    expect(host.isAhead).toBe(false);
    expect([...host.takeOrphans()]).toEqual([[2, 'Error: dead']]);
    expect(world.submit({ type: 'crash', nodes: ['etcd-2'], reason: 'lost' }).type).toBe('ok');
    await play(world, host, 2_600_000);
    expect(world.core.seats.map(({ life, crash }) => [life, crash])).toEqual([
      ['up', undefined],
      ['crashed', 'forced by play crash: lost'],
      ['up', undefined],
    ]);
    await host.goAhead([]);
    expect([...host.takeOrphans()]).toEqual([]);
  });

  it('become a crash when the worker comes to another end', async () => {
    const deaf: MemberKind<MemberMachine, MemoryDisk> = {
      ...ETCD_KIND,
      start: (config, info, disk) => {
        const { machine, output } = ETCD_KIND.start(config, info, disk);
        const step = machine?.step.bind(machine);
        if (machine !== undefined && step !== undefined && info.actor === 3) machine.step = (input) => ({ ...step(input), messages: [] });
        return { machine, output };
      },
      restore: (config, info, disk, state, blocks) => ETCD_KIND.restore(config, info, disk, state, blocks),
    };
    const { host, lost } = createRig(deaf);
    const world = begin();
    await host.goAhead([]);
    await play(world, host, 3_000_000);
    await host.bringAlong();
    expect(lost).toEqual(['3: its worker did not come to where the world stands']);
    expect([...host.takeOrphans().keys()]).toEqual([3]);
    world.submit({ type: 'crash', nodes: ['etcd-3'] });
    await play(world, host, 3_200_000);
    expect(world.core.seats[2]?.life).toBe('crashed');
  });

  it('become a crash once when they fail here and there', async () => {
    const broken: MemberKind<MemberMachine, MemoryDisk> = {
      ...ETCD_KIND,
      start: (config, info, disk) => {
        const { machine, output } = ETCD_KIND.start(config, info, disk);
        let steps = 0;
        const step = machine?.step.bind(machine);
        if (machine !== undefined && step !== undefined && info.actor === 1)
          machine.step = (input) => {
            if (++steps > 20) throw new RangeError('out of bounds');
            return step(input);
          };
        return { machine, output };
      },
      restore: (config, info, disk, state, blocks) => ETCD_KIND.restore(config, info, disk, state, blocks),
    };
    const { host, lost } = createRig(broken);
    const world = begin();
    await host.goAhead([]);
    while (!host.isFar) await play(world, host, (world.nextInstantAt() ?? 0) + 1);
    expect(world.core.seats[0]).toMatchObject({ life: 'crashed', crash: 'RangeError: out of bounds' });
    await host.bringAlong();
    expect(lost).toHaveLength(1);
    expect([...host.takeOrphans()]).toEqual([]);
  });

  it('go on in the workers when something is done with them otherwise', async () => {
    const { host } = createRig();
    const [straight, world] = [begin(), begin()];
    await play(straight, createRig().host, 3_000_000);
    await host.goAhead([]);
    await play(world, host, 1_500_000);
    await host.bringAlong();
    await play(world, host, 2_500_000);
    const started = world.core.seats.flatMap(({ actor, config, info }) => (info === undefined ? [] : [{ actor, how: { config, info } }]));
    await host.goAhead(started);
    await play(world, host, 3_000_000);
    await host.bringAlong();
    expect(world.traceHash()).toEqual(straight.traceHash());
  });
});
