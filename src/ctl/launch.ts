/**
 * A member's process as a recorded command: etcd's command line after it was read. Flags that are left out have the run's value where the run
 * has one (heartbeat, snapshot count, …: `play new` sets them for everybody), otherwise etcd's default. Whoever reads a command line makes
 * one of these; what it does is in src/sim/launch.ts. Times are virtual microseconds.
 */

/** One member of `--initial-cluster`. */
export interface LaunchMember {
  readonly name: string;
  readonly peerUrls: readonly string[];
}

/** Flags that change how a member works, not who it is. */
export interface LaunchSettings {
  /** `--heartbeat-interval`. */
  readonly heartbeatMicros?: number;
  /** `--election-timeout`; at least five heartbeats. */
  readonly electionMicros?: number;
  readonly preVote?: boolean;
  readonly snapshotCount?: number;
  /** `--experimental-snapshot-catchup-entries`. */
  readonly snapshotCatchUpEntries?: number;
  readonly maxRequestBytes?: number;
  readonly maxTxnOps?: number;
  /** `--quota-backend-bytes`; 0 is etcd's default of 2 GiB, negative switches it off. */
  readonly quotaBackendBytes?: number;
  readonly strictReconfigCheck?: boolean;
  /** `--experimental-max-learners`. */
  readonly learnersMax?: number;
  /** The rest of etcd's flags that mean something here. */
  readonly settings?: LaunchServerSettings;
}

/** See `ServerSettings` of `#etcd/settings.ts`, which has the same names. */
export interface LaunchServerSettings {
  /** `--auto-compaction-mode` and `--auto-compaction-retention`. */
  readonly autoCompaction?:
    | { readonly mode: 'off' }
    | { readonly mode: 'periodic'; readonly retentionMicros: number }
    | { readonly mode: 'revision'; readonly retentionRevisions: number };
  readonly leaseCheckpoint?: boolean;
  readonly leaseCheckpointPersist?: boolean;
  readonly initialCorruptCheck?: boolean;
  readonly corruptCheckMicros?: number;
  readonly watchProgressNotifyMicros?: number;
  readonly compactionBatchLimit?: number;
  readonly compactionSleepMicros?: number;
  readonly warningApplyMicros?: number;
  readonly authTokenTtlSeconds?: number;
  /** `--enable-v2`. */
  readonly enableV2?: boolean;
  readonly backendBatchMicros?: number;
  readonly backendBatchLimit?: number;
}

/** Who the member is, where it listens, and what it starts from. */
export interface LaunchFlags extends LaunchSettings {
  /** `--name`. It also names the member's machine if the data directory is new: letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  /** `--data-dir`, default `NAME.etcd`. */
  readonly dataDir?: string;
  /** `--initial-advertise-peer-urls`, default `http://localhost:2380`. */
  readonly peerUrls?: readonly string[];
  /** `--listen-peer-urls`, default the advertised ones. */
  readonly listenPeerUrls?: readonly string[];
  /** `--advertise-client-urls`, default `http://localhost:2379`. */
  readonly clientUrls?: readonly string[];
  /** `--listen-client-urls`, default the advertised ones. */
  readonly listenClientUrls?: readonly string[];
  /** `--initial-cluster`, default the member alone. */
  readonly initialCluster?: readonly LaunchMember[];
  /** `--initial-cluster-token`, default `etcd-cluster`. */
  readonly initialClusterToken?: string;
  /** `--initial-cluster-state`, default `new`. */
  readonly initialClusterState?: 'new' | 'existing';
  /** `--force-new-cluster`. It holds for this start only: `play restart` leaves it out. */
  readonly forceNewCluster?: boolean;
}
