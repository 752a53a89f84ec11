import { describe, expect, it } from 'vitest';

import { parsePredicate } from '#ctl/predicate-parser.ts';
import type { DiskAnswer, LeasesAnswer, MembersAnswer, RaftAnswer, WatchersAnswer } from '#etcd/inspection.ts';
import { simTime } from '#kernel/brand.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { Condition } from '#sim/condition.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

/** Answers are plain data of the type that src/etcd/inspection.ts gives for the question. */
interface AnswerOf {
  readonly raft: RaftAnswer;
  readonly members: MembersAnswer;
  readonly leases: LeasesAnswer;
  readonly watchers: WatchersAnswer;
  readonly disk: DiskAnswer;
}

function look(condition: Condition, world: World, host: ReturnType<typeof createEtcdHost>): boolean {
  condition.played(undefined);
  for (;;) {
    const found = condition.look(world);
    if (found.type === 'value') return found.holds;
    for (const q of found.questions) condition.answer(q, host.inspect(q.actor, q.inspection));
  }
}

/** Three members with a leader, and what can be asked of them. */
function cluster(more: Partial<RunOptions> = {}) {
  let printed = '';
  const listener = { output: (_process: string, _stderr: boolean, data: Uint8Array) => (printed += fromUtf8(data)) };
  const world = World.begin({ spec: newRunSpec(4, { ...defaultRunOptions(), ...more }), programs: PROGRAMS, listener });
  const host = createEtcdHost();
  const run = (ms: number): void => playUntil(world, host, simTime(world.now + 1000 * ms));
  run(3000);
  let processes = 0;
  return {
    world,
    run,
    /** Runs etcdctl against the first member; what it printed in `ms`. */
    etcdctl: (ms: number, ...words: string[]): string => {
      const process = `p${++processes}`;
      const before = printed.length;
      world.submit({ type: 'start', process, client: 'c', argv: ['etcdctl', ...words], env: {}, stdin: undefined, columns: 0 });
      run(ms);
      return printed.slice(before);
    },
    answer: <K extends keyof AnswerOf>(actor: number, type: K): AnswerOf[K] => host.inspect(actor, { type }) as unknown as AnswerOf[K], // the contract of inspect.ts
    /** Evaluates as a driver does: asks until nothing is missing. */
    holds: (text: string): boolean => {
      const parsed = parsePredicate(text);
      if (parsed.type === 'error') throw new Error(parsed.message);
      return look(new Condition({ predicate: parsed.predicate, since: 'first-look' }), world, host);
    },
  };
}

describe('a condition asks members what they really answer', () => {
  it('lead-changes: how often a leader appeared since the start', () => {
    const { world, run, answer, holds } = cluster();
    expect([1, 2, 3].map((actor) => answer(actor, 'raft').leaderChanges)).toEqual([1, 1, 1]);
    expect(holds('lead-changes = 1 on all')).toBe(true);
    world.submit({ type: 'kill', nodes: ['leader'], powerLoss: false });
    run(5000);
    expect(holds('lead-changes >= 2 on all')).toBe(true);
    expect(holds('lead-changes = 0 on any')).toBe(false);
  });

  it('alarm: what is raised, on the members that know it', () => {
    const { etcdctl, answer, holds } = cluster({ quotaBackendBytes: 200_000 });
    expect(holds('alarm NOSPACE')).toBe(false);
    for (let i = 0; i < 3; i++) etcdctl(200, 'put', `k${i}`, 'x'.repeat(90_000));
    expect(answer(2, 'members').alarms).toEqual(['NOSPACE']);
    expect(holds('alarm NOSPACE on all')).toBe(true);
    expect(holds('alarm CORRUPT')).toBe(false);
    etcdctl(200, 'alarm', 'disarm');
    expect(holds('alarm NOSPACE')).toBe(false);
  });

  it('lease and leases: ids as etcdctl prints them', () => {
    const { etcdctl, answer, holds } = cluster();
    expect(holds('leases = 0 on all')).toBe(true);
    const id = /lease ([0-9a-f]+) granted/.exec(etcdctl(200, 'lease', 'grant', '60'))?.[1] ?? '';
    expect(answer(3, 'leases').ids.map((text) => text.padStart(16, '0'))).toEqual([id]);
    expect(holds(`lease ${id} on all`)).toBe(true);
    expect(holds('leases = 1 on all')).toBe(true);
    etcdctl(200, 'lease', 'revoke', id);
    expect(holds(`lease ${id}`)).toBe(false);
  });

  it('watchers: those of the member that serves them', () => {
    const { etcdctl, answer, holds } = cluster();
    expect(holds('watchers = 0 on all')).toBe(true);
    etcdctl(200, 'watch', 'a', '--endpoints', '127.0.0.1:2479');
    expect([1, 2, 3].map((actor) => answer(actor, 'watchers').count)).toEqual([0, 1, 0]);
    expect(holds('watchers = 1 on etcd-2')).toBe(true);
    expect(holds('watchers >= 1 on etcd-1')).toBe(false);
  });

  it('dbsize: bytes of the backend file', () => {
    const { etcdctl, answer, holds } = cluster();
    const before = answer(1, 'disk').dbSize;
    expect(before).toBeGreaterThan(0);
    expect(holds(`dbsize = ${before} on etcd-1`)).toBe(true);
    for (let i = 0; i < 5; i++) etcdctl(200, 'put', `k${i}`, 'x'.repeat(50_000));
    const after = answer(1, 'disk').dbSize;
    expect(after).toBeGreaterThan(before);
    expect(holds(`dbsize > ${before} on all and dbsize = ${after} on etcd-1`)).toBe(true);
  });
});
