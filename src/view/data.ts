/**
 * Where the data views read from, in terms of etcd's calls: a cluster in this tab, or, behind the same face, a real one through its JSON gateway. What only
 * some sources can do stands in flags, and the views leave out what the source cannot. All of it is plain data; times are virtual µs.
 */

import type { Bytes } from '#kernel/bytes.ts';

/** What a source can do beyond etcd's own calls. */
export interface DataFlags {
  /** It takes `play` lines: members can be started, other clusters made, loads run. */
  readonly faults: boolean;
  /** What no call of etcd's tells: watchers of all clients, a member's own leases, the leader's bookkeeping. */
  readonly internals: boolean;
}

/** Every answer says when and by whom it was given, and in etcd's words why not. */
export interface Answered {
  readonly at: number;
  readonly member: string;
  /** Set if there is no answer: the member does not run, or etcd refuses. */
  readonly error: string | undefined;
}

/** Keys in [key, rangeEnd) of one member's store (a serializable KV.Range). */
export interface RangeQuery {
  readonly type: 'range';
  readonly member: string;
  readonly key: Bytes;
  readonly rangeEnd: Bytes;
  /** 0: the newest. */
  readonly revision: number;
  readonly limit: number;
}

export interface StoredKey {
  readonly key: Bytes;
  /** At most {@link VALUE_BYTES_MAX}, and less where many are listed. */
  readonly value: Bytes;
  /** Bytes of the whole value. */
  readonly size: number;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** Hex; empty for none. */
  readonly lease: string;
}

export interface RangeAnswer extends Answered {
  readonly type: 'range';
  readonly revision: number;
  readonly compactRevision: number;
  readonly count: number;
  readonly keys: readonly StoredKey[];
}

/** Bytes of one value that the page gets. */
export const VALUE_BYTES_MAX = 64 * 1024;

/** Changes of the keys in [key, rangeEnd), newest first (what a watch from a past revision gives). */
export interface ChangesQuery {
  readonly type: 'changes';
  readonly member: string;
  readonly key: Bytes;
  readonly rangeEnd: Bytes;
  /** Only below this main revision; 0: all. */
  readonly before: number;
  readonly limit: number;
}

export interface StoredChange extends StoredKey {
  readonly tombstone: boolean;
  /** The value before, where the store still has it. */
  readonly before: Bytes | undefined;
}

export interface ChangesAnswer extends Answered {
  readonly type: 'changes';
  readonly revision: number;
  readonly compactRevision: number;
  readonly more: boolean;
  readonly changes: readonly StoredChange[];
}

/** Watchers of all members. */
export interface WatchersQuery {
  readonly type: 'watchers';
}

export interface WatcherView {
  readonly member: string;
  readonly client: string;
  /** The line that opened it, as far as it is known. */
  readonly line: string;
  /** The terminal it runs in; empty if it does not run in one. */
  readonly terminal: string;
  readonly call: number;
  readonly watch: number;
  readonly key: Bytes;
  readonly rangeEnd: Bytes;
  readonly state: 'synced' | 'unsynced' | 'victim';
  /** The first revision that it hears of. */
  readonly since: number;
  readonly nextRevision: number;
  /** The member's own newest revision. */
  readonly revision: number;
}

export interface WatchersAnswer extends Answered {
  readonly type: 'watchers';
  readonly watchers: readonly WatcherView[];
}

/** The leases as one member knows them (LeaseLeases, LeaseTimeToLive). */
export interface LeasesQuery {
  readonly type: 'leases';
  readonly member: string;
}

export interface LeaseRow {
  /** Hex. */
  readonly id: string;
  /** Seconds. */
  readonly ttl: number;
  /** When it ends, by this member; undefined on one that does not count (only the leader does). */
  readonly expiresAt: number | undefined;
  readonly keys: readonly Bytes[];
}

export interface LeasesAnswer extends Answered {
  readonly type: 'leases';
  /** This member counts the time. */
  readonly isPrimary: boolean;
  readonly leases: readonly LeaseRow[];
}

/** Users and roles (Auth.UserList, RoleGet, …). */
export interface AuthQuery {
  readonly type: 'auth';
  readonly member: string;
}

export interface RoleView {
  readonly name: string;
  readonly permissions: readonly { readonly kind: 'read' | 'write' | 'readwrite'; readonly key: Bytes; readonly rangeEnd: Bytes }[];
}

export interface AuthAnswer extends Answered {
  readonly type: 'auth';
  readonly enabled: boolean;
  readonly revision: number;
  readonly users: readonly { readonly name: string; readonly roles: readonly string[] }[];
  readonly roles: readonly RoleView[];
}

/** The v2 tree (GET /v2/keys?recursive=true). */
export interface V2Query {
  readonly type: 'v2';
  readonly member: string;
}

export interface V2Node {
  readonly key: string;
  readonly dir: boolean;
  readonly value: string;
  readonly ttl: number;
  readonly createdIndex: number;
  readonly modifiedIndex: number;
}

export interface V2Answer extends Answered {
  readonly type: 'v2';
  readonly enabled: boolean;
  readonly index: number;
  readonly more: boolean;
  readonly nodes: readonly V2Node[];
}

/** The cluster: Cluster.MemberList of one member, Maintenance.Status of each. */
export interface ClusterQuery {
  readonly type: 'cluster';
  readonly member: string;
}

/** A member of the configuration, or a machine of the run that is not in it. */
export interface ClusterRow {
  /** Empty until it was started. */
  readonly name: string;
  /** Hex; empty for a machine that never was a member. */
  readonly id: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
  /** In the configuration that the asked member has applied. */
  readonly isMember: boolean;
  /** What its own process says; undefined if it does not run. */
  readonly status:
    | {
        readonly version: string;
        readonly role: string;
        readonly term: number;
        readonly lastIndex: number;
        readonly applied: number;
        readonly dbSize: number;
        readonly dbSizeInUse: number;
        /** Bytes; -1: no limit. */
        readonly quota: number;
        /** Its backend works on something until then (a defragmentation), µs; undefined if not. */
        readonly busyUntil: number | undefined;
      }
    | undefined;
  /** How far the leader knows it to be; undefined for the leader and where there is none. */
  readonly match: number | undefined;
  readonly alarms: readonly string[];
}

export interface ClusterAnswer extends Answered {
  readonly type: 'cluster';
  readonly version: string;
  readonly rows: readonly ClusterRow[];
  readonly voters: number;
  readonly quorum: number;
  readonly leader: string;
  /** The leader's last index. */
  readonly lastIndex: number;
}

/** What the load generator does and measured. */
export interface TrafficQuery {
  readonly type: 'traffic';
}

/** Requests that ended in one stretch of time. */
export interface TrafficBucket {
  readonly at: number;
  readonly ok: number;
  readonly failed: number;
  /** They may have taken effect or not. */
  readonly unknown: number;
  readonly inFlight: number;
  /** µs; 0 where nothing was answered. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface TrafficAnswer extends Answered {
  readonly type: 'traffic';
  /** `none`: it was never started in this run. */
  readonly state: 'none' | 'running' | 'stopped';
  /** The settings, as the line gives them. */
  readonly line: string;
  readonly bucketMicros: number;
  /** Oldest first, at most 120. */
  readonly buckets: readonly TrafficBucket[];
  /** Over the whole load. */
  readonly total: TrafficBucket;
  /** What could not be sent in time because too much was under way. */
  readonly skipped: number;
  readonly kinds: readonly { readonly kind: string; readonly ok: number; readonly failed: number; readonly unknown: number }[];
}

export type DataQuery = RangeQuery | ChangesQuery | WatchersQuery | LeasesQuery | AuthQuery | V2Query | ClusterQuery | TrafficQuery;

export type DataAnswer =
  RangeAnswer | ChangesAnswer | WatchersAnswer | LeasesAnswer | AuthAnswer | V2Answer | ClusterAnswer | TrafficAnswer;

/** The answer to a query of a type. */
export type AnswerTo<Q extends DataQuery> = Extract<DataAnswer, { readonly type: Q['type'] }>;

/** Where the data views read from. */
export interface DataSource {
  readonly flags: DataFlags;
  ask<Q extends DataQuery>(query: Q): Promise<AnswerTo<Q>>;
}

/** The first key after all that begin with a prefix; `\0` (no end) if there is none. */
export function prefixEnd(prefix: Bytes): Bytes {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const b = prefix[i] ?? 0;
    if (b < 0xff) return Uint8Array.from([...prefix.subarray(0, i), b + 1]);
  }
  return Uint8Array.of(0);
}
