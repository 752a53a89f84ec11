/** What a member's log says of its start besides the core's lines (embed/etcd.go, etcdserver/server.go): its settings, its backend, its listeners. */

import type { Plain } from '#kernel/plain.ts';
import { goDuration } from '#kernel/go-duration.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import { backendPath } from '#etcd/backend-text.ts';
import { humanBytes } from '#etcd/human-bytes.ts';
import { formatId } from '#etcd/identity.ts';
import type { LogLineName } from '#etcd/log-lines.ts';
import type { Outbox } from '#etcd/outbox.ts';
import type { Parts, StateMachine } from '#etcd/parts.ts';
import { quotaOf } from '#etcd/quota.ts';
import { settingsOf, type ServerSettings } from '#etcd/settings.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** Files of a kind that etcd keeps (`--max-snapshots`, `--max-wals`). */
const KEPT_FILES_MAX = 5;
const PURGE_INTERVAL = '30s';
const U32_MAX = 4_294_967_295;

const hostOf = (url: string): string => url.replace(/^[a-z]+:\/\//, '');

function compactionFields({ autoCompaction }: ServerSettings): Readonly<Record<string, Plain>> {
  const { mode } = autoCompaction;
  const retention =
    mode === 'periodic'
      ? goDuration(autoCompaction.retentionMicros)
      : mode === 'revision'
        ? `${autoCompaction.retentionRevisions}ns`
        : '0s';
  return {
    'auto-compaction-mode': mode === 'off' ? 'periodic' : mode,
    'auto-compaction-retention': retention,
    'auto-compaction-interval': retention,
  };
}

/** The long line with every setting. Deviation: Go's version, the commit and the processors are those of the reference runs. */
function settingFields(config: MemberConfig, isInitialized: boolean): Readonly<Record<string, Plain>> {
  const settings = settingsOf(config);
  const { serverVersion, buildGoVersion, hasNewMethods: isNewer } = versionRules(config);
  const cluster = config.initialCluster.flatMap(({ name, peerUrls }) => peerUrls.map((url) => `${name}=${url}`));
  return {
    'etcd-version': serverVersion,
    'git-sha': 'Not provided (use ./build instead of go build)',
    'go-version': buildGoVersion,
    'go-os': 'linux',
    'go-arch': 'amd64',
    'max-cpu-set': 2,
    'max-cpu-available': 2,
    'member-initialized': isInitialized,
    name: config.name,
    'data-dir': config.dataDir,
    'wal-dir': '',
    'wal-dir-dedicated': '',
    'member-dir': `${config.dataDir}/member`,
    'force-new-cluster': config.forceNewCluster,
    'heartbeat-interval': goDuration(config.heartbeatMicros),
    'election-timeout': goDuration(config.electionMicros),
    'initial-election-tick-advance': true,
    'snapshot-count': config.snapshotCount,
    'max-wals': KEPT_FILES_MAX,
    'max-snapshots': KEPT_FILES_MAX,
    'snapshot-catchup-entries': config.snapshotCatchUpEntries,
    'initial-advertise-peer-urls': config.peerUrls,
    'listen-peer-urls': config.listenPeerUrls,
    'advertise-client-urls': config.clientUrls,
    'listen-client-urls': config.listenClientUrls,
    'listen-metrics-urls': [],
    cors: ['*'],
    'host-whitelist': ['*'],
    'initial-cluster': isInitialized ? '' : cluster.sort().join(','),
    'initial-cluster-state': config.initialClusterState,
    'initial-cluster-token': isInitialized ? '' : config.initialClusterToken,
    'quota-backend-bytes': config.quotaBackendBytes < 0 ? config.quotaBackendBytes : quotaOf(config),
    'max-request-bytes': config.maxRequestBytes,
    'max-concurrent-streams': U32_MAX,
    'pre-vote': config.preVote,
    'initial-corrupt-check': settings.initialCorruptCheck,
    'corrupt-check-time-interval': goDuration(settings.corruptCheckMicros),
    ...(isNewer ? { 'compact-check-time-enabled': false, 'compact-check-time-interval': '1m0s' } : {}),
    ...compactionFields(settings),
    'discovery-url': '',
    'discovery-proxy': '',
    ...(isNewer ? { 'downgrade-check-interval': '5s' } : {}),
  };
}

/** The first lines, up to the opened backend. */
export function logBegin(config: MemberConfig, out: Outbox, isInitialized: boolean): void {
  out.log('configuring-peer-listeners', { 'listen-peer-urls': config.listenPeerUrls });
  out.log('configuring-client-listeners', { 'listen-client-urls': config.listenClientUrls });
  out.log('starting-etcd', settingFields(config, isInitialized));
  out.log('opened-backend', { path: backendPath(config), took: '0s' });
}

/** A snapshot was found, and what it holds. @param bytes of its file */
export function logRecovered(out: Outbox, { kv, appliedIndex }: StateMachine, bytes: number): void {
  out.log('recovered-v2-store', { 'snapshot-index': appliedIndex, 'snapshot-size': humanBytes(bytes) });
  logCompactRevision(out, kv.finishedCompactRevision);
  out.log('recovered-snapshot', {
    'backend-size-bytes': kv.size.bytes,
    'backend-size': humanBytes(kv.size.bytes),
    'backend-size-in-use-bytes': kv.size.bytesInUse,
    'backend-size-in-use': humanBytes(kv.size.bytesInUse),
  });
}

function logCompactRevision(out: Outbox, revision: number): void {
  if (revision <= 0) return;
  const bucket = { 'meta-bucket-name': 'meta', 'meta-bucket-name-key': 'finishedCompactRev', 'restored-compact-revision': revision };
  out.log('compact-revision-restored', bucket);
}

/** After the core: the members that are known already, the store, the quota, and that it starts. */
export function logStores(m: Parts): void {
  const { config, out, machine } = m;
  const { kv, cluster } = machine;
  const ids = { 'cluster-id': formatId(m.clusterId), 'local-member-id': formatId(m.self) };
  const version = cluster.version?.replace(/\.\d+$/, '');
  if (version !== undefined) out.log('enabled-capabilities', { 'cluster-version': version });
  for (const { id, peerUrls } of cluster.list())
    out.log('recovered-member', { ...ids, 'recovered-remote-peer-id': formatId(id), 'recovered-remote-peer-urls': peerUrls });
  if (version !== undefined) out.log('version-from-store', { 'cluster-version': version });
  out.log('simple-token');
  logCompactRevision(out, kv.finishedCompactRevision);
  if (versionRules(config).hasNewMethods) out.log('kvstore-restored', { 'current-rev': kv.currentRevision });
  logQuota(config, out);
  out.log('starting-server', {
    'local-member-id': formatId(m.self),
    'local-server-version': versionRules(config).serverVersion,
    ...(version === undefined ? {} : { 'cluster-id': formatId(m.clusterId) }),
    'cluster-version': version ?? 'to_be_decided',
  });
}

function logQuota(config: MemberConfig, out: Outbox): void {
  const name = { 'quota-name': 'v3-applier' };
  if (config.quotaBackendBytes < 0) {
    out.log('quota-disabled', { ...name, 'quota-size-bytes': config.quotaBackendBytes });
    return;
  }
  const bytes = quotaOf(config);
  const fields = { ...name, 'quota-size-bytes': bytes, 'quota-size': humanBytes(bytes) };
  out.log(config.quotaBackendBytes === 0 ? 'quota-default' : 'quota-set', fields);
}

/** What runs beside the server from then on. */
export function logListeners(m: Parts): void {
  const { config, out } = m;
  const isNewer = versionRules(config).hasNewMethods;
  if (isNewer) out.log('grpc-status', { service: '', status: 'SERVING' });
  const purged = [
    ['snap', 'snap.db'],
    ['snap', 'snap'],
    ['wal', 'wal'],
  ] as const;
  for (const [folder, suffix] of purged)
    out.log('purging', { dir: `${config.dataDir}/member/${folder}`, suffix, max: KEPT_FILES_MAX, interval: PURGE_INTERVAL });
  out.log('now-serving', {
    'local-member-id': formatId(m.self),
    'initial-advertise-peer-urls': config.peerUrls,
    'listen-peer-urls': config.listenPeerUrls,
    'advertise-client-urls': config.clientUrls,
    'listen-client-urls': config.listenClientUrls,
    'listen-metrics-urls': [],
  });
  for (const url of config.listenPeerUrls) {
    out.log('serving-peers', { address: hostOf(url) });
    if (isNewer) out.log('cmux', { address: hostOf(url) });
  }
}

/** The member is published, and serves its clients. */
export function logServing({ config, out }: Parts): void {
  const isNewer = versionRules(config).hasNewMethods;
  if (isNewer) {
    out.log('ready-to-serve');
    out.log('grpc-status', { service: '', status: 'SERVING' });
  }
  for (const url of config.listenClientUrls)
    out.log('serving-clients', { ...(isNewer ? { traffic: 'grpc+http' } : {}), address: hostOf(url) });
  if (isNewer) for (const line of INIT_DAEMON) out.log(line);
}

const INIT_DAEMON: readonly LogLineName[] = ['notifying-daemon', 'notified-daemon'];
