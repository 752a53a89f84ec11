/**
 * What can be done to a run. A run records these, never shell lines: at virtual time t, applied before the events of the next
 * unplayed instant, in order (DESIGN §1). Shell lines, forms and clicks only produce them.
 */

import type { BrokenRule } from '#kernel/broken-rule.ts';
import type { LoadSettings } from '#ctl/load-settings.ts';
import type { LaunchFlags, LaunchSettings } from '#ctl/launch.ts';

/** A member by name, number or role: `etcd-1`, `1`, `leader`, `followers`, `all`; resolved when the command is applied. */
export type NodeRef = string;

/**
 * Microseconds, uniform between both. `spiky`: heavy-tailed instead, mostly near the least; each doubling of what is above it comes half as often,
 * up to the greatest (one draw in 256 is uniform over the whole range).
 */
export interface LatencyRange {
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly spiky?: true;
}

/** Undefined leaves a setting as it is. Probabilities from 0 to 1. */
export interface LinkSettings {
  readonly cut?: boolean;
  readonly latency?: LatencyRange;
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  /** Bytes a second that go through; 0 is no limit. */
  readonly bandwidth?: number;
}

/** Undefined leaves a setting as it is. */
export interface DiskSettings {
  readonly walLatency?: LatencyRange;
  readonly backendLatency?: LatencyRange;
  /** No write finds space. */
  readonly full?: boolean;
  readonly failFsync?: boolean;
  /** Bytes of what is not flushed that the next loss of power leaves behind; `false` leaves that to chance again. */
  readonly tear?: number | false;
  /** A bit of a file is flipped: at a byte of it, or somewhere. */
  readonly corrupt?: number | 'random';
  /** Which: `wal` (left out: that) is the newest segment of the log, `snap` the newest snapshot; or a name in the data directory. */
  readonly corruptFile?: string;
}

/** `none`: a program's own, etcd's: what may have taken effect is not sent again. `blind`: sends it again until it is answered. */
export type RetryPolicy = 'none' | 'blind';

export type WorldCommand =
  /** `powerLoss`: what was not flushed is gone too; otherwise only the process dies and written bytes stay. */
  | {
      readonly type: 'kill';
      readonly nodes: readonly NodeRef[];
      readonly powerLoss: boolean;
      /** Not now, but when the member's process next comes to this crash point (`src/etcd/crash-points.ts`). */
      readonly at?: string;
    }
  /** An assertion fails in each of them, as a defect of its own would make it; or it ends for a reason that lay outside of the run, such as the loss of its worker. */
  | { readonly type: 'crash'; readonly nodes: readonly NodeRef[]; readonly reason?: string }
  | { readonly type: 'restart'; readonly nodes: readonly NodeRef[] }
  /** Starts a member's process as an `etcd` command line would, in the place of its data directory; a name not known yet gets a machine of its own. */
  | { readonly type: 'launch'; readonly flags: LaunchFlags }
  /**
   * Starts a member that does not run: one that ran before with its old flags, changed by `changes`; one that was added by `etcdctl member add` and
   * never started, or whose disk was wiped, joins the cluster with flags made from what the cluster's members know.
   */
  | {
      readonly type: 'start-member';
      readonly node: NodeRef;
      readonly changes: LaunchSettings & { readonly forceNewCluster?: boolean };
    }
  | { readonly type: 'freeze'; readonly nodes: readonly NodeRef[] }
  | { readonly type: 'thaw'; readonly nodes: readonly NodeRef[] }
  | { readonly type: 'wipe'; readonly nodes: readonly NodeRef[] }
  /** Members of different sides do not reach each other; members in no side form one more side. */
  | { readonly type: 'partition'; readonly sides: readonly (readonly NodeRef[])[] }
  | { readonly type: 'isolate'; readonly nodes: readonly NodeRef[] }
  /** Mends the network: partitions and all links. `all`: every fault that is in force, disks and clocks too; who does not run stays so. */
  | { readonly type: 'heal'; readonly all?: true }
  /** One direction, or `both`. Ends may be members or clients. */
  | { readonly type: 'link'; readonly from: NodeRef; readonly to: NodeRef; readonly both: boolean; readonly settings: LinkSettings }
  | { readonly type: 'disk'; readonly nodes: readonly NodeRef[]; readonly settings: DiskSettings }
  /** Of members or clients. `rate`: of all that they time. `jumpMicros`: by how much the time of day that they tell moves, back if negative. */
  | { readonly type: 'clock'; readonly nodes: readonly NodeRef[]; readonly rate?: number; readonly jumpMicros?: number }
  /** Election timers begin anew: `align` to fire together, `spread` as far apart as the timeout allows. */
  | { readonly type: 'timers'; readonly nodes: readonly NodeRef[]; readonly mode: 'align' | 'spread' }
  /** How a client goes about requests that got no answer. The client of that name is made when needed. */
  | { readonly type: 'client'; readonly client: string; readonly retry: RetryPolicy }
  | { readonly type: 'timeout'; readonly nodes: readonly NodeRef[] }
  /** Starts a program as a process of a client. `process` is unique in the run; the client of that name is made when needed. */
  | {
      readonly type: 'start';
      readonly process: string;
      readonly client: string;
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly stdin: string | undefined;
      readonly columns: number;
    }
  | { readonly type: 'stdin'; readonly process: string; readonly data: string; readonly end: boolean }
  /** `KILL` ends a process without asking it. */
  | { readonly type: 'signal'; readonly process: string; readonly signal: 'INT' | 'TERM' | 'KILL' }
  /**
   * Changes the machine's files; paths are absolute. Text that is no UTF-8 comes as base64. `remove` takes a folder with all that is in it, `mkdir` makes
   * what is missing above. One that fails when its time comes (the disk is full) changes nothing.
   */
  | {
      readonly type: 'file';
      readonly action: 'write' | 'append' | 'remove' | 'mkdir' | 'rename';
      readonly path: string;
      /** Content, or the new path. */
      readonly text: string;
      readonly base64: boolean;
    }
  /** Faults on one message in flight, named by its `message-sent` event. */
  | {
      readonly type: 'message';
      readonly event: number;
      readonly action: 'drop' | 'duplicate' | 'deliver' | 'delay';
      readonly delayMicros: number;
    };

/** A `play` line: something done to the world, or to the session that plays it. */
export type PlayCommand =
  | { readonly type: 'world'; readonly command: WorldCommand }
  | { readonly type: 'new'; readonly options: RunOptionsInput }
  | { readonly type: 'run'; readonly micros: number }
  | { readonly type: 'until'; readonly condition: string; readonly withinMicros: number }
  | { readonly type: 'break'; readonly action: BreakAction }
  | { readonly type: 'status' }
  /** Prints the run so far as a scenario file. */
  | { readonly type: 'script' }
  /** Plays a scenario file in the place of the present run. */
  | { readonly type: 'load'; readonly path: string }
  /** The load generator: one process for each of its clients; undefined: they are to stop. */
  | { readonly type: 'traffic'; readonly load: LoadSettings | undefined }
  | { readonly type: 'step' }
  | { readonly type: 'help' };

/** What `play break` does to the breakpoints of the page: they stop time and are no part of the run. */
export type BreakAction =
  | { readonly type: 'add'; readonly condition: string }
  | { readonly type: 'list' | 'delete-all' }
  | { readonly type: 'delete' | 'enable' | 'disable'; readonly id: number };

/** Flags of `play new`; what is not given keeps the default of the profile. */
export interface RunOptionsInput {
  readonly nodes?: number;
  readonly seed?: number;
  readonly profile?: string;
  readonly preVote?: boolean;
  readonly checkQuorum?: boolean;
  readonly electionMicros?: number;
  readonly heartbeatMicros?: number;
  readonly latency?: LatencyRange;
  readonly diskLatency?: LatencyRange;
  readonly clientLatency?: LatencyRange;
  readonly backendLatency?: LatencyRange;
  readonly snapshotLatency?: LatencyRange;
  /** Unix milliseconds at virtual time 0. */
  readonly epochMillis?: number;
  readonly maxRequestBytes?: number;
  readonly maxTxnOps?: number;
  readonly quotaBackendBytes?: number;
  readonly walSegmentBytes?: number;
  readonly snapshotCount?: number;
  readonly catchUpEntries?: number;
  readonly storage?: 'sync' | 'async';
  readonly enableV2?: boolean;
  /** Names of rules to break on purpose (`--break`). */
  readonly broken?: readonly BrokenRule[];
}
