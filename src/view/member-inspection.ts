/** One member in every detail, for its inspector: plain data, asked for when somebody looks. Times in virtual µs, members by name. */

export interface SaveInspection {
  readonly op: number;
  readonly entries: number;
}

export interface DiskInspection {
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Segments of the write-ahead log among them, and their bytes. */
  readonly segments: number;
  readonly walBytes: number;
  /** Index up to which a snapshot lies on the disk, 0 if none. */
  readonly snapshotIndex: number;
  readonly dbBytes: number;
  readonly dbBytesInUse: number;
  /** How long a write of the log with its flush takes, from and to. */
  readonly latency: readonly [least: number, most: number];
  /** What was done to the disk on purpose, the newest last. */
  readonly faults: readonly string[];
}

export interface MemberInspection {
  readonly name: string;
  /** What must survive a crash: term, vote, commit index; and the last entry that is flushed. */
  readonly term: number;
  readonly vote: string | undefined;
  readonly commit: number;
  readonly stable: number;
  readonly applied: number;
  /** Ticks since the election timer was reset, and the timeout that was drawn for this round. */
  readonly elapsedTicks: number;
  readonly timeoutTicks: number;
  readonly tickMicros: number;
  readonly voters: readonly string[];
  readonly learners: readonly string[];
  /** Whom a leader hands over to. */
  readonly transferee: string | undefined;
  /** What waits: requests for their entry, reads for a safe index, writes for the disk, committed entries for the store. */
  readonly proposals: number;
  readonly reads: number;
  readonly saves: readonly SaveInspection[];
  readonly unapplied: number;
  readonly leaderChanges: number;
  /** How fast its clock runs: 1 is right. */
  readonly clockRate: number;
  readonly disk: DiskInspection;
}

export type LogLevelName = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** A line of etcd's own log. */
export interface MemberLogLine {
  readonly event: number;
  readonly at: number;
  readonly level: LogLevelName;
  /** `raft` for the core's lines. */
  readonly logger: string;
  readonly text: string;
}

/** Which lines are wanted. */
export interface MemberLogQuery {
  readonly member: string;
  /** The least level. */
  readonly level: LogLevelName;
  /** Words that a line must have; case does not matter. */
  readonly text: string;
}
