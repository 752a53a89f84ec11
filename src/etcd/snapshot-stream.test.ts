import { describe, expect, it } from 'vitest';
import { KVService, LeaseService, MaintenanceService } from '#api/rpc.ts';
import { concatBytes, utf8, type Bytes } from '#kernel/bytes.ts';
import { decodeSnapshotFile } from '#etcd/snapshot-file.ts';
import { humanBytes } from '#etcd/human-bytes.ts';
import { snapshotStatus } from '#etcd/snapshot-status.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

function snapshot(c: TestCluster): { readonly file: Bytes; readonly remaining: readonly number[] } {
  const id = c.open(0, MaintenanceService.Snapshot, {});
  c.until(() => c.record(id).end !== undefined);
  expect(c.record(id).end).toEqual({ code: 0, message: '' });
  const pieces = c.record(id).messages.map((body) => MaintenanceService.Snapshot.response.decode(body));
  return { file: concatBytes(pieces.map(({ blob }) => blob)), remaining: pieces.map(({ remainingBytes }) => Number(remainingBytes)) };
}

const configOf = (c: TestCluster) => c.seats[0]?.config ?? expect.fail('no seat');

describe('Maintenance.Snapshot', () => {
  it('streams the database in pieces of 32 KiB, with what is left, and the hash last', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    c.call(0, KVService.Put, { key: utf8('big'), value: new Uint8Array(100_000) });
    c.run(200 * MS);
    const { file, remaining } = snapshot(c);
    const size = Number(c.call(0, MaintenanceService.Status, {}).response?.dbSize ?? 0n);
    expect(file.length).toBe(size + 32);
    expect(remaining).toEqual([...Array.from({ length: Math.ceil(size / 32_768) }, (_, i) => Math.max(0, size - 32_768 * (i + 1))), 0]);
    expect(decodeSnapshotFile(file)).toMatchObject({ type: 'snapshot', databaseBytes: size });
  });

  it('holds what snapshot status of 3.4.23 tells: newest revision, pairs of all buckets, size', () => {
    const c = new TestCluster({ nodes: 1, config: { profile: '3.4.23' } }).boot();
    for (const key of ['a', 'b', 'c']) c.call(0, KVService.Put, { key: utf8(key) });
    c.call(0, KVService.DeleteRange, { key: utf8('b') });
    c.call(0, LeaseService.LeaseGrant, { ID: 5n, TTL: 60n });
    c.run(200 * MS);
    // Four changes, a lease, and one pair each in auth, cluster, members and meta. The hash is what the real one printed.
    expect(snapshotStatus(snapshot(c).file, configOf(c))).toEqual({
      type: 'status',
      hash: 0xa6c930ae,
      revision: 5,
      totalKeys: 9,
      totalSize: 20_480,
    });
  });

  it('tells that a file is no database', () => {
    const c = new TestCluster({ nodes: 1 });
    expect(snapshotStatus(utf8('nothing'), configOf(c))).toEqual({ type: 'error', message: 'invalid database' });
  });
});

it.each([
  [7, '7 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [20_480, '20 kB'],
  [3_026_944, '3.0 MB'],
  [2_147_483_648, '2.1 GB'],
])('%d bytes are %s in the logs', (bytes, text) => {
  expect(humanBytes(bytes)).toBe(text);
});
