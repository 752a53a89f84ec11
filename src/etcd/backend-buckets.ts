/** What etcd keeps in the backend besides the keys: its other buckets, pair by pair, for the hash of the whole and the count of a snapshot. */

import { utf8, type Bytes } from '#kernel/bytes.ts';
import type { ConfState } from '#raft/state.ts';
import type { BackendBucket } from '#mvcc/hash.ts';
import { BinaryWriter } from '#api/wire.ts';
import { formatId } from '#etcd/identity.ts';
import type { StateMachine } from '#etcd/parts.ts';

type Pair = BackendBucket['pairs'][number];

const text = (key: string, value: string): Pair => ({ key: utf8(key), value: utf8(value) });

function bigEndian(value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value));
  return bytes;
}

/** Ids and counts in protobuf, fields 1 and 2. */
function twoFields(first: bigint, second: bigint): Bytes {
  const w = new BinaryWriter();
  if (first !== 0n) w.uint32(8).int64(BigInt.asIntN(64, first));
  if (second !== 0n) w.uint32(16).int64(BigInt.asIntN(64, second));
  return w.finish();
}

/** A lease as it is stored (src/api/proto/lease.proto). */
function leaseFields(id: bigint, ttl: bigint, remaining: bigint): Bytes {
  const w = new BinaryWriter();
  for (const [i, field] of [id, ttl, remaining].entries()) if (field !== 0n) w.uint32(8 * (i + 1)).int64(BigInt.asIntN(64, field));
  return w.finish();
}

/** A number where JSON would lose digits. */
const withId = (id: bigint, rest: object): string => JSON.stringify({ id: 0, ...rest }).replace('"id":0', `"id":${id}`);

/** Raft's configuration as 3.5 stores it. */
function confStateJson({ voters, learners }: ConfState): string {
  const list = (ids: readonly bigint[]): string => `[${ids.join(',')}]`;
  const more = learners.length === 0 ? '' : `,"learners":${list(learners)}`;
  return `{"voters":${list(voters)}${more},"auto_leave":false}`;
}

/** Every bucket but `key` and `meta`, empty ones included. Users and roles are not modelled byte by byte: etcd's hashes of passwords are random. */
export function otherBuckets({ cluster, lessor, alarms, auth }: StateMachine): readonly BackendBucket[] {
  const members = cluster
    .list()
    .map(({ id, peerUrls, isLearner, name, clientUrls }) =>
      text(
        formatId(id),
        withId(id, {
          peerURLs: peerUrls,
          ...(isLearner ? { isLearner } : {}),
          ...(name === '' ? {} : { name }),
          ...(clientUrls.length === 0 ? {} : { clientURLs: clientUrls }),
        }),
      ),
    )
    .sort((a, b) => (asText(a.key) < asText(b.key) ? -1 : 1));
  const leases = lessor.list().toSorted((a, b) => (BigInt.asUintN(64, a.id) < BigInt.asUintN(64, b.id) ? -1 : 1));
  const enabled: readonly Pair[] = auth.isEnabled ? [{ key: utf8('authEnabled'), value: Uint8Array.of(1) }] : [];
  return [
    { name: 'alarm', pairs: alarms.list().map(({ memberId, type }) => ({ key: twoFields(memberId, BigInt(type)), value: utf8('') })) },
    { name: 'auth', pairs: [...enabled, { key: utf8('authRevision'), value: bigEndian(BigInt(auth.revision)) }] },
    { name: 'authRoles', pairs: [] },
    { name: 'authUsers', pairs: [] },
    { name: 'cluster', pairs: cluster.version === undefined ? [] : [text('clusterVersion', cluster.version)] },
    {
      name: 'lease',
      pairs: leases.map(({ id, ttl, storedRemaining }) => ({ key: bigEndian(id), value: leaseFields(id, ttl, storedRemaining) })),
    },
    { name: 'members', pairs: members },
    { name: 'members_removed', pairs: [] },
  ];
}

const asText = (bytes: Bytes): string => String.fromCharCode(...bytes);

/**
 * What `meta` holds besides the marks of compaction: how far the log is applied, and in 3.5 Raft's configuration and term. 3.4 writes the
 * index with each change of the keys and not otherwise (seen in a snapshot of it).
 */
export function metaPairs(machine: StateMachine, isNewer: boolean): readonly Pair[] {
  const index = { key: utf8('consistent_index'), value: bigEndian(BigInt(isNewer ? machine.appliedIndex : machine.changedIndex)) };
  if (!isNewer) return [index];
  return [text('confState', confStateJson(machine.confState)), index, { key: utf8('term'), value: bigEndian(BigInt(machine.appliedTerm)) }];
}
