import { describe, expect, it } from 'vitest';

import type { WorldCommand } from '#ctl/world-command.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import { decodeCheckpoint, encodeCheckpoint, restoreCheckpoint, takeCheckpoint } from '#sim/checkpoint.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { playInstant, playUntil } from '#sim/player.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { TOY_KIND } from '#sim/testing/toy-member.ts';
import { filerProgram, parentProgram } from '#sim/testing/toy-parent.ts';
import { TOY_PROGRAMS } from '#sim/testing/toy-program.ts';
import { World } from '#sim/world.ts';

const PROGRAMS = { ...TOY_PROGRAMS, parent: parentProgram, filer: filerProgram };
const A = '127.0.0.1:2379';

function run() {
  const host = new InProcessHost(TOY_KIND);
  const said: string[] = [];
  const refused: string[] = [];
  const setup = {
    spec: newRunSpec(7, { ...defaultRunOptions(), nodes: 3 }),
    programs: PROGRAMS,
    listener: {
      output: (process: string, _stderr: boolean, data: Uint8Array) => said.push(`${process}: ${fromUtf8(data).trim()}`),
      exited: (process: string, code: number) => said.push(`${process} exits ${code}`),
      refused: (_at: number, message: string) => refused.push(message),
    },
  };
  const world = World.begin(setup);
  const submit = (command: WorldCommand) => {
    expect(world.submit(command)).toMatchObject({ type: 'ok' });
    playInstant(world, host);
  };
  return {
    world,
    host,
    setup,
    said,
    refused,
    submit,
    start: (process: string, ...argv: string[]) => {
      submit({ type: 'start', process, client: 'you', argv, env: {}, stdin: undefined, columns: 0 });
    },
    until: (millis: number) => playUntil(world, host, simTime(millis * 1000)),
  };
}

const file = (action: 'write' | 'append' | 'remove' | 'mkdir' | 'rename', path: string, text = ''): WorldCommand => ({
  type: 'file',
  action,
  path,
  text,
  base64: false,
});

describe('children of programs', () => {
  it('what an inheriting child says is said in its parent’s name, its input and its end reach and come from the parent', () => {
    const { start, until, said } = run();
    start('main/1', 'parent', 'inherit', 'ask', A);
    until(100);
    expect(said).toEqual([
      'main/1: in from the parent',
      'main/1: answer etcd-1 1',
      'main/1.1 exits 0',
      'main/1: child ended with 0',
      'main/1 exits 0',
    ]);
  });

  it('what a piped child says comes as events', () => {
    const { start, until, said } = run();
    start('p', 'parent', 'piped', 'ask', A);
    until(100);
    expect(said).toContain('p: child said answer etcd-1 1');
  });

  it('a program that is not there is told to the parent', () => {
    const { start, until, said } = run();
    start('p', 'parent', 'inherit', 'nonsense');
    until(100);
    expect(said).toEqual(['p: executable file not found in $PATH', 'p exits 1']);
  });

  it('a Ctrl-C reaches the child before its parent, a kill takes both', () => {
    const first = run();
    first.submit({ type: 'freeze', nodes: ['etcd-1'] });
    first.start('p', 'parent', 'inherit', 'ask', A);
    first.until(50);
    first.submit({ type: 'signal', process: 'p', signal: 'INT' });
    expect(first.said).toEqual(['p: in from the parent', 'p: interrupted', 'p.1 exits 130', 'p: child ended with 130', 'p exits 130']);
    const second = run();
    second.submit({ type: 'freeze', nodes: ['etcd-1'] });
    second.start('p', 'parent', 'inherit', 'ask', A);
    second.until(50);
    second.submit({ type: 'signal', process: 'p', signal: 'KILL' });
    expect(second.said.slice(1)).toEqual(['p.1 exits 137', 'p exits 137']);
  });

  it('children nest to a limit and no further', () => {
    const { start, until, said } = run();
    start('p', ...Array.from({ length: 12 }, () => ['parent', 'inherit']).flat(), 'ask', A);
    until(100);
    expect(said[0]).toBe('p: resource temporarily unavailable');
    expect(said.at(-1)).toBe('p exits 1');
  });
});

describe('files in a run', () => {
  it('a command writes what a program reads, and the other way round', () => {
    const { world, start, submit, until, said } = run();
    submit(file('write', '/home/you/a', 'one'));
    submit(file('append', '/home/you/a', ' two'));
    start('p', 'filer', 'read', 'a');
    start('q', 'filer', 'write', './b', 'bee');
    until(20);
    expect(said).toContain('p: one two');
    expect(world.core.files.do({ type: 'read', path: '/home/you/b' })).toMatchObject({ type: 'data' });
  });

  it('a missing file and a member’s data directory are refused to programs in the words of the system', () => {
    const { start, said } = run();
    start('p', 'filer', 'read', 'none');
    start('q', 'filer', 'write', 'etcd-1.etcd/member/x', 'x');
    expect(said).toContain('p: no such file or directory');
    expect(said).toContain('q: read-only file system');
  });

  it('a file command that cannot be done changes nothing and is told', () => {
    const { submit, refused } = run();
    submit(file('write', '/no/such/folder/a', 'x'));
    submit(file('mkdir', '/tmp/x/y'));
    submit(file('write', '/tmp/x/y/a', 'x'));
    submit(file('remove', '/tmp/x'));
    submit(file('rename', '/tmp/x', '/tmp/z'));
    expect(refused).toEqual(['/no/such/folder/a: no such file or directory', '/tmp/x: no such file or directory']);
  });

  it('files and children are part of a checkpoint: at any instant the rest is the same', () => {
    const whole = run();
    whole.submit(file('write', '/home/you/a', 'one'));
    whole.start('p', 'parent', 'inherit', 'ask', A);
    const { world, host, setup } = whole;
    const taken: Uint8Array[] = [];
    for (let n = 0; n < 12; n++) {
      taken.push(encodeCheckpoint(takeCheckpoint(world, host)));
      playInstant(world, host);
    }
    playUntil(world, host, simTime(400_000));
    for (const bytes of taken) {
      const copyHost = new InProcessHost(TOY_KIND);
      const copy = restoreCheckpoint({ ...setup, spec: world.spec(), listener: {} }, decodeCheckpoint(bytes), copyHost);
      playUntil(copy, copyHost, simTime(400_000));
      expect(copy.traceHash()).toEqual(world.traceHash());
      expect(copy.save()).toEqual(world.save());
    }
  });
});
