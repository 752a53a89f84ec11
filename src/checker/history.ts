/**
 * What clients asked of a cluster and heard from it, with virtual times: all that the checks of etcd's promises look at. Keys and values are in
 * the engine's string form (one unit per byte), numbers are whole. An operation whose answer is not known may have happened at any time after it
 * began, or never (etcd's API guarantees: a request that timed out has an unknown outcome).
 */

import type { KeyRange } from '#mvcc/byte-key.ts';

/** A key at a revision, as an answer shows it. */
export interface Version {
  readonly key: string;
  /** '' where the request asked for keys only, and in tombstones. */
  readonly value: string;
  readonly create: number;
  readonly mod: number;
  readonly version: number;
  readonly lease: bigint;
}

export interface ReadAction {
  readonly type: 'range';
  readonly range: KeyRange;
  /** 0: the newest. */
  readonly revision: number;
  /** 0: none. */
  readonly limit: number;
  readonly countOnly: boolean;
  readonly keysOnly: boolean;
}
export interface PutAction {
  readonly type: 'put';
  readonly key: string;
  readonly value: string;
  readonly lease: bigint;
  readonly prevKv: boolean;
}
export interface DeleteAction {
  readonly type: 'delete';
  readonly range: KeyRange;
  readonly prevKv: boolean;
}
export type Action = ReadAction | PutAction | DeleteAction;

/** One comparison of a transaction; a key that does not exist has numbers of 0 and no value. */
export interface Guard {
  readonly key: string;
  readonly target: 'version' | 'create' | 'mod' | 'lease' | 'value';
  readonly result: 'equal' | 'greater' | 'less' | 'not-equal';
  readonly wanted: string | bigint;
}

/** A single range, put or delete is a transaction of one action without guards. */
export interface TxnRequest {
  readonly type: 'txn';
  readonly guards: readonly Guard[];
  readonly success: readonly Action[];
  readonly failure: readonly Action[];
  /** Answered from one member's own, maybe stale, state. */
  readonly serializable: boolean;
}

export type Request =
  | TxnRequest
  | { readonly type: 'lease-grant'; readonly id: bigint; readonly ttl: bigint }
  | { readonly type: 'lease-revoke'; readonly id: bigint }
  | { readonly type: 'lease-renew'; readonly id: bigint }
  | { readonly type: 'compact'; readonly revision: number }
  /** Something that these checks have no model of. `writes`: it may change keys. */
  | { readonly type: 'other'; readonly method: string; readonly writes: boolean };

export type ActionResult =
  | { readonly type: 'range'; readonly kvs: readonly Version[]; readonly count: number; readonly more: boolean }
  | { readonly type: 'put'; readonly previous: Version | undefined }
  | { readonly type: 'delete'; readonly deleted: number; readonly previous: readonly Version[] };

/** `revision` is that of the answer's header, 0 if it has none. */
export type Answer =
  | { readonly type: 'txn'; readonly revision: number; readonly succeeded: boolean; readonly results: readonly ActionResult[] }
  | { readonly type: 'lease'; readonly revision: number; readonly id: bigint; readonly ttl: bigint }
  | { readonly type: 'done'; readonly revision: number };

export type Outcome =
  | { readonly type: 'ok'; readonly answer: Answer }
  /** It certainly did nothing. */
  | { readonly type: 'failed'; readonly code: number; readonly message: string }
  /** It may or may not have happened, or may yet. */
  | { readonly type: 'unknown'; readonly message: string };

/** One request of a client. Times are virtual, µs. */
export interface Operation {
  readonly client: string;
  /** With `client`, names it in a report. */
  readonly call: number;
  /** The member that it was sent to, 0 for nobody. */
  readonly member: number;
  readonly request: Request;
  readonly outcome: Outcome;
  readonly invokedAt: number;
  /** When the answer came; Infinity while the outcome is unknown. */
  readonly returnedAt: number;
}

export interface WatchedEvent {
  readonly type: 'put' | 'delete';
  readonly kv: Version;
  readonly previous: Version | undefined;
}

export interface WatchAnswer {
  readonly at: number;
  readonly revision: number;
  readonly events: readonly WatchedEvent[];
  /** More of the same revision comes in the next answer. */
  readonly fragment: boolean;
}

/** One watcher on one stream, from its creation to its end. */
export interface Watch {
  readonly client: string;
  readonly call: number;
  readonly member: number;
  readonly id: number;
  readonly range: KeyRange;
  /** As asked for; 0: from now on. */
  readonly startRevision: number;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly prevKv: boolean;
  /** The store's revision when it was made. */
  readonly createdRevision: number;
  readonly answers: readonly WatchAnswer[];
  /** Set when it was told that the history from here on is compacted. */
  readonly compactRevision: number | undefined;
}

export interface History {
  /** In the order of their beginning. */
  readonly operations: readonly Operation[];
  readonly watches: readonly Watch[];
}

/** What an operation is called in a report. */
export const operationName = ({ client, call }: { readonly client: string; readonly call: number }): string => `${client}#${call}`;

/** Whether it can change keys. */
export const mayWrite = (request: Request): boolean =>
  request.type === 'txn'
    ? [...request.success, ...request.failure].some(({ type }) => type !== 'range')
    : request.type === 'lease-revoke' || (request.type === 'other' && request.writes);
