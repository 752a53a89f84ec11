import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CRASH_POINT_NAMES } from '#etcd/crash-points.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import { decodeTrace, type TraceEvent } from '#trace/event.ts';
import { decodeCheckpoint, encodeCheckpoint, restoreCheckpoint, takeCheckpoint } from '#sim/checkpoint.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { performWork } from '#sim/node-host.ts';
import { playInstant, playUntil } from '#sim/player.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type RunSpec } from '#sim/run-spec.ts';
import { TOY_KIND } from '#sim/testing/toy-member.ts';
import { TOY_PROGRAMS } from '#sim/testing/toy-program.ts';
import { World } from '#sim/world.ts';

const ms = (n: number) => simTime(n * 1000);

function toyRun(nodes = 3, seed = 7, commands: RunSpec['commands'] = []) {
  const host = new InProcessHost(TOY_KIND);
  const events: TraceEvent[] = [];
  const said: string[] = [];
  const refused: string[] = [];
  const setup = {
    spec: { ...newRunSpec(seed, { ...defaultRunOptions(), nodes }), commands },
    programs: TOY_PROGRAMS,
    sink: { block: (bytes: Uint8Array) => events.push(...decodeTrace(bytes)) },
    listener: {
      output: (process: string, _stderr: boolean, data: Uint8Array) => said.push(`${process}: ${fromUtf8(data).trim()}`),
      exited: (process: string, code: number) => said.push(`${process} exits ${code}`),
      refused: (_at: number, message: string) => refused.push(message),
    },
  };
  const world = World.begin(setup);
  const submit = (command: WorldCommand) => {
    const result = world.submit(command);
    if (result.type === 'ok') playInstant(world, host);
    return result;
  };
  const start = (process: string, argv: string[], client = 'client') =>
    submit({ type: 'start', process, client, argv, env: {}, stdin: undefined, columns: 0 });
  return { world, host, events, said, refused, setup, submit, start, until: (t: number) => playUntil(world, host, ms(t)) };
}

const A = '127.0.0.1:2379';
const kill = (...nodes: string[]): WorldCommand => ({ type: 'kill', nodes, powerLoss: false });

describe('a run is deterministic (DESIGN §1)', () => {
  it('gives the same trace twice and another with another seed', () => {
    const hash = (seed: number) => {
      const run = toyRun(3, seed);
      run.start('p', ['ask', A]);
      run.until(2000);
      return run.world.traceHash().hash;
    };
    expect(hash(1)).toBe(hash(1));
    expect(hash(1)).not.toBe(hash(2));
  });

  it('does not depend on the order in which members answer', () => {
    const one = toyRun();
    one.until(1500);
    const other = toyRun();
    while ((other.world.nextInstantAt() ?? Infinity) <= 1_500_000) {
      const { work } = other.world.collect();
      other.world.complete(work.toReversed().map((w) => performWork(other.host, w)));
    }
    expect(other.world.traceHash()).toEqual(one.world.traceHash());
  });

  it('replays from the commands that it recorded', () => {
    const one = toyRun();
    one.until(300);
    one.submit(kill('etcd-2'));
    one.start('p', ['ask', A]);
    one.until(500);
    one.submit({ type: 'restart', nodes: ['2'] });
    one.until(1000);
    const replay = toyRun(3, 7, one.world.spec().commands);
    replay.until(1000);
    expect(replay.world.traceHash()).toEqual(one.world.traceHash());
    expect(replay.refused).toEqual([]);
  });

  it('continues from a checkpoint as if it had never stopped, wherever it was taken', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1200 }), fc.integer({ min: 1, max: 50 }), (at, seed) => {
        const commands = [
          { at: 150_000, command: { type: 'start', process: 'p', client: 'c', argv: ['ask', A, '900'], env: {}, stdin: 'x', columns: 0 } },
          { at: 300_000, command: { type: 'freeze', nodes: ['etcd-1'] } },
          { at: 420_500, command: { type: 'partition', sides: [['etcd-1'], ['etcd-2']] } },
          { at: 700_000, command: { type: 'thaw', nodes: ['etcd-1'] } },
          { at: 700_000, command: { type: 'start', process: 'q', client: 'c', argv: ['ask', A], env: {}, stdin: undefined, columns: 0 } },
          { at: 702_000, command: { type: 'kill', nodes: ['etcd-3'], powerLoss: true } },
          { at: 900_000, command: { type: 'link', from: 'c', to: 'etcd-1', both: true, settings: { cut: true } } },
          { at: 1_000_000, command: { type: 'heal' } },
        ] satisfies RunSpec['commands'];
        const whole = toyRun(3, seed, commands);
        whole.until(1500);
        const first = toyRun(3, seed, commands);
        first.until(at);
        const bytes = encodeCheckpoint(takeCheckpoint(first.world, first.host));
        const host = new InProcessHost(TOY_KIND);
        const second = restoreCheckpoint(first.setup, decodeCheckpoint(bytes), host);
        playUntil(second, host, ms(1500));
        expect(second.traceHash()).toEqual(whole.world.traceHash());
      }),
      { numRuns: 60 },
    );
  });

  it('drops the commands that were still to come when one acts in the past', () => {
    const run = toyRun(3, 7, [{ at: 900_000, command: kill('etcd-1') }]);
    run.until(500);
    run.submit(kill('etcd-2'));
    run.until(1000);
    expect(run.world.core.seats.map((s) => s.life)).toEqual(['up', 'dead', 'up']);
  });
});

it('a command given at the time of a recorded one follows it, and what would come later is dropped', () => {
  const run = toyRun(3, 7, [
    { at: 500_000, command: kill('etcd-1') },
    { at: 900_000, command: kill('etcd-3') },
  ]);
  run.until(499);
  run.world.advanceTo(ms(500));
  run.submit({ type: 'restart', nodes: ['etcd-1'] });
  run.until(1000);
  expect(run.world.core.seats.map((s) => `${s.life} ${s.incarnation}`)).toEqual(['up 2', 'up 1', 'up 1']);
  expect(run.world.spec().commands.map((c) => c.at)).toEqual([500_000, 500_000]);
});

describe('the network', () => {
  it('delivers on the grid, within the latency range, first in first out', () => {
    const run = toyRun();
    run.until(3000);
    const sentAt = new Map(run.events.flatMap((e) => (e.type === 'message-sent' ? [[e.id as number, e.at] as const] : [])));
    const last = new Map<string, number>();
    let delivered = 0;
    for (const e of run.events) {
      if (e.type !== 'message-delivered') continue;
      delivered++;
      const way = e.at - (sentAt.get(e.sent) ?? NaN);
      expect(way).toBeGreaterThanOrEqual(2000);
      expect(way).toBeLessThanOrEqual(9000);
      expect(e.at % 1000).toBe(0);
      expect(e.sent).toBeGreaterThan(last.get(`${e.from}>${e.to}`) ?? 0);
      last.set(`${e.from}>${e.to}`, e.sent);
    }
    expect(delivered).toBeGreaterThan(150);
  });

  it('loses messages of a partition and nothing within a side', () => {
    const run = toyRun();
    run.until(250);
    run.submit({ type: 'partition', sides: [['etcd-1', 'etcd-2'], ['etcd-3']] });
    run.until(260);
    const from = run.events.length;
    run.until(1000);
    const later = run.events.slice(from);
    for (const e of later) if (e.type === 'message-delivered') expect([e.from, e.to].includes(3)).toBe(false);
    const lost = later.filter((e) => e.type === 'message-lost');
    expect(lost.length).toBeGreaterThan(10);
    for (const e of lost) expect(e).toMatchObject({ reason: 'cut' });
    run.submit({ type: 'heal' });
    const healed = run.events.length;
    run.until(1200);
    expect(run.events.slice(healed).some((e) => e.type === 'message-delivered' && e.to === 3)).toBe(true);
  });

  it('a one-way cut cuts one way', () => {
    const run = toyRun();
    run.submit({ type: 'link', from: 'etcd-1', to: 'etcd-2', both: false, settings: { cut: true } });
    run.until(1000);
    const pairs = new Set(run.events.flatMap((e) => (e.type === 'message-delivered' ? [`${e.from}>${e.to}`] : [])));
    expect(pairs.has('1>2')).toBe(false);
    expect(pairs.has('2>1')).toBe(true);
  });

  it('loses, doubles and reorders as it is told', () => {
    const run = toyRun();
    run.submit({ type: 'link', from: 'etcd-1', to: 'etcd-2', both: false, settings: { loss: 0.5 } });
    run.submit({ type: 'link', from: 'etcd-1', to: 'etcd-3', both: false, settings: { duplicate: 1 } });
    run.submit({
      type: 'link',
      from: 'etcd-2',
      to: 'etcd-3',
      both: false,
      settings: { reorder: 0.5, latency: { minMicros: 1000, maxMicros: 400_000 } },
    });
    run.until(10_000);
    const delivered = run.events.filter((e) => e.type === 'message-delivered');
    const between = (from: number, to: number) => delivered.filter((e) => e.from === from && e.to === to).map((e) => e.sent);
    expect(between(1, 2).length).toBeGreaterThan(25);
    expect(between(1, 2).length).toBeLessThan(75);
    expect(between(1, 3).length).toBeGreaterThan(190);
    const order = between(2, 3);
    expect(order.some((sent, i) => sent < (order[i - 1] ?? 0))).toBe(true);
  });

  it('tells the sender that nobody listens', () => {
    const run = toyRun();
    run.submit(kill('etcd-2'));
    run.until(300);
    expect(JSON.stringify(run.host.inspect(1, { type: 'raft' }))).toContain('unreachable');
    expect(run.events.some((e) => e.type === 'message-lost' && e.to === 2 && e.reason === 'dead')).toBe(true);
  });
});

describe('members', () => {
  it('a frozen one keeps what comes and gets it at its thaw', () => {
    const run = toyRun();
    run.until(50);
    run.submit({ type: 'freeze', nodes: ['etcd-2'] });
    run.start('p', ['ask', '127.0.0.1:2479']);
    run.until(1000);
    expect(run.said).toEqual([]);
    expect(run.events.some((e) => e.type === 'message-delivered' && e.to === 2)).toBe(false);
    run.submit({ type: 'thaw', nodes: ['etcd-2'] });
    run.until(1100);
    expect(run.said.at(-1)).toBe('p exits 0');
    expect(run.events.filter((e) => e.type === 'message-delivered' && e.to === 2).length).toBeGreaterThan(15);
  });

  it('a killed one keeps what was flushed, and only that at a power loss', () => {
    for (const [powerLoss, expected] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const run = toyRun(1);
      run.submit({ type: 'disk', nodes: ['default'], settings: { walLatency: { minMicros: 50_000, maxMicros: 50_000 } } });
      run.start('p', ['ask', 'localhost:2379']);
      run.until(10);
      run.submit({ type: 'kill', nodes: ['1'], powerLoss });
      run.until(100);
      expect(run.said).toEqual(['p: broken', 'p exits 2']);
      expect(run.host.disk(1).counts.length).toBe(expected);
    }
  });

  it('a wiped one has an empty disk', () => {
    const run = toyRun(1);
    run.start('p', ['ask', A]);
    run.until(100);
    run.submit({ type: 'wipe', nodes: ['default'] });
    run.submit({ type: 'restart', nodes: ['default'] });
    run.until(200);
    expect(run.host.disk(1).counts).toEqual([]);
    expect(run.world.core.seats[0]?.incarnation).toBe(2);
  });

  it('a fast clock makes more ticks', () => {
    const run = toyRun();
    run.submit({ type: 'clock', nodes: ['etcd-1'], rate: 2 });
    run.until(5000);
    const woken = (member: number) => run.events.filter((e) => e.type === 'member-woken' && e.member === member).length;
    expect(woken(2)).toBe(50);
    expect(woken(1)).toBe(100);
  });

  it('stops with a crash when it says so or its host fails, and can be restarted', () => {
    const run = toyRun();
    run.until(50);
    const { work } = run.world.collect();
    run.world.complete(work.map((w) => (w.actor === 2 ? { actor: 2, outputs: [], failed: 'worker died' } : performWork(run.host, w))));
    run.until(250);
    expect(run.world.core.seats[1]).toMatchObject({ life: 'crashed', crash: 'worker died' });
    expect(run.events.some((e) => e.type === 'member-crashed' && e.member === 2)).toBe(true);
    expect(run.submit({ type: 'restart', nodes: ['etcd-2'] }).type).toBe('ok');
    run.until(400);
    expect(run.world.core.seats[1]?.life).toBe('up');
  });
});

describe('clients', () => {
  it('is answered by the member of its endpoint, whatever the host is called', () => {
    const run = toyRun();
    run.start('p', ['ask', 'http://localhost:2479']);
    run.until(100);
    expect(run.said).toEqual([expect.stringMatching(/^p: answer etcd-2 \d+$/) as unknown as string, 'p exits 0']);
  });

  it('is refused by a dead member and by a port where nobody listens', () => {
    const run = toyRun();
    run.submit(kill('etcd-1'));
    run.start('p', ['ask', A]);
    run.start('q', ['ask', '10.0.0.1:1']);
    run.until(100);
    expect(run.said.sort()).toEqual(['p exits 2', 'p: refused', 'q exits 2', 'q: refused']);
  });

  it('hears nothing over a cut link, and all of it when the link is mended', () => {
    const run = toyRun();
    run.start('p', ['ask', A, '3000']);
    run.submit({ type: 'link', from: 'client', to: 'etcd-1', both: true, settings: { cut: true } });
    run.start('q', ['ask', A, '500']);
    run.until(1000);
    expect(run.said).toEqual(['q: timeout', 'q exits 1']);
    run.submit({ type: 'heal' });
    run.until(1100);
    expect(run.said.slice(2)).toEqual([expect.stringMatching(/^p: answer/) as unknown as string, 'p exits 0']);
  });

  it('gets signals and input', () => {
    const run = toyRun();
    run.submit({ type: 'freeze', nodes: ['all'] });
    run.start('p', ['ask', A]);
    run.submit({ type: 'stdin', process: 'p', data: 'hello\n', end: false });
    run.submit({ type: 'signal', process: 'p', signal: 'INT' });
    expect(run.said).toEqual(['p: in hello', 'p: interrupted', 'p exits 130']);
  });

  it('can be frozen and killed like a member', () => {
    const run = toyRun();
    run.start('p', ['ask', A, '100']);
    run.submit({ type: 'freeze', nodes: ['client'] });
    run.until(1000);
    expect(run.said).toEqual([]);
    run.submit(kill('client'));
    expect(run.said).toEqual(['p exits 137']);
  });
});

describe('commands that cannot be done say why', () => {
  const cases: [WorldCommand, string][] = [
    [kill('etcd-9'), 'no member "etcd-9": there are etcd-1, etcd-2, etcd-3'],
    [kill('leader'), 'there is no leader now'],
    [{ type: 'restart', nodes: ['etcd-1'] }, 'etcd-1 is running: kill it first'],
    [{ type: 'thaw', nodes: ['etcd-1'] }, 'etcd-1 is not frozen'],
    [{ type: 'thaw', nodes: ['all'] }, 'nothing to thaw: no member fits'],
    [
      { type: 'kill', nodes: ['etcd-1'], powerLoss: false, at: 'nowhere' },
      `no crash point "nowhere": there are ${CRASH_POINT_NAMES.join(', ')}`,
    ],
    [{ type: 'partition', sides: [['etcd-1'], ['1', '2']] }, 'etcd-1 stands on two sides'],
    [{ type: 'signal', process: 'x', signal: 'INT' }, 'no process "x" is running'],
    [{ type: 'start', process: 'p', client: 'c', argv: ['vim'], env: {}, stdin: undefined, columns: 0 }, 'vim: command not found'],
    [{ type: 'message', event: 12, action: 'drop', delayMicros: 0 }, 'no message 12 is on its way between members'],
  ];
  it.each(cases)('%j', (command, message) => {
    const run = toyRun();
    run.until(10);
    const before = run.world.traceHash();
    expect(run.submit(command)).toEqual({ type: 'error', message });
    expect(run.world.traceHash()).toEqual(before);
  });

  it('a recorded one that does not fit is left out and reported', () => {
    const run = toyRun(3, 7, [{ at: 1000, command: { type: 'thaw', nodes: ['etcd-1'] } }]);
    run.until(10);
    expect(run.refused).toEqual(['etcd-1 is not frozen']);
  });
});

it('faults on one message', () => {
  const run = toyRun();
  run.until(100);
  const flights = run.world.core.agenda.sorted().flatMap(({ item }) => (item.type === 'peer' ? [item.flight] : []));
  const [a, b, c] = flights;
  if (a === undefined || b === undefined || c === undefined) throw new Error('no messages in flight');
  run.submit({ type: 'message', event: a.sent, action: 'drop', delayMicros: 0 });
  run.submit({ type: 'message', event: b.sent, action: 'duplicate', delayMicros: 0 });
  run.submit({ type: 'message', event: c.sent, action: 'delay', delayMicros: 30_000 });
  run.until(190);
  const of = (sent: number) => run.events.filter((e) => (e.type === 'message-delivered' || e.type === 'message-lost') && e.sent === sent);
  expect(of(a.sent)).toMatchObject([{ type: 'message-lost', reason: 'dropped' }]);
  expect(of(b.sent).map((e) => e.type)).toEqual(['message-delivered', 'message-delivered']);
  expect(of(c.sent)).toMatchObject([{ type: 'message-delivered', at: c.arrivesAt + 30_000 }]);
});
