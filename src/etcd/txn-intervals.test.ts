import { describe, expect, it } from 'vitest';
import { type RequestOp, TxnRequest } from '#api/gen/rpc.ts';
import { KVService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import { hasOverlappingWrites } from '#etcd/txn-intervals.ts';

const put = (key: string): RequestOp => ({ request: { type: 'requestPut', value: KVService.Put.request.create({ key: utf8(key) }) } });
const del = (key: string, rangeEnd = ''): RequestOp => ({
  request: { type: 'requestDeleteRange', value: KVService.DeleteRange.request.create({ key: utf8(key), rangeEnd: utf8(rangeEnd) }) },
});
const txn = (success: readonly RequestOp[], failure: readonly RequestOp[] = []): RequestOp => ({
  request: { type: 'requestTxn', value: TxnRequest.create({ success, failure }) },
});

describe('writes of one branch overlap', () => {
  it.each([
    ['a key put twice', [put('a'), put('a')], true],
    ['two keys', [put('a'), put('b')], false],
    ['a put in a deleted interval, whatever the order', [put('b'), del('a', 'c')], true],
    ['a put at the end of a deleted interval', [del('a', 'c'), put('c')], false],
    ['a put of a deleted key', [del('a'), put('a')], true],
    ['a delete to the end of all keys (etcd does not see it)', [del('a', '\0'), put('b')], false],
    ['two deletes', [del('a', 'c'), del('b', 'd')], false],
    ['a put beside a nested one', [put('a'), txn([put('a')])], true],
    ['both branches of a nested transaction', [txn([put('a')], [put('a')])], false],
    ['two nested transactions', [txn([put('a')]), txn([], [put('a')])], true],
    ['a nested put in a delete of its parent', [del('a', 'c'), txn([put('b')])], true],
    ['a put in a nested delete', [put('b'), txn([], [del('a', 'c')])], true],
  ] as const)('%s', (_, ops, overlaps) => {
    expect(hasOverlappingWrites(ops)).toBe(overlaps);
  });
});
