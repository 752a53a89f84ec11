/** Random requests as real etcd 3.4.23 answered them, where the recordings lie beside the project. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorFromStatus, httpStatus } from '#api/errors.ts';
import { messageFromJson } from '#api/json/decode.ts';
import { messageToJson } from '#api/json/encode.ts';
import { errorBody, gatewayMethod } from '#api/json/gateway.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const FOLDER = resolve(import.meta.dirname, '../../../shared/conformance/etcd/random');
const FILES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl')) : [];

interface Recorded {
  readonly path: string;
  readonly req: unknown;
  readonly status: number;
  readonly resp: Readonly<Record<string, unknown>>;
}

const OWN: readonly Recorded[] = [
  { path: '/v3/kv/put', req: { key: 'YQ==', value: 'Yg==' }, status: 200, resp: { header: { revision: '2' } } },
  { path: '/v3/kv/deleterange', req: { key: 'YQ==' }, status: 200, resp: { header: { revision: '3' }, deleted: '1' } },
  { path: '/v3/kv/range', req: { key: 'YQ==' }, status: 200, resp: { header: { revision: '3' } } },
];

/** Strips what recordings leave out, and the seconds that have passed of a lease. */
function comparable(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = { ...value };
  if (typeof copy['header'] === 'object' && copy['header'] !== null) {
    const header: Record<string, unknown> = { ...copy['header'] };
    for (const field of ['cluster_id', 'member_id', 'raft_term']) delete header[field];
    copy['header'] = header;
  }
  if (path === '/v3/lease/timetolive' && copy['TTL'] !== undefined && copy['TTL'] !== '-1') copy['TTL'] = 'some';
  return copy;
}

const responseOf = (response: unknown): object => (typeof response === 'object' && response !== null ? response : {});

function replay(lines: readonly Recorded[]): void {
  // The recorder asked `/health` once, which is an entry of the log there and no matter here.
  const c = new TestCluster({ nodes: 1, config: { profile: '3.4.23', preVote: false, clientUrls: ['http://localhost:2379'] } }).boot();
  for (const [i, { path, req, status, resp }] of lines.entries()) {
    if (path === '/v3/maintenance/hash') c.run(500 * MS); // a compaction must have ended
    const method = gatewayMethod(path);
    if (method === undefined) throw new Error(`no method for ${path}`);
    const request = messageFromJson(method.requestType, JSON.stringify(req));
    if (request.type === 'error') throw new Error(`${path} ${i}: ${request.message}`);
    const answer = c.call<unknown, unknown>(0, method, request.message);
    const error = errorFromStatus(answer.code, answer.message);
    const body: unknown = JSON.parse(
      error === undefined ? messageToJson(method.responseType, responseOf(answer.response)) : errorBody(error, '3.4.23'),
    );
    const got = { status: error === undefined ? 200 : httpStatus(error.code), body: comparable(body, path) };
    expect(got, `line ${i + 1}: ${path} ${JSON.stringify(req)}`).toEqual({ status, body: comparable(resp, path) });
  }
}

describe('answers of real etcd', () => {
  it('to a few requests of our own', () => replay(OWN));

  it.each(FILES)('to the random requests of %s', (name) => {
    const lines = readFileSync(resolve(FOLDER, name), 'utf8').trim().split('\n');
    replay(lines.map((line) => JSON.parse(line) as Recorded)); // the recorder's own format
  });
});
