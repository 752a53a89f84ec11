import { describe, expect, it } from 'vitest';
import { bootstrapMembers, clusterIdOf, formatId, memberIdOf } from '#etcd/identity.ts';
import { RequestIds } from '#etcd/request-ids.ts';

const cluster = (urls: readonly string[], token: string): { readonly ids: readonly string[]; readonly cluster: string } => {
  const ids = urls.map((url) => memberIdOf([url], token));
  return { ids: ids.map(formatId), cluster: formatId(clusterIdOf(ids)) };
};

describe('ids are those of a real etcd', () => {
  it.each([
    [['http://localhost:2380'], 'etcd-cluster', ['8e9e05c52164694d'], 'cdf818194e3a8c32'],
    [
      ['http://127.0.0.1:2380', 'http://127.0.0.1:2480', 'http://127.0.0.1:2580'],
      'etcd-cluster-my',
      ['47a42fb96a975854', '72ab37cc61e2023b', '470f778210a711ed'],
      '1355fcfe840232f5',
    ],
    [
      ['http://127.0.0.1:2380', 'http://127.0.0.1:2480', 'http://127.0.0.1:2580'],
      'etcd-cluster',
      ['b71f75320dc06a6c', '11bff47b8baf3ee9', '2daa54f17ef01167'],
      'c14c235c147937a',
    ],
    [['http://0.0.0.0:2380'], 'tkn', ['59a9c584ea2c3f35'], 'f9f44c4ba0e96dd8'],
    [['http://localhost:12380'], 'etcd-cluster-1', ['c02c70ede158499f'], 'aeaa5a7ead4ebab5'],
    [
      ['http://127.0.0.1:12380', 'http://127.0.0.1:22380', 'http://127.0.0.1:32380'],
      'etcd-cluster-1',
      ['8211f1d0f64f3269', '91bc3c398fb3c146', 'fd422379fda50e48'],
      'ef37ad9dc622a7c4',
    ],
  ])('%j with token %s', (urls, token, ids, id) => {
    expect(cluster(urls, token)).toEqual({ ids, cluster: id });
  });

  it('sorts the bootstrap members by id', () => {
    const members = [2380, 2480, 2580].map((port, i) => ({ name: `etcd-${i + 1}`, peerUrls: [`http://127.0.0.1:${port}`] }));
    expect(bootstrapMembers(members, 'etcd-cluster-my').map((m) => m.member.name)).toEqual(['etcd-3', 'etcd-1', 'etcd-2']);
  });
});

describe('request ids', () => {
  it('begin with two bytes of the member id and grow by one', () => {
    const ids = RequestIds.create(0x8e9e05c52164694dn, 1_704_067_200_000);
    const first = ids.next();
    expect(formatId(first).slice(0, 4)).toBe('694d');
    expect(ids.next()).toBe(first + 1n);
    expect(formatId(ids.nextLease()).slice(0, 4)).toBe('694d');
  });

  it('give positive leases and continue after a restore', () => {
    const ids = RequestIds.create(0xffffn, 5);
    expect(ids.nextLease() < 1n << 63n).toBe(true);
    const restored = RequestIds.restore(0xffffn, ids.save());
    expect(restored.next()).toBe(ids.next());
  });
});
