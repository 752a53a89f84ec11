/** Bytes, keys and transactions as the data views write them. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '#kernel/bytes.ts';
import { hexDump, isPrefix, prettyJson, shellWord, showBytes, showLine, textOf } from '#view/byte-text.ts';
import { prefixEnd } from '#view/data.ts';
import { listRows, treeRows } from '#view/key-tree.ts';
import { gatewayLine, needsGateway, parseGatewayTxn, txnJson } from '#view/txn-json.ts';
import { parseTxnResult, txnInput, txnLine, type Txn } from '#view/txn-text.ts';

describe('bytes', () => {
  it('are shown as text where they are text, escaped where they are not', () => {
    expect(showBytes(utf8('键 = 1'))).toBe('键 = 1');
    expect(textOf(Uint8Array.of(0xff, 0x41))).toBeUndefined();
    expect(showBytes(Uint8Array.of(0xff, 0x41))).toBe('\\xffA');
    expect(showBytes(Uint8Array.of(0x1b, 0x5b))).toBe('\\x1b[');
    expect(showLine(utf8('a\nb'))).toBe('a⏎b');
    expect(hexDump(utf8('abcdefghi'))).toBe('0000  61 62 63 64 65 66 67 68  abcdefgh\n0008  69                       i');
  });

  it('are laid out if they are an object or a list in JSON', () => {
    expect(prettyJson(utf8('{"a":1}'))).toBe('{\n  "a": 1\n}');
    expect(prettyJson(utf8('12'))).toBeUndefined();
    expect(prettyJson(utf8('{a}'))).toBeUndefined();
  });

  it('become words of a shell line that give them back', () => {
    expect(shellWord(utf8('/a/b'))).toBe('/a/b');
    expect(shellWord(utf8(''))).toBe("''");
    expect(shellWord(utf8("it's $HOME"))).toBe(`'it'\\''s $HOME'`);
    expect(shellWord(Uint8Array.of(0xff, 0x27, 0x61))).toBe("$'\\xff\\x27a'");
  });

  it('of a range tell a prefix from another interval', () => {
    expect(isPrefix(utf8('ab'), prefixEnd(utf8('ab')))).toBe(true);
    expect(isPrefix(utf8('ab'), utf8('ad'))).toBe(false);
    expect(prefixEnd(Uint8Array.of(0x61, 0xff))).toEqual(utf8('b'));
    expect(prefixEnd(Uint8Array.of(0xff))).toEqual(Uint8Array.of(0));
  });
});

describe('the tree of keys', () => {
  const names = ['/a/b/1', '/a/b/2', '/a/c', 'plain', 'x/'];
  const shown = (isOpen: (path: string) => boolean): readonly string[] =>
    treeRows(names, isOpen).map(
      (row) => `${'  '.repeat(row.level - 1)}${row.name}${row.index === undefined ? ` (${row.count})` : ''} ${row.place}/${row.siblings}`,
    );

  it('cuts keys at each slash, and counts what is below', () => {
    expect(shown(() => true)).toEqual(['/a/ (3) 1/3', '  b/ (2) 1/2', '    1 1/2', '    2 2/2', '  c 2/2', 'plain 2/3', 'x/ 3/3']);
  });

  it('hides what is in a closed folder', () => {
    expect(shown((path) => path === '/a/')).toEqual(['/a/ (3) 1/3', '  b/ (2) 1/2', '  c 2/2', 'plain 2/3', 'x/ 3/3']);
    expect(shown(() => false)).toEqual(['/a/ (3) 1/3', 'plain 2/3', 'x/ 3/3']);
  });

  it('keeps each key’s place in the list', () => {
    expect(treeRows(names, () => true).flatMap(({ index }) => index ?? [])).toEqual([0, 1, 2, 3, 4]);
    expect(listRows(names).map(({ name }) => name)).toEqual(names);
  });
});

describe('a transaction', () => {
  const txn: Txn = {
    compares: [
      { target: 'value', key: 'say "hi"', relation: '!=', operand: 'a\\b' },
      { target: 'lease', key: 'k', relation: '=', operand: '0' },
    ],
    success: [
      { type: 'put', key: 'k', value: 'two words', prefix: false },
      { type: 'get', key: '/a', value: '', prefix: true },
    ],
    failure: [],
  };

  it('is written as etcdctl reads it: three lists with an empty line after each', () => {
    expect(txnInput(txn)).toBe(
      ['value("say \\"hi\\"") != "a\\\\b"', 'lease("k") = "0"', '', 'put k "two words"', 'get --prefix /a', '', ''].join('\n'),
    );
    expect(txnLine('etcdctl txn', txn)).toMatch(/^etcdctl txn <<'EOF'\n[\s\S]*\nEOF$/);
  });

  const nested: Txn = {
    compares: [{ target: 'create', key: 'a/', relation: '>', operand: '0', prefix: true }],
    success: [{ type: 'txn', txn: { compares: [], success: [{ type: 'put', key: 'it’s', value: "'x'", prefix: false }], failure: [] } }],
    failure: [{ type: 'del', key: '', value: '', prefix: true }],
  };

  it('goes through the JSON gateway if etcdctl cannot say it: nested, or comparing a prefix', () => {
    expect(needsGateway(txn)).toBe(false);
    expect(needsGateway(nested)).toBe(true);
    expect(txnJson(nested)).toEqual({
      compare: [{ target: 'CREATE', result: 'GREATER', key: 'YS8=', range_end: 'YTA=', create_revision: '0' }],
      success: [{ request_txn: { compare: [], success: [{ request_put: { key: 'aXTigJlz', value: 'J3gn' } }], failure: [] } }],
      failure: [{ request_delete_range: { key: 'AA==', range_end: 'AA==' } }],
    });
    expect(gatewayLine('http://127.0.0.1:2379/', nested)).toMatch(/^curl -s http:\/\/127\.0\.0\.1:2379\/v3\/kv\/txn -d '\{[^']*\}'$/);
  });

  it('is answered by the gateway in JSON, which is shown as etcdctl would print it', () => {
    const answer = {
      header: { revision: '3' },
      succeeded: true,
      responses: [
        { response_txn: { responses: [{ response_put: { header: {} } }] } },
        { response_range: { kvs: [{ key: 'YQ==', value: 'Yg==' }] } },
        { response_delete_range: { deleted: '2' } },
      ],
    };
    expect(parseGatewayTxn(JSON.stringify(answer))).toEqual({ branch: 'success', text: 'FAILURE\n\nOK\n\na\nb\n\n2' });
    expect(parseGatewayTxn(JSON.stringify({ header: {} }))).toEqual({ branch: 'failure', text: '' });
    expect(parseGatewayTxn('{"error":"etcdserver: duplicate key given in txn request","code":3}')).toBeUndefined();
    expect(parseGatewayTxn('curl: (7) Failed to connect')).toBeUndefined();
  });

  it('says by its first word which branch was taken', () => {
    expect(parseTxnResult('SUCCESS\n\nOK\n')).toEqual({ branch: 'success', text: 'OK' });
    expect(parseTxnResult('FAILURE\n\nk\nv\n')).toEqual({ branch: 'failure', text: 'k\nv' });
    expect(parseTxnResult('Error: etcdserver: request timed out\n')).toBeUndefined();
  });
});
