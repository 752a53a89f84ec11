/** A command is part of the trace, byte for byte. Whichever way it comes into a run, and however its fields stand, it is the same command. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { anyWorldCommand } from '#ctl/testing/any-world-command.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { readGivenRun, runToFile, runToFragment } from '#host/share.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { runScript } from '#sim/run-script.ts';
import { newRunSpec, type RunSpec } from '#sim/run-spec.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';
import { World } from '#sim/world.ts';
import { simTime } from '#kernel/brand.ts';

const empty = newRunSpec(7, { ...defaultRunOptions(), nodes: 2 });
const ACT_AT = simTime(1_500_000);
const END_AT = simTime(1_700_000);

/** Whether a command can be done is seen when it is applied once another waits before it: each is recorded, whatever it says. */
const FIRST: WorldCommand = { type: 'heal' };

function played(act: (world: World) => void): World {
  const [world, host] = [World.begin({ spec: empty, programs: PROGRAMS }), createEtcdHost()];
  playUntil(world, host, ACT_AT);
  act(world);
  playUntil(world, host, END_AT);
  return world;
}

const submitted = (commands: readonly WorldCommand[]): World =>
  played((world) => {
    for (const command of [FIRST, ...commands]) expect(world.submit(command)).toMatchObject({ type: 'ok' });
  });

function replayed(spec: RunSpec): string {
  const world = World.begin({ spec, programs: PROGRAMS });
  playUntil(world, createEtcdHost(), END_AT);
  return world.traceHash().hash;
}

/** The same data with the fields of each object in an order drawn at random, and with fields that say nothing. */
function shuffled(value: unknown, draw: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, draw));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => ({ place: draw(), field: [name, shuffled(field, draw)] as const }));
  return Object.fromEntries(fields.sort((a, b) => a.place - b.place).map(({ field }) => field));
}

const some = fc.array(anyWorldCommand, { minLength: 1, maxLength: 12 });
const places = fc.infiniteStream(fc.nat(1_000_000));

const TYPES: Readonly<Record<WorldCommand['type'], true>> = {
  kill: true,
  crash: true,
  restart: true,
  launch: true,
  'start-member': true,
  freeze: true,
  thaw: true,
  wipe: true,
  partition: true,
  isolate: true,
  heal: true,
  link: true,
  disk: true,
  clock: true,
  timers: true,
  client: true,
  timeout: true,
  start: true,
  stdin: true,
  signal: true,
  file: true,
  message: true,
};

describe('a command of any type', () => {
  it('is among those that are drawn', () => {
    const drawn = new Set(fc.sample(anyWorldCommand, { numRuns: 3000, seed: 1 }).map(({ type }) => type));
    expect(Object.keys(TYPES).filter((type) => ![...drawn].some((each) => each === type))).toEqual([]);
  });

  it('gives the same trace in whichever order its fields come, and with fields that are undefined or unknown', () => {
    fc.assert(
      fc.property(some, places, (commands, stream) => {
        const draw = (): number => Number(stream.next().value);
        const others = commands.map((command) => {
          const extra = command.type === 'start' ? {} : { settled: undefined, comment: 'of nobody' };
          return shuffled({ ...command, ...extra }, draw) as WorldCommand; // fields of another order and some more
        });
        const [once, again] = [submitted(commands), submitted(others)];
        expect(again.traceHash()).toEqual(once.traceHash());
        expect(JSON.stringify(again.spec().commands)).toBe(JSON.stringify(once.spec().commands));
        expect(replayed({ ...empty, commands: others.map((command) => ({ at: ACT_AT + 1, command })) })).toBe(
          replayed({ ...empty, commands: commands.map((command) => ({ at: ACT_AT + 1, command })) }),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same trace from JSON, from a link and from a scenario file', () => {
    fc.assert(
      fc.property(some, (commands) => {
        const world = submitted(commands);
        const { hash } = world.traceHash();
        for (const given of [readGivenRun(runToFile(world.spec())), readGivenRun(runToFragment(world.spec()))]) {
          if (given.type === 'error') throw new Error(`${given.where} ${given.message}`);
          expect(replayed(given.run.spec)).toBe(hash);
        }
        const setup = { text: runScript(world), programs: PROGRAMS, print: () => undefined, output: () => undefined };
        const scenario = playScenarioSync(setup, createEtcdHost());
        expect(scenario.failure).toBeUndefined();
        expect(scenario.world.traceHash().hash).toBe(hash);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a command outside the limits', () => {
  const bad: readonly (readonly [WorldCommand, RegExp])[] = [
    [{ type: 'clock', nodes: ['etcd-1'], rate: 1000 }, /^rate: .*<=100 .*1000/],
    [{ type: 'kill', nodes: ['no name'], powerLoss: false }, /^nodes\.0: not a name$/],
    [{ type: 'link', from: 'etcd-1', to: 'etcd-2', both: true, settings: { loss: 2 } }, /^settings\.loss: .*<=1 /],
    [{ type: 'start-member', node: 'etcd-3', changes: { heartbeatMicros: 1500 } }, /^changes\.heartbeatMicros: /],
    [
      { type: 'start', process: 'p', client: 'you', argv: ['etcdctl'], env: { 'a b': '' }, stdin: undefined, columns: 0 },
      /^env\.a b: not a name of a variable$/,
    ],
  ];

  it.each(bad)('is refused in words that name the field, and changes nothing: %o', (command, words) => {
    const world = played(() => undefined);
    const before = world.save();
    const answer = world.submit(command);
    expect(answer).toEqual({ type: 'error', message: expect.stringMatching(words) as string });
    expect(world.spec().commands).toEqual([]);
    expect(world.save()).toEqual(before);
  });

  it('is an error of a file that names the command, unknown fields too', () => {
    const file = runToFile({ ...empty, commands: [{ at: 5, command: { type: 'heal' } }] });
    expect(readGivenRun(file.replace('"type":"heal"', '"type":"heal","al":true'))).toEqual({
      type: 'error',
      where: 'commands.0.command.al (line 7)',
      message: 'there is no such field',
    });
  });
});
