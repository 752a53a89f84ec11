import { describe, expect, it } from 'vitest';
import { WatchCreateRequest } from '#api/gen/rpc.ts';
import { KVService, WatchService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

function responses(fragment: boolean) {
  const c = new TestCluster({ nodes: 1, config: { maxRequestBytes: 300_000 } }).boot();
  for (let i = 0; i < 8; i++) c.call(0, KVService.Put, { key: utf8(`k${i}`), value: new Uint8Array(250_000) });
  const value = WatchCreateRequest.create({ key: utf8('k'), rangeEnd: utf8('l'), startRevision: 2n, fragment });
  const id = c.open(0, WatchService.Watch, { requestUnion: { type: 'createRequest', value } });
  c.run(300 * MS);
  c.swap(0);
  c.call(0, KVService.Put, { key: utf8('k9') });
  c.run(10 * MS);
  return c
    .record(id)
    .messages.slice(1)
    .map((body) => ({ size: body.length, ...WatchService.Watch.response.decode(body) }));
}

describe('a watcher that asked for fragments', () => {
  it('gets a large response in pieces below the limit, all but the last marked, nothing lost', () => {
    const pieces = responses(true);
    expect(pieces.map((piece) => [piece.fragment, piece.events.length])).toEqual([
      [true, 3],
      [true, 3],
      [false, 2],
      [false, 1],
    ]);
    for (const { size } of pieces) expect(size).toBeLessThan(300_000 + 512 * 1024);
    expect(pieces.flatMap(({ events }) => events.map(({ kv }) => kv?.modRevision))).toEqual([2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n]);
  });

  it('without asking gets it whole', () => {
    expect(responses(false).map(({ fragment, events }) => [fragment, events.length])).toEqual([
      [false, 8],
      [false, 1],
    ]);
  });
});
