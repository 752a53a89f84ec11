/**
 * Answers to the page's and the predicates' questions about a member: plain data, nothing is changed and nothing traced. The types here are
 * what each question of the contract is answered with.
 */

import type { Bytes } from '#kernel/bytes.ts';

/** Answer to `raft`. Ids are bigint. */
export interface RaftAnswer {
  readonly id: bigint;
  readonly clusterId: bigint;
  readonly role: string;
  readonly term: number;
  readonly vote: bigint;
  readonly lead: bigint;
  readonly commit: number;
  readonly applied: number;
  /** Last index that is durable here. */
  readonly stable: number;
  readonly electionElapsed: number;
  readonly electionTimeout: number;
  /** It has published itself and takes its clients' requests; before that they wait. */
  readonly serving: boolean;
  /** What clients sent that waits for that. */
  readonly held: number;
  /** Voters, and learners, ascending. */
  readonly voters: readonly bigint[];
  readonly learners: readonly bigint[];
  /** A candidate's: everybody whom it asked; undefined while there is no answer. */
  readonly votes: readonly { readonly id: bigint; readonly granted: boolean | undefined }[];
  /** A leader's bookkeeping of the others. */
  readonly progress: readonly {
    readonly id: bigint;
    readonly state: string;
    readonly match: number;
    readonly next: number;
    readonly inflight: number;
    readonly paused: boolean;
    readonly active: boolean;
    readonly pendingSnapshot: number;
    readonly learner: boolean;
  }[];
  /** Whom a leader hands over to; 0n if nobody. */
  readonly transferee: bigint;
  /** Requests waiting for their entry, and for a safe index to read at. */
  readonly proposals: number;
  readonly reads: number;
  /** Writes under way. */
  readonly saves: readonly { readonly op: number; readonly entries: number }[];
  /** How often this member has seen a leader appear since it started. */
  readonly leaderChanges: number;
}

/** One entry of the log. */
export interface LogCellAnswer {
  readonly index: number;
  readonly term: number;
  readonly kind: 'normal' | 'empty' | 'conf-change' | 'cluster';
  /** Such as `foo=bar`, `del foo`, `txn`, `+etcd-4`. */
  readonly label: string;
  /** Durable on this member. */
  readonly stable: boolean;
}

/** Answer to `log`. */
export interface LogAnswer {
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Last entry made by bootstrap: configuration, first empty entry, publishes, cluster version. */
  readonly bootstrapTo: number;
  /** Ascending; only those that are in the log. */
  readonly cells: readonly LogCellAnswer[];
}

/** Answer to `keys`. */
export interface KeysAnswer {
  readonly revision: number;
  readonly compactRevision: number;
  readonly count: number;
  readonly more: boolean;
  /** etcd's text if the revision cannot be read. */
  readonly error: string;
  readonly keys: readonly {
    readonly key: Bytes;
    readonly value: Bytes;
    readonly createRevision: number;
    readonly modRevision: number;
    readonly version: number;
    readonly lease: bigint;
  }[];
}

/** Answer to `changes`, in order. */
export interface ChangesAnswer {
  readonly changes: readonly {
    readonly key: Bytes;
    readonly value: Bytes;
    readonly createRevision: number;
    readonly modRevision: number;
    /** Position within the main revision, from 0. */
    readonly sub: number;
    readonly version: number;
    readonly lease: bigint;
    readonly tombstone: boolean;
  }[];
}

/** Answer to `key-changes`, newest first. */
export interface KeyChangesAnswer {
  readonly revision: number;
  readonly compactRevision: number;
  /** There are older ones. */
  readonly more: boolean;
  readonly changes: readonly {
    readonly key: Bytes;
    readonly value: Bytes;
    readonly createRevision: number;
    readonly modRevision: number;
    readonly version: number;
    readonly lease: bigint;
    readonly tombstone: boolean;
    /** The value before it, where the store still has it and the key was there. */
    readonly before: Bytes | undefined;
  }[];
}

/** Answer to `auth`. */
export interface AuthAnswer {
  readonly enabled: boolean;
  readonly revision: number;
  readonly users: readonly { readonly name: string; readonly roles: readonly string[] }[];
  readonly roles: readonly {
    readonly name: string;
    readonly permissions: readonly { readonly kind: 'read' | 'write' | 'readwrite'; readonly key: Bytes; readonly rangeEnd: Bytes }[];
  }[];
}

/** Answer to `v2-keys`: the nodes in the order of a walk, each directory before what is in it. */
export interface V2KeysAnswer {
  readonly enabled: boolean;
  readonly index: number;
  readonly more: boolean;
  readonly nodes: readonly {
    readonly key: string;
    readonly dir: boolean;
    readonly value: string;
    readonly ttl: number;
    readonly createdIndex: number;
    readonly modifiedIndex: number;
  }[];
}

/** Answer to `hash`. */
export interface HashAnswer {
  /** -1 if the revision cannot be read. */
  readonly hash: number;
  readonly revision: number;
  readonly compactRevision: number;
}

/** Answer to `watchers`. */
export interface WatchersAnswer {
  readonly count: number;
  readonly watchers: readonly {
    readonly client: number;
    readonly call: number;
    readonly watch: number;
    readonly key: Bytes;
    readonly rangeEnd: Bytes;
    readonly state: string;
    /** The next revision that it hears of. */
    readonly nextRevision: number;
  }[];
}

/** Answer to `leases`. */
export interface LeasesAnswer {
  readonly isPrimary: boolean;
  /** In hex, as etcdctl prints them. */
  readonly ids: readonly string[];
  readonly leases: readonly {
    readonly id: bigint;
    readonly ttl: bigint;
    readonly expiresAt: number | undefined;
    readonly keys: readonly Bytes[];
  }[];
}

/** Answer to `members`. */
export interface MembersAnswer {
  readonly version: string;
  /** Such as `NOSPACE`, each once. */
  readonly alarms: readonly string[];
  /** Who raised which. */
  readonly raised: readonly { readonly id: bigint; readonly alarm: string }[];
  readonly members: readonly {
    readonly id: bigint;
    readonly name: string;
    readonly peerUrls: readonly string[];
    readonly clientUrls: readonly string[];
    readonly isLearner: boolean;
  }[];
}

/** Answer to `disk`. */
export interface DiskAnswer {
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  /** The quota in force, bytes; -1 if there is none. */
  readonly quota: number;
  /** When a defragmentation that holds up the backend is done, by the member's clock, µs; -1 if there is none. */
  readonly defragmentedAt: number;
  readonly snapshotIndex: number;
}

/** Answer to `digest`: SHA-256 of the whole state, hex. */
export interface DigestAnswer {
  readonly digest: string;
}
