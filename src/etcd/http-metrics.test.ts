import { describe, expect, it } from 'vitest';
import { KVService } from '#api/rpc.ts';
import { concatBytes, fromUtf8, utf8 } from '#kernel/bytes.ts';
import { goFloat } from '#etcd/http-metrics.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

function metricsOf(c: TestCluster, i = 0): ReadonlyMap<string, number> {
  const record = c.record(c.http(i, 'GET', '/metrics'));
  c.until(() => record.end !== undefined);
  const lines = fromUtf8(concatBytes(record.messages))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

const post = (c: TestCluster, path: string, body: string): void => {
  const record = c.record(c.http(0, 'POST', `/v3/${path}`, body));
  c.until(() => record.end !== undefined);
};

describe('/metrics', () => {
  it('counts the same requests as 3.4.23 was seen to count them', () => {
    const c = new TestCluster({ nodes: 1, config: { profile: '3.4.23' } }).boot();
    post(c, 'lease/grant', '{"TTL":100,"ID":7}');
    post(c, 'kv/put', '{"key":"YQ==","value":"YmI="}');
    post(c, 'kv/put', '{"key":"Yg==","value":"YmI="}');
    post(c, 'kv/range', '{"key":"YQ=="}');
    post(c, 'kv/deleterange', '{"key":"YQ=="}');
    post(c, 'kv/txn', '{"success":[{"requestPut":{"key":"YQ=="}}]}');
    post(c, 'lease/keepalive', '{"ID":7}');
    post(c, 'lease/revoke', '{"ID":7}');
    c.until(() => c.record(c.http(0, 'GET', '/health')) !== undefined);
    c.run(300 * MS);
    const metrics = metricsOf(c);
    const seen: readonly (readonly [string, number])[] = [
      ['etcd_cluster_version{cluster_version="3.4"}', 1],
      ['etcd_debugging_auth_revision', 1],
      ['etcd_debugging_lease_granted_total', 1],
      ['etcd_debugging_lease_renewed_total', 1],
      ['etcd_debugging_lease_revoked_total', 1],
      ['etcd_debugging_mvcc_compact_revision', -1],
      ['etcd_debugging_mvcc_current_revision', 5],
      ['etcd_debugging_mvcc_delete_total', 1],
      ['etcd_debugging_mvcc_events_total', 0],
      ['etcd_debugging_mvcc_keys_total', 2],
      ['etcd_debugging_mvcc_put_total', 3],
      ['etcd_debugging_mvcc_range_total', 1],
      ['etcd_debugging_mvcc_txn_total', 0],
      ['etcd_mvcc_db_total_size_in_bytes', 20_480],
      ['etcd_server_has_leader', 1],
      ['etcd_server_health_success', 1],
      ['etcd_server_id{server_id="8e9e05c52164694d"}', 1],
      ['etcd_server_leader_changes_seen_total', 1],
      ['etcd_server_proposals_applied_total', 11],
      ['etcd_server_proposals_committed_total', 11],
      ['etcd_server_proposals_failed_total', 0],
      ['etcd_server_proposals_pending', 0],
      ['etcd_server_quota_backend_bytes', 2_147_483_648],
      ['etcd_server_version{server_version="3.4.23"}', 1],
    ];
    expect(seen.map(([name]) => [name, metrics.get(name)])).toEqual(seen);
  });

  it('shows the flushes of the log in their buckets, and what goes to and comes from the peers', () => {
    const c = new TestCluster({ nodes: 3 }).boot();
    for (const seat of c.seats) seat.saveMicros = 3 * MS;
    c.run(200 * MS);
    const before = metricsOf(c);
    for (let i = 0; i < 5; i++) c.call(0, KVService.Put, { key: utf8(`k${i}`) });
    c.run(50 * MS);
    c.swap(0);
    const after = metricsOf(c);
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const fsync = 'etcd_disk_wal_fsync_duration_seconds';
    expect(grown(`${fsync}_count`)).toBeGreaterThanOrEqual(5);
    expect([grown(`${fsync}_bucket{le="0.002"}`), grown(`${fsync}_bucket{le="0.004"}`)]).toEqual([0, grown(`${fsync}_count`)]);
    expect(grown(`${fsync}_sum`)).toBeCloseTo(0.003 * grown(`${fsync}_count`));
    expect([...after.keys()].filter((name) => name.startsWith('etcd_network_peer_sent_bytes_total{To=')).length).toBeGreaterThan(0);
  });
});

it.each([
  [0, '0'],
  [20_480, '20480'],
  [2_147_483_648, '2.147483648e+09'],
  [1_000_000, '1e+06'],
  [0.001, '0.001'],
  [6.5e-6, '6.5e-06'],
  [-1, '-1'],
])('%d is %s', (value, text) => {
  expect(goFloat(value)).toBe(text);
});
