import { describe, expect, it } from 'vitest';

import type { RestoreRequest } from '#ctl/restore-request.ts';
import { encodeImage, freshMachine } from '#etcd/image.ts';
import { encodeDatabase, encodeSnapshotFile } from '#etcd/snapshot-file.ts';
import { simTime } from '#kernel/brand.ts';
import { restoreCheckpoint, takeCheckpoint } from '#sim/checkpoint.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playUntil } from '#sim/player.ts';
import { doRequest } from '#sim/process-files.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { restoreDirectory } from '#sim/restore-directory.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

const spec = newRunSpec(3, { ...defaultRunOptions(), nodes: 3 });
const HOME = '/home/you';

function begin() {
  const host = createEtcdHost();
  const world = World.begin({ spec, programs: PROGRAMS });
  playUntil(world, host, simTime(3_000_000));
  const config = world.core.seats[0]?.config;
  if (config === undefined) throw new Error('a member');
  const file = encodeSnapshotFile(encodeDatabase(encodeImage(freshMachine(config)), 0));
  world.core.files.do({ type: 'write', path: `${HOME}/s.db`, data: file, append: false });
  return { host, world, core: world.core };
}

const request = (n: number, more: Partial<RestoreRequest> = {}): RestoreRequest => ({
  type: 'restore',
  snapshot: 's.db',
  dataDir: `new-${n}.etcd`,
  name: `etcd-${n}`,
  peerUrls: [`http://127.0.0.1:${2280 + 100 * n}`],
  initialCluster: [1, 2, 3].map((i) => ({ name: `etcd-${i}`, peerUrls: [`http://127.0.0.1:${2280 + 100 * i}`] })),
  initialClusterToken: 'after-the-loss',
  skipHashCheck: false,
  bumpRevision: 0,
  markCompacted: false,
  ...more,
});

describe('etcdutl snapshot restore, as the machine does it', () => {
  it("leaves a data directory among the files, which is the member's as soon as a process starts on it", () => {
    const { world, host, core } = begin();
    for (const n of [1, 2, 3]) expect(restoreDirectory(core, request(n), HOME)).toMatchObject({ type: 'restored' });
    expect(core.files.do({ type: 'list', path: `${HOME}/new-1.etcd/member/snap` })).toMatchObject({
      entries: [{ name: '0000000000000001-0000000000000003.snap' }],
    });
    world.submit({ type: 'kill', nodes: ['all'], powerLoss: false });
    for (const n of [1, 2, 3]) {
      const { name, peerUrls, initialCluster, initialClusterToken, dataDir } = request(n);
      const clientUrls = [`http://127.0.0.1:${2279 + 100 * n}`];
      world.submit({ type: 'launch', flags: { name, peerUrls, clientUrls, initialCluster, initialClusterToken, dataDir } });
    }
    playUntil(world, host, simTime(8_000_000));
    expect(core.files.do({ type: 'list', path: `${HOME}/new-1.etcd` }).type).toBe('error');
    const ids = new Set(core.seats.map((s) => s.cluster?.id));
    expect(ids.size).toBe(1);
    expect(ids.has('1355fcfe840232f5')).toBe(false);
    expect(core.seats.filter((s) => s.status?.role === 'leader')).toHaveLength(1);
    // The old directory is there still, and both are a member's own.
    expect(core.seats[0]?.begun).toEqual([`${HOME}/etcd-1.etcd`, `${HOME}/new-1.etcd`]);
    expect(restoreDirectory(core, request(1), HOME)).toEqual({
      type: 'refused',
      message: 'data-dir "new-1.etcd" not empty or could not be read',
    });
    // And a checkpoint holds all of it.
    const again = createEtcdHost();
    const copy = restoreCheckpoint({ spec: world.spec(), programs: PROGRAMS }, takeCheckpoint(world, host), again);
    playUntil(copy, again, simTime(10_000_000));
    playUntil(world, host, simTime(10_000_000));
    expect(copy.traceHash()).toEqual(world.traceHash());
  });

  it("may take the place of a member's data directory that was removed", () => {
    const { world, host, core } = begin();
    const path = `${HOME}/etcd-1.etcd`;
    expect(doRequest(core, { type: 'remove', path, recursive: true })).toMatchObject({ type: 'error', code: 'EROFS' });
    world.submit({ type: 'kill', nodes: ['all'], powerLoss: false });
    playUntil(world, host, simTime(3_100_000));
    expect(doRequest(core, { type: 'remove', path, recursive: true })).toEqual({ type: 'done' });
    const alone = { initialCluster: [{ name: 'etcd-1', peerUrls: ['http://127.0.0.1:2380'] }] };
    expect(restoreDirectory(core, request(1, { dataDir: 'r.etcd', ...alone }), HOME)).toMatchObject({ type: 'restored' });
    expect(doRequest(core, { type: 'rename', path: `${HOME}/r.etcd`, to: path })).toEqual({ type: 'done' });
    world.submit({ type: 'restart', nodes: ['etcd-1'] });
    playUntil(world, host, simTime(8_000_000));
    expect(core.seats[0]?.cluster?.members.map((m) => m.peerUrls)).toEqual([['http://127.0.0.1:2380']]);
    expect(core.seats[0]?.status?.role).toBe('leader');
  });

  it.each([
    ['a snapshot that is not there', { snapshot: 'none' }, 'open none: no such file or directory'],
    ['a name that is not in the cluster', { name: 'zz' }, 'couldn\'t find local name "zz" in the initial cluster configuration'],
    ['a data directory of a member', { dataDir: 'etcd-2.etcd' }, 'data-dir "etcd-2.etcd" not empty or could not be read'],
    ['a folder as a snapshot', { snapshot: '/tmp' }, 'open /tmp: is a directory'],
  ] as const)('refuses %s, and changes nothing', (_, more, message) => {
    const { core } = begin();
    const before = core.files.save();
    expect(restoreDirectory(core, request(1, more), HOME)).toEqual({ type: 'refused', message });
    expect(core.files.save()).toEqual(before);
  });
});
