/** Settings of a member's server that most runs leave alone: etcd's flags, each with etcd's default. Times are virtual microseconds. */

import { MICROS_PER_SECOND } from '#kernel/brand.ts';

/** `--auto-compaction-mode` and `--auto-compaction-retention`. */
export type AutoCompaction =
  | { readonly mode: 'off' }
  /** History of this length is kept, µs. */
  | { readonly mode: 'periodic'; readonly retentionMicros: number }
  /** So many revisions are kept. */
  | { readonly mode: 'revision'; readonly retentionRevisions: number };

export interface ServerSettings {
  readonly autoCompaction: AutoCompaction;
  /**
   * `--experimental-enable-lease-checkpoint`: every five minutes the leader tells the others how much of long leases is left; without it a new leader
   * gives every lease its full time.
   */
  readonly leaseCheckpoint: boolean;
  /** `--experimental-enable-lease-checkpoint-persist` (3.5): what is left is stored too, and outlives restarts and snapshots. */
  readonly leaseCheckpointPersist: boolean;
  /** `--experimental-initial-corrupt-check`: the data is compared with the peers' before the member serves. */
  readonly initialCorruptCheck: boolean;
  /** `--experimental-corrupt-check-time`, µs; 0: never. */
  readonly corruptCheckMicros: number;
  /** `--experimental-watch-progress-notify-interval`, µs; at least 100 ms. */
  readonly watchProgressNotifyMicros: number;
  /** `--experimental-compaction-batch-limit`: stored changes in one batch of the physical pass. */
  readonly compactionBatchLimit: number;
  /** `--experimental-compaction-sleep-interval` (3.5; fixed in 3.4), µs between two batches. */
  readonly compactionSleepMicros: number;
  /** `--experimental-warning-apply-duration`, µs: an entry that takes longer to apply is complained of. */
  readonly warningApplyMicros: number;
  /** `--auth-token-ttl`, s. */
  readonly authTokenTtlSeconds: number;
  /** `--enable-v2`: the v2 API is served. */
  readonly enableV2: boolean;
  /** `--backend-batch-interval`, µs. */
  readonly backendBatchMicros: number;
  /** `--backend-batch-limit`, changes. */
  readonly backendBatchLimit: number;
}

export const DEFAULT_SETTINGS: ServerSettings = {
  autoCompaction: { mode: 'off' },
  leaseCheckpoint: false,
  leaseCheckpointPersist: false,
  initialCorruptCheck: false,
  corruptCheckMicros: 0,
  watchProgressNotifyMicros: 600 * MICROS_PER_SECOND,
  compactionBatchLimit: 1000,
  compactionSleepMicros: 10_000,
  warningApplyMicros: 100_000,
  authTokenTtlSeconds: 300,
  enableV2: false,
  backendBatchMicros: 100_000,
  backendBatchLimit: 10_000,
};

/** The settings in force. */
export const settingsOf = (config: { readonly settings?: Partial<ServerSettings> }): ServerSettings =>
  config.settings === undefined ? DEFAULT_SETTINGS : { ...DEFAULT_SETTINGS, ...config.settings };
