import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '#api/errors.ts';
import { base64, fromBase64 } from '#kernel/base64.ts';
import { messageFromJson } from '#api/json/decode.ts';
import { goJsonString, messageToJson } from '#api/json/encode.ts';
import { errorBody, GATEWAY_ROUTES, gatewayMethod, streamErrorLine } from '#api/json/gateway.ts';
import { scanJson, type JsonNode } from '#api/json/scan.ts';
import { WatchResponse, TxnResponse, HashKVResponse, AlarmResponse } from '#api/gen/rpc.ts';
import { KVService, METHODS } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';

describe('base64', () => {
  test('agrees with the platform', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(base64(bytes))).toEqual({ type: 'ok', bytes });
      }),
    );
  });
  test.each([
    ['a', 0],
    ['not base64!', 3],
    ['!!', 0],
    ['YQ', 0],
    ['YQ=', 3],
    ['YQ==x', 4],
    ['YWI=YQ==', 4],
    ['=', 0],
    ['Y===', 1],
  ])('%s is refused at byte %i, as Go refuses it', (text, at) => {
    expect(fromBase64(text)).toEqual({ type: 'error', message: `illegal base64 data at input byte ${at}` });
  });
});

describe('scanner', () => {
  const plain = (n: JsonNode): unknown =>
    n.type === 'object'
      ? Object.fromEntries(n.entries.map(([k, v]) => [k, plain(v)]))
      : n.type === 'array'
        ? n.items.map(plain)
        : n.type === 'string'
          ? n.text
          : n.type === 'number'
            ? Number(n.text)
            : n.type === 'bool'
              ? n.value
              : null;
  test('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        const r = scanJson(text);
        expect(r.type === 'ok' ? plain(r.node) : r).toEqual(JSON.parse(text));
      }),
    );
  });
  test.each([
    ['not json', "invalid character 'o' in literal null (expecting 'u')"],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['{a}', "invalid character 'a' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['{"a":', 'unexpected EOF'],
    ['', 'EOF'],
    ['"\n"', "invalid character '\\n' in string literal"],
  ])('%j: %s', (text, message) => {
    expect(scanJson(text)).toEqual({ type: 'error', message });
  });
});

describe('messages', () => {
  const error = (type: string, text: string): string => {
    const r = messageFromJson(`etcdserverpb.${type}`, text);
    return r.type === 'error' ? r.message : 'accepted';
  };
  test('both spellings, numbers as text, enums by name and number, unknown fields', () => {
    const snake = messageFromJson(
      'etcdserverpb.RangeRequest',
      '{"key":"YQ==","range_end":"AA==","limit":"2","sort_order":"DESCEND","sort_target":3,"keys_only":true,"bogus":[{}]}',
    );
    const camel = messageFromJson(
      'etcdserverpb.RangeRequest',
      '{"key":"YQ==","rangeEnd":"AA==","limit":2,"sortOrder":2,"sortTarget":"MOD","keysOnly":true}',
    );
    expect(snake).toEqual(camel);
    expect(snake).toMatchObject({
      type: 'ok',
      message: { limit: 2n, sortOrder: 2, sortTarget: 3, keysOnly: true, serializable: false, key: utf8('a') },
    });
  });
  test('unions', () => {
    expect(
      messageFromJson(
        'etcdserverpb.TxnRequest',
        '{"compare":[{"key":"aw==","target":"VERSION","version":"0"}],"success":[{"requestPut":{"key":"YQ=="}},{}]}',
      ),
    ).toMatchObject({
      message: {
        compare: [{ targetUnion: { type: 'version', value: 0n } }],
        success: [{ request: { type: 'requestPut', value: { key: utf8('a') } } }, { request: undefined }],
        failure: [],
      },
    });
  });
  test('an empty body and {} are the empty request, of every method', () => {
    for (const m of METHODS.values()) {
      for (const text of ['', '{}', 'null']) {
        const r = messageFromJson(m.requestType, text);
        expect(r).toEqual({ type: 'ok', message: m.request.create() });
      }
    }
  });
  test.each([
    ['RangeRequest', '{"key":"not base64!"}', 'illegal base64 data at input byte 3'],
    ['RangeRequest', '{"limit":"x"}', "invalid character 'x' looking for beginning of value"],
    ['RangeRequest', '{"limit":""}', 'unexpected end of JSON input'],
    ['RangeRequest', '{"limit":"[5"}', 'unexpected end of JSON input'],
    ['RangeRequest', '{"limit":"5 6"}', "invalid character '6' after top-level value"],
    ['RangeRequest', '{"limit":"\\u0035"}', "invalid character '\\\\' looking for beginning of value"],
    ['RangeRequest', '{"limit":"5\\n"}', "invalid character '\\\\' after top-level value"],
    ['RangeRequest', '{"limit":1.5}', 'json: cannot unmarshal number 1.5 into Go value of type int64'],
    ['RangeRequest', '{"limit":9223372036854775808}', 'json: cannot unmarshal number 9223372036854775808 into Go value of type int64'],
    ['RangeRequest', '{"key":1}', 'json: cannot unmarshal number into Go value of type []uint8'],
    ['RangeRequest', '{"serializable":"true"}', 'json: cannot unmarshal string into Go value of type bool'],
    ['RangeRequest', '[]', 'json: cannot unmarshal array into Go value of type map[string]json.RawMessage'],
    ['RangeRequest', '{"sort_order":"SIDEWAYS"}', 'unknown value "SIDEWAYS" for enum etcdserverpb.RangeRequest_SortOrder'],
    ['TxnRequest', '{"compare":{}}', 'json: cannot unmarshal object into Go value of type []json.RawMessage'],
    ['AlarmRequest', '{"alarm":"X"}', 'unknown value "X" for enum etcdserverpb.AlarmType'],
  ])('%s %s is refused: %s', (type, text, message) => {
    expect(error(type, text)).toBe(message);
  });
  test('answers: proto names, numbers as text, zero fields absent', () => {
    const header = { clusterId: 14841639068965178418n, memberId: 1n, revision: 5n, raftTerm: 2n };
    const txn = TxnResponse.create({
      header,
      succeeded: true,
      responses: [
        {
          response: { type: 'responsePut', value: { header: { ...header, clusterId: 0n, memberId: 0n, raftTerm: 0n }, prevKv: undefined } },
        },
      ],
    });
    expect(messageToJson('etcdserverpb.TxnResponse', txn)).toBe(
      '{"header":{"cluster_id":"14841639068965178418","member_id":"1","revision":"5","raft_term":"2"},"succeeded":true,"responses":[{"response_put":{"header":{"revision":"5"}}}]}',
    );
    const watch = WatchResponse.create({
      watchId: -1n,
      events: [
        {
          type: 1,
          kv: { key: utf8('foo'), createRevision: 0n, modRevision: 4n, version: 0n, value: utf8(''), lease: 0n },
          prevKv: undefined,
        },
      ],
    });
    expect(messageToJson('etcdserverpb.WatchResponse', watch)).toBe(
      '{"watch_id":"-1","events":[{"type":"DELETE","kv":{"key":"Zm9v","mod_revision":"4"}}]}',
    );
    expect(messageToJson('etcdserverpb.HashKVResponse', HashKVResponse.create({ hash: 4000000000, compactRevision: -1n }))).toBe(
      '{"hash":4000000000,"compact_revision":"-1"}',
    );
    expect(messageToJson('etcdserverpb.AlarmResponse', AlarmResponse.create({ alarms: [{ memberID: 7n, alarm: 1 }] }))).toBe(
      '{"alarms":[{"memberID":"7","alarm":"NOSPACE"}]}',
    );
  });
  test('strings are escaped as Go escapes them', () => {
    expect(goJsonString('a<b>&"\\\u2028\b\\b')).toBe('"a\\u003cb\\u003e\\u0026\\"\\\\\\u2028\\u0008\\\\b"');
  });
});

describe('gateway', () => {
  test('paths', () => {
    expect(gatewayMethod('/v3/kv/put')).toBe(KVService.Put);
    expect(gatewayMethod('/v3beta/kv/put')).toBe(KVService.Put);
    expect(gatewayMethod('/v3alpha/kv/put')).toBeUndefined();
    expect(gatewayMethod('/v3/kv/nosuch')).toBeUndefined();
    expect(new Set(GATEWAY_ROUTES.values()).size).toBe(METHODS.size);
  });
  test('errors', () => {
    expect(errorBody(ERRORS.EmptyKey, '3.4.23')).toBe(
      '{"error":"etcdserver: key is not provided","message":"etcdserver: key is not provided","code":3}',
    );
    expect(errorBody(ERRORS.EmptyKey, '3.5')).toBe(
      '{"error":"etcdserver: key is not provided","code":3,"message":"etcdserver: key is not provided"}',
    );
    expect(streamErrorLine(ERRORS.NoLeader)).toBe(
      '{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader","http_status":"Service Unavailable"}}\n',
    );
  });
});
