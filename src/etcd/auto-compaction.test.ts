import { describe, expect, it } from 'vitest';
import { KVService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import { decodePlain } from '#kernel/plain.ts';
import { decodeTrace } from '#trace/event.ts';
import type { ServerSettings } from '#etcd/settings.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const SECOND = 1000 * MS;
const MINUTE = 60 * SECOND;

const boot = (nodes: number, autoCompaction: ServerSettings['autoCompaction']): TestCluster =>
  new TestCluster({ nodes, config: { settings: { autoCompaction } } }).boot();
const put = (c: TestCluster, times: number, i = c.leader): void => {
  for (let n = 0; n < times; n++) c.call(i, KVService.Put, { key: utf8('k') });
};
const compacted = (c: TestCluster): readonly number[] => c.seats.map((_, i) => c.status(i).compactRevision);
const lines = (c: TestCluster, message: string) =>
  c.trace
    .flatMap((block) => decodeTrace(block))
    .flatMap((event) => (event.type === 'log' && event.message === message ? [decodePlain(event.fields)] : []));

describe('auto-compaction by revision', () => {
  it('keeps the last so many, every five minutes, on all members, asked for by the leader alone', () => {
    const c = boot(3, { mode: 'revision', retentionRevisions: 10 });
    put(c, 30);
    c.run(4 * MINUTE);
    expect(compacted(c)).toEqual([-1, -1, -1]);
    c.run(70 * SECOND);
    expect(compacted(c)).toEqual([21, 21, 21]);
    expect(lines(c, 'starting auto revision compaction')).toEqual([{ revision: 21, 'revision-compaction-retention': 10 }]);
    expect(lines(c, 'completed auto revision compaction')).toHaveLength(1);
    c.run(10 * MINUTE);
    expect(lines(c, 'starting auto revision compaction')).toHaveLength(1);
  });

  it('does nothing while there are fewer', () => {
    const c = boot(1, { mode: 'revision', retentionRevisions: 1000 });
    put(c, 5);
    c.run(11 * MINUTE);
    expect(compacted(c)).toEqual([-1]);
  });
});

describe('auto-compaction by period', () => {
  it('keeps the history of the period: first after a whole one, then once a period', () => {
    const c = boot(1, { mode: 'periodic', retentionMicros: 10 * MINUTE });
    put(c, 20);
    c.run(9 * MINUTE);
    expect(compacted(c)).toEqual([-1]);
    put(c, 20);
    c.run(2 * MINUTE);
    // What was there when the member started, ten minutes ago.
    expect(compacted(c)).toEqual([1]);
    c.swap(0);
    c.run(10 * MINUTE);
    const [kept = 0] = compacted(c);
    expect([kept >= 21, kept <= 41]).toEqual([true, true]);
    expect(lines(c, 'starting auto periodic compaction')[0]).toEqual({ revision: 1, 'compact-period': '10m0s' });
  });

  it('goes on with a new leader, who has taken notes too', () => {
    const c = boot(3, { mode: 'periodic', retentionMicros: 5 * MINUTE });
    put(c, 10);
    c.run(4 * MINUTE);
    const old = c.leader;
    c.kill(old);
    c.until(() => c.leader >= 0 && c.leader !== old);
    put(c, 10);
    c.run(8 * MINUTE);
    expect(c.status(c.leader).compactRevision).toBeGreaterThanOrEqual(11);
  });
});

it('is off by default', () => {
  const c = new TestCluster({ nodes: 1 }).boot();
  put(c, 10);
  c.run(11 * MINUTE);
  expect(compacted(c)).toEqual([-1]);
});
