import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEtcdHost } from '#sim/etcd-members.ts';
import { loadScenario } from '#sim/load-scenario.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { runScript } from '#sim/run-script.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';
import type { World } from '#sim/world.ts';
import { ShellLab } from '#sim/testing/shell-lab.ts';

const replay = (script: string): World => {
  const { world, failure } = playScenarioSync(
    { text: script, programs: PROGRAMS, print: () => undefined, output: () => undefined },
    createEtcdHost(),
  );
  if (failure !== undefined) throw new Error(`line ${failure.line}: ${failure.text}: ${failure.message}`);
  return world;
};

/** What is done in a run: a whole line, a line that goes on while others follow, its input and its end, or time that passes. */
const line = fc.constantFrom(
  'etcdctl put a 1',
  'etcdctl put "a key" "it\'s $x"',
  "etcdctl put lines $'one\\ntwo\\ttabs'",
  'ETCDCTL_API=3 etcdctl get "" --prefix -w json',
  'echo value | etcdctl put piped',
  'for i in 1 2 3; do etcdctl put k$i v$i; done',
  'curl -s 127.0.0.1:2379/version | jq .etcdserver',
  'printf "mod(\\"a\\") > \\"0\\"\\n\\nget a\\n\\n\\n" | etcdctl txn',
  'echo text > /tmp/file; echo more >> /tmp/file; etcdctl put f < /tmp/file',
  "printf '\\xff\\x00' > /tmp/bytes; mkdir -p /tmp/x/y; mv /tmp/bytes /tmp/x/y/z; rm -r /tmp/x",
  'etcdctl snapshot save s.db; etcdctl snapshot status s.db',
  'etcdctl watch a & sleep 0.2; etcdctl put a 2; kill %1',
  'play kill leader',
  'play kill followers --power-loss',
  'play restart all',
  'play freeze 2',
  'play thaw 2',
  'play partition etcd-1 / etcd-2,etcd-3',
  'play heal',
  'play link etcd-1 <> etcd-2 --loss 12.5% --latency 3ms..1500us',
  'play link etcd-1 > etcd-3 --cut',
  'play disk all --latency 20ms',
  'play clock etcd-2 --rate 1.25',
  'play timeout 3',
  'play run 137ms',
  'play run 1s',
  'etcdctl --command-timeout=1s get a',
);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('line' as const), text: line }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('typed' as const),
      text: fc.constantFrom('etcdctl watch -i', 'etcdctl txn -i', 'etcdctl put typed', 'etcdctl lock l', 'etcdctl watch a --rev 1'),
      input: fc.constantFrom('watch a\n', 'value("a") = "1"\n\nput a 3\n\nget a\n\n', 'x', ''),
      end: fc.boolean(),
      millis: fc.nat(700),
    }),
  },
);

describe('play script', () => {
  it('prints a scenario that gives the same trace, whatever was done', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 7 }), fc.constantFrom(1, 3), (actions, nodes) => {
        const lab = new ShellLab({ nodes }, {}, 100);
        for (const a of actions) {
          if (a.type === 'line') lab.lineWithin(a.text, 4000);
          else lab.typed(a.text, a.input, a.end, a.millis);
        }
        const script = runScript(lab.world);
        expect(replay(script).traceHash()).toEqual(lab.world.traceHash());
      }),
      { numRuns: 25 },
    );
  });

  it('is what play load reads, and the loaded run has the same commands', () => {
    const lab = new ShellLab({ nodes: 3, snapshotCount: 10 }, {}, 80);
    lab.line('etcdctl put a 1');
    lab.line('play kill leader');
    const script = lab.line('play script').stdout;
    const loaded = loadScenario('run.play', script, PROGRAMS);
    expect(loaded.type === 'ok' ? loaded.spec : loaded.message).toEqual(lab.world.spec());
    expect(script).toContain('--snapshot-count=10');
    expect(script).toContain('play exec main/1 --client=you --columns=80 --stdin= -- etcdctl put a 1');
  });

  it('keeps commands of the same instant together', () => {
    const world = replay('play new --seed 3\n@2s play freeze 1\n\n# both at once\n@2s play thaw 1\n@2s play kill 2\n@3s play status\n');
    expect(world.spec().commands.map(({ at }) => at)).toEqual([2_000_000, 2_000_000, 2_000_000]);
    const first = replay('play new\n@0s play kill 1\n@1s play status\n');
    expect(first.spec().commands.map(({ at }) => at)).toEqual([0]);
  });
});

describe('play load', () => {
  it.each([
    ['play new\n@1s play kill nobody\n', 'f:2: @1s play kill nobody'],
    ['play new\n@1x play kill 1\n', 'f:2:'],
    ['play new\netcdctl put a "b\n', 'more lines must follow'],
    ['play new --nodes 99\n', '--nodes: from 1 to 9'],
    ['play new\n@1s play launch -- m9 --no-such=1\n', "etcd's flags"],
    ['play new\n@1s play exec p --stdin=x\n', 'play exec needs'],
    ['expect nothing\n', 'f:1: expect nothing\n  no command has finished yet'],
    ['play new\netcdctl get a\nexpect b\n', 'expected "b" in the output'],
    ['play new\n\u0000\u0001binary', 'f:2: not a text file'],
  ])('says line and cause of %j', (text, message) => {
    const loaded = loadScenario('f', text, PROGRAMS);
    expect(loaded).toMatchObject({ type: 'error' });
    expect(loaded.type === 'error' ? loaded.message : '').toContain(message);
  });

  it('of a file that never ends gives up', () => {
    const loaded = loadScenario('f', 'play new\nplay run 1h\n', PROGRAMS, 2000);
    expect(loaded).toMatchObject({ type: 'error', message: 'f: longer than 2000 instants; npm run scenario plays files of any length' });
  });
});
