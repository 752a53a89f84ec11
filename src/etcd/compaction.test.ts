import { describe, expect, it } from 'vitest';
import { KVService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import { decodeTrace } from '#trace/event.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const SECOND = 1000 * MS;
const FINISHED = 'finished scheduled compaction';

describe('the physical pass of a compaction', () => {
  it('goes on after a restart from a snapshot that was taken in its midst', () => {
    const settings = { compactionBatchLimit: 1, compactionSleepMicros: SECOND };
    const c = new TestCluster({ nodes: 1, config: { snapshotCount: 20, snapshotCatchUpEntries: 5, settings } }).boot();
    const put = (times: number): void => {
      for (let n = 0; n < times; n++) c.call(0, KVService.Put, { key: utf8('k') });
    };
    const finished = (): number =>
      c.trace.flatMap((block) => decodeTrace(block)).filter((event) => event.type === 'log' && event.message === FINISHED).length;
    put(40);
    c.call(0, KVService.Compact, { revision: 40n });
    put(30);
    expect(c.status(0).firstIndex).toBeGreaterThan(45); // the entry of the compaction is gone
    c.kill(0);
    c.start(0);
    c.run(2 * SECOND);
    expect(finished()).toBe(0);
    c.run(60 * SECOND);
    expect(finished()).toBe(1);
  });
});
