import { describe, expect, it } from 'vitest';
import { NO_EVENT, simTime } from '#kernel/brand.ts';
import { decodeRequest, encodeReply } from '#host/node-message.ts';
import type { WorkerPort } from '#host/node-client.ts';
import { NodeRuntime } from '#host/node-runtime.ts';
import { WorkerHost } from '#host/worker-host.ts';
import { TOY_KIND } from '#sim/testing/toy-member.ts';
import { TOY_PROGRAMS } from '#sim/testing/toy-program.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { playUntil } from '#sim/player.ts';
import type { NodeHost, RestoreInfo } from '#sim/node-host.ts';
import { defaultRunOptions, memberConfigs } from '#sim/run-options.ts';
import { newRunSpec, type RunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

const [config] = memberConfigs(1, defaultRunOptions());
if (config === undefined) throw new Error('a member');
/** Restoring a disk alone looks at neither. */
const NOBODY: RestoreInfo = {
  config,
  info: { actor: 1, nextEvent: 1, incarnation: 1, now: simTime(0), cause: NO_EVENT, remote: undefined },
};

/** A worker that lives in this thread, with a leash. */
class FakeWorker implements WorkerPort {
  readonly #runtime: NodeRuntime;
  #listener: (bytes: Uint8Array) => void = () => undefined;
  #onError: (message: string) => void = () => undefined;
  #chain: Promise<void> = Promise.resolve();
  terminated = false;
  /** It takes requests and never answers. */
  mute = false;

  constructor() {
    this.#runtime = new NodeRuntime((_actor, _storage, content) => {
      const host = new InProcessHost(TOY_KIND);
      if (content.type === 'write')
        host.restore({ actor: _actor, state: undefined, stateBlocks: [], diskBlocks: [], disk: content.image }, NOBODY);
      return Promise.resolve({ host, files: undefined });
    });
  }

  post(bytes: Uint8Array<ArrayBuffer>): void {
    const { number, request } = decodeRequest(bytes);
    this.#chain = this.#chain.then(async () => {
      const reply = await this.#runtime.handle(request);
      if (!this.terminated && !this.mute) this.#listener(encodeReply(number, reply));
    });
  }

  onMessage(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  onError(listener: (message: string) => void): void {
    this.#onError = listener;
  }

  fail(message: string): void {
    this.#onError(message);
  }

  terminate(): void {
    this.terminated = true;
  }
}

interface Rig {
  readonly host: WorkerHost;
  readonly workers: FakeWorker[];
  readonly timers: (() => void)[];
  readonly lost: string[];
}

function createRig(): Rig {
  const workers: FakeWorker[] = [];
  const timers: (() => void)[] = [];
  const lost: string[] = [];
  const host = new WorkerHost({
    spawn: () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
    after: (_millis, run) => {
      timers.push(run);
      return () => undefined;
    },
    storageOf: () => ({ type: 'memory' }),
    asIsTo: 0,
    onWorkerLost: (actor, message) => lost.push(`${actor}: ${message}`),
  });
  return { host, workers, timers, lost };
}

async function playAsync(world: World, host: NodeHost, until: number): Promise<void> {
  for (let next = world.nextInstantAt(); next !== undefined && next <= until; next = world.nextInstantAt()) {
    const { work } = world.collect();
    world.complete(await Promise.all(work.map((w) => host.perform(w))));
  }
  world.advanceTo(simTime(until));
}

const spec: RunSpec = {
  ...newRunSpec(7, defaultRunOptions()),
  commands: [
    { at: 300_000, command: { type: 'kill', nodes: ['etcd-2'], powerLoss: true } },
    { at: 600_000, command: { type: 'restart', nodes: ['etcd-2'] } },
    { at: 700_000, command: { type: 'kill', nodes: ['etcd-1'], powerLoss: false } },
    { at: 800_000, command: { type: 'wipe', nodes: ['etcd-1'] } },
    { at: 900_000, command: { type: 'restart', nodes: ['etcd-1'] } },
  ],
};

describe('members in workers', () => {
  it('give the same trace as members in this thread, through kills, restarts and a wipe', async () => {
    const there = World.begin({ spec, programs: TOY_PROGRAMS });
    playUntil(there, new InProcessHost(TOY_KIND), simTime(2_000_000));
    const rig = createRig();
    const here = World.begin({ spec, programs: TOY_PROGRAMS });
    await playAsync(here, rig.host, 2_000_000);
    expect(here.traceHash()).toEqual(there.traceHash());
    expect(rig.lost).toEqual([]);
    expect(rig.workers.filter((w) => !w.terminated)).toHaveLength(3);
    await rig.host.dispose();
    expect(rig.workers.every((w) => w.terminated)).toBe(true);
  });

  it('become a crash of the member when their worker fails, and can be restarted', async () => {
    const rig = createRig();
    const world = World.begin({ spec: newRunSpec(1, defaultRunOptions()), programs: TOY_PROGRAMS });
    await playAsync(world, rig.host, 100_000);
    rig.workers[1]?.fail('out of memory');
    await playAsync(world, rig.host, 400_000);
    expect(world.core.seats[1]).toMatchObject({ life: 'crashed', crash: 'out of memory' });
    expect(rig.lost).toEqual(['2: out of memory']);
    expect(world.submit({ type: 'restart', nodes: ['etcd-2'] }).type).toBe('ok');
    await playAsync(world, rig.host, 500_000);
    expect(world.core.seats[1]?.life).toBe('up');
  });

  it('never leave a call hanging when they fall silent', async () => {
    const rig = createRig();
    const world = World.begin({ spec: newRunSpec(1, defaultRunOptions()), programs: TOY_PROGRAMS });
    await playAsync(world, rig.host, 100_000);
    for (const worker of rig.workers) worker.mute = true;
    const question = rig.host.inspect(3, { type: 'raft' });
    setTimeout(() => {
      for (const fire of rig.timers) fire();
    });
    await expect(question).rejects.toThrow('no answer for 60 s');
  });

  it('answer nothing for a member that does not run', async () => {
    expect(await createRig().host.inspect(1, { type: 'raft' })).toBeUndefined();
  });
});
