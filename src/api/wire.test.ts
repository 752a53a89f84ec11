import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinaryReader as ReferenceReader, BinaryWriter as ReferenceWriter } from '@bufbuild/protobuf/wire';
import { KeyValue } from '#api/gen/kv.ts';
import { PutRequest, TxnRequest, WatchCreateRequest, RangeRequest, Compare } from '#api/gen/rpc.ts';
import { METHODS } from '#api/rpc.ts';
import { BinaryReader, BinaryWriter, WireError } from '#api/wire.ts';
import { toHex, utf8 } from '#kernel/bytes.ts';

describe('wire format', () => {
  test('writes what the protobuf library writes and reads it back', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 31 - 1 }),
        fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        (n, b, bytes, flag) => {
          const u = BigInt.asUintN(64, b);
          const ours = new BinaryWriter().uint32(n).int64(b).uint64(u).fork().bytes(bytes).bool(flag).join().int32(-n).string('é').finish();
          const theirs = new ReferenceWriter()
            .uint32(n)
            .int64(b)
            .uint64(u)
            .fork()
            .bytes(bytes)
            .bool(flag)
            .join()
            .int32(-n)
            .string('é')
            .finish();
          expect(toHex(ours)).toBe(toHex(theirs));
          const r = new BinaryReader(ours);
          expect([r.uint32(), r.int64(), r.uint64(), r.uint32() > 0, [...r.bytes()], r.bool(), r.int32(), r.string(), r.pos]).toEqual([
            n,
            b,
            u,
            true,
            [...bytes],
            flag,
            n === 0 ? 0 : -n,
            'é',
            r.len,
          ]);
        },
      ),
    );
  });
  test('skips unknown fields of every wire type', () => {
    const bytes = new ReferenceWriter()
      .tag(90, 0)
      .uint64(1n << 63n)
      .tag(91, 1)
      .fixed64(7n)
      .tag(92, 2)
      .string('new')
      .tag(93, 5)
      .fixed32(9)
      .tag(1, 2)
      .string('k')
      .finish();
    expect(KeyValue.decode(bytes)).toEqual(KeyValue.create({ key: utf8('k') }));
  });
  test('refuses truncated input', () => {
    const bytes = KeyValue.encode(KeyValue.create({ key: utf8('k'), value: utf8('some value') })).finish();
    expect(() => KeyValue.decode(bytes.subarray(0, bytes.length - 1))).toThrow(WireError);
  });
  test('nested messages and unions come back', () => {
    const put = PutRequest.create({ key: utf8('a'), value: new Uint8Array(500), lease: -1n });
    const txn = TxnRequest.create({
      compare: [Compare.create({ key: utf8('a'), targetUnion: { type: 'version', value: 0n } })],
      success: [{ request: { type: 'requestPut', value: put } }, { request: { type: 'requestRange', value: RangeRequest.create() } }],
      failure: [{ request: { type: 'requestTxn', value: TxnRequest.create() } }],
    });
    expect(TxnRequest.decode(TxnRequest.encode(txn).finish())).toEqual(txn);
    const bytes = TxnRequest.encode(txn).finish();
    expect(new ReferenceReader(bytes).uint32()).toBe(10);
    const watch = WatchCreateRequest.create({ filters: [1, 0], startRevision: 5n });
    expect(WatchCreateRequest.decode(WatchCreateRequest.encode(watch).finish())).toEqual(watch);
  });
  test('a union case that holds a zero is kept: version = 0 is a comparison', () => {
    expect(toHex(Compare.encode(Compare.create({ targetUnion: { type: 'version', value: 0n } })).finish())).toBe('2000');
  });
  test('bytes as etcd stores a key', () => {
    const kv = KeyValue.create({ key: utf8('foo'), createRevision: 2n, modRevision: 3n, version: 2n, value: utf8('bar'), lease: 300n });
    expect(toHex(KeyValue.encode(kv).finish())).toBe('0a03666f6f1002180320022a0362617230ac02');
  });
});

test('every method of etcd is there with its kind', () => {
  expect(METHODS.size).toBe(5 + 1 + 5 + 5 + 8 + 17 + 2 + 5);
  expect([...METHODS.values()].filter((m) => m.kind !== 'unary').map((m) => `${m.path} ${m.kind}`)).toEqual([
    '/etcdserverpb.Watch/Watch bidi',
    '/etcdserverpb.Lease/LeaseKeepAlive bidi',
    '/etcdserverpb.Maintenance/Snapshot server-stream',
    '/v3electionpb.Election/Observe server-stream',
  ]);
  for (const m of METHODS.values()) expect(m.request.decode(m.request.encode(m.request.create()).finish())).toEqual(m.request.create());
});
