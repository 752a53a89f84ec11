/**
 * `/metrics` in Prometheus' text form: etcd's names, for what means something here. Left out are those of Go's runtime and of the process, of
 * the gRPC library, of the proxy, and of code paths that are not modelled. The help texts are our own.
 */

import { formatId } from '#etcd/identity.ts';
import { dbSizeOf } from '#etcd/maintenance.ts';
import { BUCKETS_MICROS, type Counter, type Histogram } from '#etcd/metrics.ts';
import { coreOf, isLeader, serverVersion, type Parts } from '#etcd/parts.ts';
import { quotaOf } from '#etcd/quota.ts';

type Kind = 'gauge' | 'counter' | 'histogram';

interface Sample {
  /** With its braces, or ''. */
  readonly labels: string;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly type: Kind;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A number as Prometheus' Go library prints it: with an exponent from seven digits on. */
export function goFloat(value: number): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -5 && exponent < 21 && Math.abs(value) < 1e6 && Math.abs(value) >= 1e-4) return `${value}`;
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

const one = (value: number, labels = ''): readonly Sample[] => [{ labels, value }];
const gauge = (name: string, help: string, value: number, labels?: string): Metric => ({
  name,
  type: 'gauge',
  help,
  samples: one(value, labels),
});
const flag = (on: boolean): number => (on ? 1 : 0);

/** Counters of the member by etcd's names. */
const COUNTED: readonly (readonly [name: string, counter: Counter, help: string])[] = [
  ['etcd_debugging_lease_granted_total', 'leasesGranted', 'Leases granted.'],
  ['etcd_debugging_lease_renewed_total', 'leasesRenewed', 'Keep-alives that the leader took.'],
  ['etcd_debugging_lease_revoked_total', 'leasesRevoked', 'Leases revoked.'],
  ['etcd_debugging_mvcc_db_compaction_keys_total', 'compactedKeys', 'Stored changes that compactions removed.'],
  ['etcd_debugging_mvcc_delete_total', 'deletes', 'Deletes applied.'],
  ['etcd_debugging_mvcc_events_total', 'events', 'Events sent to watchers.'],
  ['etcd_debugging_mvcc_put_total', 'puts', 'Puts applied.'],
  ['etcd_debugging_mvcc_range_total', 'ranges', 'Ranges read.'],
  ['etcd_debugging_mvcc_txn_total', 'txns', 'Transactions of more than one operation.'],
  ['etcd_debugging_server_lease_expired_total', 'leasesExpired', 'Leases that expired here.'],
  ['etcd_disk_wal_write_bytes_total', 'walBytes', 'Bytes written to the write-ahead log.'],
  ['etcd_mvcc_delete_total', 'deletes', 'Deletes applied.'],
  ['etcd_mvcc_put_total', 'puts', 'Puts applied.'],
  ['etcd_mvcc_range_total', 'ranges', 'Ranges read.'],
  ['etcd_mvcc_txn_total', 'txns', 'Transactions of more than one operation.'],
  ['etcd_network_client_grpc_received_bytes_total', 'clientReceivedBytes', 'Bytes from clients.'],
  ['etcd_network_client_grpc_sent_bytes_total', 'clientSentBytes', 'Bytes to clients.'],
  ['etcd_server_health_failures', 'healthFailures', 'Health probes that failed.'],
  ['etcd_server_health_success', 'healthSuccess', 'Health probes that went well.'],
  ['etcd_server_heartbeat_send_failures_total', 'heartbeatFailures', 'Heartbeats that a leader sent late.'],
  ['etcd_server_proposals_failed_total', 'proposalsFailed', 'Requests that were given up.'],
  ['etcd_server_read_indexes_failed_total', 'readIndexesFailed', 'Questions for a safe index that failed.'],
  ['etcd_server_slow_apply_total', 'slowApplies', 'Entries that took long to apply.'],
  ['etcd_server_slow_read_indexes_total', 'slowReadIndexes', 'Questions for a safe index that took long.'],
];

function histogram(name: string, help: string, { counts, count, sumMicros }: Histogram): Metric {
  const buckets = BUCKETS_MICROS.map((bound, i) => ({ labels: `_bucket{le="${bound / 1e6}"}`, value: counts[i] ?? 0 }));
  const samples = [
    ...buckets,
    { labels: '_bucket{le="+Inf"}', value: count },
    { labels: '_sum', value: sumMicros / 1e6 },
    { labels: '_count', value: count },
  ];
  return { name, type: 'histogram', help, samples };
}

const perPeer = (name: string, label: string, help: string, bytes: ReadonlyMap<bigint, number>): Metric => ({
  name,
  type: 'counter',
  help,
  samples: [...bytes]
    .map(([id, value]) => ({ labels: `{${label}="${formatId(id)}"}`, value }))
    .sort((a, b) => (a.labels < b.labels ? -1 : 1)),
});

function stateOf(m: Parts): readonly Metric[] {
  const core = coreOf(m);
  const { total, inUse } = dbSizeOf(m);
  const { kv, cluster, auth } = m.machine;
  const { synced, unsynced, victims } = kv.watcherCounts;
  const version = cluster.version ?? '';
  const size = 'Bytes of the database file.';
  return [
    ...(version === ''
      ? []
      : [
          gauge(
            'etcd_cluster_version',
            'The version of the cluster.',
            1,
            `{cluster_version="${version.slice(0, version.lastIndexOf('.'))}"}`,
          ),
        ]),
    gauge('etcd_debugging_auth_revision', 'The revision of users and roles.', auth.revision),
    gauge('etcd_debugging_mvcc_compact_revision', 'The last compacted revision.', kv.compactRevision),
    gauge('etcd_debugging_mvcc_current_revision', 'The current revision of the store.', kv.currentRevision),
    gauge('etcd_debugging_mvcc_db_total_size_in_bytes', size, total),
    gauge('etcd_debugging_mvcc_keys_total', 'Keys that exist or once did, until compaction forgets them.', kv.indexedKeys),
    gauge('etcd_debugging_mvcc_slow_watcher_total', 'Watchers that have not caught up.', unsynced + victims),
    gauge('etcd_debugging_mvcc_total_put_size_in_bytes', 'Bytes of keys and values that were put.', m.metrics.value('putBytes')),
    gauge('etcd_debugging_mvcc_watch_stream_total', 'Watch streams.', kv.streamCount),
    gauge('etcd_debugging_mvcc_watcher_total', 'Watchers.', synced + unsynced + victims),
    gauge('etcd_disk_defrag_inflight', '1 while the file is defragmented.', flag(m.loop.backend.type === 'defragmenting')),
    gauge('etcd_mvcc_db_total_size_in_bytes', size, total),
    gauge('etcd_mvcc_db_total_size_in_use_in_bytes', 'Bytes of the database that are in use.', inUse),
    gauge('etcd_server_has_leader', '1 if this member knows a leader.', flag(core.lead !== 0n)),
    gauge('etcd_server_id', 'The id of this member.', 1, `{server_id="${formatId(m.self)}"}`),
    gauge('etcd_server_is_leader', '1 if this member leads.', flag(isLeader(m))),
    gauge('etcd_server_is_learner', '1 if this member is a learner.', flag(cluster.get(m.self)?.isLearner ?? false)),
    { ...gauge('etcd_server_leader_changes_seen_total', 'How often a leader appeared.', m.loop.leaderChanges), type: 'counter' },
    gauge('etcd_server_proposals_applied_total', 'Index of the last applied entry.', m.machine.appliedIndex),
    gauge('etcd_server_proposals_committed_total', 'Index of the last committed entry.', m.loop.knownCommit),
    gauge('etcd_server_proposals_pending', 'Requests on their way through the log.', m.proposals.size),
    gauge('etcd_server_quota_backend_bytes', 'The quota of the database.', Math.min(quotaOf(m.config), Number.MAX_SAFE_INTEGER)),
    gauge('etcd_server_version', 'The version of this server.', 1, `{server_version="${serverVersion(m)}"}`),
  ];
}

function metricsOf(m: Parts): readonly Metric[] {
  const { metrics } = m;
  const counted = COUNTED.map(([name, counter, help]): Metric => ({ name, type: 'counter', help, samples: one(metrics.value(counter)) }));
  return [
    ...stateOf(m),
    ...counted,
    histogram('etcd_disk_backend_commit_duration_seconds', 'How long commits of the backend took.', metrics.histogram('backendCommit')),
    histogram('etcd_disk_wal_fsync_duration_seconds', 'How long flushes of the write-ahead log took.', metrics.histogram('walFsync')),
    histogram('etcd_snap_db_fsync_duration_seconds', 'How long flushes of received snapshots took.', metrics.histogram('snapshotFsync')),
    perPeer('etcd_network_peer_received_bytes_total', 'From', 'Bytes from a peer.', metrics.receivedFrom),
    perPeer('etcd_network_peer_sent_bytes_total', 'To', 'Bytes to a peer.', metrics.sentTo),
  ]
    .filter(({ samples }) => samples.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The whole page, by name; each metric with its help and type. */
export function metricsText(m: Parts): string {
  const text = ({ name, type, help, samples }: Metric): string =>
    `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map(({ labels, value }) => `${name}${labels} ${goFloat(value)}\n`).join('')}`;
  return metricsOf(m).map(text).join('');
}
