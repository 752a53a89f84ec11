import { describe, expect, it } from 'vitest';
import { WatchCreateRequest, WatchResponse } from '#api/gen/rpc.ts';
import { KVService, MaintenanceService, WatchService } from '#api/rpc.ts';
import { concatBytes, fromUtf8, utf8 } from '#kernel/bytes.ts';
import { STREAM_BUFFER_MAX } from '#mvcc/watcher.ts';
import { SEND_WINDOW_BYTES } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { decodeSnapshotFile } from '#etcd/snapshot-file.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const VALUE = new Uint8Array(8192);
const PIECE = VALUE.length + 100;

function watch(c: TestCluster, value: Partial<WatchCreateRequest> = {}): CallId {
  const create = WatchCreateRequest.create({ key: utf8('k'), rangeEnd: utf8('l'), ...value });
  const call = c.open(0, WatchService.Watch, { requestUnion: { type: 'createRequest', value: create } });
  c.run(10 * MS);
  return call;
}

function put(c: TestCluster, count: number): void {
  for (let i = 0; i < count; i++) c.call(0, KVService.Put, { key: utf8(`k${i % 7}`), value: VALUE });
}

const heard = (c: TestCluster, call: CallId) =>
  c.record(call).messages.flatMap((body) => WatchResponse.decode(body).events.map(({ kv }) => Number(kv?.modRevision)));

const revisions = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const states = (c: TestCluster): readonly string[] => {
  const answer = c.seats[0]?.member?.inspect({ type: 'watchers' }) as
    { readonly watchers: readonly { readonly state: string }[] } | undefined; // its answer
  return answer?.watchers.map(({ state }) => state) ?? [];
};

const single = (): TestCluster => new TestCluster({ nodes: 1 }).boot();

describe('a client that does not read its watch stream', () => {
  it('gets what its window takes and no more: what follows fills the buffer of 128, and then its watcher is a victim', () => {
    const c = single();
    const call = watch(c);
    c.isReading = false;
    put(c, 10);
    expect(heard(c, call)).toEqual(revisions(2, 11));
    put(c, 40);
    const sent = heard(c, call).length;
    expect(sent * VALUE.length).toBeGreaterThanOrEqual(SEND_WINDOW_BYTES - PIECE);
    expect(sent * VALUE.length).toBeLessThan(SEND_WINDOW_BYTES + PIECE);
    expect(states(c)).toEqual(['synced']);
    put(c, sent + STREAM_BUFFER_MAX - 50);
    expect(states(c)).toEqual(['synced']);
    put(c, 1);
    expect(states(c)).toEqual(['victim']);
    put(c, 100);
    expect(heard(c, call)).toHaveLength(sent);
    expect(states(c)).toEqual(['victim']);
  });

  it('hears of everything once and in order when it reads on: the victim is unsynced, then synced', () => {
    const c = single();
    const call = watch(c);
    c.isReading = false;
    put(c, 250);
    c.readOn(0);
    const seen = new Set<unknown>();
    for (let i = 0; i < 500; i++) {
      c.run(1 * MS);
      seen.add(`${states(c)}`);
    }
    expect([...seen]).toEqual(['victim', 'unsynced', 'synced']);
    put(c, 3);
    expect(heard(c, call)).toEqual(revisions(2, 254));
  });

  it('is the same after a checkpoint at any of these times', () => {
    const run = (swaps: boolean): string => {
      const c = single();
      const swap = (): void => {
        if (swaps) c.swap(0);
      };
      watch(c);
      c.isReading = false;
      for (const count of [25, 90, 60]) {
        put(c, count);
        swap();
      }
      c.readOn(0);
      for (let i = 0; i < 20; i++) {
        c.run(7 * MS);
        swap();
      }
      return `${c.seats[0]?.member?.digest()}`;
    };
    expect(run(true)).toBe(run(false));
  });

  it('does not hold up others', () => {
    const c = single();
    const slow = watch(c);
    c.isReading = false;
    put(c, 200);
    c.isReading = true;
    const quick = watch(c, { startRevision: 2n });
    c.run(300 * MS);
    expect(heard(c, slow).length).toBeLessThan(200);
    put(c, 1);
    expect(heard(c, quick)).toEqual(revisions(2, 202));
  });

  it('is told that its history is gone, after what was on its way', () => {
    const c = single();
    const call = watch(c);
    c.isReading = false;
    put(c, 250);
    c.call(0, KVService.Compact, { revision: 251n });
    c.readOn(0);
    c.run(1000 * MS);
    const events = heard(c, call);
    expect(events).toEqual(revisions(2, events.length + 1));
    const last = WatchResponse.decode(c.record(call).messages.at(-1) ?? new Uint8Array());
    expect(last).toMatchObject({ canceled: true, compactRevision: 251n });
  });
});

it('the gateway’s watch has a window too', () => {
  const c = single();
  const call = c.http(0, 'POST', '/v3/watch', '{"create_request":{"key":"aw==","range_end":"bA=="}}');
  c.run(10 * MS);
  c.isReading = false;
  put(c, 200);
  const bytes = (): number => c.record(call).messages.reduce((sum, { length }) => sum + length, 0);
  expect(bytes()).toBeLessThan(SEND_WINDOW_BYTES + 2 * PIECE);
  expect(states(c)).toEqual(['victim']);
  c.readOn(0);
  c.run(1000 * MS);
  const text = fromUtf8(concatBytes(c.record(call).messages));
  const found = [...text.matchAll(/"mod_revision":"(\d+)"/g)].map(([, revision]) => Number(revision));
  expect(found).toEqual(revisions(2, 201));
});

it('a v2 stream that nobody reads is closed once it is 100 events behind, as etcd’s channel is', () => {
  const c = new TestCluster({ nodes: 1, config: { settings: { enableV2: true } } }).boot();
  const call = c.http(0, 'GET', '/v2/keys/a?wait=true&stream=true');
  c.run(10 * MS);
  c.isReading = false;
  const value = 'x'.repeat(4096);
  const set = (): void => {
    const put = c.http(0, 'PUT', '/v2/keys/a', `value=${value}`, [['content-type', 'application/x-www-form-urlencoded']]);
    c.until(() => c.record(put).end !== undefined);
  };
  for (let i = 0; i < 150; i++) set();
  expect(c.record(call).end).toBeUndefined();
  c.readOn(0);
  c.run(100 * MS);
  expect(c.record(call).end).toEqual({ code: 0, message: '' });
  expect(c.record(call).messages.length).toBeLessThan(150);
});

it('a snapshot goes out as its client takes it, as it was when it was asked for', () => {
  const c = single();
  put(c, 100);
  c.run(200 * MS);
  c.isReading = false;
  const call = c.open(0, MaintenanceService.Snapshot, {});
  c.run(50 * MS);
  const blobs = () => c.record(call).messages.map((body) => MaintenanceService.Snapshot.response.decode(body).blob);
  expect(concatBytes(blobs()).length).toBeLessThan(SEND_WINDOW_BYTES + 40_000);
  put(c, 5);
  c.swap(0);
  c.readOn(0);
  c.until(() => c.record(call).end !== undefined);
  const file = concatBytes(blobs());
  expect(decodeSnapshotFile(file)).toMatchObject({ type: 'snapshot', hasHash: true });
  expect(c.record(call).end).toEqual({ code: 0, message: '' });
});
