import { expect, it } from 'vitest';

import { fromUtf8 } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { decodeCheckpoint, encodeCheckpoint, restoreCheckpoint, takeCheckpoint } from '#sim/checkpoint.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

const at = (ms: number, command: WorldCommand): TimedCommand => ({ at: ms * 1000, command });
const etcdctl = (ms: number, process: string, ...words: string[]): TimedCommand =>
  at(ms, { type: 'start', process, client: process, argv: ['etcdctl', ...words], env: {}, stdin: undefined, columns: 0 });

const PUTS = 220;
const PUTS_BEGIN = 3000;
const THAW = PUTS_BEGIN + PUTS * 20 + 500;

/** A watcher that stops reading while many large values are put, and reads on later. */
function begin(stop: WorldCommand, goOn: WorldCommand) {
  const filler = 'x'.repeat(8000);
  const commands = [
    etcdctl(2500, 'watch', 'watch', '--prefix', 'k'),
    at(2900, stop),
    ...Array.from({ length: PUTS }, (_, i) => etcdctl(PUTS_BEGIN + 20 * i, `put${i}`, 'put', 'k', `${i} ${filler}`)),
    at(THAW, goOn),
  ];
  const out: string[] = [];
  const setup = {
    spec: { ...newRunSpec(5, { ...defaultRunOptions(), nodes: 1 }), commands },
    programs: PROGRAMS,
    listener: {
      output: (process: string, _stderr: boolean, data: Uint8Array) => {
        if (process === 'watch') out.push(fromUtf8(data));
      },
    },
  };
  return { setup, world: World.begin(setup), host: createEtcdHost(), out };
}

const heard = (out: readonly string[]): number[] => [...out.join('').matchAll(/^(\d+) x/gm)].map(([, text]) => Number(text));
const ALL = Array.from({ length: PUTS }, (_, i) => i);

it.each<readonly [string, WorldCommand, WorldCommand]>([
  ['frozen and thawed', { type: 'freeze', nodes: ['watch'] }, { type: 'thaw', nodes: ['watch'] }],
  ['cut off and reached again', { type: 'isolate', nodes: ['watch'] }, { type: 'heal' }],
])(
  'a client that is %s hears of every event once, in order; meanwhile its member holds back what it cannot take',
  (_, stop, goOn) => {
    const { setup, world, host, out } = begin(stop, goOn);
    playUntil(world, host, simTime(THAW * 1000 - 1000));
    expect(heard(out)).toEqual([]);
    const { watchers } = host.inspect(1, { type: 'watchers' }) as { readonly watchers: readonly { readonly state: string }[] }; // its answer
    expect(watchers.map(({ state }) => state)).toEqual(['victim']);

    const fresh = createEtcdHost();
    const again = restoreCheckpoint(setup, decodeCheckpoint(encodeCheckpoint(takeCheckpoint(world, host))), fresh);
    const end = simTime((THAW + 2000) * 1000);
    playUntil(world, host, end);
    expect(heard(out)).toEqual(ALL);
    playUntil(again, fresh, end);
    expect(again.traceHash()).toEqual(world.traceHash());
  },
  30_000,
);
