/** Branches compared: the first event at which they part, and what their members differ in. */
import { describe, expect, it } from 'vitest';
import { ChunkPool } from '#host/chunk-pool.ts';
import { compareBranches, type ComparedBranch } from '#host/compare-branches.ts';
import { Past } from '#host/past.ts';
import { ETCD_KIND } from '#sim/etcd-members.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';

const SECOND = 1_000_000;
const environment = {
  now: () => 0,
  after: (_: number, run: () => void) => {
    queueMicrotask(run);
    return () => undefined;
  },
  programs: PROGRAMS,
  memberKind: ETCD_KIND,
};

const put = (at: number, process: string, key: string, value: string): TimedCommand => ({
  at,
  command: { type: 'start', process, client: 'you', argv: ['etcdctl', 'put', key, value], env: {}, stdin: undefined, columns: 0 },
});
const branch = (id: number, commands: readonly TimedCommand[], head = 8 * SECOND): ComparedBranch => ({
  id,
  commands,
  head,
  past: Past.begin(new ChunkPool()),
});
const compare = (a: ComparedBranch, b: ComparedBranch) =>
  compareBranches(environment, newRunSpec(3, defaultRunOptions()), [a, b], () => false);

describe('branches', () => {
  it('part at the first event that is not the same', async () => {
    const first = put(4 * SECOND, 'p/1', 'a', '1');
    const found = await compare(
      branch(1, [first, put(5 * SECOND, 'p/2', 'b', 'left')]),
      branch(2, [first, put(5 * SECOND, 'p/2', 'b', 'right'), put(6 * SECOND, 'p/3', 'c', 'only')]),
    );
    expect(found?.divergence).toEqual({
      a: { at: 5 * SECOND, actor: 'world', kind: 'command', fields: [['line', 'etcdctl put b left']] },
      b: { at: 5 * SECOND, actor: 'world', kind: 'command', fields: [['line', 'etcdctl put b right']] },
    });
    expect(found?.at).toBe(8 * SECOND);
    for (const { a, b, keys, entries } of found?.members ?? []) {
      expect(b?.revision).toBe((a?.revision ?? 0) + 1);
      expect(keys.map(({ name }) => name)).toEqual(['b', 'c']);
      expect(keys[0]).toMatchObject({ a: expect.stringContaining('left') as string, b: expect.stringContaining('right') as string });
      expect(keys[1]).toMatchObject({ a: undefined, b: expect.stringContaining('only') as string });
      expect(entries).toHaveLength(2);
    }
    expect(found?.members).toHaveLength(3);
  });

  it('differ in what their members are', async () => {
    const kill: TimedCommand = { at: 5 * SECOND, command: { type: 'kill', nodes: ['leader'], powerLoss: false } };
    const found = await compare(branch(1, []), branch(2, [kill]));
    expect(found?.divergence?.b).toMatchObject({ kind: 'command', fields: [['line', 'play kill leader']] });
    expect(found?.divergence?.a).toMatchObject({ at: expect.any(Number) as number });
    expect(found?.members.filter(({ b }) => b?.alive === false)).toHaveLength(1);
    expect(found?.members.some(({ a, b }) => (b?.term ?? 0) > (a?.term ?? 0))).toBe(true);
  });

  it('are equal as far as both go if nothing was done otherwise', async () => {
    const found = await compare(branch(1, [put(7 * SECOND, 'p/1', 'a', '1')]), branch(2, [], 6 * SECOND));
    expect(found?.divergence).toBeUndefined();
    expect(found?.at).toBe(6 * SECOND);
    expect(found?.members.every(({ entriesCount, keysCount }) => entriesCount === 0 && keysCount === 0)).toBe(true);
  });
});
