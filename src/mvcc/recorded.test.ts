/**
 * Random requests answered by etcd 3.4.23 (`../shared/conformance/etcd/random`), played against the engine alone: successful ones only, the branch
 * of a transaction taken from its recorded answer. Every key, count and revision must be the recorded one, and at the end the hash of the whole backend.
 * The recordings do not come with the project; without them, the one request sequence written out below stands for them.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import { leaseId } from '#kernel/brand.ts';
import { Writer } from '#kernel/codec.ts';
import { bytesToKey, keyToBytes } from '#mvcc/byte-key.ts';
import type { BackendBucket } from '#mvcc/hash.ts';
import type { RangeRequest } from '#mvcc/range.ts';
import type { KeyValue } from '#mvcc/record.ts';
import { MvccStore } from '#mvcc/store.ts';
import type { WriteTxn } from '#mvcc/write-txn.ts';

const FOLDER = new URL('../../../shared/conformance/etcd/random/', import.meta.url);

type Int = number | string;

/** The fields that recorded requests have, all messages together. */
interface Req {
  readonly key?: string;
  readonly range_end?: string;
  readonly value?: string;
  readonly lease?: Int;
  readonly prev_kv?: boolean;
  readonly ignore_value?: boolean;
  readonly ignore_lease?: boolean;
  readonly revision?: Int;
  readonly limit?: Int;
  readonly count_only?: boolean;
  readonly keys_only?: boolean;
  readonly sort_order?: 'NONE' | 'ASCEND' | 'DESCEND';
  readonly sort_target?: 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE';
  readonly min_mod_revision?: Int;
  readonly max_mod_revision?: Int;
  readonly min_create_revision?: Int;
  readonly max_create_revision?: Int;
  readonly ID?: Int;
  readonly TTL?: Int;
  readonly success?: readonly Op[];
  readonly failure?: readonly Op[];
}

interface Op {
  readonly request_put?: Req;
  readonly request_range?: Req;
  readonly request_delete_range?: Req;
  readonly request_txn?: Req;
}

interface KeyJson {
  readonly key: string;
  readonly create_revision: string;
  readonly mod_revision: string;
  readonly version: string;
  readonly value?: string;
  readonly lease?: string;
}

interface Resp {
  readonly header?: { readonly revision: string };
  readonly error?: string;
  readonly hash?: number;
  readonly succeeded?: boolean;
  readonly responses?: readonly Answer[];
  readonly kvs?: readonly KeyJson[];
  readonly count?: string;
  readonly more?: boolean;
  readonly deleted?: string;
  readonly prev_kv?: KeyJson;
  readonly prev_kvs?: readonly KeyJson[];
}

interface Answer {
  readonly response_put?: Resp;
  readonly response_range?: Resp;
  readonly response_delete_range?: Resp;
  readonly response_txn?: Resp;
}

const ORDERS = { NONE: 'none', ASCEND: 'ascend', DESCEND: 'descend' } as const;
const TARGETS = { KEY: 'key', VERSION: 'version', CREATE: 'create', MOD: 'mod', VALUE: 'value' } as const;

const bytes = (base64: string | undefined): Bytes => (base64 === undefined ? EMPTY_BYTES : new Uint8Array(Buffer.from(base64, 'base64')));
const base64 = (b: Bytes): string => Buffer.from(b).toString('base64');

const rangeRequest = (r: Req): RangeRequest => ({
  key: bytes(r.key),
  rangeEnd: bytes(r.range_end),
  revision: Number(r.revision ?? 0),
  limit: Number(r.limit ?? 0),
  countOnly: r.count_only ?? false,
  keysOnly: r.keys_only ?? false,
  sortOrder: ORDERS[r.sort_order ?? 'NONE'],
  sortTarget: TARGETS[r.sort_target ?? 'KEY'],
  minModRevision: Number(r.min_mod_revision ?? 0),
  maxModRevision: Number(r.max_mod_revision ?? 0),
  minCreateRevision: Number(r.min_create_revision ?? 0),
  maxCreateRevision: Number(r.max_create_revision ?? 0),
});

const keyJson = (kv: KeyValue): KeyJson => ({
  key: base64(kv.key),
  create_revision: String(kv.createRevision),
  mod_revision: String(kv.modRevision),
  version: String(kv.version),
  ...(kv.value.length > 0 ? { value: base64(kv.value) } : {}),
  ...(kv.lease === 0n ? {} : { lease: String(kv.lease) }),
});

class Replay {
  readonly leases = new Map<bigint, Set<string>>();
  readonly ttls = new Map<bigint, bigint>();
  readonly store = new MvccStore({
    profile: '3.4.23',
    leases: {
      attach: (lease, key) => void this.leases.get(lease)?.add(bytesToKey(key)),
      detach: (lease, key) => void this.leases.get(lease)?.delete(bytesToKey(key)),
    },
  });

  play(path: string, req: Req, resp: Resp): void {
    if (path === '/v3/kv/range') return this.#range((r) => this.store.range(r), req, resp);
    if (path === '/v3/lease/grant') {
      this.leases.set(BigInt(req.ID ?? 0), new Set());
      this.ttls.set(BigInt(req.ID ?? 0), BigInt(req.TTL ?? 0));
    } else if (path === '/v3/lease/revoke') this.#revoke(BigInt(req.ID ?? 0));
    else if (path === '/v3/kv/compaction') {
      expect(this.store.compact(Number(req.revision)).type).toBe('scheduled');
      this.store.finishCompaction();
    } else if (path === '/v3/maintenance/hash') expect(this.store.hashBackend(this.#otherBuckets())).toBe(resp.hash);
    else if (path.startsWith('/v3/kv/')) {
      const txn = this.store.writeTxn();
      if (path === '/v3/kv/txn') this.#txn(txn, req, resp);
      else this.#op(txn, path.slice('/v3/kv/'.length), req, resp);
      txn.end();
    }
    if (resp.header !== undefined) expect(String(this.store.currentRevision)).toBe(resp.header.revision);
  }

  #txn(txn: WriteTxn, req: Req, resp: Resp): void {
    const branch: readonly Op[] = (resp.succeeded === true ? req.success : req.failure) ?? [];
    for (const [i, op] of branch.entries()) {
      const answer: Answer = resp.responses?.[i] ?? {};
      if (op.request_txn !== undefined) this.#txn(txn, op.request_txn, answer.response_txn ?? {});
      if (op.request_put !== undefined) this.#op(txn, 'put', op.request_put, answer.response_put ?? {});
      if (op.request_range !== undefined) this.#range((r) => txn.range(r), op.request_range, answer.response_range ?? {});
      if (op.request_delete_range !== undefined) this.#op(txn, 'deleterange', op.request_delete_range, answer.response_delete_range ?? {});
    }
  }

  #op(txn: WriteTxn, name: string, req: Req, resp: Resp): void {
    const previous = txn.range({ key: bytes(req.key), rangeEnd: bytes(req.range_end) });
    if (previous.type !== 'range') throw new Error(previous.message);
    if (name === 'put') {
      const old = previous.kvs[0];
      const value = req.ignore_value === true ? (old?.value ?? EMPTY_BYTES) : bytes(req.value);
      const lease = req.ignore_lease === true ? (old?.lease ?? leaseId(0n)) : leaseId(BigInt(req.lease ?? 0));
      txn.put(bytes(req.key), value, lease);
      expect(req.prev_kv === true && old !== undefined ? keyJson(old) : undefined).toEqual(resp.prev_kv);
      return;
    }
    const deleted = txn.deleteRange(bytes(req.key), bytes(req.range_end));
    expect(String(deleted.length)).toBe(resp.deleted ?? '0');
    if (req.prev_kv === true) expect(deleted.map(keyJson)).toEqual(resp.prev_kvs ?? []);
  }

  #range(read: (r: RangeRequest) => ReturnType<MvccStore['range']>, req: Req, resp: Resp): void {
    const result = read(rangeRequest(req));
    if (result.type !== 'range') {
      expect(`etcdserver: ${result.message}`).toBe(resp.error);
      return;
    }
    expect(result.kvs.map(keyJson)).toEqual(resp.kvs ?? []);
    expect([String(result.count), result.more]).toEqual([resp.count ?? '0', resp.more ?? false]);
  }

  #revoke(id: bigint): void {
    const txn = this.store.writeTxn();
    for (const key of [...(this.leases.get(id) ?? [])].toSorted()) txn.deleteRange(keyToBytes(key));
    txn.end();
    this.leases.delete(id);
    this.ttls.delete(id);
  }

  #otherBuckets(): readonly BackendBucket[] {
    const bigEndian = (v: bigint): Bytes => new Writer().u64(v).finish().toReversed();
    const ids = [...this.ttls.keys()].toSorted((a, b) => Number(a - b));
    const member =
      '{"id":10276657743932975437,"peerURLs":["http://localhost:2380"],"name":"default","clientURLs":["http://localhost:2379"]}';
    return [
      { name: 'alarm', pairs: [] },
      { name: 'auth', pairs: [{ key: utf8('authRevision'), value: bigEndian(1n) }] },
      { name: 'authRoles', pairs: [] },
      { name: 'authUsers', pairs: [] },
      { name: 'cluster', pairs: [{ key: utf8('clusterVersion'), value: utf8('3.4.0') }] },
      {
        name: 'lease',
        pairs: ids.map((id) => ({
          key: bigEndian(id),
          value: new Writer()
            .u8(8)
            .varint(Number(id))
            .u8(16)
            .varint(Number(this.ttls.get(id)))
            .finish(),
        })),
      },
      { name: 'members', pairs: [{ key: utf8('8e9e05c52164694d'), value: utf8(member) }] },
      { name: 'members_removed', pairs: [] },
    ];
  }
}

const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((f) => f.endsWith('.jsonl')) : [];
for (const file of files) {
  test(`recorded requests ${file}`, () => {
    const replay = new Replay();
    for (const line of readFileSync(new URL(file, FOLDER), 'utf8').split('\n')) {
      if (line === '') continue;
      const { path, req, status, resp } = JSON.parse(line) as { path: string; req: Req; status: number; resp: Resp };
      if (status === 200 || path === '/v3/kv/range') replay.play(path, req, resp);
    }
  });
}

test('a range inside a transaction sees the puts before it', () => {
  const replay = new Replay();
  const put = { request_put: { key: 'YQ==', value: 'MQ==' } };
  const range = { request_range: { key: 'YQ==' } };
  const kvs = [{ key: 'YQ==', create_revision: '2', mod_revision: '2', version: '1', value: 'MQ==' }];
  replay.play(
    '/v3/kv/txn',
    { success: [put, range] },
    { succeeded: true, header: { revision: '2' }, responses: [{ response_put: {} }, { response_range: { kvs, count: '1' } }] },
  );
});
