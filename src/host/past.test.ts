/** What is kept to go back to, and what it costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRANCHES_MAX, BranchTree, branchesFrom } from '#host/branches.ts';
import { ChunkPool } from '#host/chunk-pool.ts';
import { PAST_APART_MAX, PAST_COUNT_MAX, PAST_GAP_MAX, PAST_INTERVAL_MICROS, Past } from '#host/past.ts';
import { concatBytes, type Bytes } from '#kernel/bytes.ts';
import { createPrng } from '#kernel/prng.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';

const random = (seed: number, size: number): Bytes => {
  const draws = createPrng(seed, 'bytes');
  return Uint8Array.from({ length: size }, () => draws.nextBelow(256));
};

describe('the pool', () => {
  it('gives back what it was given, and is empty when nothing is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20_000 }), { maxLength: 6 }), (strings) => {
        const pool = new ChunkPool();
        const kept = strings.map((bytes) => pool.keep(bytes));
        kept.forEach((pooled, i) => expect(pool.read(pooled)).toEqual(strings[i] ?? new Uint8Array(0)));
        for (const pooled of kept) pool.release(pooled);
        expect(pool.size).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps what two strings share once, also when it moved', () => {
    const pool = new ChunkPool();
    const common = random(1, 300_000);
    pool.keep(common);
    const before = pool.size;
    pool.keep(concatBytes([random(2, 777), common, random(3, 500)]));
    expect(pool.size - before).toBeLessThan(100_000);
  });
});

describe('the past', () => {
  const checkpoint = (at: number, size: number) => ({ at, view: at, checkpoint: { world: random(at, size), members: [] } });

  it('gives the newest checkpoint that is not later', () => {
    const past = Past.begin(new ChunkPool());
    for (const at of [10, 30, 20]) past.add(checkpoint(at, 10));
    expect(past.times).toEqual([10, 20, 30]);
    expect(past.nearest(9)).toBeUndefined();
    expect(past.nearest(29)).toEqual(checkpoint(20, 10));
  });

  it('stays under its limit, and is densest where it is newest', () => {
    const past = Past.begin(new ChunkPool(), 1_000_000);
    for (let i = 1; i <= 200; i++) past.add(checkpoint(i * PAST_INTERVAL_MICROS, 50_000));
    const { times } = past;
    expect(times.length).toBeGreaterThan(10);
    expect(times.length).toBeLessThanOrEqual(20);
    expect(times.at(-1)).toBe(200 * PAST_INTERVAL_MICROS);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(gaps.at(-1)).toBeLessThan(gaps[0] ?? 0);
  });

  it('lets the oldest fall away when the gaps would grow too long, and says from where on it reaches', () => {
    const past = Past.begin(new ChunkPool(), 60_000);
    for (let i = 1; i <= 200; i++) past.add(checkpoint(i * PAST_INTERVAL_MICROS, 5_000));
    const { times, floor } = past;
    expect(floor).toBe(times[0]);
    expect(past.nearest(floor - 1)).toBeUndefined();
    for (const [i, at] of times.slice(1).entries()) expect(at - (times[i] ?? 0)).toBeLessThanOrEqual(PAST_GAP_MAX);
    expect(past.fork(floor + PAST_INTERVAL_MICROS).floor).toBe(floor);
  });

  it('keeps no more than its number of small ones, and forgets none of them before it must', () => {
    const past = Past.begin(new ChunkPool());
    for (let i = 1; i <= 2 * PAST_COUNT_MAX; i++) past.add(checkpoint(i * PAST_INTERVAL_MICROS, 10));
    expect(past.times.length).toBe(PAST_COUNT_MAX);
    expect(past.floor).toBe(0);
  });

  it('of ten minutes is nowhere more than 5 seconds apart, however near each other its checkpoints were taken', () => {
    const past = Past.begin(new ChunkPool());
    const draws = createPrng(1, 'distances');
    for (let at = 0; at <= 600_000_000; at += 250_000 + draws.nextBelow(2_750_000)) past.add(checkpoint(at, 10));
    for (let at = 601_000_000; at <= 660_000_000; at += 250_000) past.add(checkpoint(at, 10));
    const { times } = past;
    expect(times).toHaveLength(PAST_COUNT_MAX);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(PAST_APART_MAX);
  });

  it('never loses the checkpoint that everything begins with', () => {
    const past = Past.begin(new ChunkPool(), 50_000);
    past.add(checkpoint(7, 5_000));
    past.beginsAt(7);
    for (let i = 1; i <= 20; i++) past.add(checkpoint(i * PAST_INTERVAL_MICROS, 5_000));
    expect(past.times.length).toBeLessThan(12);
    expect(past.nearest(7)).toEqual(checkpoint(7, 5_000));
  });

  it('keeps the parts of what the page remembers that did not change once', () => {
    const pool = new ChunkPool();
    const past = Past.begin(pool);
    const feed = random(1, 20_000);
    for (let i = 1; i <= 10; i++) past.add({ ...checkpoint(i * PAST_INTERVAL_MICROS, 10), view: { feed, safety: i } });
    expect(pool.size).toBeLessThan(25_000);
    expect(past.nearest(3 * PAST_INTERVAL_MICROS)?.view).toEqual({ feed, safety: 3 });
  });

  it('shares what two branches have in common, and loses nothing of one with the other', () => {
    const pool = new ChunkPool();
    const past = Past.begin(pool);
    for (const at of [10, 20, 30]) past.add(checkpoint(at, 5000));
    const before = pool.size;
    const fork = past.fork(20);
    expect(pool.size).toBe(before);
    past.clear();
    expect(fork.times).toEqual([10, 20]);
    expect(fork.nearest(20)).toEqual(checkpoint(20, 5000));
  });
});

describe('the tree of branches', () => {
  it('never forgets the branch that one is on, nor the one that was just left', () => {
    const tree = new BranchTree();
    for (let i = 0; i < 3 * BRANCHES_MAX; i++) {
      const { left } = tree.fork([], i);
      expect(tree.find(left.id)).toBeDefined();
      if (i % 3 === 0) tree.select(left.id);
    }
    expect(tree.all.length).toBeLessThanOrEqual(BRANCHES_MAX + 1);
    expect(tree.current).toBeDefined();
  });

  it('hangs what grew from a deleted branch on the branch before it', () => {
    const tree = new BranchTree();
    tree.fork([], 10);
    tree.fork([], 20);
    expect(tree.delete(2)).toBe(true);
    expect(tree.current).toMatchObject({ id: 3, parent: 1, forkedAt: 10 });
    expect(tree.delete(3)).toBe(false);
  });

  it('refuses stored branches that make no sense', () => {
    const spec = newRunSpec(1, defaultRunOptions());
    const tree = new BranchTree();
    tree.fork([], 5);
    expect(branchesFrom({ ...tree.save(), branches: [...tree.save().branches] } as never, spec)).toEqual(tree.save());
    expect(branchesFrom({ current: 9, branches: [] }, spec)).toBeUndefined();
    expect(branchesFrom('x', spec)).toBeUndefined();
  });
});
