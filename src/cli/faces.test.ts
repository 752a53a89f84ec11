import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';

/** Milliseconds; each test starts processes of its own, and a busy machine takes its time over them. */
const PATIENCE = 300_000;
vi.setConfig({ testTimeout: PATIENCE });

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'faces-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', `src/cli/${command}.ts`, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: PATIENCE,
  });
  return { status, stdout, stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

function file(text: string): string {
  const path = join(folder, 'scenario.play');
  writeFileSync(path, text);
  return path;
}

describe('npm run scenario (DESIGN §6)', () => {
  it('prints what the terminal would, the hash last, and writes the trace that the hash is of', () => {
    const trace = join(folder, 'trace');
    const { status, stdout, last } = run('scenario', file('play until "leader"\netcdctl put a b\nexpect OK\n'), '--hash', '--trace', trace);
    expect(status).toBe(0);
    expect(stdout).toContain('$ etcdctl put a b\nOK\n');
    expect(last).toBe(`trace sha256 ${createHash('sha256').update(readFileSync(trace)).digest('hex')}`);
  });

  it('ends at the first failed expectation with its line and exit code 1', () => {
    const { status, stdout, stderr } = run('scenario', file('play until "leader"\netcdctl get a\nexpect nonsense\nplay status\n'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/scenario\.play:3: expect nonsense\n {2}expected "nonsense" in the output/);
    expect(stdout).not.toContain('play status');
  });

  it.each([
    [[], 'a file is missing'],
    [['a', 'b'], 'one file at a time'],
    [['--fast'], 'unknown flag --fast'],
    [['/nowhere/x.play'], 'cannot read /nowhere/x.play'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = run('scenario', ...args);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toContain(message);
  });
});

describe('npm run chaos (DESIGN §6)', () => {
  it('counts seeds and violations', () => {
    const { status, last } = run('chaos', '--seeds', '1..2', '--nodes', '3', '--for', '5s');
    expect([status, last]).toEqual([0, '2 seeds, 0 violations']);
  });

  it('prints the command that replays a violation, which does', () => {
    const first = run('chaos', '--seeds', '3..3', '--nodes', '3', '--for', '30s', '--break', 'forget-vote-on-restart', '--shrink', 'off');
    expect([first.status, first.last]).toEqual([1, '1 seeds, 1 violations']);
    const replay = /replay: npm run chaos -- (.*)/.exec(first.stdout)?.[1]?.split(' ') ?? [];
    expect(run('chaos', ...replay, '--shrink', 'off').stdout).toBe(first.stdout);
  });

  it('shortens a violation to a scenario that shows it', () => {
    const found = run('chaos', '--seeds', '1..10', '--break', 'vote-twice', '--for', '5s');
    const text = /^play new [^]*?play run \w+$/m.exec(found.stdout)?.[0] ?? '';
    const path = file(`${text}\n`);
    // The second vote is the fault, and is told before a second leader that may come of it.
    expect(found.stdout).toMatch(/^seed \d+: monotone-vote at /m);
    expect(run('scenario', path, '--check', '--break', 'vote-twice').stdout).toMatch(/^monotone-vote at /m);
    expect(run('scenario', path, '--check').last).toBe('0 violations');
  });

  it.each([
    [['--shrink', 'maybe'], '--shrink: on or off'],
    [['--seeds', 'x'], '--seeds: A..B'],
    [['--nodes', '12'], '--nodes: from 1 to 9'],
    [['--for', '60'], 'a time needs a unit'],
    [['--mix', 'wild'], '--mix: one of default'],
    [['--break', 'nothing'], '--break: one of'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = run('chaos', ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
