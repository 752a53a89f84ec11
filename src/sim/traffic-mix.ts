/**
 * What a client of the traffic asks for next: the mixes of etcd's own robustness tests (EtcdPutDeleteLease, EtcdPut, EtcdDelete, Kubernetes), over few
 * hot keys. Weights are theirs but for reads of past revisions and signs of life of leases, which they do elsewhere. Every value is put once in a run.
 */

import {
  Compare_CompareResult,
  Compare_CompareTarget,
  CompactionRequest,
  DeleteRangeRequest,
  LeaseGrantRequest,
  LeaseKeepAliveRequest,
  LeaseRevokeRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
  type RequestOp,
} from '#api/gen/rpc.ts';
import { KVService, LeaseService } from '#api/rpc.ts';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Prng } from '#kernel/prng.ts';

/** What can be asked for. */
export type TrafficKind =
  | 'get'
  | 'list'
  | 'stale-get'
  | 'stale-list'
  | 'past-get'
  | 'put'
  | 'large-put'
  | 'delete'
  | 'multi-txn'
  | 'compare-and-set'
  | 'guarded-create'
  | 'guarded-update'
  | 'guarded-delete'
  | 'put-with-lease'
  | 'renew-lease'
  | 'revoke-lease'
  | 'compact'
  | 'compact-newest';

type Weights = Partial<Readonly<Record<TrafficKind, number>>>;

export const TRAFFIC_MIXES: Readonly<Record<string, Weights>> = {
  'put-delete-lease': {
    get: 15,
    list: 15,
    'stale-get': 10,
    'stale-list': 10,
    'past-get': 5,
    delete: 5,
    'multi-txn': 5,
    'put-with-lease': 5,
    'renew-lease': 3,
    'revoke-lease': 5,
    'compare-and-set': 5,
    put: 20,
    'large-put': 1,
  },
  put: { get: 15, list: 15, 'stale-get': 10, 'stale-list': 10, 'multi-txn': 5, 'large-put': 1, put: 40 },
  delete: { put: 50, delete: 50 },
  large: { 'large-put': 1 },
  kubernetes: { list: 10, 'guarded-update': 90, 'guarded-delete': 5, 'guarded-create': 5 },
  // It looks now and then how far the store has got: a refusal does not tell.
  compact: { compact: 2, 'stale-get': 1 },
  'compact-newest': { 'compact-newest': 1, 'stale-get': 1 },
};

/** What a client remembers between two requests. Plain data. */
export interface TrafficMemory {
  readonly client: string;
  /** Number of its next request. */
  readonly next: number;
  /** Newest revision that it heard of. */
  readonly revision: number;
  /** Modification revision of each hot key as last seen, 0 for an absent one. */
  readonly seen: Readonly<Record<string, number>>;
  /** Its lease; 0n for none. */
  readonly lease: bigint;
}

/** One request of a client. */
export interface TrafficCall {
  readonly kind: TrafficKind;
  readonly method: string;
  readonly body: Bytes;
}

const PREFIX = 'key/';
const PREFIX_END = utf8('key0');
const LARGE_BYTES = 32 * 1024;
/** Seconds; the shortest that an election timeout of a second allows is 2. */
const LEASE_TTL = 2n;

const pickKind = (weights: Weights, random: Prng): TrafficKind => {
  const entries = Object.entries(weights) as readonly (readonly [TrafficKind, number])[]; // the record's own keys
  let left = random.nextFloat() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of entries) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'get';
};

const valueOf = ({ client, next }: TrafficMemory): string => `${client}-${next}`;
const put = (key: string, value: string, lease = 0n): RequestOp => ({
  request: { type: 'requestPut', value: PutRequest.create({ key: utf8(key), value: utf8(value), lease }) },
});
const get = (key: string): RequestOp => ({ request: { type: 'requestRange', value: RangeRequest.create({ key: utf8(key) }) } });
const remove = (key: string): RequestOp => ({
  request: { type: 'requestDeleteRange', value: DeleteRangeRequest.create({ key: utf8(key) }) },
});

/** A lease's id is the client's own choice, so that it is known also where the grant's answer is lost. */
const leaseIdOf = ({ client, next }: TrafficMemory): bigint => {
  let hash = 7n;
  for (const letter of `${client} ${next}`) hash = (hash * 131n + BigInt(letter.charCodeAt(0))) & 0x7fff_ffff_ffffn;
  return hash;
};

/** Draws the next request. @param keys number of hot keys */
export function drawCall(mix: string, keys: number, memory: TrafficMemory, random: Prng): TrafficCall {
  const kind = pickKind(TRAFFIC_MIXES[mix] ?? TRAFFIC_MIXES['put'] ?? {}, random);
  return { kind, ...buildCall(kind, `${PREFIX}${random.nextBelow(keys)}`, keys, memory, random) };
}

type Built = Omit<TrafficCall, 'kind'>;

function buildCall(kind: TrafficKind, key: string, keys: number, memory: TrafficMemory, random: Prng): Built {
  switch (kind) {
    case 'get':
      return range({ key: utf8(key) });
    case 'stale-get':
      return range({ key: utf8(key), serializable: true });
    case 'past-get':
      return range({ key: utf8(key), revision: BigInt(Math.max(1, memory.revision - random.nextBelow(20))) });
    case 'list':
      return range({ key: utf8(PREFIX), rangeEnd: PREFIX_END, limit: BigInt(random.nextBelow(2) * 3) });
    case 'stale-list':
      return range({ key: utf8(PREFIX), rangeEnd: PREFIX_END, serializable: true });
    case 'put':
      return putCall(key, valueOf(memory));
    case 'large-put':
      return putCall(key, `${valueOf(memory)} ${'x'.repeat(LARGE_BYTES)}`);
    case 'delete': {
      const body = DeleteRangeRequest.encode(DeleteRangeRequest.create({ key: utf8(key), prevKv: true })).finish();
      return { method: KVService.DeleteRange.path, body };
    }
    case 'multi-txn':
      return txn(undefined, multiOps(keys, memory, random), []);
    case 'compare-and-set':
    case 'guarded-update':
      return txn([key, memory.seen[key] ?? 0], [put(key, valueOf(memory))], [get(key)]);
    case 'guarded-create':
      return txn([key, 0], [put(key, valueOf(memory))], [get(key)]);
    case 'guarded-delete':
      return txn([key, memory.seen[key] ?? 0], [remove(key)], [get(key)]);
    case 'put-with-lease':
    case 'renew-lease':
    case 'revoke-lease':
      // Now and then a lease is left to end by itself.
      return leaseCall(kind, key, kind === 'put-with-lease' && random.nextBelow(5) === 0 ? { ...memory, lease: 0n } : memory);
    case 'compact':
    case 'compact-newest': {
      const revision = BigInt(Math.max(1, memory.revision - (kind === 'compact' ? random.nextBelow(3) : 0)));
      return { method: KVService.Compact.path, body: CompactionRequest.encode(CompactionRequest.create({ revision })).finish() };
    }
  }
}

const range = (fields: Partial<RangeRequest>): Built => ({
  method: KVService.Range.path,
  body: RangeRequest.encode(RangeRequest.create(fields)).finish(),
});
const putCall = (key: string, value: string, lease = 0n): Built => ({
  method: KVService.Put.path,
  body: PutRequest.encode(PutRequest.create({ key: utf8(key), value: utf8(value), lease, prevKv: true })).finish(),
});

/** Four operations on different keys. */
function multiOps(keys: number, memory: TrafficMemory, random: Prng): readonly RequestOp[] {
  const first = random.nextBelow(keys);
  const keyAt = (i: number): string => `${PREFIX}${(first + i) % keys}`;
  const count = Math.min(4, keys);
  return Array.from({ length: count }, (_, i) => {
    const dice = random.nextBelow(4);
    return dice === 0 ? get(keyAt(i)) : dice === 1 ? remove(keyAt(i)) : put(keyAt(i), `${valueOf(memory)}.${i}`);
  });
}

/** @param guard a key and the modification revision that it must have */
function txn(guard: readonly [string, number] | undefined, success: readonly RequestOp[], failure: readonly RequestOp[]): Built {
  const compare =
    guard === undefined
      ? []
      : [
          {
            key: utf8(guard[0]),
            rangeEnd: EMPTY_BYTES,
            target: Compare_CompareTarget.MOD,
            result: Compare_CompareResult.EQUAL,
            targetUnion: { type: 'modRevision' as const, value: BigInt(guard[1]) },
          },
        ];
  return { method: KVService.Txn.path, body: TxnRequest.encode(TxnRequest.create({ compare, success, failure })).finish() };
}

/** Without a lease the client gets itself one first. */
function leaseCall(kind: 'put-with-lease' | 'renew-lease' | 'revoke-lease', key: string, memory: TrafficMemory): Built {
  const { lease } = memory;
  if (lease === 0n) {
    const body = LeaseGrantRequest.encode(LeaseGrantRequest.create({ ID: leaseIdOf(memory), TTL: LEASE_TTL })).finish();
    return { method: LeaseService.LeaseGrant.path, body };
  }
  if (kind === 'put-with-lease') return putCall(key, valueOf(memory), lease);
  if (kind === 'renew-lease')
    return {
      method: LeaseService.LeaseKeepAlive.path,
      body: LeaseKeepAliveRequest.encode(LeaseKeepAliveRequest.create({ ID: lease })).finish(),
    };
  return { method: LeaseService.LeaseRevoke.path, body: LeaseRevokeRequest.encode(LeaseRevokeRequest.create({ ID: lease })).finish() };
}
