/** The flags of the `etcd` command by name: what their values look like, and which of them mean nothing to a simulated member. */

/** How Go's flag package and etcd's own flag types read a value. */
export type FlagKind = 'string' | 'bool' | 'uint' | 'int' | 'duration' | 'urls' | 'cluster-state';

const kinds = (kind: FlagKind, names: string): readonly (readonly [string, FlagKind])[] => names.split(' ').map((name) => [name, kind]);

/** Flags that do here what they do in etcd. */
const MEANT: ReadonlyMap<string, FlagKind> = new Map([
  ...kinds('string', 'name data-dir initial-cluster initial-cluster-token auto-compaction-mode auto-compaction-retention config-file'),
  ...kinds('urls', 'listen-peer-urls initial-advertise-peer-urls listen-client-urls advertise-client-urls'),
  ...kinds('cluster-state', 'initial-cluster-state'),
  ...kinds('bool', 'force-new-cluster pre-vote strict-reconfig-check enable-v2 version'),
  ...kinds('bool', 'experimental-enable-lease-checkpoint experimental-enable-lease-checkpoint-persist experimental-initial-corrupt-check'),
  ...kinds('uint', 'heartbeat-interval election-timeout snapshot-count max-request-bytes max-txn-ops auth-token-ttl'),
  ...kinds('uint', 'experimental-snapshot-catchup-entries'),
  ...kinds('int', 'quota-backend-bytes backend-batch-limit experimental-compaction-batch-limit experimental-max-learners'),
  ...kinds('duration', 'backend-batch-interval experimental-corrupt-check-time experimental-watch-progress-notify-interval'),
  ...kinds('duration', 'experimental-compaction-sleep-interval experimental-warning-apply-duration'),
]);

/** Flags of etcd 3.4 or 3.5 that change nothing here: there are no certificates, no proxies, no discovery and no log files. */
const IDLE: ReadonlyMap<string, FlagKind> = new Map([
  ...kinds('string', 'wal-dir cors host-whitelist cipher-suites auth-token discovery discovery-fallback discovery-proxy discovery-srv'),
  ...kinds(
    'string',
    'discovery-srv-name proxy log-level log-outputs log-format logger log-package-levels log-rotation-config-json metrics',
  ),
  ...kinds('string', 'cert-file key-file client-crl-file client-cert-allowed-hostname trusted-ca-file client-cert-file client-key-file'),
  ...kinds('string', 'peer-cert-file peer-key-file peer-trusted-ca-file peer-cert-allowed-cn peer-cert-allowed-hostname peer-crl-file'),
  ...kinds('string', 'peer-client-cert-file peer-client-key-file tls-min-version tls-max-version experimental-enable-v2v3 v2-deprecation'),
  ...kinds('string', 'experimental-backend-bbolt-freelist-type experimental-distributed-tracing-address'),
  ...kinds('string', 'experimental-distributed-tracing-service-name experimental-distributed-tracing-instance-id'),
  ...kinds('urls', 'listen-metrics-urls listen-client-http-urls'),
  ...kinds('bool', 'auto-tls client-cert-auth peer-auto-tls peer-client-cert-auth debug enable-pprof enable-log-rotation unsafe-no-fsync'),
  ...kinds('bool', 'initial-election-tick-advance enable-grpc-gateway socket-reuse-port socket-reuse-address'),
  ...kinds('bool', 'experimental-peer-skip-client-san-verification experimental-enable-distributed-tracing experimental-memory-mlock'),
  ...kinds('bool', 'experimental-txn-mode-write-with-shared-buffer experimental-compact-hash-check-enabled'),
  ...kinds('bool', 'experimental-stop-grpc-service-on-defrag'),
  ...kinds(
    'uint',
    'max-snapshots max-wals bcrypt-cost max-concurrent-streams proxy-failure-wait proxy-refresh-interval proxy-dial-timeout',
  ),
  ...kinds('uint', 'proxy-write-timeout proxy-read-timeout self-signed-cert-validity experimental-bootstrap-defrag-threshold-megabytes'),
  ...kinds('int', 'experimental-distributed-tracing-sampling-rate'),
  ...kinds('duration', 'grpc-keepalive-min-time grpc-keepalive-interval grpc-keepalive-timeout rpc-timeout'),
  ...kinds('duration', 'experimental-warning-unary-request-duration warning-unary-request-duration experimental-downgrade-check-time'),
  ...kinds('duration', 'experimental-wait-cluster-ready-timeout experimental-compact-hash-check-time'),
]);

/** What a flag's value looks like; undefined for a name that etcd does not know. */
export const kindOf = (name: string): FlagKind | undefined => MEANT.get(name) ?? IDLE.get(name);

/** Whether a flag is accepted and changes nothing. */
export const isIdle = (name: string): boolean => IDLE.has(name);

/** All that are known, meant ones first. */
export const flagNames = (): readonly string[] => [...MEANT.keys(), ...IDLE.keys()];
