import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { simTime } from '#kernel/brand.ts';
import { decodeCheckpoint, encodeCheckpoint, restoreCheckpoint, takeCheckpoint } from '#sim/checkpoint.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type RunSpec, type TimedCommand } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';
import { decodeTrace, type TraceEvent } from '#trace/event.ts';

const etcdctl = (ms: number, process: string, ...words: string[]): TimedCommand => ({
  at: ms * 1000,
  command: { type: 'start', process, client: process, argv: ['etcdctl', ...words], env: {}, stdin: undefined, columns: 0 },
});
const at = (ms: number, command: TimedCommand['command']): TimedCommand => ({ at: ms * 1000, command });

/** Clients and faults all the time, so that a checkpoint anywhere has something in it. */
const COMMANDS: readonly TimedCommand[] = [
  etcdctl(900, 'watch', 'watch', '--prefix', 'k', '--endpoints', '127.0.0.1:2579'),
  ...Array.from({ length: 30 }, (_, i) =>
    etcdctl(950 + 120 * i, `put${i}`, 'put', `k${i % 7}`, `value ${i}`, '--endpoints', `127.0.0.1:2${3 + (i % 3)}79`),
  ),
  at(1700, { type: 'kill', nodes: ['etcd-1'], powerLoss: true }),
  at(2300, { type: 'restart', nodes: ['etcd-1'] }),
  at(2400, { type: 'freeze', nodes: ['etcd-2'] }),
  at(3500, { type: 'thaw', nodes: ['etcd-2'] }),
  at(3600, { type: 'isolate', nodes: ['etcd-3'] }),
  at(4400, { type: 'heal' }),
].sort((a, b) => a.at - b.at);
const END = simTime(6_000_000);

function begin(seed: number, storage: 'sync' | 'async') {
  const spec: RunSpec = {
    ...newRunSpec(seed, { ...defaultRunOptions(), storage, snapshotCount: 20, snapshotCatchUpEntries: 5 }),
    commands: COMMANDS,
  };
  const setup = { spec, programs: PROGRAMS };
  return { setup, world: World.begin(setup), host: createEtcdHost() };
}

describe('a run of etcd members', () => {
  it('continues from a checkpoint as if it had never stopped, wherever it was taken', () => {
    const expected = new Map<string, string>();
    const wholeHash = (seed: number, storage: 'sync' | 'async'): string => {
      const key = `${seed} ${storage}`;
      const known = expected.get(key);
      if (known !== undefined) return known;
      const { world, host } = begin(seed, storage);
      playUntil(world, host, END);
      expected.set(key, world.traceHash().hash);
      return world.traceHash().hash;
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_900_000 }),
        fc.constantFrom(1, 2),
        fc.constantFrom('sync' as const, 'async' as const),
        (when, seed, storage) => {
          const { setup, world, host } = begin(seed, storage);
          playUntil(world, host, simTime(when));
          const bytes = encodeCheckpoint(takeCheckpoint(world, host));
          const fresh = createEtcdHost();
          const again = restoreCheckpoint(setup, decodeCheckpoint(bytes), fresh);
          playUntil(again, fresh, END);
          expect(again.traceHash().hash).toBe(wholeHash(seed, storage));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has the same digest of every member after a seek through a checkpoint', () => {
    const { setup, world, host } = begin(3, 'sync');
    playUntil(world, host, simTime(2_000_000));
    const fresh = createEtcdHost();
    const again = restoreCheckpoint(setup, takeCheckpoint(world, host), fresh);
    for (const [w, h] of [
      [world, host],
      [again, fresh],
    ] as const)
      playUntil(w, h, simTime(5_000_000));
    for (const actor of [1, 2, 3]) {
      expect(fresh.inspect(actor, { type: 'digest' })).toEqual(host.inspect(actor, { type: 'digest' }));
      expect(fresh.disk(actor).digest()).toEqual(host.disk(actor).digest());
    }
  });

  it('shows a member that cannot start on a corrupt log as crashed, with the reason, and the others go on', () => {
    const world = World.begin({ spec: newRunSpec(5, defaultRunOptions()), programs: PROGRAMS });
    const host = createEtcdHost();
    playUntil(world, host, simTime(2_000_000));
    world.submit({ type: 'kill', nodes: ['etcd-2'], powerLoss: false });
    playUntil(world, host, simTime(2_100_000));
    const disk = host.disk(2);
    const [wal = ''] = disk.list().filter((name) => name.endsWith('.wal'));
    disk.corrupt(wal, 60);
    world.submit({ type: 'restart', nodes: ['etcd-2'] });
    playUntil(world, host, simTime(4_000_000));
    const seat = world.core.seats[1];
    expect(seat?.life).toBe('crashed');
    expect(seat?.crash).toMatch(/crc mismatch/);
    expect(host.inspect(2, { type: 'raft' })).toBeUndefined();
    disk.corrupt(wal, 60);
    expect(world.submit({ type: 'restart', nodes: ['etcd-2'] }).type).toBe('ok');
    playUntil(world, host, simTime(6_000_000));
    expect(world.core.seats.map((s) => s.life)).toEqual(['up', 'up', 'up']);
    expect(new Set(world.core.seats.map((s) => s.status?.applied)).size).toBe(1);
  });
});

describe('the trace', () => {
  it.each(['sync', 'async'] as const)('says of every disk operation that was completed what began it, with %s storage', (storage) => {
    const { setup } = begin(5, storage);
    const events = new Map<number, TraceEvent>();
    const sink = { block: (bytes: Uint8Array): void => decodeTrace(bytes).forEach((event) => events.set(event.id, event)) };
    playUntil(World.begin({ ...setup, sink }), createEtcdHost(), END);
    const completed = [...events.values()].filter(({ type }) => type === 'disk-completed');
    expect(completed.length).toBeGreaterThan(20);
    expect(completed.filter(({ cause }) => !events.has(cause))).toEqual([]);
    const begun = completed.map(({ cause }) => events.get(cause)?.type);
    expect(begun.filter((type) => type === 'save-submitted').length).toBeGreaterThan(20);
  });
});
