import { describe, expect, it } from 'vitest';
import { KVService, LeaseService, MaintenanceService } from '#api/rpc.ts';
import { fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import { formatId } from '#etcd/identity.ts';
import { restoreSnapshot, type RestoreOptions } from '#etcd/restore.ts';
import { TestCluster } from '#etcd/testing/cluster.ts';

const PLAIN: RestoreOptions = { skipHashCheck: false, bumpRevision: 0, markCompacted: false };
const put = (c: TestCluster, key: string, value: string) => c.call(c.leader, KVService.Put, { key: utf8(key), value: utf8(value) });

/** A snapshot file of a cluster with three keys, one of them under a lease. */
function snapshotOf(c: TestCluster): Bytes {
  c.call(c.leader, LeaseService.LeaseGrant, { TTL: 100n, ID: 7n });
  put(c, 'a', '1');
  put(c, 'b', '2');
  c.call(c.leader, KVService.Put, { key: utf8('c'), value: utf8('3'), lease: 7n });
  const id = c.open(c.leader, MaintenanceService.Snapshot, {});
  c.run(2_000_000);
  const pieces = c.record(id).messages.map((body) => MaintenanceService.Snapshot.response.decode(body).blob);
  const file = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}

function diskOf(file: Bytes, config: MemberConfig, options = PLAIN): MemoryDisk {
  const restored = restoreSnapshot(file, config, options);
  if (restored.type === 'error') throw new Error(restored.message);
  const disk = new MemoryDisk();
  for (const { name, bytes } of restored.files) disk.append(name, bytes);
  disk.flush();
  return disk;
}

/** A cluster whose members start on restored directories. */
function restoredCluster(file: Bytes, nodes: number, options = PLAIN): TestCluster {
  const c = new TestCluster({ nodes, config: { initialClusterToken: 'restored' } });
  for (const [i, seat] of c.seats.entries()) {
    c.kill(i);
    seat.disk = diskOf(file, seat.config, options);
  }
  for (const i of c.seats.keys()) c.start(i);
  c.until(() => c.leader >= 0 && c.seats.every((seat) => (seat.status?.applied ?? 0) >= 2 * nodes + 2));
  return c;
}

describe('a data directory that was restored from a snapshot', () => {
  const file = snapshotOf(new TestCluster({ nodes: 3 }).boot());

  it('starts a new cluster with new ids, the old keys and the old revision', () => {
    const c = restoredCluster(file, 3);
    const range = c.call(0, KVService.Range, { key: utf8('\0'), rangeEnd: utf8('\0') });
    expect(range.response?.kvs.map((kv) => `${fromUtf8(kv.key)}=${fromUtf8(kv.value)}@${kv.modRevision}`)).toEqual([
      'a=1@2',
      'b=2@3',
      'c=3@4',
    ]);
    expect(range.response?.header?.revision).toBe(4n);
    expect(formatId(range.response?.header?.clusterId ?? 0n)).not.toBe('1355fcfe840232f5');
    expect(c.call(0, LeaseService.LeaseTimeToLive, { ID: 7n, keys: true }).response?.keys.map((key) => fromUtf8(key))).toEqual(['c']);
    expect(put(c, 'd', '4').code).toBe(0);
  });

  it('has files, ids and a first index as etcdctl 3.4.23 gave them for the same flags', () => {
    const config: MemberConfig = {
      ...(new TestCluster({ nodes: 1 }).seats[0]?.config ?? ({} as never)), // there is one
      name: 'm1',
      peerUrls: ['http://127.0.0.1:21110'],
      initialCluster: [
        { name: 'm1', peerUrls: ['http://127.0.0.1:21110'] },
        { name: 'm2', peerUrls: ['http://127.0.0.1:21120'] },
      ],
      initialClusterToken: 'tk2',
    };
    const restored = restoreSnapshot(file, config, PLAIN);
    if (restored.type === 'error') throw new Error(restored.message);
    expect(restored.files.map(({ name }) => name)).toEqual([
      'snap/0000000000000001-0000000000000002.snap',
      'wal/0000000000000000-0000000000000000.wal',
    ]);
    expect(formatId(restored.clusterId)).toBe('872190a9abcaf76d');
    expect(restored.members.map(({ id }) => formatId(id))).toEqual(['111de03d2af0ebbd', '17b6eb6f2dc21a1e']);
  });

  it('goes on at a greater revision, with everything before it compacted, if that is asked for', () => {
    const c = restoredCluster(file, 1, { skipHashCheck: false, bumpRevision: 1_000_000, markCompacted: true });
    const range = c.call(0, KVService.Range, { key: utf8('a') });
    expect(range.response?.header?.revision).toBe(1_000_004n);
    expect(range.response?.kvs[0]?.modRevision).toBe(2n);
    expect(c.call(0, KVService.Range, { key: utf8('a'), revision: 4n }).message).toBe(
      'etcdserver: mvcc: required revision has been compacted',
    );
    expect(put(c, 'e', '5').response?.header?.revision).toBe(1_000_005n);
    c.kill(0);
    c.start(0);
    c.until(() => c.leader === 0);
    c.run(1_000_000);
    expect(c.call(0, KVService.Range, { key: utf8('a') }).response?.header?.revision).toBe(1_000_005n);
  });

  it.each([
    ['a file without its hash', (f: Bytes) => f.subarray(0, f.length - 32), 'snapshot missing hash but --skip-hash-check=false'],
    ['a file cut off', (f: Bytes) => f.subarray(0, 1000), 'snapshot missing hash but --skip-hash-check=false'],
    [
      'a changed byte',
      (f: Bytes) => {
        const bad = f.slice();
        bad[100] = (bad[100] ?? 0) ^ 1;
        return bad;
      },
      /^expected sha256 \[.*\], got \[.*\]$/,
    ],
  ] as const)('is not made of %s', (_, damage, message) => {
    const [seat] = new TestCluster({ nodes: 1 }).seats;
    if (seat === undefined) throw new Error('a seat');
    const restored = restoreSnapshot(damage(file), seat.config, PLAIN);
    expect(restored).toMatchObject({
      type: 'error',
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    });
  });

  it('is not made for a member that the initial cluster does not name', () => {
    const [seat] = new TestCluster({ nodes: 1 }).seats;
    if (seat === undefined) throw new Error('a seat');
    expect(restoreSnapshot(file, { ...seat.config, name: 'zz' }, PLAIN)).toEqual({
      type: 'error',
      message: 'couldn\'t find local name "zz" in the initial cluster configuration',
    });
    expect(restoreSnapshot(file.subarray(0, file.length - 32), seat.config, { ...PLAIN, skipHashCheck: true }).type).toBe('restored');
  });
});
