import { describe, expect, it } from 'vitest';

import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

/** One member and a client that types. */
class Session {
  readonly #host = createEtcdHost();
  readonly #world: World;
  readonly #said = new Map<string, { stdout: string; stderr: string }>();
  #count = 0;

  constructor() {
    this.#world = World.begin({
      spec: newRunSpec(7, { ...defaultRunOptions(), nodes: 1, profile: '3.4.23' }),
      programs: PROGRAMS,
      listener: {
        output: (process, stderr, data) => {
          const said = this.#said.get(process) ?? { stdout: '', stderr: '' };
          said[stderr ? 'stderr' : 'stdout'] += fromUtf8(data);
          this.#said.set(process, said);
        },
      },
    });
    this.#play(3000);
  }

  #play(ms: number): void {
    playUntil(this.#world, this.#host, simTime(this.#world.now + 1000 * ms));
  }

  run(...argv: readonly string[]): { readonly stdout: string; readonly stderr: string } {
    const process = `p${++this.#count}`;
    const started = this.#world.submit({ type: 'start', process, client: 'c', argv, env: {}, stdin: '', columns: 0 });
    expect(started.type).not.toBe('error');
    this.#play(1000);
    return this.#said.get(process) ?? { stdout: '', stderr: '' };
  }
}

describe('snapshots as files of the machine', () => {
  it('are saved, looked at and restored; the same keys give the same hash', () => {
    const s = new Session();
    s.run('etcdctl', 'put', 'foo', 'bar');
    expect(s.run('etcdctl', 'snapshot', 'save', 'f.db')).toEqual({ stdout: 'Snapshot saved at f.db\n', stderr: '' });
    const status = s.run('etcdctl', 'snapshot', 'status', 'f.db').stdout;
    // The figures of 3.4.23: one revision, five pairs in all buckets, five pages.
    expect(status).toMatch(/^[0-9a-f]{1,8}, 2, 5, 20 kB\n$/);
    s.run('etcdctl', 'snapshot', 'save', 'g.db');
    expect(s.run('etcdutl', 'snapshot', 'status', 'g.db').stdout).toBe(status);
    expect(s.run('etcdutl', 'snapshot', 'restore', 'f.db', '--data-dir', 'restored')).toEqual({ stdout: '', stderr: '' });
    expect(s.run('etcdctl', 'snapshot', 'restore', 'f.db', '--data-dir', 'restored').stderr).toBe('Error: data-dir "restored" exists\n');
    expect(s.run('ls', 'restored/member').stdout).toContain('wal');
    s.run('etcdctl', 'put', 'foo', 'other');
    s.run('etcdctl', 'snapshot', 'save', 'f.db');
    expect(s.run('etcdctl', 'snapshot', 'status', 'f.db').stdout).not.toBe(status);
  });

  it('what is none is refused', () => {
    const s = new Session();
    s.run('sh', '-c', 'echo hello > bad');
    expect(s.run('etcdctl', 'snapshot', 'status', 'bad').stderr).toBe('Error: invalid database\n');
    expect(s.run('etcdctl', 'snapshot', 'status', 'nope').stderr).toBe('Error: stat nope: no such file or directory\n');
    expect(s.run('etcdctl', 'snapshot', 'restore', 'nope', '--data-dir', 'x').stderr).toBe('Error: open nope: no such file or directory\n');
    expect(s.run('etcdctl', 'snapshot', 'save', 'no/f.db').stderr).toBe(
      'Error: could not open no/f.db.part (open no/f.db.part: no such file or directory)\n',
    );
  });
});
