/** The `etcd` command line that a {@link LaunchFlags} stands for. */

import type { LaunchFlags, LaunchServerSettings, LaunchSettings } from '#ctl/launch.ts';

const duration = (micros: number): string => (micros % 1_000_000 === 0 ? `${micros / 1_000_000}s` : `${micros / 1000}ms`);
const milliseconds = (micros: number): string => `${micros / 1000}`;

/** Words of the flags that are given, `etcd` first. */
export function launchWords(flags: LaunchFlags): readonly string[] {
  const words = ['etcd'];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) words.push(`--${name}`, value);
  };
  add('name', flags.name);
  add('data-dir', flags.dataDir);
  add('listen-peer-urls', flags.listenPeerUrls?.join(','));
  add('initial-advertise-peer-urls', flags.peerUrls?.join(','));
  add('listen-client-urls', flags.listenClientUrls?.join(','));
  add('advertise-client-urls', flags.clientUrls?.join(','));
  add('initial-cluster', flags.initialCluster?.flatMap(({ name, peerUrls }) => peerUrls.map((url) => `${name}=${url}`)).join(','));
  add('initial-cluster-token', flags.initialClusterToken);
  add('initial-cluster-state', flags.initialClusterState);
  if (flags.forceNewCluster === true) words.push('--force-new-cluster');
  words.push(...settingWords(flags));
  return words;
}

/** Words of the flags that change how a member works. */
export function settingWords(settings: LaunchSettings): readonly string[] {
  const given: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ['heartbeat-interval', settings.heartbeatMicros === undefined ? undefined : milliseconds(settings.heartbeatMicros)],
    ['election-timeout', settings.electionMicros === undefined ? undefined : milliseconds(settings.electionMicros)],
    ['pre-vote', settings.preVote],
    ['snapshot-count', settings.snapshotCount],
    ['experimental-snapshot-catchup-entries', settings.snapshotCatchUpEntries],
    ['max-request-bytes', settings.maxRequestBytes],
    ['max-txn-ops', settings.maxTxnOps],
    ['quota-backend-bytes', settings.quotaBackendBytes],
    ['strict-reconfig-check', settings.strictReconfigCheck],
    ['experimental-max-learners', settings.learnersMax],
    ...serverFlags(settings.settings ?? {}),
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
}

function serverFlags(s: LaunchServerSettings): readonly (readonly [string, string | number | boolean | undefined])[] {
  const time = (micros: number | undefined): string | undefined => (micros === undefined ? undefined : duration(micros));
  const { autoCompaction } = s;
  return [
    ['auto-compaction-mode', autoCompaction?.mode === 'off' ? 'periodic' : autoCompaction?.mode],
    ['auto-compaction-retention', autoCompaction === undefined ? undefined : retentionText(autoCompaction)],
    ['experimental-enable-lease-checkpoint', s.leaseCheckpoint],
    ['experimental-enable-lease-checkpoint-persist', s.leaseCheckpointPersist],
    ['experimental-initial-corrupt-check', s.initialCorruptCheck],
    ['experimental-corrupt-check-time', time(s.corruptCheckMicros)],
    ['experimental-watch-progress-notify-interval', time(s.watchProgressNotifyMicros)],
    ['experimental-compaction-batch-limit', s.compactionBatchLimit],
    ['experimental-compaction-sleep-interval', time(s.compactionSleepMicros)],
    ['experimental-warning-apply-duration', time(s.warningApplyMicros)],
    ['auth-token-ttl', s.authTokenTtlSeconds],
    ['enable-v2', s.enableV2],
    ['backend-batch-interval', time(s.backendBatchMicros)],
    ['backend-batch-limit', s.backendBatchLimit],
  ];
}

function retentionText(auto: NonNullable<LaunchServerSettings['autoCompaction']>): string {
  if (auto.mode === 'off') return '0';
  return auto.mode === 'periodic' ? duration(auto.retentionMicros) : `${auto.retentionRevisions}`;
}
