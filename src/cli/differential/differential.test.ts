/** The differential test itself, held against servers that answer one thing wrong. They speak HTTP and are simulated ones underneath. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answersDiffer, Captures } from '#cli/differential/compare.ts';
import { generate, SEQUENCE_PROFILES } from '#cli/differential/generate.ts';
import { HttpTarget } from '#cli/differential/http-target.ts';
import { operationText, post, type Answer, type Operation } from '#cli/differential/operation.ts';
import { playSequence, shrink, type Played } from '#cli/differential/play.ts';
import { SimulatedTarget } from '#cli/differential/simulated.ts';
import type { Target } from '#cli/differential/target.ts';

const BASE = 'http://127.0.0.1:2379';
const simulated = (): Promise<Target> => Promise.resolve(new SimulatedTarget('3.4.23', []));

type Spoil = (path: string, body: string, answer: string) => string;

/** A server whose answers pass through `spoil`. */
class FakeEtcd extends HttpTarget {
  readonly #server: Server;
  readonly #inner: Target;

  constructor(port: number, server: Server, inner: Target) {
    super('127.0.0.1', port);
    this.#server = server;
    this.#inner = inner;
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#inner.dispose();
  }
}

async function fakeEtcd(spoil: Spoil): Promise<Target> {
  const inner = await simulated();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const body = Buffer.concat(chunks).toString('utf8');
      void inner.ask({ ...post(path, body), method: request.method ?? '' }).then((answer) => {
        response.sendDate = false;
        const text = spoil(path, body, answer.body);
        for (const line of answer.headers.filter(
          (header) => !/^(date|content-length|transfer-encoding|trailer|grpc-trailer)/i.test(header),
        )) {
          const cut = line.indexOf(': ');
          response.setHeader(line.slice(0, cut), line.slice(cut + 2));
        }
        response.statusCode = answer.status;
        if (answer.headers.includes('Transfer-Encoding: chunked')) {
          if (answer.headers.some((header) => header.startsWith('Trailer:'))) {
            response.setHeader('Trailer', 'Grpc-Trailer-Content-Type');
            response.addTrailers([['Grpc-Trailer-Content-Type', 'application/grpc']]);
          }
          response.write(text);
          response.end();
        } else response.setHeader('Content-Length', Buffer.byteLength(text)).end(text);
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return new FakeEtcd((server.address() as AddressInfo).port, server, inner); // it listens on TCP
}

const playAgainst =
  (spoil: Spoil) =>
  (operations: readonly Operation[]): Promise<Played> =>
    playSequence(operations, () => fakeEtcd(spoil), simulated);

const honest: Spoil = (_path, _body, answer) => answer;
const SEQUENCE: readonly Operation[] = [
  post('/v3/kv/put', { key: 'YQ==', value: 'MQ==' }),
  post('/v3/kv/put', { key: 'Yg==', value: 'MQ==', prev_kv: true }),
  post('/v3/kv/txn', { success: [{ request_put: { key: 'Yw==', value: 'MQ==' } }] }),
  post('/v3/kv/range', { key: 'YQ==', range_end: 'AA==', serializable: true, limit: 2 }),
  post('/v3/kv/compaction', { revision: 2, physical: true }),
  post('/v3/kv/put', { key: '' }),
];

describe('a sequence against a server over HTTP', () => {
  it('passes where both answer the same', async () => {
    const played = await playAgainst(honest)(SEQUENCE);
    expect(played).toEqual({ difference: undefined, steps: SEQUENCE.length, stopped: false });
  });

  it('stops at the one answer that is wrong, and shrinks to what it needs', async () => {
    // A limit of 2 loses the second key.
    const play = playAgainst((_path, body, answer) => (body.includes('"limit":2') ? answer.replace(/,\{"key":"Yg==".*?\}/, '') : answer));
    const { difference } = await play(SEQUENCE);
    expect(difference?.at).toBe(3);
    const least = difference === undefined ? undefined : await shrink(SEQUENCE, difference, play);
    expect(least?.operations.map((op) => operationText(op, BASE))).toEqual([
      `curl -i --data-binary '{"key":"YQ=="}' ${BASE}/v3/kv/put`,
      `curl -i --data-binary '{"key":"Yg=="}' ${BASE}/v3/kv/put`,
      `curl -i --data-binary '{"key":"YQ==","range_end":"AA==","limit":2}' ${BASE}/v3/kv/range`,
    ]);
    expect(least?.difference.text).toContain('body: real');
  });
});

describe('what rightly differs', () => {
  const answer = (body: string, more: Partial<Answer> = {}): Answer => ({ outcome: 'ended', status: 200, headers: [], body, ...more });
  const of = (captured: Readonly<Record<string, string>>, one: Answer): { readonly answer: Answer; readonly captures: Captures } => {
    const captures = new Captures();
    for (const [name, value] of Object.entries(captured)) captures.add(name, value);
    return { answer: one, captures };
  };

  it('is made equal: captured ids in decimal and hex, remaining times, the order of keys of a lease and of members, sizes', () => {
    const real = of(
      { lease: '7587899058773236486' },
      answer('{"ID":"7587899058773236486","TTL":"99998","keys":["YQ==","Yg=="],"dbSize":"4096"}'),
    );
    const here = of(
      { lease: '7587875713415643142' },
      answer('{"ID":"7587875713415643142","TTL":"100000","keys":["Yg==","YQ=="],"dbSize":"8192"}'),
    );
    expect(answersDiffer(real, here)).toBeUndefined();
    const member = (id: string): string => `{"ID":"${id}","peerURLs":["http://a:1"]}`;
    const members = (...ids: readonly string[]): string => `{"members":[${ids.map(member).join(',')}]}`;
    expect(answersDiffer(of({}, answer(members('1', '2'))), of({}, answer(members('2', '1'))))).toBeUndefined();
  });

  it.each([
    ['another id', answer('{"ID":"5"}'), answer('{"ID":"6"}')],
    ['a time too far off', answer('{"TTL":"100000"}'), answer('{"TTL":"99900"}')],
    ['a status', answer('{}'), answer('{}', { status: 400 })],
    ['an answer that does not end', answer('{}', { outcome: 'open' }), answer('{}')],
    ['the order of headers', answer('{}', { headers: ['A: 1', 'B: 2'] }), answer('{}', { headers: ['B: 2', 'A: 1'] })],
    ['a length', answer('{}', { headers: ['Content-Length: 2'] }), answer('{}', { headers: ['Content-Length: 3'] })],
  ])('nothing else: %s', (_, real, here) => {
    expect(answersDiffer(of({}, real), of({}, here))).toBeDefined();
  });
});

describe('sequences', () => {
  it.each(SEQUENCE_PROFILES)('%s: the same seed gives the same', (profile) => {
    expect(generate(3, profile, 40)).toEqual(generate(3, profile, 40));
    expect(generate(3, profile, 40)).not.toEqual(generate(4, profile, 40));
  });
});
