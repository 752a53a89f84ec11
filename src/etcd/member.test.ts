import { describe, expect, it } from 'vitest';
import { ClusterService, KVService, MaintenanceService } from '#api/rpc.ts';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import { formatId } from '#etcd/identity.ts';
import { TestCluster } from '#etcd/testing/cluster.ts';

const put = (c: TestCluster, i: number, key: string, value: string) => c.call(i, KVService.Put, { key: utf8(key), value: utf8(value) });
const get = (c: TestCluster, i: number, key: string, serializable = false) => c.call(i, KVService.Range, { key: utf8(key), serializable });

describe('a fresh cluster', () => {
  it('of one member reaches Raft index 4 as etcd does', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    expect(c.status(0)).toMatchObject({ role: 'leader', term: 2, commit: 4, applied: 4, revision: 1 });
    expect(formatId(c.status(0).id)).toBe('8e9e05c52164694d');
  });

  it('of three members elects a leader, publishes, and reaches Raft index 8', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    expect(c.leader).toBeGreaterThanOrEqual(0);
    for (let i = 0; i < 3; i++) expect(c.status(i)).toMatchObject({ term: 2, commit: 8, applied: 8, lastIndex: 8 });
    const { response } = c.call(0, ClusterService.MemberList, {});
    expect(response?.members.map((m) => [formatId(m.ID), m.name, m.clientURLs])).toEqual([
      ['470f778210a711ed', 'etcd-3', ['http://127.0.0.1:2579']],
      ['47a42fb96a975854', 'etcd-1', ['http://127.0.0.1:2379']],
      ['72ab37cc61e2023b', 'etcd-2', ['http://127.0.0.1:2479']],
    ]);
  });
});

describe('keys', () => {
  it('are put and read through leader and followers, at revisions from 2 on', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    for (let i = 0; i < 3; i++) {
      const { response } = put(c, i, 'foo', `v${i}`);
      expect(response?.header).toMatchObject({ revision: BigInt(2 + i), raftTerm: 2n, memberId: c.status(i).id });
      for (let k = 0; k < 3; k++) {
        const read = get(c, k, 'foo').response;
        expect(fromUtf8(read?.kvs[0]?.value ?? new Uint8Array())).toBe(`v${i}`);
        expect(read?.kvs[0]).toMatchObject({ createRevision: 2n, modRevision: BigInt(2 + i), version: BigInt(1 + i) });
      }
    }
  });

  it('have a status beside them', () => {
    const c = new TestCluster({ nodes: 1 }).boot();
    put(c, 0, 'a', 'b');
    expect(c.call(0, MaintenanceService.Status, {}).response).toMatchObject({
      version: '3.5.16',
      raftIndex: 5n,
      raftTerm: 2n,
      raftAppliedIndex: 5n,
      errors: [],
    });
  });
});
